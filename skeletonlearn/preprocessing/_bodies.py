"""What the transformers need to know of bodies: where a part is, who is absent, which frames show it.

Shapes: N samples, T frames, P persons, J joints of all persons, C channels.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from skeletonlearn._sequences import empty_frames
from skeletonlearn.skeletons import Skeleton
from skeletonlearn.skeletons._skeleton import did_you_mean

_AT_THE_MEAN = 1e-4
"""Joints that are as near to the mean of their body, in parts of the deviation of its joints, were put there."""
_FEWEST_JOINTS = 5
"""In smaller bodies a joint may be at the mean by itself, such as the middle one of three."""


def as_bodies(X: np.ndarray, skeleton: Skeleton | None) -> np.ndarray:
    """View of X, (N, T, J, C), with a person axis: (N, T, P, J / P, C). Without a skeleton there is one person."""
    n_samples, n_frames, n_joints, n_channels = X.shape
    n_persons = 1 if skeleton is None else skeleton.n_persons(n_joints)
    return X.reshape(n_samples, n_frames, n_persons, n_joints // n_persons, n_channels)


def absent_bodies(X: np.ndarray, skeleton: Skeleton | None) -> np.ndarray:
    """Whether each person is absent in each frame, (N, T, P): all of its joints are exactly zero.

    A lone joint is never absent: its zero is a value, as in a univariate series.
    """
    bodies = as_bodies(X, skeleton)
    if bodies.shape[3] == 1:
        return np.zeros(bodies.shape[:3], dtype=bool)
    return np.logical_not(bodies.any(axis=(3, 4)))


def recorded_body(X: np.ndarray, skeleton: Skeleton | None) -> np.ndarray:
    """The person by whom each sequence is measured, (N, T, J / P, C): the first that any frame shows.

    NaN is what was not recorded: NaN of X, the zeros of an absent person, and the joints that :class:`JointImputer` put
    at the mean of the body because no frame shows them. Elsewhere it is a view of X.
    """
    bodies = as_bodies(X, skeleton)
    shown = ~empty_frames(bodies)  # (N, T, P)
    rows, person = np.arange(len(X)), shown.any(axis=1).argmax(axis=1)
    body = bodies[rows, :, person] if person.any() else bodies[:, :, 0]
    shown = shown[rows, :, person]
    if not shown.all():
        body = np.where(shown[:, :, None, None], body, body.dtype.type(np.nan))
    invented = _invented_joints(body, shown)
    return np.where(invented[:, None, :, None], body.dtype.type(np.nan), body) if invented.any() else body


def _invented_joints(body: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """Joints that are at the mean of all joints in every frame that shows the body, (N, J).

    :class:`JointImputer` puts the joints there that no frame shows. With them, the mean of all joints is that of the
    others. A joint that was recorded does not follow the mean from frame to frame.
    """
    invented = np.zeros((len(body), body.shape[2]), dtype=bool)
    if body.shape[2] < _FEWEST_JOINTS or body.shape[3] < 2:
        return invented
    rows = np.arange(len(body))
    first = body[rows, shown.argmax(axis=1)][:, None]  # one frame clears nearly all sequences
    for row in np.flatnonzero(_at_the_mean(first).any(axis=(1, 2))):
        invented[row] = _at_the_mean(body[row, shown[row]]).all(axis=0)
    return invented


def _at_the_mean(bodies: np.ndarray) -> np.ndarray:
    """Whether each joint is at the mean of its body, (..., J, C) -> (..., J)."""
    off = bodies.astype(np.float64) - bodies.mean(axis=-2, keepdims=True, dtype=np.float64)
    far = np.sqrt(np.square(off).sum(axis=-1))
    return far < _AT_THE_MEAN * np.sqrt(np.square(far).mean(axis=-1, keepdims=True))


def check_parts(skeleton: Skeleton | None, parts: Iterable[str]) -> None:
    """Refuse a layout without one of the parts."""
    if skeleton is not None:
        for part in parts:
            part_indices(skeleton, part)


def part_indices(skeleton: Skeleton, part: str) -> list[int]:
    """Joints, in the first person, whose mean is a role or a joint of the layout."""
    if part not in skeleton.roles and part not in skeleton.joints:
        raise ValueError(
            f"{skeleton.name} has no joint or role {part!r}; it has the joints {', '.join(skeleton.joints)} and the "
            f"roles {', '.join(skeleton.roles) or '(none)'}.{did_you_mean(part, (*skeleton.joints, *skeleton.roles))}"
        )
    return skeleton.role_index(part) if part in skeleton.roles else [skeleton.index(part)]


def part_positions(X: np.ndarray, skeleton: Skeleton, part: str) -> np.ndarray:
    """Where a role or a joint of the first person is, in double precision: (N, T, J, C) -> (N, T, C)."""
    return X[:, :, part_indices(skeleton, part)].mean(axis=2, dtype=np.float64)


def neighbouring_frames(shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each frame the last frame up to it and the first frame from it on that show something.

    Where there is none on one side, the one on the other side stands for it.

    Parameters
    ----------
    shown : ndarray of bool, shape (N, T)
        Which frames show it.

    Returns
    -------
    before, after : ndarray of int, shape (N, T)
        Frame indices; meaningless in rows that show nothing at all.
    """
    n_frames = shown.shape[1]
    frames = np.arange(n_frames)
    before = np.maximum.accumulate(np.where(shown, frames, -1), axis=1)
    after = np.minimum.accumulate(np.where(shown, frames, n_frames)[:, ::-1], axis=1)[:, ::-1]
    outside = ~shown.any(axis=1, keepdims=True)
    starts, ends = before < 0, after == n_frames
    before, after = np.where(starts, after, before), np.where(ends, before, after)
    return np.where(outside, 0, before), np.where(outside, 0, after)


def hold(values: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """Values of each frame, (N, T, ...), or of the last frame before it (else the first after it) that is shown."""
    before, _ = neighbouring_frames(shown)
    return values[np.arange(len(values))[:, None], before]


def is_known(points):
    """Whether all channels of points are finite, (..., C) -> (...)."""
    return np.isfinite(points).all(axis=-1)


def first_known(points: Iterable[np.ndarray]) -> np.ndarray:
    """In each frame the first of several points, (N, T, C) each, that is finite; NaN where none is."""
    first, *others = points
    for other in others:
        first = np.where(is_known(first)[..., None], first, other)
    return first


def unit_vectors(vectors: np.ndarray, least: float = 0.0) -> np.ndarray:
    """Vectors of length one; NaN for those that are not longer than `least`."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.divide(vectors, length, out=np.full_like(vectors, np.nan), where=length > least)


def mean_direction(units: np.ndarray, least: float = 0.0) -> np.ndarray:
    """Direction of the mean over frames, (N, T, C) -> (N, 1, C), of those unit vectors that are not NaN."""
    known = is_known(units)[..., None]
    total = np.where(known, units, 0.0).sum(axis=1, keepdims=True)
    return unit_vectors(total / np.maximum(known.sum(axis=1, keepdims=True), 1), least)
