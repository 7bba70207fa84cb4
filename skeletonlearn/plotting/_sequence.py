"""A sequence as the pictures need it: checked, seen from a place, with somewhere to draw what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

from skeletonlearn.skeletons import Skeleton, get_skeleton

VERTICALS = ("x", "-x", "y", "-y", "z", "-z")


def check_sequence(sequence: Any, skeleton: Skeleton | str) -> tuple[np.ndarray, Skeleton]:
    """A sequence as floats (n_frames, n_joints, n_channels), NaN in all channels of a missing joint; its layout."""
    skeleton = get_skeleton(skeleton)
    positions = np.array(sequence, dtype=np.float64)
    positions = positions[None] if positions.ndim == 2 else positions
    if positions.ndim != 3 or positions.shape[0] == 0 or positions.shape[2] not in (2, 3):
        raise ValueError(
            f"sequence has shape {np.shape(sequence)}, expected (n_frames, n_joints, n_channels) with at least one "
            "frame and 2 or 3 channels, or one frame (n_joints, n_channels)."
        )
    skeleton.n_persons(positions.shape[1])
    if np.isinf(positions).any():
        raise ValueError("sequence contains infinity, expected finite coordinates, or NaN for a missing joint.")
    positions[np.isnan(positions).any(axis=2)] = np.nan
    return positions, skeleton


def check_frames(frames: Any, n_frames: int, at_most: int = 6) -> list[int]:
    """Indices of the frames to show, counted from 0; None is some that are spread evenly, ends included."""
    if frames is None:
        return np.linspace(0, n_frames - 1, min(at_most, n_frames)).round().astype(int).tolist()
    chosen = [frames] if isinstance(frames, Integral) else frames
    if isinstance(chosen, str) or not isinstance(chosen, Sequence | np.ndarray | range) or len(chosen) == 0:
        raise ValueError(f"frames={frames!r} must be None, an integer or a sequence of integers.")
    for frame in chosen:
        if not isinstance(frame, Integral) or not -n_frames <= int(frame) < n_frames:
            raise ValueError(f"frames={frames!r} must hold integers from {-n_frames} to {n_frames - 1}, got {frame!r}.")
    return [int(frame) % n_frames for frame in chosen]


def as_seen(
    positions: np.ndarray, vertical: str = "y", azimuth: float = 0.0, elevation: float = 0.0, depth: bool = False
) -> np.ndarray:
    """Positions as a viewer sees them: to the right, upwards; with `depth` to the right, away and upwards.

    Three channels are right-handed axes. The viewer looks along +z, as the sensor does, or along +y where z is
    vertical. `azimuth` takes him round to the right, `elevation` up, in degrees. Two channels are only turned over.
    """
    if vertical not in VERTICALS:
        raise ValueError(f"vertical={vertical!r} must be one of {', '.join(VERTICALS)}.")
    for name, angle in (("azimuth", azimuth), ("elevation", elevation)):
        if not isinstance(angle, Real) or not np.isfinite(angle):
            raise ValueError(f"{name}={angle!r} must be a number of degrees.")
    if positions.shape[-1] == 2:
        return _turned_over(positions, vertical, depth)
    axis, sign = "xyz".index(vertical[-1]), -1.0 if vertical.startswith("-") else 1.0
    up, away = sign * np.eye(3)[axis], np.eye(3)[1 if axis == 2 else 2]
    right = np.cross(away, up)
    if depth:
        return positions @ np.stack([right, away, up], axis=1)
    turn, rise = np.deg2rad([azimuth, elevation])
    right, away = np.cos(turn) * right + np.sin(turn) * away, np.cos(turn) * away - np.sin(turn) * right
    return positions @ np.stack([right, np.cos(rise) * up + np.sin(rise) * away], axis=1)


def _turned_over(positions: np.ndarray, vertical: str, depth: bool) -> np.ndarray:
    if vertical not in ("y", "-y"):
        raise ValueError(f"vertical={vertical!r} must be 'y' or '-y' for positions of 2 channels.")
    if depth:
        raise ValueError("positions have 2 channels, expected 3 for an axes in three dimensions.")
    return positions * np.array([1.0, -1.0 if vertical == "-y" else 1.0])


def place_missing(positions: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """Where to mark the joints that are missing; NaN for those that are not, shape (n_frames, n_joints, n_channels).

    That is where the joint was last seen; before it was first seen, where the joint is that it hangs from. Nothing is
    marked of a person of whom the frame shows no joint, nor what hangs from nothing that was ever seen.
    """
    n_frames, n_joints, _ = positions.shape
    known = ~np.isnan(positions[:, :, 0])
    last = np.maximum.accumulate(np.where(known, np.arange(n_frames)[:, None], -1), axis=0)
    places = np.where((last >= 0)[..., None], positions[last, np.arange(n_joints)], np.nan)
    parents = skeleton.tiled(skeleton.parents, n_joints)
    for _ in range(skeleton.n_joints):
        places = np.where(np.isnan(places), places[:, parents], places)
    seen = known.reshape(n_frames, -1, skeleton.n_joints).any(axis=2).repeat(skeleton.n_joints, axis=1)
    return np.where((seen & ~known)[..., None], places, np.nan)


def limits_of(points: np.ndarray, margin: float = 0.08) -> np.ndarray:
    """Least and greatest coordinate of every axis with a margin, shape (n_axes, 2)."""
    flat = points.reshape(-1, points.shape[-1])
    flat = flat[~np.isnan(flat[:, 0])]
    if not len(flat):
        return np.tile([-1.0, 1.0], (points.shape[-1], 1))
    low, high = flat.min(axis=0), flat.max(axis=0)
    room = margin * (high - low).max() or 1.0
    return np.stack([low - room, high + room], axis=1)
