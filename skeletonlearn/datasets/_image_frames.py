"""The frames of a clip from the names or ids of its images."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import gcd
from typing import Any

import numpy as np

from skeletonlearn.datasets._clip_files import natural_key
from skeletonlearn.datasets._source import FileContent

_SPARSEST = 10  # frames per image: with more, the numbers count something else than frames


def frames_of_images(images: Iterable[int | float | str]) -> tuple[dict[int | float | str, int], int]:
    """Find the frame of each image.

    Parameters
    ----------
    images : iterable of number or str
        The ids or file names, in any order, with repetitions.

    Returns
    -------
    frame : dict of number or str to int
        The frame of each image, from 0, in natural order.
    n_frames : int
        How many frames there are. If the images differ in one number only, missing numbers are frames too.
    """
    keys = {image: natural_key(image) for image in images}
    in_order = sorted(keys, key=keys.__getitem__)
    frames, n_frames = place_frames(_numbers([keys[image][0] for image in in_order]))
    return dict(zip(in_order, frames.tolist(), strict=True)), n_frames


def place_frames(numbers: Sequence[int]) -> tuple[np.ndarray, int]:
    """Place frames by their numbers, in steps of the greatest common divisor of the gaps.

    Parameters
    ----------
    numbers : sequence of int
        The number of each frame, ascending.

    Returns
    -------
    frame : ndarray of int of shape (n_numbers,)
        The place of each, from 0. If fewer than one place in ten were taken, they stand one after another instead.
    n_frames : int
        How many places there are.
    """
    gaps = [number - numbers[0] for number in numbers]
    step = gcd(*gaps) or 1
    n_frames = gaps[-1] // step + 1 if gaps else 0
    if n_frames > _SPARSEST * len(gaps):
        return np.arange(len(gaps)), len(gaps)
    return np.array([gap // step for gap in gaps], dtype=np.intp), n_frames


def frames_by_number(content: FileContent, numbers: Sequence[Any], key: str) -> tuple[np.ndarray, int]:
    """Place the frames of a file by the numbers that it gives them, as `place_frames` does.

    Parameters
    ----------
    content : FileContent
        The file, for the error.
    numbers : sequence of object
        The number of each frame, in any order.
    key : str
        What the file calls it.

    Returns
    -------
    frame : ndarray of int of shape (n_numbers,)
        The place of each, from 0.
    n_frames : int
        How many places there are.

    Raises
    ------
    SkeletonFileError
        If one is no whole number, or comes twice.
    """
    for number in numbers:
        if not isinstance(number, int):
            raise content.fault(f"got {number!r} as {key!r}, expected a whole number")
    in_order = sorted(numbers)
    if len(set(numbers)) < len(numbers):
        again = next(one for one, other in pairwise(in_order) if one == other)
        raise content.fault(f"got the {key} {again} twice, expected it once")
    frames, n_frames = place_frames(in_order)
    if numbers == in_order:
        return frames, n_frames
    frame_of = dict(zip(in_order, frames.tolist(), strict=True))
    return np.array([frame_of[number] for number in numbers], dtype=np.intp), n_frames


def _numbers(keys: Sequence[Sequence[str | int]]) -> Sequence[int]:
    """The number in which names differ, from their natural keys; their ranks where they differ in more."""
    if len({(len(parts), *parts[::2]) for parts in keys}) == 1:
        varying = [column for column in zip(*(parts[1::2] for parts in keys), strict=True) if len(set(column)) > 1]
        if len(varying) == 1 and len(set(varying[0])) == len(keys):
            return [int(number) for number in varying[0]]
    return range(len(keys))
