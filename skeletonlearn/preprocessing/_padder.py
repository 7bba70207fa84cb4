"""Sequences of any length to one length, at their own speed."""

from __future__ import annotations

from numbers import Real

import numpy as np

from skeletonlearn.preprocessing._sequence_transformer import (
    SequenceTransformer,
    check_choice,
    check_flag,
    check_positive_integer,
)


class FramePadder(SequenceTransformer):
    """Lengthen, or cut, sequences to `n_frames` frames without changing their speed.

    Parameters
    ----------
    n_frames : int, default=300
        Number of frames of every sequence that comes out.
    mode : {"constant", "repeat", "edge"}, default="constant"
        What follows the last frame: `"constant"`, frames full of `value`; `"repeat"`, the sequence from its beginning,
        as often as needed; `"edge"`, the last frame.
    value : float, default=0.0
        What `mode="constant"` writes; it may be NaN, a missing joint.
    truncate : bool, default=True
        Whether longer sequences are cut to their first `n_frames` frames. If not, they are refused.

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
    FrameResampler : Changes the speed instead.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.preprocessing import FramePadder
    >>> clip = np.arange(1.0, 4.0).reshape(1, 3)
    >>> FramePadder(5, mode="repeat").fit_transform(clip).ravel()
    array([1., 2., 3., 1., 2.])
    """

    def __init__(self, n_frames=300, *, mode="constant", value=0.0, truncate=True):
        self.n_frames = n_frames
        self.mode = mode
        self.value = value
        self.truncate = truncate

    def _check_parameters(self):
        check_positive_integer("n_frames", self.n_frames)
        check_choice("mode", self.mode, ("constant", "repeat", "edge"))
        check_flag("truncate", self.truncate)
        if not isinstance(self.value, Real) or isinstance(self.value, bool) or np.isinf(float(self.value)):
            raise ValueError(f"value={self.value!r} must be a finite number or NaN.")

    def _transform(self, X):
        n_frames = X.shape[1]
        if n_frames > self.n_frames and not self.truncate:
            raise ValueError(
                f"X has a sequence of {n_frames} frames, but FramePadder expected at most n_frames={self.n_frames}: "
                "raise n_frames, or set truncate=True."
            )
        frames = np.arange(self.n_frames)
        if self.mode == "constant":
            if abs(self.value) > float(np.finfo(X.dtype).max):
                raise ValueError(f"value={self.value!r} is too large for X, which has {X.dtype}.")
            out = np.full((len(X), self.n_frames, *X.shape[2:]), self.value, dtype=X.dtype)
            out[:, :n_frames] = X[:, : self.n_frames]
            return out
        return X[:, frames % n_frames if self.mode == "repeat" else np.minimum(frames, n_frames - 1)]
