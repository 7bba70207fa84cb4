"""Pictures look as they did when they were last looked at.

`SKELETONLEARN_NEW_BASELINES=1 python -m pytest tests/plotting/test_pictures.py` writes those of today: look at them.
"""

import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.testing.compare import compare_images

from skeletonlearn.datasets import make_actions
from skeletonlearn.plotting import (
    AttentionDisplay,
    EmbeddingDisplay,
    JointImportanceDisplay,
    LossCurveDisplay,
    SkeletonDisplay,
    TopKDisplay,
)
from skeletonlearn.plotting._figure import BLUE

BASELINE = Path(__file__).parent / "baseline"
LARGEST = 30_000  # bytes of a picture
# root mean square of the difference in grey levels: lines drawn by another version of matplotlib give less, a limb of
# another colour gives more
TOLERANCE = 4.0


@pytest.fixture(scope="module")
def actions():
    return make_actions(n_samples=12, missing=0.08, random_state=0)


def strip(actions):
    return SkeletonDisplay.from_sequence(actions.sequences[1], actions.skeleton, frames=[0, 10, 20, 30]).figure_


def strip_in_three_dimensions(actions):
    options = {"frames": [0, 20], "projection": "3d"}
    return SkeletonDisplay.from_sequence(actions.sequences[1], actions.skeleton, **options).figure_


def two_persons(actions):
    both = np.concatenate([actions.sequences[1][:21], actions.sequences[2][:21]], axis=1)
    return SkeletonDisplay.from_sequence(both, actions.skeleton, frames=[0, 20]).figure_


def loss_curve(actions):
    epochs = np.arange(1, 11)
    parts = {"contrastive_loss": 3 / epochs, "reconstruction_loss": 1 / epochs**2}
    curves = {"loss": sum(parts.values()), **parts, "validation_loss": 3 / epochs + epochs / 10}
    return LossCurveDisplay(curves).plot(log_scale=True).figure_


def embedding(actions):
    angle = np.arange(60) * 2.4
    points = np.column_stack([np.cos(angle), np.sin(angle)]) * np.sqrt(np.arange(60))[:, None]
    return EmbeddingDisplay(points, np.arange(60) % 10 - 1).plot().figure_


def top_k(actions):
    display = TopKDisplay([0.5, 0.7, 0.8], n_classes=10, name="one").plot()
    return TopKDisplay([0.4, 0.8, 0.9], n_classes=10, name="other").plot(display.ax_).figure_


def attention(actions):
    weight = np.exp(-((np.arange(30) - 18) ** 2) / 40)
    options = {"skeleton": actions.skeleton, "names": ["wave"]}
    return AttentionDisplay([weight / weight.sum()], [actions.sequences[1][:30]], **options).plot().figure_


def joint_importance(actions):
    groups = {joint: [joint] for joint in actions.skeleton.joints}
    drops = np.linspace(-0.01, 0.2, len(groups))[:, None]
    return JointImportanceDisplay(drops, groups, actions.sequences[2][0], actions.skeleton).plot().figure_


PICTURES = [strip, strip_in_three_dimensions, two_persons, loss_curve, embedding, top_k, attention, joint_importance]


@pytest.mark.parametrize("draw", PICTURES, ids=lambda draw: draw.__name__)
def test_picture_looks_as_it_did(draw, actions, tmp_path):
    name = f"{draw.__name__}.png"
    with plt.style.context(["default", {"savefig.dpi": 50, "figure.dpi": 50}]):
        figure = draw(actions)
        _without_text(figure)
        figure.savefig(tmp_path / name, metadata={"Software": None})
    if os.environ.get("SKELETONLEARN_NEW_BASELINES"):
        (BASELINE / name).write_bytes((tmp_path / name).read_bytes())
    assert (BASELINE / name).stat().st_size < LARGEST
    (tmp_path / f"expected_{name}").write_bytes((BASELINE / name).read_bytes())  # differences are written beside it
    assert compare_images(tmp_path / f"expected_{name}", tmp_path / name, TOLERANCE) is None


def test_limb_of_another_colour_is_another_picture(actions, tmp_path):
    with plt.style.context(["default", {"savefig.dpi": 50, "figure.dpi": 50}]):
        figure = strip(actions)
        _without_text(figure)
        figure.savefig(tmp_path / "before.png")
        assert figure.axes[0].get_lines()[2].get_color() == BLUE  # bones on the left
        for ax in figure.axes:
            ax.get_lines()[2].set_color("black")
        figure.savefig(tmp_path / "after.png")
    assert compare_images(tmp_path / "before.png", tmp_path / "after.png", TOLERANCE) is not None


def _without_text(figure):
    """Take away all that is written, so that fonts do not matter, and what is laid out around it."""
    figure.set_layout_engine("none")
    for legend in [*figure.legends, *(ax.get_legend() for ax in figure.axes)]:
        if legend is not None:
            legend.remove()
    for ax in figure.axes:
        ax.set(title="", xlabel="", ylabel="")
        ax.set_title("", loc="left")
        ax.tick_params(which="both", labelleft=False, labelbottom=False, labelright=False)
