"""The parts of a person in OpenPose's files: the body, the hands and the face, joined into one layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from skeletonlearn.datasets._errors import describe
from skeletonlearn.datasets._flat_numbers import NO_FLAT_NUMBERS, pack_rows
from skeletonlearn.datasets._load_frame_files import NOBODY, FramePeople
from skeletonlearn.datasets._source import FileContent
from skeletonlearn.skeletons import (
    OPENPOSE_BODY25,
    OPENPOSE_BODY25_HANDS,
    OPENPOSE_COCO18,
    OPENPOSE_WHOLEBODY,
    Skeleton,
)
from skeletonlearn.skeletons._face import FACE_70
from skeletonlearn.skeletons._hand import hand_of
from skeletonlearn.skeletons._whole_body import whole_body

PARTS = ("body", "left_hand", "right_hand", "face")

_KEYS = dict(
    zip(PARTS, ("pose_keypoints", "hand_left_keypoints", "hand_right_keypoints", "face_keypoints"), strict=True)
)
_WITH_18_POINTS = whole_body(
    "OPENPOSE_COCO18_WHOLEBODY",
    OPENPOSE_COCO18,
    {"left_hand": hand_of("left"), "right_hand": hand_of("right"), "face": FACE_70},
)
_N_POINTS = {part: len(joints) for part, joints in OPENPOSE_WHOLEBODY.parts.items()}
_IN_CATALOGUE = (OPENPOSE_BODY25, OPENPOSE_COCO18, OPENPOSE_BODY25_HANDS)


def choose_parts(parts: Any) -> tuple[str, ...]:
    """The parts that a caller named, in the order of their points.

    Parameters
    ----------
    parts : str or sequence of str
        One of the four, or several.

    Returns
    -------
    tuple of str
        Each once.

    Raises
    ------
    ValueError
        If there is none, or an unknown one.
    """
    named = [parts] if isinstance(parts, str) else list(parts) if isinstance(parts, Sequence) else []
    if not named or any(part not in PARTS for part in named):
        raise ValueError(f"parts={parts!r} must be one or more of {', '.join(map(repr, PARTS))}.")
    return tuple(part for part in PARTS if part in named)


@dataclass(frozen=True)
class FrameReader:
    """Reads the people of a frame.

    Parameters
    ----------
    parts : tuple of str
        What `choose_parts` gave.
    dimensions : {2, 3}
        Which points to read.
    layouts : mapping of int to Skeleton
        The layout of the parts together, by the number of points of the body; 0 where it is not among the parts.
    """

    parts: tuple[str, ...]
    dimensions: int
    layouts: Mapping[int, Skeleton]

    @classmethod
    def of(cls, parts: tuple[str, ...], dimensions: int, skeleton: Skeleton | None) -> FrameReader:
        """A reader of some parts, for one layout of them or, with None, those that OpenPose has."""
        wholes = (OPENPOSE_WHOLEBODY, _WITH_18_POINTS) if "body" in parts else (OPENPOSE_WHOLEBODY,)
        n_others = sum(_N_POINTS[part] for part in parts if part != "body")
        layouts = [skeleton] if skeleton is not None else [_cut(whole, parts) for whole in wholes]
        reader = cls(parts, dimensions, {layout.n_joints - n_others: layout for layout in layouts})
        if skeleton is not None and (min(reader.layouts) > 0) != ("body" in parts):
            wanted = f"more than the {n_others} points of the other parts" if "body" in parts else f"{n_others}"
            raise ValueError(f"skeleton={skeleton} has {skeleton.n_joints} joints, expected {wanted}.")
        return reader

    def __call__(self, content: FileContent) -> FramePeople:
        """The people of one file."""
        frame = content.json()
        people = frame.get("people") if isinstance(frame, dict) else None
        if not isinstance(people, list):
            raise content.fault(f"got {describe(frame)}, expected an object with a list 'people'")
        return self._whole_people(people) or self._people(content, people)

    def _whole_people(self, people: list[Any]) -> FramePeople | None:
        """People of whom all parts are there, as in most files; None for others, whose faults are to be named."""
        keys, n_values = self._keys, self.dimensions + 1
        try:
            lengths = {tuple([len(person[key]) for key in keys]) for person in people}
            layout = self._by_lengths.get(lengths.pop()) if len(lengths) == 1 else None
            if layout is None:
                return None
            rows = [[person[key] for key in keys] for person in people]
            numbers = pack_rows([parts[0] if len(parts) == 1 else [*chain(*parts)] for parts in rows])
        except (KeyError, *NO_FLAT_NUMBERS):
            return None
        return FramePeople(numbers.reshape(len(people), layout.n_joints, n_values), layout)

    @cached_property
    def _keys(self) -> list[str]:
        return [self._key(part) for part in self.parts]

    @cached_property
    def _by_lengths(self) -> dict[tuple[int, ...], Skeleton]:
        """The layouts by how many numbers each part has."""
        return {
            tuple(
                [(_N_POINTS[part] if part != "body" else n_body) * (self.dimensions + 1) for part in self.parts]
            ): layout
            for n_body, layout in self.layouts.items()
        }

    def _people(self, content: FileContent, people: list[Any]) -> FramePeople:
        found = [[self._numbers(content, person, part) for part in self.parts] for person in people]
        found = [points for points in found if any(one.size for one in points)]
        if not found:
            return NOBODY
        sizes = self._sizes(content, found)
        rows = [
            [one if one.size else np.zeros(size) for one, size in zip(points, sizes, strict=True)] for points in found
        ]
        n_values = self.dimensions + 1
        numbers = np.array([np.concatenate(points) for points in rows]).reshape(len(rows), -1, n_values)
        return FramePeople(numbers, self.layouts[sizes[0] // n_values if "body" in self.parts else 0])

    def _numbers(self, content: FileContent, person: Any, part: str) -> np.ndarray:
        """The numbers of a part; none where it was not found."""
        key = self._key(part)
        numbers = person.get(key) if isinstance(person, dict) else None
        if numbers is None and isinstance(person, dict) and self.dimensions == 2:
            numbers = person.get(_KEYS[part])  # as version 1.1 spells it
        if not isinstance(numbers, list):
            raise content.fault(f"got a person with {describe(person)}, expected an object with a list {key!r}")
        try:
            return np.array(numbers, dtype=np.float64).ravel()
        except (ValueError, TypeError) as error:
            raise content.fault(f"got {key!r} that is no list of numbers ({error})") from None

    def _key(self, part: str) -> str:
        return f"{_KEYS[part]}_{self.dimensions}d"

    def _sizes(self, content: FileContent, found: Sequence[Sequence[np.ndarray]]) -> list[int]:
        """How many numbers each part has; all people have as many, or none."""
        sizes = []
        for part, points in zip(self.parts, zip(*found, strict=True), strict=True):
            counts = self.layouts if part == "body" else (_N_POINTS[part],)
            known = [count * (self.dimensions + 1) for count in counts]
            first = next((one.size for one in points if one.size), known[0])
            for one in points:
                if one.size and (one.size not in known or one.size != first):
                    wanted = f"{' or '.join(map(str, known))} (a confidence after each point)"
                    raise content.fault(f"got {one.size} numbers in {self._key(part)!r}, expected {wanted}")
            sizes.append(first)
        return sizes


def _cut(whole: Skeleton, parts: tuple[str, ...]) -> Skeleton:
    """The layout of some parts, that of the catalogue if there is one."""
    if parts == PARTS:
        return whole
    cut = whole.part(*parts)
    return next((one for one in _IN_CATALOGUE if one.joints == cut.joints), cut)
