"""From a target to the labels that a contrastive loss compares."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets, type_of_target

UNLABELLED = -1


def contrast_labels(y: Any, n_samples: int, *, allow_one_class: bool = False) -> np.ndarray:
    """Return one integer per sample; samples with the same integer are positives of each other.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or None
        Classes. None: every sample is its own class. -1 in an integer y: that sample is unlabelled, and its own
        class.
    n_samples : int
        Number of samples.
    allow_one_class : bool, default=False
        Whether all labelled samples may be of one class, as in a small part of the data.

    Returns
    -------
    ndarray of shape (n_samples,), int64
        Classes from 0; after them one number for each unlabelled sample.

    Raises
    ------
    ValueError
        If there is only one class among the labelled samples, or y is continuous.
    """
    if y is None:
        return np.arange(n_samples)
    y = np.asarray(y)
    if type_of_target(y) in ("continuous", "continuous-multioutput"):
        raise ValueError(
            f"y has continuous values such as {y.flat[0]!r}, but contrasting labels takes classes; pass "
            "supervised=False to learn without labels."
        )
    check_classification_targets(y)
    labelled = y != UNLABELLED if np.issubdtype(y.dtype, np.number) else np.ones(len(y), dtype=bool)
    classes, codes = np.unique(y[labelled], return_inverse=True)
    if len(classes) == 1 and not allow_one_class:
        also = "" if labelled.all() else f" beside {(~labelled).sum()} unlabelled samples ({UNLABELLED})"
        raise ValueError(
            f"y has 1 class ({classes.tolist()[0]!r}){also}, but contrasting labels takes at least 2; pass "
            "supervised=False to learn without labels."
        )
    labels = np.empty(len(y), dtype=np.int64)
    labels[labelled] = codes
    labels[~labelled] = len(classes) + np.arange((~labelled).sum())
    return labels
