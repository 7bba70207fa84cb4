"""The contract that every estimator shares: what a batch of skeleton sequences looks like.

`X` is `(n_samples, n_frames, n_joints, n_channels)`, or a ragged list of `(n_frames_i, n_joints, n_channels)`.
:func:`check_sequences` is the one door through which every estimator takes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from os import PathLike
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_array, get_tags
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

__all__ = ["check_sequences", "is_ragged"]

_AXES = ("frames", "joints", "channels")
_ROWS_AT_ONCE = 256  # samples looked at together when searching for NaN: bounds the memory of the search


class SequenceEstimator(BaseEstimator):
    """Base of all estimators: their pictures in notebooks link to the documentation, where it has an address."""

    _doc_link_module = "skeletonlearn"

    @property
    def _doc_link_template(self) -> str:
        address = documentation_address()
        return f"{address}/api/generated/{{estimator_module}}.{{estimator_name}}.html" if address else ""


@cache
def documentation_address() -> str:
    """Address of the documentation, from the installed package's metadata; empty as long as it has none.

    Returns
    -------
    str
        The project's URL of the name "Documentation", without a slash at the end.
    """
    try:
        entries = metadata("skeletonlearn").get_all("Project-URL") or []
    except PackageNotFoundError:  # on the path, but not installed
        return ""
    by_label = {label.strip().lower(): address.strip() for label, _, address in (one.partition(",") for one in entries)}
    return by_label.get("documentation", "").rstrip("/")


@np.errstate(over="ignore", invalid="ignore")  # a number too large for the dtype becomes infinity, which is refused
def check_sequences(
    estimator: BaseEstimator,
    X: Any,
    y: Any = "no_validation",
    *,
    reset: bool,
    ragged: bool = False,
    allow_nan: bool = False,
    dtype: Any = (np.float64, np.float32),
    fixed: Sequence[str] = _AXES,
    **check_params: Any,
) -> Any:
    """Check a batch of sequences and give it its full four axes.

    Takes 4-D arrays; 3-D `(n_samples, n_frames, n_features)`, read as one joint with n_features channels; 2-D
    `(n_samples, n_timesteps)`, read as one joint with one channel; lists of equally long sequences; and, where
    `ragged` says so, lists of sequences of different lengths. Read-only and memory-mapped arrays that already
    have a wanted dtype are passed on without a copy.

    Parameters
    ----------
    estimator : estimator instance
        Whose `n_features_in_`, `feature_names_in_` and `sequence_shape_in_` are set or compared.
    X : array-like or list of array-like
        The sequences.
    y : array-like, default="no_validation"
        Targets to check beside X, as in :func:`sklearn.utils.validation.validate_data`.
    reset : bool
        True in `fit`: store the shape. False elsewhere: compare with the stored one.
    ragged : bool, default=False
        Whether sequences may differ in length. Those that do come back as a list.
    allow_nan : bool, default=False
        Whether NaN (a missing joint) is allowed; infinity never is.
    dtype : dtype or tuple of dtype, default=(float64, float32)
        Dtypes that are kept; anything else is converted to the first.
    fixed : sequence of {"frames", "joints", "channels"}, default=all
        Axes that must be as long as they were in `fit`.
    **check_params : dict
        Passed on to :func:`sklearn.utils.validation.validate_data`, for instance `ensure_min_samples`.

    Returns
    -------
    X : ndarray of shape (n_samples, n_frames, n_joints, n_channels) or list of ndarray
        The sequences. With y, the pair (X, y).

    Raises
    ------
    ValueError
        If X has not the wanted shape, or holds NaN or infinity; the text says got and wanted.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.base import BaseEstimator
    >>> from skeletonlearn.base import check_sequences
    >>> estimator = BaseEstimator()  # in a `fit` of your own, self
    >>> check_sequences(estimator, np.zeros((4, 30, 20, 3)), reset=True).shape
    (4, 30, 20, 3)
    >>> estimator.sequence_shape_in_
    (30, 20, 3)
    """
    if not reset:
        check_is_fitted(estimator)
    _check_kind(estimator, X)
    dtype = list(dtype) if isinstance(dtype, tuple) else dtype
    sequences = _as_sequences(estimator, X) if is_ragged(X) else None
    for part in [X] if sequences is None else sequences:
        _check_real(estimator, part)
    if sequences is not None and len({len(one) for one in sequences}) > 1:
        X, shape, y_checked = _check_ragged(estimator, sequences, y, ragged, dtype, check_params)
    elif sequences is not None or getattr(X, "ndim", 2) > 2:
        X = X if sequences is None else np.stack(sequences)
        X, shape, y_checked = _check_array(estimator, X, y, reset, dtype, fixed, check_params)
    else:
        _check_table(estimator, X)
        X, y_checked = _validate(estimator, X, y, reset, dtype, check_params)
        shape = (X.shape[1], 1, 1)
        X = X.reshape(len(X), *shape)
    _check_finite(estimator, X, allow_nan)
    if reset:
        estimator.sequence_shape_in_ = shape
        estimator.n_features_in_ = int(np.prod([size for size in shape if size is not None]))
    else:
        _check_shape(estimator, shape, fixed)
    return X if isinstance(y, str) and y == "no_validation" else (X, y_checked)


def is_ragged(X: Any) -> bool:
    """Whether X is a list, tuple or object array of single sequences, each at least (n_frames_i, n_features).

    Parameters
    ----------
    X : object
        What a user passed as sequences.

    Returns
    -------
    bool
        True also where the sequences happen to be equally long.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.base import is_ragged
    >>> is_ragged([np.zeros((5, 20, 3)), np.zeros((7, 20, 3))]), is_ragged(np.zeros((2, 5, 20, 3)))
    (True, False)
    """
    if isinstance(X, np.ndarray):
        return X.dtype == object and X.ndim == 1 and len(X) > 0 and _depth(X[0]) > 1
    return isinstance(X, list | tuple) and len(X) > 0 and _depth(X[0]) > 1


@contextmanager
def refuse_overflow(estimator: BaseEstimator, X: Any) -> Iterator[None]:
    """Refuse coordinates that are finite, but so large that what NumPy computes from them is not.

    Parameters
    ----------
    estimator : estimator instance
        Named in the error.
    X : ndarray or list of ndarray
        The sequences that are computed with in the block.

    Raises
    ------
    ValueError
        If a number overflows in the block.
    """
    try:
        with np.errstate(over="raise"):
            yield
    except FloatingPointError:
        raise ValueError(_too_large(estimator, X)) from None


def check_finite_result(estimator: BaseEstimator, result: np.ndarray, X: Any) -> np.ndarray:
    """Refuse coordinates that are finite, but so large that what came of them is not.

    Parameters
    ----------
    estimator : estimator instance
        Named in the error.
    result : ndarray
        What was computed.
    X : ndarray or list of ndarray
        The sequences that it was computed from.

    Returns
    -------
    ndarray
        The result.

    Raises
    ------
    ValueError
        If it holds NaN or infinity.
    """
    if not np.isfinite(result).all():
        raise ValueError(_too_large(estimator, X))
    return result


def _too_large(estimator: BaseEstimator, X: Any) -> str:
    largest = max(float(np.nanmax(np.abs(part))) for part in (X if isinstance(X, list) else [X]))
    return (
        f"X has coordinates up to {largest:.2g}, too large for {_name(estimator)} to compute with: expected metres, "
        "pixels or the like, on the scale of those in fit."
    )


def _depth(one: Any) -> int:
    """Number of axes of an array or of nested lists, judged by first elements."""
    if hasattr(one, "ndim"):
        return int(one.ndim)
    return 1 + _depth(one[0]) if isinstance(one, list | tuple) and len(one) else int(isinstance(one, list | tuple))


def _name(estimator: BaseEstimator) -> str:
    return estimator.__class__.__name__


def _as_sequences(estimator: BaseEstimator, X: Any) -> list[np.ndarray]:
    """A list of sequences as a list of arrays (n_frames_i, n_joints, n_channels), alike in joints and channels."""
    sequences = [_as_array(estimator, one, at) for at, one in enumerate(X)]
    sequences = [one[:, None, :] if one.ndim == 2 else one for one in sequences]
    for at, one in enumerate(sequences):
        if one.ndim != 3:
            raise ValueError(
                f"Sequence {at} of X has {one.ndim} dimensions, but {_name(estimator)} expected 3: "
                "(n_frames, n_joints, n_channels)."
            )
        if 0 in one.shape:
            raise ValueError(
                f"Sequence {at} of X has shape {one.shape}, expected at least one frame, joint and channel."
            )
        if one.shape[1:] != sequences[0].shape[1:]:
            raise ValueError(
                f"Sequence {at} of X has {one.shape[1]} joints and {one.shape[2]} channels, but sequence 0 has "
                f"{sequences[0].shape[1]} and {sequences[0].shape[2]}."
            )
    return sequences


def _as_array(estimator, one, at):
    try:
        return np.asarray(one)
    except ValueError:
        raise ValueError(
            f"Sequence {at} of X has parts of different lengths, but {_name(estimator)} expected an array "
            "(n_frames, n_joints, n_channels)."
        ) from None


def _check_kind(estimator, X):
    """Refuse what holds no numbers itself, such as a path or a data set."""
    if hasattr(X, "shape"):  # arrays, tables, and scipy's sparse ones, of which some are mappings
        return
    if X is None or isinstance(X, str | bytes | PathLike | Mapping | Iterator):
        rather = ": pass its `sequences`" if isinstance(X, Mapping) and "sequences" in X else ""
        raise TypeError(
            f"X is {'None' if X is None else type(X).__name__}, but {_name(estimator)} expected an array "
            f"(n_samples, n_frames, n_joints, n_channels) or a list of sequences{rather}."
        )


def _check_table(estimator, X):
    """Refuse a list of series that scikit-learn cannot take as rows of a table."""
    if isinstance(X, list | tuple) and len({_length(one) for one in X}) > 1:
        raise ValueError(
            f"X is a list whose parts differ in length, but {_name(estimator)} expected series (n_frames,) that are "
            "equally long, or sequences (n_frames, n_joints, n_channels)."
        )


def _length(one):
    sized = hasattr(one, "__len__") and getattr(one, "ndim", 1) > 0 and not isinstance(one, str | bytes)
    return len(one) if sized else None


def _check_real(estimator, part):
    if getattr(getattr(part, "dtype", None), "kind", "") == "c":
        raise ValueError(f"Complex data not supported: X has dtype {part.dtype}, but {_name(estimator)} expected real.")


def _check_ragged(estimator, sequences, y, ragged, dtype, check_params):
    """The door for sequences of different lengths."""
    if not ragged:
        lengths = sorted({len(one) for one in sequences})
        raise ValueError(
            f"X has sequences of {lengths[0]} to {lengths[-1]} frames, but {_name(estimator)} expected equally "
            "long ones: put a FrameResampler or FramePadder before it."
        )
    X = [check_array(one, dtype=dtype, ensure_all_finite=False, allow_nd=True) for one in sequences]
    X, y_checked = _check_beside(estimator, X, y, check_params)
    return X, (None, *X[0].shape[1:]), y_checked


def _check_array(estimator, X, y, reset, dtype, fixed, check_params):
    """The door for arrays of three and more axes: flattened for scikit-learn's checks, then given back."""
    if X.ndim > 4:
        raise ValueError(
            f"X has {X.ndim} dimensions, but {_name(estimator)} expected 4: "
            "(n_samples, n_frames, n_joints, n_channels)."
        )
    if 0 in X.shape[1:]:
        raise ValueError(
            f"X has shape {tuple(X.shape)}, but {_name(estimator)} expected at least one frame, joint and channel."
        )
    shape = X.shape[1:] if X.ndim == 4 else (X.shape[1], 1, X.shape[2])
    if not reset:
        _check_shape(estimator, shape, fixed, one=X.shape[1:] == estimator.sequence_shape_in_[1:])
    X = X.reshape(len(X), int(np.prod(shape)))
    if reset or shape == estimator.sequence_shape_in_:
        X, y_checked = _validate(estimator, X, y, reset, dtype, check_params)
    else:  # another length than in fit, which this estimator allows: the flattened width cannot be compared
        X = check_array(X, dtype=dtype, ensure_all_finite=False, estimator=estimator, input_name="X")
        X, y_checked = _check_beside(estimator, X, y, check_params)
    return X.reshape(len(X), *shape), shape, y_checked


def _validate(estimator, X, y, reset, dtype, check_params):
    """scikit-learn's own check of a 2-D X, and of y if there is one; finiteness is checked by our own pass."""
    checked = validate_data(estimator, X, y, reset=reset, dtype=dtype, ensure_all_finite=False, **check_params)
    return checked if isinstance(checked, tuple) else (checked, None)


def _check_beside(estimator, X, y, check_params):
    """y checked beside an X that scikit-learn cannot take itself."""
    least = check_params.get("ensure_min_samples", 1)
    if len(X) < least:
        raise ValueError(
            f"Found array with {len(X)} sample(s) while a minimum of {least} is required by {_name(estimator)}."
        )
    if isinstance(y, str) or (y is None and not get_tags(estimator).target_tags.required):
        return X, None
    y = validate_data(estimator, y=y)  # refuses a missing y that is required
    check_consistent_length(X, y)
    return X, y


def _check_shape(estimator, shape, fixed, one=False):
    """Compare with the shape in `fit`; `one` says that X looks like one sequence of that shape."""
    rather = " X looks like one sequence: pass a batch of one, X[None]." if one else ""
    for axis, got, wanted in zip(_AXES, shape, estimator.sequence_shape_in_, strict=True):
        if axis in fixed and got != wanted:
            got = "sequences of different lengths" if got is None else f"{got} {axis}"
            wanted = f"{wanted or 'any number of'} {axis}"
            raise ValueError(f"X has {got}, but {_name(estimator)} was fitted with {wanted}.{rather}")


def _check_finite(estimator, X, allow_nan):
    """Refuse infinity, and NaN where it is not allowed, naming what mends it."""
    parts = X if isinstance(X, list) else (X[at : at + _ROWS_AT_ONCE] for at in range(0, len(X), _ROWS_AT_ONCE))
    for part in parts:
        with np.errstate(over="ignore", invalid="ignore"):
            if np.isfinite(part.sum()):
                continue
        if np.isinf(part).any():
            raise ValueError(
                f"Input X contains infinity. {_name(estimator)} expected finite coordinates, of at most "
                f"{np.finfo(part.dtype).max:.1e}."
            )
        if not allow_nan and np.isnan(part).any():
            raise ValueError(
                f"Input X contains NaN. {_name(estimator)} does not accept missing joints (NaN): put a "
                "JointImputer, from skeletonlearn.preprocessing, before it."
            )
