"""The CSV forms in which users save MediaPipe poses."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

import numpy as np

from skeletonlearn.datasets._source import FileContent
from skeletonlearn.skeletons import MEDIAPIPE_POSE

_AXES = {"x": 0, "y": 1, "z": 2} | dict.fromkeys(("visibility", "vis", "v", "confidence", "score"), 3)
_N_LANDMARKS = MEDIAPIPE_POSE.n_joints
# MediaPipe's own names where the layout's differ
_OWN = {f"mouth_{side}": f"{side}_mouth" for side in ("left", "right")}
_OWN |= {f"{side}_foot_index": f"{side}_foot" for side in ("left", "right")}
_NUMBER = {name: at for at, name in enumerate(MEDIAPIPE_POSE.joints)}
_NUMBER |= {own: _NUMBER[name] for own, name in _OWN.items()}
_PREFIX = re.compile(r"^(pose_?)?(landmarks?_?|lm_?|kp_?|keypoint_?|point_?|joint_?)?(?=.)")
_FRAME = re.compile(r"frame(_?(number|nr|no|num|id|idx|index))?")
_TIME = re.compile(r"time(stamp)?(_?(ms|s|sec|us))?")
_LANDMARK = re.compile(r"(landmark|joint|keypoint|point)(_?(name|id|idx|index|number|nr))?")
_FORMS = (
    f"expected a header with x, y and z of {_N_LANDMARKS} landmarks (such as left_shoulder_x or x11), a header with "
    f"frame, landmark, x, y, z, or rows of {4 * _N_LANDMARKS} or {3 * _N_LANDMARKS} numbers"
)

Rows = Sequence[Sequence[str]]


def read_csv_frames(content: FileContent) -> list[np.ndarray]:
    """The pose of each frame; see `load_mediapipe` for the forms.

    Parameters
    ----------
    content : FileContent
        The file.

    Returns
    -------
    list of ndarray of shape (1, 33, 4)
        x, y, z and visibility; NaN where there is none.

    Raises
    ------
    SkeletonFileError
        If the file has none of the forms.
    """
    rows, lines = _read_rows(content)
    if _counts_columns(rows[0]) and len(rows) > 1:
        rows, lines = rows[1:], lines[1:]
    if all(_is_number(cell) for cell in rows[0]):
        frames = _without_header(content, rows, lines)
    else:
        header = [re.sub(r"[^a-z0-9]+", "_", cell.lower()).strip("_") for cell in rows[0]]
        if len(rows) == 1:
            raise content.fault("got a header without rows, expected at least one frame")
        is_long = _find(header, _LANDMARK) is not None and {"x", "y", "z"} <= set(header)
        read = _long if is_long else _wide
        frames = read(content, header, rows[1:], lines[1:])
    return list(frames[:, None])


def _read_rows(content: FileContent) -> tuple[list[list[str]], list[int]]:
    """Rows of as many cells, and their lines."""
    text = content.text()
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows, lines = [], []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append([cell.strip() for cell in row])
                lines.append(reader.line_num)
    except csv.Error as error:
        raise content.fault(f"got text that is no CSV ({error})", reader.line_num) from None
    if not rows:
        raise content.fault(f"got no row, {_FORMS}")
    for row, line in zip(rows, lines, strict=True):
        if len(row) != len(rows[0]):
            raise content.fault(f"got {len(row)} cells, expected {len(rows[0])} as in the first row", line)
    return rows, lines


def _counts_columns(row: Sequence[str]) -> bool:
    """Whether a row is the header that pandas gives columns without names: 0, 1, 2 ..., perhaps after an empty cell."""
    cells = row[1:] if row[0] == "" else row
    return list(cells) == [str(at) for at in range(len(cells))]


def _is_number(cell: str) -> bool:
    try:
        float(cell or "nan")
    except ValueError:
        return False
    return True


def _numbers(content: FileContent, rows: Rows, lines: Sequence[int], columns: Sequence[int]) -> np.ndarray:
    """The cells of some columns as numbers; an empty one is NaN."""
    try:
        return np.array([[float(row[column] or "nan") for column in columns] for row in rows])
    except ValueError:
        cells = ((row[column], line) for row, line in zip(rows, lines, strict=True) for column in columns)
        wrong, line = next((cell, line) for cell, line in cells if not _is_number(cell))
        raise content.fault(f"got {wrong!r}, expected a number", line) from None


def _without_header(content: FileContent, rows: Rows, lines: Sequence[int]) -> np.ndarray:
    """Rows of nothing but numbers, (n_frames, 33, 4)."""
    n_cells = len(rows[0])
    for n_values in (4, 3):
        rest = n_cells - n_values * _N_LANDMARKS
        if rest in (0, 1):
            values = _numbers(content, rows, lines, range(rest, n_cells)).reshape(len(rows), _N_LANDMARKS, n_values)
            frames = np.full((len(rows), _N_LANDMARKS, 4), np.nan)
            frames[..., :n_values] = values
            order = _order(content, rows, lines, 0) if rest else slice(None)
            return frames[order]
    raise content.fault(f"got rows of {n_cells} numbers, {_FORMS}", lines[0])


def _find(header: Sequence[str], pattern: re.Pattern[str]) -> int | None:
    """The first column of a name."""
    return next((at for at, name in enumerate(header) if pattern.fullmatch(name)), None)


def _order(content: FileContent, rows: Rows, lines: Sequence[int], column: int) -> np.ndarray:
    """The order of rows by the number of their frame, which none has twice."""
    number = _numbers(content, rows, lines, [column])[:, 0]
    order = np.argsort(number, kind="stable")
    again = np.flatnonzero(~(np.diff(number[order]) > 0))  # NaN is not greater either
    if len(again):
        at = order[again[0] + 1]
        raise content.fault(f"got frame {rows[at][column]!r} again, expected each number once", lines[at])
    return order


def _wide(content: FileContent, header: Sequence[str], rows: Rows, lines: Sequence[int]) -> np.ndarray:
    """A row a frame, columns by name, (n_frames, 33, 4)."""
    columns = _columns(content, header)
    values = _numbers(content, rows, lines, list(columns.values()))
    frames = np.full((len(rows), _N_LANDMARKS, 4), np.nan)
    landmarks, axes = zip(*columns, strict=True)
    frames[:, landmarks, axes] = values
    frame = _find(header, _FRAME)
    return frames if frame is None else frames[_order(content, rows, lines, frame)]


def _columns(content: FileContent, header: Sequence[str]) -> dict[tuple[int, int], int]:
    """The column of each axis of each landmark."""
    named = [(at, *parts) for at, name in enumerate(header) if (parts := _parts(name)) is not None]
    least = min((landmark for _, landmark, _ in named if isinstance(landmark, int)), default=0)
    start = 1 if least == 1 else 0
    columns: dict[tuple[int, int], int] = {}
    for at, landmark, axis in named:
        number = _NUMBER[landmark] if isinstance(landmark, str) else landmark - start
        if not 0 <= number < _N_LANDMARKS or (number, axis) in columns:
            raise content.fault(f"got the column {header[at]!r} that is no landmark or comes twice, {_FORMS}", 1)
        columns[number, axis] = at
    lacking = [
        f"{name}_{'xyz'[axis]}"
        for number, name in enumerate(MEDIAPIPE_POSE.joints)
        for axis in range(3)
        if (number, axis) not in columns
    ]
    if lacking:
        raise content.fault(f"got a header without {', '.join(lacking[:3])} ({len(lacking)} in all), {_FORMS}", 1)
    return columns


def _parts(name: str) -> tuple[str | int, int] | None:
    """The landmark and the axis that a column's name says; None if it says none."""
    first, _, rest = name.partition("_")
    start, _, last = name.rpartition("_")
    shortest = re.fullmatch(r"([xyzv]|vis|visibility)([0-9]{1,3})", name)
    tries = [(rest, first), (start, last)] + ([(shortest[2], shortest[1])] if shortest else [])
    for landmark, axis in tries:
        if axis in _AXES:
            found = _landmark(landmark)
            if found is not None:
                return found, _AXES[axis]
    return None


def _landmark(name: str) -> str | int | None:
    """A landmark's name as the layout knows it, or its number as the file counts."""
    name = _PREFIX.sub("", name)
    if re.fullmatch(r"[0-9]{1,3}", name):
        return int(name)
    return name if name in _NUMBER else None


def _long(content: FileContent, header: Sequence[str], rows: Rows, lines: Sequence[int]) -> np.ndarray:
    """A row a landmark, (n_frames, 33, 4)."""
    frame_column = _find(header, _FRAME)
    frame_column = _find(header, _TIME) if frame_column is None else frame_column
    if frame_column is None:
        raise content.fault(f"got columns {', '.join(header)} without a frame, {_FORMS}", 1)
    landmark_column = next(at for at, name in enumerate(header) if _LANDMARK.fullmatch(name))
    number = _numbers(content, rows, lines, [frame_column])[:, 0]
    unknown = np.flatnonzero(np.isnan(number))
    if len(unknown):
        raise content.fault("got no frame in a row, expected its number", lines[unknown[0]])
    _, frame = np.unique(number, return_inverse=True)
    landmark = _landmark_numbers(content, [row[landmark_column] for row in rows], lines)
    cell = frame * _N_LANDMARKS + landmark
    _, firsts = np.unique(cell, return_index=True)
    if len(firsts) < len(cell):
        at = np.setdiff1d(np.arange(len(cell)), firsts)[0]
        got = f"landmark {rows[at][landmark_column]!r} of frame {rows[at][frame_column]!r} again"
        raise content.fault(f"got {got}, expected it once", lines[at])
    visibility = next((at for at, name in enumerate(header) if _AXES.get(name) == 3), None)
    columns = [header.index(axis) for axis in "xyz"] + ([] if visibility is None else [visibility])
    frames = np.full(((frame.max() + 1) * _N_LANDMARKS, 4), np.nan)
    frames[cell, : len(columns)] = _numbers(content, rows, lines, columns)
    return frames.reshape(-1, _N_LANDMARKS, 4)


def _landmark_numbers(content: FileContent, cells: Sequence[str], lines: Sequence[int]) -> np.ndarray:
    """The number, from 0, of the landmark that each cell names."""
    known = {cell: _landmark(re.sub(r"[^a-z0-9]+", "_", cell.lower()).strip("_")) for cell in set(cells)}
    numbers = {one for one in known.values() if isinstance(one, int)}
    start = 1 if _N_LANDMARKS in numbers and 0 not in numbers else 0
    wanted = f"expected a landmark's name, or its number from 0 to {_N_LANDMARKS - 1} or 1 to {_N_LANDMARKS}"
    code = {
        cell: _NUMBER[one] if isinstance(one, str) else one - start for cell, one in known.items() if one is not None
    }
    for cell, line in zip(cells, lines, strict=True):
        if not 0 <= code.get(cell, -1) < _N_LANDMARKS:
            raise content.fault(f"got the landmark {cell!r}, {wanted}", line)
    return np.array([code[cell] for cell in cells])
