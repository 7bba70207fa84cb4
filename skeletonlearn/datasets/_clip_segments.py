"""Labelled segments of recordings: the table of a caller, and the clips that are cut by it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import numpy as np

from skeletonlearn.datasets._errors import SkeletonFileError, cut
from skeletonlearn.datasets._read_files import LeftOut, Record

_COLUMNS = ("recording", "start", "end", "label")
_WANTED = "expected the columns recording, start, end and label"


@dataclass(frozen=True)
class Segment:
    """A part of a recording.

    Parameters
    ----------
    start, end : int
        Its frames, from 0; the end is the first frame after it.
    label : object
        What it shows.
    place : str
        The place in the table, for errors.
    """

    start: int
    end: int
    label: Any
    place: str


def read_segments(table: Any, fps: float | None) -> dict[str, list[Segment]]:
    """The segments of each recording.

    Parameters
    ----------
    table : DataFrame, mapping of str to array-like, or path-like
        The columns recording, start, end and label; or the path of a CSV file that has them.
    fps : float or None
        Frames per second, where start and end are seconds.

    Returns
    -------
    dict of str to list of Segment
        By the name of the recording, in the order of the rows.

    Raises
    ------
    ValueError
        If the table lacks a column, has no row, or has a row that is no segment; the text names the row.
    """
    columns = _read_csv(table) if isinstance(table, str | PathLike) else _columns(table)
    source = f"{fspath(table)}, line" if isinstance(table, str | PathLike) else "segments, row"
    first = 2 if isinstance(table, str | PathLike) else 0
    segments: dict[str, list[Segment]] = {}
    for at, (recording, start, end, label) in enumerate(zip(*columns, strict=True), start=first):
        segment = _segment(f"{source} {at}", start, end, label, fps)
        segments.setdefault(str(recording), []).append(segment)
    if not segments:
        raise ValueError("segments has no row, expected at least one segment.")
    return segments


def _columns(table: Any) -> list[list[Any]]:
    known = getattr(table, "columns", table)
    if isinstance(table, list | tuple | np.ndarray) or not hasattr(known, "__iter__"):
        raise TypeError(f"segments is a {type(table).__name__}, expected a DataFrame, a mapping or the path of a CSV.")
    missing = [name for name in _COLUMNS if name not in known]
    if missing:
        got = cut(", ".join(map(str, known)) or "none", 200)
        raise ValueError(f"segments has no column {missing[0]!r} but {got}; {_WANTED}.")
    columns = [np.asarray(table[name]).tolist() for name in _COLUMNS]
    if len({len(column) if isinstance(column, list) else -1 for column in columns}) > 1:
        raise ValueError("segments has columns of different lengths, expected a value in each row.")
    return columns


def _read_csv(path: str | PathLike[str]) -> list[list[Any]]:
    try:
        text = Path(path).read_text("utf-8-sig")
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        rows = list(csv.reader(text.splitlines(), delimiter=delimiter))
    except UnicodeDecodeError as error:
        raise SkeletonFileError(path, None, f"got bytes that are no text, {_WANTED} ({error.reason})") from None
    except csv.Error as error:
        raise SkeletonFileError(path, None, f"got text that is no CSV, {_WANTED} ({error})") from None
    header = [cell.strip() for cell in rows[0]] if rows else []
    if missing := [name for name in _COLUMNS if name not in header]:
        raise SkeletonFileError(path, 1, f"got no column {missing[0]!r} but {', '.join(header) or 'none'}, {_WANTED}")
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise SkeletonFileError(path, line, f"got {len(row)} cells, expected {len(header)} as in the header")
    places = [header.index(name) for name in _COLUMNS]
    return [[row[place].strip() for row in rows[1:]] for place in places]


def _segment(place: str, start: Any, end: Any, label: Any, fps: float | None) -> Segment:
    if label is None or label == "" or label != label:  # NaN, where a table has no entry
        raise ValueError(f"{place}: got no label, expected one for each segment.")
    first, last = (_number(place, value) for value in (start, end))
    if not 0 <= first < last:
        raise ValueError(f"{place}: got start {start} and end {end}, expected 0 <= start < end.")
    if fps is not None:
        first = round(first * fps)
        return Segment(int(first), max(round(last * fps), int(first) + 1), label, place)
    if first % 1 or last % 1:
        raise ValueError(f"{place}: got start {start} and end {end}, expected whole frames, or fps= for seconds.")
    return Segment(int(first), int(last), label, place)


def _number(place: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = np.nan
    if not abs(number) < 1e12:  # NaN is not less
        raise ValueError(f"{place}: got {cut(repr(value), 60)}, expected a number of frames or seconds.")
    return number


def find_segments(
    recordings: Sequence[Record], table: Mapping[str, Sequence[Segment]] | None, fps: float | None, left_out: LeftOut
) -> list[list[Segment]] | None:
    """The segments of each recording, those of the caller's table or those that the files hold.

    Parameters
    ----------
    recordings : sequence of dict
        The records.
    table : mapping of str to sequence of Segment or None
        The caller's table, which is used where it is given.
    fps : float or None
        Frames per second of the table, if it is in seconds; its ends may then be a frame late by rounding.
    left_out : LeftOut
        Takes the segments that lie outside of their recording, or whose recording is unknown.

    Returns
    -------
    list of list of Segment, or None
        The sound ones; None where there are none at all to go by.
    """
    if table is None:
        if not any("segments" in one for one in recordings):
            return None
        table = {one["name"]: _own_segments(one) for one in recordings}
    known = [one["name"] for one in recordings]
    for name in table.keys() - {*known, *left_out.by_name}:
        reason = f"got a segment of {cut(repr(name), 80)}, expected the name of a recording, such as {known[0]!r}"
        left_out.add(name, SkeletonFileError(table[name][0].place, None, reason))
    return [_within(one, table.get(one["name"], ()), fps, left_out) for one in recordings]


def _own_segments(recording: Record) -> list[Segment]:
    return [Segment(start, end, label, recording["file"]) for start, end, label in recording.get("segments", ())]


def _within(recording: Record, segments: Iterable[Segment], fps: float | None, left_out: LeftOut) -> list[Segment]:
    """The segments that lie in their recording."""
    n_frames = len(recording["sequence"])
    sound = []
    for at, one in enumerate(segments):
        end = n_frames if fps is not None and one.end == n_frames + 1 else one.end
        if 0 <= one.start < end <= n_frames:
            sound.append(Segment(one.start, end, one.label, one.place))
        else:
            got = f"the segment from {one.start} to {one.end} of {recording['name']!r}"
            reason = f"got {got}, expected it within the {n_frames} frames of the recording"
            left_out.add(f"{recording['name']}#{at}", SkeletonFileError(one.place, None, reason))
    return sound


def cut_clips(recordings: Sequence[Record], segments: Sequence[Sequence[Segment]], left_out: LeftOut) -> list[Record]:
    """A clip for each segment.

    Parameters
    ----------
    recordings : sequence of dict
        The records.
    segments : sequence of sequence of Segment
        Those of each.
    left_out : LeftOut
        Notes the recordings without any segment.

    Returns
    -------
    list of dict
        The clips, named by their recording and their place among its segments.
    """
    clips = []
    for recording, own in zip(recordings, segments, strict=True):
        clips += [_cut(recording, at, segment) for at, segment in enumerate(own)]
        if not own:
            left_out.by_name.setdefault(recording["name"], f"{recording['file']}: has no segment, so no clip was cut")
    return clips


def _cut(recording: Record, at: int, segment: Segment) -> Record:
    n_frames = len(recording["sequence"])
    part = slice(segment.start, segment.end)
    arrays: Record = {key: recording[key][part] for key in ("sequence", "confidence") if key in recording}
    extra = {
        key: value[part] if isinstance(value, list) and len(value) == n_frames else value
        for key, value in recording.get("extra", {}).items()
    }
    origin = {"recording": recording["name"], "start": segment.start, "end": segment.end}
    name = f"{recording['name']}#{at}"
    return {**recording, **arrays, "name": name, "label": segment.label, "extra": extra, "origin": origin}


def tabulate(segments: Sequence[Sequence[Segment]]) -> dict[str, np.ndarray]:
    """The segments as the table that a Bunch of whole recordings holds.

    Parameters
    ----------
    segments : sequence of sequence of Segment
        Those of each recording.

    Returns
    -------
    dict of str to ndarray
        recording (index), start, end (frames) and label (text).
    """
    rows = [(at, one.start, one.end, str(one.label)) for at, own in enumerate(segments) for one in own]
    recording, start, end, label = zip(*rows, strict=True) if rows else ((), (), (), ())
    numbers = {"recording": recording, "start": start, "end": end}
    return {
        **{name: np.array(values, dtype=np.int64) for name, values in numbers.items()},
        "label": np.array(label, dtype=str),
    }
