"""What every reader gives: a Bunch of ragged sequences, whole or one part of a protocol."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import Bunch


def make_bunch(per_sample: dict[str, Any], common: dict[str, Any], is_train: np.ndarray, subset: str) -> Bunch:
    """A Bunch of the training or the test part, or of all samples, saying which is which.

    Parameters
    ----------
    per_sample : dict of str to list or ndarray
        Entries with one item for each sample.
    common : dict
        The other entries.
    is_train : ndarray of bool of shape (n_samples,)
        Which samples the protocol trains on.
    subset : {"all", "train", "test"}
        What to keep.

    Returns
    -------
    Bunch
        With "all", it has `train_index` and `test_index` too.

    Raises
    ------
    ValueError
        If nothing is left.
    """
    if subset == "all":
        index = {"train_index": np.flatnonzero(is_train), "test_index": np.flatnonzero(~is_train)}
        return Bunch(**per_sample, **common, **index)
    keep = np.flatnonzero(is_train if subset == "train" else ~is_train)
    if not len(keep):
        raise ValueError(
            f"subset={subset!r} is empty: got {len(is_train)} samples, none of them in the {subset} part of "
            f"protocol={common['protocol']!r}."
        )
    return Bunch(**{name: take(values, keep) for name, values in per_sample.items()}, **common)


def make_undivided_bunch(per_sample: dict[str, Any], common: dict[str, Any], subset: str, instead: str) -> Bunch:
    """A Bunch of all samples of a set whose protocol has no fixed training and test part.

    Parameters
    ----------
    per_sample : dict of str to list or ndarray
        Entries with one item for each sample.
    common : dict
        The other entries.
    subset : {"all", "train", "test"}
        What the caller asked for.
    instead : str
        What to do where that is not "all".

    Returns
    -------
    Bunch
        Without `train_index` and `test_index`.

    Raises
    ------
    ValueError
        If `subset` is not "all".
    """
    if subset != "all":
        raise ValueError(
            f"subset={subset!r} must be 'all': protocol={common['protocol']!r} has no fixed {subset} part; {instead}."
        )
    return Bunch(**per_sample, **common)


def take(values: list[Any] | np.ndarray, keep: np.ndarray) -> list[Any] | np.ndarray:
    """The items of a list or an array at the indices `keep`."""
    return values[keep] if isinstance(values, np.ndarray) else [values[at] for at in keep]
