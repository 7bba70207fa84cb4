"""Poses of several individuals from the columns of a table, each of an individual, a body part and a coordinate."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skeletonlearn.datasets._errors import cut
from skeletonlearn.datasets._source import FileContent
from skeletonlearn.skeletons._named_layout import MOST_JOINTS

LEVELS = ("scorer", "individuals", "bodyparts", "coords")

Column = tuple[str, ...]
"""The name of a column at each level: with or without the individual."""

_COORDINATES = ("x", "y", "z", "likelihood")
_UNIQUE = "single"  # the individual to which DeepLabCut gives points that are there once, such as those of the arena
_WANTED = "expected header rows scorer, (individuals,) bodyparts and coords"


@dataclass(frozen=True)
class PoseTable:
    """The poses of a recording.

    Parameters
    ----------
    joints : list of str
        The names of the joints.
    people : ndarray of shape (n_frames, n_individuals, n_joints, n_channels + 1)
        Coordinates, then the confidence.
    bones : list of list of str, or None
        Pairs of joints, if the file has them.
    """

    joints: list[str]
    people: np.ndarray
    bones: list[list[str]] | None = None


def read_columns_csv(content: FileContent) -> PoseTable:
    """Read a table of text.

    Parameters
    ----------
    content : FileContent
        The file.

    Returns
    -------
    PoseTable
        The poses.

    Raises
    ------
    SkeletonFileError
        If it is no such table.
    """
    reader = csv.reader(io.StringIO(content.text()))
    try:
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise content.fault(f"got text that is no CSV, {_WANTED} ({error})") from None
    header = {row[0].strip().lower(): row for _, row in rows[: len(LEVELS)] if row[0].strip().lower() in LEVELS}
    if not {"bodyparts", "coords"} <= header.keys():
        raise content.fault(f"got {cut(','.join(rows[0][1]) if rows else 'an empty file', 80)!r}, {_WANTED}", 1)
    for line, row in rows:
        if len(row) != len(header["coords"]):
            raise content.fault(f"got {len(row)} cells, expected {len(header['coords'])} as in the header", line)
    kept = [at for at, name in enumerate(header["coords"]) if name.strip().lower() in _COORDINATES]
    columns = [tuple(header[level][at].strip() for level in LEVELS if level in header) for at in kept]
    values = [_numbers(content, line, [row[at] for at in kept]) for line, row in rows[len(header) :]]
    return gather_columns(content, columns, np.array(values).reshape(len(values), len(kept)))


def _numbers(content: FileContent, line: int, cells: list[str]) -> list[float]:
    try:
        return [float(cell) if cell.strip() else np.nan for cell in cells]
    except ValueError as error:
        raise content.fault(f"got text that is no number, expected coordinates ({cut(str(error), 80)})", line) from None


def gather_columns(content: FileContent, columns: Sequence[Column], values: np.ndarray) -> PoseTable:
    """Lay columns out as poses, by their names.

    Parameters
    ----------
    content : FileContent
        The file, for errors.
    columns : sequence of tuple of str
        The name of each column at each level; of four levels, the second is the individual.
    values : ndarray of shape (n_frames, n_columns)
        The numbers.

    Returns
    -------
    PoseTable
        Individuals and joints in the order of the columns.

    Raises
    ------
    SkeletonFileError
        If a column is missing or comes twice, or there is no frame.
    """
    if not all(len(column) in (3, 4) and all(isinstance(name, str) for name in column) for column in columns):
        raise content.fault(f"got columns of other levels, {_WANTED}")
    place = {_name(column): at for at, column in enumerate(columns) if column[-1].lower() in _COORDINATES}
    persons = list(dict.fromkeys(person for person, _, _ in place))
    persons = [person for person in persons if person != _UNIQUE] or persons
    joints = list(dict.fromkeys(joint for person, joint, _ in place if person in persons))
    present = {coordinate for person, _, coordinate in place if person in persons}
    coordinates = [one for one in _COORDINATES if one in present]
    wanted = len(persons) * len(joints) * len(coordinates)
    if not {"x", "y"} <= present or not len(values):
        raise content.fault(f"got {len(columns)} columns and {len(values)} frames, expected x and y of a body part")
    if len(place) < len(columns) or len(joints) > MOST_JOINTS or wanted > len(place):
        got = f"{len(place)} different columns of {len(columns)} for {len(joints)} body parts of {len(persons)}"
        raise content.fault(f"got {got} individuals, expected {', '.join(coordinates)} of each body part of each")
    people = np.full((len(values), len(persons), len(joints), len(coordinates)), np.nan)
    for (person, joint, coordinate), at in place.items():
        if person in persons:
            people[:, persons.index(person), joints.index(joint), coordinates.index(coordinate)] = values[:, at]
    return PoseTable(joints, people if "likelihood" in present else with_confidence(people))


def _name(column: Column) -> tuple[str, str, str]:
    """The individual, the body part and the coordinate of a column."""
    return column[-3] if len(column) == len(LEVELS) else "", column[-2], column[-1].lower()


def with_confidence(people: np.ndarray) -> np.ndarray:
    """Append a confidence of 1 to each joint that is there, and of 0 to the others."""
    return np.concatenate([people, ~np.isnan(people).any(axis=-1, keepdims=True)], axis=-1)
