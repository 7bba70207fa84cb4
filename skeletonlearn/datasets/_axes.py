"""Which axis of an array holds samples, frames, persons, joints and channels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

_NAMES = {"N": "samples", "C": "channels", "T": "frames", "V": "joints", "M": "persons"}
_ORDER = "TMVC"
_TOKEN = re.compile(r"\(([A-Z]{2,})\)|([A-Z])")
_USUAL = {3: "NT(MVC)", 4: "NT(MV)C", 5: "NCTVM"}
_MOST_CHANNELS = 6


@dataclass(frozen=True)
class Axes:
    """The axes of an array and their sizes.

    Parameters
    ----------
    parts : tuple of str
        For each axis of the array its letter, or several letters where it holds several axes, the last one fastest.
    sizes : mapping of str to int
        The size of each letter; letters that the array lacks are absent.
    """

    parts: tuple[str, ...]
    sizes: Mapping[str, int]

    @property
    def text(self) -> str:
        """The axes as `read_axes` takes them."""
        return _written(self.parts)

    def arrange(self, sample: np.ndarray) -> np.ndarray:
        """Bring one sample, which has no axis of samples, to the shape (n_frames, n_persons, n_joints, n_channels)."""
        letters = "".join(self.parts).replace("N", "")
        shape = [-1 if letter == "T" else self.sizes[letter] for letter in letters]
        own = [letters.index(letter) for letter in _ORDER if letter in letters]
        absent = tuple(at for at, letter in enumerate(_ORDER) if letter not in letters)
        return np.expand_dims(sample.reshape(shape).transpose(own), absent)


def read_axes(
    axes: str | None, shape: Sequence[int], n_joints: int | None = None, n_channels: int | None = None
) -> Axes:
    """Read the names of axes, and find the sizes of those that share an axis of the array.

    Parameters
    ----------
    axes : str or None
        A letter for each axis: N samples, C channels, T frames, V joints, M persons. Letters in parentheses share an
        axis. None is the usual order for this number of axes.
    shape : sequence of int
        The shape of the array.
    n_joints : int or None, default=None
        The joints of a person, where known.
    n_channels : int or None, default=None
        The channels of a joint, where known.

    Returns
    -------
    Axes
        The axes.

    Raises
    ------
    ValueError
        If `axes` is no such text, or does not fit the shape; the text gives the size of each axis.
    """
    parts = _parse(_usual_axes(shape) if axes is None else axes)
    if len(parts) != len(shape):
        raise ValueError(
            f"X has {len(shape)} axes of shape {tuple(shape)}, but axes={_written(parts)!r} names {len(parts)}. "
            "Give a letter for each axis: N samples, C channels, T frames, V joints, M persons."
        )
    known = {letter: size for letter, size in (("V", n_joints), ("C", n_channels)) if size is not None}
    sizes: dict[str, int] = {}
    for part, size in zip(parts, shape, strict=True):
        sizes |= {part: size} if len(part) == 1 else _sizes_within(part, size, known, parts, shape)
    for letter, size in known.items():
        if sizes.get(letter, 1) != size:
            raise ValueError(
                f"X has {_described(parts, shape)}: got {sizes.get(letter, 1)} {_NAMES[letter]}, expected {size}. "
                "Do axes, skeleton and n_channels fit the array?"
            )
    if axes is None and sizes.get("C", 1) > _MOST_CHANNELS:
        raise ValueError(f"X has {_described(parts, shape)} in the usual order: name the axes, such as axes='NCTV'.")
    return Axes(parts, sizes)


def _usual_axes(shape: Sequence[int]) -> str:
    if len(shape) not in _USUAL:
        raise ValueError(f"X has {len(shape)} axes of shape {tuple(shape)}: name them, such as axes='TVC'.")
    return _USUAL[len(shape)]


def _parse(axes: str) -> tuple[str, ...]:
    wanted = "expected the letters N, C, T, V and M, each at most once, such as 'NCTVM' or 'NT(MVC)'"
    tokens = [match.group(1) or match.group(2) for match in _TOKEN.finditer(axes)] if isinstance(axes, str) else []
    letters = "".join(tokens)
    if not tokens or _written(tokens) != axes or len(set(letters)) < len(letters) or set(letters) - _NAMES.keys():
        raise ValueError(f"axes={axes!r} is no order of axes, {wanted}.")
    if any("N" in token and len(token) > 1 for token in tokens):
        raise ValueError(f"axes={axes!r} has samples and others on one axis, {wanted}.")
    return tuple(tokens)


def _written(parts: Sequence[str]) -> str:
    return "".join(part if len(part) == 1 else f"({part})" for part in parts)


def _described(parts: Sequence[str], shape: Sequence[int]) -> str:
    """Such as "N=40 samples, T=300 frames, (MVC)=150 persons x joints x channels"."""
    each = zip(parts, shape, strict=True)
    return ", ".join(f"{_written([part])}={size} {' x '.join(map(_NAMES.__getitem__, part))}" for part, size in each)


def _sizes_within(
    part: str, size: int, known: Mapping[str, int], parts: Sequence[str], shape: Sequence[int]
) -> dict[str, int]:
    """The sizes of axes that share one axis of the array."""
    own = {letter: known[letter] for letter in part if letter in known}
    if "C" in part and "C" not in own:
        own["C"] = 3 if size % (3 * prod(own.values())) == 0 else 2
    unknown = [letter for letter in part if letter not in own]
    if set(unknown) == {"M", "V"}:
        if "C" in part:
            raise ValueError(f"X has {_described(parts, shape)}: give skeleton= for the number of joints per person.")
        own["M"], unknown = 1, ["V"]
    if len(unknown) > 1:
        raise ValueError(f"axes={_written(parts)!r} leaves the sizes in ({part}) open: put T on an axis of its own.")
    rest = size // prod(own.values())
    if rest < 1 or rest * prod(own.values()) != size or (not unknown and rest != 1):
        sizes = " and ".join(f"{count} {_NAMES[letter]}" for letter, count in own.items())
        raise ValueError(f"X has {_described(parts, shape)}: {size} is no multiple of {sizes}.")
    return own | dict.fromkeys(unknown, rest)
