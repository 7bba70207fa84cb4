"""FrameResampler: any length to one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skeletonlearn.preprocessing import FrameResampler

lengths = st.integers(1, 40)


def linear_motion(n_frames):
    """Joints that move evenly from the same start to the same end, however many frames, (1, F, 4, 3)."""
    start, end = np.random.default_rng(0).normal(size=(2, 4, 3))
    return (start + (end - start) * np.linspace(0, 1, n_frames)[:, None, None])[None]


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 40), st.integers(2, 40))
def test_resampling_a_linear_motion_is_exact(n_frames, n_new):
    resampled = FrameResampler(n_new).fit_transform(linear_motion(n_frames))
    np.testing.assert_allclose(resampled, linear_motion(n_new), rtol=0, atol=1e-13)


@settings(max_examples=30, deadline=None)
@given(lengths, lengths)
def test_resampling_equals_interpolation_by_numpy(n_frames, n_new):
    series = np.random.default_rng(0).normal(size=(1, n_frames))
    at = np.linspace(0, n_frames - 1, n_new) if n_new > 1 else [(n_frames - 1) / 2]
    resampled = FrameResampler(n_new).fit_transform(series)[0, :, 0, 0]
    np.testing.assert_allclose(resampled, np.interp(at, np.arange(n_frames), series[0]), rtol=0, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(lengths, st.sampled_from(["linear", "nearest"]))
def test_resampling_to_the_same_length_is_identity(n_frames, method):
    X = np.random.default_rng(0).normal(size=(2, n_frames, 3, 3))
    if n_frames > 1:
        np.testing.assert_array_equal(FrameResampler(n_frames, method=method).fit_transform(X), X)


@settings(max_examples=30, deadline=None)
@given(lengths, st.integers(2, 40), st.sampled_from(["linear", "nearest"]))
def test_first_and_last_frame_are_kept_to_the_bit(n_frames, n_new, method):
    X = np.random.default_rng(0).normal(size=(2, n_frames, 3, 3))
    resampled = FrameResampler(n_new, method=method).fit_transform(X)
    np.testing.assert_array_equal(resampled[:, [0, -1]], X[:, [0, -1]])


def test_clip_of_one_frame_is_repeated():
    X = np.random.default_rng(0).normal(size=(2, 1, 3, 3))
    np.testing.assert_array_equal(FrameResampler(5).fit_transform(X), X.repeat(5, axis=1))


def test_one_new_frame_is_the_middle():
    np.testing.assert_array_equal(FrameResampler(1).fit_transform([[0.0, 1.0, 5.0]]).ravel(), [1.0])


def test_missing_joint_touches_only_frames_that_it_has_a_weight_in():
    series = np.arange(5.0)[None]
    series[0, 2] = np.nan
    resampled = FrameResampler(9).fit_transform(series).ravel()  # a new frame at every half frame
    np.testing.assert_array_equal(resampled, [0, 0.5, 1, np.nan, np.nan, np.nan, 3, 3.5, 4])


@pytest.mark.parametrize("n_frames", range(2, 30))
def test_frames_that_fall_on_old_ones_do_not_see_a_missing_neighbour(n_frames):
    X = np.ones((1, n_frames))
    X[0, 1::2] = np.nan
    resampled = FrameResampler(2 * n_frames - 1).fit_transform(X)[0, ::2, 0, 0]
    np.testing.assert_array_equal(resampled, X[0])


def test_nearest_takes_frames_of_the_sequence():
    resampled = FrameResampler(5, method="nearest").fit_transform([[10.0, 20.0, 40.0, 80.0]]).ravel()
    np.testing.assert_array_equal(resampled, [10.0, 20.0, 40.0, 40.0, 80.0])


def test_ragged_clips_become_one_array():
    clips = [linear_motion(n_frames)[0] for n_frames in (2, 9, 30)]
    resampled = FrameResampler(11).fit_transform(clips)
    np.testing.assert_allclose(resampled, linear_motion(11).repeat(3, axis=0), rtol=0, atol=1e-13)
