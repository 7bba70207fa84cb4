"""SkeletonConverter: from one layout to another."""

import numpy as np
import pytest

from skeletonlearn.preprocessing import SkeletonConverter
from skeletonlearn.skeletons import COCO, KINECT_V1, MEDIAPIPE_POSE, NTU_RGBD, SBU, get_skeleton, list_skeletons


def bodies(skeleton, n_persons=1, n_channels=3):
    return np.random.default_rng(0).normal(size=(2, 4, n_persons * skeleton.n_joints, n_channels))


def convert(X, source, target):
    return SkeletonConverter(source, target).fit_transform(X)


def test_ntu_to_kinect_picks_the_joints_of_the_same_names():
    X = bodies(NTU_RGBD)
    picked = X[:, :, [NTU_RGBD.index(joint) for joint in KINECT_V1.joints]]
    np.testing.assert_array_equal(convert(X, NTU_RGBD, KINECT_V1), picked)


@pytest.mark.parametrize("source", list_skeletons())
@pytest.mark.parametrize("target", list_skeletons())
def test_there_and_back_is_identity_on_shared_joints(source, target):
    X = bodies(get_skeleton(source))
    back = convert(convert(X, source, target), target, source)
    shared = [at for at, joint in enumerate(get_skeleton(source).joints) if joint in get_skeleton(target).joints]
    assert shared
    np.testing.assert_array_equal(back[:, :, shared], X[:, :, shared])


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
        (COCO, KINECT_V1, "head", ("nose",)),
        (COCO, KINECT_V1, "left_foot", ("left_ankle",)),
        (COCO, KINECT_V1, "right_hand", ("right_wrist",)),
        (COCO, NTU_RGBD, "left_hand_tip", ("left_wrist",)),
        (COCO, NTU_RGBD, "spine_shoulder", ("left_shoulder", "right_shoulder")),
        (SBU, COCO, "nose", ("head",)),
        (SBU, COCO, "left_ear", ("head",)),
        (SBU, COCO, "left_wrist", ("left_hand",)),
        (SBU, COCO, "right_ankle", ("right_foot",)),
        (NTU_RGBD, MEDIAPIPE_POSE, "right_index", ("right_hand_tip",)),
        (NTU_RGBD, MEDIAPIPE_POSE, "left_heel", ("left_ankle",)),
        (get_skeleton("OPENPOSE_BODY25"), KINECT_V1, "left_foot", ("left_big_toe",)),
        (COCO, MEDIAPIPE_POSE, "left_eye_inner", ("left_eye",)),
    ],
)
def test_nearest_joint_of_the_limb_stands_for_one_that_is_not_there(source, target, joint, expected):
    X = bodies(source)
    converter = SkeletonConverter(source, target).fit(X)
    assert converter.joint_sources_[joint] == expected
    stand_in = X[:, :, [source.index(name) for name in expected]].mean(axis=2)
    np.testing.assert_array_equal(converter.transform(X)[:, :, target.index(joint)], stand_in)


@pytest.mark.parametrize("source", list_skeletons())
@pytest.mark.parametrize("target", list_skeletons())
def test_layouts_of_the_catalogue_convert_without_missing_joints(source, target):
    assert not np.isnan(convert(bodies(get_skeleton(source)), source, target)).any()


def test_joint_that_nothing_stands_for_is_missing():
    tailed = KINECT_V1.__class__("tailed", ("hip", "tail"), (("tail", "hip"),))
    converter = SkeletonConverter(KINECT_V1, tailed)
    converted = converter.fit_transform(bodies(KINECT_V1))
    assert converter.joint_sources_["tail"] == ()
    assert np.isnan(converted[:, :, 1]).all()
    assert not np.isnan(converted[:, :, 0]).any()


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
