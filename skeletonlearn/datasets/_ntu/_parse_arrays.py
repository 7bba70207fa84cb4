"""The fast way to parse a raw file of NTU RGB+D: files laid out as the sensor's software writes them, by whole arrays.

It gives up, without saying why, on anything else: `_parse_lines` then reads the file or names its fault. So whatever
is accepted here must be accepted there, with the same result.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from skeletonlearn.datasets._ntu._decimal import NUMBER_BYTES, read_decimals
from skeletonlearn.datasets._ntu._recording import (
    MOST_DIGITS,
    N_COLUMNS,
    N_INFO,
    N_JOINTS,
    N_POSITIONS,
    NTURecording,
    make_body,
)

_BLOCK = N_INFO + 1 + N_JOINTS * N_COLUMNS  # numbers of one body in one frame
_ROWS = N_INFO + 1 + N_COLUMNS * np.arange(N_JOINTS)  # the first number of each joint, counted within a block
_LINE_ENDS = np.concatenate([[N_INFO - 1, N_INFO], _ROWS + N_COLUMNS - 1])  # the last number of each line


def parse_arrays(data: bytes, tracking_states: bool, image_positions: bool) -> NTURecording | None:
    """Parse a file whose numbers are parted by single blanks.

    Parameters
    ----------
    data : bytes
        The file.
    tracking_states, image_positions : bool
        What to read besides x, y and z.

    Returns
    -------
    NTURecording or None
        None where the file is faulty, or laid out in another way.
    """
    if not data.endswith(b"\n") or data.endswith(b"\n\n"):
        data = data.rstrip(b" \r\n") + b"\n"
    if data.translate(None, NUMBER_BYTES + b" \r\n"):
        return None
    stops = _find_stops(data)
    if stops is None or len(stops) < _BLOCK or stops[0] == 0:
        return None
    layout = _find_layout(data, stops)
    if layout is None or not _is_sound(layout, data, stops):
        return None
    positions = _positions(data, stops, layout.blocks, N_POSITIONS if image_positions else 3)
    states = _states(data, stops, layout.blocks) if tracking_states else None
    if positions is None or (tracking_states and states is None):
        return None
    bodies, start = [], 0
    for body_id, frames in zip(layout.body_ids, layout.frames, strict=True):
        own = slice(start, start := start + len(frames))
        bodies.append(make_body(int(body_id), frames, positions[own], None if states is None else states[own]))
    return NTURecording(layout.n_frames, bodies)


def _find_stops(data: bytes) -> np.ndarray | None:
    """Where all numbers end: at a blank or line feed each; None where there are others between two numbers."""
    buffer = np.frombuffer(data, np.uint8)
    is_end = buffer <= ord(" ")
    stops = np.flatnonzero(is_end)
    if b"\r" not in data:
        return None if (np.diff(stops) == 1).any() else stops
    is_return = buffer[:-1] == ord("\r")
    if (is_return > (buffer[1:] == ord("\n"))).any() or ((is_end[:-1] & is_end[1:]) != is_return).any():
        return None
    return stops[buffer[stops] != ord("\r")]


def _before_return(buffer: np.ndarray, stops: np.ndarray) -> np.ndarray:
    """Where the last numbers of lines end, given the ends of the lines."""
    return stops - (buffer[stops - 1] == ord("\r"))


class _Layout(NamedTuple):
    """Which numbers of a file are what.

    Parameters
    ----------
    n_frames : int
        The number of frames.
    counts : list of int
        Which numbers tell how many frames and bodies there are.
    body_ids : list of bytes
        The ids of the bodies, as written.
    frames : list of ndarray of int
        Of each body, the frames that show it.
    blocks : ndarray of int
        The first numbers of all blocks (one body in one frame), body after body.
    """

    n_frames: int
    counts: list[int]
    body_ids: list[bytes]
    frames: list[np.ndarray]
    blocks: np.ndarray


def _find_layout(data: bytes, stops: np.ndarray) -> _Layout | None:
    """Go from count to count; None where one is no whole number, or the file does not end where they say."""
    ends, n_numbers = stops.data, len(stops)
    n_frames = _whole(data[: ends[0]])
    if n_frames is None or n_frames > n_numbers:
        return None
    bodies: dict[bytes, tuple[list[int], list[int]]] = {}
    counts = [0]
    at = 1
    for frame in range(n_frames):
        n_bodies = _whole(data[ends[at - 1] + 1 : ends[at]]) if at < n_numbers else None
        counts.append(at)
        at += 1
        if n_bodies is None or n_bodies * _BLOCK > n_numbers - at:
            return None
        for _ in range(n_bodies):
            frames, blocks = bodies.setdefault(data[ends[at - 1] + 1 : ends[at]], ([], []))
            frames.append(frame)
            blocks.append(at)
            at += _BLOCK
    if at != n_numbers or not bodies:
        return None
    frames_of = [np.array(frames) for frames, _ in bodies.values()]
    all_blocks = np.concatenate([np.array(blocks) for _, blocks in bodies.values()])
    return _Layout(n_frames, counts, list(bodies), frames_of, all_blocks)


def _whole(number: bytes) -> int | None:
    """A whole number that is not negative, maybe the last of its line; None for anything else."""
    number = number.removesuffix(b"\r")
    return int(number) if number.isdigit() and len(number) <= MOST_DIGITS else None


def _is_sound(layout: _Layout, data: bytes, stops: np.ndarray) -> bool:
    """Whether lines end where the format ends them, with proper ids, once a frame, and 25 joints in each block."""
    buffer = np.frombuffer(data, np.uint8)
    ends_line = np.zeros(len(stops), dtype=bool)
    ends_line[layout.counts] = True
    ends_line[layout.blocks[:, None] + _LINE_ENDS] = True
    ids = {_whole(body_id) for body_id in layout.body_ids}
    if None in ids or len(ids) < len(layout.body_ids) or any((np.diff(own) == 0).any() for own in layout.frames):
        return False
    last = _before_return(buffer, stops[layout.blocks + N_INFO])  # ends of the numbers of joints
    has_25 = (last - stops[layout.blocks + N_INFO - 1] == 3) & (buffer[last - 2] == ord("2"))
    has_25 &= buffer[last - 1] == ord("5")
    return bool(has_25.all()) and np.array_equal(buffer[stops] == ord("\n"), ends_line)


def _positions(data: bytes, stops: np.ndarray, blocks: np.ndarray, n_columns: int) -> np.ndarray | None:
    """The first columns of all joint rows, float32 (n_blocks, 25, n_columns); None where one is no finite number."""
    before_rows = (blocks[:, None] + _ROWS - 1).ravel()
    ends = stops[before_rows + np.arange(n_columns + 1)[:, None]]  # (1 + n_columns, n_blocks * 25)
    numbers = read_decimals(data, ends[:-1].ravel() + 1, ends[1:].ravel())
    if numbers is None:
        return None
    columns = numbers.reshape(n_columns, len(blocks), N_JOINTS)
    with np.errstate(over="ignore"):
        positions = np.moveaxis(columns, 0, -1).astype(np.float32, order="C")
    return positions if np.isfinite(positions).all() else None


def _states(data: bytes, stops: np.ndarray, blocks: np.ndarray) -> np.ndarray | None:
    """The tracking states of all joint rows, int8 (n_blocks, 25); None where one is not 0, 1 or 2."""
    last = blocks[:, None] + _ROWS + N_COLUMNS - 1
    buffer = np.frombuffer(data, np.uint8)
    ends = _before_return(buffer, stops[last])
    states = buffer[ends - 1] - np.uint8(ord("0"))
    has_one_digit = ends - stops[last - 1] == 2
    return states.astype(np.int8) if has_one_digit.all() and (states <= 2).all() else None
