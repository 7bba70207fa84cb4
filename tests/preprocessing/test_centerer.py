"""RootCenterer: coordinates relative to the root."""

import numpy as np
import pytest

from skeletonlearn.preprocessing import RootCenterer
from skeletonlearn.skeletons import COCO, KINECT_V1, NTU_RGBD


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
    X[:, 3, 0] = np.nan
    centred = RootCenterer(KINECT_V1, per="frame").fit_transform(X)
    np.testing.assert_array_equal(centred[:, 3, 1:], X[:, 3, 1:] - X[:, 2, :1])


def test_sequence_that_never_shows_the_root_is_left_as_it_is(X):
    X[1, :, 0] = np.nan
    np.testing.assert_array_equal(RootCenterer(KINECT_V1).fit_transform(X)[1], X[1])


def test_zeros_of_a_univariate_series_are_centred_too():
    centred = RootCenterer().fit_transform(np.array([[2.0, 0.0, 5.0]]))
    np.testing.assert_array_equal(centred[0, :, 0, 0], [0.0, -2.0, 3.0])


def test_missing_joint_touches_no_other(X):
    X[0, 2, 5] = np.nan
    assert np.isnan(RootCenterer(KINECT_V1).fit_transform(X)).sum() == 3
