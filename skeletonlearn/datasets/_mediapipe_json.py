"""The JSON forms in which users save MediaPipe landmarks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from skeletonlearn.datasets._errors import cut, describe
from skeletonlearn.datasets._mediapipe_landmarks import (
    HANDS,
    N_LANDMARKS,
    Recording,
    find_landmark,
    find_part,
    split_landmarks,
    split_numbers,
)
from skeletonlearn.datasets._source import FileContent

_WRAPPERS = ("frames", "data", "results")
_LABELS = ("label", "class", "class_name", "action", "gesture", "sign")
_LANDMARKS = re.compile(r"(multi)?(?P<part>[a-z]*?)(?P<world>world)?landmarks?")
_SIDES = re.compile(r"(multi)?handedness(es)?|side")
_NUMBERED = re.compile(r"[A-Za-z_ ]*([0-9]{1,18})")
_FEWEST = 2 * N_LANDMARKS["hand"]  # numbers that can be all landmarks of a frame
_WANTED = "expected landmarks {x, y, z, visibility} or [x, y, z, visibility] of numbers, z and visibility optional"
_KEYS = {False: "pose_landmarks or landmarks", True: "pose_world_landmarks or world_landmarks"}


def read_json(content: FileContent, world: bool) -> Recording:
    """The recording of a JSON file; see `load_mediapipe` for the forms.

    Parameters
    ----------
    content : FileContent
        The file: one value, or a value on each line where the name ends in "jsonl" or "ndjson".
    world : bool
        Which landmarks to take from objects that name them.

    Returns
    -------
    Recording
        Its frames in order.

    Raises
    ------
    SkeletonFileError
        If the file has none of the forms.
    """
    value = _lines(content) if content.name.lower().endswith(("jsonl", "ndjson")) else content.json()
    frames = _frames_of_file(content, value)
    if not frames:
        raise content.fault("got an empty list, expected a list of frames, or an object that has one as 'frames'")
    if _is_landmark(frames[0]):
        raise content.fault(f"got a list of {len(frames)} landmarks or numbers, expected a list of frames of landmarks")
    found = [_parts_of_frame(content, frame, world, f"frame {at}") for at, frame in enumerate(frames)]
    nobody = {name: np.empty((0, N_LANDMARKS[name], 4)) for frame in found for name in frame}
    parts = {name: [frame.get(name, none) for frame in found] for name, none in nobody.items()}
    if not parts:
        raise content.fault(f"got nobody in {len(frames)} frames, expected a person or a hand in one of them at least")
    label = next((value[key] for key in _LABELS if key in value), None) if isinstance(value, dict) else None
    return Recording("", parts, label=str(label) if isinstance(label, str | int) else None)


def _lines(content: FileContent) -> list[Any]:
    """The value on each line."""
    values = []
    for line, text in enumerate(content.text().split("\n"), start=1):
        try:
            values += [json.loads(text)] if text.strip() else []
        except (ValueError, RecursionError) as error:
            raise content.fault(f"got text that is not JSON or is cut short ({error})", line) from None
    return values


def _frames_of_file(content: FileContent, value: Any) -> Sequence[Any]:
    """The frames: a list, what an object has by number or under a usual name, or lists by part or by landmark."""
    if isinstance(value, dict):
        value = next((value[key] for key in _WRAPPERS if key in value), value)
    if isinstance(value, dict):
        by_number = _by_number(value)
        value = _by_name(content, value) if by_number is None else by_number
    if not isinstance(value, list):
        got = type(value).__name__
        raise content.fault(f"got {got}, expected a list of frames, or an object that has one as 'frames'")
    return value


def _by_number(value: dict[str, Any]) -> list[Any] | None:
    """The frames of an object that has them by number, in order; None for another object."""
    numbers = [_NUMBERED.fullmatch(key) for key in value]
    if not all(numbers) or any(_is_landmark(frame) for frame in value.values()):
        return None
    return [value[key] for key in sorted(value, key=lambda key: int(re.sub("[^0-9]", "", key)))]


def _by_name(content: FileContent, value: dict[str, Any]) -> list[dict[str, Any]]:
    """The frames of an object that has a list of them for each part, or for each landmark."""
    lists = {key: frames for key, frames in value.items() if _means_part(key) or _SIDES.fullmatch(_squeezed(key))}
    lists = lists or {key: frames for key, frames in value.items() if find_landmark(_plain(key))}
    lengths = {len(frames) if isinstance(frames, list) else -1 for frames in lists.values()}
    if len(lengths) != 1 or -1 in lengths:
        got = f"lists of {sorted(lengths)[:5]} frames" if lists and -1 not in lengths else f"{describe(value)}"
        raise content.fault(f"got {got} in the file, expected {_KEYS[False]}, with as many frames under each key")
    return [dict(zip(lists, frame, strict=True)) for frame in zip(*lists.values(), strict=True)]


def _parts_of_frame(content: FileContent, frame: Any, world: bool, where: str) -> dict[str, np.ndarray]:
    """By part its people in a frame, (n_people, n_landmarks, 4); a part that is named and not found has none."""
    if not isinstance(frame, dict | list | None):
        got = f"got {type(frame).__name__} as {where}"
        raise content.fault(f"{got}, expected a list of {N_LANDMARKS['body']} landmarks, or another number of them")
    people: dict[str, list[np.ndarray]] = {}
    for part, value in _values(content, frame or [], world, where):
        people |= {name: people.get(name, []) for name in ([part] if part else [])}
        for name, pose in _poses(content, part, value, where):
            people.setdefault(name, []).append(pose)
    _tell_sides(content, people, frame, where)
    shapes = {name: (-1, N_LANDMARKS[name], 4) for name in people if name != "face"}
    return {name: np.array(people[name]).reshape(shape) for name, shape in shapes.items()}


def _values(content: FileContent, frame: Any, world: bool, where: str) -> Iterator[tuple[str | None, Any]]:
    """The lists of landmarks in a frame, each with its part; None is a part that only the length tells."""
    if isinstance(frame, list) or "landmark" in frame or _landmark_names(frame):
        yield None, frame
        return
    keys = {
        key: meaning for key in frame if (meaning := _means_part(key)) and isinstance(frame[key], list | dict | None)
    }
    wanted = [(key, part) for key, (part, is_world) in keys.items() if is_world == world]
    if not wanted:
        other = f", or world={not world}" if keys else ""
        raise content.fault(f"got {describe(frame)} in {where}, expected {_KEYS[world]}{other}")
    yield from ((part, frame[key]) for key, part in wanted if part != "face")


def _means_part(key: str) -> tuple[str | None, bool] | None:
    """The part that a key such as "leftHandWorldLandmarks" names, and whether in the world; None for other keys."""
    match = _LANDMARKS.fullmatch(_squeezed(key))
    if match is None:
        named = find_part(key)
        return None if named is None else (named, False)
    part = find_part(match["part"]) if match["part"] else None
    return None if match["part"] and part is None else (part, bool(match["world"]))


def _poses(content: FileContent, part: str | None, value: Any, where: str) -> Iterator[tuple[str, np.ndarray]]:
    """Each of the lists of landmarks under one key, split into parts, (n_landmarks, 4)."""
    if isinstance(value, dict):
        value = value.get("landmark", value)
    if value is None or value == [] or value == {}:
        return
    if isinstance(value, dict):
        yield from _named_landmarks(content, part, value, where).items()
    elif isinstance(value, list) and (_is_landmark(value[0]) or len(value) >= _FEWEST):
        yield from _pose(content, part, value, where).items()
    elif isinstance(value, list):
        for one in value:
            yield from _poses_within(content, part, one, where)
    else:
        raise content.fault(f"got {type(value).__name__} in {where}, expected a list of landmarks")


def _poses_within(content: FileContent, part: str | None, value: Any, where: str) -> Iterator[tuple[str, np.ndarray]]:
    """One of several poses."""
    if isinstance(value, list) and value and not _is_landmark(value[0]) and len(value) < _FEWEST:
        raise content.fault(f"got {len(value)} landmarks in {where}, expected those of a pose or hand")
    yield from _poses(content, part, value, where)


def _pose(content: FileContent, part: str | None, value: list[Any], where: str) -> dict[str, np.ndarray]:
    """A list of landmarks, or of the numbers of all landmarks, by part."""
    try:
        if all(isinstance(number, int | float) for number in value):
            found = split_numbers(np.array(value, dtype=np.float64))
        else:
            points = np.array([_row(landmark) for landmark in value], dtype=np.float64)
            spans = split_landmarks(len(points))
            found = None if spans is None else {name: points[span] for name, span in spans.items()}
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        reason = f"got landmarks that cannot be read in {where}, {_WANTED} ({cut(str(error), 80)})"
        raise content.fault(reason) from None
    if found is not None and part in HANDS and set(found) == {"hand"}:
        return {part: found["hand"]}
    if found is None or part not in (None, *found):
        wanted = N_LANDMARKS.get(str(part), "33 of a pose, 21 of a hand, or those of several parts")
        raise content.fault(f"got {len(value)} landmarks in {where}, expected {wanted}")
    return found


def _row(landmark: Any) -> list[Any]:
    if isinstance(landmark, dict):
        return [landmark["x"], landmark["y"], landmark.get("z"), landmark.get("visibility")]
    if not isinstance(landmark, list) or len(landmark) not in (2, 3, 4):
        raise ValueError(f"{len(landmark)} numbers" if isinstance(landmark, list) else type(landmark).__name__)
    return [*landmark, None, None][:4]


def _landmark_names(value: dict[str, Any]) -> bool:
    """Whether an object has a landmark under each key, or under many."""
    return any(_is_landmark(one) and find_landmark(_plain(key)) for key, one in value.items())


def _named_landmarks(content: FileContent, part: str | None, value: dict[str, Any], where: str) -> dict[str, Any]:
    """The landmarks of an object that has them by name or number, by part; NaN where it has none."""
    parts: dict[str, np.ndarray] = {}
    for key, landmark in value.items():
        found = find_landmark(_plain(key)) if _is_landmark(landmark) else None
        if found is None:
            continue
        name, number = part or found.part or "body", found.number
        if name != "face":
            parts.setdefault(name, np.full((N_LANDMARKS[name], 4), np.nan))
            if number >= N_LANDMARKS[name]:
                raise content.fault(f"got the landmark {cut(key, 40)!r} in {where}, expected one of the {name}")
            parts[name][number] = _read_row(content, landmark, where)
    if not parts:
        raise content.fault(f"got {describe(value)} in {where}, expected landmarks by name or number")
    return parts


def _read_row(content: FileContent, landmark: Any, where: str) -> np.ndarray:
    try:
        return np.array(_row(landmark), dtype=np.float64)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        reason = f"got a landmark that cannot be read in {where}, {_WANTED} ({cut(str(error), 80)})"
        raise content.fault(reason) from None


def _tell_sides(content: FileContent, people: dict[str, list[np.ndarray]], frame: Any, where: str) -> None:
    """Move hands to the side that the frame gives for each."""
    key = next((key for key in frame if _SIDES.fullmatch(_squeezed(key))), None) if isinstance(frame, dict) else None
    hands = people.get("hand", [])
    if key is None or not hands:
        return
    value = frame[key] if isinstance(frame[key], list) else [frame[key]]
    sides = [_side(one) for one in value]
    if len(sides) != len(hands) or not set(sides) <= set(HANDS):
        got = f"{len(hands)} hands with {key}={cut(str(value), 80)} in {where}"
        raise content.fault(f"got {got}, expected Left or Right for each")
    for side, hand in zip(sides, people.pop("hand"), strict=True):
        people.setdefault(str(side), []).append(hand)


def _side(value: Any) -> str | None:
    """The part that a handedness means: a text, an object that has it as its category's name, or a list of these."""
    if isinstance(value, list) and value:
        return _side(value[0])
    if isinstance(value, dict):
        names = ("categoryname", "label", "displayname", "classification")
        return next((_side(one) for key, one in value.items() if _squeezed(key) in names), None)
    return find_part(value) if isinstance(value, str) else None


def _is_landmark(value: Any) -> bool:
    if isinstance(value, dict):
        return "x" in value
    numbers = isinstance(value, list) and 0 < len(value) < _FEWEST
    return numbers and isinstance(value[0], int | float)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z]+", "", name.lower())
