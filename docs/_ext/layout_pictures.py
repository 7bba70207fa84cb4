"""The directive ``layout-picture``: a body in a layout of the catalogue, its joints numbered and named."""

from __future__ import annotations

import os
from pathlib import Path

import matplotlib as mpl
import numpy as np
from docutils import nodes
from matplotlib.figure import Figure
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from skeletonlearn.datasets import make_actions
from skeletonlearn.plotting import SkeletonDisplay
from skeletonlearn.preprocessing import make_skeleton_pipeline
from skeletonlearn.skeletons import Skeleton, get_skeleton

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
        alt = f"A body of the layout {skeleton.name}, its {skeleton.n_joints} joints numbered from 0."
        picture = nodes.image("", uri=uri.replace(os.sep, "/"), alt=alt, width="30em", classes=["picture"])
        return [picture, nodes.paragraph("", joints_of(skeleton))]


def joints_of(skeleton: Skeleton) -> str:
    """The numbers and names of the joints, as a sentence."""
    return "Joints: " + ", ".join(f"{at} {joint}" for at, joint in enumerate(skeleton.joints)) + "."


def draw_layout(skeleton: Skeleton) -> Figure:
    """A body with a number at each joint."""
    figure = Figure(figsize=(4.6, 4.6), layout="constrained")
    ax = figure.add_subplot()
    display = SkeletonDisplay.from_sequence(pose_of(skeleton), skeleton, azimuth=0, elevation=0, legend=False, ax=ax)
    ax.set_title("")
    box = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.7}
    for joint, place in places_of(display, skeleton).items():
        ax.annotate(str(joint), place, (3, 3), textcoords="offset points", fontsize=8, bbox=box, zorder=9)
    return figure


def pose_of(skeleton: Skeleton) -> np.ndarray:
    """A body that faces the viewer, at the moment when its hands are farthest apart, `(n_joints, 3)`."""
    motions = make_actions(2, n_classes=2, skeleton=skeleton, n_views=1, noise=0.0, missing=0.0, random_state=0)
    sequence = make_skeleton_pipeline(skeleton).fit_transform(motions.sequences)[_WAVING]
    end = "wrist" if "left_wrist" in skeleton.joints else "hand"
    apart = sequence[:, skeleton.index(f"left_{end}"), 0] - sequence[:, skeleton.index(f"right_{end}"), 0]
    return sequence[np.abs(apart).argmax()]


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
