"""Missing joints filled in."""

from __future__ import annotations

import numpy as np

from skeletonlearn.preprocessing._bodies import as_bodies, neighbouring_frames
from skeletonlearn.preprocessing._missing_marker import (
    check_confidence_channel,
    check_min_confidence,
    find_missing,
)
from skeletonlearn.preprocessing._sequence_transformer import SequenceTransformer, check_choice, check_flag


class JointImputer(SequenceTransformer):
    """Fill in missing joints from the frames before and after them.

    A joint is missing in a frame where any of its channels is NaN, where all of them are exactly zero (what cameras
    and pose estimators write for a joint that they did not find), or where its confidence is low. A frame without
    a body is a frame in which all joints are missing.

    Parameters
    ----------
    zeros_are_missing : bool, default=True
        Whether a joint with all channels exactly zero is missing. With a single channel zero is always a value.
    min_confidence : float or None, default=None
        If given, the last channel is a confidence: joints with less than this are missing, and the channel is dropped.
    method : {"linear", "hold"}, default="linear"
        `"linear"` interpolates in time between the nearest frames that show the joint; `"hold"` repeats the last
        one, which looks at no later frame. Either way the first and the last known positions are held to the ends.
    fallback : {"mean", "zero"}, default="mean"
        Where a joint goes that is missing in the whole sequence: `"mean"`, to the mean of the joints that the
        sequence does show, frame by frame; `"zero"`, to the origin. A body that is never shown at all is all zeros.
        The steps that measure bodies recognise joints that are at the mean, but not those at zero.
    skeleton : Skeleton, str or None, default=None
        The joint layout or its name: tells several persons apart, so that none is filled in from another. With None,
        all joints are one body.

    Attributes
    ----------
    sequence_shape_in_ : tuple
        `(n_frames, n_joints, n_channels)` seen in `fit`; n_frames is None if the sequences differed in length.
    n_features_in_ : int
        Product of the sizes in `sequence_shape_in_`.
    feature_names_in_ : ndarray of str
        Column names, where X was a table with them.

    Warns
    -----
    UserWarning
        If all joints of a sequence are missing in all frames. The sequences are named.

    See Also
    --------
    MissingJointMarker : Only marks what is missing. Put it before the steps that measure bodies.

    Notes
    -----
    Impute after the steps that measure bodies (:class:`RootCenterer`, :class:`ViewAligner`, :class:`BodyScaler`), as
    :func:`make_skeleton_pipeline` does. They measure by recorded joints only. Centring puts the root at zero, so set
    ``zeros_are_missing=False`` after it.

    Data that come centred have a joint at zero that is not missing. It is kept where both hold:

    - The body's coordinates lie on both sides of zero in every channel, over the sequence. Those of a body before a
      camera do not, at least in depth.
    - The joint is at zero in every frame that has it (each frame was centred), or in the first of them and no other,
      where no other joint of the body is at zero (the sequence was centred on its start, as by `load_ntu_rgbd`, on
      the spine of the first person).

    Any other joint at zero is missing. Where missing joints are NaN, as in all that the loaders give,
    ``zeros_are_missing=False`` leaves nothing to be recognised.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.preprocessing import JointImputer
    >>> X = np.arange(1.0, 6.0).reshape(1, 5, 1, 1) * np.ones(3)
    >>> X[0, 2] = np.nan
    >>> JointImputer().fit_transform(X)[0, :, 0, 0]
    array([1., 2., 3., 4., 5.])
    """

    _DOUBT = (
        "shows nobody: all joints are missing in all frames. They were filled in with zeros",
        "Leave such sequences out: what is predicted for them means nothing.",
    )

    def __init__(self, *, zeros_are_missing=True, min_confidence=None, method="linear", fallback="mean", skeleton=None):
        self.zeros_are_missing = zeros_are_missing
        self.min_confidence = min_confidence
        self.method = method
        self.fallback = fallback
        self.skeleton = skeleton

    def _check_parameters(self):
        check_flag("zeros_are_missing", self.zeros_are_missing)
        check_choice("method", self.method, ("linear", "hold"))
        check_choice("fallback", self.fallback, ("mean", "zero"))
        check_min_confidence(self.min_confidence)

    def _check_layout(self, n_joints, n_channels):
        super()._check_layout(n_joints, n_channels)
        check_confidence_channel(self.min_confidence, n_channels)

    def _transform(self, X):
        coordinates, missing = find_missing(X, self.zeros_are_missing, self.min_confidence, self._layout())
        out = coordinates.copy()
        if missing.any():
            _fill_in_time(out, missing, self.method)
            _fill_never_shown(as_bodies(out, self._layout()), missing.all(axis=1), self.fallback)
        return out, missing.all(axis=(1, 2))


def _fill_in_time(X, missing, method):
    """Fill in, in place, the joints that some frame of the sequence shows."""
    samples, joints = np.nonzero(missing.any(axis=1) & ~missing.all(axis=1))
    series, gone = X[samples, :, joints], missing[samples, :, joints]  # (K, T, C), (K, T)
    before, after = neighbouring_frames(~gone)
    rows = np.arange(len(series))[:, None]
    filled = series[rows, before]
    if method == "linear":
        weight = (np.arange(X.shape[1]) - before) / np.maximum(after - before, 1)
        filled += weight[..., None].astype(X.dtype) * (series[rows, after] - filled)
    X[samples, :, joints] = np.where(gone[..., None], filled, series)


def _fill_never_shown(bodies, never, fallback):
    """Fill in, in place, the joints of (N, T, P, J, C) that no frame shows: `never`, (N, P * J)."""
    never = never.reshape(len(bodies), *bodies.shape[2:4])
    samples, persons = np.nonzero(never.any(axis=-1))
    body = bodies[samples, :, persons]  # (K, T, J, C)
    unknown = never[samples, persons][:, None, :, None]  # (K, 1, J, 1)
    body = np.where(unknown, body.dtype.type(0), body)
    if fallback == "mean":
        count = np.maximum((~unknown).sum(axis=2, keepdims=True), 1).astype(body.dtype)
        body = np.where(unknown, body.sum(axis=2, keepdims=True) / count, body)
    bodies[samples, :, persons] = body
