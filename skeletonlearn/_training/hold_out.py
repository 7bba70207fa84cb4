"""Samples held out of training to validate with."""

from __future__ import annotations

import numpy as np
from sklearn.model_selection import train_test_split

_SMALLEST_STRATUM = 2  # train_test_split needs two samples of each


def hold_out(labels: np.ndarray, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Choose indices to train on and indices to validate with.

    Parameters
    ----------
    labels : ndarray of int of shape (n_samples,)
        Classes; they keep their shares. Classes of one sample, such as those of unlabelled samples, count as one class.
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
    strata = _strata(labels, most=min(n_held_out, n_left))
    training, validation = train_test_split(everything, test_size=n_held_out, random_state=seed, stratify=strata)
    return training, validation


def _strata(labels: np.ndarray, most: int) -> np.ndarray:
    """Number classes so that there are at most `most`, none of one sample: the rarest are joined until that holds."""
    _, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    by_size = np.argsort(counts, kind="stable")
    n_joined = int(np.count_nonzero(counts < _SMALLEST_STRATUM))
    n_joined = max(n_joined, len(counts) - most + 1 if len(counts) > most else 0)
    if n_joined and counts[by_size[:n_joined]].sum() < _SMALLEST_STRATUM:
        n_joined += 1
    new_codes = np.arange(len(counts))
    new_codes[by_size[:n_joined]] = by_size[0]
    return new_codes[codes]
