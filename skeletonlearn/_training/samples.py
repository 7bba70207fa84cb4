"""Weights of samples and of classes: a sample without weight is left out, and equal samples add up their weights."""

from __future__ import annotations

import hashlib
from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils import compute_class_weight
from sklearn.utils.validation import _check_sample_weight

_NEGLIGIBLE = 1e-30  # of the largest weight; the smallest normal float32 is 1e-38


def check_sample_weight(sample_weight: Any, X: Any) -> np.ndarray:
    """Return the weights of the samples of X as numbers, 1 each for None.

    Raises
    ------
    ValueError
        If a weight is negative, all are 0, or their sum is infinite.
    """
    given = np.ones(1) if sample_weight is None else np.asarray(sample_weight)
    if given.size and not given.any():
        raise ValueError("sample_weight is zero for every sample, expected at least one non-zero weight.")
    weights: np.ndarray = _check_sample_weight(sample_weight, X, dtype=np.float64)
    if weights.min() < 0:
        raise ValueError(f"sample_weight has {weights.min()}, expected non-negative numbers.")
    if weights.max() > np.finfo(np.float64).max / len(weights):
        raise ValueError(f"sample_weight has {weights.max():.1g}, expected numbers whose sum is finite.")
    return weights


def check_class_weight(class_weight: Any) -> None:
    """Refuse weights of classes that are not non-negative finite numbers."""
    for label, weight in class_weight.items() if isinstance(class_weight, dict) else ():
        if not isinstance(weight, Real) or not 0 <= float(weight) < np.inf:
            raise ValueError(
                f"class_weight has {weight!r} for the class {label!r}, expected a non-negative finite number."
            )


def distinct_samples(
    X: np.ndarray | list[np.ndarray], y: np.ndarray, sample_weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The samples that differ from each other, in an order that depends on nothing but themselves.

    Fitting with a weight of three therefore equals fitting with three copies of the sample, to the bit, as scikit-learn
    defines weights. The order of the samples makes no difference.

    Parameters
    ----------
    X : ndarray of shape (n_samples, ...) or list of ndarray
        Sequences.
    y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        Classes or targets.
    sample_weight : ndarray of shape (n_samples,)
        Weights, from 0.

    Returns
    -------
    indices : ndarray of int of shape (n_distinct,)
        The first of each.
    weights : ndarray of shape (n_distinct,)
        The sum of the weights of all that are like it; their mean is 1.
    """
    rows: dict[bytes, list[int]] = {}
    for at in np.flatnonzero(sample_weight):
        sequence = np.ascontiguousarray(X[at])
        digest = hashlib.blake2b(sequence.data, digest_size=16)
        digest.update(f"{sequence.shape} {y[at].tolist()}".encode())
        rows.setdefault(digest.digest(), []).append(int(at))
    groups = [rows[digest] for digest in sorted(rows)]
    weights = np.array([sample_weight[group].sum() for group in groups])
    return np.array([group[0] for group in groups]), weights / weights.mean()


def without_negligible(weights: np.ndarray) -> np.ndarray:
    """Set weights to 0 that float32 cannot hold beside the largest: a batch of nothing else would have no mean.

    Parameters
    ----------
    weights : ndarray of shape (n_samples,)
        Weights, from 0.

    Returns
    -------
    ndarray of shape (n_samples,)
        The weights that count.
    """
    return np.where(weights < weights.max() * _NEGLIGIBLE, 0.0, weights)


def weigh_classes(class_weight: Any, classes: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray | None:
    """The weight of each class.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        As in scikit-learn.
    classes : ndarray of shape (n_classes,)
        All classes.
    y : ndarray of int of shape (n_samples,)
        The class of each sample, as an index.
    weights : ndarray of shape (n_samples,)
        The weight of each sample.

    Returns
    -------
    ndarray of shape (n_classes,) or None
        The weights, 0 for a class none of whose samples has weight; None where all are 1.

    Raises
    ------
    ValueError
        If every class with samples has the weight 0.
    """
    if class_weight is None:
        return None
    totals = np.bincount(y, weights=weights, minlength=len(classes))
    present = totals > totals.max() * np.finfo(np.float64).tiny
    if isinstance(class_weight, str):  # "balanced": the classes that are present share the weight of all samples
        return np.divide(totals.sum() / present.sum(), totals, out=np.zeros(len(classes)), where=present)
    factors = compute_class_weight(class_weight, classes=classes, y=classes[y])
    if not np.any(factors[present]):
        raise ValueError(
            f"class_weight={class_weight!r} gives the weight 0 to every class that has weight in y, expected a "
            "positive weight for at least one."
        )
    return np.where(present, factors, 0.0)


def weigh_samples(class_weight: Any, classes: np.ndarray, y: np.ndarray, sample_weight: np.ndarray) -> np.ndarray:
    """Multiply the weights of samples by those of their classes.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        As in scikit-learn.
    classes : ndarray of shape (n_classes,)
        All classes.
    y : ndarray of int of shape (n_samples,)
        The class of each sample, as an index.
    sample_weight : ndarray of shape (n_samples,)
        The weight of each sample.

    Returns
    -------
    ndarray of shape (n_samples,)
        The products. Numbers that underflow beside the largest are 0.

    Raises
    ------
    ValueError
        If every product is 0, or their sum is infinite.
    """
    factors = weigh_classes(class_weight, classes, y, sample_weight)
    with np.errstate(over="ignore"):
        weights = sample_weight if factors is None else sample_weight * factors[y]
        total = weights.sum()
    if not np.isfinite(total):
        raise ValueError(
            f"sample_weight times class_weight has {weights.max():.1g}, expected numbers whose sum is finite."
        )
    return np.where(weights < weights.max() * np.finfo(np.float64).tiny, 0.0, weights)
