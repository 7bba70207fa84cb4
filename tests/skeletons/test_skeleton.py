"""Joint layouts."""

import numpy as np
import pytest

from skeletonlearn.datasets import load_msr_action3d, load_nw_ucla
from skeletonlearn.skeletons import KINECT_V1, NTU_RGBD, ROLES, Skeleton, get_skeleton, list_skeletons

CATALOGUE = [get_skeleton(name) for name in list_skeletons()]
SIZES = {
    **{"NTU_RGBD": 25, "KINECT_V1": 20, "MSR_ACTION3D": 20, "UTD_MHAD": 20, "SBU": 15, "FLORENCE3D": 15, "COCO": 17},
    **{"OPENPOSE_BODY25": 25, "MEDIAPIPE_POSE": 33, "H36M": 17},
}
every_layout = pytest.mark.parametrize("skeleton", CATALOGUE, ids=lambda skeleton: skeleton.name)


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


@every_layout
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
