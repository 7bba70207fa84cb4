"""Where files come from: a folder, flat or nested, or a zip archive, which is read and never unpacked."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fnmatch import fnmatchcase
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Any

from skeletonlearn.datasets._errors import SkeletonFileError

MOST_BYTES = 2**30
"""No file of one recording is larger; a compressed one that claims more is refused before it is unpacked."""

Source = str | PathLike[str] | Sequence[str | PathLike[str]]


@dataclass(frozen=True)
class SourceFile:
    """A file in a folder, or a member of a zip archive.

    Parameters
    ----------
    path : Path
        The file, or the archive.
    member : str
        The name within the archive; "" for a file in a folder.
    stamp : tuple of int
        Changes when the content changes: size and time of change in nanoseconds, or size and checksum.
    """

    path: Path
    member: str
    stamp: tuple[int, int]

    @property
    def inner(self) -> PurePosixPath | Path:
        """The path that names the file: within its archive, or in its folder."""
        return PurePosixPath(self.member) if self.member else self.path

    @property
    def name(self) -> str:
        """The file name, without the ending ".gz"."""
        return self.inner.name.removesuffix(".gz")

    @property
    def stem(self) -> str:
        """The file name without its last ending."""
        return PurePosixPath(self.name).stem

    def __str__(self) -> str:
        return str(self.path / self.member) if self.member else str(self.path)


@dataclass(frozen=True)
class FileContent:
    """A file and its bytes, unpacked where they were compressed.

    Parameters
    ----------
    file : SourceFile
        The file.
    data : bytes
        Its bytes.
    """

    file: SourceFile
    data: bytes

    @property
    def name(self) -> str:
        """The file name, without the ending ".gz"."""
        return self.file.name

    @property
    def stem(self) -> str:
        """The file name without its last ending."""
        return self.file.stem

    def text(self) -> str:
        """The bytes as UTF-8 text, with or without a byte order mark."""
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            reason = f"got bytes that are no text, expected utf-8 ({error.reason} at byte {error.start})"
            raise self.fault(reason) from None

    def json(self) -> Any:
        """The value that the JSON text holds."""
        text = self.text()
        if not text.strip():
            raise self.fault("got an empty file, expected JSON")
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise self.fault(f"got text that is not JSON or is cut short ({error.msg})", error.lineno) from None

    def fault(self, reason: str, line: int | None = None) -> SkeletonFileError:
        """The error that names this file."""
        return SkeletonFileError(str(self.file), line, reason)


def find_files(source: Source, pattern: str, example: str, *, recursive: bool = False) -> list[SourceFile]:
    """The files of a folder or a zip archive whose names match a pattern, sorted by name.

    Parameters
    ----------
    source : path-like or sequence of path-like
        A folder, a zip archive, one such file, or several of these.
    pattern : str
        A glob pattern for the file name; the same name with ".gz" after it is found too.
    example : str
        A file name of the data set, for the error.
    recursive : bool, default=False
        Whether to look into subfolders. An archive is always searched whole.

    Returns
    -------
    list of SourceFile
        At least one.

    Raises
    ------
    FileNotFoundError
        If there is no such folder or archive, or no such file in it.
    SkeletonFileError
        If an archive cannot be read.
    """
    paths = [source] if isinstance(source, str | PathLike) else list(source)
    found = [file for path in paths for file in _find(Path(path), pattern, example, recursive)]
    if not found:
        raise FileNotFoundError(f"folder={source!r}: got an empty list, expected at least one folder or archive.")
    return sorted(found, key=lambda file: (file.name, str(file)))


def _find(path: Path, pattern: str, example: str, recursive: bool) -> list[SourceFile]:
    wanted = f"expected a folder or zip archive with files {pattern} such as {example}"
    if path.is_dir():
        found = _walk(path, pattern, recursive)
    elif not path.exists():
        raise FileNotFoundError(f"folder={str(path)!r} does not exist; {wanted}.")
    elif _matches(path.name, pattern):
        found = [SourceFile(path, "", _stamp(path.stat()))]
    elif zipfile.is_zipfile(path):
        found = [file for file in list_members(path) if _matches(file.inner.name, pattern)]
    else:
        raise FileNotFoundError(f"folder={str(path)!r} is a file that is no zip archive; {wanted}.")
    if not found:
        raise FileNotFoundError(f"folder={str(path)!r} has no file {pattern}; {wanted}.")
    return found


def _matches(name: str, pattern: str) -> bool:
    # macOS puts a file ._NAME with its attributes beside each NAME
    return fnmatchcase(name.removesuffix(".gz"), pattern) and not name.startswith("._")


def _walk(folder: Path, pattern: str, recursive: bool) -> list[SourceFile]:
    found, waiting = [], [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if _matches(entry.name, pattern):
                    found.append(SourceFile(Path(entry.path), "", _entry_stamp(entry)))
                elif recursive and entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
    return found


def _entry_stamp(entry: os.DirEntry[str]) -> tuple[int, int]:
    try:
        return _stamp(entry.stat())
    except OSError:  # a link to nowhere: reading it will say so
        return (0, 0)


def _stamp(status: os.stat_result) -> tuple[int, int]:
    return (status.st_size, status.st_mtime_ns)


def list_members(path: Path) -> list[SourceFile]:
    """The files in a zip archive.

    Parameters
    ----------
    path : Path
        The archive.

    Returns
    -------
    list of SourceFile
        In the archive's order, without its folders.

    Raises
    ------
    SkeletonFileError
        If it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return [
                SourceFile(path, info.filename, (info.file_size, info.CRC))
                for info in archive.infolist()
                if not info.is_dir()
            ]
    except (OSError, zipfile.BadZipFile) as error:
        raise SkeletonFileError(path, None, f"got no readable zip archive ({error})") from None


def read_contents(files: Sequence[SourceFile]) -> Iterator[FileContent | SkeletonFileError]:
    """Read files one after another, each archive opened once.

    Parameters
    ----------
    files : sequence of SourceFile
        The files.

    Yields
    ------
    FileContent or SkeletonFileError
        The content, or why it cannot be read.
    """
    with ExitStack() as stack:
        archives: dict[Path, zipfile.ZipFile] = {}
        for file in files:
            try:
                if file.member and file.path not in archives:
                    archives[file.path] = stack.enter_context(zipfile.ZipFile(file.path))
                yield FileContent(file, _read_bytes(file, archives))
            except SkeletonFileError as error:
                yield error
            except (OSError, EOFError, RuntimeError, KeyError, zlib.error, zipfile.BadZipFile) as error:
                # RuntimeError: an encrypted member, or one packed by a method that this Python does not know
                yield SkeletonFileError(str(file), None, f"got an unreadable file ({error})")


def _read_bytes(file: SourceFile, archives: dict[Path, zipfile.ZipFile]) -> bytes:
    if file.stamp[0] > MOST_BYTES:
        raise SkeletonFileError(str(file), None, f"got {file.stamp[0]:,} bytes, expected at most {MOST_BYTES:,}")
    if file.member:
        with archives[file.path].open(file.member) as stream:
            data = stream.read(MOST_BYTES + 1)
    else:
        data = file.path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        with gzip.open(io.BytesIO(data)) as unpacked:
            data = unpacked.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise SkeletonFileError(str(file), None, f"got more than {MOST_BYTES:,} bytes, expected at most that")
    return data
