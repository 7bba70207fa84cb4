"""Numbers beside joints, none over another, so that those of hands and faces can be read too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from skeletonlearn.plotting._figure import ink_and_paper

_DISTANCES = (7.0, 10.0, 14.0, 19.0, 25.0, 32.0, 40.0)  # points, from a joint to the middle of its number
_ANGLES = np.linspace(0, 2 * np.pi, 24, endpoint=False)
_LEADER_FROM = 12.0  # points; numbers farther away are joined to their joint by a line
_DOT, _STROKE = 5.0, 3.0  # points, how large a joint and how wide a bone is
_ON_NUMBER, _ON_JOINT, _ON_BONE = 10.0, 1.0, 0.5  # how bad it is to cover a point of these
_LETTER = 0.62  # width of a digit, of the font's size


def write_numbers(
    ax: Any, places: Mapping[int, tuple[float, float]], bones: Iterable[tuple[int, int]] = (), size: float = 7.0
) -> list[Any]:
    """Write a number beside each joint.

    A number stands as near to its joint as there is room beside joints and bones.

    Parameters
    ----------
    ax : Axes
        Two-dimensional axes. Their limits and the size of the figure should not change afterwards.
    places : mapping of int to (float, float)
        Where each joint was drawn, by its number.
    bones : iterable of (int, int), default=()
        The numbers of the joints at the ends of each bone that was drawn.
    size : float, default=7.0
        The size of the font, in points.

    Returns
    -------
    list of Annotation
        In the order of `places`.
    """
    if not places:
        return []
    figure = ax.get_figure()
    figure.draw_without_rendering()  # a layout engine moves the axes only now
    joints = ax.transData.transform(np.array(list(places.values()))) * 72 / figure.dpi  # points
    boxes = np.array([(_LETTER * size * len(str(number)) + 1.5, size + 1.5) for number in places])
    row = {number: at for at, number in enumerate(places)}
    ends = np.array([(row[child], row[parent]) for child, parent in bones], dtype=int).reshape(-1, 2)
    offsets = _offsets(joints, boxes, _along(joints[ends[:, 0]], joints[ends[:, 1]]))
    return [
        _write(ax, number, place, offset, size) for (number, place), offset in zip(places.items(), offsets, strict=True)
    ]


def _along(starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Points along bones, a stroke's width apart, (n_points, 2)."""
    bones = zip(starts, ends, strict=True)
    lines = [np.linspace(one, other, 1 + int(np.linalg.norm(other - one) / _STROKE)) for one, other in bones]
    return np.concatenate([np.empty((0, 2)), *lines])


def _offsets(joints: np.ndarray, boxes: np.ndarray, strokes: np.ndarray) -> np.ndarray:
    """From each joint to the middle of its number, (n_joints, 2), each chosen with those before it in place."""
    offsets = np.zeros_like(joints)
    middles = np.empty((0, 2))
    for at, (joint, box) in enumerate(zip(joints, boxes, strict=True)):
        tries = _tries(joint, joints)
        centres = joint + tries
        covered = _ON_NUMBER * _overlap(centres, box, middles, boxes[:at])
        covered += _ON_JOINT * _overlap(centres, box, joints, np.full((len(joints), 2), _DOT))
        covered += _ON_BONE * _overlap(centres, box, strokes, np.full((len(strokes), 2), _STROKE))
        best = np.argmin(covered)  # the first, so the nearest, of those without any
        offsets[at] = tries[best]
        middles = np.vstack([middles, centres[best]])
    return offsets


def _tries(joint: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """Offsets to try: near ones first, and of these those that lead away from the nearest joints."""
    nearest = joints[np.argsort(np.linalg.norm(joints - joint, axis=1))[:6]]
    away = np.arctan2(*(joint - nearest.mean(axis=0))[::-1])
    angles = _ANGLES[np.argsort(1 - np.cos(_ANGLES - away), kind="stable")]
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.concatenate([distance * circle for distance in _DISTANCES])


def _overlap(centres: np.ndarray, box: np.ndarray, others: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The area that a box at each of some centres shares with other boxes."""
    apart = np.abs(centres[:, None] - others)
    shared = np.clip((box + sizes) / 2 - apart, 0.0, np.minimum(box, sizes))
    return shared.prod(axis=2).sum(axis=1)


def _write(ax: Any, number: int, place: tuple[float, float], offset: np.ndarray, size: float) -> Any:
    ink, paper = ink_and_paper()
    is_far = np.linalg.norm(offset) > _LEADER_FROM
    return ax.annotate(
        str(number),
        place,
        offset,
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=size,
        color=ink,
        bbox={"boxstyle": "square,pad=0.05", "facecolor": paper, "edgecolor": "none", "alpha": 0.7},
        arrowprops={"arrowstyle": "-", "linewidth": 0.4, "color": ink, "shrinkA": 0, "shrinkB": 2} if is_far else None,
        annotation_clip=False,
        zorder=9,
    )
