"""The people whom pose estimators find: their numbers, their layout, and the clip that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._flat_numbers import NO_FLAT_NUMBERS, pack_rows
from skeletonlearn.datasets._load_frame_files import NOBODY, FramePeople
from skeletonlearn.datasets._persons import check_persons, innermost_track, number_tracks, sequence_of_detections
from skeletonlearn.datasets._read_files import Record
from skeletonlearn.datasets._source import FileContent
from skeletonlearn.skeletons import Skeleton, get_skeleton

_NO_NUMBERS = (TypeError, ValueError, OverflowError)
_LARGEST_TRACK = 2**62


@dataclass(frozen=True)
class Detections:
    """The people that a file holds.

    Parameters
    ----------
    people : ndarray of shape (n_people, n_joints, n_channels + 1)
        Coordinates, then the confidence.
    skeleton : Skeleton or None
        Their layout; None where nobody is.
    frame : ndarray of int of shape (n_people,)
        The frame of each, from 0.
    n_frames : int
        How many frames there are.
    tracks : sequence of object or None
        The track of each, in any form that `number_tracks` takes.
    """

    people: np.ndarray
    skeleton: Skeleton | None
    frame: np.ndarray
    n_frames: int
    tracks: Sequence[Any] | None = None


@dataclass(frozen=True)
class DetectionOptions:
    """What a reader makes of the people that it finds.

    Parameters
    ----------
    n_persons : int
        How many persons a sequence has.
    min_confidence : float
        Joints with less confidence are NaN.
    skeleton : "auto", Skeleton or str
        The layout. "auto" finds it by the number of points.
    picture_size : (width, height) or None, default=None
        By what coordinates are multiplied.

    Raises
    ------
    ValueError
        If a parameter has an unknown value.
    """

    n_persons: int
    min_confidence: float
    skeleton: Skeleton | str
    picture_size: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        check_persons(self.n_persons, self.min_confidence)
        if not isinstance(self.skeleton, str) or self.skeleton != "auto":
            object.__setattr__(self, "skeleton", get_skeleton(self.skeleton))

    @property
    def key(self) -> list[Any]:
        """The options as a key of the cache."""
        return [int(self.n_persons), float(self.min_confidence), self.given, self.picture_size]

    @property
    def given(self) -> Skeleton | None:
        """The layout that the caller gave."""
        return self.skeleton if isinstance(self.skeleton, Skeleton) else None

    def layout(self, content: FileContent, n_points: int, known: Mapping[int, Skeleton]) -> Skeleton:
        """The layout of people with so many points.

        Parameters
        ----------
        content : FileContent
            The file, for the error.
        n_points : int
            How many points each has.
        known : mapping of int to Skeleton
            The layouts that the estimator uses, by their numbers of points.

        Returns
        -------
        Skeleton
            The one given by the caller, or a known one.

        Raises
        ------
        SkeletonFileError
            If there is none with so many points.
        """
        if self.given is not None and self.given.n_joints != n_points:
            wanted = f"{self.given.n_joints} as {self.given.name} has"
            raise content.fault(f"got {n_points} points per person, expected {wanted}")
        if self.given is None and n_points not in known:
            wanted = " or ".join(f"{count} ({layout.name})" for count, layout in known.items())
            raise content.fault(
                f"got {n_points} points per person, expected {wanted}; name another layout by skeleton="
            )
        return self.given or known[n_points]

    def record(self, content: FileContent, found: Detections) -> Record:
        """The record of a file that is a clip.

        Parameters
        ----------
        content : FileContent
            The file.
        found : Detections
            Its people.

        Returns
        -------
        dict
            Name, sequence, confidence and skeleton.

        Raises
        ------
        SkeletonFileError
            If nobody is seen.
        """
        numbered = None if found.tracks is None else number_tracks([found.tracks])
        person = None if numbered is None else numbered[0]
        sequence, confidence = sequence_of_detections(
            found.people, found.frame, found.n_frames, person, self.n_persons, self.min_confidence
        )
        arrays = {"sequence": sequence, "confidence": confidence}
        return {"name": content.stem, "skeleton": found.skeleton, **arrays}


def people_of_frame(found: Detections) -> FramePeople:
    """The people of a file that is a frame.

    Parameters
    ----------
    found : Detections
        What the file holds.

    Returns
    -------
    FramePeople
        The same, for `load_frame_files`.
    """
    if found.skeleton is None:
        return NOBODY
    tracks = [innermost_track(track) for track in found.tracks or [None]]
    if not all(isinstance(track, Real) and 0 <= track < _LARGEST_TRACK for track in tracks):
        return FramePeople(found.people, found.skeleton)
    return FramePeople(found.people, found.skeleton, np.array(tracks, dtype=np.intp))


def with_confidence(
    points: np.ndarray, confidence: np.ndarray, picture_size: tuple[float, float] | None = None
) -> np.ndarray:
    """Join coordinates and confidence.

    Parameters
    ----------
    points : ndarray of shape (n_people, n_joints, n_channels)
        Coordinates. A point of which all are 0 was not found.
    confidence : ndarray of shape (n_people, n_joints)
        The confidence in each point.
    picture_size : (width, height) or None, default=None
        By what x and y are multiplied.

    Returns
    -------
    ndarray of shape (n_people, n_joints, n_channels + 1)
        Coordinates, then the confidence: 0 where a point was not found.
    """
    people = np.empty((*confidence.shape, points.shape[-1] + 1))
    people[..., :-1] = points if picture_size is None else points * np.array(picture_size)
    people[..., -1] = confidence
    is_found = points[..., 0] != 0
    for channel in range(1, points.shape[-1]):  # in a third of the time of any(axis=-1)
        is_found |= points[..., channel] != 0
    people[~is_found, -1] = 0.0
    return people


def numbers_of(content: FileContent, rows: Sequence[Any], what: str) -> np.ndarray:
    """Turn the lists of numbers of several people into one array.

    Parameters
    ----------
    content : FileContent
        The file, for the error.
    rows : sequence of list
        The numbers of each person, flat or nested; at least one person.
    what : str
        What they are, such as "'keypoints'".

    Returns
    -------
    ndarray of shape (n_people, ...)
        The numbers, float64.

    Raises
    ------
    SkeletonFileError
        If they are no numbers, or people have different counts of them; the text names the first person at fault.
    """
    try:
        return pack_rows(rows)
    except NO_FLAT_NUMBERS:
        pass  # nested, or not all numbers
    try:
        numbers = np.array(rows, dtype=np.float64)
    except _NO_NUMBERS:
        raise _fault_of_rows(content, rows, what) from None
    if numbers.ndim < 2:
        raise _fault_of_rows(content, rows, what)
    return numbers


def _fault_of_rows(content: FileContent, rows: Sequence[Any], what: str) -> SkeletonFileError:
    """The error that names the first person whose numbers are none, or differ in shape from those of the first."""
    first: tuple[int, ...] | None = None
    for at, row in enumerate(rows):
        wanted = "expected a list of numbers" if first is None else f"expected {first} as those of person 0"
        try:
            shape = np.array(row, dtype=np.float64).shape
        except _NO_NUMBERS as error:
            return content.fault(f"got {what} of person {at} that are no list of numbers ({error})")
        if not shape or shape != (first or shape):
            return content.fault(f"got {what} of person {at} of shape {shape}, {wanted}")
        first = shape
    return content.fault(f"got {what} that are no lists of numbers")
