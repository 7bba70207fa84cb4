"""The columns of a table: read, checked, and as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from os import PathLike
from typing import Any, NamedTuple

import numpy as np

from skeletonlearn._containers import unwrap
from skeletonlearn.datasets._clip_files import natural_key
from skeletonlearn.datasets._errors import cut

Columns = dict[Any, np.ndarray]
_MOST_LETTERS = 300


class Codes(NamedTuple):
    """The values of a column as numbers.

    Parameters
    ----------
    codes : ndarray of int of shape (n_rows,)
        Which of the values each row has.
    values : list
        The distinct values in order of appearance.
    firsts : ndarray of int of shape (n_values,)
        The first row of each.
    """

    codes: np.ndarray
    values: list[Any]
    firsts: np.ndarray


def known_columns(table: Any) -> list[Any]:
    """The names of the columns of a table; none where it is something else.

    Parameters
    ----------
    table : object
        What a user passed as a table.

    Returns
    -------
    list
        The names.

    Raises
    ------
    TypeError
        If the table is a path or an array.
    """
    if isinstance(table, str | PathLike | np.ndarray | list | tuple):
        raise TypeError(f"table is a {type(table).__name__}, expected a DataFrame, such as pandas.read_csv gives.")
    has = getattr(table, "columns", table)
    return list(has) if hasattr(has, "__iter__") else []


def read_columns(table: Any, names: Sequence[Any]) -> Columns:
    """Read columns of equal length, of at least one row.

    Parameters
    ----------
    table : DataFrame or mapping
        The table.
    names : sequence
        The names of the columns.

    Returns
    -------
    dict of str to ndarray
        The columns, with NaN for masked numbers.

    Raises
    ------
    ValueError
        If there is no such column, or two of one name, or if they differ in length.
    """
    known = known_columns(table)
    for name in names:
        if known.count(name) > 1:
            raise ValueError(f"table has {known.count(name)} columns {name!r}, expected one.")
        if name not in known:
            got = cut(", ".join(map(str, known)) or "none", _MOST_LETTERS)
            raise ValueError(f"table has no column {name!r}; it has {got}.")
    columns = {name: _as_array(table[name]) for name in names}
    shapes = {values.shape for values in columns.values()}
    if len(shapes) > 1 or columns[names[0]].ndim != 1 or not len(columns[names[0]]):
        raise ValueError(f"table has columns of shapes {sorted(shapes)}, expected one shape (n_rows,) and rows in it.")
    return columns


def _as_array(values: Any) -> np.ndarray:
    return np.asarray(unwrap(values) if isinstance(values, np.ma.MaskedArray) else values)


def code(column: np.ndarray, name: str) -> Codes:
    """Number the distinct values of a column.

    Parameters
    ----------
    column : ndarray of shape (n_rows,)
        Numbers or texts.
    name : str
        The name, for the error.

    Returns
    -------
    Codes
        The numbers.

    Raises
    ------
    ValueError
        If a value is missing, or is neither number nor text.
    """
    code: dict[Any, int] = {}
    try:
        numbers = [code.setdefault(value, len(code)) for value in column.tolist()]
    except TypeError as error:
        raise ValueError(f"column {name!r} must have numbers or texts ({error}).") from None
    codes = np.array(numbers, dtype=np.intp)
    firsts = np.flatnonzero(np.diff(np.maximum.accumulate(codes), prepend=-1))
    for value, row in zip(code, firsts, strict=True):
        if _is_unknown(value):
            raise ValueError(f"column {name!r} has {value!r} in row {row}, expected a value in each row.")
    return Codes(codes, list(code), firsts)


def _is_unknown(value: Any) -> bool:
    try:
        return value is None or bool(value != value)
    except TypeError:  # the NA of pandas
        return True


def ascending(values: Sequence[Any]) -> list[Any]:
    """Sort numbers by value, all else in natural order.

    Parameters
    ----------
    values : sequence
        The values.

    Returns
    -------
    list
        The values in order.
    """
    if all(isinstance(value, Real) for value in values):
        return sorted(values)
    return sorted(values, key=natural_key)


def floats(column: np.ndarray, name: str) -> np.ndarray:
    """Read a column of numbers.

    Parameters
    ----------
    column : ndarray of shape (n_rows,)
        The column.
    name : str
        The name, for the error.

    Returns
    -------
    ndarray of float64
        The numbers.

    Raises
    ------
    ValueError
        If one is no number that float32 can hold.
    """
    try:
        numbers = column.astype(np.float64)
    except (ValueError, TypeError) as error:
        raise ValueError(f"column {name!r} must have numbers ({error}).") from None
    too_large = np.flatnonzero(np.abs(numbers) > np.finfo(np.float32).max)
    if len(too_large):
        row = too_large[0]
        raise ValueError(f"column {name!r} has {numbers[row]:g} in row {row}, expected finite numbers or NaN.")
    return numbers


def constant(column: np.ndarray, name: str, samples: Codes) -> list[Any]:
    """The value of each sample in a column that has one value for each.

    Parameters
    ----------
    column : ndarray of shape (n_rows,)
        The column.
    name : str
        The name, for the error.
    samples : Codes
        The samples of the rows.

    Returns
    -------
    list
        A value per sample.

    Raises
    ------
    ValueError
        If a sample has two values.
    """
    own = code(column, name)
    first = own.codes[samples.firsts]
    other = np.flatnonzero(own.codes != first[samples.codes])
    if len(other):
        row = other[0]
        sample = samples.codes[row]
        got = f"{own.values[first[sample]]!r} and {own.values[own.codes[row]]!r}"
        raise ValueError(f"sample {samples.values[sample]!r} has {got} in column {name!r}, expected one value.")
    return [own.values[code] for code in first]
