"""A sequence as a data set of xarray with named dimensions, as movement takes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from skeletonlearn.skeletons import Skeleton, get_skeleton

_DIMS = ("time", "space", "keypoints", "individuals")


def to_xarray(
    sequence: Any,
    skeleton: Skeleton | str,
    *,
    confidence: Any = None,
    fps: float | None = None,
    individuals: Sequence[str] | None = None,
    dims: Sequence[str] = _DIMS,
) -> Any:
    """Make a data set of xarray, such as movement takes, from one sequence.

    Parameters
    ----------
    sequence : array-like of shape (n_frames, n_persons * n_joints, n_channels)
        The positions, of 2 or 3 channels; NaN or masked where a joint is missing.
    skeleton : Skeleton or str
        The layout of one person, or its name.
    confidence : array-like of shape (n_frames, n_persons * n_joints), default=None
        The confidence in each joint. None is NaN everywhere.
    fps : float or None, default=None
        Frames per second, for time in seconds. None is time in frames.
    individuals : sequence of str or None, default=None
        The names of the persons. None is "id_0", "id_1", and so on, as in movement.
    dims : sequence of str, default=("time", "space", "keypoints", "individuals")
        The names of the four dimensions. The releases of movement up to 0.15 have these. Some versions have
        ``("time", "space", "keypoint", "individual")``.

    Returns
    -------
    Dataset
        With the variables `position` and `confidence`, and the attributes `ds_type`, `time_unit`, `fps` if given, and
        `source_software`.

    Raises
    ------
    ImportError
        If xarray is not installed.
    ValueError
        If the sequence does not fit the layout, or a parameter does not fit the sequence.

    See Also
    --------
    sequences_from_xarray : Reads such data sets.

    Examples
    --------
    >>> from skeletonlearn.datasets import make_actions, to_xarray
    >>> actions = make_actions(2, n_classes=2, skeleton="COCO", n_frames=40, random_state=0)
    >>> dataset = to_xarray(actions.sequences[0], actions.skeleton, fps=30)
    >>> dataset["position"].sel(keypoints="nose", individuals="id_0").shape
    (40, 3)
    """
    try:
        from xarray import Dataset  # noqa: PLC0415 - optional
    except ImportError as error:
        raise ImportError("Data sets need xarray: pip install 'skeletonlearn[xarray]'") from error
    layout = get_skeleton(skeleton)
    points = np.ma.filled(np.ma.asarray(sequence, dtype=np.float64), np.nan)
    if points.ndim != 3 or points.shape[2] not in (2, 3) or not len(points):
        raise ValueError(f"sequence has shape {points.shape}, expected (n_frames, n_joints, 2 or 3 channels).")
    n_persons = layout.n_persons(points.shape[1])
    score = np.full(points.shape[:2], np.nan) if confidence is None else np.asarray(confidence, dtype=np.float64)
    if score.shape != points.shape[:2]:
        raise ValueError(f"confidence has shape {score.shape}, expected {points.shape[:2]} as the sequence has.")
    if fps is not None and not 0 < fps < np.inf:
        raise ValueError(f"fps={fps!r} must be a positive number, or None.")
    names = [f"id_{at}" for at in range(n_persons)] if individuals is None else list(individuals)
    if len(names) != n_persons or len(dims) != len(_DIMS):
        raise ValueError(
            f"got {len(names)} names of individuals and {len(dims)} of dimensions, expected {n_persons} and 4."
        )
    time, space, keypoint, individual = dims
    each = (len(points), n_persons, layout.n_joints)
    return Dataset(
        {
            "position": (tuple(dims), points.reshape(*each, -1).transpose(0, 3, 2, 1)),
            "confidence": ((time, keypoint, individual), score.reshape(each).transpose(0, 2, 1)),
        },
        coords={
            time: np.arange(len(points)) / (1.0 if fps is None else fps),
            space: list("xyz"[: points.shape[2]]),
            keypoint: list(layout.joints),
            individual: names,
        },
        attrs={
            "source_software": "skeletonlearn",
            "ds_type": "poses",
            "time_unit": "frames" if fps is None else "seconds",
            **({} if fps is None else {"fps": float(fps)}),
        },
    )
