"""The page of layouts says what the catalogue says."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from skeletonlearn import datasets
from skeletonlearn.skeletons import COCO_WHOLEBODY, get_skeleton, list_skeletons

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "layouts.rst").read_text()
TABLE = PAGE[PAGE.index(":name: layout-table") : PAGE.index("Joints and bones are those of one person.")]
ROWS = {row[0].strip("`_"): row for row in re.findall(r"   \* - (\S+)\n" + r"     - (.+)\n" * 5, TABLE)[1:]}


def test_the_table_has_a_row_for_each_layout_in_the_order_of_the_catalogue():
    assert list(ROWS) == list_skeletons()


@pytest.mark.parametrize("name", list_skeletons())
def test_numbers_of_joints_and_bones_and_the_root_are_the_catalogues(name):
    skeleton = get_skeleton(name)
    assert ROWS[name][1:4] == (str(skeleton.n_joints), str(len(skeleton.bones)), skeleton.joints[skeleton.root])


def test_every_loader_of_skeletons_stands_in_the_table():
    named = set(re.findall(r":func:`~skeletonlearn\.datasets\.(\w+)`", TABLE))
    other = {"load_frame_graphs", "load_bvh", "load_c3d", "load_deeplabcut"}  # the layout is that of the file
    assert named == {name for name in datasets.__all__ if name.startswith("load_")} - other | {"make_actions"}


@pytest.mark.parametrize("name", list_skeletons())
def test_each_layout_has_a_picture_under_its_name(name):
    assert re.search(rf"^{name}\n~+\n\n\.\. layout-picture:: {name}$", PAGE, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def layout_pictures():
    pytest.importorskip("sphinx")
    spec = importlib.util.spec_from_file_location("layout_pictures", DOCS / "_ext" / "layout_pictures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", list_skeletons())
def test_a_picture_numbers_each_joint_where_it_is_drawn(name, layout_pictures):
    skeleton = get_skeleton(name)
    axes = layout_pictures.draw_layout(skeleton).axes
    parts = [skeleton.part(part) for part in skeleton.parts] or [skeleton]
    numbers = []
    for ax, part in zip(axes, parts, strict=True):
        placed = {int(text.get_text()): text.xy for text in ax.texts}
        numbers += placed
        # seen from the front: height is the height of the body, up to where the picture begins
        heights = np.array([placed[skeleton.index(joint)][1] for joint in part.joints])
        np.testing.assert_allclose(np.diff(heights), np.diff(layout_pictures.pose_of(part)[:, 1]), atol=1e-5)
    assert sorted(numbers) == list(range(skeleton.n_joints))


def test_hands_show_their_palms_with_the_fingers_up(layout_pictures):
    for side, thumb_on in (("left", -1), ("right", 1)):
        hand = COCO_WHOLEBODY.part(f"{side}_hand")
        pose = dict(zip(hand.joints, layout_pictures.pose_of(hand), strict=True))
        from_wrist = pose[f"{side}_thumb_tip"] - pose[f"{side}_hand_wrist"]
        assert np.sign(from_wrist).tolist() == [thumb_on, 1]


def test_left_is_on_the_right_of_a_body_that_faces_the_viewer(layout_pictures):
    skeleton = get_skeleton("KINECT_V1")
    (ax,) = layout_pictures.draw_layout(skeleton).axes
    placed = {int(text.get_text()): text.xy for text in ax.texts}
    assert placed[skeleton.index("left_hand")][0] > placed[skeleton.index("right_hand")][0]


def test_a_picture_is_explained_by_the_names_of_all_joints(layout_pictures):
    assert layout_pictures.joints_of(get_skeleton("SBU")).startswith(
        "Joints: 0 head, 1 neck, 2 spine, 3 left_shoulder,"
    )
