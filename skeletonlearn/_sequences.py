"""Which frames of a sequence are recording, and which are padding."""

from __future__ import annotations

import numpy as np


def trim_empty_frames(sequence: np.ndarray) -> np.ndarray:
    """Leave out the frames at both ends in which nobody is.

    Parameters
    ----------
    sequence : ndarray of shape (n_frames, n_joints, n_channels)
        The joints of all persons. NaN or zero in all channels is a joint that was not found.

    Returns
    -------
    ndarray of shape (n_frames_out, n_joints, n_channels)
        A view, from the first to the last frame with a body. Empty frames between them stay. A sequence without any
        body keeps its first frame.

    See Also
    --------
    recorded_frames : Gives the frames, to trim other arrays alike.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn._sequences import trim_empty_frames
    >>> padded = np.zeros((300, 25, 3))
    >>> padded[10:90] = 1.0
    >>> trim_empty_frames(padded).shape
    (80, 25, 3)
    """
    return sequence[recorded_frames(sequence)]


def recorded_frames(sequence: np.ndarray) -> slice:
    """Find the frames from the first to the last in which somebody is.

    Parameters
    ----------
    sequence : ndarray of shape (n_frames, n_joints, n_channels)
        As in :func:`trim_empty_frames`.

    Returns
    -------
    slice
        Of the frames; the first frame where nobody is in any.
    """
    shown = np.flatnonzero(~empty_frames(sequence))
    return slice(int(shown[0]), int(shown[-1]) + 1) if len(shown) else slice(0, 1)


def empty_frames(sequences: np.ndarray) -> np.ndarray:
    """Find the frames in which nobody is.

    Parameters
    ----------
    sequences : ndarray of shape (..., n_frames, n_joints, n_channels)
        One sequence or more.

    Returns
    -------
    ndarray of bool, shape (..., n_frames)
        Whether every coordinate is NaN or exactly zero. The zeros of a lone joint are values, as in a univariate
        series: its frame is empty only where all channels are NaN.
    """
    recorded = abs(sequences) > 0 if sequences.shape[-2] > 1 else ~np.isnan(sequences)
    return np.logical_not(recorded.any(axis=(-2, -1)))
