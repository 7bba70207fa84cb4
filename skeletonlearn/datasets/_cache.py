"""Ragged sequences in one file, written as they are read and mapped into memory when they are wanted again."""

from __future__ import annotations

import hashlib
import json
import math
import mmap
import os
import re
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import accumulate, pairwise
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from skeletonlearn._files import write_whole

Sequences = list[np.ndarray]
Info = dict[str, Any]

_VERSION = 2
_HEADER = (b"skeletonlearn sequences %d" % _VERSION).ljust(64, b"\0")  # a cache line: the numbers after it are aligned
_TRAILER = struct.Struct("<Q32s")  # where the footer begins, and its sha256
_NUMBER = np.dtype("<f4")
_ABANDONED = 3600.0  # seconds; a builder at work writes far more often
_SUFFIX = ".cache"


def load_cached(
    folder: str | PathLike[str], title: str, key: Any, build: Callable[[Info], Iterator[np.ndarray]]
) -> tuple[Sequences, Info]:
    """Sequences from a cache file, which is built first where there is none for this key.

    The file is ragged, without padding: a header, the float32 numbers of one sequence after another, then the
    lengths, `info` and the CRC-32 of the numbers as JSON, then a trailer with the place and the checksum of that JSON.
    It is written beside its place and moved there when it is whole, so builders at the same time do not disturb each
    other: each writes its own, and the last one stays. Opening reads the whole file once and compares both checksums.
    A file that is foreign, unfinished, truncated or damaged is built anew. Files of other keys are never removed.

    Parameters
    ----------
    folder : path-like
        Where the file is; made if absent.
    title : str
        The beginning of the file's name.
    key : object
        All that the content depends on, such as options and the files' names, sizes and times, as JSON takes it.
    build : callable
        Called with an empty dict; yields float32 arrays of shape (n_frames_i, n_joints, n_channels), and has put what
        else is known into the dict, as JSON takes it, by the time that it is exhausted. One array is held at a time.

    Returns
    -------
    sequences : list of ndarray of shape (n_frames_i, n_joints, n_channels)
        Read-only views of one memory map, which stays open as long as any of them lives.
    info : dict
        What `build` put into its dict, after a passage through JSON.

    Raises
    ------
    NotADirectoryError
        If the folder is a file.
    OSError
        If the file cannot be written. Nothing is left of it then.
    ValueError
        If `build` yields arrays of another type or of different joints or channels.
    """
    folder, digest = _make_folder(folder), _digest(key)
    path = folder / f"{title}-{digest[:20]}{_SUFFIX}"
    opened = _open(path, digest)
    if opened is None:
        _remove_abandoned(folder, title)
        opened = _build(path, digest, build)
    return opened


def _make_folder(folder: str | PathLike[str]) -> Path:
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise NotADirectoryError(f"cache={str(path)!r} is a file or in one, expected a folder.") from None
    return path


def _digest(key: Any) -> str:
    text = json.dumps([_VERSION, key], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _remove_abandoned(folder: Path, title: str) -> None:
    """Remove what builders that were killed left behind."""
    temporary = re.compile(rf"\.{re.escape(title)}-[0-9a-f]{{20}}{re.escape(_SUFFIX)}\.[0-9a-f]+\.part")
    for path in folder.iterdir():
        if temporary.fullmatch(path.name):
            with suppress(OSError):  # another process removed it, or has it open on Windows
                if time.time() - path.stat().st_mtime > _ABANDONED:
                    path.unlink()


def _build(path: Path, digest: str, build: Callable[[Info], Iterator[np.ndarray]]) -> tuple[Sequences, Info]:
    failure: OSError | None = None
    try:
        with write_whole(path) as file:
            _write(file, digest, build)
    except OSError as error:  # on Windows a file that is mapped is not replaced: another builder was faster
        failure = error
    opened = _open(path, digest)
    if opened is None:
        raise failure or OSError(f"{path} was written but does not hold what was written.")
    return opened


def _write(file: BinaryIO, digest: str, build: Callable[[Info], Iterator[np.ndarray]]) -> None:
    info: Info = {}
    lengths: list[int] = []
    row: tuple[int, ...] | None = None
    checksum = 0
    file.write(_HEADER)
    sequences = build(info)
    try:
        for sequence in sequences:
            row = sequence.shape[1:] if row is None else row
            if sequence.dtype != np.float32 or sequence.ndim != 3 or sequence.shape[1:] != row:
                raise ValueError(
                    f"Sequence {len(lengths)} is {sequence.dtype} of shape {sequence.shape}, expected float32 of shape "
                    f"(n_frames, n_joints, n_channels) with the joints and channels of the first, {row}."
                )
            numbers = np.ascontiguousarray(sequence, dtype=_NUMBER).ravel().view(np.uint8)
            checksum = zlib.crc32(numbers.data, checksum)
            file.write(numbers.data)
            lengths.append(len(sequence))
    finally:  # a generator whose workers still read must end them now, not when it is collected
        getattr(sequences, "close", lambda: None)()
    facts = {"key": digest, "row": row or (0, 0), "lengths": lengths, "crc32": checksum, "info": info}
    footer, at = json.dumps(facts).encode(), file.tell()
    file.write(footer)
    file.write(_TRAILER.pack(at, hashlib.sha256(footer).digest()))


def _open(path: Path, digest: str) -> tuple[Sequences, Info] | None:
    """The content of a cache file; None where there is none, or none that is whole and of this key."""
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < len(_HEADER) + _TRAILER.size:
                return None
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        return None
    facts = _checked_facts(mapped)
    if facts is None or facts["key"] != digest:
        return None
    shape = (sum(facts["lengths"]), *facts["row"])
    # A plain map, not np.memmap: slices of that are slow, and joblib would map the file once more for every sequence,
    # of which a system allows about 65,000
    frames = np.frombuffer(mapped, dtype=_NUMBER, count=math.prod(shape), offset=len(_HEADER)).reshape(shape)
    bounds = accumulate(facts["lengths"], initial=0)
    return [frames[start:stop] for start, stop in pairwise(bounds)], facts["info"]


def _checked_facts(mapped: mmap.mmap) -> dict[str, Any] | None:
    """The JSON at the end; None where a checksum finds damage."""
    at, checksum = _TRAILER.unpack_from(mapped, len(mapped) - _TRAILER.size)
    if mapped[: len(_HEADER)] != _HEADER:
        return None
    with memoryview(mapped) as view:  # no copy, for a damaged place may lie anywhere in the file
        if hashlib.sha256(view[at : -_TRAILER.size]).digest() != checksum:
            return None
        facts = json.loads(view[at : -_TRAILER.size].tobytes())
        return facts if zlib.crc32(view[len(_HEADER) : at]) == facts["crc32"] else None
