"""Which classes a classifier knows, in `fit`, `partial_fit` and with `warm_start`."""

from __future__ import annotations

from typing import Any

import numpy as np

from skeletonlearn._training.task import FitArguments


def known_classes(y: np.ndarray, given: FitArguments, fitted: np.ndarray | None, name: str) -> np.ndarray:
    """Return all classes, after a check that those in y are among them.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Labels.
    given : FitArguments
        What `fit` or `partial_fit` was called with.
    fitted : ndarray of shape (n_classes,) or None
        The classes of the last fit, if training continues.
    name : str
        The classifier's, for errors.

    Returns
    -------
    ndarray of shape (n_classes,)
        Sorted classes.

    Raises
    ------
    ValueError
        If they are fewer than two, or not those of the last fit.
    """
    present = np.unique(y)
    known = _all_classes(present, given, fitted)
    unknown = sorted(set(present.tolist()) - set(known.tolist()), key=str)
    if unknown:
        raise ValueError(f"y has the classes {unknown}, expected only those of the first fit, {known.tolist()}.")
    if fitted is not None and not given.is_partial and len(present) < len(known):
        raise ValueError(
            f"y has the classes {present.tolist()}, but warm_start=True continues with those of the last fit, "
            f"{known.tolist()}: expected the same classes, or partial_fit, which takes some of them."
        )
    if len(known) < 2:
        raise ValueError(f"y has 1 class, {known.tolist()[0]!r}, but {name} needs at least 2 classes.")
    return known


def _all_classes(present: np.ndarray, given: FitArguments, fitted: np.ndarray | None) -> np.ndarray:
    """Return the classes of the last fit, else those passed to `partial_fit`, else those in y."""
    if given.is_partial and fitted is None and given.classes is None:
        raise ValueError("classes must be passed on the first call to partial_fit: all classes of all calls.")
    passed = None if given.classes is None else np.unique(given.classes)
    if fitted is None:
        return present if passed is None else passed
    if passed is not None and passed.tolist() != fitted.tolist():
        raise ValueError(f"classes={given.classes!r} differ from those of the last fit, {fitted.tolist()}.")
    return fitted


def class_codes(y: Any, classes: np.ndarray) -> np.ndarray:
    """Return the index in `classes` of each label.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Labels.
    classes : ndarray of shape (n_classes,)
        All classes.

    Returns
    -------
    ndarray of int of shape (n_samples,)
        Indices.
    """
    index = {label: at for at, label in enumerate(classes.tolist())}
    return np.array([index[label] for label in np.asarray(y).tolist()])


def check_two_classes(codes: np.ndarray) -> None:
    """Refuse samples of positive weight that are of one class only."""
    if len(np.unique(codes)) < 2:
        raise ValueError(
            "y has 1 class among samples of positive weight (above 1e-30 of the largest), expected at least 2 classes."
        )
