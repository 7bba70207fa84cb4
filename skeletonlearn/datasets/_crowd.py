"""Everybody seen so far in a clip, among whom detections are recognised.

From frame to frame, detections are given to the persons seen before, the closest pair first. A person takes no
detection that is farther than people move: half a body size at once, and a tenth more for each frame since they were
last seen (at 30 frames a second and 1.7 m, 5 m/s). So one who vanishes and returns nearby stays the same person, and a
detection elsewhere is somebody new. Of persons too close to a detection to tell by distance (the same body detected
twice), the one known with most confidence takes it.

Who is who in many frames is first guessed from where people are in the middle, then checked all at once. Frames that
were guessed wrong, or in which somebody is new, are recognised one after another, with the same result.

Where false detections make ever more persons, those are forgotten who were neither seen lately nor surely. So time per
frame and memory do not grow with the length of a clip.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from skeletonlearn.datasets._crowd_guess import CrowdGuess

_JUMP = 0.5  # body sizes that a detection may jump at once
_STRIDE = 0.1  # body sizes that a person moves in a frame
_SAME = 0.1  # body sizes within which distances do not tell persons apart
_FEWEST, _MOST = 16, 1024  # frames that are checked at once
_MOST_SINGLE = 64  # frames that are recognised one after another before the next guess
_MOST_KNOWN = 128  # persons who are remembered, and four for each detection
_MOST_NUMBERS = 1_000_000  # in one array of differences
_MOST_LAID = 4_000_000  # numbers of frames that are laid side by side


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
        self._people = poses, surely, frame
        self._poses = poses[:0]
        self._number = self._last = np.empty(0, dtype=np.intp)  # numbers ascend
        self._confidence = np.empty(0)
        self._n_persons = 0

    def recognise(self) -> np.ndarray:
        """Number the people.

        Returns
        -------
        ndarray of int of shape (n_people,)
            Their numbers, from 0 in order of appearance.
        """
        poses, _, frame = self._people
        numbers = np.empty(len(frame), dtype=np.intp)
        for people in _blocks(frame, poses[0].size):
            self._lay(people)
            numbers[people] = self._recognise_block()
        return numbers

    def _lay(self, people: slice) -> None:
        """Lay some people side by side, a row per frame."""
        poses, surely, frame = (one[people] for one in self._people)
        self._at, row, self._count = np.unique(frame, return_inverse=True, return_counts=True)
        self._where = row, np.arange(len(frame)) - (np.cumsum(self._count) - self._count)[row]
        shape = len(self._at), int(self._count.max())
        self._found = np.full((*shape, *poses.shape[1:]), np.nan)  # (F, K, C, J)
        self._found[self._where] = poses
        self._surely = np.zeros(shape)
        self._surely[self._where] = surely

    def _recognise_block(self) -> np.ndarray:
        guess = CrowdGuess(self._found, self._count)
        numbers = np.full(self._surely.shape, -1)
        numbers[0, : self._count[0]] = self._recognise_frame(0)
        done, n_tried, n_single = 1, _MOST, 1
        while done < len(numbers):
            n_tried = min(n_tried, _MOST_NUMBERS // (1 + len(self._poses) * self._found[0].size))
            n_right = self._follow(guess, numbers, done, n_tried) if n_tried else 0
            done += n_right
            n_single = 1 if n_right else min(2 * n_single, _MOST_SINGLE)
            for row in range(done, min(done + n_single, len(numbers)) if n_right < max(n_tried, 1) else done):
                numbers[row, : self._count[row]] = self._recognise_frame(row)
                done += 1
            n_tried = min(max(2 * n_right, _FEWEST), _MOST)
        return numbers[self._where]

    def _follow(self, guess: CrowdGuess, numbers: np.ndarray, done: int, n_tried: int) -> int:
        """Number the first frames that are guessed right, after those that are done, and give how many they are."""
        before = np.where(numbers[done - 1] < 0, -1, np.searchsorted(self._number, numbers[done - 1]))
        guessed = guess.follow(done, n_tried, before, self._poses)
        n_right = self._accept(done, guessed)
        numbers[done : done + n_right] = np.where(guessed < 0, -1, self._number[guessed])[:n_right]
        return n_right

    def _recognise_frame(self, row: int) -> np.ndarray:
        """The numbers of the people of a frame; those who are new become known."""
        n_people, poses = int(self._count[row]), self._found[row, : self._count[row]]
        self._forget(n_people)
        persons = self._match(self._at[row], poses)
        is_new, n_known = persons < 0, len(self._poses)
        n_new = int(is_new.sum())
        persons[is_new] = n_known + np.arange(n_new)
        self._poses = np.concatenate([self._poses, poses[is_new]])
        self._last = np.concatenate([self._last, np.zeros(n_new, dtype=np.intp)])
        self._confidence = np.concatenate([self._confidence, np.zeros(n_new)])
        self._number = np.concatenate([self._number, self._n_persons + np.arange(n_new)])
        self._n_persons += n_new
        self._poses[persons] = np.where(np.isnan(poses), self._poses[persons], poses)
        self._last[persons] = self._at[row]
        self._confidence[persons] += self._surely[row, :n_people]
        return self._number[persons]

    def _forget(self, n_people: int) -> None:
        """Forget all but a few who were seen last, and a few who were seen most surely."""
        if len(self._poses) <= _MOST_KNOWN + 4 * n_people:
            return
        few = _MOST_KNOWN // 4 + n_people
        is_kept = self._last == self._last.max()  # the people of the frame before are looked up
        is_kept[np.argsort(-self._last, kind="stable")[:few]] = True
        is_kept[np.argsort(-self._confidence, kind="stable")[:few]] = True
        self._poses, self._last = self._poses[is_kept], self._last[is_kept]
        self._confidence, self._number = self._confidence[is_kept], self._number[is_kept]

    def _match(self, at: int, poses: np.ndarray) -> np.ndarray:
        """The known person that each one in a frame is, the likeliest pair first; -1 for somebody new."""
        persons, taken = [-1] * len(poses), set()
        for person, place in self._pairs(at, poses):
            if persons[place] < 0 and person not in taken:
                persons[place] = person
                taken.add(person)
                if len(taken) == len(poses):
                    break
        return np.array(persons, dtype=np.intp)

    def _pairs(self, at: int, poses: np.ndarray) -> Iterator[tuple[int, int]]:
        """Pairs of a known person and one in a frame who can be the same, the likeliest first."""
        n_known = max(len(self._poses), 1)
        step = max(1, _MOST_NUMBERS // poses.size)
        parts = [_distances(self._poses[start : start + step], poses) for start in range(0, n_known, step)]
        distance = np.concatenate(parts)
        persons, places = np.nonzero(self._possible(distance, at - self._last))
        distance = distance[persons, places]
        order = np.lexsort((distance, self._doubt(distance, self._confidence[persons])))
        return zip(persons[order].tolist(), places[order].tolist(), strict=True)

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


def _blocks(frame: np.ndarray, size: int) -> Iterator[slice]:
    """The people of as many frames as can be laid side by side: a frame with many makes a block short."""
    _, first, count = np.unique(frame, return_index=True, return_counts=True)
    ends = first + count
    start = 0
    while start < len(count):
        most = np.maximum.accumulate(count[start : start + 4 * _MOST])
        is_too_much = most * np.maximum(most, size) * np.arange(1, len(most) + 1) > _MOST_LAID
        n_frames = max(1, int(is_too_much.argmax())) if is_too_much.any() else len(most)
        yield slice(int(first[start]), int(ends[start + n_frames - 1]))
        start += n_frames


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
