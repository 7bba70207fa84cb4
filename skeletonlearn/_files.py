"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import glob
import os
import secrets
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
        The file; one that is there already stays as it is until the new one is whole, or if writing fails.
    keep : Path, optional
        Where the file that was there is moved to, in the same folder.

    Yields
    ------
    file object
        A temporary file in the same folder, so that moving it is one step of the file system.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(_RANDOM_BYTES)}.part")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if keep is not None and path.exists():
            os.replace(path, keep)
        os.replace(temporary, path)
        _sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def remove_leftovers(path: str | PathLike[str]) -> None:
    """Remove what :func:`write_whole` was writing in the place of a file when its process was killed.

    Parameters
    ----------
    path : path-like
        The file; no other process may be writing it.
    """
    path = Path(path)
    any_number = "[0-9a-f]" * 2 * _RANDOM_BYTES
    with suppress(OSError):  # a folder that cannot be written to: they do no harm
        for part in path.parent.glob(f".{glob.escape(path.name)}.{any_number}.part"):
            part.unlink(missing_ok=True)


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
