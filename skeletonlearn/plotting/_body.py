"""Bodies drawn in one axes: bones and joints by side and person, rings where joints are missing."""

from __future__ import annotations

from typing import Any

import numpy as np

from skeletonlearn.plotting._figure import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION, import_pyplot, ink_and_paper
from skeletonlearn.skeletons import Skeleton

SIDES = ("middle", "left", "right")
# colours of the sides and the marker of each person; a fourth looks like the first
PERSONS = (
    {"middle": "0.35", "left": BLUE, "right": VERMILION, "marker": "o"},
    {"middle": "0.7", "left": SKY, "right": ORANGE, "marker": "s"},
    {"middle": "0.5", "left": GREEN, "right": PURPLE, "marker": "^"},
)


def style_of_missing() -> dict[str, str]:
    """A ring, to be seen on light and on dark paper."""
    ink, paper = ink_and_paper()
    return {"linestyle": "none", "marker": "o", "markerfacecolor": paper, "markeredgecolor": ink}


def style_of(person: int) -> dict[str, str]:
    """Colours and marker of a person, counted from 0."""
    return PERSONS[person % len(PERSONS)]


def side_of(joint: str) -> str:
    """The side of the body that a joint is on, by its name."""
    return next((side for side in ("left", "right") if joint.startswith(f"{side}_")), "middle")


def side_of_bone(child: str, parent: str) -> str:
    """The side that a bone is on: its child's, but in the middle where it leads from one side to the other."""
    return "middle" if {side_of(child), side_of(parent)} == {"left", "right"} else side_of(child)


class Bodies:
    """Artists of the persons in one axes, which `show` moves to a frame.

    Attributes
    ----------
    bones : dict of (int, str) to Line2D
        By person and side; bones with a missing end are left out.
    joints : dict of (int, str) to Line2D
        By person and side, markers only.
    missing : Line2D
        Rings.
    """

    def __init__(self, ax: Any, skeleton: Skeleton, persons: list[int], size: float = 1.0) -> None:
        self._skeleton = skeleton
        self._n_axes = 3 if ax.name == "3d" else 2
        nowhere = [np.empty(0)] * self._n_axes
        self.bones, self.joints = {}, {}
        for person in persons:
            style = style_of(person)
            for order, side in enumerate(SIDES, start=2):
                line = {"color": style[side], "linewidth": 2.4 * size, "solid_capstyle": "round"}
                self.bones[person, side] = ax.plot(*nowhere, **line, zorder=order)[0]
                dot = {"color": style[side], "linestyle": "none", "marker": style["marker"], "markersize": 3.6 * size}
                self.joints[person, side] = ax.plot(*nowhere, **dot, zorder=order)[0]
        ring = style_of_missing() | {"markersize": 5 * size, "markeredgewidth": size}
        self.missing = ax.plot(*nowhere, **ring, zorder=6)[0]

    def show(self, points: np.ndarray, rings: np.ndarray) -> list[Any]:
        """Draw the bodies of a frame: joints (n_joints, n_axes) and the places of the missing ones, NaN elsewhere."""
        for person, side in self.bones:
            body = points[person * self._skeleton.n_joints :][: self._skeleton.n_joints]
            _move(self.bones[person, side], self._bones_between(body, side))
            on_side = [side_of(joint) == side for joint in self._skeleton.joints]
            _move(self.joints[person, side], _known(body[on_side]))
        _move(self.missing, _known(rings))
        return [*self.bones.values(), *self.joints.values(), self.missing]

    def _bones_between(self, body: np.ndarray, side: str) -> np.ndarray:
        """Ends of the bones of a side whose ends are known, each pair followed by a row of NaN that ends the line."""
        pairs = zip(self._skeleton.bones, self._skeleton.edges, strict=True)
        edges = [edge for bone, edge in pairs if side_of_bone(*bone) == side and not np.isnan(body[list(edge)]).any()]
        ends = np.full((len(edges), 3, body.shape[1]), np.nan)
        if edges:
            ends[:, :2] = body[np.asarray(edges)]
        return ends.reshape(-1, body.shape[1])


def _known(points: np.ndarray) -> np.ndarray:
    return points[~np.isnan(points[:, 0])]


def _move(line: Any, points: np.ndarray) -> None:
    (line.set_data_3d if points.shape[1] == 3 else line.set_data)(*points.T)


def persons_in(points: np.ndarray, skeleton: Skeleton) -> list[int]:
    """The persons of whom any frame shows a joint, counted from 0; points are (n_frames, n_joints, n_axes)."""
    known = ~np.isnan(points[..., 0])
    by_person = known.reshape(len(points), -1, skeleton.n_joints).any(axis=(0, 2))
    return [int(person) for person in np.flatnonzero(by_person)]


def legend_of(skeleton: Skeleton, persons: list[int], missing: bool) -> list[Any]:
    """Legend handles of the sides, the persons if there are several, and the rings if there are any."""
    plt = import_pyplot()
    sides = [side for side in ("left", "right") if side in {side_of(joint) for joint in skeleton.joints}]
    handles = []
    for person in persons:
        style, name = style_of(person), f"person {person + 1}"
        if not sides and len(persons) > 1:
            handles.append(plt.Line2D([], [], color=style["middle"], marker=style["marker"], label=name))
        for side in sides:
            label = f"{name}, {side}" if len(persons) > 1 else side
            line = {"linewidth": 2.4, "marker": style["marker"], "markersize": 4.5}
            handles.append(plt.Line2D([], [], color=style[side], label=label, **line))
    if missing:
        handles.append(plt.Line2D([], [], **style_of_missing(), markersize=5, label="missing joint"))
    return handles


def columns_that_fit(handles: list[Any], width: float) -> int:
    """Columns of a legend, as many as have room in a width in inches, by the number of letters."""
    widths = [0.4 + 0.08 * len(handle.get_label()) for handle in handles]
    for n_columns in range(len(handles), 1, -1):
        columns = np.array_split(widths, n_columns)  # as matplotlib fills them
        if sum(column.max() + 0.3 for column in columns) <= width:
            return n_columns
    return 1


def prepare_axes(ax: Any, limits: np.ndarray, azimuth: float, elevation: float) -> None:
    """Give an axes for bodies its limits, equal units on all sides and no ticks."""
    if ax.name == "3d":
        ax.set(xlim=limits[0], ylim=limits[1], zlim=limits[2])
        ax.set_box_aspect(limits[:, 1] - limits[:, 0])
        ax.view_init(elev=elevation, azim=azimuth - 90)
        ax.tick_params(labelbottom=False, labelleft=False, labelright=False, labeltop=False)
    else:
        ax.set(xlim=limits[0], ylim=limits[1], aspect="equal")
        ax.set_axis_off()
