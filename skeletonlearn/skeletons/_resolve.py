"""From the `skeleton` parameter of an estimator to a layout."""

from __future__ import annotations

import numpy as np

from skeletonlearn.skeletons._catalogue import get_skeleton
from skeletonlearn.skeletons._inferred import infer_skeleton
from skeletonlearn.skeletons._skeleton import Skeleton

_POSITIONS = (2, 3)
"""Channels of a joint that is a point in a picture or in space."""


def resolve_skeleton(skeleton: Skeleton | str | None, X: np.ndarray | list[np.ndarray]) -> Skeleton | None:
    """Turn a `skeleton` parameter into a layout.

    Parameters
    ----------
    skeleton : Skeleton, str or None
        A layout, its name, or ``"auto"``.
    X : ndarray of shape (n_samples, n_frames, n_joints, n_channels) or list of ndarray of shape (n_frames_i, ...)
        Sequences to train on; only ``"auto"`` reads them.

    Returns
    -------
    Skeleton or None
        With ``"auto"``, the bones inferred from X; None if a sample is one joint, or joints are not 2-D or 3-D.

    Raises
    ------
    ValueError, TypeError
        As :func:`skeletonlearn.skeletons.get_skeleton`.
    """
    if skeleton != "auto":
        return None if skeleton is None else get_skeleton(skeleton)
    _, n_joints, n_channels = X[0].shape
    return infer_skeleton(X) if n_joints > 1 and n_channels in _POSITIONS else None
