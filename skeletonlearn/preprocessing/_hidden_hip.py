"""Where the hip is in frames that do not show it: sitting people, and pictures that end at the chest."""

from __future__ import annotations

import numpy as np

from skeletonlearn.preprocessing._bodies import (
    first_known,
    hold,
    is_known,
    mean_direction,
    part_positions,
    unit_vectors,
)
from skeletonlearn.preprocessing._body_size import sizes_in_proportion
from skeletonlearn.skeletons import Skeleton

_ANCHORS = (("neck",), ("left_shoulder", "right_shoulder"), ("left_shoulder",), ("right_shoulder",))
_HEADS = (("head",), ("left_ear", "right_ear"), ("left_eye", "right_eye"), ("nose",))


def trace_hip(hips: np.ndarray, body: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """Hips of all frames, (N, T, C), with those that follow from neck and shoulders where they are not recorded.

    Parameters
    ----------
    hips : ndarray of shape (N, T, C)
        The recorded hips, NaN elsewhere.
    body : ndarray of shape (N, T, J, C)
        All recorded joints of one person, NaN elsewhere.
    skeleton : Skeleton
        The layout.
    """
    anchors = _known_parts(body, skeleton, _ANCHORS)
    if not anchors:
        return hips
    offsets = [hips - anchor for anchor in anchors]
    together = [is_known(offset) for offset in offsets]
    held = [
        np.where(both.any(axis=1)[:, None, None], hold(offset, both), np.nan)
        for offset, both in zip(offsets, together, strict=True)
    ]
    traced = first_known([hips, *(anchor + offset for anchor, offset in zip(anchors, held, strict=True))])
    never = ~is_known(traced).any(axis=1)
    if never.any():
        traced[never] = first_known(anchor[never] for anchor in anchors) + _way_down(body[never], skeleton)
    return traced


def _known_parts(body, skeleton, parts):
    """Means, (N, T, C) each, of the joints or roles that the layout has."""
    names = {*skeleton.joints, *skeleton.roles}
    return [
        np.mean([part_positions(body, skeleton, one) for one in part], axis=0) for part in parts if names >= set(part)
    ]


def _way_down(body, skeleton):
    """From the shoulder centre to the hip, (N, 1, C): the direction that the upper body shows, one torso long."""
    neck = first_known(_known_parts(body, skeleton, _ANCHORS))
    ways = [
        *(spine - neck for spine in _known_parts(body, skeleton, (("spine",),))),
        *(neck - head for head in _known_parts(body, skeleton, _HEADS)),
    ]
    if not ways:
        return np.zeros(1)
    down = mean_direction(unit_vectors(first_known(ways)))
    length = sizes_in_proportion(body, skeleton, "torso", per_frame=False)[..., None]
    return np.nan_to_num(down * length)
