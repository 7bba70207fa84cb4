"""Sequences without the padding at their ends."""

from __future__ import annotations

from skeletonlearn._sequences import trim_empty_frames
from skeletonlearn.preprocessing._sequence_transformer import SequenceTransformer


class FrameTrimmer(SequenceTransformer):
    """Leave out the frames at both ends of each sequence in which nobody is.

    Many arrays are padded with empty frames to one length. Without this step, :class:`FrameResampler` takes them for a
    part of the motion.

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
    FrameResampler : Brings the trimmed sequences to one length.
    MissingJointMarker : Marks joints of low confidence, so that frames of such joints are left out.

    Notes
    -----
    A frame is empty if every coordinate of all persons is NaN or exactly zero. The zeros of a lone joint are values,
    and a univariate series has no empty frames. Empty frames between others stay. A sequence without any body keeps
    its first frame.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.preprocessing import FrameTrimmer
    >>> X = np.zeros((2, 300, 25, 3))
    >>> X[0, :80], X[1, 10:40] = 1.0, 1.0
    >>> [len(clip) for clip in FrameTrimmer().fit_transform(X)]
    [80, 30]
    """

    _BY_SEQUENCE = True

    def _transform(self, X):
        return trim_empty_frames(X[0])[None].copy()
