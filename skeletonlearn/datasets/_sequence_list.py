"""A list of sequences that index arrays, masks and slices select from, as they do from an array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


class SequenceList(list[np.ndarray]):
    """A list of sequences of any lengths.

    It is a list in every way. In addition, an index array, a boolean mask or a slice gives a list of the selected
    sequences. The sequences themselves are not copied, and ``repr`` prints their shapes instead of their numbers.

    Parameters
    ----------
    sequences : iterable of ndarray
        The sequences.

    See Also
    --------
    SkeletonBunch.take : Selects samples with all that is known of them.

    Examples
    --------
    >>> from skeletonlearn.datasets import make_actions
    >>> actions = make_actions(12, n_classes=2, n_frames=(20, 40), random_state=0)
    >>> actions.sequences[actions.camera == 2]
    <4 sequences of 29 to 37 frames, 20 joints, 3 channels, float32>
    """

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return SequenceList(super().__getitem__(index))
        if isinstance(index, tuple) or np.ndim(index) == 0:
            return super().__getitem__(index)
        return SequenceList(super(SequenceList, self).__getitem__(at) for at in find_positions(index, len(self)))

    def __repr__(self) -> str:
        return f"<{len(self):,} sequence{'' if len(self) == 1 else 's'}{describe_shapes(self, ' of ')}>"


def find_positions(index: Any, n_samples: int) -> np.ndarray:
    """The samples that an index selects.

    Parameters
    ----------
    index : slice, array-like of int or array-like of bool
        A slice, indices, of which negative ones count from the end, or a mask with one value per sample.
    n_samples : int
        The number of samples.

    Returns
    -------
    ndarray of int
        Indices from 0 to `n_samples` - 1, in the order given.

    Raises
    ------
    IndexError
        If an index lies outside the samples, or a mask has another length.
    TypeError
        If `index` is nothing of the kind.
    """
    if isinstance(index, slice):
        return np.arange(n_samples)[index]
    values = np.asarray(index)
    if values.dtype == object or (values.dtype.kind == "f" and not values.size):  # a nullable column, an empty list
        values = np.array(values.tolist(), dtype=None if values.size else int)
    if values.ndim != 1 or values.dtype.kind not in "iub":
        got = f"shape {values.shape} and type {values.dtype}"
        raise TypeError(f"index has {got}, expected a slice, a list of integers such as [0], or a boolean mask.")
    if values.dtype.kind == "b":
        if len(values) != n_samples:
            raise IndexError(f"index is a mask of {len(values):,} values, expected one per sample: {n_samples:,}.")
        return np.flatnonzero(values)
    outside = values[(values < -n_samples) | (values >= n_samples)]
    if len(outside):
        raise IndexError(f"index has {outside[0]}, but there are {n_samples:,} samples.")
    return values.astype(np.intp) % n_samples if n_samples else values.astype(np.intp)


def describe_shapes(sequences: Sequence[Any], before: str = "", persons: str = "") -> str:
    """What the shapes of sequences or of their confidences have in common.

    Parameters
    ----------
    sequences : sequence of ndarray
        The arrays, of which only shapes and types are read.
    before : str, default=""
        What the text begins with.
    persons : str, default=""
        What to write after the number of joints.

    Returns
    -------
    str
        Such as "31 to 88 frames, 20 joints, 3 channels, float32"; empty without sequences.
    """
    if not sequences:
        return ""
    shapes = [np.shape(one) for one in sequences]
    if len({shape[1:] for shape in shapes}) > 1 or not 1 <= len(shapes[0]) <= 3:
        return f"{before}different shapes, the first {shapes[0]}"
    lengths = [shape[0] for shape in shapes]
    frames = f"{min(lengths)} to {max(lengths)}" if min(lengths) < max(lengths) else f"{lengths[0]}"
    rest = [f"{count} {what}" for count, what in zip(shapes[0][1:], (f"joints{persons}", "channels"), strict=False)]
    return ", ".join([f"{before}{frames} frames", *rest, str(getattr(sequences[0], "dtype", "lists"))])
