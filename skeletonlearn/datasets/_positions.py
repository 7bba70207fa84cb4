"""From rows of text to joint positions: the checks that all readers of number tables make."""

from __future__ import annotations

import numpy as np

from skeletonlearn.datasets._source import FileContent

_LARGEST = float(np.finfo(np.float32).max)


def read_rows(content: FileContent, n_columns: int, row: str, separator: str | None = None) -> np.ndarray:
    """The numbers of a text file with as many on each line.

    Parameters
    ----------
    content : FileContent
        The file; its blank lines are passed over.
    n_columns : int
        How many numbers a line has.
    row : str
        A line in words, for the error.
    separator : str or None, default=None
        What stands between two numbers; None is white space. One more at the end of a line is allowed.

    Returns
    -------
    ndarray of shape (n_rows, n_columns)
        At least one row, float64. It may hold NaN, but nothing that float32 cannot hold.

    Raises
    ------
    SkeletonFileError
        If the file is empty, or a line has another number of words, text, or an infinite or too large number.
    """
    rows, lines = [], []
    for line, text in enumerate(content.text().split("\n"), start=1):
        words = text.strip().removesuffix(separator or "").split(separator)
        if words in ([], [""]):
            continue
        if len(words) != n_columns:
            raise content.fault(f"got {len(words)} numbers, expected {n_columns}: {row}", line)
        try:
            rows.append([float(word) for word in words])
        except ValueError as error:
            raise content.fault(f"got text that is no number, expected {row} ({error})", line) from None
        lines.append(line)
    if not rows:
        raise content.fault(f"got an empty file, expected lines of {row}")
    table = np.array(rows)
    too_large = (np.abs(table) > _LARGEST).any(axis=1)
    if too_large.any():
        raise content.fault(f"got an infinite or too large number, expected {row}", lines[too_large.argmax()])
    return table


def mark_missing(positions: np.ndarray) -> np.ndarray:
    """Make every coordinate NaN of a joint that is at exactly (0, 0, 0) or has a coordinate that is NaN, in place.

    Parameters
    ----------
    positions : ndarray of shape (n_frames, n_joints, n_channels)
        The joints.

    Returns
    -------
    ndarray of shape (n_frames, n_joints, n_channels)
        The same array.
    """
    positions[np.isnan(positions).any(axis=-1) | ~positions.any(axis=-1)] = np.nan
    return positions


def to_sequence(content: FileContent, positions: np.ndarray, where: str = "") -> np.ndarray:
    """A sequence in float32 from positions in which missing joints are marked.

    Parameters
    ----------
    content : FileContent
        The file that they are from, for the error.
    positions : ndarray of shape (n_frames, n_joints, n_channels)
        The joints.
    where : str, default=""
        The place in the file, to begin the reason with.

    Returns
    -------
    ndarray of shape (n_frames, n_joints, n_channels)
        A contiguous copy.

    Raises
    ------
    SkeletonFileError
        If a number is infinite or too large for float32.
    """
    if (np.abs(positions) > _LARGEST).any():
        raise content.fault(f"{where}got infinite or too large numbers, expected joint positions")
    return np.ascontiguousarray(positions, dtype=np.float32)
