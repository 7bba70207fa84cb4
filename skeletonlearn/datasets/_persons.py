"""The persons of a clip: pose estimators list the people of a frame in any order."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

from skeletonlearn.datasets._crowd import Crowd

_AS_SURE = 0.5  # part of the mean confidence in a person with which another may go on in their place
_DEEPEST = 3  # lists around a track
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


def seen_people(people: np.ndarray, min_confidence: float) -> np.ndarray:
    """The detections of a frame, points that were not seen as NaN, without those of which nothing was seen.

    Parameters
    ----------
    people : ndarray of shape (n_people, n_joints, n_channels + 1)
        Coordinates, then the confidence. A point was not seen where the confidence is not positive.
    min_confidence : float
        Points with less confidence count as not seen; their confidence is kept.

    Returns
    -------
    ndarray of shape (n_seen, n_joints, n_channels + 1)
        A new array, float64.

    Raises
    ------
    ValueError
        If a number is infinite or absurdly large.
    """
    people, is_seen = _mark_unseen(people, min_confidence)
    return people[is_seen]


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
    largest = np.fmax.reduce(np.abs(people), axis=None, initial=0.0)
    if largest <= _GREATEST:
        return ""
    return f"got the number {people[np.abs(people) > _GREATEST][0]:g}, expected coordinates"


def _mark_unseen(people: np.ndarray, min_confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """A copy with points that were not seen as NaN, and of whom anything was seen."""
    people = np.array(people, dtype=np.float64)
    if reason := find_excess(people):
        raise ValueError(reason)
    coordinates, confidence = people[..., :-1], people[..., -1]
    unknown = np.isnan(coordinates).any(axis=-1) | ~(confidence > 0)
    confidence[unknown] = 0.0
    coordinates[unknown | (confidence < min_confidence)] = np.nan
    return people, ~np.isnan(coordinates[..., 0]).all(axis=-1)


def sequence_of_people(
    frames: Sequence[np.ndarray], tracks: Sequence[np.ndarray] | None, n_persons: int, min_confidence: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """The sequence of the persons with the most confidence, who are followed from frame to frame.

    Parameters
    ----------
    frames : sequence of ndarray of shape (n_people_i, n_joints, n_channels + 1)
        The people of each frame, as the file has them: coordinates, then the confidence. Frames without people may have
        any other shape.
    tracks : sequence of ndarray of int of shape (n_people_i,), or None
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
    counts = [len(people) for people in frames]
    if not any(counts):
        raise ValueError(_nobody(frames))
    people, is_seen = _mark_unseen(np.concatenate([people for people in frames if len(people)]), min_confidence)
    if not is_seen.any():
        raise ValueError(_nobody(frames))
    frame = np.repeat(np.arange(len(frames)), counts)[is_seen]
    ends = np.cumsum(np.bincount(frame, minlength=len(frames)))[:-1]
    seen = np.split(people[is_seen], ends)
    person = None if tracks is None else np.concatenate(tracks).astype(np.intp)[is_seen]
    if person is None or len(np.unique(np.stack([frame, person]), axis=1).T) < len(person):
        return keep_persons(seen, number_persons(seen), n_persons)
    return keep_persons(seen, np.split(np.unique(person, return_inverse=True)[1], ends), n_persons)


def _nobody(frames: Sequence[np.ndarray]) -> str:
    return f"got nobody in {len(frames)} frames, expected a person in one of them at least"


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
        keys = [_innermost(track) for track in of_frame]
        if any(key is None or (isinstance(key, int | float) and not key >= 0) for key in keys):
            return None
        numbers.append(np.array([code.setdefault(key, len(code)) for key in keys], dtype=np.intp))
    return numbers


def _innermost(track: Any) -> Any:
    """The number or text in nested lists; None where there is none."""
    for _ in range(_DEEPEST):
        if not isinstance(track, list | tuple):
            break
        track = track[0] if track else None
    return track if isinstance(track, int | float | str) and not isinstance(track, bool) else None


def number_persons(frames: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Tell which detections are the same person.

    Parameters
    ----------
    frames : sequence of ndarray of shape (n_people_i, n_joints, n_channels + 1)
        What `seen_people` gave for each frame, which may be nobody.

    Returns
    -------
    list of ndarray of int of shape (n_people_i,)
        The number of each person, counting from 0 in order of appearance.
    """
    people = np.concatenate(frames) if frames else np.empty((0, 0, 1))
    count = [len(one) for one in frames]
    sizes = _extent(people)
    crowd = Crowd(float(np.median(sizes)) if len(sizes) else 0.0, (people.shape[1], people.shape[2] - 1))
    return np.split(crowd.recognise(people, np.repeat(np.arange(len(frames)), count)), np.cumsum(count)[:-1])


def _extent(people: np.ndarray) -> np.ndarray:
    """The longer side of the box around each body."""
    lowest, highest = (pick.reduce(people[..., :-1], axis=1) for pick in (np.fmin, np.fmax))
    return (highest - lowest).max(axis=-1)


def keep_persons(
    frames: Sequence[np.ndarray], numbers: Sequence[np.ndarray], n_persons: int
) -> tuple[np.ndarray, np.ndarray]:
    """Lay the persons with the most confidence, summed over joints and frames, one after another on the joint axis.

    Each next person takes the first place that is free in all frames in which they were seen: an empty one, or one of
    somebody who was lost and may have been found again as them, if they were seen about as surely. Who finds no place
    is left out.

    Parameters
    ----------
    frames : sequence of ndarray of shape (n_people_i, n_joints, n_channels + 1)
        What `seen_people` gave for each frame; at least one frame.
    numbers : sequence of ndarray of int of shape (n_people_i,)
        Who is who; no number comes twice in a frame.
    n_persons : int
        How many places there are; the person with most confidence has the first.

    Returns
    -------
    sequence : ndarray of shape (n_frames, n_persons * n_joints, n_channels)
        Coordinates, float32; NaN where a joint or the whole person was not seen.
    confidence : ndarray of shape (n_frames, n_persons * n_joints)
        Their confidence, float32; 0 where a person was not seen.
    """
    people, person = np.concatenate(frames), np.concatenate(numbers).astype(np.intp)
    frame = np.repeat(np.arange(len(frames)), [len(one) for one in frames])
    _, n_joints, n_values = people.shape
    out = np.full((len(frames), n_persons, n_joints, n_values), np.nan, dtype=np.float32)
    out[..., -1] = 0.0
    places = _places(frame, person, people[..., -1].mean(axis=-1), n_persons)
    kept = places[person] >= 0
    out[frame[kept], places[person[kept]]] = people[kept]
    flat = out.reshape(len(frames), n_persons * n_joints, n_values)
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
