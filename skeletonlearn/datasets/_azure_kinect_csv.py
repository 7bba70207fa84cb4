"""Tables of Azure Kinect's bodies: a column per joint, whose cells hold three numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from skeletonlearn.datasets._errors import cut
from skeletonlearn.datasets._source import FileContent
from skeletonlearn.skeletons import AZURE_KINECT
from skeletonlearn.skeletons._named_layout import find_joints

Body = tuple[Any, np.ndarray]
"""The id, or None, and the joints in millimetres, (32, 3) in the order of `AZURE_KINECT`."""

_BODY = ("body_id", "bodyid", "body", "id")
_FRAME = ("frame_id", "frameid", "frame", "timestamp_usec", "timestamp", "time")
_LABEL = ("label", "class", "action", "activity", "target")
_NUMBER = re.compile(r"[^\s,;()\[\]]+")


def order_joints(content: FileContent, names: Sequence[str]) -> list[int]:
    """Find the place of each joint of `AZURE_KINECT` among names.

    Parameters
    ----------
    content : FileContent
        The file, for errors.
    names : sequence of str
        The joints as the file names them, such as "SPINE_NAVEL", and other columns.

    Returns
    -------
    list of int
        A place for each joint.

    Raises
    ------
    SkeletonFileError
        If a joint is not there.
    """
    try:
        return find_joints(AZURE_KINECT, [name.strip().upper().removeprefix("K4ABT_JOINT_") for name in names])
    except ValueError as error:
        raise content.fault(f"{error}; the names are {cut(', '.join(names) or 'none', 120)}") from None


def read_csv(content: FileContent) -> tuple[list[list[Body]], str | None]:
    """Read the bodies of each frame of a table, and its label.

    Parameters
    ----------
    content : FileContent
        The file.

    Returns
    -------
    frames : list of list of tuple
        The id and the joints of each body.
    label : str or None
        The value of the column of labels, if there is one.

    Raises
    ------
    SkeletonFileError
        If it is no such table.
    """
    header, rows = _read_table(content)
    order = order_joints(content, header)
    bodies, moments, labels = (_column(header, rows, names) for names in (_BODY, _FRAME, _LABEL))
    if len(set(labels)) > 1:
        raise content.fault(f"got {len(set(labels))} different labels, expected one for the clip, or use segments=")
    frames: list[list[Body]] = []
    for at, (line, row) in enumerate(rows):
        is_same = bodies[at] is not None and moments[at] is not None and at and moments[at] == moments[at - 1]
        frames += [] if is_same else [[]]
        frames[-1].append((bodies[at], np.array([_numbers(content, row[place], line) for place in order])))
    return frames, labels[0]


def _read_table(content: FileContent) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and the other rows with their lines."""
    text = content.text()
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        header, *rows = [(reader.line_num, row) for row in reader if any(row)] or [(1, [])]
    except csv.Error as error:
        raise content.fault(f"got text that is no CSV, expected a column per joint ({error})") from None
    for line, row in rows:
        if len(row) != len(header[1]):
            raise content.fault(f"got {len(row)} cells, expected {len(header[1])} as in the header", line)
    if not rows:
        raise content.fault("got no row below the header, expected one per frame")
    return header[1], rows


def _column(header: list[str], rows: list[tuple[int, list[str]]], names: Sequence[str]) -> list[str | None]:
    """The cells of the first column that has one of some names; None for each row where there is none."""
    columns = [name.strip().lower() for name in header]
    at = next((columns.index(name) for name in names if name in columns), None)
    return [None if at is None else row[at].strip() for _, row in rows]


def _numbers(content: FileContent, cell: str, line: int) -> list[float]:
    """The three numbers of a cell; NaN if it is empty."""
    words = _NUMBER.findall(cell) or ["nan"] * 3
    try:
        x, y, z = map(float, words)
    except ValueError:
        raise content.fault(f"got the cell {cut(cell, 60)!r}, expected three numbers: x y z", line) from None
    return [x, y, z]
