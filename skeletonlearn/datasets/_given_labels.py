"""Labels that a user gives with arrays: integers, texts, or one-hot rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from skeletonlearn.datasets._clip_files import encode_labels


def read_labels(target: Any, n_samples: int, target_names: Sequence[str] | None) -> tuple[np.ndarray, list[str]]:
    """The class of each sample, and the names of the classes.

    Parameters
    ----------
    target : array-like of shape (n_samples,) or (n_samples, n_classes)
        Integers, which are kept, with -1 for unknown; or texts; or rows with a single one among zeros.
    n_samples : int
        The number of samples.
    target_names : sequence of str or None
        The names of the classes 0, 1, and so on; None is the numbers, or the texts in natural order.

    Returns
    -------
    codes : ndarray of int of shape (n_samples,)
        The classes.
    names : list of str
        The name of each class.

    Raises
    ------
    ValueError
        If there is no such label for each sample; the text names the row.
    """
    labels = np.asarray(target)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim not in (1, 2) or len(labels) != n_samples:
        raise ValueError(f"target has shape {labels.shape}, expected a label for each of {n_samples} samples.")
    if labels.ndim == 2:
        return _read_one_hot(labels, target_names)
    if labels.dtype.kind in "OUST":
        codes, names = encode_labels([_text(label, row) for row, label in enumerate(labels.tolist())])
        if target_names is None:
            return codes, names
        return _renumber(codes, names, list(target_names))
    codes = _whole(labels)
    return codes, _names_of(target_names, int(codes.max(initial=0)) + 1)


def _read_one_hot(rows: np.ndarray, target_names: Sequence[str] | None) -> tuple[np.ndarray, list[str]]:
    numbers = rows if rows.dtype.kind in "biuf" else np.zeros(rows.shape)
    wrong = np.flatnonzero(((numbers == 1).sum(axis=1) != 1) | ((numbers != 0).sum(axis=1) != 1))
    if len(wrong):
        raise ValueError(
            f"target has shape {rows.shape}, and row {wrong[0]} is no one-hot row: expected a single 1 among zeros, or "
            "integers of shape (n_samples,)."
        )
    return numbers.argmax(axis=1), _names_of(target_names, rows.shape[1])


def _whole(labels: np.ndarray) -> np.ndarray:
    is_number = labels.dtype.kind in "biuf"
    wrong = np.flatnonzero((labels % 1 != 0) | (labels < -1)) if is_number else np.arange(len(labels))
    if len(wrong):
        raise ValueError(f"target has {labels[wrong[0]]} in row {wrong[0]}, expected integers from -1 up, or texts.")
    return labels.astype(np.int64)


def _names_of(target_names: Sequence[str] | None, n_classes: int) -> list[str]:
    if target_names is not None and len(target_names) < n_classes:
        raise ValueError(f"target_names has {len(target_names)} names, expected one for each of {n_classes} classes.")
    return [str(at) for at in range(n_classes)] if target_names is None else [str(one) for one in target_names]


def _text(label: Any, row: int) -> Any:
    if label is None or label != label:  # NaN, where a table has no entry
        raise ValueError(f"target has {label!r} in row {row}, expected a label for each sample.")
    return label.decode() if isinstance(label, bytes) else label


def _renumber(codes: np.ndarray, names: list[str], target_names: list[str]) -> tuple[np.ndarray, list[str]]:
    """The classes in the caller's order."""
    unknown = [name for name in names if name not in target_names]
    if unknown:
        raise ValueError(f"target has the label {unknown[0]!r}, which is none of target_names.")
    return np.array([target_names.index(name) for name in names], dtype=np.int64)[codes], target_names
