"""Which frames are recording, and which are padding."""

import numpy as np
import pytest

from skeletonlearn._sequences import empty_frames, name_sequences, recorded_frames, shows_nobody, trim_empty_frames


def clip(n_frames=6, n_joints=5, n_channels=3):
    return np.random.default_rng(0).normal(size=(n_frames, n_joints, n_channels))


@pytest.mark.parametrize("padding", [0.0, np.nan])
@pytest.mark.parametrize("n_channels", [2, 3])
def test_empty_frames_at_both_ends_are_left_out(padding, n_channels):
    recorded = clip(n_channels=n_channels)
    padded = np.full((20, 5, n_channels), padding)
    padded[3:9] = recorded
    np.testing.assert_array_equal(trim_empty_frames(padded), recorded)
    assert recorded_frames(padded) == slice(3, 9)


def test_gap_inside_the_recording_stays():
    recorded = clip()
    recorded[2:4] = 0
    recorded[4] = np.nan
    np.testing.assert_array_equal(trim_empty_frames(recorded), recorded)


def test_frame_of_an_absent_person_is_kept_while_another_is_there():
    recorded = clip(n_joints=10)
    recorded[:3, :5] = 0
    recorded[3:, 5:] = np.nan
    assert len(trim_empty_frames(recorded)) == 6


def test_frame_of_zeros_and_missing_joints_is_empty():
    recorded = clip()
    recorded[0, :2], recorded[0, 2:] = 0, np.nan
    assert recorded_frames(recorded) == slice(1, 6)


def test_frame_with_one_coordinate_is_kept():
    recorded = np.zeros((4, 5, 3))
    recorded[2, 1, 0] = -1e-30
    assert recorded_frames(recorded) == slice(2, 3)


@pytest.mark.parametrize("nobody", [0.0, np.nan])
def test_sequence_without_a_body_keeps_its_first_frame(nobody):
    assert trim_empty_frames(np.full((7, 5, 3), nobody)).shape == (1, 5, 3)


def test_zeros_of_a_lone_joint_are_values():
    path = np.zeros((4, 1, 3))
    path[3] = np.nan
    assert recorded_frames(path) == slice(0, 3)


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_univariate_series_has_no_empty_frames(value):
    assert not empty_frames(np.full((2, 4, 1, 1), value)).any()


def test_batches_are_looked_at_sequence_by_sequence():
    X = np.stack([clip(), clip()])
    X[1, -2:] = 0
    np.testing.assert_array_equal(empty_frames(X).sum(axis=1), [0, 2])


@pytest.mark.parametrize("dtype", [np.int64, np.float32])
def test_any_type_of_numbers_will_do(dtype):
    padded = np.zeros((5, 4, 2), dtype=dtype)
    padded[:3] = 7
    assert trim_empty_frames(padded).dtype == dtype
    assert len(trim_empty_frames(padded)) == 3


@pytest.mark.parametrize("as_list", [True, False])
def test_sequence_shows_nobody_only_if_all_of_its_frames_are_empty(as_list):
    X = np.stack([clip(), np.zeros((6, 5, 3)), np.full((6, 5, 3), np.nan), clip()])
    X[3, 1:] = 0
    assert shows_nobody(list(X) if as_list else X).tolist() == [False, True, True, False]


def test_ragged_sequences_are_looked_at_one_by_one():
    assert shows_nobody([clip(4), np.zeros((1, 5, 3)), clip(1)]).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ([3], "sequence 3"),
        ([0, 4], "each of sequences 0, 4"),
        (range(12), "each of sequences 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 others"),
    ],
)
def test_sequences_are_named_by_their_numbers(chosen, text):
    assert name_sequences(np.isin(np.arange(20), list(chosen))) == text
