"""The directive ``layout-picture``: a body in a layout of the catalogue, its joints numbered and named."""

from __future__ import annotations

import os
from pathlib import Path

import matplotlib as mpl
import numpy as np
from docutils import nodes
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from skeletonlearn.datasets import make_actions
from skeletonlearn.plotting import SkeletonDisplay
from skeletonlearn.plotting._joint_numbers import write_numbers
from skeletonlearn.preprocessing import make_skeleton_pipeline
from skeletonlearn.skeletons import Skeleton, get_skeleton
from skeletonlearn.skeletons._rest_pose import PROPORTIONS, rest_pose

_WAVING = 1  # the class of make_actions that spreads the arms, so that joints lie apart


class LayoutPicture(SphinxDirective):
    """Draw the layout that the argument names, and list its joints."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        skeleton = get_skeleton(self.arguments[0])
        path = Path(self.env.doctreedir, "layouts", f"{skeleton.name.lower()}.svg")
        path.parent.mkdir(parents=True, exist_ok=True)
        with mpl.rc_context({"svg.hashsalt": skeleton.name}):  # the same file each time
            draw_layout(skeleton).savefig(path, metadata={"Date": None})
        uri = os.path.relpath(path, Path(self.env.doc2path(self.env.docname)).parent)
        alt = f"The layout {skeleton.name}, its {skeleton.n_joints} joints numbered from 0."
        width = "60em" if skeleton.parts else "30em"
        picture = nodes.image("", uri=uri.replace(os.sep, "/"), alt=alt, width=width, classes=["picture"])
        return [picture, nodes.paragraph("", joints_of(skeleton))]


def joints_of(skeleton: Skeleton) -> str:
    """The numbers and names of the joints, as a sentence."""
    return "Joints: " + ", ".join(f"{at} {joint}" for at, joint in enumerate(skeleton.joints)) + "."


def draw_layout(skeleton: Skeleton) -> Figure:
    """A body with a number at each joint; the hands and the face, if they are parts, beside it and larger."""
    parts = tuple(skeleton.parts) or ("",)
    rows, columns = (2, 2) if len(parts) > 1 else (1, 1)
    figure = Figure(figsize=(4.6 * columns, 4.6 * rows), layout="constrained")
    for at, part in enumerate(parts, start=1):
        _draw_part(figure.add_subplot(rows, columns, at), skeleton, part)
    return figure


def _draw_part(ax: Axes, skeleton: Skeleton, part: str) -> None:
    """A part of a layout with the numbers that its joints have in the whole; all of it for the part ""."""
    layout = skeleton.part(part) if part else skeleton
    index = skeleton.part_index(part) if part else range(skeleton.n_joints)
    view = {"azimuth": 0, "elevation": 0, "legend": False, "ax": ax}
    display = SkeletonDisplay.from_sequence(pose_of(layout), layout, **view)
    ax.set_title(part.replace("_", " "))
    places = {index[joint]: place for joint, place in places_of(display, layout).items()}
    write_numbers(ax, places, [(index[child], index[parent]) for child, parent in layout.edges])


def pose_of(skeleton: Skeleton) -> np.ndarray:
    """A body that faces the viewer, `(n_joints, 3)`, or a hand or a face as the viewer sees it, `(n_joints, 2)`."""
    return _waving_pose(skeleton) if "hip" in skeleton.roles else _pose_of_part(skeleton)


def _waving_pose(skeleton: Skeleton) -> np.ndarray:
    """The moment when the hands are farthest apart."""
    motions = make_actions(2, n_classes=2, skeleton=skeleton, n_views=1, noise=0.0, missing=0.0, random_state=0)
    sequence = make_skeleton_pipeline(skeleton).fit_transform(motions.sequences)[_WAVING]
    end = "wrist" if "left_wrist" in skeleton.joints else "hand"
    apart = sequence[:, skeleton.index(f"left_{end}"), 0] - sequence[:, skeleton.index(f"right_{end}"), 0]
    return sequence[np.abs(apart).argmax()]


def _pose_of_part(skeleton: Skeleton) -> np.ndarray:
    """A face from the front, or a hand with its palm to the viewer and its fingers up."""
    rest = rest_pose(dict.fromkeys(PROPORTIONS, 1.0))
    if "nose_tip" in skeleton.joints:
        return np.array([rest[joint][:2] * [-1, 1] for joint in skeleton.joints])
    side = -1 if skeleton.joints[0].startswith("left_") else 1
    has_side = skeleton.joints[0] != "wrist"
    names = [joint if has_side else f"right_{joint}" for joint in skeleton.joints]
    return np.array([rest[name][[2, 1]] * [-side, -1] for name in names])


def places_of(display: SkeletonDisplay, skeleton: Skeleton) -> dict[int, tuple[float, float]]:
    """Where each joint was drawn."""
    places = {}
    for (_, side), line in display.bodies_[0].joints.items():
        on_side = [at for at, joint in enumerate(skeleton.joints) if _side_of(joint) == side]
        places.update(zip(on_side, zip(*line.get_data(), strict=True), strict=True))
    return places


def _side_of(joint: str) -> str:
    return next((side for side in ("left", "right") if joint.startswith(f"{side}_")), "middle")


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("layout-picture", LayoutPicture)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
