"""Everybody seen so far in a clip, among whom detections are recognised.

From frame to frame, detections are given to the persons seen before, the closest pair first. A person takes no
detection that is farther than people move: half a body size at once, and a tenth more for each frame since they were
last seen (at 30 frames a second and 1.7 m, 5 m/s). So one who vanishes and returns nearby stays the same person, and a
detection elsewhere is somebody new. Of persons too close to a detection to tell by distance (the same body detected
twice), the one known with most confidence takes it.

Who is who in many frames is first guessed from where people are in the middle, then checked all at once. Frames that
were guessed wrong, or in which somebody is new, are recognised one after another, with the same result.
"""

from __future__ import annotations

import numpy as np

from skeletonlearn.datasets._crowd_guess import CrowdGuess

_JUMP = 0.5  # body sizes that a detection may jump at once
_STRIDE = 0.1  # body sizes that a person moves in a frame
_SAME = 0.1  # body sizes within which distances do not tell persons apart
_FEWEST, _MOST = 16, 1024  # frames that are checked at once
_MOST_NUMBERS = 1_000_000  # in one array of differences


class Crowd:
    """Everybody seen so far: where, when, and with how much confidence.

    Parameters
    ----------
    size : float
        Typical size of a body, in the unit of the coordinates.
    poses : ndarray of shape (n_people, n_channels, n_joints)
        Coordinates of the people of a clip, one at least. Those of a joint are all known, or all NaN.
    surely : ndarray of shape (n_people,)
        The confidence in each.
    frame : ndarray of int of shape (n_people,)
        The frame of each, in ascending order.
    """

    def __init__(self, size: float, poses: np.ndarray, surely: np.ndarray, frame: np.ndarray) -> None:
        self._size = size
        self._at, row, self._count = np.unique(frame, return_inverse=True, return_counts=True)
        self._where = row, np.arange(len(frame)) - (np.cumsum(self._count) - self._count)[row]
        shape = len(self._at), int(self._count.max())
        self._found = np.full((*shape, *poses.shape[1:]), np.nan)  # (F, K, C, J)
        self._found[self._where] = poses
        self._surely = np.zeros(shape)
        self._surely[self._where] = surely
        self._poses = self._found[0, :0]
        self._last = np.empty(0, dtype=np.intp)
        self._confidence = np.empty(0)

    def recognise(self) -> np.ndarray:
        """Number the people.

        Returns
        -------
        ndarray of int of shape (n_people,)
            Their numbers, from 0 in order of appearance.
        """
        guess = CrowdGuess(self._found, self._count)
        numbers = np.full(self._surely.shape, -1)
        numbers[0, : self._count[0]] = self._recognise_frame(0)
        done, n_tried = 1, _MOST
        while done < len(numbers):
            n_tried = max(1, min(n_tried, _MOST_NUMBERS // (1 + len(self._poses) * self._found[0].size)))
            guessed = guess.follow(done, n_tried, numbers[done - 1], self._poses)
            n_right = self._accept(done, guessed)
            numbers[done : done + n_right] = guessed[:n_right]
            done += n_right
            if n_right < n_tried and done < len(numbers):
                numbers[done, : self._count[done]] = self._recognise_frame(done)
                done += 1
            n_tried = min(max(2 * n_right, _FEWEST), _MOST)
        return numbers[self._where]

    def _recognise_frame(self, row: int) -> np.ndarray:
        """The numbers of the people of a frame; those who are new become known."""
        n_people, n_known = self._count[row], len(self._poses)
        poses = self._found[row, :n_people]
        numbers = np.full(n_people, -1)
        for person, place in self._pairs(self._at[row], poses):
            if numbers[place] < 0 and person not in numbers:
                numbers[place] = person
        is_new = numbers < 0
        numbers[is_new] = n_known + np.arange(is_new.sum())
        self._poses = np.concatenate([self._poses, poses[is_new]])
        self._last = np.concatenate([self._last, np.zeros(is_new.sum(), dtype=np.intp)])
        self._confidence = np.concatenate([self._confidence, np.zeros(is_new.sum())])
        self._poses[numbers] = np.where(np.isnan(poses), self._poses[numbers], poses)
        self._last[numbers] = self._at[row]
        self._confidence[numbers] += self._surely[row, :n_people]
        return numbers

    def _pairs(self, at: int, poses: np.ndarray) -> list[tuple[int, int]]:
        """Pairs of a known person and one in a frame who can be the same, the likeliest first."""
        distance = _distances(self._poses, poses)
        persons, places = np.nonzero(self._possible(distance, at - self._last))
        distance = distance[persons, places]
        order = np.lexsort((distance, self._doubt(distance, self._confidence[persons])))
        return list(zip(persons[order].tolist(), places[order].tolist(), strict=True))

    def _possible(self, distance: np.ndarray, n_frames: np.ndarray) -> np.ndarray:
        """Whether each position is within reach of each person, who was last seen some frames ago."""
        size = self._size or np.inf  # single points have no size: nothing is too far
        reach = size * (_JUMP + _STRIDE * n_frames)
        return (distance <= reach[..., None]) & np.isfinite(distance)

    def _doubt(self, distance: np.ndarray, confidence: np.ndarray) -> np.ndarray:
        """What comes before the distance: where that cannot tell persons apart, the confidence in them does."""
        return np.where(distance < _SAME * self._size, -confidence, 1.0)

    def _accept(self, start: int, guessed: np.ndarray) -> int:
        """In how many frames from the first a guess is right; then everybody is known as they were last seen there."""
        if not len(guessed):
            return 0
        rows = slice(start, start + len(guessed))
        place = _places(guessed, len(self._poses))  # (F, P)
        was_seen = place >= 0
        found = self._found[np.arange(rows.start, rows.stop)[:, None], place]
        found[~was_seen] = np.nan
        poses = _fill(np.concatenate([self._poses[None], found]))
        surely = np.where(was_seen, np.take_along_axis(self._surely[rows], place, axis=1), 0.0)
        confidence = np.cumsum(np.concatenate([self._confidence[None], surely]), axis=0)
        at = np.where(was_seen, self._at[rows, None], -1)
        last = np.maximum.accumulate(np.concatenate([self._last[None], at]), axis=0)
        distance = _distances(poses[:-1], self._found[rows])  # (F, P, K)
        is_possible = self._possible(distance, self._at[rows, None] - last[:-1])
        doubt = self._doubt(distance, confidence[:-1, :, None])
        n_right = _n_right(guessed, place, is_possible, doubt, distance)
        self._poses, self._confidence, self._last = poses[n_right].copy(), confidence[n_right], last[n_right]
        return n_right


def _places(guessed: np.ndarray, n_persons: int) -> np.ndarray:
    """The place of each person in each frame, -1 for none: (F, K) -> (F, P)."""
    places = np.full((len(guessed), n_persons), -1)
    row, place = np.nonzero(guessed >= 0)
    places[row, guessed[row, place]] = place
    return places


def _n_right(
    guessed: np.ndarray, place: np.ndarray, is_possible: np.ndarray, doubt: np.ndarray, distance: np.ndarray
) -> int:
    """In how many frames from the first the likeliest pairs give what was guessed.

    That is so where each guessed pair is possible, and each other pair that is comes after the guessed pair of the same
    person, or of the same position.
    """
    is_guessed = guessed[:, None] == np.arange(place.shape[1])[:, None]  # (F, P, K)
    is_beaten = np.zeros_like(is_guessed)
    frame, person, at = np.ogrid[tuple(map(slice, is_guessed.shape))]
    for own, pair in (
        (guessed[:, None], (frame, guessed[:, None], at)),
        (place[..., None], (frame, person, place[..., None])),
    ):
        own_doubt, own_distance = doubt[pair], distance[pair]
        is_nearer = (own_doubt == doubt) & (own_distance < distance)
        is_beaten |= (own >= 0) & ((own_doubt < doubt) | is_nearer)
    is_right = np.logical_and.reduce(np.where(is_guessed, is_possible, ~is_possible | is_beaten), axis=(1, 2))
    return len(is_right) if is_right.all() else int(np.argmin(is_right))


def _fill(poses: np.ndarray) -> np.ndarray:
    """Each joint as it was last known: (F, P, C, J) -> (F, P, C, J)."""
    is_unknown = np.isnan(poses[..., 0, :])
    frame = np.maximum.accumulate(np.where(is_unknown, 0, np.arange(len(poses))[:, None, None]), axis=0)
    row, person, joint = np.nonzero(is_unknown)
    poses[row, person, :, joint] = poses[frame[row, person, joint], person, :, joint]
    return poses


def _distances(known: np.ndarray, poses: np.ndarray) -> np.ndarray:
    """Mean distance over the joints seen in both: (..., P, C, J), (..., K, C, J) -> (..., P, K); else infinite."""
    squares = sum(
        np.square(known[..., :, None, channel, :] - poses[..., None, :, channel, :])
        for channel in range(poses.shape[-2])
    )
    gaps = np.sqrt(squares)  # (..., P, K, J)
    is_missing = np.isnan(gaps)
    n_common = gaps.shape[-1] - is_missing.sum(axis=-1)
    np.copyto(gaps, 0.0, where=is_missing)
    return np.where(n_common, gaps.sum(axis=-1) / np.maximum(n_common, 1), np.inf)
