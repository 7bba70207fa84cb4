"""Where files come from: a folder, flat or nested, or a zip archive, which is read and never unpacked."""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import zipfile
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.util import find_spec
from operator import attrgetter
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Any

from skeletonlearn.datasets._errors import SkeletonFileError

_MOST_BYTES = 2**30
"""What a compressed file may unpack to, far more than a recording holds; one that is not compressed may be larger."""
_MOST_RATIO = 100
"""How many times its compressed size a file may unpack to: recordings take 2 to 20 times, bombs up to 1,032 times."""
_NO_BOMB = 2**20
"""A compressed file may always unpack to so many bytes."""

_CHUNK = 2**20

Source = str | PathLike[str] | Sequence[str | PathLike[str]]


@dataclass(frozen=True)
class SourceFile:
    """A file in a folder, or a member of a zip archive.

    A data set can have a hundred thousand of them: a path is kept as plain text, since a Path takes long to make.

    Parameters
    ----------
    location : str
        The path of the file, or of the archive.
    member : str
        The name within the archive; "" for a file in a folder.
    stamp : tuple of int
        Changes when the content changes: size and times of modification and of status change in nanoseconds, or size
        and checksum. Programs can set the time of modification back, but not the other one.
    """

    location: str
    member: str
    stamp: tuple[int, ...]

    @property
    def path(self) -> Path:
        """The file, or the archive."""
        return Path(self.location)

    @property
    def inner(self) -> PurePosixPath | Path:
        """The path that names the file: within its archive, or in its folder."""
        return PurePosixPath(self.member.replace("\\", "/")) if self.member else self.path  # as some on Windows pack

    @property
    def name(self) -> str:
        """The file name, without the ending ".gz"."""
        name = self.inner.name if self.member else self.location.rpartition(os.sep)[2]
        return name.removesuffix(".gz")

    @property
    def stem(self) -> str:
        """The file name without its last ending."""
        return os.path.splitext(self.name)[0]

    def __str__(self) -> str:
        return f"{self.location}/{self.member}" if self.member else self.location


@dataclass(frozen=True)
class FileContent:
    """A file and its bytes, unpacked where they were compressed.

    Parameters
    ----------
    file : SourceFile
        The file.
    data : bytes
        Its bytes.
    n_packed : int or None, default=None
        How many bytes it was compressed to; None is as many as there are.
    """

    file: SourceFile
    data: bytes
    n_packed: int | None = None

    @property
    def n_stored(self) -> int:
        """How many bytes the file takes where it is stored."""
        return len(self.data) if self.n_packed is None else self.n_packed

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
            return self.data.removeprefix(BOM_UTF8).decode()
        except UnicodeDecodeError as error:
            reason = f"got bytes that are no text, expected utf-8 ({error.reason} at byte {error.start})"
            raise self.fault(reason) from None

    def json(self) -> Any:
        """The value that the JSON text holds, decoded by orjson if that is installed."""
        if (loads := _fast_loads()) is not None:
            try:
                return loads(self.data)
            except ValueError:  # it refuses NaN, and json gives the clearer errors
                pass
        text = self.text()
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            if not text.strip():
                raise self.fault("got an empty file, expected JSON") from None
            raise self.fault(f"got text that is not JSON or is cut short ({error.msg})", error.lineno) from None
        except (ValueError, RecursionError) as error:  # a number of thousands of digits, thousands of brackets
            raise self.fault(f"got JSON beyond what can be read ({error})") from None

    def fault(self, reason: str, line: int | None = None) -> SkeletonFileError:
        """The error that names this file."""
        return SkeletonFileError(str(self.file), line, reason)


@cache
def _fast_loads() -> Callable[[bytes], Any] | None:
    """The decoder of orjson, where it is installed."""
    if find_spec("orjson") is None:
        return None
    import orjson  # noqa: PLC0415 - optional

    loads: Callable[[bytes], Any] = orjson.loads
    return loads


def most_unpacked(n_packed: int) -> int:
    """How many bytes may come of compressed ones, so that a small file does not fill the memory.

    Parameters
    ----------
    n_packed : int
        How many bytes are stored.

    Returns
    -------
    int
        The most that they may unpack to.
    """
    return min(_MOST_BYTES, max(_NO_BOMB, _MOST_RATIO * n_packed))


def find_files(
    source: Source, patterns: str | Sequence[str], example: str, *, recursive: bool = False, any_ending: bool = False
) -> list[SourceFile]:
    """The files of a folder or a zip archive whose names match one of some patterns, sorted by name.

    Parameters
    ----------
    source : path-like or sequence of path-like
        A folder, a zip archive, one such file, or several of these.
    patterns : str or sequence of str
        Glob patterns for the file name; the same name with ".gz" after it is found too.
    example : str
        A file name of the data set, for the error.
    recursive : bool, default=False
        Whether to look into subfolders, other than links to folders. An archive is always searched whole.
    any_ending : bool, default=False
        Whether a file that is given by its own path is found whatever its name, unless it is or should be an archive.

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
    patterns = [patterns] if isinstance(patterns, str) else patterns
    found = [file for path in list_paths(source) for file in _find(path, patterns, example, recursive, any_ending)]
    if not found:
        raise FileNotFoundError("got an empty list, expected at least one folder or archive.")
    return sorted(found, key=attrgetter("name", "location", "member"))


def list_paths(source: Any) -> list[Path]:
    """List the paths that a loader was given.

    Parameters
    ----------
    source : path-like or iterable of path-like
        A folder or an archive, or several.

    Returns
    -------
    list of Path
        One or more, or none where `source` is empty.

    Raises
    ------
    TypeError
        If something else stands among them.
    """
    paths = list(source) if isinstance(source, Iterable) and not isinstance(source, str | PathLike) else [source]
    for path in paths:
        if not isinstance(path, str | PathLike):
            raise TypeError(f"Got {path!r}, expected the path of a folder or zip archive, or a list of such paths.")
    return [Path(path) for path in paths]


def _find(path: Path, patterns: Sequence[str], example: str, recursive: bool, any_ending: bool) -> list[SourceFile]:
    names = " or ".join(patterns)
    wanted = f"expected a folder or zip archive with files {names} such as {example}"
    if path.is_dir():
        found = _walk(path, patterns, recursive)
    elif not path.exists():
        raise FileNotFoundError(f"{str(path)!r} does not exist; {wanted}.")
    elif _matches(path.name, patterns):
        found = [SourceFile(str(path), "", _stamp(path.stat()))]
    elif zipfile.is_zipfile(path):
        found = [file for file in list_members(path) if _matches(file.inner.name, patterns)]
    elif any_ending and path.suffix.lower() != ".zip":
        found = [SourceFile(str(path), "", _stamp(path.stat()))]
    else:
        raise FileNotFoundError(f"{str(path)!r} is a file that is no zip archive, or one cut short; {wanted}.")
    if not found:
        raise FileNotFoundError(f"{str(path)!r} has no file {names}; {wanted}.")
    return found


def _matches(name: str, patterns: Sequence[str]) -> bool:
    # macOS puts a file ._NAME with its attributes beside each NAME
    if name.startswith("._"):
        return False
    name = name.removesuffix(".gz")
    return any(fnmatchcase(name, one) for one in patterns)


def _walk(folder: Path, patterns: Sequence[str], recursive: bool) -> list[SourceFile]:
    found, waiting = [], [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if recursive:
                        waiting.append(Path(entry.path))
                elif _matches(entry.name, patterns) and not (entry.is_symlink() and os.path.isdir(entry.path)):
                    found.append(SourceFile(entry.path, "", _entry_stamp(entry)))
    return found


def _entry_stamp(entry: os.DirEntry[str]) -> tuple[int, ...]:
    try:
        return _stamp(entry.stat())
    except OSError:  # a link to nowhere: reading it will say so
        return (0, 0, 0)


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns)


# What zipfile and gzip raise for damaged files; RuntimeError: an encrypted member
_UNREADABLE = (OSError, EOFError, RuntimeError, LookupError, ValueError, zlib.error, zipfile.BadZipFile)


def list_members(path: Path) -> list[SourceFile]:
    """The files in a zip archive.

    Parameters
    ----------
    path : Path
        The archive.

    Returns
    -------
    list of SourceFile
        In the archive's order, without its folders; of members with one name the last, which replaced the others.

    Raises
    ------
    SkeletonFileError
        If it cannot be read, or unpacks to far more than it holds.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            members = {info.filename: info for info in infos if not info.is_dir()}
    except _UNREADABLE as error:
        raise SkeletonFileError(path, None, f"got no readable zip archive ({error})") from None
    _check_archive(path, infos)
    return [SourceFile(str(path), name, (info.file_size, info.CRC)) for name, info in members.items()]


def _check_archive(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive whose members unpack to far more than it holds, together or by sharing their bytes."""
    n_held, n_packed = path.stat().st_size, sum(info.compress_size for info in infos)
    if n_packed > n_held:
        reason = f"got members of {n_packed:,} compressed bytes together, expected at most the archive's {n_held:,}"
        raise SkeletonFileError(path, None, reason)
    # members that claim too much are refused one by one
    n_bytes = sum(info.file_size for info in infos if info.file_size <= most_unpacked(info.compress_size))
    most = max(_NO_BOMB, _MOST_RATIO * n_held)
    if n_bytes > most:
        raise SkeletonFileError(path, None, _bomb_reason(n_bytes, n_held, most))


def read_content(file: SourceFile) -> FileContent:
    """Read one file.

    Parameters
    ----------
    file : SourceFile
        The file.

    Returns
    -------
    FileContent
        The content.

    Raises
    ------
    SkeletonFileError
        If it cannot be read.
    """
    (content,) = read_contents([file])
    if isinstance(content, SkeletonFileError):
        raise content
    return content


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
        archives: dict[str, zipfile.ZipFile] = {}
        for file in files:
            yield _read(file, archives, stack)


def _read(file: SourceFile, archives: dict[str, zipfile.ZipFile], stack: ExitStack) -> FileContent | SkeletonFileError:
    try:
        if file.member and file.location not in archives:
            archives[file.location] = stack.enter_context(zipfile.ZipFile(file.location))
        data, n_packed = _read_member(file, archives[file.location]) if file.member else _read_file(file)
        if data[:2] == b"\x1f\x8b":
            data = _unpack(file, data, n_packed)
    except SkeletonFileError as error:
        return error
    except _UNREADABLE as error:
        return SkeletonFileError(str(file), None, f"got an unreadable file ({str(error) or type(error).__name__})")
    return FileContent(file, data, n_packed)


def _read_member(file: SourceFile, archive: zipfile.ZipFile) -> tuple[bytes, int]:
    """The bytes of a member, and how many they were compressed to."""
    info = archive.getinfo(file.member)
    _check_size(file, info.file_size, info.compress_size)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others may ask for gigabytes to unpack
        reason = f"got a member packed by method {info.compress_type}, expected a stored or deflated one"
        raise SkeletonFileError(str(file), None, reason)
    with archive.open(info) as stream:  # read() would unpack all that is there, whatever size is claimed
        return stream.read(info.file_size + 1), info.compress_size


def _read_file(file: SourceFile) -> tuple[bytes, int]:
    """The bytes of a file, and how many they are."""
    status = os.stat(file.location)
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for its other end
        raise SkeletonFileError(str(file), None, "got a pipe, device or folder, expected a file")
    with open(file.location, "rb", buffering=0) as stream:  # a Path takes as long to make as a small file to read
        data = stream.readall()
    return data, len(data)


def _unpack(file: SourceFile, data: bytes, n_packed: int) -> bytes:
    chunks, n_bytes = [], 0
    with gzip.open(io.BytesIO(data)) as stream:
        while chunk := stream.read(_CHUNK):
            n_bytes += len(chunk)
            _check_size(file, n_bytes, n_packed)
            chunks.append(chunk)
    return b"".join(chunks)


def _check_size(file: SourceFile, n_bytes: int, n_packed: int) -> None:
    most = most_unpacked(n_packed)
    if n_bytes > most:
        raise SkeletonFileError(str(file), None, _bomb_reason(n_bytes, n_packed, most))


def _bomb_reason(n_bytes: int, n_packed: int, most: int) -> str:
    return (
        f"got {n_bytes:,} bytes or more out of {n_packed:,} compressed ones, expected at most {most:,}; to read it "
        "anyway, decompress it first"
    )
