"""File names that say what a recording is, such as ``a01_s02_e00_v03``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._source import FileContent, SourceFile


def parse_name(
    file: SourceFile | FileContent, pattern: re.Pattern[str], layout: str, allowed: Mapping[str, Sequence[int]]
) -> dict[str, int]:
    """Read the numbers in a file name, such as ``a01_s02_e00_v03``.

    Parameters
    ----------
    file : SourceFile or FileContent
        The file.
    pattern : re.Pattern
        Matches the whole stem; each named group is a number.
    layout : str
        The layout in words, for the error.
    allowed : mapping of str to sequence of int
        The numbers that some groups may have.

    Returns
    -------
    dict of str to int
        The numbers by group name.

    Raises
    ------
    SkeletonFileError
        If the name has another layout or a number that the data set does not know.
    """
    path = str(file.file if isinstance(file, FileContent) else file)
    match = pattern.fullmatch(file.stem)
    if match is None:
        raise SkeletonFileError(path, None, f"got the file name {file.stem!r}, expected {layout}")
    numbers = {name: int(digits) for name, digits in match.groupdict().items()}
    fault = find_unknown_number(path, numbers, allowed)
    if fault is not None:
        raise fault
    return numbers


def find_unknown_number(
    path: str, numbers: Mapping[str, int], allowed: Mapping[str, Sequence[int]]
) -> SkeletonFileError | None:
    """The first number in a file name that the data set does not know.

    Parameters
    ----------
    path : str
        The file.
    numbers : mapping of str to int
        The numbers in its name.
    allowed : mapping of str to sequence of int
        The numbers that some of them may be.

    Returns
    -------
    SkeletonFileError or None
        What is wrong; None if all are known.
    """
    for name, known in allowed.items():
        if numbers[name] not in known:
            listed = f"{known[0]} to {known[-1]}" if isinstance(known, range) else ", ".join(map(str, known))
            reason = f"got {name} {numbers[name]} in the file name, expected one of {listed}"
            return SkeletonFileError(path, None, reason)
    return None
