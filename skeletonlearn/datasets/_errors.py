"""The errors of all readers: faulty files, and parameters that are none of the choices."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath
from typing import Any

ON_ERROR = ("raise", "warn", "skip")
SUBSETS = ("all", "train", "test")

_LONGEST = 600  # characters of a reason
_N_KEYS = 8  # of an object, that a reason lists


class SkeletonFileError(ValueError):
    """A file of skeletons is not what its format asks for.

    Parameters
    ----------
    path : path-like
        The file; of a member of an archive, the archive's path and the member's name.
    line : int or None
        The line, counted from 1; None where no single line is at fault.
    reason : str
        What was got and what was expected. The middle of a very long text is cut out.

    Examples
    --------
    >>> from skeletonlearn.datasets import SkeletonFileError
    >>> error = SkeletonFileError("S001.skeleton", 4, "got 26 joints, expected 25")
    >>> str(error), error.line
    ('S001.skeleton, line 4: got 26 joints, expected 25', 4)
    """

    def __init__(self, path: str | PathLike[str], line: int | None, reason: str) -> None:
        self.path, self.line, self.reason = fspath(path), line, cut(reason, _LONGEST)
        super().__init__(f"{self.path}{'' if line is None else f', line {line}'}: {self.reason}")

    def __reduce__(self) -> tuple[type[SkeletonFileError], tuple[str, int | None, str]]:
        return type(self), (self.path, self.line, self.reason)  # for workers: the default would pass the text alone


def cut(text: str, longest: int) -> str:
    """Cut out the middle of a long text.

    Parameters
    ----------
    text : str
        The text.
    longest : int
        How many characters may remain.

    Returns
    -------
    str
        The text, or its first two thirds and its end with dots between them.
    """
    if len(text) <= longest:
        return text
    head = 2 * longest // 3
    return f"{text[:head]} ... {text[len(text) - (longest - head - 5) :]}"


def describe(value: Any) -> str:
    """What a JSON value is, in a few words for an error.

    Parameters
    ----------
    value : object
        The value.

    Returns
    -------
    str
        The type, or the first keys of an object.
    """
    if not isinstance(value, dict):
        return type(value).__name__
    keys = sorted(map(str, value))
    more = f" and {len(keys) - _N_KEYS} more" if len(keys) > _N_KEYS else ""
    return f"keys {[cut(key, 40) for key in keys[:_N_KEYS]]}{more}"


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
