"""Sequences of any length to one length."""

from __future__ import annotations

import numpy as np

from skeletonlearn.preprocessing._sequence_transformer import SequenceTransformer, check_choice, check_positive_integer


class FrameResampler(SequenceTransformer):
    """Bring sequences of any length to `n_frames` frames.

    The new frames lie evenly from the first frame to the last, which are both kept; a clip of one frame repeats it.

    Parameters
    ----------
    n_frames : int, default=64
        Number of frames of every sequence that comes out. With 1 it is the middle of the sequence.
    method : {"linear", "nearest"}, default="linear"
        `"linear"` interpolates between the two frames around each new one; `"nearest"` takes the nearer of them, so
        that every pose that comes out was in the sequence.

    Attributes
    ----------
    sequence_shape_in_ : tuple
        `(n_frames, n_joints, n_channels)` seen in `fit`; n_frames is None if the sequences differed in length.
    n_features_in_ : int
        Product of the sizes in `sequence_shape_in_`.
    feature_names_in_ : ndarray of str
        Column names, where X was a table with them.

    See Also
    --------
    FramePadder : Keeps the speed of the motion instead.

    Notes
    -----
    A missing joint (NaN) reaches only those new frames that it has a weight in. Linear motion is resampled exactly.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.preprocessing import FrameResampler
    >>> clips = [np.zeros((31, 20, 3)), np.zeros((80, 20, 3))]
    >>> FrameResampler(64).fit_transform(clips).shape
    (2, 64, 20, 3)
    """

    def __init__(self, n_frames=64, *, method="linear"):
        self.n_frames = n_frames
        self.method = method

    def _check_parameters(self):
        check_positive_integer("n_frames", self.n_frames)
        check_choice("method", self.method, ("linear", "nearest"))

    def _transform(self, X):
        before, after, weight = _frame_weights(X.shape[1], self.n_frames)
        if self.method == "nearest":
            return X[:, np.where(weight < 0.5, before, after)]
        out = X[:, before]
        between = np.flatnonzero(weight)  # the others are frames of X, and stay so to the bit
        if len(between):
            step = X[:, after[between]] - out[:, between]
            step *= weight[between, None, None].astype(X.dtype)
            out[:, between] += step
        return out


def _frame_weights(n_frames: int, n_new: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The frames before and after each new frame, and how far it is from the first to the second.

    Whole-number arithmetic: a new frame that falls on an old one must not see its neighbour, which may be NaN.
    """
    if n_new == 1:
        numerator, denominator = np.array([n_frames - 1]), 2
    else:
        numerator, denominator = np.arange(n_new) * (n_frames - 1), n_new - 1
    before, rest = np.divmod(numerator, denominator)
    return before, before + (rest > 0), rest / denominator
