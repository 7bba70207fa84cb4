"""The rows of a table: which sample, frame and person each is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from skeletonlearn.datasets._table_columns import Codes, ascending, code, floats


class Rows(NamedTuple):
    """What the rows are about.

    Parameters
    ----------
    samples : Codes
        The samples.
    places : ndarray of int of shape (n_rows,)
        The place of each row's person among all persons of all frames of all samples.
    lengths : ndarray of int of shape (n_samples,)
        Frames of each sample.
    n_persons : int
        The most persons of any sample.
    keys : tuple of str
        The columns that tell rows apart.
    """

    samples: Codes
    places: np.ndarray
    lengths: np.ndarray
    n_persons: int
    keys: tuple[str, ...]


def read_rows(
    column: Mapping[Any, np.ndarray], sample: str | None, frame: str | None, person: str | None, *, is_wide: bool
) -> Rows:
    """Read the columns that say what the rows are about.

    Parameters
    ----------
    column : mapping of str to ndarray
        The columns.
    sample, frame, person : str or None
        Their names.
    is_wide : bool
        Whether a row is a frame, so that the column of frames may lack.

    Returns
    -------
    Rows
        The rows.

    Raises
    ------
    ValueError
        If a value is missing, or frames have no column though they need one.
    """
    if frame is None and not (is_wide and person is None):
        raise ValueError("frame=None: expected the column of frames; only a wide table of one person can lack it.")
    n_rows = len(next(iter(column.values())))
    one = Codes(np.zeros(n_rows, dtype=np.intp), ["table"], np.zeros(1, dtype=np.intp))
    samples = one if sample is None else code(column[sample], sample)
    moments = np.arange(n_rows) if frame is None else _moments(column[frame], frame)
    frames, lengths = _rank(samples.codes, moments)
    persons, n_persons = np.zeros(n_rows, dtype=np.intp), 1
    if person is not None:
        persons, n_persons = _places(samples.codes, code(column[person], person))
    keys = tuple(name for name in (sample, frame, person) if name is not None)
    return Rows(samples, frames * n_persons + persons, lengths, n_persons, keys)


def check_once(cells: np.ndarray, keys: dict[str, np.ndarray]) -> None:
    """Refuse two rows for one joint, or for one frame of a wide table.

    Parameters
    ----------
    cells : ndarray of int of shape (n_rows,)
        The place of each row.
    keys : dict of str to ndarray
        The columns that tell rows apart, for the error.

    Raises
    ------
    ValueError
        If two rows have one place.
    """
    order = np.argsort(cells, kind="stable")
    again = np.flatnonzero(np.diff(cells[order]) == 0)
    if len(again):
        first, second = order[again[0] : again[0] + 2]
        what = ", ".join(f"{name}={column[first : first + 1].tolist()[0]!r}" for name, column in keys.items())
        raise ValueError(f"rows {first} and {second} are both {what}: expected one row for each joint.")


def _moments(column: np.ndarray, name: str) -> np.ndarray:
    """The rank of each row's frame among all frames."""
    if column.dtype.kind not in "mM":
        column = floats(column, name)
    unknown = np.flatnonzero(np.isnan(column))
    if len(unknown):
        raise ValueError(
            f"column {name!r} has {column[unknown[0]]} in row {unknown[0]}, expected a number in each row."
        )
    return np.unique(column, return_inverse=True)[1]


def _rank(samples: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rank of each row's (sample, value) among all such pairs, and how many each sample has."""
    n_values = int(values.max()) + 1
    pairs, ranks = np.unique(samples * n_values + values, return_inverse=True)
    return ranks, np.bincount(pairs // n_values)


def _places(samples: np.ndarray, persons: Codes) -> tuple[np.ndarray, int]:
    """The place of each row's person among the persons of its sample, and how many places there are."""
    index = {value: at for at, value in enumerate(ascending(persons.values))}
    ranks, counts = _rank(samples, np.array([index[value] for value in persons.values])[persons.codes])
    return ranks - (np.cumsum(counts) - counts)[samples], int(counts.max())
