"""The JSON forms in which users save MediaPipe poses."""

from __future__ import annotations

from typing import Any

import numpy as np

from skeletonlearn.datasets._errors import describe
from skeletonlearn.datasets._source import FileContent
from skeletonlearn.skeletons import MEDIAPIPE_POSE

_N_LANDMARKS = MEDIAPIPE_POSE.n_joints
_KEYS = {
    False: ("pose_landmarks", "poseLandmarks", "landmarks"),
    True: ("pose_world_landmarks", "poseWorldLandmarks", "world_landmarks", "worldLandmarks"),
}


def read_json_frames(content: FileContent, world: bool) -> list[np.ndarray]:
    """The poses of each frame; see `load_mediapipe` for the forms.

    Parameters
    ----------
    content : FileContent
        The file.
    world : bool
        Which landmarks to take from objects that name them.

    Returns
    -------
    list of ndarray of shape (n_people_i, 33, 4)
        x, y, z and visibility; NaN where there is none.

    Raises
    ------
    SkeletonFileError
        If the file has none of the forms.
    """
    value = content.json()
    if isinstance(value, dict):
        value = value["frames"] if "frames" in value else _named(content, value, world, "the file")
    if not isinstance(value, list) or not value:
        got = "an empty list" if value == [] else type(value).__name__
        raise content.fault(f"got {got}, expected a list of frames, or an object that has one as 'frames'")
    if _is_landmark(value[0]):
        raise content.fault(f"got a list of {len(value)} landmarks or numbers, expected a list of frames of landmarks")
    return [_poses(content, frame, world, f"frame {at}") for at, frame in enumerate(value)]


def _named(content: FileContent, value: dict[str, Any], world: bool, where: str) -> Any:
    """What an object has under the names for landmarks."""
    for key in _KEYS[world]:
        if key in value:
            return value[key]
    other = "" if not any(key in value for key in _KEYS[not world]) else f", or world={not world}"
    raise content.fault(f"got {describe(value)} in {where}, expected {' or '.join(_KEYS[world])}{other}")


def _poses(content: FileContent, frame: Any, world: bool, where: str) -> np.ndarray:
    """All poses of a frame, (n_people, 33, 4)."""
    if isinstance(frame, dict):
        frame = _named(content, frame, world, where) if frame else []
    if isinstance(frame, dict):  # a protocol buffer as JSON: {"landmark": [...]}
        frame = frame.get("landmark", frame)
    if frame is None or frame == []:
        return np.empty((0, _N_LANDMARKS, 4))
    if not isinstance(frame, list):
        raise content.fault(f"got {type(frame).__name__} as {where}, expected a list of {_N_LANDMARKS} landmarks")
    poses = [frame] if _is_landmark(frame[0]) else frame
    return np.array([_pose(content, pose, where) for pose in poses])


def _is_landmark(value: Any) -> bool:
    if isinstance(value, dict):
        return "x" in value
    return isinstance(value, list) and bool(value) and isinstance(value[0], int | float)


def _pose(content: FileContent, pose: Any, where: str) -> np.ndarray:
    if not isinstance(pose, list) or len(pose) != _N_LANDMARKS:
        got = f"{len(pose)} landmarks" if isinstance(pose, list) else type(pose).__name__
        raise content.fault(f"got {got} in {where}, expected {_N_LANDMARKS} landmarks")
    wanted = "expected landmarks {x, y, z, visibility} or [x, y, z, visibility] of numbers"
    try:
        rows = [_row(landmark) for landmark in pose]
        return np.array(rows, dtype=np.float64)
    except (ValueError, TypeError, KeyError) as error:
        raise content.fault(f"got landmarks that cannot be read in {where}, {wanted} ({error!r})") from None


def _row(landmark: Any) -> list[Any]:
    if isinstance(landmark, dict):
        return [landmark["x"], landmark["y"], landmark["z"], landmark.get("visibility")]
    if len(landmark) not in (3, 4):
        raise ValueError(f"{len(landmark)} numbers")
    return [*landmark, None][:4]
