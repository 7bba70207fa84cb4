"""The plain way to parse a raw file of NTU RGB+D: line by line, naming the line of the first fault."""

from __future__ import annotations

import re

import numpy as np

from skeletonlearn.datasets._ntu._decimal import NUMBER, NUMBER_BYTES
from skeletonlearn.datasets._ntu._recording import (
    MOST_DIGITS,
    N_COLUMNS,
    N_INFO,
    N_JOINTS,
    N_POSITIONS,
    NTURecording,
    make_body,
)
from skeletonlearn.datasets._source import FileContent

# Where the sensor's software has no value; taken in columns that are not read, and as a pixel that is missing.
_NO_VALUE = re.compile(rb"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_INFINITE = (2 - 2**-24) * 2.0**127  # what is nearer to 2**128 than to the largest float32
_SHOWN = 40  # characters of a faulty line in an error


def parse_lines(content: FileContent, data: bytes, tracking_states: bool, image_positions: bool) -> NTURecording:
    """Parse a file whose numbers are parted by blanks and tabs, its lines ended by LF or CR LF.

    Parameters
    ----------
    content : FileContent
        The file, for errors.
    data : bytes
        Its bytes.
    tracking_states, image_positions : bool
        What to read besides x, y and z.

    Returns
    -------
    NTURecording
        The recording.

    Raises
    ------
    SkeletonFileError
        At the first fault.
    """
    lines = _Lines(content, data)
    n_frames = lines.count("the number of frames")
    if not n_frames:
        raise lines.fault("got 0 frames, expected at least one")
    seen: dict[int, list[tuple[int, list[list[float]], list[int]]]] = {}
    for frame in range(n_frames):
        of_frame = f"of frame {frame + 1} of {n_frames}"
        n_bodies = lines.count(f"the number of bodies {of_frame}")
        for body in range(n_bodies):
            where = f"of body {body + 1} of {n_bodies} {of_frame}"
            body_id = lines.body_id(where)
            appearances = seen.setdefault(body_id, [])
            if appearances and appearances[-1][0] == frame:
                raise lines.fault(f"got the body id {body_id} a second time, expected each once {of_frame}")
            appearances.append((frame, *_joints(lines, where, tracking_states, image_positions)))
    lines.end()
    if not seen:
        raise lines.fault(f"got no body in any of {n_frames} frames, expected at least one")
    bodies = []
    for body_id, appearances in seen.items():
        frames, positions, states = (list(part) for part in zip(*appearances, strict=True))
        known_states = np.array(states, dtype=np.int8) if tracking_states else None
        bodies.append(make_body(body_id, np.array(frames), np.array(positions, dtype=np.float32), known_states))
    return NTURecording(n_frames, bodies)


def _joints(
    lines: _Lines, where: str, tracking_states: bool, image_positions: bool
) -> tuple[list[list[float]], list[int]]:
    """The positions, and the tracking states if asked for, of the joints of a body."""
    n_joints = lines.count(f"the number of joints {where}")
    if n_joints != N_JOINTS:
        raise lines.fault(f"got {n_joints} joints, expected {N_JOINTS}")
    positions, states = [], []
    for joint in range(N_JOINTS):
        row = lines.words(N_COLUMNS, f"joint {joint + 1} {where}")
        read = [lines.coordinate(word) for word in row[:3]]
        if image_positions:
            read += [lines.pixel(word) for word in row[3:N_POSITIONS]]
        positions.append(read)
        if tracking_states:
            states.append(lines.state(row[-1]))
        lines.check_unread(row[len(read) : N_COLUMNS - tracking_states])
    return positions, states


class _Lines:
    """The lines of a file, one after another.

    Parameters
    ----------
    content : FileContent
        The file, for errors.
    data : bytes
        Its bytes.
    """

    def __init__(self, content: FileContent, data: bytes) -> None:
        self._content = content
        self._lines = data.rstrip(b" \t\r\n").split(b"\n") if data.strip(b" \t\r\n") else []
        self._number = 0  # of the lines read so far

    def fault(self, reason: str) -> Exception:
        """The error that names the line read last."""
        return self._content.fault(reason, max(self._number, 1))

    def words(self, n_words: int, what: str) -> list[bytes]:
        """The next line, which must have so many words."""
        if self._number == len(self._lines):
            got = "the end of the file" if self._lines else "an empty file"
            raise self.fault(f"got {got}, expected {what}")
        line = self._lines[self._number]
        self._number += 1
        words = line.removesuffix(b"\r").replace(b"\t", b" ").split(b" ")
        words = [word for word in words if word]
        if len(words) != n_words:
            plural = "number" if n_words == 1 else "numbers"
            raise self.fault(f"got {len(words)} words ({_show(line)}), expected {n_words} {plural}: {what}")
        return words

    def count(self, what: str) -> int:
        """The next line, which must be a whole number that is not negative."""
        (word,) = self.words(1, what)
        return self._whole(word, what)

    def body_id(self, where: str) -> int:
        """The number of a body, from the next line, which starts the body."""
        words = self.words(N_INFO, f"the id, eight states and the tracking state {where}")
        self.check_unread(words[1:])
        return self._whole(words[0], f"the body id {where}")

    def _whole(self, word: bytes, what: str) -> int:
        if not word.isdigit() or len(word) > MOST_DIGITS:
            raise self.fault(f"got {_show(word)}, expected a whole number of at most {MOST_DIGITS} digits: {what}")
        return int(word)

    def coordinate(self, word: bytes) -> float:
        """A coordinate in metres; finite, also as float32."""
        if not NUMBER.fullmatch(word) or not abs(value := float(word)) < _INFINITE:
            raise self.fault(f"got {_show(word)}, expected a finite number")
        return value

    def pixel(self, word: bytes) -> float:
        """A pixel; NaN where the joint is outside the image."""
        return float("nan") if _NO_VALUE.fullmatch(word) else self.coordinate(word)

    def state(self, word: bytes) -> int:
        """A tracking state."""
        if word not in (b"0", b"1", b"2"):
            raise self.fault(f"got the tracking state {_show(word)}, expected 0, 1 or 2")
        return int(word)

    def check_unread(self, words: list[bytes]) -> None:
        """Refuse text in columns that are not read; whether each is a proper number is not looked at."""
        if not b"".join(words).translate(None, NUMBER_BYTES):
            return
        for word in words:
            if word.translate(None, NUMBER_BYTES) and not _NO_VALUE.fullmatch(word):
                raise self.fault(f"got {_show(word)}, expected a number")

    def end(self) -> None:
        """Refuse more text."""
        if self._number < len(self._lines):
            self._number += 1
            got = _show(self._lines[self._number - 1])
            raise self.fault(f"got {got}, expected the end of the file after the last frame")


def _show(text: bytes) -> str:
    """Text for an error, cut, with any byte."""
    shown = text.strip().decode("ascii", "backslashreplace")
    return repr(shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "...")
