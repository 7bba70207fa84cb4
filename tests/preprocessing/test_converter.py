"""SkeletonConverter: from one layout to another."""

from itertools import permutations

import numpy as np
import pytest

from skeletonlearn.preprocessing import SkeletonConverter
from skeletonlearn.skeletons import (
    AZURE_KINECT,
    COCO,
    COCO_WHOLEBODY,
    H36M,
    HALPE26,
    KINECT_V1,
    MEDIAPIPE_HOLISTIC,
    MEDIAPIPE_POSE,
    MPII,
    NTU_RGBD,
    OPENPOSE_BODY25,
    SBU,
    Skeleton,
    get_skeleton,
    list_skeletons,
)
from tests.layouts import BODIES, PLAIN_BODIES

# A person of about 1.75 m who stands with hanging arms: x to the right, y up from the floor, z backward, in metres.
STANDING = {
    "hip": (0.0, 0.95, 0.0),
    "spine": (0.0, 1.2, 0.0),
    "shoulder centre": (0.0, 1.44, 0.0),
    "neck above": (0.0, 1.51, 0.0),
    "spine_chest": (0.0, 1.32, 0.0),
    "right_clavicle": (0.04, 1.44, 0.0),
    "head": (0.0, 1.65, 0.0),
    "head_top": (0.0, 1.75, 0.0),
    "nose": (0.0, 1.63, -0.1),
    "right_eye": (0.03, 1.67, -0.08),
    "right_eye_inner": (0.015, 1.67, -0.08),
    "right_eye_outer": (0.045, 1.67, -0.07),
    "right_ear": (0.08, 1.64, 0.0),
    "right_mouth": (0.025, 1.58, -0.08),
    "right_shoulder": (0.19, 1.42, 0.0),
    "right_elbow": (0.21, 1.13, 0.0),
    "right_wrist": (0.22, 0.87, 0.0),
    "right_hand": (0.22, 0.8, -0.01),
    "right_hand_tip": (0.22, 0.7, -0.02),
    "right_index": (0.22, 0.78, -0.04),
    "right_pinky": (0.22, 0.78, 0.03),
    "right_thumb": (0.22, 0.8, -0.06),
    "right_hip": (0.1, 0.92, 0.0),
    "right_knee": (0.1, 0.5, 0.0),
    "right_ankle": (0.1, 0.08, 0.0),
    "right_heel": (0.1, 0.02, 0.05),
    "right_foot": (0.1, 0.02, -0.12),
    "right_big_toe": (0.08, 0.01, -0.17),
    "right_small_toe": (0.14, 0.01, -0.14),
}
every_pair = pytest.mark.parametrize(("source", "target"), list(permutations(PLAIN_BODIES, 2)))
every_whole_body = pytest.mark.parametrize("name", [name for name in BODIES if name not in PLAIN_BODIES])


def bodies(skeleton, n_persons=1, n_channels=3):
    return np.random.default_rng(0).normal(size=(2, 4, n_persons * skeleton.n_joints, n_channels))


def convert(X, source, target, **parameters):
    return SkeletonConverter(source, target, **parameters).fit_transform(X)


def meanings(skeleton):
    """What each joint is. Where the neck lies above the shoulders it is another joint than their centre."""
    if skeleton.name in ("NTU_RGBD", "MPII", "AZURE_KINECT"):
        renamed = {"spine_shoulder": "shoulder centre", "neck": "neck above"}
    else:
        renamed = {"neck": "shoulder centre"}
    return [renamed.get(joint, joint) for joint in skeleton.joints]


def shared_joints(source, target):
    """Indices of the joints that both layouts have: in the source, and in the target."""
    ours, theirs = meanings(source), meanings(target)
    shared = [meaning for meaning in ours if meaning in theirs]
    assert len(shared) >= 8
    return [ours.index(meaning) for meaning in shared], [theirs.index(meaning) for meaning in shared]


def with_holes(X):
    """A copy with a tenth of the joints missing, and some values that only a copy of the bits keeps."""
    rng = np.random.default_rng(1)
    X = X.copy()
    X[rng.random(X.shape[:-1]) < 0.1] = np.nan
    X[rng.random(X.shape) < 0.1] = -0.0
    return X


def standing(skeleton):
    """The standing person, shape (1, 1, n_joints, 3)."""
    positions = []
    for meaning in meanings(skeleton):
        x, y, z = STANDING[meaning.replace("left_", "right_")]
        positions.append((-x if meaning.startswith("left_") else x, y, z))
    return np.array(positions)[None, None]


def distances(source, target):
    """How far, in metres, each joint of the converted standing person is from where it belongs, by its name."""
    source, target = get_skeleton(source), get_skeleton(target)
    offset = convert(standing(source), source, target) - standing(target)
    return dict(zip(target.joints, np.linalg.norm(offset, axis=-1)[0, 0], strict=True))


def test_ntu_to_kinect_picks_the_same_joints_and_the_shoulder_centre_for_the_neck():
    X = bodies(NTU_RGBD)
    same = [{"neck": "spine_shoulder"}.get(joint, joint) for joint in KINECT_V1.joints]
    picked = X[:, :, [NTU_RGBD.index(joint) for joint in same]]
    np.testing.assert_array_equal(convert(X, NTU_RGBD, KINECT_V1), picked)


@pytest.mark.parametrize("fill", ["rules", "nan"])
@every_pair
def test_shared_joints_are_copied_bit_by_bit(source, target, fill):
    source, target = get_skeleton(source), get_skeleton(target)
    X = with_holes(bodies(source).astype(np.float32))
    ours, theirs = shared_joints(source, target)
    assert convert(X, source, target, fill=fill)[:, :, theirs].tobytes() == X[:, :, ours].tobytes()


@pytest.mark.parametrize(("fill", "n_persons", "n_channels"), [("rules", 2, 2), ("nan", 1, 3)])
@every_pair
def test_there_and_back_is_identity_on_shared_joints(source, target, fill, n_persons, n_channels):
    source, target = get_skeleton(source), get_skeleton(target)
    long = with_holes(bodies(source, n_persons, n_channels))
    ragged = [long[0], long[1, :3]]
    back = convert(convert(ragged, source, target, fill=fill), target, source, fill=fill)
    shared, _ = shared_joints(source, target)
    for one, other in zip(ragged, back, strict=True):
        assert one.shape == other.shape
        as_persons = (len(one), n_persons, source.n_joints, n_channels)
        assert one.reshape(as_persons)[:, :, shared].tobytes() == other.reshape(as_persons)[:, :, shared].tobytes()


@every_pair
def test_without_rules_only_shared_joints_are_given(source, target):
    source, target = get_skeleton(source), get_skeleton(target)
    missing = np.isnan(convert(bodies(source), source, target, fill="nan")).all(axis=(0, 1, 3))
    _, shared = shared_joints(source, target)
    np.testing.assert_array_equal(np.flatnonzero(~missing), np.sort(shared))


@every_pair
def test_converted_trunk_lies_where_anatomy_says(source, target):
    off = distances(source, target)
    assert max(off.get(joint, 0.0) for joint in ("hip", "spine", "neck", "spine_shoulder")) < 0.04
    assert off.get("head", 0.0) < 0.11


@every_pair
def test_converted_limbs_and_face_lie_near_their_joints(source, target):
    assert max(distances(source, target).values()) < 0.2


@pytest.mark.parametrize("source", PLAIN_BODIES)
def test_trunk_of_ntu_is_made_from_the_hip_up(source):
    body = convert(standing(get_skeleton(source)), source, NTU_RGBD)[0, 0]
    heights = [body[NTU_RGBD.index(joint), 1] for joint in ("hip", "spine", "spine_shoulder", "neck", "head")]
    assert (np.diff(heights) > 0.05).all()


@pytest.mark.parametrize("source", PLAIN_BODIES)
@pytest.mark.parametrize("target", PLAIN_BODIES)
def test_converting_commutes_with_mirroring(source, target):
    source, target = get_skeleton(source), get_skeleton(target)
    X = bodies(source)
    mirrored = convert(X[:, :, source.mirror_index], source, target)
    np.testing.assert_allclose(mirrored, convert(X, source, target)[:, :, target.mirror_index], atol=1e-12)


@pytest.mark.parametrize("name", list_skeletons())
def test_converting_to_the_same_layout_is_identity(name):
    X = bodies(get_skeleton(name))
    np.testing.assert_array_equal(convert(X, name, name), X)


def test_joint_that_the_source_has_as_a_role_is_the_mean_of_its_joints():
    X = bodies(COCO)
    hips = X[:, :, [COCO.index("left_hip"), COCO.index("right_hip")]].mean(axis=2)
    np.testing.assert_array_equal(convert(X, COCO, KINECT_V1)[:, :, KINECT_V1.index("hip")], hips)


@pytest.mark.parametrize(
    ("source", "target", "joint", "expected"),
    [
        (COCO, KINECT_V1, "head", ("left_ear", "right_ear")),
        (COCO, NTU_RGBD, "hip", ("left_hip", "right_hip")),
        (COCO, NTU_RGBD, "spine", ("left_hip", "right_hip", "left_shoulder", "right_shoulder")),
        (COCO, KINECT_V1, "left_foot", ("left_ankle",)),
        (COCO, KINECT_V1, "right_hand", ("right_wrist",)),
        (COCO, NTU_RGBD, "left_hand_tip", ("left_wrist",)),
        (COCO, NTU_RGBD, "spine_shoulder", ("left_shoulder", "right_shoulder")),
        (KINECT_V1, NTU_RGBD, "spine_shoulder", ("neck",)),
        (KINECT_V1, NTU_RGBD, "neck", ("neck", "neck", "head")),
        (H36M, NTU_RGBD, "spine_shoulder", ("neck",)),
        (H36M, COCO, "nose", ("nose",)),
        (OPENPOSE_BODY25, SBU, "spine", ("hip", "neck")),
        (OPENPOSE_BODY25, NTU_RGBD, "neck", ("neck", "neck", "neck", "neck", "left_ear", "right_ear")),
        (MEDIAPIPE_POSE, NTU_RGBD, "left_hand", ("left_wrist", "left_index", "left_pinky")),
        (SBU, COCO, "nose", ("head",)),
        (SBU, COCO, "left_ear", ("head",)),
        (SBU, COCO, "left_wrist", ("left_hand",)),
        (SBU, COCO, "right_ankle", ("right_foot",)),
        (NTU_RGBD, MEDIAPIPE_POSE, "right_index", ("right_hand_tip",)),
        (NTU_RGBD, MEDIAPIPE_POSE, "left_heel", ("left_ankle",)),
        (OPENPOSE_BODY25, KINECT_V1, "left_foot", ("left_big_toe",)),
        (COCO, MEDIAPIPE_POSE, "left_eye_inner", ("left_eye",)),
        (COCO_WHOLEBODY, COCO, "left_wrist", ("left_wrist",)),
        (COCO_WHOLEBODY, MEDIAPIPE_POSE, "left_eye_inner", ("left_eye_inner",)),
        (COCO_WHOLEBODY, MEDIAPIPE_POSE, "right_index", ("right_index_finger_mcp",)),
        (COCO_WHOLEBODY, NTU_RGBD, "left_hand_tip", ("left_middle_finger_tip",)),
        (COCO_WHOLEBODY, NTU_RGBD, "left_hand", ("left_wrist", "left_index_finger_mcp", "left_pinky_mcp")),
        (COCO, COCO_WHOLEBODY, "left_middle_finger_tip", ()),
        (HALPE26, OPENPOSE_BODY25, "neck", ("neck",)),
        (HALPE26, KINECT_V1, "head", ("left_ear", "right_ear")),
        (MPII, KINECT_V1, "head", ("neck", "head_top")),
        (MPII, NTU_RGBD, "neck", ("neck",)),
        (MPII, KINECT_V1, "neck", ("spine_shoulder",)),
        (MPII, COCO, "left_ear", ("neck", "head_top")),
        (KINECT_V1, HALPE26, "head_top", ("head",)),
        (AZURE_KINECT, NTU_RGBD, "spine_shoulder", ("left_clavicle", "right_clavicle")),
        (AZURE_KINECT, KINECT_V1, "neck", ("left_clavicle", "right_clavicle")),
        (AZURE_KINECT, NTU_RGBD, "left_thumb", ("left_thumb",)),
        (KINECT_V1, AZURE_KINECT, "spine_chest", ("spine", "neck")),
        (KINECT_V1, AZURE_KINECT, "left_clavicle", ("neck", "neck", "left_shoulder")),
    ],
)
def test_joint_that_is_not_there_is_made_by_the_rules(source, target, joint, expected):
    X = bodies(source)
    converter = SkeletonConverter(source, target).fit(X)
    assert converter.joint_sources_[joint] == expected
    mean = X[:, :, [source.index(name) for name in expected]].mean(axis=2) if expected else np.nan
    np.testing.assert_allclose(converter.transform(X)[:, :, target.index(joint)], mean, rtol=0, atol=1e-15)


@pytest.mark.parametrize("source", PLAIN_BODIES)
@pytest.mark.parametrize("target", PLAIN_BODIES)
def test_layouts_of_the_catalogue_convert_without_missing_joints(source, target):
    assert not np.isnan(convert(bodies(get_skeleton(source)), source, target)).any()


def test_joint_that_nothing_stands_for_is_missing():
    tailed = Skeleton("tailed", ("hip", "tail"), (("tail", "hip"),))
    converter = SkeletonConverter(KINECT_V1, tailed)
    converted = converter.fit_transform(bodies(KINECT_V1))
    assert converter.joint_sources_["tail"] == ()
    assert np.isnan(converted[:, :, 1]).all()
    assert not np.isnan(converted[:, :, 0]).any()


def chain(name, *joints, **roles):
    """A layout whose joints hang one from another."""
    return Skeleton(name, joints, tuple(zip(joints[1:], joints, strict=False)), roles)


ROBOT = chain("robot", "pelvis", "cervical", "left_knee", hip=("pelvis",), neck=("cervical",))


def test_joint_of_a_users_layout_is_what_its_role_says():
    sources = SkeletonConverter(NTU_RGBD, ROBOT, fill="nan").fit(bodies(NTU_RGBD)).joint_sources_
    assert sources == {"pelvis": ("hip",), "cervical": ("spine_shoulder",), "left_knee": ("left_knee",)}
    back = SkeletonConverter(ROBOT, NTU_RGBD, fill="nan").fit(bodies(ROBOT)).joint_sources_
    given = {joint: names for joint, names in back.items() if names}
    assert given == {"hip": ("pelvis",), "spine_shoulder": ("cervical",), "left_knee": ("left_knee",)}


@pytest.mark.parametrize(
    ("source", "joint", "expected"),
    [
        (ROBOT, "spine", ("pelvis", "cervical")),
        (ROBOT, "neck", ("cervical",)),  # without a head the way there is not known
        (chain("hips", "left_hip", "right_hip", "chest", neck=("chest",)), "hip", ("left_hip", "right_hip")),
        (
            chain("hips", "left_hip", "right_hip", "chest", neck=("chest",)),
            "spine",
            ("left_hip", "right_hip", "chest", "chest"),
        ),
        (chain("shoulders", "left_shoulder", "right_shoulder"), "spine_shoulder", ("left_shoulder", "right_shoulder")),
        (chain("shoulders", "left_shoulder", "right_shoulder"), "spine", ()),
        (chain("face", "nose", "left_eye", "right_eye"), "head", ("left_eye", "right_eye")),
        (chain("one ear", "nose", "left_ear"), "head", ("nose",)),
        (chain("hand", "left_hand", "left_pinky"), "right_hand", ()),
        (chain("stooped", "hip", "head", neck=("head",)), "head", ("head",)),
        (chain("stooped", "hip", "head", neck=("head",)), "spine_shoulder", ("head",)),
        (chain("one joint", "hip", neck=("hip",)), "spine_shoulder", ("hip",)),
    ],
)
def test_users_layout_is_converted_by_its_roles_and_the_rules(source, joint, expected):
    assert SkeletonConverter(source, NTU_RGBD).fit(bodies(source)).joint_sources_[joint] == expected


def test_users_joint_without_a_role_keeps_its_name():
    source, target = chain("a", "hip", "tail"), chain("b", "tail", "hip")
    X = bodies(source)
    np.testing.assert_array_equal(convert(X, source, target, fill="nan"), X[:, :, ::-1])


@pytest.mark.parametrize("fill", ["zeros", None, True])
def test_unknown_way_to_fill_is_refused(fill):
    with pytest.raises(ValueError, match=f"fill={fill!r} must be one of 'rules', 'nan'"):
        SkeletonConverter("SBU", "COCO", fill=fill).fit(bodies(SBU))


def test_persons_are_converted_each_by_itself():
    X = bodies(COCO, n_persons=2)
    each = [convert(X[:, :, at : at + 17], COCO, NTU_RGBD) for at in (0, 17)]
    np.testing.assert_array_equal(convert(X, COCO, NTU_RGBD), np.concatenate(each, axis=2))


def test_flat_data_stay_flat():
    assert convert(bodies(COCO, n_channels=2), COCO, SBU).shape == (2, 4, 15, 2)


def test_missing_joint_touches_only_those_made_of_it():
    X = bodies(COCO)
    X[:, :, COCO.index("left_wrist")] = np.nan
    missing = np.isnan(convert(X, COCO, KINECT_V1)).all(axis=(0, 1, 3))
    assert {KINECT_V1.joints[at] for at in np.flatnonzero(missing)} == {"left_wrist", "left_hand"}


def test_mean_of_two_joints_of_which_one_is_missing_is_missing_in_that_frame_only():
    X = bodies(COCO)
    X[0, 1, COCO.index("left_hip"), 0] = np.nan
    hip = convert(X, COCO, KINECT_V1)[:, :, KINECT_V1.index("hip")]
    assert np.argwhere(np.isnan(hip)).tolist() == [[0, 1, 0]]


@every_pair
def test_each_missing_joint_touches_exactly_those_made_of_it(source, target):
    source, target = get_skeleton(source), get_skeleton(target)
    converter = SkeletonConverter(source, target)
    each_missing = np.where(np.eye(source.n_joints, dtype=bool), np.nan, 0.0)[:, None, :, None]
    missing = np.isnan(converter.fit_transform(each_missing))[:, 0, :, 0]
    made_of = [[joint in names for names in converter.joint_sources_.values()] for joint in source.joints]
    np.testing.assert_array_equal(missing, made_of)


@every_whole_body
def test_joints_that_a_whole_body_shares_with_any_other_come_back(name):
    whole = get_skeleton(name)
    X = with_holes(bodies(whole, n_persons=2, n_channels=2))
    for other in map(get_skeleton, BODIES):
        shared, theirs = shared_joints(whole, other)
        for fill in ("rules", "nan"):
            converted = convert(X, whole, other, fill=fill)
            each = converted.reshape(2, 4, 2, other.n_joints, 2)
            assert each[..., theirs, :].tobytes() == X.reshape(2, 4, 2, whole.n_joints, 2)[..., shared, :].tobytes()
            back = convert(converted, other, whole, fill=fill).reshape(2, 4, 2, whole.n_joints, 2)
            assert back[..., shared, :].tobytes() == each[..., theirs, :].tobytes()


@every_whole_body
def test_a_whole_body_gives_any_body_all_its_joints(name):
    whole = get_skeleton(name)
    for other in map(get_skeleton, PLAIN_BODIES):
        assert not np.isnan(convert(bodies(whole), whole, other)).any()


@every_whole_body
def test_only_fingers_and_contours_of_the_face_are_missing_in_a_whole_body_made_of_another(name):
    whole = get_skeleton(name)
    parts = {joint for part in whole.parts if part != "body" for joint in whole.parts[part]}
    for other in map(get_skeleton, PLAIN_BODIES):
        sources = SkeletonConverter(other, whole).fit(bodies(other)).joint_sources_
        missing = {joint for joint, names in sources.items() if not names}
        assert missing < parts
        assert {"left_hand_wrist", "right_hand_wrist"} <= parts - missing


@every_whole_body
def test_converting_a_whole_body_commutes_with_mirroring(name):
    whole = get_skeleton(name)
    for other in map(get_skeleton, BODIES):
        X = bodies(whole)
        mirrored = convert(X[:, :, whole.mirror_index], whole, other)
        np.testing.assert_allclose(mirrored, convert(X, whole, other)[:, :, other.mirror_index], atol=1e-12)


def test_a_whole_body_without_parts_converts_as_the_body_does():
    body = COCO_WHOLEBODY.without("face", "left_hand", "right_hand")
    X = bodies(COCO_WHOLEBODY)
    cut = X[:, :, COCO_WHOLEBODY.part_index("body")]
    np.testing.assert_array_equal(convert(cut, body, COCO), convert(X, COCO_WHOLEBODY, COCO))


def test_a_hand_converts_to_the_hand_of_another_layout():
    left = [layout.part("left_hand") for layout in (COCO_WHOLEBODY, MEDIAPIPE_HOLISTIC)]
    X = bodies(left[0])
    np.testing.assert_array_equal(convert(X, *left), X)
