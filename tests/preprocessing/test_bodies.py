"""What was recorded of a body, and what was invented."""

import numpy as np
import pytest

from skeletonlearn.preprocessing import JointImputer
from skeletonlearn.preprocessing._bodies import recorded_body
from skeletonlearn.skeletons import KINECT_V1


@pytest.fixture
def X():
    return np.random.default_rng(0).normal(size=(4, 6, 40, 3)) + np.array([0, 1, 30])


def test_body_that_is_all_recorded_is_a_view(X):
    body = recorded_body(X, KINECT_V1)
    assert np.shares_memory(body, X)
    np.testing.assert_array_equal(body, X[:, :, :20])


@pytest.mark.parametrize("gone", [0.0, np.nan])
def test_frames_without_the_person_are_not_recorded(X, gone):
    X[0, 2:4, :20] = gone
    body = recorded_body(X, KINECT_V1)
    assert np.argwhere(np.isnan(body).all(axis=(2, 3))).tolist() == [[0, 2], [0, 3]]


@pytest.mark.parametrize("n_hidden", [1, 2, 15])
@pytest.mark.parametrize("n_channels", [2, 3])
@pytest.mark.parametrize("gap", [None, 0.0])
def test_joints_that_the_imputer_invented_are_not_recorded(X, n_hidden, n_channels, gap):
    X = X[..., :n_channels].copy()
    hidden = np.random.default_rng(n_hidden).permutation(20)[:n_hidden]
    X[2, :, hidden] = np.nan
    imputed = JointImputer(skeleton=KINECT_V1).fit_transform(X)
    if gap is not None:
        imputed[2, :2] = gap
    never = np.isnan(recorded_body(imputed, KINECT_V1)).all(axis=(1, 3))
    assert np.flatnonzero(never[2]).tolist() == sorted(hidden)
    assert not never[[0, 1, 3]].any()


def test_joint_at_the_mean_in_one_frame_is_recorded(X):
    others = np.delete(np.arange(20), 7)
    X[1, 0, 7] = X[1, 0, others].mean(axis=0)
    assert not np.isnan(recorded_body(X, KINECT_V1)).any()


def test_joints_that_all_coincide_are_recorded(X):
    X[1] = 0.5
    assert not np.isnan(recorded_body(X, KINECT_V1)).any()


def test_second_person_is_measured_where_the_first_is_never_there(X):
    X[1, :, :20], X[3, :, :20] = np.nan, 0
    body = recorded_body(X, KINECT_V1)
    np.testing.assert_array_equal(body[[1, 3]], X[[1, 3], :, 20:])
    np.testing.assert_array_equal(body[[0, 2]], X[[0, 2], :, :20])
