"""What the protocols with one fixed split share: some ids train, others test."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
from sklearn.model_selection import BaseCrossValidator
from sklearn.utils import indexable


class GroupSplit(BaseCrossValidator):
    """One split by ids; subclasses name the kind of id and keep the ids as their parameters.

    Parameters
    ----------
    train : sequence or None
        Ids to train on; None is all but `test`.
    test : sequence or None
        Ids to test on; None is all but `train`.
    """

    # scikit-learn's metadata routing: `groups` is asked for without set_split_request, as in its own group splitters
    __metadata_request__split = {"groups": True}
    _kind: str

    def __init__(self, train: Sequence[Any] | None, test: Sequence[Any] | None) -> None:
        plural = f"{self._kind}s"
        if train is None and test is None:
            raise ValueError(f"train_{plural}=None and test_{plural}=None: expected ids for at least one of them.")
        for name, ids in ((f"train_{plural}", train), (f"test_{plural}", test)):
            if isinstance(ids, str | bytes) or not (ids is None or isinstance(ids, Collection | np.ndarray)):
                raise TypeError(f"{name}={ids!r} must be a sequence of ids, such as [{ids!r}].")
            if ids is not None and len(ids) == 0:
                raise ValueError(f"{name}={ids!r} must hold at least one {self._kind}.")
            setattr(self, name, None if ids is None else tuple(ids))
        trained, tested = getattr(self, f"train_{plural}"), getattr(self, f"test_{plural}")
        both = [one for one in trained or () if one in (tested or ())]
        if both:
            raise ValueError(f"{self._kind}s {both} are in train_{plural} and in test_{plural}, expected either.")

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of splits, which is one.

        Parameters
        ----------
        X, y, groups : object
            Not looked at.

        Returns
        -------
        int
            1.
        """
        return 1

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Give the indices of the training and the test samples, once.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...) or list of sequences
            The samples, of any lengths.
        y : array-like of shape (n_samples,), default=None
            Not looked at.
        groups : array-like of shape (n_samples,)
            The id of each sample.

        Yields
        ------
        train, test : ndarray of int
            Indices.

        Raises
        ------
        ValueError
            If `groups` is missing or of another length than X, holds an id that belongs to neither part, or leaves
            a part empty.
        """
        groups = check_groups(self, X, y, groups, self._kind)
        train, test = getattr(self, f"train_{self._kind}s"), getattr(self, f"test_{self._kind}s")
        is_train = np.isin(groups, train) if train is not None else ~np.isin(groups, test)
        is_test = np.isin(groups, test) if test is not None else ~is_train
        present = np.unique(groups).tolist()
        unknown = np.unique(groups[~is_train & ~is_test]).tolist()
        if unknown:
            raise ValueError(f"groups has {self._kind}s {unknown}, but {self!r} knows only those that it lists.")
        for part, members in (("train", is_train), ("test", is_test)):
            if not members.any():
                raise ValueError(f"The {part} part of {self!r} is empty: groups has {self._kind}s {present}.")
        yield np.flatnonzero(is_train), np.flatnonzero(is_test)


def check_groups(splitter: Any, X: Any, y: Any, groups: Any, kind: str) -> np.ndarray:
    """The groups as an array as long as X.

    Parameters
    ----------
    splitter : object
        For the error.
    X, y, groups : array-like
        What `split` got.
    kind : str
        What the groups are.

    Returns
    -------
    ndarray of shape (n_samples,)
        The id of each sample.

    Raises
    ------
    ValueError
        If groups is None, or of another length than X.
    """
    if groups is None:
        raise ValueError(
            f"groups=None, but {splitter.__class__.__name__} expected the {kind} of each sample, such as "
            f"groups=bunch.{'camera' if kind == 'view' else kind}."
        )
    _, _, groups = indexable(X, y, groups)
    return np.asarray(groups)
