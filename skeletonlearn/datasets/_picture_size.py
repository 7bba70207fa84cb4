"""The size of the picture, which gives coordinates that are shares of it one unit in both directions."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from skeletonlearn._docstrings import Texts

PICTURE_TEXTS: Texts = {
    "picture_size": """\
picture_size : (width, height) or None
    The factors of x and y, where coordinates are shares of the picture: its width and height in pixels, or its aspect
    ratio, such as ``(16, 9)``. With None, coordinates stay shares, and lengths and angles are distorted unless the
    picture is square.""",
}
"""The text of the parameter, for `fill_docstring`."""


def check_picture_size(picture_size: Any) -> tuple[float, float] | None:
    """Refuse a size that is none.

    Parameters
    ----------
    picture_size : (width, height) or None
        What the caller gave.

    Returns
    -------
    tuple of float or None
        The same, as plain numbers.

    Raises
    ------
    ValueError
        If it is not two positive numbers, or None.
    """
    if picture_size is None:
        return None
    sides = tuple(picture_size) if np.iterable(picture_size) and not isinstance(picture_size, str) else ()
    if len(sides) != 2 or not all(isinstance(side, Real) and 0 < float(side) < np.inf for side in sides):
        raise ValueError(f"picture_size={picture_size!r} must be the width and height of the picture, or None.")
    return float(sides[0]), float(sides[1])
