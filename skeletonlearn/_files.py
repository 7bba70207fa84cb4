"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import glob
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from os import PathLike
from pathlib import Path
from typing import BinaryIO

_RANDOM_BYTES = 8  # in the name of a temporary file


@contextmanager
def write_whole(path: str | PathLike[str], *, keep: Path | None = None) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its place only once it is written and on the disk.

    Parameters
    ----------
    path : path-like
        The file; one that is there already stays as it is until the new one is whole, or if writing fails. A symbolic
        link stays a link: the file that it points to is written.
    keep : Path, optional
        Where the file that was there is moved to.

    Yields
    ------
    file object
        A temporary file in the folder of the file, so that moving it is one step of the file system.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    path = _follow_links(path)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(_RANDOM_BYTES)}.part")
    try:
        with _open_new(temporary, path) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if keep is not None and path.exists():
            _keep(path, _follow_links(keep))
        os.replace(temporary, path)
        _sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def remove_leftovers(path: str | PathLike[str]) -> None:
    """Remove the temporary files that :func:`write_whole` left when its process was killed.

    Parameters
    ----------
    path : path-like
        The file, or a symbolic link to it; no other process may be writing it.
    """
    any_number = "[0-9a-f]" * 2 * _RANDOM_BYTES
    with suppress(OSError):  # a folder that cannot be written to: they do no harm
        path = _follow_links(path)
        for part in path.parent.glob(f".{glob.escape(path.name)}.{any_number}.part"):
            part.unlink(missing_ok=True)


def _open_new(temporary: Path, path: Path) -> BinaryIO:
    """Open the temporary file; the error where that fails names the file that the user knows."""
    try:
        return open(temporary, "xb")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def _follow_links(path: str | PathLike[str]) -> Path:
    """The file that a path stands for, whether it exists or not."""
    if not os.path.islink(path):
        return Path(path)
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, "symbolic links that lead in a circle, expected a file", str(path))
    return target


def _keep(path: Path, keep: Path) -> None:
    """Move a file, or copy it where a link leads to another file system."""
    try:
        os.replace(path, keep)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with open(path, "rb") as old, write_whole(keep) as copy:
            shutil.copyfileobj(old, copy)


def _sync_folder(folder: Path) -> None:
    """Put the folder's own list of files on the disk, where the system has such a thing."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some file systems know it for files only
            raise
    finally:
        os.close(descriptor)
