"""What a C3D file holds: the positions of its points, their names, and the unit, axes and rate of the recording."""

from __future__ import annotations

import io
import re
import struct
import warnings
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from skeletonlearn.datasets._errors import SkeletonFileError, cut
from skeletonlearn.datasets._source import FileContent

_METRES = {"mm": 1e-3, "cm": 1e-2, "dm": 0.1, "m": 1.0, "in": 0.0254, "inch": 0.0254, "ft": 0.3048}
_COMPUTED = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS", "REACTIONS")
_BLOCK = 512  # bytes
_MALFORMED = (  # what the package raises for damaged files
    *(AssertionError, AttributeError, ArithmeticError, LookupError, TypeError, ValueError, NameError),
    *(EOFError, MemoryError, RuntimeError, struct.error),
)
_QUIET = Lock()  # warnings are caught for all threads at once


@dataclass(frozen=True)
class Capture:
    """A recording of markers.

    Parameters
    ----------
    labels : list of str
        The markers that have names.
    points : ndarray of shape (n_frames, n_markers, 3)
        Their positions in metres, NaN where a marker was not seen; y up, if the file says which axis is up.
    frame_rate : float
        Frames per second.
    """

    labels: list[str]
    points: np.ndarray
    frame_rate: float


def read_capture(content: FileContent) -> Capture:
    """Read a C3D file.

    Parameters
    ----------
    content : FileContent
        The file.

    Returns
    -------
    Capture
        What it holds.

    Raises
    ------
    SkeletonFileError
        If it is no C3D file, damaged or cut short.
    """
    with _QUIET, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # the package warns of what a file lacks
        try:
            return _read(content, import_c3d().Reader(io.BytesIO(content.data)))
        except SkeletonFileError:
            raise
        except _MALFORMED as error:
            text = cut(" ".join(str(error).split()), 120) or type(error).__name__
            raise content.fault(f"got a file that is no C3D or is damaged ({text}), expected markers") from None


def import_c3d() -> Any:
    """The package that parses C3D.

    Returns
    -------
    module
        The package.

    Raises
    ------
    ImportError
        If it is not installed.
    """
    try:
        import c3d  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ImportError("C3D files need c3d: pip install 'skeletonlearn[mocap]'") from error
    return c3d


def _read(content: FileContent, reader: Any) -> Capture:
    _check_size(content, reader)
    points = np.array([points[:, :4] for _, points, _ in reader.read_frames()], dtype=np.float64)
    n_frames = reader.last_frame - reader.first_frame + 1
    if len(points) != n_frames:
        raise content.fault(f"got {len(points)} frames, expected {n_frames} as the header says; is the file cut short?")
    labels = _labels(content, reader)
    computed = {label for group in _COMPUTED for label in _texts(reader, f"POINT:{group}")}
    kept = [at for at, label in enumerate(labels) if label and not label.startswith("*") and label not in computed]
    if not kept:
        raise content.fault(f"got {len(labels)} points without a marker's name, expected markers")
    positions = points[:, kept, :3]
    positions[points[:, kept, 3] < 0] = np.nan  # the residual of a point that was not seen
    positions = _upright(content, reader, positions * _metres(content, reader))
    rate = float(reader.point_rate)
    if not 0 < rate < np.inf:
        raise content.fault(f"got the frame rate {rate:g}, expected a number above 0")
    return Capture([labels[at] for at in kept], positions, rate)


def _check_size(content: FileContent, reader: Any) -> None:
    """Refuse a header that claims more than the file holds, before anything is made of it."""
    n_frames = reader.last_frame - reader.first_frame + 1
    n_points = int(reader.point_used)
    if n_frames < 1 or n_points < 1:
        raise content.fault(f"got {n_frames} frames of {n_points} points, expected at least one of each")
    n_words = 4 * n_points + int(reader.analog_used) * reader.analog_per_frame
    needed = n_frames * n_words * (4 if reader.point_scale < 0 else 2)
    held = len(content.data) - _BLOCK * (reader.header.data_block - 1)
    if not n_words > 0 or needed > held:
        got = f"{held:,} bytes for {n_frames} frames of {n_points} points"
        raise content.fault(f"got {got}, expected {needed:,}; is the file cut short?")


def _labels(content: FileContent, reader: Any) -> list[str]:
    """The names of all points; more than 255 are in several parameters."""
    n_points = int(reader.point_used)
    labels = _texts(reader, "POINT:LABELS")
    number = 2
    while len(labels) < n_points and (more := _texts(reader, f"POINT:LABELS{number}")):
        labels += more
        number += 1
    if len(labels) < n_points:
        raise content.fault(f"got {len(labels)} names in POINT:LABELS, expected {n_points}, one for each point")
    return labels[:n_points]


def _texts(reader: Any, name: str) -> list[str]:
    """The texts of a parameter; none if it is not there."""
    parameter = reader.get(name)
    return [] if parameter is None else [str(text).strip(" \0") for text in np.ravel(parameter.string_array)]


def _metres(content: FileContent, reader: Any) -> float:
    unit = next(iter(_texts(reader, "POINT:UNITS")), "") or "mm"
    if unit.lower() not in _METRES:
        raise content.fault(f"got the unit {cut(unit, 20)!r} in POINT:UNITS, expected one of {', '.join(_METRES)}")
    return _METRES[unit.lower()]


def _upright(content: FileContent, reader: Any, positions: np.ndarray) -> np.ndarray:
    """Turn positions so that x is to the right of the screen and y is up, if the file says which axes these are."""
    screen = reader.get_screen_axis()
    if screen is None:
        return positions
    right, up = (_direction(text) for text in screen)
    if right is None or up is None or right @ up:
        text = cut(" and ".join(screen), 40)
        raise content.fault(f"got {text!r} as X_SCREEN and Y_SCREEN, expected two different axes such as +X and +Z")
    return positions @ np.stack([right, up, np.cross(right, up)], axis=1)


def _direction(text: str) -> np.ndarray | None:
    """The unit vector of an axis such as "+X"."""
    match = re.fullmatch(r"([+-]?)([XYZ])", text.strip(" \0").upper())
    return None if match is None else np.eye(3)["XYZ".index(match[2])] * (-1 if match[1] == "-" else 1)
