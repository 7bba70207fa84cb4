"""Sequences from tables: long ones with a row per joint and frame, wide ones with a row per frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn._warnings import warn_user
from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._clip_files import encode_labels
from skeletonlearn.datasets._clip_options import CLIP_TEXTS
from skeletonlearn.datasets._cut_bunch import cut_bunch
from skeletonlearn.datasets._named_joints import find_named_layout, place_joints
from skeletonlearn.datasets._table_columns import (
    Codes,
    Columns,
    ascending,
    code,
    constant,
    floats,
    known_columns,
    read_columns,
)
from skeletonlearn.datasets._table_rows import Rows, check_once, read_rows
from skeletonlearn.datasets._wide_columns import WideColumns, find_wide_columns
from skeletonlearn.skeletons import Skeleton, get_skeleton
from skeletonlearn.skeletons._check_layout import warn_of_wrong_layout

_SPARSEST = 1000  # joints that sequences may have for each row: more come from a column that names no joints
_LABELS = ("class", "label", "target", "action")

_DESCR = """\
Sequences from a table of joints. Coordinates are what the table has; joints without a row are NaN.
"""


@fill_docstring(CLIP_TEXTS)
def sequences_from_table(  # noqa: D417 - shared texts
    table: Any,
    *,
    sample: str | None = "sample",
    frame: str | None = "frame",
    joint: str | None = "joint",
    coordinates: Sequence[str] = ("x", "y", "z"),
    person: str | None = None,
    confidence: str | None = None,
    target: str | None = None,
    subject: str | None = None,
    skeleton: Skeleton | str | None = "auto",
    segments: Any = None,
    fps: float | None = None,
    untrimmed: bool = False,
) -> SkeletonBunch:
    """Make sequences from a long table, a row per joint and frame, or a wide one, a row per frame.

    Rows may be in any order. Joints without a row are NaN. The frames of a sample are those that have a row, in
    ascending order; numbers that are missing leave no gap.

    A table without the column `joint` is wide: joint and coordinate name its columns, in either order, such as
    ``left_wrist_x``, ``x_left_wrist``, ``LeftWrist.X``, ``x15`` or ``lwx``. It may have the confidence in each joint
    beside them, such as ``left_wrist_likelihood``.

    Parameters
    ----------
    table : DataFrame, or mapping of str to array-like of shape (n_rows,)
        A pandas or polars DataFrame, or anything that gives a column by ``table[name]``. Masked values of coordinates
        are missing.
    sample : str or None, default="sample"
        The column that identifies the sample: numbers or texts. None is one sample. So is a wide table without such a
        column.
    frame : str or None, default="frame"
        The column with the frame's number or time. A wide table without it, or with None, has its frames in order.
    joint : str or None, default="joint"
        The column of a long table with the joint's name, or its index in `skeleton`. None is a wide table.
    coordinates : sequence of str, default=("x", "y", "z")
        The columns with the coordinates; ("x", "y") for flat data. In a wide table, the parts of the columns' names
        instead; a wide table without z is flat by itself.
    person : str or None, default=None
        The column that identifies the persons of a sample. They come in natural order, and samples with fewer persons
        than others are filled up by NaN.
    confidence : str or None, default=None
        The column with the confidence in each joint. In a wide table, the part of the columns' names instead; None is
        any of ``likelihood``, ``visibility``, ``confidence``, ``score`` and the like. Joints of confidence 0 are NaN.
    target : str or None, default=None
        The column with the label, one for each sample.
    subject : str or None, default=None
        The column with the subject, one for each sample.
    skeleton : Skeleton, str or None, default="auto"
        The joint layout, or its name. "auto" finds the layout of the catalogue that has joints of these names, in any
        order. If there is none, the layout is built from the names, and from the data where names do not say which
        joints are connected. None is no layout.
    {segments}
    {fps}
    {untrimmed}

    Returns
    -------
    SkeletonBunch
        With samples in order of their first row:

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, n_channels)
            The coordinates, float32; NaN where a joint is missing.
        confidence : list of ndarray of shape (n_frames_i, n_persons * n_joints)
            The confidence, float32, where there are such columns; 0 where a joint has no row.
        target : ndarray of int of shape (n_samples,)
            Classes, from 0, where there is a column.
        target_names : list of str
            The names of the classes in natural order, where there is a column.
        subject : ndarray of shape (n_samples,)
            The subjects, where there is a column.
        skeleton : Skeleton or None
            The layout of one person: the one given or found. None where joints are numbers.
        joint_names : list of str
            The joints of one person in order. Joints of no layout of the catalogue are in ascending order in a long
            table, and in the order of columns in a wide one.
        name : ndarray of shape (n_samples,)
            The values of the column `sample`; "table" without one.
        recording, start, end : ndarray of shape (n_samples,)
            If clips were cut by segments: the name of the recording, and the frames of it. The labels are those of the
            segments.
        left_out : dict of str to str
            If clips were cut by segments: the recordings without any segment.
        DESCR : str
            About the data.

    Raises
    ------
    ValueError
        If a column is missing or not as wanted, if a joint has two rows in a frame, or if target or subject differ
        within a sample; the text names the row or the sample.

    Warns
    -----
    UserWarning
        If a wide table has columns of text that no parameter names: they may be labels or samples.

    See Also
    --------
    sequences_from_array : Takes arrays.
    load_deeplabcut : Reads tables of DeepLabCut.

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

    A wide table:

    >>> wide = pd.DataFrame({"clip": ["a", "a", "b"], "head_x": [1.0, 2.0, 3.0], "head_y": 0.0, "action": "wave"})
    >>> bunch = sequences_from_table(wide, sample="clip", target="action")
    >>> bunch.joint_names, [one.tolist() for one in bunch.sequences]
    (['head'], [[[[1.0, 0.0]], [[2.0, 0.0]]], [[[3.0, 0.0]]]])
    """
    axes = [coordinates] if isinstance(coordinates, str) else list(coordinates or ())
    if not axes:
        raise ValueError(f"coordinates={coordinates!r} must name one column or more, such as ('x', 'y').")
    known = known_columns(table)
    wide = None
    if joint not in known:
        others = {sample, frame, person, target, subject}
        wide = find_wide_columns([name for name in known if name not in others], axes, confidence)
    if wide is not None:
        sample, frame = _unless_absent(sample, "sample", known), _unless_absent(frame, "frame", known)
        own = [*(name for names in wide.coordinates for name in names), *(wide.confidence or [])]
    else:
        own = [name for name in (joint, *axes, confidence) if name is not None]
    facts = [name for name in (target, subject) if name is not None]
    column = read_columns(table, [name for name in (sample, frame, person) if name is not None] + own + facts)
    rows = read_rows(column, sample, frame, person, is_wide=wide is not None)
    if wide is None:
        cells = _long_cells(column, rows, joint, axes, confidence, skeleton)
    else:
        _warn_of_unread(table, [name for name in known if name not in column])
        cells = _wide_cells(column, rows, wide, skeleton)
    entries: dict[str, Any] = cells.scatter(rows)
    if target is not None:
        entries["target"], entries["target_names"] = encode_labels(constant(column[target], target, rows.samples))
    if subject is not None:
        entries["subject"] = np.array(constant(column[subject], subject, rows.samples))
    layout = find_named_layout(cells.joints, skeleton, entries["sequences"], "table")
    if layout is not None:
        warn_of_wrong_layout(entries["sequences"], layout)
    name = np.array(rows.samples.values)
    bunch = SkeletonBunch(**entries, skeleton=layout, joint_names=cells.joints, name=name, DESCR=_DESCR)
    return cut_bunch(bunch, segments, fps, untrimmed)


class _Cells(NamedTuple):
    """The values of joints, and where they belong.

    Parameters
    ----------
    places : ndarray of int of shape (n_cells,)
        Their places among all joints of all persons of all frames.
    values : ndarray of shape (n_cells, n_channels)
        The coordinates.
    scores : ndarray of shape (n_cells,) or None
        The confidence.
    joints : list of str
        The joints of one person.
    """

    places: np.ndarray
    values: np.ndarray
    scores: np.ndarray | None
    joints: list[str]

    def scatter(self, rows: Rows) -> dict[str, list[np.ndarray]]:
        """The sequences, and the confidences if there are any."""
        n_joints = rows.n_persons * len(self.joints)
        if self.scores is None:
            return {"sequences": _scatter(self.values, self.places, rows.lengths, n_joints, np.nan)}
        values = np.where(self.scores[:, None] <= 0, np.nan, self.values)
        scores = np.nan_to_num(self.scores)[:, None]
        return {
            "sequences": _scatter(values, self.places, rows.lengths, n_joints, np.nan),
            "confidence": [one[..., 0] for one in _scatter(scores, self.places, rows.lengths, n_joints, 0.0)],
        }


def _unless_absent(name: str | None, default: str, known: Sequence[Any]) -> str | None:
    return None if name == default and name not in known else name


def _warn_of_unread(table: Any, names: list[Any]) -> None:
    """Warn of columns that may be labels or samples."""
    texts = [
        str(name) for name in names if str(name).lower() in _LABELS or np.asarray(table[name]).dtype.kind in "OUST"
    ]
    if texts:
        warn_user(
            f"The columns {', '.join(map(repr, texts[:5]))}{' ...' * (len(texts) > 5)} of the table were not read. If "
            "they are labels or samples, name them: target=, sample=, person= or subject=."
        )


def _long_cells(
    column: Columns,
    rows: Rows,
    joint: str | None,
    axes: Sequence[str],
    confidence: str | None,
    skeleton: Skeleton | str | None,
) -> _Cells:
    """The cells of a table with a row per joint."""
    name = str(joint)
    places, joints = _joints(code(column[name], name), name, skeleton)
    n_joints = rows.n_persons * len(joints)
    _check_size(int(rows.lengths.sum()), n_joints, len(places))
    index = rows.places * len(joints) + places
    check_once(index, {key: column[key] for key in (*rows.keys, name)})
    values = np.stack([floats(column[axis], axis) for axis in axes], axis=-1)
    return _Cells(index, values, None if confidence is None else floats(column[confidence], confidence), joints)


def _wide_cells(column: Columns, rows: Rows, wide: WideColumns, skeleton: Skeleton | str | None) -> _Cells:
    """The cells of a table with a row per person and frame."""
    check_once(rows.places, {key: column[key] for key in rows.keys})
    places, joints = place_joints(wide.joints, skeleton)
    index = rows.places[:, None] * len(joints) + np.array(places)
    values = [np.stack([floats(column[name], name) for name in names], axis=-1) for names in wide.coordinates]
    scores = None
    if wide.confidence is not None:
        scores = np.stack([floats(column[name], name) for name in wide.confidence], axis=-1).ravel()
    return _Cells(index.ravel(), np.stack(values, axis=-1).reshape(index.size, -1), scores, joints)


def _joints(column: Codes, name: str, skeleton: Skeleton | str | None) -> tuple[np.ndarray, list[str]]:
    """The joint of each row, and the names of all joints."""
    if skeleton is not None and skeleton != "auto":
        return _joints_of_layout(column, name, get_skeleton(skeleton))
    ordered = ascending(column.values)
    is_named = all(isinstance(value, str) for value in ordered)
    places, joints = place_joints(ordered, skeleton if is_named else None)
    place = dict(zip(ordered, places, strict=True))
    return np.array([place[value] for value in column.values])[column.codes], joints


def _joints_of_layout(column: Codes, name: str, layout: Skeleton) -> tuple[np.ndarray, list[str]]:
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


def _check_size(n_frames: int, n_joints: int, n_rows: int) -> None:
    if n_frames * n_joints > _SPARSEST * n_rows:
        raise ValueError(
            f"got {n_rows} rows for {n_frames} frames of {n_joints} joints, expected at least one row for each "
            f"{_SPARSEST} joints: does the column of joints name joints?"
        )


def _scatter(
    values: np.ndarray, cells: np.ndarray, lengths: np.ndarray, n_joints: int, fill: float
) -> list[np.ndarray]:
    """A sequence for each sample, (n_frames_i, n_joints, n_channels), from the values of its cells."""
    n_channels = values.shape[1]
    out = np.full((int(lengths.sum()) * n_joints, n_channels), fill, dtype=np.float32)
    out[cells] = values
    return np.split(out.reshape(-1, n_joints, n_channels), np.cumsum(lengths)[:-1])
