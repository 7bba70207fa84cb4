"""Joint layouts."""

import numpy as np
import pytest

from skeletonlearn.datasets import load_msr_action3d, load_nw_ucla
from skeletonlearn.skeletons import (
    AZURE_KINECT,
    COCO_WHOLEBODY,
    HALPE26,
    HALPE_FULLBODY,
    KINECT_V1,
    MEDIAPIPE_HAND,
    MEDIAPIPE_HOLISTIC,
    MPII,
    NTU_RGBD,
    OPENPOSE_COCO18,
    OPENPOSE_WHOLEBODY,
    ROLES,
    Skeleton,
    get_skeleton,
    list_skeletons,
)
from tests.layouts import BODIES

CATALOGUE = [get_skeleton(name) for name in list_skeletons()]
SIZES = {
    **{"NTU_RGBD": 25, "KINECT_V1": 20, "MSR_ACTION3D": 20, "UTD_MHAD": 20, "SBU": 15, "FLORENCE3D": 15, "COCO": 17},
    **{"OPENPOSE_BODY25": 25, "MEDIAPIPE_POSE": 33, "H36M": 17, "AZURE_KINECT": 32, "MPII": 16, "HALPE26": 26},
    **{"OPENPOSE_COCO18": 18, "MEDIAPIPE_HAND": 21, "COCO_WHOLEBODY": 133, "HALPE_FULLBODY": 136},
    **{"OPENPOSE_BODY25_HANDS": 67, "OPENPOSE_WHOLEBODY": 137, "MEDIAPIPE_HOLISTIC": 75},
}
every_layout = pytest.mark.parametrize("skeleton", CATALOGUE, ids=lambda skeleton: skeleton.name)
WHOLE_BODIES = [skeleton for skeleton in CATALOGUE if skeleton.parts]
every_whole_body = pytest.mark.parametrize("skeleton", WHOLE_BODIES, ids=lambda skeleton: skeleton.name)
every_body = pytest.mark.parametrize("skeleton", map(get_skeleton, BODIES), ids=lambda skeleton: skeleton.name)


def test_the_catalogue_has_the_known_layouts():
    assert {skeleton.name: skeleton.n_joints for skeleton in CATALOGUE} == SIZES


@every_layout
def test_bones_are_one_tree(skeleton):
    joined = {skeleton.root}
    for _ in skeleton.joints:
        joined |= {child for child, parent in skeleton.edges if parent in joined}
    assert joined == set(range(skeleton.n_joints))
    assert len(skeleton.edges) == len(set(skeleton.edges)) == skeleton.n_joints - 1


@every_layout
def test_parents_agree_with_bones_and_the_root_is_its_own(skeleton):
    assert all(skeleton.parents[child] == parent for child, parent in skeleton.edges)
    assert np.flatnonzero(skeleton.parents == np.arange(skeleton.n_joints)).tolist() == [skeleton.root]


@every_layout
def test_mirroring_twice_changes_nothing_and_left_maps_to_right(skeleton):
    mirror = skeleton.mirror_index
    np.testing.assert_array_equal(mirror[mirror], np.arange(skeleton.n_joints))
    for at, name in enumerate(skeleton.joints):
        partner = skeleton.joints[mirror[at]]
        assert partner == name.replace("left_", "RIGHT_").replace("right_", "left_").replace("RIGHT_", "right_")
    assert all(skeleton.joints[left].startswith("left_") for left, _ in skeleton.mirror_pairs)
    assert 2 * len(skeleton.mirror_pairs) == (mirror != np.arange(skeleton.n_joints)).sum()


@every_layout
def test_mirrored_bones_are_bones(skeleton):
    mirrored = {(skeleton.mirror_index[child], skeleton.mirror_index[parent]) for child, parent in skeleton.edges}
    assert mirrored == set(skeleton.edges)


@every_layout
def test_ancestors_rebuild_positions_from_bones(skeleton):
    position = np.random.default_rng(0).normal(size=(skeleton.n_joints, 3))
    bones = position - position[skeleton.parents]
    np.testing.assert_allclose(position[skeleton.root] + skeleton.ancestors @ bones, position, atol=1e-12)


@pytest.mark.parametrize(
    "skeleton", [one for one in CATALOGUE if one.name != "MEDIAPIPE_HAND"], ids=lambda one: one.name
)
def test_every_role_is_known_and_sides_mirror(skeleton):
    assert set(skeleton.roles) == set(ROLES)
    for part in ("hip", "shoulder"):
        left, right = skeleton.role_index(f"left_{part}"), skeleton.role_index(f"right_{part}")
        assert skeleton.mirror_index[left].tolist() == right


def test_ntu_bones_are_the_published_ones_with_hands_hanging_from_wrists():
    one_based = {frozenset((child + 1, parent + 1)) for child, parent in NTU_RGBD.edges}
    trunk = [(1, 2), (2, 21), (3, 21), (4, 3), (5, 21), (6, 5), (7, 6), (8, 7), (9, 21), (10, 9), (11, 10), (12, 11)]
    legs = [(13, 1), (14, 13), (15, 14), (16, 15), (17, 1), (18, 17), (19, 18), (20, 19)]
    assert {frozenset(bone) for bone in trunk + legs} <= one_based


def test_indices_of_several_persons_are_offset():
    index = KINECT_V1.tiled(KINECT_V1.parents, 40)
    np.testing.assert_array_equal(index, np.r_[KINECT_V1.parents, KINECT_V1.parents + 20])
    assert KINECT_V1.n_persons(60) == 3


@pytest.mark.parametrize("n_joints", [0, 19, 30])
def test_a_number_of_joints_that_is_no_multiple_is_an_error(n_joints):
    with pytest.raises(ValueError, match=f"X has {n_joints} joints, but KINECT_V1 has 20"):
        KINECT_V1.n_persons(n_joints)


def test_a_users_own_layout_works():
    dog = Skeleton("dog", ["hip", "tail", "left_ear", "right_ear"], [["tail", "hip"], *EARS], {"neck": ["hip"]})
    assert (dog.root, dog.n_joints, dog.parents.tolist()) == (0, 4, [0, 0, 0, 0])
    assert dog.mirror_index.tolist() == [0, 1, 3, 2]
    assert dog.role_index("neck") == dog.role_index("hip") == [0]
    assert get_skeleton(dog) is dog
    assert hash(dog) == hash(Skeleton("dog", dog.joints, dog.bones, dog.roles))
    assert repr(dog) == "<Skeleton dog: 4 joints>"


EARS = [("left_ear", "hip"), ("right_ear", "hip")]


@pytest.mark.parametrize(
    ("joints", "bones", "roles", "message"),
    [
        ((), (), {}, "distinct and at least one"),
        (("a", "a"), (("a", "a"),), {}, "distinct"),
        (("a", "b"), (), {}, "got 0 bones with 0 distinct children, expected a tree: 1 bones"),
        (("a", "b", "c"), (("b", "a"), ("b", "c")), {}, "1 distinct children"),
        (("a", "b", "c"), (("b", "c"), ("c", "b")), {}, "do not join b, c to the root"),
        (("a", "b"), (("b", "x"),), {}, "has no joint 'x'; it has a, b"),
        (("a",), (), {"knee": ("a",)}, "got role 'knee', expected one of hip"),
        (("a",), (), {"hip": ("x",)}, "has no joint 'x'"),
    ],
)
def test_a_layout_that_is_no_tree_is_an_error(joints, bones, roles, message):
    with pytest.raises(ValueError, match=message):
        Skeleton("own", joints, bones, roles)


def test_a_left_joint_without_its_right_is_an_error_when_mirrored():
    with pytest.raises(ValueError, match="no joint 'right_hand'"):
        _ = Skeleton("one hand", ("hip", "left_hand"), (("left_hand", "hip"),)).mirror_index


def test_a_role_that_is_not_told_is_an_error():
    with pytest.raises(ValueError, match="does not define the role 'neck'; it defines no roles"):
        Skeleton("point", ("a",), ()).role_index("neck")


def test_layouts_are_found_by_name_in_any_case():
    assert get_skeleton("kinect_v1") is KINECT_V1
    with pytest.raises(ValueError, match=r"skeleton='DOG' must be one of NTU_RGBD, KINECT_V1"):
        get_skeleton("DOG")
    with pytest.raises(TypeError, match="must be a Skeleton or the name of one, got int"):
        get_skeleton(25)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("NTU", "NTU_RGBD"),
        ("NTU RGB+D", "NTU_RGBD"),
        ("ntu_rbgd", "NTU_RGBD"),
        ("kinect", "KINECT_V1"),
        ("openpose", "OPENPOSE_BODY25"),
        ("mediapipe", "MEDIAPIPE_POSE"),
        ("Human3.6M", "H36M"),
    ],
)
def test_the_error_of_an_unknown_layout_names_the_nearest(given, meant):
    with pytest.raises(ValueError, match=rf"or a Skeleton\. Did you mean '{meant}'\?"):
        get_skeleton(given)


@pytest.mark.parametrize("given", ["DOG", "", "_", "v1x9"])
def test_the_error_of_a_layout_unlike_all_others_asks_nothing(given):
    with pytest.raises(ValueError, match=r"or a Skeleton\.$"):
        get_skeleton(given)


def test_the_error_of_an_unknown_joint_names_the_nearest():
    with pytest.raises(ValueError, match=r"no joint 'left_hnd'; it has hip, .*\. Did you mean 'left_hand'\?"):
        KINECT_V1.index("left_hnd")


def test_the_error_of_an_unknown_role_names_the_nearest():
    with pytest.raises(ValueError, match=r"the role 'hips'; it defines .*\. Did you mean '.*hip'\?"):
        KINECT_V1.role_index("hips")


@pytest.fixture(params=["nw_ucla", "msr_action3d"])
def real(request, real_data):
    load = {"nw_ucla": load_nw_ucla, "msr_action3d": load_msr_action3d}[request.param]
    bunch = load(real_data(request.param))
    return bunch.skeleton, [one[~np.isnan(one).any((1, 2))] for one in bunch.sequences]


def length_spread(clips, pairs):
    """Standard deviation of the length of each pair in time, and that over the mean length; medians over clips."""
    first, second = np.array(pairs).T
    lengths = [np.linalg.norm(one[:, first] - one[:, second], axis=2) for one in clips if len(one) > 5]
    spread = np.median([one.std(axis=0) for one in lengths], axis=0)
    return spread, np.median([one.std(axis=0) / one.mean(axis=0) for one in lengths], axis=0)


def test_bones_keep_their_length_on_real_files_and_other_pairs_do_not(real):
    skeleton, clips = real
    bones = {frozenset(edge) for edge in skeleton.edges}
    others = [(a, b) for a in range(20) for b in range(a) if frozenset((a, b)) not in bones]
    spread, relative = length_spread(clips, skeleton.edges)
    assert np.median(spread) < 0.4 * np.median(length_spread(clips, others)[0])
    assert np.median(relative) < 0.12


def test_joints_are_stacked_as_in_a_standing_body_on_real_files(real):
    skeleton, clips = real
    height = np.median([one[..., 1].mean(axis=0) for one in clips if len(one)], axis=0)
    stack = [["head"], ["neck"], ["spine"], ["hip"], ["left_knee", "right_knee"], ["left_foot", "right_foot"]]
    levels = [height[[skeleton.index(joint) for joint in names]].mean() for names in stack]
    assert levels == sorted(levels, reverse=True)


@pytest.mark.parametrize(
    ("bones", "lost"),
    [((("a", "a"), ("b", "c"), ("c", "b")), "b, c, d"), ((("b", "a"), ("c", "d"), ("d", "c")), "c, d")],
)
def test_bones_that_run_in_a_circle_are_refused_by_their_names(bones, lost):
    with pytest.raises(ValueError, match=f"bones do not join {lost} to the root"):
        Skeleton("own", tuple("abcd"), bones)


@every_whole_body
def test_parts_of_a_whole_body_are_all_of_it_each_joint_once(skeleton):
    joints = [joint for part in skeleton.parts.values() for joint in part]
    assert sorted(joints) == sorted(skeleton.joints)
    assert {"body", "left_hand", "right_hand"} <= set(skeleton.parts)


@every_whole_body
def test_a_part_is_a_tree_of_the_bones_that_it_has_in_the_whole(skeleton):
    for part in skeleton.parts:
        cut = skeleton.part(part)
        assert cut.joints == skeleton.parts[part] == tuple(skeleton.joints[at] for at in skeleton.part_index(part))
        assert set(cut.bones) == {bone for bone in skeleton.bones if set(bone) <= set(cut.joints)}


@every_whole_body
def test_a_part_and_the_layout_without_it_share_the_joints(skeleton):
    for part in skeleton.parts:
        rest = skeleton.without(part)
        assert set(rest.joints) == set(skeleton.joints) - set(skeleton.parts[part])
        assert set(rest.parts) == set(skeleton.parts) - {part}


@pytest.mark.parametrize(("part", "root"), [("left_hand", "left_hand_wrist"), ("face", "nose_tip"), ("body", "nose")])
def test_a_part_is_rooted_where_it_hangs_from_the_body(part, root):
    cut = COCO_WHOLEBODY.part(part)
    assert cut.joints[cut.root] == root


def test_a_body_cut_out_keeps_its_roles_and_a_hand_has_none():
    assert COCO_WHOLEBODY.without("face", "right_hand").roles == COCO_WHOLEBODY.roles
    assert COCO_WHOLEBODY.part("right_hand").roles == {}


def test_joints_that_hang_from_nothing_hang_from_the_first_of_them():
    hands = COCO_WHOLEBODY.part("left_hand", "right_hand")
    assert hands.joints[hands.root] == "left_hand_wrist"
    assert ("right_hand_wrist", "left_hand_wrist") in hands.bones
    assert len(hands.mirror_pairs) == 21


def test_parts_are_cut_in_the_order_of_the_joints_and_once():
    index = COCO_WHOLEBODY.part_index("right_hand", "left_hand", "right_hand")
    assert index == list(range(91, 133))


def test_parts_of_several_persons_are_cut_with_tiled_indices():
    index = MEDIAPIPE_HOLISTIC.tiled(MEDIAPIPE_HOLISTIC.part_index("left_hand"), 150)
    np.testing.assert_array_equal(index, np.r_[33:54, 108:129])


def test_a_hand_by_itself_is_its_own_mirror_image():
    hand = COCO_WHOLEBODY.part("left_hand")
    np.testing.assert_array_equal(hand.mirror_index, np.arange(21))
    assert hand.mirror_pairs == ()


@pytest.mark.parametrize("ask", [COCO_WHOLEBODY.part, COCO_WHOLEBODY.without, COCO_WHOLEBODY.part_index])
def test_an_unknown_part_is_an_error_that_names_the_nearest(ask):
    with pytest.raises(ValueError, match=r"no part 'lefthand'; it has body, face, .*\. Did you mean 'left_hand'\?"):
        ask("lefthand")
    with pytest.raises(ValueError, match="got no part of COCO_WHOLEBODY, expected one or more of body, face"):
        ask()


def test_a_layout_of_one_part_says_that_it_has_no_parts():
    with pytest.raises(ValueError, match="KINECT_V1 has no part 'face'; it has no parts"):
        KINECT_V1.part("face")


@pytest.mark.parametrize(("parts", "text"), [({"arm": ["b"]}, "no joint 'b'"), ({"arm": []}, "'arm' without joints")])
def test_parts_of_other_joints_or_none_are_refused(parts, text):
    with pytest.raises(ValueError, match=text):
        Skeleton("point", ("a",), (), parts=parts)


def test_a_whole_body_without_all_its_parts_is_refused():
    with pytest.raises(ValueError, match="at least one, got"):
        COCO_WHOLEBODY.without(*COCO_WHOLEBODY.parts)


# the pairs of the published scheme of 68 points, from 1 as there
FACE_PAIRS = (
    *[(right, 18 - right) for right in range(1, 9)],
    *[(right, 45 - right) for right in range(18, 23)],
    *((32, 36), (33, 35), (37, 46), (38, 45), (39, 44), (40, 43), (41, 48), (42, 47)),
    *((49, 55), (50, 54), (51, 53), (60, 56), (59, 57), (61, 65), (62, 64), (68, 66)),
)


@pytest.mark.parametrize(
    ("skeleton", "start"), [(COCO_WHOLEBODY, 22), (HALPE_FULLBODY, 25), (OPENPOSE_WHOLEBODY, 66)], ids=str
)
def test_points_of_a_face_are_mirrored_by_the_published_scheme(skeleton, start):
    assert skeleton.joints[start + 9] == "chin"
    face = skeleton.part_index("face")
    pairs = {
        (left, right) for left, right in skeleton.mirror_pairs if left in face and "pupil" not in skeleton.joints[left]
    }
    assert pairs == {(left + start, right + start) for right, left in FACE_PAIRS}


HANDS = [
    (MEDIAPIPE_HAND, 0, ""),
    (COCO_WHOLEBODY, 91, "left_"),
    (COCO_WHOLEBODY, 112, "right_"),
    (HALPE_FULLBODY, 94, "left_"),
]


@pytest.mark.parametrize(("skeleton", "start", "side"), HANDS)
def test_a_hand_is_its_wrist_and_five_fingers_outwards_from_the_thumb(skeleton, start, side):
    tips = [f"{side}{finger}_tip" for finger in ("thumb", "index_finger", "middle_finger", "ring_finger", "pinky")]
    assert [skeleton.joints[start + at] for at in (4, 8, 12, 16, 20)] == tips
    parents = skeleton.parents[start : start + 21] - start
    assert parents[[1, 5, 9, 13, 17]].tolist() == [0] * 5
    assert all(parents[at] == at - 1 for at in range(2, 21) if at not in (5, 9, 13, 17))


@pytest.mark.parametrize(
    ("skeleton", "places"),
    [
        (HALPE26, {17: "head_top", 18: "neck", 19: "hip", 20: "left_big_toe", 23: "right_small_toe", 24: "left_heel"}),
        (COCO_WHOLEBODY, {0: "nose", 16: "right_ankle", 18: "left_small_toe", 19: "left_heel", 22: "right_heel"}),
        (MPII, {0: "right_ankle", 3: "left_hip", 7: "spine_shoulder", 8: "neck", 9: "head_top", 15: "left_wrist"}),
        (AZURE_KINECT, {3: "neck", 4: "left_clavicle", 10: "left_thumb", 18: "left_hip", 27: "nose", 31: "right_ear"}),
        (OPENPOSE_COCO18, {1: "neck", 2: "right_shoulder", 5: "left_shoulder", 8: "right_hip", 17: "left_ear"}),
        (MEDIAPIPE_HOLISTIC, {32: "right_foot", 33: "left_hand_wrist", 54: "right_hand_wrist"}),
        (OPENPOSE_WHOLEBODY, {25: "left_hand_wrist", 46: "right_hand_wrist", 67: "right_jaw_1", 136: "left_pupil"}),
    ],
    ids=str,
)
def test_joints_stand_where_the_format_has_them(skeleton, places):
    assert {at: skeleton.joints[at] for at in places} == places
