"""Layouts from the names of joints."""

import numpy as np
import pytest

from skeletonlearn.datasets import make_actions
from skeletonlearn.skeletons import COCO, H36M, KINECT_V1, MEDIAPIPE_POSE, get_skeleton, list_skeletons
from skeletonlearn.skeletons._named_layout import MOST_JOINTS, find_in_catalogue, layout_of_data, layout_of_names

COCO_BY_OTHERS = [joint.replace("left_", "L").replace("right_", "R") for joint in COCO.joints]


def bones(skeleton):
    return {frozenset(bone) for bone in skeleton.bones}


@pytest.mark.parametrize("name", list_skeletons())
def test_names_of_a_catalogue_layout_give_its_bones(name):
    skeleton = get_skeleton(name)
    assert bones(layout_of_names("own", skeleton.joints)) == bones(skeleton)


def test_some_of_the_names_are_joined_past_the_missing_ones():
    joints = [joint for joint in KINECT_V1.joints if "elbow" not in joint and joint != "spine"]
    found = layout_of_names("own", joints)
    assert {frozenset(("left_wrist", "left_shoulder")), frozenset(("neck", "hip"))} <= bones(found)
    assert found.joints[found.root] == "hip"


def test_joints_that_nobody_knows_hang_from_the_root():
    found = layout_of_names("own", ["tail", *H36M.joints, "hat"])
    assert bones(found) - bones(H36M) == {frozenset(("tail", "hip")), frozenset(("hat", "hip"))}


def test_names_of_other_writers_give_partners_and_roles():
    found = layout_of_names("own", ["Pelvis", "LHip", "RHip", "LShoulder", "RShoulder", "Tail"])
    assert found.mirror_pairs == ((1, 2), (3, 4))
    assert found.roles == {
        "hip": ("pelvis",),
        "neck": ("left_shoulder", "right_shoulder"),
        "spine": ("pelvis", "pelvis", "left_shoulder", "right_shoulder"),
        **{role: (role,) for role in ("left_hip", "right_hip", "left_shoulder", "right_shoulder")},
    }


def test_shoulders_of_animated_bodies_are_where_the_arms_begin():
    sides = [f"{side}{part}" for side in ("Left", "Right") for part in ("UpLeg", "Shoulder", "Arm", "ForeArm")]
    roles = layout_of_names("own", ["Hips", "Spine", "Neck", *sides]).roles
    assert roles["left_shoulder"] == ("left_arm",)
    assert roles["right_hip"] == ("right_up_leg",)
    assert roles["hip"] == ("hips",)


def test_tree_of_bones_is_kept_whatever_the_names():
    given = [("B", "a"), ("c", "B"), ("d", "B")]
    assert layout_of_names("own", ["a", "B", "c", "d"], given).bones == (("b", "a"), ("c", "b"), ("d", "b"))


def test_bones_that_close_a_circle_or_repeat_are_left_out():
    found = layout_of_names("own", ["a", "b", "c", "d"], [("a", "b"), ("b", "a"), ("b", "c"), ("c", "a"), ("c", "d")])
    assert len(bones(found)) == 3
    assert bones(found) < {frozenset(pair) for pair in ("ab", "bc", "ca", "cd")}


def test_joints_that_no_bone_reaches_hang_from_the_root():
    found = layout_of_names("own", ["left_hip", "right_hip", "hip", "x"], [("left_hip", "hip"), ("hip", "right_hip")])
    assert ("x", "hip") in found.bones


def test_a_bone_of_no_joint_is_an_error():
    with pytest.raises(ValueError, match=r"got a bone of 'tail', expected the names of two joints"):
        layout_of_names("own", ["a", "b"], [("a", "tail")])


@pytest.mark.parametrize("joints", [[], [f"j{at}" for at in range(MOST_JOINTS + 1)]])
def test_no_joints_or_too_many_are_an_error(joints):
    with pytest.raises(ValueError, match=f"got {len(joints)} joints, expected from 1 to 1000"):
        layout_of_names("own", joints)


def test_two_joints_of_one_name_are_an_error():
    with pytest.raises(ValueError, match="got two joints of the name 'b'"):
        layout_of_names("own", ["a", "b", "b"])


def test_one_joint_is_a_layout():
    assert layout_of_names("own", ["nose"]).bones == ()


def test_most_joints_are_joined_in_a_moment():
    assert layout_of_names("own", [f"j{at}" for at in range(MOST_JOINTS)]).n_joints == MOST_JOINTS


def test_catalogue_is_found_in_any_order_and_spelling():
    shuffled = np.random.default_rng(0).permutation(COCO.n_joints)
    layout, order = find_in_catalogue([COCO_BY_OTHERS[at] for at in shuffled])
    assert layout is COCO
    assert shuffled[order].tolist() == list(range(COCO.n_joints))


def test_of_two_layouts_of_the_same_joints_that_of_the_same_order_is_found():
    for name in ("KINECT_V1", "MSR_ACTION3D", "UTD_MHAD"):
        layout, order = find_in_catalogue(get_skeleton(name).joints)
        assert (layout.name, order) == (name, list(range(20)))


def test_names_of_mediapipe_find_its_layout():
    own = [joint.replace("foot", "foot_index") for joint in MEDIAPIPE_POSE.joints]
    own = [
        "mouth_left" if joint == "left_mouth" else "mouth_right" if joint == "right_mouth" else joint for joint in own
    ]
    assert find_in_catalogue(own)[0] is MEDIAPIPE_POSE


@pytest.mark.parametrize(
    ("layout", "theirs"),
    [
        ("MPII", {"hip": "pelvis", "spine_shoulder": "thorax", "neck": "upper_neck"}),
        ("H36M", {"hip": "root", "neck": "thorax", "nose": "neck_base", "left_ankle": "left_foot"}),
        ("AZURE_KINECT", {"hip": "PELVIS", "spine": "SPINE_NAVEL", "left_hand_tip": "HANDTIP_LEFT"}),
    ],
)
def test_names_that_writers_of_a_layout_use_find_it(layout, theirs):
    for left, name in list(theirs.items()):
        theirs[left.replace("left_", "right_")] = name.replace("left", "right").replace("LEFT", "RIGHT")
    own = [theirs.get(joint, joint) for joint in get_skeleton(layout).joints]
    assert find_in_catalogue(own)[0].name == layout


def test_other_joints_are_not_in_the_catalogue():
    assert find_in_catalogue([*COCO.joints[:-1], "tail"]) is None
    assert find_in_catalogue(COCO.joints[:-1]) is None


def test_bones_of_unknown_names_are_found_in_the_data():
    sequences = make_actions(n_samples=60, random_state=0, noise=0.0, missing=0.0).sequences
    own = [f"marker{at}" for at in range(20)]
    found = layout_of_data("own", own, sequences)
    assert found.joints == tuple(own)
    assert {frozenset(edge) for edge in found.edges} == {frozenset(edge) for edge in KINECT_V1.edges}


def test_known_names_need_no_data():
    assert layout_of_data("own", COCO_BY_OTHERS, []) == layout_of_names("own", COCO_BY_OTHERS)
