"""Whether left and right are on their sides, by where a body faces."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from skeletonlearn.skeletons._skeleton import Skeleton

_AGREEMENT = 0.6
"""How much more frames, as a share, have to say one thing than the other."""

_LEAST_FRAMES = 10
_FRONTAL = 0.4
"""Share of the torso that shoulders are apart in a picture of a body that faces the camera, or turns its back on it."""

_SEEN = 0.5
"""Share of frames in which a face has to be seen."""

_FACE = ("nose", "left_eye", "right_eye")

# what points forward: from the mean of the latter joints to that of the former
_FORWARD = (
    ("nose", "left_ear right_ear"),
    ("nose", "neck"),
    ("left_big_toe right_big_toe", "left_heel right_heel"),
    ("left_foot right_foot", "left_heel right_heel"),
    ("left_big_toe right_big_toe", "left_ankle right_ankle"),
    ("left_foot right_foot", "left_ankle right_ankle"),
)


def looks_mirrored(bodies: list[np.ndarray], skeleton: Skeleton) -> bool | None:
    """Whether left and right are swapped.

    Parameters
    ----------
    bodies : list of ndarray of shape (n_frames, n_joints, n_channels)
        Positions in 2-D or 3-D, missing joints NaN.
    skeleton : Skeleton
        The layout.

    Returns
    -------
    bool or None
        None if it is not known: the layout lacks joints that show it, they do not agree, or there are few frames.
    """
    needed = ("left_shoulder", "right_shoulder", "neck", "hip")
    if not all(role in skeleton.roles for role in needed):
        return None
    frames = np.concatenate(bodies)
    left, right, neck, hip = (frames[:, skeleton.role_index(role)].mean(axis=1) for role in needed)
    return (_in_space if frames.shape[2] == 3 else _in_a_picture)(frames, skeleton, left - right, neck - hip)


def _in_space(frames: np.ndarray, skeleton: Skeleton, lateral: np.ndarray, up: np.ndarray) -> bool | None:
    """By the triple product of left, up and forward, which is positive in a right-handed system."""
    front = np.cross(lateral, up)
    votes = [np.sign((forward * front).sum(axis=1)) for forward in _forward(frames, skeleton)]
    return _decide(votes)


def _forward(frames: np.ndarray, skeleton: Skeleton) -> Iterable[np.ndarray]:
    place = _places(frames, skeleton)
    for end, start in _FORWARD:
        if {*end.split(), *start.split()} <= set(skeleton.joints):
            yield place(end) - place(start)


def _places(frames: np.ndarray, skeleton: Skeleton) -> Callable[[str], np.ndarray]:
    def place(names: str) -> np.ndarray:
        return frames[:, [skeleton.index(name) for name in names.split()]].mean(axis=1)

    return place


def _in_a_picture(frames: np.ndarray, skeleton: Skeleton, lateral: np.ndarray, up: np.ndarray) -> bool | None:
    """By the side of the left shoulder in pictures of bodies that face the camera."""
    upwards = np.sign(np.nanmedian(up[:, 1])) if np.isfinite(up[:, 1]).any() else np.nan
    is_frontal = np.abs(lateral[:, 0]) > _FRONTAL * np.linalg.norm(up, axis=1)
    faces = _faces_camera(frames, skeleton, upwards)
    return None if faces is None else _decide([np.where(is_frontal, np.sign(lateral[:, 0]) * faces, np.nan)])


def _faces_camera(frames: np.ndarray, skeleton: Skeleton, upwards: float) -> np.ndarray | None:
    """1 for frames in which the body faces the camera, -1 where it turns its back on it; None if it is not known."""
    place = _places(frames, skeleton)
    for toes in ("left_big_toe right_big_toe", "left_foot right_foot"):
        if {*toes.split(), "left_heel", "right_heel"} <= set(skeleton.joints):
            return np.sign(upwards * (place("left_heel right_heel") - place(toes))[:, 1])
    if not set(_FACE) <= set(skeleton.joints):
        return None
    is_seen = np.isfinite(place(" ".join(_FACE))).all(axis=1)
    # a model that never misses a face invents those of people who turn their backs on the camera
    return np.where(is_seen, 1.0, np.nan) if _SEEN <= is_seen.mean() < 1 else None


def _decide(votes: list[np.ndarray]) -> bool | None:
    """True if negative votes prevail among all that were cast, False if positive ones do."""
    cast = np.concatenate(votes) if votes else np.empty(0)
    cast = cast[np.isfinite(cast)]
    if len(cast) < _LEAST_FRAMES or abs(cast.mean()) < _AGREEMENT:
        return None
    return bool(cast.mean() < 0)
