"""The persons of a clip: pose estimators list the people of a frame in any order."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

from skeletonlearn.datasets._crowd import Crowd

_AS_SURE = 0.5  # part of the mean confidence in a person with which another may go on in their place
_DEEPEST = 3  # lists around a track
_MOST_PEOPLE = 1000  # in a frame: no picture shows as many bodies
_GREATEST = 1e9  # no coordinate in pixels, millimetres or metres is larger


def check_persons(n_persons: Any, min_confidence: Any) -> None:
    """Refuse a number of persons or a least confidence that is none.

    Parameters
    ----------
    n_persons : int
        At least 1.
    min_confidence : float
        Any number.

    Raises
    ------
    ValueError
        If one is not as wanted.
    """
    if not isinstance(n_persons, Integral) or isinstance(n_persons, bool) or n_persons < 1:
        raise ValueError(f"n_persons={n_persons!r} must be a positive integer.")
    if not isinstance(min_confidence, Real) or isinstance(min_confidence, bool) or not min_confidence < np.inf:
        raise ValueError(f"min_confidence={min_confidence!r} must be a number.")


def find_excess(people: np.ndarray) -> str:
    """What is wrong with numbers that are too large for coordinates.

    Parameters
    ----------
    people : ndarray
        The numbers.

    Returns
    -------
    str
        The reason, for an error; "" where nothing is wrong.
    """
    is_excess = np.abs(people) > _GREATEST
    return f"got the number {people[is_excess][0]:g}, expected coordinates" if is_excess.any() else ""


def mark_unseen(people: np.ndarray, min_confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Mark points that were not seen as NaN.

    Parameters
    ----------
    people : ndarray of shape (n_people, n_joints, n_channels + 1)
        Coordinates, then the confidence. A point was not seen where the confidence is not positive.
    min_confidence : float
        Points with less confidence count as not seen; their confidence is kept.

    Returns
    -------
    people : ndarray of shape (n_people, n_joints, n_channels + 1)
        A new array, float64.
    is_seen : ndarray of bool of shape (n_people,)
        Of whom any point was seen.

    Raises
    ------
    ValueError
        If a number is infinite or absurdly large.
    """
    people = np.array(people, dtype=np.float64)
    if reason := find_excess(people):
        raise ValueError(reason)
    coordinates, confidence = people[..., :-1], people[..., -1]
    unknown = ~(confidence > 0)
    for channel in range(coordinates.shape[-1]):  # in a third of the time of any(axis=-1)
        unknown |= np.isnan(coordinates[..., channel])
    confidence[unknown] = 0.0
    coordinates[unknown | (confidence < min_confidence)] = np.nan
    return people, ~np.isnan(coordinates[..., 0]).all(axis=-1)


def sequence_of_people(
    frames: Sequence[np.ndarray], tracks: Sequence[np.ndarray] | None, n_persons: int, min_confidence: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """The sequence of the people of each frame; see `sequence_of_detections`.

    Parameters
    ----------
    frames : sequence of ndarray of shape (n_people_i, n_joints, n_channels + 1)
        The people of each frame, as the file has them: coordinates, then the confidence. Frames without people may have
        any other shape.
    tracks : sequence of ndarray of int of shape (n_people_i,), or None
        The number of each person, if the file has one for everybody; see `number_tracks`.
    n_persons : int
        How many persons the sequence has.
    min_confidence : float, default=0.0
        Joints with less confidence are NaN, and those whose confidence is not positive.

    Returns
    -------
    sequence : ndarray of shape (n_frames, n_persons * n_joints, n_channels)
        Coordinates, float32; NaN where a joint or the whole person was not seen.
    confidence : ndarray of shape (n_frames, n_persons * n_joints)
        Their confidence, float32; 0 where a joint or the whole person was not seen.

    Raises
    ------
    ValueError
        If nobody is seen in any frame, or a number is infinite or absurdly large.
    """
    some = [people for people in frames if len(people)]
    people = np.concatenate(some) if some else np.empty((0, 1, 2))
    frame = np.repeat(np.arange(len(frames)), [len(of_frame) for of_frame in frames])
    person = None if tracks is None else np.concatenate([*tracks, np.empty(0, dtype=np.intp)])
    return sequence_of_detections(people, frame, len(frames), person, n_persons, min_confidence)


def sequence_of_detections(
    people: np.ndarray,
    frame: np.ndarray,
    n_frames: int,
    person: np.ndarray | None,
    n_persons: int,
    min_confidence: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """The sequence of the persons with the most confidence, who are followed from frame to frame.

    Parameters
    ----------
    people : ndarray of shape (n_people, n_joints, n_channels + 1)
        The people of all frames, as the file has them: coordinates, then the confidence.
    frame : ndarray of int of shape (n_people,)
        The frame of each, from 0.
    n_frames : int
        How many frames there are.
    person : ndarray of int of shape (n_people,) or None
        The number of each person, if the file has one for everybody; see `number_tracks`. Numbers that two people of a
        frame share are not used.
    n_persons : int
        How many persons the sequence has.
    min_confidence : float, default=0.0
        Joints with less confidence are NaN, and those whose confidence is not positive.

    Returns
    -------
    sequence : ndarray of shape (n_frames, n_persons * n_joints, n_channels)
        Coordinates, float32; NaN where a joint or the whole person was not seen.
    confidence : ndarray of shape (n_frames, n_persons * n_joints)
        Their confidence, float32; 0 where a joint or the whole person was not seen.

    Raises
    ------
    ValueError
        If nobody is seen in any frame, or a number is infinite or absurdly large.
    """
    people, is_seen = mark_unseen(people, min_confidence)
    order = np.flatnonzero(is_seen)
    if not len(order):
        raise ValueError(f"got nobody in {n_frames} frames, expected a person in one of them at least")
    order = order[np.argsort(frame[order], kind="stable")]
    people, frame = people[order], frame[order].astype(np.intp)
    person = None if person is None else np.unique(person[order], return_inverse=True)[1]
    if person is None or _is_shared(frame, person):
        person = number_persons(people, frame)
    return keep_persons(people, frame, person, n_frames, n_persons)


def _is_shared(frame: np.ndarray, person: np.ndarray) -> bool:
    """Whether two people of a frame have the same number."""
    return len(np.unique(frame * len(person) + person)) < len(person)


def number_tracks(tracks: Sequence[Sequence[Any]]) -> list[np.ndarray] | None:
    """Number the persons of a file by the tracks that it holds, in any of the forms that estimators write.

    Parameters
    ----------
    tracks : sequence of sequence of object
        For each frame the track of each person: a number, a text, or one of these in nested lists, such as ``[[3.0]]``.

    Returns
    -------
    list of ndarray of int of shape (n_people_i,), or None
        Numbers from 0, in order of appearance. None where somebody has no track, or a negative one: then the file does
        not follow everybody.
    """
    code: dict[Any, int] = {}
    numbers = []
    for of_frame in tracks:
        keys = [innermost_track(track) for track in of_frame]
        if any(key is None or (isinstance(key, int | float) and not key >= 0) for key in keys):
            return None
        numbers.append(np.array([code.setdefault(key, len(code)) for key in keys], dtype=np.intp))
    return numbers


def innermost_track(track: Any) -> int | float | str | None:
    """Find the number or text of a track, which some estimators write in lists.

    Parameters
    ----------
    track : object
        Such as ``3``, ``[3.0]`` or ``[[3.0], [3.0]]``.

    Returns
    -------
    number, str or None
        The first of the innermost list; None where there is none.
    """
    for _ in range(_DEEPEST):
        if not isinstance(track, list | tuple):
            break
        track = track[0] if track else None
    return track if isinstance(track, int | float | str) and not isinstance(track, bool) else None


def number_persons(people: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """Tell which detections are the same person.

    Parameters
    ----------
    people : ndarray of shape (n_people, n_joints, n_channels + 1)
        What `mark_unseen` gave for all frames, without those of whom nothing was seen.
    frame : ndarray of int of shape (n_people,)
        The frame of each, in ascending order.

    Returns
    -------
    ndarray of int of shape (n_people,)
        The number of each person, counting from 0 in order of appearance.

    Raises
    ------
    ValueError
        If a frame has more people than can be told apart in a bounded time.
    """
    most = int(np.bincount(frame).max())
    if most > _MOST_PEOPLE:
        raise ValueError(f"got {most} people in a frame, expected {_MOST_PEOPLE} at most")
    poses = np.ascontiguousarray(people[..., :-1].swapaxes(1, 2))  # (N, C, J): along joints, NumPy is the fastest
    return Crowd(float(np.median(_extent(poses))), poses, people[..., -1].sum(axis=-1), frame).recognise()


def _extent(poses: np.ndarray) -> np.ndarray:
    """The longer side of the box around each body: (N, C, J) -> (N,)."""
    is_known = ~np.isnan(poses)
    highest = np.where(is_known, poses, -np.inf).max(axis=-1)
    lowest = np.where(is_known, poses, np.inf).min(axis=-1)
    return (highest - lowest).max(axis=-1)


def keep_persons(
    people: np.ndarray, frame: np.ndarray, person: np.ndarray, n_frames: int, n_persons: int
) -> tuple[np.ndarray, np.ndarray]:
    """Lay the persons with the most confidence, summed over joints and frames, one after another on the joint axis.

    Each next person takes the first place that is free in all frames in which they were seen: an empty one, or one of
    somebody who was lost and may have been found again as them, if they were seen about as surely. Who finds no place
    is left out.

    Parameters
    ----------
    people : ndarray of shape (n_people, n_joints, n_channels + 1)
        What `mark_unseen` gave for all frames, without those of whom nothing was seen.
    frame : ndarray of int of shape (n_people,)
        The frame of each, from 0.
    person : ndarray of int of shape (n_people,)
        Who is who, from 0; no number comes twice in a frame.
    n_frames : int
        How many frames there are.
    n_persons : int
        How many places there are; the person with most confidence has the first.

    Returns
    -------
    sequence : ndarray of shape (n_frames, n_persons * n_joints, n_channels)
        Coordinates, float32; NaN where a joint or the whole person was not seen.
    confidence : ndarray of shape (n_frames, n_persons * n_joints)
        Their confidence, float32; 0 where a person was not seen.
    """
    _, n_joints, n_values = people.shape
    out = np.full((n_frames, n_persons, n_joints, n_values), np.nan, dtype=np.float32)
    out[..., -1] = 0.0
    places = _places(frame, person, people[..., -1].mean(axis=-1), n_persons)
    kept = places[person] >= 0
    out[frame[kept], places[person[kept]]] = people[kept]
    flat = out.reshape(n_frames, n_persons * n_joints, n_values)
    return np.ascontiguousarray(flat[..., :-1]), np.ascontiguousarray(flat[..., -1])


def _places(frame: np.ndarray, person: np.ndarray, confidence: np.ndarray, n_persons: int) -> np.ndarray:
    """The place of each person, -1 for those left out, from the frame, person and confidence of each detection."""
    total = np.bincount(person, weights=confidence)
    surely = total / np.maximum(np.bincount(person), 1)
    places = np.full(len(total), -1)
    busy: list[set[int]] = []
    least: list[float] = []
    by_person = np.split(frame[np.argsort(person, kind="stable")], np.cumsum(np.bincount(person))[:-1])
    for number in np.argsort(-total, kind="stable"):
        seen = set(by_person[number].tolist())
        free = (at for at in range(len(busy)) if surely[number] >= least[at] and busy[at].isdisjoint(seen))
        place = next(free, len(busy))
        if place == len(busy) < n_persons:
            busy.append(set())
            least.append(_AS_SURE * float(surely[number]))
        if place < len(busy):
            busy[place] |= seen
            places[number] = place
    return places
