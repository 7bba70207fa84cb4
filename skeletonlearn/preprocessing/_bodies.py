"""What the transformers need to know of bodies: where a part is, who is absent, which frames show it.

Shapes: N samples, T frames, P persons, J joints of all persons, C channels.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from skeletonlearn.skeletons import Skeleton
from skeletonlearn.skeletons._skeleton import did_you_mean


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
