"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import BinaryIO


@contextmanager
def write_whole(path: str | PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its place only once it is written and on the disk.

    Parameters
    ----------
    path : path-like
        The file; one that is there already stays as it is until the new one is whole, or if writing fails.

    Yields
    ------
    file object
        A temporary file in the same folder, so that moving it is one step of the file system.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
