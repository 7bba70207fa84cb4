"""What every transformer of sequences shares: the door, blocks of samples, ragged lists, and kind errors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import TransformerMixin

from skeletonlearn._sequences import name_sequences
from skeletonlearn._warnings import warn_user
from skeletonlearn.base import SequenceEstimator, check_sequences, refuse_overflow
from skeletonlearn.skeletons import Skeleton, get_skeleton

_FIXED = ("joints", "channels")
_BLOCK_BYTES = 2**22  # samples worked on together: temporaries stay in the cache, and small beside X


class SequenceTransformer(TransformerMixin, SequenceEstimator, ABC):
    """Base of the transformers that take sequences and give sequences.

    A subclass writes `_transform`, on a batch of equally long sequences, and `_check_parameters`; both must not
    depend on the other samples of the batch. What it returns shares no memory with what it takes. `_transform` may
    also return which sequences are in doubt; `transform` then warns, with their numbers.
    """

    _BY_SEQUENCE = False  # whether each sequence gets a length of its own: batches then hold one
    _DOUBT: tuple[str, str] = ("", "")  # what is wrong with a sequence in doubt, and what to do

    def fit(self, X, y=None):
        """Check the parameters and remember the shape of X.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            The sequences; a list may hold sequences of different lengths. NaN marks a missing joint.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The transformer itself.

        Raises
        ------
        ValueError
            If a parameter or the shape of X is not as expected. The transformer stays as it was.
        """
        self._check_parameters()
        X = check_sequences(
            self, X, reset=True, ragged=True, allow_nan=True, fixed=_FIXED, check_shape=self._check_shape
        )
        self._look_at(X)
        return self

    def transform(self, X):
        """Transform sequences, each by itself.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            The sequences, with as many joints and channels as in `fit`, of any length.

        Returns
        -------
        X_new : ndarray of shape (n_samples, n_frames_out, n_joints_out, n_channels_out) or list of ndarray
            New arrays of the dtype of X; a list where the sequences still differ in length.
        """
        X = check_sequences(self, X, reset=False, ragged=True, allow_nan=True, fixed=_FIXED)
        doubts: list[np.ndarray] = []
        transform = partial(self._transform_finite, doubts=doubts)
        if isinstance(X, list) or self._BY_SEQUENCE:
            out = _as_batch([np.asarray(transform(one[None])[0]) for one in X])
        else:
            out = _in_blocks(transform, X)
        self._warn_of(np.concatenate(doubts) if doubts else np.zeros(0, dtype=bool))
        return out

    def set_output(self, *, transform=None):
        """Do nothing: a DataFrame cannot hold four axes.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"}, default=None
            Ignored.

        Returns
        -------
        self : object
            The transformer itself.
        """
        return self

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def _check_parameters(self) -> None:
        """Refuse parameters that no data could make right."""

    def _look_at(self, X: np.ndarray | list[np.ndarray]) -> None:
        """Warn of what is in doubt about the data of a fit as a whole."""

    def _check_shape(self, shape: tuple[int | None, int, int]) -> None:
        self._check_layout(*shape[1:])

    def _check_layout(self, n_joints: int, n_channels: int) -> None:
        """Refuse data whose joints or channels are not what the parameters say."""
        skeleton = self._layout()
        if skeleton is not None:
            skeleton.n_persons(n_joints)

    def _layout(self) -> Skeleton | None:
        """The joint layout that `skeleton` names, or None."""
        skeleton = getattr(self, "skeleton", None)
        return None if skeleton is None else get_skeleton(skeleton)

    def _transform_finite(self, X: np.ndarray, doubts: list[np.ndarray]) -> np.ndarray:
        """Transform a batch, and refuse coordinates so large that infinity would come of them."""
        with refuse_overflow(self, X):
            result = self._transform(X)
        if not isinstance(result, tuple):
            return result
        doubts.append(result[1])
        return result[0]

    def _warn_of(self, in_doubt: np.ndarray) -> None:
        if in_doubt.any():
            wrong, remedy = self._DOUBT
            warn_user(f"{type(self).__name__}: {name_sequences(in_doubt)} of X {wrong}. {remedy}")

    @abstractmethod
    def _transform(self, X: np.ndarray) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Transform a batch (n_samples, n_frames, n_joints, n_channels) of equally long sequences.

        Returns the batch, or a pair of it and of the sequences in doubt, bool of shape (n_samples,).
        """


def _as_batch(sequences: list[np.ndarray]) -> np.ndarray | list[np.ndarray]:
    """One array where the sequences are equally long, else the list."""
    return sequences if len({len(one) for one in sequences}) > 1 else np.stack(sequences)


def check_choice(name: str, value: Any, wanted: Sequence[Any]) -> None:
    """Refuse a value that is not one of the wanted."""
    if not any(value is one or (isinstance(value, str) and value == one) for one in wanted):
        raise ValueError(f"{name}={value!r} must be one of {', '.join(repr(one) for one in wanted)}.")


def check_flag(name: str, value: Any) -> None:
    """Refuse a value that is neither True nor False."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name}={value!r} must be True or False.")


def check_positive_integer(name: str, value: Any) -> None:
    """Refuse a value that is not a positive integer."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name}={value!r} must be a positive integer.")


def _in_blocks(transform: Callable[[np.ndarray], np.ndarray], X: np.ndarray) -> np.ndarray:
    """Apply `transform` to a few samples at a time: temporaries stay small, and memory-maps are read bit by bit."""
    rows = max(1, _BLOCK_BYTES // (X[0].size * X.itemsize))
    first = transform(X[:rows])
    if len(X) <= rows:
        return np.asarray(first)
    out = np.empty((len(X), *first.shape[1:]), dtype=first.dtype)
    out[:rows] = first
    for at in range(rows, len(X), rows):
        out[at : at + rows] = transform(X[at : at + rows])
    return out
