"""Several parts of a sequence, whose predictions are averaged."""

import tracemalloc

import numpy as np
import pytest

from skeletonlearn._training.clips import cut_clips


def ramp(n_frames):
    """One sequence whose only number is that of the frame."""
    return np.arange(n_frames, dtype=np.float32).reshape(1, n_frames, 1, 1)


def sequences(*shape):
    return np.random.default_rng(0).standard_normal(shape, dtype=np.float32)


@pytest.mark.parametrize("n_clips", [1, 2, 3, 7])
def test_there_are_as_many_clips_as_asked_of_the_shape_of_the_sequences(n_clips):
    clips = list(cut_clips(sequences(3, 8, 2, 3), n_clips))
    assert [(clip.shape, clip.dtype) for clip in clips] == [((3, 8, 2, 3), np.float32)] * n_clips


@pytest.mark.parametrize("n_clips", [1, 2, 5])
def test_the_first_clip_is_the_whole_sequence(n_clips):
    X = sequences(3, 8, 2, 3)
    assert next(iter(cut_clips(X, n_clips))) is X


def test_a_single_part_is_the_middle_three_quarters():
    assert list(cut_clips(ramp(9), 2))[1].ravel().tolist() == [1.0, 1.75, 2.5, 3.25, 4.0, 4.75, 5.5, 6.25, 7.0]


def test_two_parts_are_the_first_and_the_last_three_quarters():
    _, first, last = list(cut_clips(ramp(9), 3))
    assert first.ravel().tolist() == [0.0, 0.75, 1.5, 2.25, 3.0, 3.75, 4.5, 5.25, 6.0]
    assert last.ravel().tolist() == [2.0, 2.75, 3.5, 4.25, 5.0, 5.75, 6.5, 7.25, 8.0]


def test_parts_begin_at_places_spread_evenly():
    ends = [(clip[0, 0, 0, 0].item(), clip[0, -1, 0, 0].item()) for clip in list(cut_clips(ramp(9), 6))[1:]]
    assert ends == [(0.0, 6.0), (0.5, 6.5), (1.0, 7.0), (1.5, 7.5), (2.0, 8.0)]


def test_between_frames_is_the_line_between_them():
    corner = np.float32([0, 0, 0, 0, 8, 0, 0, 0, 0]).reshape(1, 9, 1, 1)
    # the frames of the middle part lie at 1, 1.75, 2.5, ... 7
    assert list(cut_clips(corner, 2))[1].ravel().tolist() == [0, 0, 0, 2.0, 8.0, 2.0, 0, 0, 0]


@pytest.mark.parametrize("n_frames", [2, 3, 10, 64])
@pytest.mark.parametrize("n_clips", [2, 3, 6])
def test_parts_are_those_of_interpolation_joint_by_joint(n_clips, n_frames):
    X = sequences(2, n_frames, 3, 2)
    starts = [0.125] if n_clips == 2 else [0.25 * part / (n_clips - 2) for part in range(n_clips - 1)]
    for start, clip in zip(starts, list(cut_clips(X, n_clips))[1:], strict=True):
        at = (n_frames - 1) * np.linspace(start, start + 0.75, n_frames)
        expected = np.apply_along_axis(lambda signal, at=at: np.interp(at, np.arange(n_frames), signal), 1, X)
        np.testing.assert_allclose(clip, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("n_frames", [1, 2, 50])
def test_what_does_not_move_is_the_same_in_every_clip_to_the_bit(n_frames):
    still = np.repeat(sequences(3, 1, 2, 3), n_frames, axis=1)
    for clip in list(cut_clips(still, 5)):
        np.testing.assert_array_equal(clip, still)


@pytest.mark.parametrize("n_clips", [1, 2, 3, 6])
def test_a_single_frame_is_its_own_clips(n_clips):
    for clip in list(cut_clips(ramp(1) + 3, n_clips)):
        assert clip.tolist() == [[[[3.0]]]]


@pytest.mark.parametrize("n_clips", [1, 2, 4])
def test_sequences_of_different_lengths_are_cut_each_by_its_own_length(n_clips):
    X = [sequences(n_frames, 2, 3) for n_frames in (1, 5, 9)]
    clips = list(cut_clips(X, n_clips))
    assert len(clips) == n_clips
    for at, sequence in enumerate(X):
        for clip, alone in zip(clips, list(cut_clips(sequence[None], n_clips)), strict=True):
            np.testing.assert_array_equal(clip[at], alone[0])


@pytest.mark.parametrize("X", [sequences(3, 8, 2, 3), list(sequences(3, 8, 2, 3))])
def test_cutting_leaves_the_sequences_as_they_were(X):
    before = np.array(X)
    list(cut_clips(X, 4))
    np.testing.assert_array_equal(np.array(X), before)


@pytest.mark.parametrize("n_clips", [2, 9])
def test_one_clip_is_held_at_a_time(n_clips):
    X = sequences(50, 40, 10, 3)
    tracemalloc.start()
    for clip in cut_clips(X, n_clips):
        del clip
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.5 * X.nbytes
