"""Features of joints that are quantised: position, bone direction, and the motion of both.

Shapes: B sequences, F frames, G wanted frames, J joints of all persons, C channels.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from skeletonlearn.skeletons import Skeleton

FEATURES = ("position", "motion", "direction", "direction_motion")
_BODY_ROLES = ("hip", "neck", "left_shoulder", "right_shoulder")


def choose_features(wanted, skeleton: Skeleton | None, n_channels: int) -> tuple[str, ...]:
    """The features that `wanted` names, or the best that the data allow where it is "auto"."""
    in_space = skeleton is not None and n_channels == 3 and all(role in skeleton.roles for role in _BODY_ROLES)
    if isinstance(wanted, str) and wanted == "auto":
        return ("direction", "motion") if in_space else ("position", "motion")
    unknown = [name for name in wanted if name not in FEATURES]
    if unknown or not len(wanted) or len(set(wanted)) < len(wanted):
        raise ValueError(f"features={wanted!r} must be 'auto' or different names from {', '.join(FEATURES)}.")
    if not in_space and any(name.startswith("direction") for name in wanted):
        what = "skeleton=None" if skeleton is None else f"{skeleton.name} with {n_channels} channels"
        raise ValueError(
            f"features={wanted!r} needs bones in three dimensions and the body's axes: got {what}, expected a "
            f"skeleton with the roles {', '.join(_BODY_ROLES)}, and 3 channels."
        )
    return tuple(wanted)


def joint_features(
    X: np.ndarray, frames: np.ndarray, features: tuple[str, ...], skeleton: Skeleton | None
) -> list[np.ndarray]:
    """Each feature of every joint in some frames.

    Parameters
    ----------
    X : ndarray of shape (B, F, J, C)
        Sequences.
    frames : ndarray of int, shape (G,)
        The frames wanted.
    features : tuple of {"position", "motion", "direction", "direction_motion"}
        Motion is the difference between the frames before and after; directions are unit vectors.
    skeleton : Skeleton or None
        The layout; needed for directions.

    Returns
    -------
    list of ndarray of shape (B, G, J, C), float64
        One array per feature.
    """

    def at(frames: np.ndarray) -> np.ndarray:
        return X[:, frames].astype(np.float64)

    def directions_at(frames: np.ndarray) -> np.ndarray:
        assert skeleton is not None
        return bone_directions(at(frames), skeleton)

    take: dict[str, Callable[[np.ndarray], np.ndarray]] = {"position": at, "direction": directions_at}
    before, after = np.maximum(frames - 1, 0), np.minimum(frames + 1, X.shape[1] - 1)
    return [
        take[name](frames)
        if name in take
        else (take["direction"](after) - take["direction"](before) if name[0] == "d" else at(after) - at(before))
        for name in features
    ]


def bone_directions(X: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """Unit vectors from each joint's parent to the joint, in the axes of its own body.

    The axes are the line from hip to neck, the line between the shoulders as far as it is perpendicular to it, and
    their cross product, in each frame: the directions do not depend on where the camera is. The root's direction, and
    those of joints that coincide, are zero.
    """
    n_joints = X.shape[2]
    bodies = X.reshape(*X.shape[:2], skeleton.n_persons(n_joints), skeleton.n_joints, 3)

    def part(role: str) -> np.ndarray:
        return bodies[..., skeleton.role_index(role), :].mean(axis=-2)

    up = _unit(part("neck") - part("hip"))
    lateral = part("right_shoulder") - part("left_shoulder")
    lateral = _unit(lateral - np.sum(lateral * up, axis=-1, keepdims=True) * up)
    axes = np.stack([lateral, up, np.cross(lateral, up)], axis=-1)  # (B, G, P, 3, 3), columns
    bones = _unit(bodies - bodies[..., skeleton.parents, :])
    # not a matrix product of BLAS: its rounding may depend on how many rows there are
    return np.einsum("...jc,...cd->...jd", bones, axes).reshape(X.shape)


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors of length one; zero for those of length zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
