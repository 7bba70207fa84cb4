"""The contract that every estimator shares: what a batch of skeleton sequences looks like.

`X` is `(n_samples, n_frames, n_joints, n_channels)`, or a ragged list of `(n_frames_i, n_joints, n_channels)`.
:func:`check_sequences` is the one door through which every estimator takes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_array, get_tags
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

from skeletonlearn._containers import advise_on_persons, as_sequences, check_kind, count_axes, is_ragged, unwrap
from skeletonlearn._sequences import name_sequences, shows_nobody
from skeletonlearn._warnings import warn_user

__all__ = ["check_class_target", "check_sequences", "is_ragged"]

_AXES = ("frames", "joints", "channels")
_ROWS_AT_ONCE = 256  # samples looked at together when searching for NaN: bounds the memory of the search
_STORED = ("sequence_shape_in_", "n_features_in_", "feature_names_in_")
_LARGEST_USUAL = 1e9  # no unit gives bodies larger coordinates: a result that overflows below is not the fault of X


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
    check_shape: Callable[[tuple[int | None, int, int]], None] | None = None,
    **check_params: Any,
) -> Any:
    """Check a batch of sequences and give it its full four axes.

    Takes 4-D arrays; 3-D `(n_samples, n_frames, n_features)`, read as one joint with n_features channels; 2-D
    `(n_samples, n_timesteps)`, read as one joint with one channel; lists of equally long sequences; and, with
    `ragged=True`, lists of sequences of different lengths. A pandas Series or an array of objects that holds
    sequences is read as a list. A masked value of a masked array becomes NaN, a missing joint. Read-only and
    memory-mapped arrays that already have a wanted dtype are passed on without a copy.

    With `reset=True` the attributes of the estimator change only after all checks have passed, and all together.

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
    check_shape : callable, default=None
        With `reset=True`, called as ``check_shape((n_frames, n_joints, n_channels))`` before the shape is stored. It
        raises an error to refuse the shape. n_frames is None if the sequences differ in length.
    **check_params : dict
        Passed on to :func:`sklearn.utils.validation.validate_data`, for instance `ensure_min_samples`.

    Returns
    -------
    X : ndarray of shape (n_samples, n_frames, n_joints, n_channels) or list of ndarray
        The sequences. With y, the pair (X, y).

    Raises
    ------
    ValueError
        If X has another shape than expected, or holds NaN or infinity, or y is one-hot without `multi_output=True`.
    TypeError
        If X is None, a path, a mapping, a set or an iterator.

    Warns
    -----
    UserWarning
        With `reset=False` and `allow_nan=False`, if sequences of several joints are zero throughout, so that they show
        nobody. The sequences are named.

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
    check_kind(X, _name(estimator))
    if not check_params.get("multi_output"):
        check_class_target(y)
    checker = _without_stored(estimator) if reset else estimator
    dtype = list(dtype) if isinstance(dtype, tuple) else dtype
    X, shape, y_checked = _check_form(checker, unwrap(X), y, reset, ragged, dtype, fixed, check_params)
    _check_finite(estimator, X, allow_nan)
    if not reset:
        _check_shape(estimator, shape, fixed)
        if not allow_nan:
            _warn_of_nobody(estimator, X)
    else:
        if check_shape is not None:
            check_shape(shape)
        _store(estimator, shape, getattr(checker, "feature_names_in_", None))
    return X if isinstance(y, str) and y == "no_validation" else (X, y_checked)


def check_class_target(y: Any) -> None:
    """Refuse one-hot targets where one class per sample is expected.

    Parameters
    ----------
    y : object
        What a user passed as targets.

    Raises
    ------
    ValueError
        If y has two or more columns, and one 1 per row among zeros.

    Examples
    --------
    >>> from skeletonlearn.base import check_class_target
    >>> check_class_target(["walk", "sit", "walk"])
    >>> check_class_target([[1, 0], [0, 1], [1, 0]])
    Traceback (most recent call last):
      ...
    ValueError: y is one-hot, with shape (3, 2), but one class per sample was expected: pass np.argmax(y, axis=1).
    """
    if _is_one_hot(y):
        name = "idxmax" if hasattr(y, "idxmax") else "argmax"  # a data frame's gives the names of its columns
        remedy = f"y.{name}(axis=1)" if hasattr(y, name) else "np.argmax(y, axis=1)"
        raise ValueError(
            f"y is one-hot, with shape {np.shape(y)}, but one class per sample was expected: pass {remedy}."
        )


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
    if np.isfinite(result).all():
        return result
    largest = _largest(X)
    if largest > _LARGEST_USUAL:
        raise ValueError(_too_large(estimator, X))
    raise ValueError(
        f"The result of {_name(estimator)} holds NaN or infinity, although X has coordinates of at most {largest:.2g}: "
        "what was learned, such as the weights, is damaged or has diverged. Fit again, or load other weights."
    )


def _too_large(estimator: BaseEstimator, X: Any) -> str:
    return (
        f"X has coordinates up to {_largest(X):.2g}, too large for {_name(estimator)} to compute with: expected "
        "metres, pixels or the like, on the scale of those in fit."
    )


def _largest(X: Any) -> float:
    """The largest magnitude in an array or a list of arrays, NaN left out."""
    parts = X if isinstance(X, list) else [X]
    return max(float(np.fmax.reduce(np.abs(part), axis=None, initial=0.0)) for part in parts)


def _is_one_hot(y: Any) -> bool:
    if y is None or isinstance(y, str) or getattr(y, "ndim", 2) != 2:
        return False
    try:
        values = np.asarray(y)
    except ValueError:  # rows of different lengths
        return False
    if values.ndim != 2 or values.shape[1] < 2 or values.dtype.kind not in "fiub":
        return False
    return bool(((values == 0) | (values == 1)).all() and (values.sum(axis=1) == 1).all())


def _without_stored(estimator: BaseEstimator) -> BaseEstimator:
    """A stand-in that scikit-learn's checks may write to: a refused X leaves the estimator itself as it was."""
    stand_in = object.__new__(type(estimator))
    vars(stand_in).update({name: value for name, value in vars(estimator).items() if name not in _STORED})
    return stand_in


def _store(estimator, shape, names):
    """Store the shape of X, and the column names, or that there are none."""
    stored = {"sequence_shape_in_": shape, "n_features_in_": int(np.prod([size for size in shape if size is not None]))}
    if names is None:
        vars(estimator).pop("feature_names_in_", None)
    else:
        stored["feature_names_in_"] = names
    vars(estimator).update(stored)


def _name(estimator: BaseEstimator) -> str:
    return estimator.__class__.__name__


def _check_form(estimator, X, y, reset, ragged, dtype, fixed, check_params):
    """X with its full four axes or as a list, its shape (n_frames, n_joints, n_channels), and y."""
    sequences = as_sequences(X, _name(estimator)) if is_ragged(X) else None
    for part in [X] if sequences is None else sequences:
        _check_real(estimator, part)
    if sequences is not None and len({len(one) for one in sequences}) > 1:
        return _check_ragged(estimator, sequences, y, ragged, dtype, check_params)
    if sequences is not None or getattr(X, "ndim", 2) > 2:
        X = X if sequences is None else np.stack(sequences)
        return _check_array(estimator, X, y, reset, dtype, fixed, check_params)
    _check_table(estimator, X)
    X, y = _validate(estimator, X, y, reset, dtype, check_params)
    shape = (X.shape[1], 1, 1)
    return X.reshape(len(X), *shape), shape, y


def _check_table(estimator, X):
    """Refuse what scikit-learn cannot take as a table: series of different lengths, sequences as cells."""
    if isinstance(X, list | tuple) and len({_length(one) for one in X}) > 1:
        raise ValueError(
            f"X has parts that differ in length, but {_name(estimator)} expected series (n_frames,) that are "
            "equally long, or sequences (n_frames, n_joints, n_channels)."
        )
    column = _column_of_sequences(X)
    if column is not None:
        raise ValueError(
            f"X is a table with sequences in its cells, but {_name(estimator)} expected numbers in a table: pass the "
            f"column with the sequences, such as {column}."
        )


def _column_of_sequences(X):
    """How to take the first column that holds sequences out of a table; None if there is none."""
    if hasattr(X, "columns") and hasattr(X, "iloc") and X.size:
        cells, columns = list(X.iloc[0]), [f"X[{name!r}]" for name in X.columns]
    elif isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype == object and X.size:
        cells, columns = list(X[0]), [f"X[:, {at}]" for at in range(X.shape[1])]
    else:
        return None
    return next((column for cell, column in zip(cells, columns, strict=True) if count_axes(cell)), None)


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
            f"(n_samples, n_frames, n_joints, n_channels).{advise_on_persons(tuple(X.shape))}"
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
    of_y = {name: value for name, value in check_params.items() if name in ("multi_output", "y_numeric")}
    y = validate_data(_without_stored(estimator), y=y, **of_y)  # refuses a missing y that is required
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


def _warn_of_nobody(estimator, X):
    nobody = shows_nobody(X)
    if nobody.any():
        warn_user(
            f"{_name(estimator)}: {name_sequences(nobody)} of X shows nobody: all joints are zero in all frames. "
            "Leave such sequences out: what is predicted for them means nothing."
        )


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
