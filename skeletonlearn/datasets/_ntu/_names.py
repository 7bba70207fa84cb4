"""What the names of samples of NTU RGB+D say: ``SsssCcccPpppRrrrAaaa``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._file_names import find_unknown_number

_LETTERS = "SCPRA"
_DIGITS = 3
_LENGTH = len(_LETTERS) * (1 + _DIGITS)
_LAYOUT = "SsssCcccPpppRrrrAaaa (setup, camera, subject, repetition, action)"
_ALLOWED = {
    "setup": range(1, 33),
    "camera": (1, 2, 3),
    "subject": range(1, 107),
    "repetition": (1, 2),
    "action": range(1, 121),
}


def parse_names(names: Sequence[str]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Read the numbers in names, a hundred thousand at once.

    Parameters
    ----------
    names : sequence of str
        Names without ending.

    Returns
    -------
    numbers : dict of str to ndarray of int of shape (n_names,)
        The setup, camera, subject, repetition and action; meaningless where the name is not sound.
    is_sound : ndarray of bool of shape (n_names,)
        Which names have the layout, and numbers that the data sets know.
    """
    numbers, is_sound = _read_numbers(names)
    for part, allowed in _ALLOWED.items():
        is_sound &= np.isin(numbers[part], allowed)
    return numbers, is_sound


def _read_numbers(names: Sequence[str]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The numbers in names, and whether these have the layout."""
    texts = np.array([name if len(name) == _LENGTH else "" for name in names], dtype=f"U{_LENGTH}")
    codes = texts.view(np.uint32).reshape(len(names), len(_LETTERS), 1 + _DIGITS).astype(np.int64)
    digits = codes[:, :, 1:] - ord("0")
    has_layout = ((digits >= 0) & (digits <= 9)).all(axis=(1, 2))
    has_layout &= (codes[:, :, 0] == [ord(letter) for letter in _LETTERS]).all(axis=1)
    return dict(zip(_ALLOWED, (digits @ (100, 10, 1)).T.copy(), strict=True)), has_layout


def name_fault(path: str, name: str) -> SkeletonFileError | None:
    """What is wrong with the name of a file.

    Parameters
    ----------
    path : str
        The file.
    name : str
        Its name without ending.

    Returns
    -------
    SkeletonFileError or None
        The fault; None if the name is sound.
    """
    numbers, has_layout = _read_numbers([name])
    if not has_layout[0]:
        return SkeletonFileError(path, None, f"got the file name {name!r}, expected {_LAYOUT}")
    return find_unknown_number(path, {part: int(number[0]) for part, number in numbers.items()}, _ALLOWED)
