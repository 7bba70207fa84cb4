"""MissingJointMarker: missing joints marked with NaN."""

import numpy as np
import pytest

from skeletonlearn.preprocessing import JointImputer, MissingJointMarker
from skeletonlearn.skeletons import KINECT_V1


@pytest.fixture
def X():
    return np.random.default_rng(0).normal(size=(3, 6, 40, 3)) + np.array([0, 1, 30])


def test_joints_at_zero_become_nan(X):
    X[0, 2, 4] = 0
    X[1, :, 20:] = 0
    marked = MissingJointMarker(skeleton=KINECT_V1).fit_transform(X)
    np.testing.assert_array_equal(np.isnan(marked), np.broadcast_to((X == 0).all(axis=-1, keepdims=True), X.shape))


def test_joint_that_is_missing_in_one_channel_is_missing_in_all(X):
    X[0, 2, 4, 1] = np.nan
    marked = MissingJointMarker().fit_transform(X)
    assert np.isnan(marked[0, 2, 4]).all()
    assert np.isnan(marked).sum() == 3


def test_zeros_are_values_if_told_so(X):
    X[0, 2, 4] = 0
    np.testing.assert_array_equal(MissingJointMarker(zeros_are_missing=False).fit_transform(X), X)


def test_zeros_of_a_univariate_series_are_values():
    X = np.array([[0.0, 1.0, 0.0]])
    np.testing.assert_array_equal(MissingJointMarker().fit_transform(X)[0, :, 0, 0], X[0])


def test_low_confidence_is_missing_and_the_confidence_is_dropped(X):
    confidence = np.full((*X.shape[:3], 1), 0.3)
    confidence[0, 2, 4], confidence[1, 3, 7] = 0.2, np.nan
    marked = MissingJointMarker(min_confidence=0.3).fit_transform(np.concatenate([X, confidence], axis=-1))
    assert marked.shape == X.shape
    assert np.argwhere(np.isnan(marked).all(axis=-1)).tolist() == [[0, 2, 4], [1, 3, 7]]


@pytest.mark.parametrize("settings", [{}, {"zeros_are_missing": False}, {"min_confidence": 0.0}])
def test_marking_before_imputing_changes_nothing(X, settings):
    X[0, 2, 4], X[1, :, 5], X[2, 3, 1, 0] = 0, 0, np.nan
    marked = MissingJointMarker(skeleton=KINECT_V1, **settings).fit_transform(X)
    imputed = JointImputer(skeleton=KINECT_V1, **settings).fit_transform(X)
    fills = JointImputer(skeleton=KINECT_V1, zeros_are_missing=False)
    np.testing.assert_array_equal(fills.fit_transform(marked), imputed)


@pytest.mark.parametrize("per_frame", [True, False])
def test_joint_that_the_data_were_centred_on_is_not_missing(per_frame):
    X = np.random.default_rng(0).normal(size=(3, 6, 40, 3))
    X -= X[:, :, :1] if per_frame else X[:, :1, :1]
    assert not np.isnan(MissingJointMarker(skeleton=KINECT_V1).fit_transform(X)).any()


def test_confidence_needs_a_channel_of_its_own():
    with pytest.raises(ValueError, match=r"X has 1 channel, but min_confidence=0\.5 expected at least 2"):
        MissingJointMarker(min_confidence=0.5).fit(np.ones((2, 5)))
