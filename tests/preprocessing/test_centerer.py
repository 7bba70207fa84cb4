"""RootCenterer: coordinates relative to the root."""

import numpy as np
import pytest

from skeletonlearn.preprocessing import JointImputer, RootCenterer
from skeletonlearn.skeletons import COCO, KINECT_V1, NTU_RGBD
from skeletonlearn.skeletons._rest_pose import standing_adult


@pytest.fixture
def X():
    return np.random.default_rng(0).normal(size=(4, 6, 40, 3)) + np.array([0, 1, 3])


def test_root_of_the_first_frame_is_the_origin(X):
    centred = RootCenterer(KINECT_V1).fit_transform(X)
    np.testing.assert_array_equal(centred, X - X[:, :1, :1])


def test_root_of_each_frame_is_the_origin(X):
    centred = RootCenterer(KINECT_V1, per="frame").fit_transform(X)
    np.testing.assert_array_equal(centred, X - X[:, :, :1])


def test_root_without_a_joint_of_its_own_is_the_middle_of_its_joints():
    X = np.random.default_rng(0).normal(size=(2, 3, 17, 2))
    hips = X[:, :1, [COCO.index("left_hip"), COCO.index("right_hip")]].mean(axis=2, keepdims=True)
    np.testing.assert_allclose(RootCenterer(COCO).fit_transform(X), X - hips, rtol=0, atol=1e-14)


def test_root_may_be_any_joint(X):
    wrist = KINECT_V1.index("left_wrist")
    assert not RootCenterer(KINECT_V1, root="left_wrist", per="frame").fit_transform(X)[:, :, wrist].any()


def test_root_may_be_a_role_that_is_another_joint():
    X = np.random.default_rng(0).normal(size=(2, 3, 25, 3))
    centred = RootCenterer(NTU_RGBD, root="neck", per="frame").fit_transform(X)
    assert not centred[:, :, NTU_RGBD.index("spine_shoulder")].any()


def test_without_a_skeleton_the_first_joint_is_the_root(X):
    np.testing.assert_array_equal(RootCenterer().fit_transform(X), X - X[:, :1, :1])


@pytest.mark.parametrize("per", ["sequence", "frame"])
def test_positions_of_persons_relative_to_each_other_are_kept(X, per):
    centred = RootCenterer(KINECT_V1, per=per).fit_transform(X)
    np.testing.assert_allclose(centred[:, :, 20:] - centred[:, :, :20], X[:, :, 20:] - X[:, :, :20], atol=1e-12)


def test_absent_person_stays_zero(X):
    X[1, :, 20:] = 0
    X[2, 3:, 20:] = 0
    centred = RootCenterer(KINECT_V1).fit_transform(X)
    assert not centred[1, :, 20:].any()
    assert not centred[2, 3:, 20:].any()
    assert centred[2, :3, 20:].all()


@pytest.mark.parametrize("gone", [0.0, np.nan])
def test_sequence_that_starts_without_a_root_takes_the_first_that_it_shows(X, gone):
    X[:, :2, :20] = gone
    centred = RootCenterer(KINECT_V1).fit_transform(X)
    np.testing.assert_array_equal(centred[:, 2:], X[:, 2:] - X[:, 2:3, :1])


def test_frame_without_a_root_takes_that_of_the_last_frame(X):
    X[:, 3, KINECT_V1.index("left_wrist")] = np.nan
    centred = RootCenterer(KINECT_V1, per="frame", root="left_wrist").fit_transform(X)
    np.testing.assert_allclose(centred[:, 3, 0], X[:, 3, 0] - X[:, 2, KINECT_V1.index("left_wrist")])


@pytest.mark.parametrize("gap", [slice(1, 3), slice(0, 2), slice(4, 6)])
@pytest.mark.parametrize("missing", [("hip",), ("hip", "neck")])
def test_hip_follows_the_shoulders_through_frames_that_do_not_show_it(gap, missing):
    """A body that does not move its joints walks past, and the camera loses its hip."""
    body = np.random.default_rng(0).normal(size=(1, 1, 40, 3))
    X = body + np.arange(6.0)[:, None, None]
    X[:, gap, [KINECT_V1.index(joint) for joint in missing]] = np.nan
    centred = RootCenterer(KINECT_V1, per="frame").fit_transform(X)
    known = ~np.isnan(X)
    np.testing.assert_allclose(centred[known], np.broadcast_to(body - body[:, :, :1], X.shape)[known], atol=1e-12)


def test_sequence_starts_from_the_first_frame_that_shows_the_hip(X):
    X[:, :2, 0] = np.nan
    centred = RootCenterer(KINECT_V1).fit_transform(X)
    np.testing.assert_array_equal(centred[:, :, 1:], (X - X[:, 2:3, :1])[:, :, 1:])


def test_hip_that_no_frame_shows_is_a_torso_below_the_neck():
    standing = standing_adult(KINECT_V1)[None, None].repeat(3, axis=1)
    cut = standing + np.array([5, 6, 7])
    cut[:, :, [KINECT_V1.index(joint) for joint in ("hip", "spine", "left_hip", "right_hip")]] = np.nan
    for per in ("sequence", "frame"):
        centred = RootCenterer(KINECT_V1, per=per).fit_transform(cut)
        known = ~np.isnan(cut)
        np.testing.assert_allclose(centred[known], standing[known], atol=0.1)  # a head is a little before the neck


def test_sequence_of_a_body_part_is_centred_on_the_mean_of_its_joints(X):
    X[1, :, :20] = np.nan
    X[1, 2:, [7, 11]] = np.array([[1.0, 2, 3], [3, 4, 5]])[:, None]
    centred = RootCenterer(KINECT_V1).fit_transform(X)
    np.testing.assert_array_equal(centred[1, 2, [7, 11]], [[-1, -1, -1], [1, 1, 1]])


def test_sequence_without_any_joint_stays_missing(X):
    X[1] = np.nan
    assert np.isnan(RootCenterer(KINECT_V1, per="frame").fit_transform(X)[1]).all()


@pytest.mark.parametrize("per", ["sequence", "frame"])
@pytest.mark.parametrize("gone", [0.0, np.nan])
def test_second_person_is_the_one_to_centre_where_the_first_is_never_there(X, per, gone):
    X[1, :, :20] = gone
    centred = RootCenterer(KINECT_V1, per=per).fit_transform(X)
    np.testing.assert_array_equal(centred[1, :, 20:], RootCenterer(KINECT_V1, per=per).fit_transform(X[:, :, 20:])[1])


@pytest.mark.parametrize("per", ["sequence", "frame"])
def test_hip_that_the_imputer_invented_is_no_root(X, per):
    X[:, :, [0, 1, 12, 16]] = np.nan
    imputed = JointImputer(skeleton=KINECT_V1).fit_transform(X)
    centerer = RootCenterer(KINECT_V1, per=per).fit(X)
    known = ~np.isnan(X)
    np.testing.assert_allclose(centerer.transform(imputed)[known], centerer.transform(X)[known], atol=1e-9)


def test_zeros_of_a_univariate_series_are_centred_too():
    centred = RootCenterer().fit_transform(np.array([[2.0, 0.0, 5.0]]))
    np.testing.assert_array_equal(centred[0, :, 0, 0], [0.0, -2.0, 3.0])


def test_missing_joint_touches_no_other(X):
    X[0, 2, 5] = np.nan
    assert np.isnan(RootCenterer(KINECT_V1).fit_transform(X)).sum() == 3
