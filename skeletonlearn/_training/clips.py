"""Several parts of a sequence, whose predictions are averaged."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_PART = 0.75  # of the frames


def cut_clips(X: np.ndarray | list[np.ndarray], n_clips: int) -> Iterator[np.ndarray | list[np.ndarray]]:
    """Cut sequences to `n_clips` overlapping parts, from the beginning to the end.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_frames, n_joints, n_channels) or list of ndarray
        Sequences.
    n_clips : int
        How many parts. The first is the whole sequence; the others have three quarters of its frames, at places spread
        evenly, stretched to its length.

    Yields
    ------
    ndarray or list of ndarray
        The sequences, as many times; one of them is held at a time.
    """
    # a single part beside the whole is its middle
    starts = np.array([(1.0 - _PART) / 2]) if n_clips == 2 else np.linspace(0.0, 1.0 - _PART, n_clips - 1)
    yield X
    for start in starts:
        yield [_stretch(one[None], start)[0] for one in X] if isinstance(X, list) else _stretch(X, start)


def _stretch(X: np.ndarray, start: float) -> np.ndarray:
    """The part of sequences of one length that begins at `start`, resampled linearly to that length."""
    last = X.shape[1] - 1
    position = last * (start + _PART * np.linspace(0.0, 1.0, X.shape[1]))
    before = np.minimum(position.astype(int), max(last - 1, 0))
    share = (position - before).astype(X.dtype)[:, None, None]
    here, part = X[:, before], X[:, np.minimum(before + 1, last)]
    part -= here  # in place: only two arrays of the size of X are held
    part *= share
    part += here  # in this way what does not move stays, to the bit
    return part
