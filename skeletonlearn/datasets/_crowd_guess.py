"""A quick guess of who is who over time, from the centres of bodies."""

from __future__ import annotations

from math import dist

import numpy as np

Point = list[float]


class CrowdGuess:
    """Guesses who the people of a clip are; `Crowd` checks it.

    Parameters
    ----------
    found : ndarray of shape (n_channels, n_joints, n_places, n_frames)
        Coordinates of the people of each frame, in its first places.
    count : ndarray of int of shape (n_frames,)
        How many people each frame has, one at least.
    """

    def __init__(self, found: np.ndarray, count: np.ndarray) -> None:
        self._count: list[int] = count.tolist()
        centres = _centres(found)
        self._centres: list[list[Point]] = centres.T.tolist()
        order = _nearest_before(centres, np.arange(found.shape[2])[:, None] < count)
        is_clear = (np.sort(order, axis=0) == np.arange(found.shape[2])[:, None]).all(axis=0) & (
            count[1:] == count[:-1]
        )
        self._order = [
            None,
            *(one if clear else None for one, clear in zip(order.T.tolist(), is_clear.tolist(), strict=True)),
        ]

    def follow(self, start: int, n_frames: int, before: np.ndarray, poses: np.ndarray) -> np.ndarray:
        """Guess who the people of some frames are.

        Parameters
        ----------
        start, n_frames : int
            The first frame, and how many there are at most.
        before : ndarray of int of shape (n_places,)
            Who the people of the frame before are.
        poses : ndarray of shape (n_channels, n_joints, n_persons)
            Where everybody was last.

        Returns
        -------
        ndarray of int of shape (n_guessed, n_places)
            The number of each person, -1 where nobody is. It ends before a frame with more people than are known.
        """
        places: list[Point] = _centres(poses).T.tolist()
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
    """The mean of the joints that are known: (C, J, ...) -> (C, ...)."""
    is_known = ~np.isnan(poses[0])
    return np.where(is_known, poses, 0.0).sum(axis=1) / np.maximum(is_known.sum(axis=0), 1)


def _nearest_before(centres: np.ndarray, is_there: np.ndarray) -> np.ndarray:
    """The place of who is nearest in the frame before: (C, K, F) -> (K, F - 1)."""
    distance = np.square(centres[:, :, None, 1:] - centres[:, None, :, :-1]).sum(axis=0)  # (K, K before, F - 1)
    nearest = np.where(is_there[:, :-1], distance, np.inf).argmin(axis=1)
    return np.where(is_there[:, 1:], nearest, np.arange(len(is_there))[:, None])


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
