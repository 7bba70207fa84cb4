"""How much two sequences differ once place, size, rotation, frame rate and cut ends are made equal."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from skeletonlearn.model_selection._leaks._motion import MIN_MOVEMENT, Motion, frame_weights

MAX_CUT = 0.1
"""The greatest share of its duration that a copy may lack at either end."""

CUTS = (-MAX_CUT, -MAX_CUT / 2, 0.0, MAX_CUT / 2, MAX_CUT)
"""What is tried at each end: positive is cut off the first sequence, negative off the second."""

_REFINABLE = 0.5  # how much more copies may differ at the best of `CUTS` than at the cuts that fit best
_ROUGH_SLACK = 0.1  # for the frames of equal number and the bridged gaps of `rough_differences`
_N_FRAMES = 32
_N_POINTS = 128  # for `rough_differences`, whatever the lengths
_BLOCK = 256  # sequences compared at once by `rough_differences`
_REFINEMENTS = 4  # halvings of the step between cuts, from 5 % of the duration to .3 %
_MIN_SHARED = 0.5  # of what either has seen, the share that both must have seen


_PAIRS = list(itertools.product(CUTS, CUTS))
_CUTS_OF_ONE = [cut for cut in CUTS if cut >= 0]
_WINDOWS = list(itertools.product(_CUTS_OF_ONE, _CUTS_OF_ONE))
# for each of `_PAIRS`, which window of the first sequence is compared with which one of the second
_FIRST = [_WINDOWS.index((max(start, 0.0), max(end, 0.0))) for start, end in _PAIRS]
_SECOND = [_WINDOWS.index((max(-start, 0.0), max(-end, 0.0))) for start, end in _PAIRS]


@dataclass(frozen=True)
class Windows:
    """A sequence with its ends cut, once per combination of cuts, ready for `rough_differences`.

    Parameters
    ----------
    bodies : ndarray of float32 of shape (n_windows, n_channels, n_frames * n_joints)
        The body around its middle, at unit size.
    movement : ndarray of shape (n_windows,)
        How much it moves within itself.
    """

    bodies: np.ndarray
    movement: np.ndarray


def make_windows(motion: Motion) -> Windows:
    """Cut the ends of a sequence.

    Parameters
    ----------
    motion : Motion
        The sequence.

    Returns
    -------
    Windows
        Its windows.
    """
    positions, _ = _resampled(motion, _N_POINTS, _WINDOWS)
    bodies, movement = _normalised(positions, np.ones(positions.shape[:-1], dtype=bool))
    by_channel = np.moveaxis(bodies, -1, 1).reshape(len(_WINDOWS), positions.shape[-1], -1)
    return Windows(by_channel.astype(np.float32), movement)


def rough_differences(one: Windows, others: list[Windows]) -> np.ndarray:
    """About the difference of one sequence from each of many, at the best of `CUTS`; a hundred times faster.

    Parameters
    ----------
    one : Windows
        The sequence.
    others : list of Windows
        Those that it is compared with.

    Returns
    -------
    ndarray of shape (n_others,)
        The differences. Bridged gaps count like measured joints.
    """
    blocks = [_rough_differences(one, others[at : at + _BLOCK]) for at in range(0, len(others), _BLOCK)]
    return np.concatenate(blocks) if blocks else np.empty(0)


def may_be_near(rough: np.ndarray, tol: float) -> np.ndarray:
    """Which pairs, by their rough difference, `difference` may find within `tol`.

    Parameters
    ----------
    rough : ndarray
        What `rough_differences` gave.
    tol : float
        The difference up to which a pair is a near duplicate.

    Returns
    -------
    ndarray of bool
        False only for those that are clearly no copies.
    """
    return rough <= tol + _REFINABLE + _ROUGH_SLACK


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
    best, cut = _best_of(one, other, _PAIRS)
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
    n_windows, *_, n_channels = first.shape
    covariance = first.reshape(n_windows, -1, n_channels).swapaxes(1, 2) @ second.reshape(n_windows, -1, n_channels)
    values = np.where(enough, _relative_residual(covariance, movement), np.inf)
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


def _rough_differences(one: Windows, others: list[Windows]) -> np.ndarray:
    n_windows, n_channels, size = one.bodies.shape
    second = np.stack([other.bodies for other in others]).reshape(-1, size)
    # (windows * channels, size) @ (size, others * windows * channels)
    covariance = (one.bodies.reshape(-1, size) @ second.T).reshape(n_windows, n_channels, -1, n_windows, n_channels)
    movement = np.stack([other.movement for other in others], axis=1)  # (windows, others)
    values = [
        _relative_residual(np.moveaxis(covariance[at, :, :, to], 1, 0), np.minimum(one.movement[at], movement[to]))
        for at, to in zip(_FIRST, _SECOND, strict=True)
    ]
    return np.min(values, axis=0)


def _relative_residual(covariance: np.ndarray, movement: np.ndarray) -> np.ndarray:
    """What is left of unlike bodies of unit size after the best alignment, as a share of their movement: (n,)."""
    # two configurations of unit size whose best alignment has the trace t differ by sqrt(1 - t^2) at the best scale
    residual = np.sqrt(1 - np.clip(_best_trace(covariance), 0, 1) ** 2)
    return np.where(movement >= MIN_MOVEMENT, residual / np.maximum(movement, MIN_MOVEMENT), np.inf)


def _best_trace(covariance: np.ndarray) -> np.ndarray:
    """Trace of (n, channels, channels) under the best proper rotation (Kabsch); only 2 or 3 channels can turn."""
    if covariance.shape[-1] not in (2, 3):
        return np.trace(covariance, axis1=1, axis2=2)
    values = np.linalg.svd(covariance, compute_uv=False)
    return values[:, :-1].sum(axis=1) + np.sign(np.linalg.det(covariance)) * values[:, -1]
