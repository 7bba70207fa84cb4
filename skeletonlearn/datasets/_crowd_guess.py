"""A quick guess of who is who over time, from the centres of bodies."""

from __future__ import annotations

from math import dist

import numpy as np

Point = list[float]


class CrowdGuess:
    """Guesses who the people of a clip are; `Crowd` checks it.

    Parameters
    ----------
    found : ndarray of shape (n_frames, n_places, n_channels, n_joints)
        Coordinates of the people of each frame, in its first places.
    count : ndarray of int of shape (n_frames,)
        How many people each frame has, one at least.
    """

    def __init__(self, found: np.ndarray, count: np.ndarray) -> None:
        self._count: list[int] = count.tolist()
        centres = _centres(found)
        self._centres: list[list[Point]] = centres.tolist()
        is_there = np.arange(found.shape[1]) < count[:, None]
        order = _nearest_before(centres, is_there)
        is_clear = (np.sort(order, axis=-1) == np.arange(found.shape[1])).all(axis=-1) & (count[1:] == count[:-1])
        self._order = [
            None,
            *(one if clear else None for one, clear in zip(order.tolist(), is_clear.tolist(), strict=True)),
        ]

    def follow(self, start: int, n_frames: int, before: np.ndarray, poses: np.ndarray) -> np.ndarray:
        """Guess who the people of some frames are.

        Parameters
        ----------
        start, n_frames : int
            The first frame, and how many there are at most.
        before : ndarray of int of shape (n_places,)
            Who the people of the frame before are.
        poses : ndarray of shape (n_persons, n_channels, n_joints)
            Where everybody was last.

        Returns
        -------
        ndarray of int of shape (n_guessed, n_places)
            The number of each person, -1 where nobody is. It ends before a frame with more people than are known.
        """
        places: list[Point] = _centres(poses).tolist()
        persons = before.tolist()
        guessed = []
        for at in range(start, min(start + n_frames, len(self._count))):
            order = self._order[at]
            if order is None:
                for person, centre in zip(persons[: self._count[at - 1]], self._centres[at - 1], strict=False):
                    places[person] = centre
                if self._count[at] > len(places):
                    break
                persons = _closest(places, self._centres[at][: self._count[at]])
                persons += [-1] * (len(before) - len(persons))
            else:
                persons = [persons[place] for place in order]
            guessed.append(persons)
        return np.array(guessed, dtype=np.intp).reshape(-1, len(before))


def _centres(poses: np.ndarray) -> np.ndarray:
    """The mean of the joints that are known: (..., C, J) -> (..., C)."""
    is_known = ~np.isnan(poses)
    return np.where(is_known, poses, 0.0).sum(axis=-1) / np.maximum(is_known.sum(axis=-1), 1)


def _nearest_before(centres: np.ndarray, is_there: np.ndarray) -> np.ndarray:
    """The place of who is nearest in the frame before: (F, K, C) -> (F - 1, K)."""
    distance = np.square(centres[1:, :, None] - centres[:-1, None]).sum(axis=-1)  # (F - 1, K, K before)
    distance[np.broadcast_to(~is_there[:-1, None], distance.shape)] = np.inf
    return np.where(is_there[1:], distance.argmin(axis=-1), np.arange(centres.shape[1]))


def _closest(places: list[Point], centres: list[Point]) -> list[int]:
    """A person for each centre, the closest pair first."""
    pairs = sorted(
        (dist(place, centre), person, at) for person, place in enumerate(places) for at, centre in enumerate(centres)
    )
    chosen = [-1] * len(centres)
    for _, person, at in pairs:
        if chosen[at] < 0 and person not in chosen:
            chosen[at] = person
    return chosen
