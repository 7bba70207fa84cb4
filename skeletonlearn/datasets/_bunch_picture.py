"""A Bunch in a notebook: a table of what it holds, and pictures of a few of its skeletons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import numpy as np

from skeletonlearn.datasets._bunch_summary import summarize_bunch
from skeletonlearn.skeletons import Skeleton

_MOST_SAMPLES, _POSES = 4, 3
_WIDTH, _HEIGHT, _MARGIN = 64.0, 96.0, 6.0  # of the picture of a pose
_FARTHEST = 1e30  # a joint that is farther is no joint, and squares of it would overflow
_LETTERS = 26  # of a label below the poses of a sample
# per person, of the middle, the left and the right: Okabe & Ito's colours, as in `plotting`
_COLORS = (("#888888", "#0072B2", "#D55E00"), ("#BBBBBB", "#56B4E9", "#E69F00"))
_CELL = "text-align:left;vertical-align:top;padding:2px 12px 2px 0"


def draw_bunch(bunch: Mapping[str, Any]) -> str:
    """The HTML that shows a Bunch.

    Parameters
    ----------
    bunch : Bunch
        With any entries. Only a few sequences are read.

    Returns
    -------
    str
        A table of the entries and an SVG picture of poses. All texts are escaped.
    """
    title, rows = summarize_bunch(bunch)
    cells = "".join(
        f'<tr><th style="{_CELL}">{escape(key)}</th><td style="{_CELL}">{escape(text)}</td></tr>' for key, text in rows
    )
    return f'<div><p><b>{escape(title)}</b></p>{draw_strip(bunch)}<table style="margin:0">{cells}</table></div>'


def draw_strip(bunch: Mapping[str, Any]) -> str:
    """Three poses of each of a few samples, of different classes if possible, as SVG; empty where none can be drawn."""
    skeleton = bunch.get("skeleton")
    films = [
        film
        for at in _choose_samples(bunch)
        if (film := _film(bunch["sequences"][at], skeleton, _label_of(at, bunch))) is not None
    ]
    if not films:
        return ""
    width, height = len(films) * _POSES * _WIDTH, _HEIGHT + 18
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    placed = (f'<g transform="translate({at * _POSES * _WIDTH:g} 0)">{film}</g>' for at, film in enumerate(films))
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} style="max-width:100%">{"".join(placed)}</svg>'


def _choose_samples(bunch: Mapping[str, Any]) -> list[int]:
    """The first sample of each class, or the first samples."""
    sequences, target = bunch.get("sequences"), bunch.get("target")
    if not isinstance(sequences, list):
        return []
    if isinstance(target, np.ndarray) and target.shape == (len(sequences),):
        return sorted(np.unique(target, return_index=True)[1].tolist())[:_MOST_SAMPLES]
    return list(range(len(sequences)))[:_MOST_SAMPLES]


def _label_of(at: int, bunch: Mapping[str, Any]) -> str:
    names, target, name = bunch.get("target_names"), bunch.get("target"), bunch.get("name")
    if isinstance(target, np.ndarray) and isinstance(names, list) and 0 <= target[at] < len(names):
        return str(names[target[at]])
    return str(name[at]) if isinstance(name, np.ndarray | list) and at < len(name) else f"sample {at}"


def _film(sequence: Any, skeleton: Any, label: str) -> str | None:
    """An early, a middle and a late pose side by side with a label; None where the sequence shows nobody."""
    points = np.asarray(sequence, dtype=np.float64)
    if points.ndim != 3 or points.shape[2] < 2:
        return None
    points = np.where((np.abs(points) < _FARTHEST).all(axis=2, keepdims=True), points, np.nan)[..., :3]
    frames = _fullest_frames(points)
    if not frames:
        return None
    layout = skeleton if isinstance(skeleton, Skeleton) and points.shape[1] % skeleton.n_joints == 0 else None
    poses = _flatten(points, layout)[frames]
    drawn = "".join(_pose(pose, at, layout) for at, pose in enumerate(_fit(poses)))
    text = escape(label if len(label) <= _LETTERS else f"{label[: _LETTERS - 3]}...")
    place = f'x="{_POSES * _WIDTH / 2:g}" y="{_HEIGHT + 12:g}" text-anchor="middle"'
    return f'{drawn}<text {place} font-size="12" font-family="sans-serif" fill="currentColor">{text}</text>'


def _fullest_frames(points: np.ndarray) -> list[int]:
    """In each part of the frames that show somebody, the one that shows the most joints."""
    n_seen = np.isfinite(points[..., 0]).sum(axis=1)
    parts = np.array_split(np.flatnonzero(n_seen), _POSES)
    return [int(part[n_seen[part].argmax()]) for part in parts if len(part)]


def _flatten(points: np.ndarray, layout: Skeleton | None) -> np.ndarray:
    """Points (n_frames, n_joints, 2) to the right and downwards, as a viewer sees them from the front."""
    up = _upward(points, layout)
    if points.shape[2] == 2:
        return np.stack([points[..., 0], -points @ up], axis=-1)
    away = np.eye(3)[1 if abs(up[2]) else 2]
    return np.stack([points @ np.cross(away, up), -points @ up], axis=-1)


def _upward(points: np.ndarray, layout: Skeleton | None) -> np.ndarray:
    """The axis, with its sign, along which the necks lie above the hips; y where that is unknown."""
    n_channels = points.shape[2]
    up = np.eye(n_channels)[1] * (1.0 if n_channels == 3 else -1.0)  # of depth sensors, and of pictures
    if layout is None or not {"hip", "neck"} <= set(layout.roles):
        return up
    body = points[:, : layout.n_joints]
    spine = body[:, layout.role_index("neck")].mean(axis=1) - body[:, layout.role_index("hip")].mean(axis=1)
    spine = spine[np.isfinite(spine).all(axis=1)]
    if not len(spine):
        return up
    mean = spine.mean(axis=0)
    axis = int(np.abs(mean[:2] if n_channels == 2 else mean).argmax())
    return np.eye(n_channels)[axis] * (1.0 if mean[axis] > 0 else -1.0)


def _fit(poses: np.ndarray) -> np.ndarray:
    """Poses of one scale, each in the middle of its picture."""
    low, high = np.nanmin(poses, axis=1), np.nanmax(poses, axis=1)
    room = np.array([_WIDTH, _HEIGHT]) - 2 * _MARGIN
    scale = (room / np.maximum((high - low).max(axis=0), 1e-30)).min()
    return (poses - (low + high)[:, None] / 2) * scale + np.array([_WIDTH, _HEIGHT]) / 2


def _pose(pose: np.ndarray, at: int, layout: Skeleton | None) -> str:
    """A pose as SVG paths: bones by person and side, or dots where the layout is unknown."""
    pose = pose + np.array([at * _WIDTH, 0.0])
    if layout is None:
        return _path([f"M{x:.1f} {y:.1f}h0" for x, y in pose[np.isfinite(pose[:, 0])]], "#0072B2", 4)
    paths = []
    for person in range(len(pose) // layout.n_joints):
        body = pose[person * layout.n_joints :][: layout.n_joints]
        for side, color in enumerate(_COLORS[person % len(_COLORS)]):
            paths.append(_path(list(_bones(body, layout, side)), color, 2))
    return "".join(paths)


def _bones(body: np.ndarray, layout: Skeleton, side: int) -> Iterator[str]:
    for (child, parent), edge in zip(layout.bones, layout.edges, strict=True):
        (x1, y1), (x2, y2) = body[list(edge)]
        if _side_of(child, parent) == side and np.isfinite([x1, x2]).all():
            yield f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"


def _side_of(child: str, parent: str) -> int:
    """0 for the middle, 1 for the left, 2 for the right; a bone between the sides is in the middle."""
    sides = [1 * name.startswith("left_") + 2 * name.startswith("right_") for name in (child, parent)]
    return 0 if sum(sides) == 3 else sides[0]


def _path(moves: list[str], color: str, width: int) -> str:
    line = f'stroke="{color}" stroke-width="{width}" stroke-linecap="round" fill="none"'
    return f'<path d="{"".join(moves)}" {line}/>' if moves else ""
