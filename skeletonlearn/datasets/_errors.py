"""The errors of all readers: faulty files, and parameters that are none of the choices."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath
from typing import Any

ON_ERROR = ("raise", "warn", "skip")
SUBSETS = ("all", "train", "test")


class SkeletonFileError(ValueError):
    """A file of skeletons is not what its format asks for.

    Parameters
    ----------
    path : path-like
        The file; of a member of an archive, the archive's path and the member's name.
    line : int or None
        The line, counted from 1; None where no single line is at fault.
    reason : str
        What was got and what was expected.

    Examples
    --------
    >>> from skeletonlearn.datasets import SkeletonFileError
    >>> error = SkeletonFileError("S001.skeleton", 4, "got 26 joints, expected 25")
    >>> str(error), error.line
    ('S001.skeleton, line 4: got 26 joints, expected 25', 4)
    """

    def __init__(self, path: str | PathLike[str], line: int | None, reason: str) -> None:
        self.path, self.line, self.reason = fspath(path), line, reason
        super().__init__(f"{self.path}{'' if line is None else f', line {line}'}: {reason}")

    def __reduce__(self) -> tuple[type[SkeletonFileError], tuple[str, int | None, str]]:
        return type(self), (self.path, self.line, self.reason)  # for workers: the default would pass the text alone


def check_choice(name: str, value: Any, choices: Sequence[Any]) -> None:
    """Refuse a parameter value that is not among the choices.

    Parameters
    ----------
    name : str
        The parameter.
    value : object
        Its value.
    choices : sequence
        What it may be.

    Raises
    ------
    ValueError
        If it is not; the text says got and wanted.
    """
    if value not in choices:
        raise ValueError(f"{name}={value!r} must be one of {', '.join(repr(choice) for choice in choices)}.")
