"""The tables in which users save MediaPipe landmarks."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from skeletonlearn.datasets._mediapipe_landmarks import (
    N_LANDMARKS,
    Landmark,
    Recording,
    find_landmark,
    find_part,
    split_landmarks,
    split_numbers,
)
from skeletonlearn.datasets._source import FileContent
from skeletonlearn.skeletons import MEDIAPIPE_POSE

_AXES = {"x": 0, "y": 1, "z": 2} | dict.fromkeys(("visibility", "vis", "v", "confidence", "score"), 3)
_FRAME = re.compile(r"frame(_?(number|nr|no|num|id|idx|index))?")
_TIME = re.compile(r"time(stamp)?(_?(ms|s|sec|us))?")
_LANDMARK = re.compile(r"(landmark|joint|keypoint|point)(_?(name|id|idx|index|number|nr))?")
_SIDE = re.compile(r"type|part|body_?part|hand|handedness|landmark_type")
_CLASS = re.compile(r"(class|label|action|activity|gesture|sign|target)(_?name)?")
_CLIP = re.compile(r"(clip|video|recording|sequence|sample)(_?(name|id|idx|index|number|nr))?|file_?name|file")
_FORMS = (
    "expected a header that names x and y of each landmark (such as left_shoulder_x, left_hand_4_x or x11), a header "
    "with frame, landmark, x, y, or rows of as many numbers as the landmarks of a pose (33), of hands (21 or 42), or "
    "of both without or with a face have"
)

Target = str | int | None


@dataclass(frozen=True)
class _Table:
    """Rows of as many cells.

    Parameters
    ----------
    content : FileContent
        The file.
    header : list of str
        The names of the columns, lower case, words joined by underscores; empty where there is no header.
    rows : list of list of str
        The cells.
    lines : list of int
        The line of each row.
    """

    content: FileContent
    header: list[str]
    rows: list[list[str]]
    lines: list[int]

    def texts(self, column: int | None) -> list[str] | None:
        """The cells of a column, none of which may be empty; None for no column."""
        if column is None:
            return None
        for row, line in zip(self.rows, self.lines, strict=True):
            if not row[column]:
                name = self.header[column] if self.header else column
                raise self.content.fault(f"got an empty cell in the column {name!r}, expected one value a row", line)
        return [row[column] for row in self.rows]

    def numbers(self, columns: Sequence[int]) -> np.ndarray:
        """The cells of some columns as numbers, (n_rows, n_columns); an empty one is NaN."""
        try:
            return np.array([[float(row[column] or "nan") for column in columns] for row in self.rows])
        except ValueError:
            cells = ((row[at], line) for row, line in zip(self.rows, self.lines, strict=True) for at in columns)
            wrong, line = next((cell, line) for cell, line in cells if not _is_number(cell))
            raise self.content.fault(f"got {wrong!r}, expected a number", line) from None

    def find(self, pattern: re.Pattern[str]) -> int | None:
        """The first column of a name."""
        return next((at for at, name in enumerate(self.header) if pattern.fullmatch(name)), None)


@dataclass(frozen=True)
class _Frames:
    """A row a frame.

    Parameters
    ----------
    parts : dict of str to ndarray of shape (n_rows, n_landmarks, 4)
        The landmarks.
    lines : sequence of int
        The line of each row.
    number : ndarray of shape (n_rows,) or None
        The frame's number.
    clip, classes : sequence of str or None
        The name of the clip and the class.
    """

    parts: dict[str, np.ndarray]
    lines: Sequence[int]
    number: np.ndarray | None
    clip: Sequence[str] | None
    classes: Sequence[str] | None

    def take(self, rows: np.ndarray) -> _Frames:
        """Some of the rows."""
        return replace(
            self,
            parts={part: values[rows] for part, values in self.parts.items()},
            lines=[self.lines[row] for row in rows],
            number=None if self.number is None else self.number[rows],
            clip=None if self.clip is None else [self.clip[row] for row in rows],
            classes=None if self.classes is None else [self.classes[row] for row in rows],
        )


def read_table(content: FileContent, target: Target, clip: Target) -> list[Recording]:
    """The recordings of a table; see `load_mediapipe` for the forms.

    Parameters
    ----------
    content : FileContent
        The file.
    target, clip : str, int or None
        The columns with the class and with the name of the clip.

    Returns
    -------
    list of Recording
        At least one.

    Raises
    ------
    SkeletonFileError
        If the file has none of the forms, or not these columns.
    """
    table = _read_table(content)
    if not table.header:
        frames = _without_header(table, target, clip)
    elif table.find(_LANDMARK) is not None and {"x", "y"} <= set(table.header):
        frames = _long(table, target, clip)
    else:
        frames = _wide(table, target, clip)
    return list(_recordings(content, frames))


def _read_table(content: FileContent) -> _Table:
    rows, lines = _read_rows(content)
    if _counts_columns(rows[0]) and len(rows) > 1:
        rows, lines = rows[1:], lines[1:]
    n_words = sum(not _is_number(cell) for cell in rows[0])
    if n_words <= (len(rows[0]) > 2 * N_LANDMARKS["hand"]):  # one of many cells can be a class
        return _Table(content, [], rows, lines)
    if len(rows) == 1:
        raise content.fault(f"got a header without rows, expected at least one frame; {_FORMS}")
    return _Table(content, [_plain(cell) for cell in rows[0]], rows[1:], lines[1:])


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


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


def _column(table: _Table, which: Target, name: str, pattern: re.Pattern[str]) -> int | None:
    """The column of classes or clips that the caller names, or with "auto" the one that has a usual name."""
    if which == "auto":
        return table.find(pattern)
    n_columns = len(table.rows[0])
    if isinstance(which, str) and _plain(which) in table.header:
        return table.header.index(_plain(which))
    if isinstance(which, int) and 0 <= which < n_columns:
        return which
    if which is None:
        return None
    has = f"{', '.join(table.header[:5])} ..." if table.header else f"{n_columns} without names: give a number"
    raise table.content.fault(f"got no column {name}={which!r}; the columns are {has}")


def _without_header(table: _Table, target: Target, clip: Target) -> _Frames:
    """Rows of numbers, and perhaps the class or the number of the frame before or after them."""
    words = [at for at, cell in enumerate(table.rows[0]) if not _is_number(cell)]
    own = _column(table, words[0] if target == "auto" and words else target, "target", _CLASS)
    clip_at = _column(table, clip, "clip", _CLIP)
    rest = [at for at in range(len(table.rows[0])) if at not in (own, clip_at)]
    for columns, frame in ((rest, None), (rest[1:], rest[:1])):
        parts = split_numbers(table.numbers(columns)) if columns else None
        if parts is not None:
            parts.pop("face", None)
            number = None if frame is None else table.numbers(frame)[:, 0]
            return _Frames(parts, table.lines, number, table.texts(clip_at), table.texts(own))
    raise table.content.fault(f"got rows of {len(rest)} numbers, {_FORMS}", table.lines[0])


def _wide(table: _Table, target: Target, clip: Target) -> _Frames:
    """A row a frame, columns by name."""
    own, clip_at = _column(table, target, "target", _CLASS), _column(table, clip, "clip", _CLIP)
    columns = _landmark_columns(table, {own, clip_at})
    frame = table.find(_FRAME)
    if target == "auto" and own is None:
        known = {clip_at, frame, table.find(_TIME), *(at for part in columns.values() for at in part.values())}
        _refuse_classes(table, known)
    parts = {}
    for part, of_part in columns.items():
        landmarks = np.full((len(table.rows), N_LANDMARKS[part], 4), np.nan)
        number, axis = np.array(list(of_part)).T
        landmarks[:, number, axis] = table.numbers(list(of_part.values()))
        parts[part] = landmarks
    number = None if frame is None else table.numbers([frame])[:, 0]
    return _Frames(parts, table.lines, number, table.texts(clip_at), table.texts(own))


def _refuse_classes(table: _Table, known: set[int | None]) -> None:
    """Refuse a column of words that are repeated: it may hold the labels, which would be lost."""
    for at in sorted(set(range(len(table.header))) - known):
        cells = {row[at] for row in table.rows}
        if any(not _is_number(cell) for cell in cells) and 2 * len(cells) <= max(len(table.rows), 2):
            name = table.header[at]
            raise table.content.fault(
                f"got the column {name!r} that is no landmark and may hold classes; give target={name!r} or "
                f"clip={name!r} if it holds the classes or the clips, target=None if neither",
                1,
            )


def _landmark_columns(table: _Table, own: set[int | None]) -> dict[str, dict[tuple[int, int], int]]:
    """By part the column of each number and axis; those of a face are left out."""
    named = [(at, *parts) for at, name in enumerate(table.header) if at not in own and (parts := _parts(name))]
    starts = _starts([landmark for _, landmark, _ in named])
    spans = split_landmarks(len({one.number for _, one, _ in named if one.part is None})) or {}
    columns: dict[str, dict[tuple[int, int], int]] = {}
    for at, landmark, axis in named:
        place = _place(landmark, starts, spans)
        if place is None or (place[1], axis) in columns.get(place[0], {}):
            name = table.header[at]
            raise table.content.fault(f"got the column {name!r} that is no landmark or comes twice, {_FORMS}", 1)
        columns.setdefault(place[0], {})[place[1], axis] = at
    columns.pop("face", None)
    _check_complete(table, columns)
    return columns


def _starts(landmarks: Sequence[Landmark]) -> dict[str | None, int]:
    """Whether the numbers of each part count from 0 or from 1."""
    least: dict[str | None, int] = {}
    for part, number, is_counted in landmarks:
        if is_counted:
            least[part] = min(number, least.get(part, number))
    return {part: int(number == 1) for part, number in least.items()}


def _place(landmark: Landmark, starts: Mapping[str | None, int], spans: Mapping[str, slice]) -> tuple[str, int] | None:
    """The part of a landmark, and its number from 0 in it; None if there is none."""
    part = landmark.part
    number = landmark.number - (starts.get(part, 0) if landmark.is_counted else 0)
    if part is None:
        found = [(name, number - span.start) for name, span in spans.items() if span.start <= number < span.stop]
        return found[0] if found else None
    return (part, number) if part == "face" or 0 <= number < N_LANDMARKS[part] else None


def _check_complete(table: _Table, columns: dict[str, dict[tuple[int, int], int]]) -> None:
    """Refuse a header that lacks a landmark of a part, or x or y of it."""
    parts = {part: {axis for _, axis in of_part} for part, of_part in columns.items()} or {"body": {0, 1, 2}}
    for part, axes in parts.items():
        wanted = [(number, axis) for number in range(N_LANDMARKS[part]) for axis in sorted({0, 1} | axes - {3})]
        lacking = [
            f"{_name(part, number)}_{'xyz'[axis]}"
            for number, axis in wanted
            if (number, axis) not in columns.get(part, {})
        ]
        if lacking:
            got = f"got a header without {', '.join(lacking[:3])} ({len(lacking)} in all)"
            raise table.content.fault(f"{got}, {_FORMS}", 1)


def _name(part: str, number: int) -> str:
    return MEDIAPIPE_POSE.joints[number] if part == "body" else f"{part}_{number}"


def _parts(name: str) -> tuple[Landmark, int] | None:
    """The landmark and the axis that a column's name means; None if it means none."""
    first, _, rest = name.partition("_")
    start, _, last = name.rpartition("_")
    shortest = re.fullmatch(r"(.*_)?([xyzv]|vis|visibility)([0-9]{1,3})", name)
    tries = [(rest, first), (start, last)]
    tries += [(f"{shortest[1] or ''}{shortest[3]}", shortest[2])] if shortest else []
    for landmark, axis in tries:
        found = find_landmark(landmark) if axis in _AXES else None
        if found is not None:
            return found, _AXES[axis]
    return None


def _long(table: _Table, target: Target, clip: Target) -> _Frames:
    """A row a landmark."""
    frame = table.find(_FRAME)
    frame = table.find(_TIME) if frame is None else frame
    if frame is None:
        raise table.content.fault(f"got columns {', '.join(table.header[:10])} without a frame, {_FORMS}", 1)
    own, clip_at = _column(table, target, "target", _CLASS), _column(table, clip, "clip", _CLIP)
    places = _places_of_rows(table)
    number = table.numbers([frame])[:, 0]
    if np.isnan(number).any():
        raise table.content.fault("got no frame in a row, expected its number", table.lines[np.isnan(number).argmax()])
    names = table.texts(clip_at)
    code = dict(zip(dict.fromkeys(names or ()), range(len(table.rows)), strict=False))
    clips = np.array([code[name] for name in names]) if names else np.zeros(len(number))
    _, firsts, row = np.unique(np.stack([clips, number]), axis=1, return_index=True, return_inverse=True)
    parts = _scatter(table, places, row.ravel(), len(firsts))
    classes = table.texts(own)
    _check_classes(table, classes, row.ravel(), firsts)
    picked = [None if texts is None else [texts[at] for at in firsts] for texts in (names, classes)]
    return _Frames(parts, [table.lines[at] for at in firsts], number[firsts], *picked)


def _places_of_rows(table: _Table) -> list[tuple[str, int]]:
    """The part of each row's landmark, and its number in it."""
    column, side_at = table.find(_LANDMARK), table.find(_SIDE)
    names = [row[column or 0] for row in table.rows]
    sides = [row[side_at] for row in table.rows] if side_at is not None else [""] * len(names)
    known = {pair: _landmark_of(*pair) for pair in set(zip(names, sides, strict=True))}
    starts = _starts([one for one in known.values() if one])
    numbers = {one.number for one in known.values() if one and one.part is None}
    spans = split_landmarks(len(numbers)) or {"body": slice(0, N_LANDMARKS["body"])}
    if spans.keys() == {"body"}:  # some of its landmarks may have no row: the first number says nothing
        starts[None] = int(N_LANDMARKS["body"] in numbers and 0 not in numbers)
    places = []
    for name, side, line in zip(names, sides, table.lines, strict=True):
        found = known[name, side]
        place = found and _place(found, starts, spans)
        if not place:
            wanted = "expected a landmark's name, or its number from 0 or from 1 in its part of the body"
            raise table.content.fault(f"got the landmark {f'{side} {name}'.strip()!r}, {wanted}", line)
        places.append(place)
    return places


def _landmark_of(name: str, side: str) -> Landmark | None:
    part = find_part(side) if side else None
    return find_landmark("_".join(filter(None, (part, _plain(name)))))


def _scatter(table: _Table, places: Sequence[tuple[str, int]], row: np.ndarray, n_rows: int) -> dict[str, np.ndarray]:
    """The landmarks of each frame; NaN where a landmark has no row."""
    visibility = next((at for at, name in enumerate(table.header) if _AXES.get(name) == 3), None)
    axes = [axis for axis in "xyz" if axis in table.header]
    values = np.full((len(row), 4), np.nan)
    values[:, : len(axes)] = table.numbers([table.header.index(axis) for axis in axes])
    if visibility is not None:
        values[:, 3] = table.numbers([visibility])[:, 0]
    parts: dict[str, np.ndarray] = {}
    seen = set()
    for at, (part, number) in enumerate(places):
        if (row[at], part, number) in seen:
            got = f"got {_name(part, number)} again in a frame of its clip"
            raise table.content.fault(f"{got}, expected it once", table.lines[at])
        seen.add((row[at], part, number))
        if part != "face":
            parts.setdefault(part, np.full((n_rows, N_LANDMARKS[part], 4), np.nan))[row[at], number] = values[at]
    return parts


def _check_classes(table: _Table, classes: Sequence[str] | None, row: np.ndarray, firsts: np.ndarray) -> None:
    """Refuse two classes in a frame."""
    for at, one in enumerate(classes or ()):
        first = classes[firsts[row[at]]] if classes else one
        if one != first:
            reason = f"got the class {one!r} in a frame of the class {first!r}, expected one"
            raise table.content.fault(reason, table.lines[at])


def _recordings(content: FileContent, frames: _Frames) -> Iterator[Recording]:
    """Cut a table into recordings: rows of one clip, with the frames in order."""
    groups: dict[str, list[int]] = {}
    for row in range(len(frames.lines)):
        groups.setdefault(frames.clip[row] if frames.clip else "", []).append(row)
    for name, rows in groups.items():
        runs = _runs(content, frames.take(np.array(rows)))
        for at, run in enumerate(runs):
            parts = {part: list(values[:, None]) for part, values in run.parts.items()}
            yield Recording("_".join(filter(None, (name, str(at) * (len(runs) > 1)))), parts, run.classes)


def _runs(content: FileContent, frames: _Frames) -> list[_Frames]:
    """One run of frames in order; several where the numbers of a table with classes start anew."""
    if frames.number is None:
        return [frames]
    starts = [0]
    if frames.classes is not None and len(np.unique(frames.number)) < len(frames.number):
        for row, number in enumerate(frames.number):
            if row and number <= frames.number[starts[-1]]:
                starts.append(row)
    pieces = np.split(np.arange(len(frames.number)), starts[1:])
    return [_in_order(content, frames.take(piece)) for piece in pieces]


def _in_order(content: FileContent, frames: _Frames) -> _Frames:
    """Rows by the number of their frame, which none has twice."""
    number = np.array(frames.number)
    order = np.argsort(number, kind="stable")
    again = order[1:][~(np.diff(number[order]) > 0)]  # NaN is not greater either
    if len(again):
        got = "no frame's number" if np.isnan(number[again[0]]) else f"frame {number[again[0]]:g} again"
        wanted = "expected each number once in a clip; clip= or target= names the column that tells clips apart"
        raise content.fault(f"got {got}, {wanted}", frames.lines[again[0]])
    return frames.take(order)
