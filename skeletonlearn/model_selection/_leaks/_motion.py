"""One sequence, ready to be compared: gaps bridged, blank ends off, resampled by windows of its duration."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

MIN_FRAMES = 5
"""Fewer frames than this hold too little motion to tell a copy from a look-alike."""

MIN_MOVEMENT = 0.02
"""The least movement, as a share of the body's size; below it there is little but the sensor's noise."""


@dataclass(frozen=True)
class Motion:
    """A sequence without gaps, and where it was seen.

    Parameters
    ----------
    positions : ndarray of shape (n_frames, n_joints, n_channels)
        Without missing values.
    seen : ndarray of bool of shape (n_frames, n_joints)
        Which of them were measured.
    """

    positions: np.ndarray
    seen: np.ndarray


def make_motion(sequence: np.ndarray) -> Motion | None:
    """Make a sequence ready to be compared.

    Parameters
    ----------
    sequence : ndarray of shape (n_frames, n_joints, n_channels)
        NaN where a joint is missing.

    Returns
    -------
    Motion or None
        None where fewer than `MIN_FRAMES` frames are left.
    """
    seen = ~(np.isnan(sequence).any(axis=-1) | _blank(sequence))
    frames = np.flatnonzero(seen.any(axis=1))
    if len(frames) == 0 or frames[-1] - frames[0] + 1 < MIN_FRAMES:
        return None
    inside = slice(frames[0], frames[-1] + 1)
    return Motion(_fill(np.asarray(sequence[inside], dtype=float), seen[inside]), seen[inside])


def _blank(sequence: np.ndarray) -> np.ndarray:
    """Joints at exactly the origin together with others of their frame: the other sign of missing joints.

    One alone may be the root of a centred sequence.
    """
    at_origin = (sequence == 0).all(axis=-1)
    return at_origin & (at_origin.sum(axis=1, keepdims=True) > 1)


def _fill(positions: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Bridge gaps linearly in time; joints that were never seen go to the middle of the others."""
    positions = positions.copy()
    times = np.arange(len(positions))
    ever = seen.any(axis=0)
    for joint in np.flatnonzero(ever & ~seen.all(axis=0)):
        known, gap = seen[:, joint], ~seen[:, joint]
        for channel in range(positions.shape[2]):
            positions[gap, joint, channel] = np.interp(times[gap], times[known], positions[known, joint, channel])
    positions[:, ~ever] = positions[:, ever].mean(axis=1, keepdims=True)
    return positions


@lru_cache(maxsize=4096)
def frame_weights(n_frames: int, n_points: int, n_new: int, start: float, end: float) -> np.ndarray:
    """Weights that interpolate frames at even points of a window, and average the points into new frames.

    Parameters
    ----------
    n_frames : int
        Number of frames, at least two.
    n_points : int
        Number of points, the first and the last at the ends of the window. Two recordings at different frame rates
        are best compared at the frames of the shorter one.
    n_new : int
        Number of new frames, at most `n_points`.
    start, end : float
        Shares of the duration that are left out at either end.

    Returns
    -------
    ndarray of shape (n_new, n_frames)
        Each row sums to 1.
    """
    at = (start + (1 - start - end) * np.arange(n_points) / (n_points - 1)) * (n_frames - 1)
    before = np.clip(at.astype(int), 0, n_frames - 2)
    row = np.arange(n_points) * n_new // n_points
    weights = np.zeros((n_new, n_frames))
    np.add.at(weights, (row, before), 1 - (at - before))
    np.add.at(weights, (row, before + 1), at - before)
    return weights / weights.sum(axis=1, keepdims=True)
