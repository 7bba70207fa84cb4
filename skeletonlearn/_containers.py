"""What users pass as sequences: masked arrays, columns of tables, lists; all become plain arrays or lists of arrays."""

from __future__ import annotations

import reprlib
from collections.abc import Iterator, Mapping, Sequence, Set, ValuesView
from os import PathLike
from typing import Any

import numpy as np

# Common orders of five axes, most common first: their names, and the order that puts persons before joints.
_FIVE_AXES = (
    ("(n_samples, n_channels, n_frames, n_joints, n_persons)", (0, 2, 4, 3, 1)),
    ("(n_samples, n_persons, n_frames, n_joints, n_channels)", (0, 2, 1, 3, 4)),
    ("(n_samples, n_frames, n_persons, n_joints, n_channels)", (0, 1, 2, 3, 4)),
)
_MAX_PERSONS, _MAX_CHANNELS = 5, 4


def is_ragged(X: Any) -> bool:
    """Whether X holds single sequences, each at least (n_frames_i, n_features), in a list or another container.

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
    return (isinstance(X, list | tuple) or _is_container(X)) and any(count_axes(one) > 1 for one in X)


def check_kind(X: Any, owner: str, name: str = "X") -> None:
    """Refuse what holds no numbers itself, such as a path or a data set.

    Parameters
    ----------
    X : object
        What a user passed as sequences.
    owner : str
        Who takes them, for the error.
    name : str, default="X"
        The name of the parameter.

    Raises
    ------
    TypeError
        If X is None, a string, a path, a mapping, a set or an iterator.
    """
    if hasattr(X, "shape"):  # arrays, tables, and scipy's sparse ones, of which some are mappings
        return
    if X is None or isinstance(X, str | bytes | PathLike | Mapping | Set | Iterator):
        raise TypeError(
            f"{name} is {'None' if X is None else type(X).__name__}, but {owner} expected an array "
            f"(n_samples, n_frames, n_joints, n_channels) or a list of sequences{_instead_of(X)}."
        )


def unwrap(X: Any) -> Any:
    """X without masks and unusual containers, so that NumPy understands it.

    Parameters
    ----------
    X : object
        What a user passed as sequences.

    Returns
    -------
    object
        A list where X is a list, a tuple, a column of a table or another container of sequences; else X itself.
        Masked values are NaN. Plain arrays are neither copied nor read.
    """
    if _is_container(X):
        X = X.to_list() if hasattr(X, "to_list") else list(X)
    return _without_masks(X)


def count_axes(one: Any) -> int:
    """Number of axes of an array or of nested lists; lists are measured by their first elements.

    Parameters
    ----------
    one : object
        What a user passed.

    Returns
    -------
    int
        0 for what is neither an array nor a list.
    """
    if hasattr(one, "shape"):
        return len(one.shape)
    return 1 + (count_axes(one[0]) if one else 0) if isinstance(one, list | tuple) else 0


def as_sequences(X: Sequence[Any], owner: str) -> list[np.ndarray]:
    """A list of sequences as a list of arrays (n_frames_i, n_joints, n_channels), alike in joints and channels.

    Parameters
    ----------
    X : sequence of array-like
        The sequences; those of two axes have one joint.
    owner : str
        Who takes them, for the error.

    Returns
    -------
    list of ndarray
        The sequences.

    Raises
    ------
    ValueError
        If one is no array of three axes, is empty, or is unlike the first.
    """
    sequences = [_as_sequence(one, at, len(X), owner) for at, one in enumerate(X)]
    for at, one in enumerate(sequences):
        if one.shape[1:] != sequences[0].shape[1:]:
            raise ValueError(
                f"Sequence {at} of X has {one.shape[1]} joints and {one.shape[2]} channels, but sequence 0 has "
                f"{sequences[0].shape[1]} and {sequences[0].shape[2]}."
            )
    return sequences


def advise_on_persons(shape: tuple[int, ...], *, in_list: bool = False) -> str:
    """How to bring sequences with an axis of persons to four axes.

    Parameters
    ----------
    shape : tuple of int
        The shape of a batch of five axes.
    in_list : bool, default=False
        Whether the batch is a list of arrays, so that its first axis is none of theirs.

    Returns
    -------
    str
        A sentence that begins with a space; empty for other numbers of axes.
    """
    if len(shape) != 5:
        return ""
    fitting = [(names, order) for names, order in _FIVE_AXES if _may_be(shape, order)]
    if not fitting and shape[0] == 1:
        return " If X holds one batch, pass X[0]."
    names, order = max(fitting or _FIVE_AXES[:1], key=lambda one: shape[one[1][-1]])  # two persons and three channels
    n_samples, n_frames, n_persons, n_joints, n_channels = (shape[axis] for axis in order)
    joined = f"{n_persons * n_joints}, {n_channels}"
    if in_list:
        names = names.replace("n_samples, ", "")
        turned = _transposed("one", tuple(axis - 1 for axis in order[1:]))
        return f" If the axes are {names}, pass [{turned}.reshape(-1, {joined}) for one in X]."
    return f" If the axes are {names}, pass {_transposed('X', order)}.reshape({n_samples}, {n_frames}, {joined})."


def _transposed(name: str, order: tuple[int, ...]) -> str:
    return name if order == tuple(range(len(order))) else f"{name}.transpose{order}"


def _may_be(shape: tuple[int, ...], order: tuple[int, ...]) -> bool:
    """Whether the axes of persons and channels have such sizes; a confidence may be beside three coordinates."""
    _, _, n_persons, _, n_channels = (shape[axis] for axis in order)
    return n_persons <= _MAX_PERSONS and 2 <= n_channels <= _MAX_CHANNELS


def _instead_of(X: Any) -> str:
    """What to pass in place of a mapping."""
    if not isinstance(X, Mapping):
        return ""
    return ": pass its `sequences`" if "sequences" in X else ": pass its values, list(X.values())"


def _is_container(X: Any) -> bool:
    """Whether X holds sequences one by one, but is no list: a pandas Series, an array of objects, a deque ..."""
    if isinstance(X, list | tuple | str | bytes):
        return False
    if isinstance(X, np.ndarray):
        return X.ndim == 1 and X.dtype == object
    if hasattr(X, "shape"):
        return len(X.shape) == 1 and any(count_axes(one) for one in X)
    return isinstance(X, Sequence | ValuesView)


def _without_masks(values: Any) -> Any:
    """Masked arrays, however deep in lists, with NaN for what is masked."""
    if isinstance(values, np.ma.MaskedArray):
        return _fill_masked(values)
    if isinstance(values, list | tuple):
        return [_without_masks(one) if isinstance(one, (list, tuple, np.ma.MaskedArray)) else one for one in values]
    return values


def _fill_masked(values: np.ma.MaskedArray) -> np.ndarray:
    if values.dtype.kind in "iub" and np.ma.is_masked(values):
        return np.ma.filled(values.astype(np.float64), np.nan)  # integers have no NaN
    return values.filled(np.nan) if values.dtype.kind in "fcO" else np.ma.getdata(values)


def _as_sequence(one: Any, at: int, n_samples: int, owner: str) -> np.ndarray:
    try:
        array = np.asarray(one)
    except ValueError:
        raise ValueError(
            f"Sequence {at} of X has parts of different lengths, but {owner} expected an array "
            "(n_frames, n_joints, n_channels)."
        ) from None
    if array.ndim == 0:
        raise ValueError(
            f"Sequence {at} of X is {reprlib.repr(one)}, but {owner} expected an array "
            "(n_frames, n_joints, n_channels)."
        )
    if array.ndim not in (2, 3):
        raise ValueError(
            f"Sequence {at} of X has {array.ndim} dimensions, but {owner} expected 3: (n_frames, n_joints, n_channels)."
            f"{advise_on_persons((n_samples, *array.shape), in_list=True)}"
        )
    if 0 in array.shape:
        raise ValueError(f"Sequence {at} of X has shape {array.shape}, expected at least one frame, joint and channel.")
    return array[:, None, :] if array.ndim == 2 else array
