"""FrameTrimmer: sequences without the padding at their ends."""

import numpy as np
import pytest

from skeletonlearn.preprocessing import FrameTrimmer


def clip(n_frames, n_joints=5):
    return np.random.default_rng(n_frames).normal(size=(n_frames, n_joints, 3))


def padded(clips, padding=0.0, start=0):
    X = np.full((len(clips), 20, *clips[0].shape[1:]), padding)
    for at, one in enumerate(clips):
        X[at, start : start + len(one)] = one
    return X


@pytest.mark.parametrize("padding", [0.0, np.nan])
@pytest.mark.parametrize("start", [0, 4])
@pytest.mark.parametrize("as_list", [True, False])
def test_padding_at_both_ends_is_left_out(padding, start, as_list):
    clips = [clip(7), clip(12), clip(1)]
    X = padded(clips, padding, start)
    trimmed = FrameTrimmer().fit_transform(list(X) if as_list else X)
    assert isinstance(trimmed, list)
    for got, expected in zip(trimmed, clips, strict=True):
        np.testing.assert_array_equal(got, expected)


def test_sequences_that_are_equally_long_then_come_as_an_array():
    clips = [clip(7), clip(7) + 1]
    np.testing.assert_array_equal(FrameTrimmer().fit_transform(padded(clips)), np.stack(clips), strict=True)


def test_gaps_inside_stay_missing():
    recorded = clip(9)
    recorded[3:5], recorded[6] = 0, np.nan
    np.testing.assert_array_equal(FrameTrimmer().fit_transform(recorded[None])[0], recorded)


def test_frame_that_shows_the_second_person_only_is_kept():
    recorded = clip(6, 10)
    recorded[:2, :5] = 0
    assert FrameTrimmer().fit_transform(recorded[None]).shape == (1, 6, 10, 3)


def test_sequence_without_a_body_keeps_one_frame():
    trimmed = FrameTrimmer().fit_transform(np.stack([clip(6), np.zeros((6, 5, 3))]))
    assert [len(one) for one in trimmed] == [6, 1]


def test_series_are_left_as_they_are():
    X = np.array([[0.0, 0.0, 1.0, np.nan]])
    np.testing.assert_array_equal(FrameTrimmer().fit_transform(X)[..., 0, 0], X)
