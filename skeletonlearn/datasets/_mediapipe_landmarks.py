"""The landmarks of MediaPipe by parts of the body, and what files hold of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from skeletonlearn.datasets._source import FileContent
from skeletonlearn.skeletons import MEDIAPIPE_POSE

HANDS = ("left_hand", "right_hand")
N_LANDMARKS = {"body": 33, "left_hand": 21, "right_hand": 21, "hand": 21}
_N_FACE = (468, 478)  # without and with the irises

_FINGERS = {"thumb": ("cmc", "mcp", "ip", "tip")}
_FINGERS |= dict.fromkeys(("index_finger", "middle_finger", "ring_finger", "pinky"), ("mcp", "pip", "dip", "tip"))
_HAND_NAMES = ("wrist", *(f"{finger}_{joint}" for finger, joints in _FINGERS.items() for joint in joints))
_POSE_NUMBER = {name: at for at, name in enumerate(MEDIAPIPE_POSE.joints)}
# MediaPipe's own names where the layout's differ
_POSE_NUMBER |= {f"mouth_{side}": _POSE_NUMBER[f"{side}_mouth"] for side in ("left", "right")}
_POSE_NUMBER |= {f"{side}_foot_index": _POSE_NUMBER[f"{side}_foot"] for side in ("left", "right")}
_HAND_NUMBER = {name: at for at, name in enumerate(_HAND_NAMES)}
_HAND_NUMBER |= {name.replace("_finger", ""): at for name, at in _HAND_NUMBER.items()}

_PART = re.compile(
    r"(?P<body>body|pose)|(?P<face>face(?:mesh)?)|(?P<left_hand>left_?hand|hand_?left|lh|l_hand|left)"
    r"|(?P<right_hand>right_?hand|hand_?right|rh|r_hand|right)|(?P<hand>hand)"
)
_POINT = re.compile(r"^(landmarks?|lm|kp|keypoint|point|joint)_?(?=.)")

Parts = Mapping[str, Sequence[np.ndarray]]


@dataclass(frozen=True)
class Recording:
    """What a file holds of one recording.

    Parameters
    ----------
    name : str
        The recording's name within its file; "" where the file is the recording.
    parts : mapping of str to sequence of ndarray of shape (n_people_i, n_landmarks, 4)
        For each part the x, y, z and visibility of each frame; NaN where there is none.
    classes : sequence of str or None, default=None
        The class of each frame.
    label : str or None, default=None
        The class of the whole.
    """

    name: str
    parts: Parts
    classes: Sequence[str] | None = None
    label: str | None = None

    @property
    def n_frames(self) -> int:
        """How many frames it has."""
        return len(next(iter(self.parts.values()), ()))

    def segments(self) -> list[tuple[int, int, str]]:
        """The first frame, the frame after the last, and the class of each run of frames of one class."""
        classes = self.classes or ()
        starts = [at for at in range(len(classes)) if at == 0 or classes[at] != classes[at - 1]]
        return [(start, end, classes[start]) for start, end in pairwise([*starts, len(classes)])]


def split_landmarks(n_landmarks: int) -> dict[str, slice] | None:
    """Find the parts that so many landmarks in a row are.

    Parameters
    ----------
    n_landmarks : int
        Such as 543.

    Returns
    -------
    dict of str to slice, or None
        The landmarks of each part in MediaPipe's order: pose, face, left hand, right hand. None for a number that no
        solution of MediaPipe gives.
    """
    for names in (("body",), ("hand",), HANDS, ("body", *HANDS), ("body", "face"), ("body", "face", *HANDS)):
        for n_face in _N_FACE:
            sizes = [N_LANDMARKS.get(name, n_face) for name in names]
            if sum(sizes) == n_landmarks:
                ends = np.cumsum([0, *sizes]).tolist()
                return {name: slice(*pair) for name, pair in zip(names, pairwise(ends), strict=True)}
    return None


def split_numbers(row: np.ndarray) -> dict[str, np.ndarray] | None:
    """Split rows of numbers into landmarks, where their count is one that users save.

    Parameters
    ----------
    row : ndarray of shape (..., n_numbers)
        Numbers of landmarks in MediaPipe's order. All have x, y, z and visibility, or x, y and z, or x and y. Or those
        of the pose have four and all others three.

    Returns
    -------
    dict of str to ndarray of shape (..., n_landmarks, 4), or None
        The landmarks of each part, NaN where there is no number. None for another count.
    """
    n_numbers, n_pose = row.shape[-1], 4 * N_LANDMARKS["body"]
    for n_values in (4, 3, 2):
        found = split_landmarks(n_numbers // n_values) if n_numbers % n_values == 0 else None
        if found and (n_values, *found) != (4, "hand"):  # a hand has no visibility: 84 numbers are two flat hands
            points = _points(row, n_values)
            return {part: points[..., span, :] for part, span in found.items()}
    rest = n_numbers - n_pose
    found = split_landmarks(N_LANDMARKS["body"] + rest // 3) if rest > 0 and rest % 3 == 0 else None
    if found is None:
        return None
    points = np.concatenate([_points(row[..., :n_pose], 4), _points(row[..., n_pose:], 3)], axis=-2)
    return {part: points[..., span, :] for part, span in found.items()}


def _points(row: np.ndarray, n_values: int) -> np.ndarray:
    """Numbers, (..., n * n_values), as points, (..., n, 4)."""
    points = np.full((*row.shape[:-1], row.shape[-1] // n_values, 4), np.nan)
    points[..., :n_values] = row.reshape(*row.shape[:-1], -1, n_values)
    return points


class Landmark(NamedTuple):
    """What a name says of a landmark.

    Parameters
    ----------
    part : str or None
        Its part; None where the name is a number only.
    number : int
        Its number in the part.
    is_counted : bool
        Whether the number is the name's, which may count from 1.
    """

    part: str | None
    number: int
    is_counted: bool


def find_landmark(name: str) -> Landmark | None:
    """Find the landmark of a name.

    Parameters
    ----------
    name : str
        Lower case, its words joined by underscores, such as "left_hand_landmark_4" or "mouth_left".

    Returns
    -------
    Landmark or None
        None where the name is no landmark's.
    """
    name = _POINT.sub("", name)
    if name in _POSE_NUMBER:
        return Landmark("body", _POSE_NUMBER[name], False)
    match = _PART.match(name)
    part = match.lastgroup if match else None
    rest = _POINT.sub("", name[match.end() :].removeprefix("_")) if match else name
    if re.fullmatch(r"[0-9]{1,3}", rest):
        return Landmark(part, int(rest), True)
    numbers = {"body": _POSE_NUMBER, "face": {}}.get(str(part), _HAND_NUMBER)
    return Landmark(part or "hand", numbers[rest], False) if rest in numbers else None


def find_part(name: str) -> str | None:
    """Find the part of the body that a name means, such as "Left" or "left_hand"."""
    match = _PART.fullmatch(re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_"))
    return match.lastgroup if match else None


def choose_parts(content: FileContent, parts: Parts, wanted: str | tuple[str, ...]) -> tuple[str, ...]:
    """Choose what to read of a recording.

    Parameters
    ----------
    content : FileContent
        Its file, for the error.
    parts : mapping of str to sequence of ndarray
        What it holds.
    wanted : "auto" or tuple of str
        What the caller asks for.

    Returns
    -------
    tuple of str
        The parts; those that the recording lacks are missing in all frames.

    Raises
    ------
    SkeletonFileError
        If it has none of the parts, or hands of which nothing says which is left.
    """
    chosen = wanted if isinstance(wanted, tuple) else _all_parts(parts)
    has_sides = not set(parts).isdisjoint(HANDS)
    asks_sides = not set(chosen).isdisjoint(HANDS) or (wanted == "auto" and "body" in parts)
    got = f"got landmarks of {' and '.join(sorted(parts))}"
    if "hand" in parts and asks_sides and not has_sides:
        raise content.fault(
            f"{got} without the sides of the hands, expected left_hand and right_hand, or a handedness; parts='hand' "
            "reads hands whatever their side, parts='body' the body"
        )
    if {*parts, *(["hand"] if has_sides else [])}.isdisjoint(chosen):
        raise content.fault(f"{got}, expected {' or '.join(chosen)}")
    return chosen


def _all_parts(parts: Parts) -> tuple[str, ...]:
    """All that a recording holds but faces."""
    hands = HANDS if not set(parts).isdisjoint(HANDS) else ()
    pose = ("body",) if "body" in parts else ()
    return pose + hands or (("hand",) if "hand" in parts else ())


def people_of_parts(recording: Recording, chosen: Sequence[str]) -> list[np.ndarray]:
    """Lay the parts of each person one after another.

    Parameters
    ----------
    recording : Recording
        What a file holds.
    chosen : sequence of str
        The parts, or "hand" for hands of either side, each of which is then a person.

    Returns
    -------
    list of ndarray of shape (n_people_i, n_landmarks, n_channels + 1)
        The people of each frame: x, y and, if any landmark of the recording has one, z, then the confidence. NaN where
        a landmark was not found.
    """
    if tuple(chosen) == ("hand",):
        found = [_of_part(recording, name) for name in ("hand", *HANDS)]
        frames = [np.concatenate(frame) for frame in zip(*found, strict=True)]
    elif len(chosen) == 1:
        frames = _of_part(recording, chosen[0])
    else:
        found = [_of_part(recording, name) for name in chosen]
        frames = [np.concatenate([_first(people) for people in frame], axis=1) for frame in zip(*found, strict=True)]
    is_flat = all(np.isnan(people[..., 2]).all() for people in frames)
    return [people[..., [0, 1, 3]] for people in frames] if is_flat else frames


def _of_part(recording: Recording, name: str) -> list[np.ndarray]:
    frames = recording.parts.get(name) or [np.empty((0, N_LANDMARKS[name], 4))] * recording.n_frames
    return [_with_confidence(name, people) for people in frames]


def _first(people: np.ndarray) -> np.ndarray:
    """The first of the people, (1, n_landmarks, 4), NaN where there is none."""
    nobody = np.full((1, *people.shape[1:]), np.nan)
    nobody[..., 3] = 0.0
    return people[:1] if len(people) else nobody


def _with_confidence(name: str, people: np.ndarray) -> np.ndarray:
    """Landmarks at zero as missing, and a confidence: of a body its visibility; 1 where there is none, as of hands."""
    is_found = np.any(np.nan_to_num(people[..., :3]), axis=-1)
    if name == "body":
        visibility = np.where(np.isnan(people[..., 3]), 1.0, people[..., 3])
    else:  # a wrist may be the origin of its hand
        visibility = np.ones(people.shape[:-1])
        is_found = is_found.any(axis=1, keepdims=True)
    coordinates = np.where(is_found[..., None], people[..., :3], np.nan)
    return np.concatenate([coordinates, visibility[..., None]], axis=-1)
