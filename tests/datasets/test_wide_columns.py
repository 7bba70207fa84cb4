"""Which columns of a wide table are which joint."""

import pytest

from skeletonlearn.datasets._wide_columns import find_wide_columns

XYZ = ("x", "y", "z")
STYLES = {
    "joint first": "{joint}_{part}",
    "coordinate first": "{part}_{joint}",
    "a point between": "{joint}.{part}",
    "a blank between": "{joint} {part}",
    "capital letters": "{joint}_{PART}",
    "nothing between": "{joint}{part}",
}
JOINTS = ["left_wrist", "right_wrist", "x_head"]


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("n_axes", [2, 3])
@pytest.mark.parametrize("score", [None, "likelihood", "visibility", "v"])
def test_joints_are_found_however_their_columns_are_named(style, n_axes, score):
    parts = [*XYZ[:n_axes], *([score] if score else [])]
    name = {
        (joint, part): style.format(joint=joint, part=part, PART=part.upper()) for joint in JOINTS for part in parts
    }
    found = find_wide_columns(["time", "phase", *name.values(), "fps"], XYZ)
    assert found.joints == JOINTS
    assert found.coordinates == [[name[joint, axis] for joint in JOINTS] for axis in XYZ[:n_axes]]
    is_read = score and style != STYLES["nothing between"]
    assert found.confidence == ([name[joint, score] for joint in JOINTS] if is_read else None)


def test_numbered_joints_are_found():
    columns = [f"{part}{at}" for at in range(33) for part in ("x", "y", "z", "v")]
    found = find_wide_columns(columns, XYZ)
    assert found.joints == [str(at) for at in range(33)]
    assert found.confidence[:2] == ["v0", "v1"]


def test_columns_of_two_levels_are_joined():
    found = find_wide_columns([("head", "x"), ("head", "y"), ("head", "likelihood")], XYZ)
    assert found == (["head"], [[("head", "x")], [("head", "y")]], [("head", "likelihood")])


def test_gesture_phases_short_names_are_read():
    columns = [f"{joint}{axis}" for joint in ("lh", "rh", "h", "s", "lw", "rw") for axis in XYZ]
    assert find_wide_columns([*columns, "timestamp", "phase"], XYZ).joints == ["lh", "rh", "h", "s", "lw", "rw"]


def test_other_coordinates_and_another_confidence_can_be_named():
    found = find_wide_columns(["hand_u", "hand_v", "hand_belief", "hand_x"], ("u", "v"), "belief")
    assert found == (["hand"], [["hand_u"], ["hand_v"]], ["hand_belief"])


def test_a_confidence_that_only_some_joints_have_is_none():
    assert find_wide_columns(["a_x", "a_y", "a_score", "b_x", "b_y"], XYZ).confidence is None


def test_a_box_is_no_joint():
    assert find_wide_columns(["bbox_x", "bbox_y", "nose_x", "nose_y"], XYZ).joints == ["nose"]
    assert find_wide_columns(["bbox_x", "bbox_y"], XYZ) is None


@pytest.mark.parametrize("columns", [[], ["x", "y", "z"], ["time", "phase"], ["left_x", "right_x"]])
def test_columns_that_are_no_joints_are_none(columns):
    assert find_wide_columns(columns, XYZ) is None


def test_a_joint_without_a_coordinate_that_others_have_is_an_error():
    with pytest.raises(
        ValueError, match="the column 'b_x' of joint 'b' but none for its coordinate 'z', expected x, y"
    ):
        find_wide_columns(["a_x", "a_y", "a_z", "b_x", "b_y"], XYZ)


def test_two_columns_for_one_coordinate_are_an_error():
    with pytest.raises(ValueError, match=r"columns 'a_x' and 'a\.x' for one coordinate"):
        find_wide_columns(["a_x", "a_y", "a.x"], XYZ)
