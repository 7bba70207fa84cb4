"""Everybody seen so far in a clip, among whom detections are recognised.

From frame to frame, detections are given to the persons seen before, the closest pair first. A person takes no
detection that is farther than people move: half a body size at once, and a tenth more for each frame since they were
last seen (at 30 frames a second and 1.7 m, 5 m/s). So one who vanishes and returns nearby stays the same person, and a
detection elsewhere is somebody new. Of persons too close to a detection to tell by distance (the same body detected
twice), the one known with most confidence takes it.

In most frames nobody comes or goes. Such frames are recognised many at once: who is who is guessed from the nearest in
the frame before, then checked. All other frames are recognised one after another, with the same result.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

_JUMP = 0.5  # body sizes that a detection may jump at once
_STRIDE = 0.1  # body sizes that a person moves in a frame
_SAME = 0.1  # body sizes within which distances do not tell persons apart
_FEWEST, _MOST = 4, 1024  # frames that are recognised at once
_MOST_NUMBERS = 1_000_000  # in one array of differences


class Crowd:
    """Everybody seen so far: where, when, and with how much confidence.

    Parameters
    ----------
    size : float
        Typical size of a body, in the unit of the coordinates.
    shape : tuple of int
        Number of joints, and of channels without the confidence.
    """

    def __init__(self, size: float, shape: tuple[int, int]) -> None:
        self._size = size
        self._poses = np.empty((0, *shape))
        self._last = np.empty(0, dtype=np.intp)
        self._confidence = np.empty(0)

    def recognise(self, people: np.ndarray, frame: np.ndarray) -> np.ndarray:
        """Number the detections of a clip; those who are new become known.

        Parameters
        ----------
        people : ndarray of shape (n_detections, n_joints, n_channels + 1)
            Coordinates and confidence of each detection.
        frame : ndarray of int of shape (n_detections,)
            The frame of each, in ascending order.

        Returns
        -------
        ndarray of int of shape (n_detections,)
            Their numbers, from 0 in order of appearance.
        """
        at, first, count = np.unique(frame, return_index=True, return_counts=True)
        breaks = [0, *(np.flatnonzero(np.diff(count)) + 1).tolist(), len(at)]
        numbers = np.empty(len(people), dtype=np.intp)
        for begin, end in pairwise(breaks) if len(at) else ():
            run = slice(first[begin], first[begin] + (end - begin) * count[begin])
            stack = people[run].reshape(end - begin, count[begin], *people.shape[1:])
            numbers[run] = self._recognise_run(stack, at[begin:end]).ravel()
        return numbers

    def _recognise_run(self, people: np.ndarray, at: np.ndarray) -> np.ndarray:
        """The numbers in frames with equally many people: (F, K, J, C + 1) -> (F, K)."""
        numbers = np.empty(people.shape[:2], dtype=np.intp)
        numbers[0] = self._recognise_frame(people[0], int(at[0]))
        done, n_tried = 1, _FEWEST
        while done < len(people):
            n_tried = max(1, min(n_tried, _MOST_NUMBERS // (len(self._poses) * people[0].size)))
            tried = slice(done, done + n_tried)
            steady = self._follow(people[tried], at[tried], numbers[done - 1])
            n_tried = 2 * n_tried if len(steady) == n_tried < _MOST else _FEWEST
            if not len(steady):
                steady = self._recognise_frame(people[done], int(at[done]))[None]
            numbers[done : done + len(steady)] = steady
            done += len(steady)
        return numbers

    def _recognise_frame(self, people: np.ndarray, at: int) -> np.ndarray:
        numbers = np.full(len(people), -1)
        for person, detection in self._pairs(at, people[..., :-1]):
            if numbers[detection] < 0 and person not in numbers:
                numbers[detection] = person
        new = numbers < 0
        numbers[new] = len(self._poses) + np.arange(new.sum())
        self._poses = np.concatenate([self._poses, people[new, :, :-1]])
        self._last = np.concatenate([self._last, np.full(new.sum(), at)])
        self._confidence = np.concatenate([self._confidence, np.zeros(new.sum())])
        poses = people[..., :-1]
        self._poses[numbers] = np.where(np.isnan(poses), self._poses[numbers], poses)
        self._last[numbers] = at
        self._confidence[numbers] += people[..., -1].sum(axis=-1)
        return numbers

    def _pairs(self, at: int, poses: np.ndarray) -> list[tuple[int, int]]:
        """Pairs of a known person and a detection that can be the same, the likeliest first."""
        distance = _distances(self._poses, poses)
        persons, detections = np.nonzero(self._possible(distance, at - self._last))
        distance = distance[persons, detections]
        unlike, doubt = self._doubt(distance, self._confidence[persons])
        order = np.lexsort((distance, doubt, unlike))
        return list(zip(persons[order].tolist(), detections[order].tolist(), strict=True))

    def _possible(self, distance: np.ndarray, n_frames: np.ndarray) -> np.ndarray:
        """Whether each detection is within reach of each person, who was last seen some frames ago."""
        size = self._size or np.inf  # single points have no size: nothing is too far
        reach = size * (_JUMP + _STRIDE * n_frames)
        return (distance <= reach[..., None]) & np.isfinite(distance)

    def _doubt(self, distance: np.ndarray, confidence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What pairs are sorted by before their distance: those too close to tell apart by it, by their confidence."""
        same = distance < _SAME * self._size
        return ~same, np.where(same, -confidence, 0.0)

    def _follow(self, people: np.ndarray, at: np.ndarray, before: np.ndarray) -> np.ndarray:
        """The numbers in the first frames in which nobody comes or goes: (F, K, J, C + 1) and (K,) -> (n, K)."""
        column = _nearest(np.concatenate([self._poses[None, before], people[..., :-1]]))
        people = np.take_along_axis(people[: len(column)], column[..., None, None], axis=1)
        poses = _fill(np.concatenate([self._poses[None, before], people[..., :-1]]))
        total = np.cumsum(np.concatenate([self._confidence[None, before], people[..., -1].sum(axis=-1)]), axis=0)
        n_steady = self._n_steady(people[..., :-1], at[: len(column)], before, poses[:-1], total[:-1])
        if n_steady:
            self._poses[before], self._confidence[before] = poses[n_steady], total[n_steady]
            self._last[before] = at[n_steady - 1]
        numbers = np.empty((n_steady, len(before)), dtype=np.intp)
        np.put_along_axis(numbers, column[:n_steady], before[None], axis=1)
        return numbers

    def _n_steady(
        self, found: np.ndarray, at: np.ndarray, before: np.ndarray, poses: np.ndarray, confidence: np.ndarray
    ) -> int:
        """In how many frames the k-th person of `before`, known as `poses`, is recognised as `found[:, k]`."""
        n_found = len(before)
        others = np.setdiff1d(np.arange(len(self._poses)), before)
        persons = np.concatenate(
            [poses, np.broadcast_to(self._poses[others], (len(found), *self._poses[others].shape))], 1
        )
        distance = _distances(persons, found)  # (F, P, K)
        last = np.concatenate([self._last[before[:1]], at[:-1]])
        away = np.concatenate([np.repeat((at - last)[:, None], n_found, 1), at[:, None] - self._last[others]], 1)
        surely = np.concatenate([confidence, np.broadcast_to(self._confidence[others], (len(found), len(others)))], 1)
        possible = self._possible(distance, away)
        ranks = (*self._doubt(distance, surely[..., None]), distance)
        own = [np.diagonal(rank, axis1=1, axis2=2) for rank in ranks]  # (F, K): of the pairs that are to be
        beaten = _precedes([rank[:, None] for rank in own], ranks)
        beaten[:, :n_found] |= _precedes([rank[..., None] for rank in own], [rank[:, :n_found] for rank in ranks])
        wanted = np.eye(persons.shape[1], n_found, dtype=bool)
        steady = np.logical_and.reduce(np.where(wanted, possible, ~possible | beaten), axis=(1, 2))
        return len(steady) if steady.all() else int(np.argmin(steady))


def _precedes(one: Sequence[np.ndarray], other: Sequence[np.ndarray]) -> np.ndarray:
    """Whether one of two triples stands before the other in ascending order."""
    last = one[-1] < other[-1]
    for first, second in zip(one[-2::-1], other[-2::-1], strict=True):
        last = (first < second) | ((first == second) & last)
    return last


def _nearest(poses: np.ndarray) -> np.ndarray:
    """Where in each frame after the first the people of the first are, by who is nearest: (F + 1, K, J, C) -> (n, K).

    It ends before the first frame in which one is the nearest of two.
    """
    n_people = poses.shape[1]
    if n_people == 1:
        return np.zeros((len(poses) - 1, 1), dtype=np.intp)
    nearest = _distances(poses[:-1], poses[1:]).argmin(axis=-1)
    distinct = (np.sort(nearest, axis=-1) == np.arange(n_people)).all(axis=-1)
    nearest = nearest if distinct.all() else nearest[: int(np.argmin(distinct))]
    if (nearest != np.arange(n_people)).any():
        for before, after in pairwise(nearest):
            after[:] = after[before]
    return nearest


def _fill(poses: np.ndarray) -> np.ndarray:
    """Each number that is missing as it was last known: (F, K, J, C) -> (F, K, J, C)."""
    known = ~np.isnan(poses)
    if known.all():
        return poses
    frame = np.maximum.accumulate(np.where(known, np.arange(len(poses))[:, None, None, None], 0), axis=0)
    return np.take_along_axis(poses, frame, axis=0)


def _distances(known: np.ndarray, poses: np.ndarray) -> np.ndarray:
    """Mean distance over the joints seen in both: (..., P, J, C), (..., K, J, C) -> (..., P, K); else infinite."""
    gaps = known[..., :, None, :, :] - poses[..., None, :, :, :]
    gaps = np.sqrt(np.einsum("...c,...c->...", gaps, gaps))  # (..., P, K, J)
    common = ~np.isnan(gaps)
    count = common.sum(axis=-1)
    return np.where(count, np.where(common, gaps, 0.0).sum(axis=-1) / np.maximum(count, 1), np.inf)
