"""Which frames of a sequence are recording, and which are padding."""

from __future__ import annotations

import numpy as np

_MOST_NAMED = 10


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
        Whether every coordinate is NaN or exactly zero. The zeros of a lone joint are values: its frame is empty where
        all channels are NaN. A univariate series, one joint with one channel, has no empty frames.
    """
    n_joints, n_channels = sequences.shape[-2:]
    if n_joints == n_channels == 1:
        return np.zeros(sequences.shape[:-2], dtype=bool)
    recorded = abs(sequences) > 0 if n_joints > 1 else ~np.isnan(sequences)
    return np.logical_not(recorded.any(axis=(-2, -1)))


def shows_nobody(sequences: np.ndarray | list[np.ndarray]) -> np.ndarray:
    """Find the sequences in which nobody is in any frame.

    Parameters
    ----------
    sequences : ndarray of shape (n_samples, n_frames, n_joints, n_channels) or list of ndarray
        The sequences.

    Returns
    -------
    ndarray of bool, shape (n_samples,)
        Whether all frames are empty, as :func:`empty_frames` says.
    """
    middles = np.stack([one[len(one) // 2] for one in sequences])  # clear nearly all sequences at once
    nobody = empty_frames(middles[:, None])[:, 0]
    nobody[nobody] = [empty_frames(sequences[at]).all() for at in np.flatnonzero(nobody)]
    return nobody


def name_sequences(chosen: np.ndarray) -> str:
    """Name some sequences of a batch by their numbers, for a message.

    Parameters
    ----------
    chosen : ndarray of bool, shape (n_samples,)
        Which sequences; at least one.

    Returns
    -------
    str
        Such as "each of sequences 3, 7"; of many sequences the first ten and how many others.
    """
    numbers = np.flatnonzero(chosen)
    named = ", ".join(map(str, numbers[:_MOST_NAMED]))
    others = f" and {len(numbers) - _MOST_NAMED} others" if len(numbers) > _MOST_NAMED else ""
    return f"each of sequences {named}{others}" if len(numbers) > 1 else f"sequence {named}"
