"""Sequences from a table with a row for each joint of each frame."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from os import PathLike
from typing import Any, NamedTuple

import numpy as np

from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._clip_files import encode_labels, natural_key
from skeletonlearn.skeletons import Skeleton, get_skeleton

_SPARSEST = 1000  # joints that sequences may have for each row: more come from a column that names no joints

_DESCR = """\
Sequences from a table of joints. Coordinates are what the table has; joints without a row are NaN.
"""


def sequences_from_table(
    table: Any,
    *,
    sample: str = "sample",
    frame: str = "frame",
    joint: str = "joint",
    coordinates: Sequence[str] = ("x", "y", "z"),
    person: str | None = None,
    confidence: str | None = None,
    target: str | None = None,
    subject: str | None = None,
    skeleton: Skeleton | str | None = None,
) -> SkeletonBunch:
    """Make sequences from a table with a row for each joint of each frame of each sample.

    Rows may be in any order. Joints without a row are NaN. The frames of a sample are those that have a row, in
    ascending order; numbers that are missing leave no gap.

    Parameters
    ----------
    table : DataFrame, or mapping of str to array-like of shape (n_rows,)
        A pandas or polars DataFrame, or anything that gives a column by ``table[name]``.
    sample : str, default="sample"
        The column that tells samples apart: numbers or texts.
    frame : str, default="frame"
        The column with the frame's number or time.
    joint : str, default="joint"
        The column with the joint's name, or its index in `skeleton`.
    coordinates : sequence of str, default=("x", "y", "z")
        The columns with the coordinates; ("x", "y") for flat data.
    person : str or None, default=None
        The column that tells the persons of a sample apart. They come in natural order, and samples with fewer persons
        than others are filled up by NaN.
    confidence : str or None, default=None
        The column with the confidence in each joint.
    target : str or None, default=None
        The column with the label, one for each sample.
    subject : str or None, default=None
        The column with the subject, one for each sample.
    skeleton : Skeleton, str or None, default=None
        The joint layout, or its name. With None, the joints are the distinct values of the column `joint`, in
        ascending order: check `joint_names`.

    Returns
    -------
    SkeletonBunch
        With samples in order of their first row:

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, n_channels)
            The coordinates, float32; NaN where a joint is missing.
        confidence : list of ndarray of shape (n_frames_i, n_persons * n_joints)
            The confidence, float32, where there is a column; 0 where a joint has no row.
        target : ndarray of int of shape (n_samples,)
            Classes, from 0, where there is a column.
        target_names : list of str
            The names of the classes in natural order, where there is a column.
        subject : ndarray of shape (n_samples,)
            The subjects, where there is a column.
        skeleton : Skeleton or None
            The layout of one person, if given.
        joint_names : list of str
            The joints of one person in order.
        name : ndarray of shape (n_samples,)
            The values of the column `sample`.
        DESCR : str
            About the data.

    Raises
    ------
    ValueError
        If a column is missing or not as wanted, if a joint has two rows in a frame, or if target or subject differ
        within a sample; the text names the row or the sample.

    Examples
    --------
    >>> import pandas as pd
    >>> from skeletonlearn.datasets import sequences_from_table
    >>> table = pd.DataFrame({
    ...     "clip": ["a", "a", "a", "b"], "time": [1, 0, 1, 5], "joint": ["head", "head", "hand", "hand"],
    ...     "x": [1.0, 2.0, 3.0, 4.0], "y": 0.0, "action": ["wave", "wave", "wave", "kick"]
    ... })
    >>> bunch = sequences_from_table(
    ...     table, sample="clip", frame="time", coordinates=("x", "y"), target="action"
    ... )
    >>> bunch.joint_names, bunch.sequences[0][..., 0].tolist(), bunch.target_names, bunch.target
    (['hand', 'head'], [[nan, 2.0], [3.0, 1.0]], ['kick', 'wave'], array([1, 0]))
    """
    axes = [coordinates] if isinstance(coordinates, str) else list(coordinates or ())
    if not axes:
        raise ValueError(f"coordinates={coordinates!r} must name one column or more, such as ('x', 'y').")
    optional = [name for name in (person, confidence, target, subject) if name is not None]
    column = _read_columns(table, [sample, frame, joint, *axes, *optional])
    samples = _code(column[sample], sample)
    layout = None if skeleton is None else get_skeleton(skeleton)
    joints, joint_names = _joints(_code(column[joint], joint), joint, layout)
    rows, lengths = _rank(samples.codes, _moments(column[frame], frame))
    places, n_persons = np.zeros_like(joints), 1
    if person is not None:
        places, n_persons = _places(samples.codes, _code(column[person], person))
    n_joints = n_persons * len(joint_names)
    _check_size(int(lengths.sum()), n_joints, len(joints))
    cells = rows * n_joints + places * len(joint_names) + joints
    keys = [sample, frame, joint] if person is None else [sample, frame, person, joint]
    _check_once(cells, {name: column[name] for name in keys})
    values = np.stack([_floats(column[name], name) for name in axes], axis=-1)
    entries: dict[str, Any] = {"sequences": _scatter(values, cells, lengths, n_joints, np.nan)}
    if confidence is not None:
        given = np.nan_to_num(_floats(column[confidence], confidence))[:, None]
        entries["confidence"] = [one[..., 0] for one in _scatter(given, cells, lengths, n_joints, 0.0)]
    if target is not None:
        entries["target"], entries["target_names"] = encode_labels(_constant(column[target], target, samples))
    if subject is not None:
        entries["subject"] = np.array(_constant(column[subject], subject, samples))
    name = np.array(samples.values)
    return SkeletonBunch(**entries, skeleton=layout, joint_names=joint_names, name=name, DESCR=_DESCR)


class _Codes(NamedTuple):
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


def _read_columns(table: Any, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Columns of equal length, and of one row at least."""
    if isinstance(table, str | PathLike | np.ndarray | list | tuple):
        raise TypeError(f"table is a {type(table).__name__}, expected a DataFrame, such as pandas.read_csv gives.")
    has = getattr(table, "columns", table)
    known = list(has) if hasattr(has, "__iter__") else []
    for name in names:
        if known.count(name) > 1:
            raise ValueError(f"table has {known.count(name)} columns {name!r}, expected one.")
        if name not in known:
            raise ValueError(f"table has no column {name!r}; it has {', '.join(map(str, known)) or 'none'}.")
    columns = {name: np.asarray(table[name]) for name in names}
    shapes = {values.shape for values in columns.values()}
    if len(shapes) > 1 or columns[names[0]].ndim != 1 or not len(columns[names[0]]):
        raise ValueError(f"table has columns of shapes {sorted(shapes)}, expected one shape (n_rows,) and rows in it.")
    return columns


def _code(column: np.ndarray, name: str) -> _Codes:
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
    return _Codes(codes, list(code), firsts)


def _is_unknown(value: Any) -> bool:
    try:
        return value is None or bool(value != value)
    except TypeError:  # the NA of pandas
        return True


def _ascending(values: Sequence[Any]) -> list[Any]:
    """Numbers by value, all else in natural order."""
    if all(isinstance(value, Real) for value in values):
        return sorted(values)
    return sorted(values, key=natural_key)


def _joints(column: _Codes, name: str, layout: Skeleton | None) -> tuple[np.ndarray, list[str]]:
    """The joint of each row, and the names of all joints."""
    if layout is None:
        joints = _ascending(column.values)
        index = {value: at for at, value in enumerate(joints)}
        return np.array([index[value] for value in column.values])[column.codes], [str(joint) for joint in joints]
    numbers = []
    for value, row in zip(column.values, column.firsts, strict=True):
        number = layout.joints.index(value) if value in layout.joints else value
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < layout.n_joints:
            raise ValueError(
                f"column {name!r} has {value!r} in row {row}, expected an index from 0 to {layout.n_joints - 1} or a "
                f"joint of {layout.name}: {', '.join(layout.joints)}."
            )
        numbers.append(number)
    return np.array(numbers)[column.codes], list(layout.joints)


def _moments(column: np.ndarray, name: str) -> np.ndarray:
    """The rank of each row's frame among all frames."""
    if column.dtype.kind not in "mM":
        column = _floats(column, name)
    unknown = np.flatnonzero(np.isnan(column))
    if len(unknown):
        raise ValueError(
            f"column {name!r} has {column[unknown[0]]} in row {unknown[0]}, expected a number in each row."
        )
    return np.unique(column, return_inverse=True)[1]


def _floats(column: np.ndarray, name: str) -> np.ndarray:
    try:
        numbers = column.astype(np.float64)
    except (ValueError, TypeError) as error:
        raise ValueError(f"column {name!r} must have numbers ({error}).") from None
    too_large = np.flatnonzero(np.abs(numbers) > np.finfo(np.float32).max)
    if len(too_large):
        row = too_large[0]
        raise ValueError(f"column {name!r} has {numbers[row]:g} in row {row}, expected finite numbers or NaN.")
    return numbers


def _rank(samples: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rank of each row's (sample, value) among all such pairs, and how many each sample has."""
    n_values = int(values.max()) + 1
    pairs, ranks = np.unique(samples * n_values + values, return_inverse=True)
    return ranks, np.bincount(pairs // n_values)


def _places(samples: np.ndarray, persons: _Codes) -> tuple[np.ndarray, int]:
    """The place of each row's person among the persons of its sample, and how many places there are."""
    index = {value: at for at, value in enumerate(_ascending(persons.values))}
    ranks, counts = _rank(samples, np.array([index[value] for value in persons.values])[persons.codes])
    return ranks - (np.cumsum(counts) - counts)[samples], int(counts.max())


def _check_size(n_frames: int, n_joints: int, n_rows: int) -> None:
    if n_frames * n_joints > _SPARSEST * n_rows:
        raise ValueError(
            f"got {n_rows} rows for {n_frames} frames of {n_joints} joints, expected at least one row for each "
            f"{_SPARSEST} joints: does the column of joints name joints?"
        )


def _check_once(cells: np.ndarray, keys: dict[str, np.ndarray]) -> None:
    """Refuse two rows for one joint."""
    order = np.argsort(cells, kind="stable")
    again = np.flatnonzero(np.diff(cells[order]) == 0)
    if len(again):
        first, second = order[again[0] : again[0] + 2]
        what = ", ".join(f"{name}={column[first : first + 1].tolist()[0]!r}" for name, column in keys.items())
        raise ValueError(f"rows {first} and {second} are both {what}: expected one row for each joint.")


def _scatter(
    values: np.ndarray, cells: np.ndarray, lengths: np.ndarray, n_joints: int, fill: float
) -> list[np.ndarray]:
    """A sequence for each sample, (n_frames_i, n_joints, n_channels), from the values of its cells."""
    n_channels = values.shape[1]
    out = np.full((int(lengths.sum()) * n_joints, n_channels), fill, dtype=np.float32)
    out[cells] = values
    return np.split(out.reshape(-1, n_joints, n_channels), np.cumsum(lengths)[:-1])


def _constant(column: np.ndarray, name: str, samples: _Codes) -> list[Any]:
    """The value of each sample in a column that has one value for each."""
    own = _code(column, name)
    first = own.codes[samples.firsts]
    other = np.flatnonzero(own.codes != first[samples.codes])
    if len(other):
        row = other[0]
        sample = samples.codes[row]
        got = f"{own.values[first[sample]]!r} and {own.values[own.codes[row]]!r}"
        raise ValueError(f"sample {samples.values[sample]!r} has {got} in column {name!r}, expected one value.")
    return [own.values[code] for code in first]
