"""Samples held out of training to validate with."""

from __future__ import annotations

import numpy as np
from sklearn.model_selection import train_test_split


def hold_out(labels: np.ndarray, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices to train on and indices to validate with.

    Parameters
    ----------
    labels : ndarray of shape (n_samples,)
        Classes; they keep their shares wherever each has enough samples.
    fraction : float
        Share of samples held out, but at least two samples: one has no negatives. 0 holds out none.
    seed : int
        Seed of the choice.

    Returns
    -------
    tuple of ndarray
        Indices to train on, and indices to validate with.

    Raises
    ------
    ValueError
        If a part was asked for, and fewer than two samples are left to train on.
    """
    everything = np.arange(len(labels))
    if not fraction:
        return everything, everything[:0]
    n_held_out = max(2, int(np.ceil(fraction * len(labels))))
    n_left = len(labels) - n_held_out
    if n_left < 2:
        raise ValueError(
            f"validation_fraction={fraction} of {len(labels)} sequences leaves {max(n_left, 0)} to train on beside "
            f"{n_held_out} to validate with, expected at least 2 of each."
        )
    counts = np.bincount(labels)
    counts = counts[counts > 0]
    enough = counts.min() > 1 and min(n_held_out, n_left) >= len(counts)
    training, validation = train_test_split(
        everything, test_size=n_held_out, random_state=seed, stratify=labels if enough else None
    )
    return training, validation
