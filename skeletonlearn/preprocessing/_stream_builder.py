"""Joints, bones and their motions as channels."""

from __future__ import annotations

import numpy as np

from skeletonlearn.preprocessing._sequence_transformer import SequenceTransformer

_STREAMS = ("joint", "bone", "motion", "bone_motion")


class StreamBuilder(SequenceTransformer):
    """Put several views of the same motion side by side as channels.

    Parameters
    ----------
    streams : sequence of {"joint", "bone", "motion", "bone_motion"}, default=("joint",)
        What the channels hold, in this order. `"joint"`: the coordinates. `"bone"`: each joint minus its parent in the
        layout; 0 for the root. `"motion"`: the next frame minus this one; 0 in the last frame. `"bone_motion"`: the
        same of the bones.
    skeleton : Skeleton, str or None, default=None
        The joint layout or its name. Bones need it.

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
    SequenceFlattener : Makes one row of each sequence, for any classifier.

    Notes
    -----
    The estimators of this package build streams themselves, after augmentation (their parameter `streams`): this is
    for other classifiers. Put it last: the other transformers expect coordinates.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.preprocessing import StreamBuilder
    >>> X = np.zeros((2, 30, 20, 3))
    >>> StreamBuilder(("joint", "bone", "motion"), skeleton="KINECT_V1").fit_transform(X).shape
    (2, 30, 20, 9)
    """

    def __init__(self, streams=("joint",), skeleton=None):
        self.streams = streams
        self.skeleton = skeleton

    def _check_parameters(self):
        streams = self.streams
        listed = isinstance(streams, list | tuple)
        if not listed or not streams or any(not isinstance(one, str) or one not in _STREAMS for one in streams):
            raise ValueError(f"streams={streams!r} must be a sequence of one or more of {', '.join(_STREAMS)}.")
        bones = [stream for stream in streams if stream.startswith("bone")]
        if bones and self.skeleton is None:
            raise ValueError(f"streams={streams!r} needs a skeleton for {bones[0]!r}, got skeleton=None.")

    def _transform(self, X):
        build = {
            "joint": lambda: X,
            "bone": lambda: _bones(X, self._layout()),
            "motion": lambda: _motion(X),
            "bone_motion": lambda: _motion(_bones(X, self._layout())),
        }
        return np.concatenate([build[stream]() for stream in self.streams], axis=-1)


def _bones(X, skeleton):
    """Each joint minus its parent, (N, T, J, C)."""
    parents = skeleton.tiled(skeleton.parents, X.shape[2])
    bones = X - X[:, :, parents]
    bones[:, :, parents == np.arange(len(parents))] = 0  # the root has no bone, missing (NaN) or not
    return bones


def _motion(X):
    """The next frame minus this one, (N, T, J, C)."""
    motion = np.zeros_like(X)
    np.subtract(X[:, 1:], X[:, :-1], out=motion[:, :-1])
    return motion
