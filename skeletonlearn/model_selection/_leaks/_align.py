"""How much two sequences differ once place, size, rotation, frame rate and cut ends are made equal."""

from __future__ import annotations

import itertools

import numpy as np

from skeletonlearn.model_selection._leaks._motion import MIN_MOVEMENT, Motion, frame_weights

MAX_CUT = 0.1
"""The greatest share of its duration that a copy may lack at either end."""

CUTS = (-MAX_CUT, -MAX_CUT / 2, 0.0, MAX_CUT / 2, MAX_CUT)
"""What is tried at each end: positive is cut off the first sequence, negative off the second."""

_REFINABLE = 0.5  # how much more copies may differ at the best of `CUTS` than at the cuts that fit best
_N_FRAMES = 32
_REFINEMENTS = 4  # halvings of the step between cuts, from 5 % of the duration to .3 %
_MIN_SHARED = 0.5  # of what either has seen, the share that both must have seen


def difference(one: Motion, other: Motion, tol: float) -> float:
    """Difference of two sequences as a share of their movement, after the best alignment.

    Parameters
    ----------
    one, other : Motion
        The sequences.
    tol : float
        Cut ends are refined only for pairs that may come below this; others get the value at the best of `CUTS`.

    Returns
    -------
    float
        Root mean square distance of the joints, divided by the root mean square of their own movement within the
        body; infinite where there is too little in common to tell.
    """
    best, cut = _best_of(one, other, list(itertools.product(CUTS, CUTS)))
    if best > tol + _REFINABLE:
        return best
    step = MAX_CUT / 2
    for _ in range(_REFINEMENTS):
        step /= 2
        around = itertools.product((-step, 0.0, step), repeat=2)
        tries = [(cut[0] + start, cut[1] + end) for start, end in around]
        best, cut = _best_of(one, other, [cut for cut in tries if max(map(abs, cut)) <= MAX_CUT])
    return best


def _best_of(one: Motion, other: Motion, cuts: list[tuple[float, float]]) -> tuple[float, tuple[float, float]]:
    """The least difference, and its shares cut off at start and end of one (positive) or the other (negative)."""
    n_points = min(len(one.positions), len(other.positions))
    first, first_seen = _resampled(one, n_points, [(max(start, 0.0), max(end, 0.0)) for start, end in cuts])
    second, second_seen = _resampled(other, n_points, [(max(-start, 0.0), max(-end, 0.0)) for start, end in cuts])
    shared = first_seen & second_seen
    enough = shared.sum(axis=(1, 2)) >= _MIN_SHARED * (first_seen | second_seen).sum(axis=(1, 2))
    first, first_movement = _normalised(first, shared)
    second, second_movement = _normalised(second, shared)
    movement = np.minimum(first_movement, second_movement)
    # two configurations of unit size whose best alignment has the trace t differ by sqrt(1 - t^2) at the best scale
    residual = np.sqrt(1 - np.clip(_best_trace(first, second), 0, 1) ** 2)
    values = np.where(enough & (movement >= MIN_MOVEMENT), residual / np.maximum(movement, MIN_MOVEMENT), np.inf)
    best = int(values.argmin())
    return float(values[best]), cuts[best]


def _resampled(motion: Motion, n_points: int, windows: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Positions in each window, (windows, frames, joints, channels), and which of them were seen."""
    n_frames, n_new = len(motion.positions), min(n_points, _N_FRAMES)
    weights = np.stack([frame_weights(n_frames, n_points, n_new, *window) for window in windows])
    return np.tensordot(weights, motion.positions, 1), weights @ motion.seen >= 0.5


def _normalised(positions: np.ndarray, shared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The bodies around their middle in each frame, at unit size, and how much they move within themselves."""
    weight = shared[..., None].astype(float)
    middle = (positions * weight).sum(axis=2, keepdims=True) / np.maximum(weight.sum(axis=2, keepdims=True), 1)
    body = (positions - middle) * weight
    size = np.sqrt((body**2).sum(axis=(1, 2, 3), keepdims=True))
    body /= np.where(size > 0, size, 1)
    mean_pose = body.sum(axis=1, keepdims=True) / np.maximum(weight.sum(axis=1, keepdims=True), 1)
    return body, np.sqrt((((body - mean_pose) * weight) ** 2).sum(axis=(1, 2, 3)))


def _best_trace(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Trace of the cross-covariance under the best proper rotation (Kabsch); channels that are no space do not turn."""
    n_windows, *_, n_channels = first.shape
    covariance = first.reshape(n_windows, -1, n_channels).swapaxes(1, 2) @ second.reshape(n_windows, -1, n_channels)
    if n_channels not in (2, 3):
        return np.trace(covariance, axis1=1, axis2=2)
    values = np.linalg.svd(covariance, compute_uv=False)
    return values[:, :-1].sum(axis=1) + np.sign(np.linalg.det(covariance)) * values[:, -1]
