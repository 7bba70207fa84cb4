"""Missing joints marked with NaN."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from skeletonlearn.preprocessing._bodies import as_bodies
from skeletonlearn.preprocessing._sequence_transformer import SequenceTransformer, check_flag
from skeletonlearn.skeletons import Skeleton
from skeletonlearn.skeletons._check_layout import warn_of_wrong_layout


class MissingJointMarker(SequenceTransformer):
    """Mark missing joints with NaN, and drop the channel of confidences.

    The steps that measure bodies, :class:`RootCenterer`, :class:`ViewAligner` and :class:`BodyScaler`, then know which
    joints were recorded. Put it before them, and :class:`JointImputer` after them.

    Parameters
    ----------
    zeros_are_missing : bool, default=True
        Whether a joint with all channels exactly zero is missing. With a single channel zero is always a value.
    min_confidence : float or None, default=None
        If given, the last channel is a confidence: joints with less than this are missing, and the channel is dropped.
    skeleton : Skeleton, str or None, default=None
        The joint layout or its name, by which several persons are kept apart. With None, all joints are one body.

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
    JointImputer : Fills in what is missing, when everything is measured.
    FrameTrimmer : Leaves out the frames at the ends that show nobody.

    Notes
    -----
    A joint that is missing in one channel is missing in all of them. The Notes of :class:`JointImputer` say when a
    joint at zero is kept because the data are centred on it.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.preprocessing import MissingJointMarker
    >>> X = np.array([[[[320.0, 240.0, 0.9], [300.0, 410.0, 0.1]]]])  # x, y, confidence
    >>> MissingJointMarker(min_confidence=0.3).fit_transform(X)
    array([[[[320., 240.],
             [ nan,  nan]]]])
    """

    def __init__(self, *, zeros_are_missing=True, min_confidence=None, skeleton=None):
        self.zeros_are_missing = zeros_are_missing
        self.min_confidence = min_confidence
        self.skeleton = skeleton

    def _check_parameters(self):
        check_flag("zeros_are_missing", self.zeros_are_missing)
        check_min_confidence(self.min_confidence)

    def _check_layout(self, n_joints, n_channels):
        super()._check_layout(n_joints, n_channels)
        check_confidence_channel(self.min_confidence, n_channels)

    def _look_at(self, X):
        skeleton = self._layout()
        if skeleton is not None:
            has_confidence = self.min_confidence is not None
            warn_of_wrong_layout([one[..., :-1] for one in X] if has_confidence else X, skeleton)

    def _transform(self, X):
        coordinates, missing = find_missing(X, self.zeros_are_missing, self.min_confidence, self._layout())
        return np.where(missing[..., None], X.dtype.type(np.nan), coordinates)


def check_min_confidence(given: Any) -> None:
    """Refuse what is neither a number nor None."""
    if given is not None and (not isinstance(given, Real) or isinstance(given, bool) or np.isnan(float(given))):
        raise ValueError(f"min_confidence={given!r} must be a number or None.")


def check_confidence_channel(min_confidence: float | None, n_channels: int) -> None:
    """Refuse data without a channel for the confidence."""
    if min_confidence is not None and n_channels < 2:
        raise ValueError(
            f"X has {n_channels} channel, but min_confidence={min_confidence!r} expected at least 2: coordinates, "
            "then a confidence."
        )


def find_missing(
    X: np.ndarray, zeros_are_missing: bool, min_confidence: float | None, skeleton: Skeleton | None
) -> tuple[np.ndarray, np.ndarray]:
    """The coordinates without the confidence, (N, T, J, C), and which joints are missing in which frames, (N, T, J)."""
    coordinates = X if min_confidence is None else X[..., :-1]
    missing = np.isnan(coordinates).any(axis=-1)
    if min_confidence is not None:
        missing |= ~(X[..., -1] >= min_confidence)  # a confidence of NaN is none
    if zeros_are_missing and coordinates.shape[-1] > 1:
        zeros = ~coordinates.any(axis=-1)
        if zeros.any():
            missing |= zeros & ~_centred_on(coordinates, zeros, skeleton)
    return coordinates, missing


def _centred_on(X, zeros, skeleton):
    """Joints at zero because the data were centred on them, (N, T, J): see the Notes of :class:`JointImputer`."""
    bodies = as_bodies(X, skeleton)
    zeros, unknown = zeros.reshape(bodies.shape[:4]), np.isnan(bodies).any(axis=-1)  # (N, T, P, J)
    always = (zeros | unknown).all(axis=1, keepdims=True)
    at_start = _zero_at_start(zeros, unknown)
    if not (always.any() or at_start.any()):
        return at_start.reshape(X.shape[:3])
    lowest, highest = np.fmin.reduce(bodies, axis=(1, 3)), np.fmax.reduce(bodies, axis=(1, 3))  # (N, P, C)
    around = ((lowest < 0) & (highest > 0)).all(axis=-1)
    return ((always | at_start) & around[:, None, :, None]).reshape(X.shape[:3])


def _zero_at_start(zeros, unknown):
    """Joints at zero in the first frame that has them, alone of their body, and in no other: (N, T, P, J)."""
    shown = ~(zeros | unknown).all(axis=-1, keepdims=True)  # a body that is not there is at no place
    known, zeros = shown & ~unknown, shown & zeros
    first = known & (np.cumsum(known, axis=1) == 1)
    alone = np.count_nonzero(zeros, axis=-1, keepdims=True) == 1
    once = np.count_nonzero(zeros, axis=1, keepdims=True) == 1
    return zeros & first & alone & once
