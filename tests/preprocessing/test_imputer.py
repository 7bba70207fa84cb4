"""JointImputer: missing joints filled in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skeletonlearn.preprocessing import JointImputer
from skeletonlearn.skeletons import H36M


def linear_motion(n_frames=12, n_joints=4, seed=0):
    """Joints that move evenly, (1, F, J, 3), well away from the origin."""
    rng = np.random.default_rng(seed)
    start, speed = rng.uniform(1, 2, size=(2, n_joints, 3))
    return (start + speed * np.arange(n_frames)[:, None, None])[None]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 10), st.integers(0, 3)), max_size=30), st.sampled_from([np.nan, 0.0]))
def test_linear_motion_is_restored_wherever_joints_are_missing_between_its_ends(holes, sentinel):
    X = linear_motion()
    damaged = X.copy()
    for frame, joint in holes:
        damaged[0, frame, joint] = sentinel
    np.testing.assert_allclose(JointImputer().fit_transform(damaged), X, rtol=1e-12)


def test_known_positions_are_held_to_the_ends():
    X = linear_motion()
    damaged = X.copy()
    damaged[0, :2, 1] = np.nan
    damaged[0, 10:, 1] = np.nan
    filled = JointImputer().fit_transform(damaged)
    np.testing.assert_array_equal(filled[0, :2, 1], X[0, [2, 2], 1])
    np.testing.assert_array_equal(filled[0, 10:, 1], X[0, [9, 9], 1])


def test_joint_with_one_missing_channel_is_missing():
    X = linear_motion()
    damaged = X.copy()
    damaged[0, 4, 2, 1] = np.nan
    damaged[0, 4, 2, 0] = 100.0
    np.testing.assert_allclose(JointImputer().fit_transform(damaged), X, rtol=1e-12)


def test_known_joints_are_kept_to_the_bit():
    X = np.random.default_rng(0).normal(size=(3, 8, 5, 3))
    damaged = X.copy()
    damaged[1, 3:6, 2] = np.nan
    filled = JointImputer().fit_transform(damaged)
    known = ~np.isnan(damaged)
    np.testing.assert_array_equal(filled[known], X[known])


def test_whole_missing_frame_is_interpolated():
    X = linear_motion()
    damaged = X.copy()
    damaged[0, 5] = 0
    np.testing.assert_allclose(JointImputer().fit_transform(damaged), X, rtol=1e-12)


def test_hold_repeats_the_last_known_position():
    X = linear_motion()
    damaged = X.copy()
    damaged[0, 4:7, 0] = np.nan
    filled = JointImputer(method="hold").fit_transform(damaged)
    np.testing.assert_array_equal(filled[0, 4:7, 0], X[0, [3, 3, 3], 0])


def test_zeros_are_values_if_told_so():
    X = linear_motion()
    X[0, 5, 2] = 0
    np.testing.assert_array_equal(JointImputer(zeros_are_missing=False).fit_transform(X), X)


def test_zeros_of_a_univariate_series_are_values():
    X = np.array([[0.0, 1.0, 0.0, 3.0]])
    np.testing.assert_array_equal(JointImputer().fit_transform(X)[0, :, 0, 0], X[0])


def test_joint_with_one_zero_coordinate_is_not_missing():
    X = linear_motion()
    X[0, 5, 2, 0] = 0
    np.testing.assert_array_equal(JointImputer().fit_transform(X), X)


def test_low_confidence_is_missing_and_the_confidence_is_dropped():
    X = linear_motion()
    confidence = np.full((*X.shape[:3], 1), 0.9)
    confidence[0, 5, 2] = 0.1
    confidence[0, 6, 1] = np.nan
    damaged = np.concatenate([np.where(confidence >= 0.5, X, 50.0), confidence], axis=-1)
    np.testing.assert_allclose(JointImputer(min_confidence=0.5).fit_transform(damaged), X, rtol=1e-12)


def test_confidence_needs_a_channel_of_its_own():
    with pytest.raises(ValueError, match=r"X has 1 channel, but min_confidence=0\.5 expected at least 2"):
        JointImputer(min_confidence=0.5).fit(np.ones((2, 5)))


def test_joint_never_shown_goes_to_the_mean_of_the_others_in_each_frame():
    X = linear_motion()
    damaged = X.copy()
    damaged[0, :, 2] = np.nan
    filled = JointImputer().fit_transform(damaged)
    np.testing.assert_allclose(filled[0, :, 2], X[0][:, [0, 1, 3]].mean(axis=1), rtol=1e-12)


def test_joint_never_shown_goes_to_zero_if_told_so():
    damaged = linear_motion()
    damaged[0, :, 2] = np.nan
    assert not JointImputer(fallback="zero").fit_transform(damaged)[0, :, 2].any()


@pytest.mark.parametrize("sentinel", [np.nan, 0.0])
def test_sequence_that_shows_nothing_becomes_zero(sentinel):
    X = linear_motion(4, 5).repeat(3, axis=0)
    X[1:] = sentinel
    with pytest.warns(UserWarning, match=r"^JointImputer: each of sequences 1, 2 of X shows nobody"):
        filled = JointImputer().fit_transform(X)
    np.testing.assert_array_equal(filled[1:], np.zeros((2, 4, 5, 3)))


def test_ragged_sequences_that_show_nobody_are_named():
    clips = [linear_motion(4)[0], np.full((3, 4, 3), np.nan), linear_motion(2)[0]]
    with pytest.warns(UserWarning, match="sequence 1 of X shows nobody"):
        assert not JointImputer().fit_transform(clips)[1].any()


def test_sequences_that_show_nobody_are_named_beyond_the_first_block():
    X = np.broadcast_to(linear_motion(100, 40), (60, 100, 40, 3)).copy()  # blocks of 43
    X[50] = np.nan
    with pytest.warns(UserWarning, match="sequence 50 of X shows nobody"):
        JointImputer().fit_transform(X)


def test_absent_second_person_stays_zero_and_is_not_made_of_the_first():
    X = np.zeros((1, 6, 2 * H36M.n_joints, 3))
    X[:, :, : H36M.n_joints] = linear_motion(6, H36M.n_joints)
    filled = JointImputer(skeleton=H36M).fit_transform(X)
    np.testing.assert_array_equal(filled, X)


def test_joint_that_the_data_were_centred_on_is_not_missing():
    X = np.random.default_rng(0).normal(size=(2, 6, H36M.n_joints, 3))
    X -= X[:, :, :1]
    X[0, 2, 5] = np.nan
    filled = JointImputer(skeleton=H36M).fit_transform(X)
    np.testing.assert_array_equal(filled[:, :, 0], 0)


def centred_on_start(n_persons=1):
    """Two sequences of bodies around joint 0 of the first person in the first frame, (2, 6, n_persons * 17, 3)."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2, 1, n_persons * H36M.n_joints, 3)) + rng.normal(scale=0.1, size=(2, 6, 1, 3))
    return X - X[:, :1, :1]


@pytest.mark.parametrize("n_persons", [1, 2])
def test_joint_that_the_start_was_centred_on_is_kept_to_the_bit(n_persons):
    X = centred_on_start(n_persons)
    assert not X[:, 0, 0].any()
    np.testing.assert_array_equal(JointImputer(skeleton=H36M).fit_transform(X), X)


@pytest.mark.parametrize("sentinel", [np.nan, 0.0])
def test_the_start_is_the_first_frame_that_shows_the_body(sentinel):
    X = centred_on_start()
    late = np.concatenate([np.full((2, 3, *X.shape[2:]), sentinel), X], axis=1)
    filled = JointImputer(skeleton=H36M).fit_transform(late)
    np.testing.assert_array_equal(filled[:, 3:], X)
    np.testing.assert_array_equal(filled[:, :3], X[:, [0, 0, 0]])


MISSING_ZEROS = {
    "in a later frame": [(2, 5)],
    "at the start and later": [(0, 5), (3, 5)],
    "two joints at the start": [(0, 5), (0, 6)],
}


@pytest.mark.parametrize("case", MISSING_ZEROS)
def test_joint_at_zero_in_a_body_around_zero_is_missing(case):
    X = centred_on_start() + 0.01  # the origin lies within the body and on no joint
    damaged = X.copy()
    for frame, joint in MISSING_ZEROS[case]:
        damaged[:, frame, joint] = 0
    expected = np.where((damaged == 0).all(axis=-1, keepdims=True), np.nan, damaged)
    filled = JointImputer(skeleton=H36M).fit_transform(damaged)
    np.testing.assert_array_equal(filled, JointImputer(zeros_are_missing=False, skeleton=H36M).fit_transform(expected))
    for frame, joint in MISSING_ZEROS[case]:
        assert filled[:, frame, joint].any(axis=-1).all()


def test_joint_at_zero_at_the_start_before_a_camera_is_missing():
    X = centred_on_start() + np.array([0, 0, 30])
    X[:, 0, 5] = 0
    np.testing.assert_array_equal(JointImputer(skeleton=H36M).fit_transform(X)[:, 0, 5], X[:, 1, 5])


def test_second_person_at_zero_at_the_start_is_told_by_its_own_coordinates():
    X = centred_on_start(2)
    X[:, :, H36M.n_joints :] += 30
    X[:, 0, H36M.n_joints + 2] = 0
    filled = JointImputer(skeleton=H36M).fit_transform(X)
    np.testing.assert_array_equal(filled[:, 0, H36M.n_joints + 2], X[:, 1, H36M.n_joints + 2])
    np.testing.assert_array_equal(filled[:, 0, 0], 0)


def test_joint_at_zero_before_a_camera_is_missing():
    X = np.random.default_rng(0).normal(size=(2, 6, 5, 3)) + np.array([0, 0, 30])
    X[:, :, 0] = 0
    filled = JointImputer().fit_transform(X)
    np.testing.assert_allclose(filled[:, :, 0], X[:, :, 1:].mean(axis=2), rtol=1e-12)


def test_confidence_of_just_the_least_is_enough():
    X = linear_motion()
    X[0, 5] += 1  # what interpolation would not give
    with_confidence = np.concatenate([X, np.full((*X.shape[:3], 1), 0.5)], axis=-1)
    np.testing.assert_array_equal(JointImputer(min_confidence=0.5).fit_transform(with_confidence), X)


def test_joint_without_a_position_is_missing_whatever_its_confidence():
    X = linear_motion()
    damaged = np.concatenate([X, np.ones((*X.shape[:3], 1))], axis=-1)
    damaged[0, 4, 1, :3] = np.nan
    np.testing.assert_allclose(JointImputer(min_confidence=0.5).fit_transform(damaged), X, rtol=1e-12)


def test_one_coordinate_and_a_confidence_are_enough():
    X = np.array([[1.0, 50.0, 3.0]])[..., None, None]
    confidence = np.array([[1.0, 0.0, 1.0]])[..., None, None]
    filled = JointImputer(min_confidence=0.5).fit_transform(np.concatenate([X, confidence], axis=-1))
    np.testing.assert_allclose(filled.ravel(), [1, 2, 3])


def test_zeros_of_joints_in_the_plane_are_missing():
    X = linear_motion()[..., :2]
    damaged = X.copy()
    damaged[0, 4, 1] = 0
    np.testing.assert_allclose(JointImputer().fit_transform(damaged), X, rtol=1e-12)
