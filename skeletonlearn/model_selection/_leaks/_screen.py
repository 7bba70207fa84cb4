"""Which pairs may be copies, out of all pairs, by numbers that rotation, place and size leave alone.

Within a pose, distances between joints do not change with place or rotation, and when every joint is off by some
distance, none of them changes by more than twice that. So two sequences whose (halved) distances differ by more than a
share of their movement differ by more than that share after any alignment: the screen loses no copy, but for what the
steps of the cuts and of missing joints add, for which it leaves room.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA

from skeletonlearn._progress import Progress
from skeletonlearn.model_selection._leaks._align import CUTS
from skeletonlearn.model_selection._leaks._motion import MIN_MOVEMENT, Motion, frame_weights, make_motion

_N_FRAMES = 16
_N_POINTS = 128
_SLACK = 0.08  # for steps between cuts: 99 of 100 cut and noisy copies on two real sets are within .126, of .1 + .08
_N_COMPONENTS = 64
_N_FITTED = 2048  # sequences that the principal axes are found from
_WINDOWS = list(itertools.product([cut for cut in CUTS if cut >= 0], repeat=2))


@dataclass(frozen=True)
class Described:
    """Sequences by the numbers that the screen compares.

    Parameters
    ----------
    index : ndarray of int of shape (n,)
        Which sequences; those with too little movement are left out.
    points : ndarray of float32 of shape (n, windows, components)
        Their distances between joints, on principal axes.
    movement : ndarray of shape (n,)
        How much they move, as a share of the body's size.
    """

    index: np.ndarray
    points: np.ndarray
    movement: np.ndarray

    def __getitem__(self, part: slice | np.ndarray) -> Described:
        return Described(self.index[part], self.points[part], self.movement[part])


def describe(
    sequences: list[np.ndarray], train: np.ndarray, test: np.ndarray, verbose: int
) -> tuple[Described, Described]:
    """Describe the training and the test sequences that move enough.

    Parameters
    ----------
    sequences : list of ndarray of shape (n_frames_i, n_joints, n_channels)
        All sequences.
    train, test : ndarray of int
        Indices.
    verbose : int
        How much progress is shown.

    Returns
    -------
    Described, Described
        Those of the training part and those of the test part.
    """
    axes = _principal_axes(sequences, train)
    if axes is None:
        return _described([], 0), _described([], 0)
    parts = []
    with Progress("describing", "sequence", len(train) + len(test), verbose) as progress:
        for part, done in ((train, 0), (test, len(train))):
            found = []
            for count, at in enumerate(part.tolist(), start=done + 1):
                described = _describe(sequences[at])
                if described is not None:
                    # on principal axes, which cannot lengthen a distance
                    points = (described[0] - axes.mean_) @ axes.components_.T
                    found.append((at, points.astype(np.float32), described[1]))
                progress.done(count, {"without movement": count - done - len(found)})
            parts.append(_described(found, axes.n_components_))
    return parts[0], parts[1]


def candidates(
    train: Described, test: Described, tol: float, chunk_size: int, limit: int
) -> Iterator[tuple[int, np.ndarray, bool]]:
    """For each test sequence, the training sequences that it may nearly repeat.

    Parameters
    ----------
    train, test : Described
        The two parts.
    tol : float
        The difference up to which a pair is a near duplicate.
    chunk_size : int
        Number of sequences on either side compared at once.
    limit : int
        The greatest number of training sequences per test sequence.

    Yields
    ------
    int
        Index of the test sequence.
    ndarray of int
        Indices of the training sequences, the most similar first.
    bool
        Whether there were more than `limit`.
    """
    for chunk in _chunks(test, chunk_size):
        nearest = [_Nearest(limit) for _ in chunk.index]
        for other in _chunks(train, chunk_size):
            allowed = (tol + _SLACK) * np.minimum(chunk.movement[:, None], other.movement)
            share = _least_squared_distance(chunk.points, other.points) / allowed**2
            for row in np.flatnonzero((share <= 1).any(axis=1)):
                columns = np.flatnonzero(share[row] <= 1)
                nearest[row].add(share[row, columns], other.index[columns])
        for at, found in zip(chunk.index.tolist(), nearest, strict=True):
            yield at, found.index, found.is_cut


class _Nearest:
    """The `limit` training sequences that are most similar to one test sequence, in order."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._distance, self.index = np.empty(0, dtype=np.float32), np.empty(0, dtype=int)
        self.is_cut = False

    def add(self, distance: np.ndarray, index: np.ndarray) -> None:
        distance, index = np.append(self._distance, distance), np.append(self.index, index)
        order = np.lexsort((index, distance))[: self._limit]
        self.is_cut |= len(index) > self._limit
        self._distance, self.index = distance[order], index[order]


def _chunks(part: Described, size: int) -> list[Described]:
    return [part[at : at + size] for at in range(0, len(part.index), size)]


def _least_squared_distance(test: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Least squared distance over the cuts, for each pair: (n_test, n_train)."""
    least = np.full((len(test), len(train)), np.inf, dtype=np.float32)
    for start, end in itertools.product(CUTS, repeat=2):
        one = test[:, _WINDOWS.index((max(start, 0.0), max(end, 0.0)))]
        other = train[:, _WINDOWS.index((max(-start, 0.0), max(-end, 0.0)))]
        # |a|^2 + |b|^2 - 2 a.b as one product of (a, |a|^2, 1) and (-2 b, 1, |b|^2)
        left = np.column_stack([one, (one**2).sum(axis=1), np.ones(len(one), dtype=np.float32)])
        right = np.column_stack([-2 * other, np.ones(len(other), dtype=np.float32), (other**2).sum(axis=1)])
        np.minimum(least, left @ right.T, out=least)
    return least


def _principal_axes(sequences: list[np.ndarray], train: np.ndarray) -> PCA | None:
    """The axes on which descriptions of the whole training sequences differ most; None if none of them moves."""
    fitted = train[np.linspace(0, len(train) - 1, min(len(train), _N_FITTED)).astype(int)]
    described = [found[0][0] for found in (_describe(sequences[at]) for at in fitted) if found is not None]
    if not described:
        return None
    whole = np.stack(described)
    return PCA(min(_N_COMPONENTS, *whole.shape), svd_solver="randomized", random_state=0).fit(whole)


def _described(found: list[tuple[int, np.ndarray, float]], n_components: int) -> Described:
    points = [one[1] for one in found] or np.empty((0, len(_WINDOWS), n_components), dtype=np.float32)
    return Described(
        np.array([one[0] for one in found], dtype=int), np.asarray(points), np.array([one[2] for one in found])
    )


def _describe(sequence: np.ndarray) -> tuple[np.ndarray, float] | None:
    """Distances in each window, as shares of the body's size, and the movement; None with too little of it."""
    motion = make_motion(sequence)
    return None if motion is None else _invariants(motion)


def _invariants(motion: Motion) -> tuple[np.ndarray, float] | None:
    body = motion.positions - motion.positions.mean(axis=1, keepdims=True)
    distances = _halved_distances(body)
    squared = (body**2).sum(axis=-1).mean(axis=1)
    weights = [frame_weights(len(body), _N_POINTS, _N_FRAMES, *window) for window in _WINDOWS]
    sizes = np.sqrt([(weight @ squared).mean() for weight in weights])
    if sizes.min() == 0:
        return None
    resampled = np.tensordot(weights[0], body, 1)
    movement = np.sqrt(((resampled - resampled.mean(axis=0)) ** 2).sum(axis=-1).mean()) / sizes[0]
    if movement < MIN_MOVEMENT:
        return None
    in_windows = np.stack([(weight @ distances).ravel() for weight in weights]) / sizes[:, None]
    # a root mean square over features, as the movement is one over joints
    return (in_windows / np.sqrt(in_windows.shape[1])).astype(np.float32), float(movement)


def _halved_distances(body: np.ndarray) -> np.ndarray:
    """Half of each joint's distance to joints at three strides in the list, and to the middle: (frames, 4 joints)."""
    n_joints = body.shape[1]
    strides = (1, max(n_joints // 3, 1), max(n_joints // 2, 1))
    ends = [np.roll(body, -stride, axis=1) for stride in strides]
    to_joints = [np.linalg.norm(body - end, axis=-1) / 2 for end in ends]
    return np.concatenate([*to_joints, np.linalg.norm(body, axis=-1)], axis=1)
