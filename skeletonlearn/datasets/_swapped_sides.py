"""Left and right that an estimator mixes up in some frames of a video.

An estimator that looks at each frame for itself takes a back for a chest at times: left and right swap from one frame
to the next, which no body does. Of all ways to swap some frames' sides, the one is taken along which the joints move
least; each swapped frame costs as much as a small motion, so that the estimator is right where motion does not decide.
"""

from __future__ import annotations

import numpy as np

_COST = 5e-4  # sizes of the body that a swapped frame costs: the sides of no more than some 500 frames in a row change


def find_swapped_sides(points: np.ndarray, mirror: np.ndarray) -> np.ndarray:
    """Find the frames in which left and right are mixed up.

    Parameters
    ----------
    points : ndarray of shape (n_frames, n_joints, 2)
        One person in the picture, one frame after another; at least one frame.
    mirror : ndarray of int of shape (n_joints,)
        The partner of each joint on the other side; a joint without one is its own.

    Returns
    -------
    ndarray of bool of shape (n_frames,)
        Which frames to swap.
    """
    paired = np.flatnonzero(mirror != np.arange(len(mirror)))
    here, mirrored = points[:, paired], points[:, mirror[paired]]
    size = max(1e-9, float(np.nanmedian((np.nanmax(points, axis=1) - np.nanmin(points, axis=1)).max(axis=-1))))
    stays = _mean_step(here[:-1], here[1:]) / size
    swaps = _mean_step(here[:-1], mirrored[1:]) / size
    return _least_motion(stays, swaps)


def _mean_step(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Mean distance over the joints seen in both frames, 0 where there is none."""
    steps = np.linalg.norm(after - before, axis=-1)
    seen = ~np.isnan(steps)
    return np.where(seen, steps, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)


def _least_motion(stays: np.ndarray, swaps: np.ndarray) -> np.ndarray:
    """Viterbi's algorithm over two states, as found and swapped, of each frame."""
    own_cost = np.array([0.0, _COST])
    total, came_from = own_cost, []
    for stay, swap in zip(stays, swaps, strict=True):
        ways = total[:, None] + np.array([[stay, swap], [swap, stay]])  # [state before, state now]
        came_from.append(ways.argmin(axis=0))
        total = ways.min(axis=0) + own_cost
    states = [int(total.argmin())]
    for origin in reversed(came_from):
        states.append(int(origin[states[-1]]))
    return np.array(states[::-1], dtype=bool)
