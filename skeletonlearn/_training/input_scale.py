"""Warnings about coordinates whose unit networks and views are not made for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from skeletonlearn._warnings import warn_user

_SEQUENCES, _FRAMES = 64, 16
"""Sequences that are measured, and frames of each, evenly spaced."""
_USUAL = (1e-3, 1e3)
"""Sizes that networks learn from: smaller ones vanish beside biases, larger ones saturate."""
_OF_VIEWS = (0.05, 20.0)
"""Sizes that the default views change sensibly: they jitter by parts of a torso of length 1."""


def warn_about_scale(estimator: Any, sequences: Sequence[np.ndarray], *, has_default_views: bool) -> None:
    """Warn where coordinates are so small or so large that training makes little sense.

    The size of a sequence is the standard deviation of its coordinates over the joints of a frame; of a series of one
    joint, over its frames.

    Parameters
    ----------
    estimator : estimator instance
        For its name.
    sequences : sequence of ndarray of shape (n_frames_i, n_joints, n_channels)
        What it is fitted to.
    has_default_views : bool
        Whether ``augmentation="auto"`` applies.
    """
    is_body = sequences[0].shape[1] > 1
    size = float(np.median([_size(sequences[at], is_body) for at in _evenly(len(sequences), _SEQUENCES)]))
    low, high = _OF_VIEWS if has_default_views and is_body else _USUAL
    if size == 0 or low <= size <= high:
        return
    views = " and its default views are" if has_default_views and is_body else " is"
    warn_user(
        f"The {'bodies' if is_body else 'series'} in X have a size of about {size:.2g}, but "
        f"{type(estimator).__name__}{views} made for sizes near 1, such as bodies scaled to a torso of length 1. Put a "
        "BodyScaler (or make_skeleton_pipeline) before it"
        + (", or pass an augmentation of your own." if has_default_views else ".")
    )


def _size(sequence: np.ndarray, is_body: bool) -> float:
    frames = sequence[_evenly(len(sequence), _FRAMES)] if is_body else sequence
    return float(np.std(frames.astype(np.float64), axis=1 if is_body else 0).mean())


def _evenly(length: int, n_most: int) -> np.ndarray:
    return np.linspace(0, length - 1, min(length, n_most)).round().astype(int)
