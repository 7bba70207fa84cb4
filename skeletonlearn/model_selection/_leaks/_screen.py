"""Which pairs may be copies, out of all pairs, by numbers that rotation, place and size leave alone.

Within a pose, distances between joints do not change with place or rotation, and when every joint is off by some
distance, none of them changes by more than twice that. So two sequences whose (halved) distances differ by more than a
share of their movement differ by more than that share after any alignment: the screen loses no copy, but for what the
steps of the cuts and of missing joints add, for which it leaves room.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from sklearn.decomposition import PCA

from skeletonlearn.model_selection._leaks._align import CUTS
from skeletonlearn.model_selection._leaks._motion import MIN_MOVEMENT, Motion, frame_weights, make_motion

_N_FRAMES = 16
_N_POINTS = 128
_SLACK = 0.08  # for steps between cuts: 99 of 100 cut and noisy copies on two real sets are within .126, of .1 + .08
_N_COMPONENTS = 64
_N_FITTED = 2048  # sequences that the principal axes are found from
_WINDOWS = list(itertools.product([cut for cut in CUTS if cut >= 0], repeat=2))


def candidates(
    sequences: list[np.ndarray], train: np.ndarray, test: np.ndarray, tol: float, chunk_size: int
) -> Iterator[tuple[int, int]]:
    """Pairs of a test and a training sequence that may be near duplicates.

    Parameters
    ----------
    sequences : list of ndarray of shape (n_frames_i, n_joints, n_channels)
        All sequences.
    train, test : ndarray of int
        Indices.
    tol : float
        The difference up to which a pair is a near duplicate.
    chunk_size : int
        Number of sequences on either side compared at once.

    Yields
    ------
    int, int
        Index of the test and of the training sequence.
    """
    fitted = _invariants(sequences, train[np.linspace(0, len(train) - 1, min(len(train), _N_FITTED)).astype(int)])
    whole = fitted[1][:, 0]
    if len(whole) == 0:
        return
    n_components = min(_N_COMPONENTS, *whole.shape)
    axes = PCA(n_components, svd_solver="randomized", random_state=0).fit(whole)
    test_chunks = [_projected(axes, sequences, chunk) for chunk in _chunks(test, chunk_size)]
    for chunk in _chunks(train, chunk_size):
        train_rows, train_points, train_movement = _projected(axes, sequences, chunk)
        for test_rows, test_points, test_movement in test_chunks:
            allowed = (tol + _SLACK) * np.minimum(test_movement[:, None], train_movement)
            near = _least_squared_distance(test_points, train_points) <= allowed**2
            for row, column in zip(*np.nonzero(near), strict=True):
                yield int(test_rows[row]), int(train_rows[column])


def _chunks(index: np.ndarray, size: int) -> list[np.ndarray]:
    return [index[at : at + size] for at in range(0, len(index), size)]


def _projected(axes: PCA, sequences: list[np.ndarray], index: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The invariants on the principal axes, which cannot lengthen a distance: (n, windows, components) of float32."""
    rows, invariants, movement = _invariants(sequences, index)
    points = (invariants - axes.mean_) @ axes.components_.T
    return rows, points.astype(np.float32), movement


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


def _invariants(sequences: list[np.ndarray], index: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The distances of all sequences that move enough: their indices, (n, windows, features), and their movement."""
    rows, features, movement = [], [], []
    for at in index:
        motion = make_motion(sequences[at])
        found = None if motion is None else _describe(motion)
        if found is not None:
            rows.append(at)
            features.append(found[0])
            movement.append(found[1])
    shape = (0, len(_WINDOWS), 0)
    return np.array(rows, dtype=int), np.array(features) if rows else np.empty(shape), np.array(movement)


def _describe(motion: Motion) -> tuple[np.ndarray, float] | None:
    """Distances in each window, as shares of the body's size, and the movement; None with too little of it."""
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
