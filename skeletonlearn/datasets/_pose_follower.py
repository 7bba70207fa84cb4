"""Search people in the frames of a video, and follow each with a part of the picture.

MediaPipe looks at a picture of 224 pixels in which a person should be large, and finds nobody in a tall picture that
they fill by half. So people are searched in the whole picture and in squares of it. Each who has been found is followed
in a square around where they were: they stay as large, and are the same person.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from skeletonlearn.datasets._pose_landmarker import N_LANDMARKS, N_NUMBERS

_MARGIN = 1.3  # side of the square around a body, in sizes of the body
_REACH = 0.5  # sizes of the body that it moves between two frames
_SAME = 0.25  # sizes of the body within which two poses are one body, found twice
_LARGER = 1.5  # times the size of one who is followed: somebody so much larger is followed besides
_SEARCH_EVERY = 1.0  # seconds
_LONG = 1.2  # ratio of the picture's sides from which on it is searched in squares
_SMALL_SQUARE = 0.6  # of the shorter side, where nobody was found otherwise


class Landmarker(Protocol):
    """What finds poses; `PoseLandmarker` is one.

    A pose has shape (n_joints, n_numbers): x and y in pixels, other numbers, and last the visibility.
    """

    def find(self, picture: np.ndarray) -> np.ndarray:
        """Find everybody in a picture."""

    def follow(self, person: int, picture: np.ndarray) -> np.ndarray:
        """Find one person in the next picture of a series."""

    def forget(self, person: int) -> None:
        """End a series."""


class PoseFollower:
    """Estimator of the poses in the frames of one video.

    Parameters
    ----------
    landmarker : Landmarker
        Finds poses in pictures.
    n_persons : int
        The number of people wanted. One more is followed if much larger, so that a bystander does not keep out
        somebody who comes later.
    """

    def __init__(self, landmarker: Landmarker, n_persons: int) -> None:
        self._landmarker, self._n_persons = landmarker, n_persons
        self._poses: dict[int, np.ndarray] = {}
        self._newest = 0
        self._next_search = -np.inf

    def __call__(self, picture: np.ndarray, seconds: float) -> np.ndarray:
        """Find the people in the next frame.

        Parameters
        ----------
        picture : ndarray of uint8 of shape (height, width, 3)
            The frame, RGB.
        seconds : float
            Its time.

        Returns
        -------
        ndarray of shape (n_people, n_joints, n_numbers)
            Their poses.
        """
        has_lost = self._follow(picture)
        due = seconds >= self._next_search
        if due or has_lost or not self._poses:
            self._add(self._search(picture, thorough=due))
        if due:
            self._next_search = seconds + _SEARCH_EVERY
        return np.stack(list(self._poses.values())) if self._poses else np.empty((0, N_LANDMARKS, N_NUMBERS))

    def close(self) -> None:
        """Forget everybody, at the end of the video."""
        for person in list(self._poses):
            self._forget(person)

    def _follow(self, picture: np.ndarray) -> bool:
        """Find everybody again who was there; those who jump, or onto somebody else, are lost."""
        steps = []
        for person, known in self._poses.items():
            for pose in self._look_around(person, known, picture):
                steps.append((_distance(pose, known) / _size(known), person, pose))
        found: dict[int, np.ndarray] = {}
        for step, person, pose in sorted(steps, key=lambda one: one[:2]):
            if step <= _REACH and not any(_same(pose, other) for other in found.values()):
                found[person] = pose
        lost = [person for person in self._poses if person not in found]
        for person in lost:
            self._forget(person)
        self._poses.update(found)
        return bool(lost)

    def _look_around(self, person: int, known: np.ndarray, picture: np.ndarray) -> np.ndarray:
        points, side = known[:, :2], max(1, round(_MARGIN * _size(known)))
        corner = (points.min(axis=0) + points.max(axis=0) - side) / 2
        left, top = np.round(corner).astype(int).tolist()
        poses = self._landmarker.follow(person, _cut(picture, left, top, side))
        poses[..., :2] += left, top
        return poses

    def _forget(self, person: int) -> None:
        del self._poses[person]
        self._landmarker.forget(person)

    def _add(self, poses: list[np.ndarray]) -> None:
        """Follow those who are not followed yet, as long as there is room for them."""
        for pose in poses:
            n_followed, sizes = len(self._poses), [_size(known) for known in self._poses.values()]
            is_larger = n_followed == self._n_persons and _size(pose) > _LARGER * min(sizes)
            is_new = not any(_same(pose, known) for known in self._poses.values())
            if is_new and (n_followed < self._n_persons or is_larger):
                self._newest += 1
                self._poses[self._newest] = pose

    def _search(self, picture: np.ndarray, *, thorough: bool) -> list[np.ndarray]:
        """Everybody in the picture, those who are large and well seen first."""
        shorter, longer = sorted(picture.shape[:2])
        poses = list(self._landmarker.find(picture))
        if longer > _LONG * shorter:
            poses += self._search_squares(picture, shorter)
        if thorough and not poses:
            poses = self._search_squares(picture, max(1, round(_SMALL_SQUARE * shorter)))
        return sorted(poses, key=lambda pose: -_size(pose) * pose[:, -1].mean())

    def _search_squares(self, picture: np.ndarray, side: int) -> list[np.ndarray]:
        found = []
        for top in _starts(picture.shape[0], side):
            for left in _starts(picture.shape[1], side):
                poses = self._landmarker.find(_cut(picture, left, top, side))
                poses[..., :2] += left, top
                found += list(poses)
        return found


def _cut(picture: np.ndarray, left: int, top: int, side: int) -> np.ndarray:
    """A square of a picture, black where it reaches beyond."""
    square = np.zeros((side, side, 3), dtype=np.uint8)
    inside = picture[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]
    below, right = max(-top, 0), max(-left, 0)
    square[below : below + inside.shape[0], right : right + inside.shape[1]] = inside
    return square


def _starts(length: int, side: int) -> Iterator[int]:
    """Evenly spaced starts of parts that overlap by half at least and cover the whole."""
    n_steps = int(np.ceil(2 * (length - side) / side))
    return (round(at * (length - side) / max(n_steps, 1)) for at in range(n_steps + 1))


def _size(pose: np.ndarray) -> float:
    """The longer side of the box around a pose."""
    return max(1.0, float(np.ptp(pose[:, :2], axis=0).max()))


def _distance(pose: np.ndarray, other: np.ndarray) -> float:
    return float(np.linalg.norm(pose[:, :2] - other[:, :2], axis=1).mean())


def _same(pose: np.ndarray, other: np.ndarray) -> bool:
    return _distance(pose, other) < _SAME * min(_size(pose), _size(other))
