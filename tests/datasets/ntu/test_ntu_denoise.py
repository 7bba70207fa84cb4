"""The rules by which bodies become actors, each on cases worked out by hand, and the whole against plain code."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skeletonlearn.datasets._ntu._denoise import (
    assign_actors,
    clean_recording,
    compute_motion,
    compute_sound_motion,
    drop_noisy,
    drop_short,
    find_noisy_frames,
    mark_unseen,
    place_actors,
    sort_by_motion,
    translate,
)
from skeletonlearn.datasets._ntu._recording import NTUBody, NTURecording
from tests.datasets.ntu.slow_reference import clean_slowly

HEIGHT, WIDTH, TOO_WIDE = 5.0, 1.0, 20.0
NAN = float("nan")


def make_body(frames, *, swing=0.0, noisy=(), body_id=0, place=(0.0, 0.0, 3.0)):
    """A person 5 high and 1 wide whose left hand swings to and fro by `swing`, so that an even number of frames has
    the motion swing²; 20 wide in the frames at the positions `noisy`."""
    joints = np.zeros((len(frames), 25, 3))
    joints[:, :, 1] = np.linspace(0, HEIGHT, 25)
    joints[:, 5, 0] = WIDTH
    joints[list(noisy), 5, 0] = TOO_WIDE
    joints[0::2, 7, 2] = swing
    joints[1::2, 7, 2] = -swing
    return NTUBody(body_id, np.array(frames), (joints + place).astype(np.float32))


def ids(bodies):
    return [body.body_id for body in bodies]


def bodies_of(lengths):
    return [make_body(range(length), body_id=at) for at, length in enumerate(lengths)]


# Unseen joints


def test_joints_at_zero_become_nan_and_frames_without_a_joint_go():
    body = make_body([4, 6, 9])
    body.joints[1] = 0.0
    body.joints[2, 3] = 0.0
    body.joints[2, 8, 2] = 0.0  # at zero on one axis only: seen
    (marked,) = mark_unseen([body])
    assert marked.frames.tolist() == [4, 9]
    assert np.argwhere(np.isnan(marked.joints).any(axis=2)).tolist() == [[1, 3]]
    assert np.isnan(marked.joints[1, 3]).all()
    np.testing.assert_array_equal(marked.joints[0], body.joints[0])
    assert (body.joints[1] == 0).all()


def test_a_body_that_was_never_seen_goes():
    unseen = NTUBody(1, np.arange(30), np.zeros((30, 25, 3), np.float32))
    assert ids(mark_unseen([unseen, make_body(range(3), body_id=2)])) == [2]


# Short bodies


def test_a_body_of_11_frames_is_short_and_one_of_12_is_not():
    assert ids(drop_short(bodies_of([12, 11, 30]))) == [0, 2]


@pytest.mark.parametrize(
    ("lengths", "kept"), [([3], [0]), ([5, 3], [1]), ([5, 3, 1], [2]), ([5, 30, 1], [1]), ([5, 1, 30], [2])]
)
def test_the_only_body_left_is_never_too_short(lengths, kept):
    assert ids(drop_short(bodies_of(lengths))) == kept


# Noisy frames and bodies


def test_a_frame_is_noisy_where_its_width_exceeds_four_fifths_of_its_height():
    joints = make_body(range(3)).joints
    joints[:, 5, 0] = [4.0, np.nextafter(np.float32(4), np.float32(5)), 3.9]
    assert find_noisy_frames(joints).tolist() == [False, True, False]


def test_unseen_joints_are_neither_wide_nor_high():
    joints = make_body(range(2), noisy=[0, 1]).joints
    joints[0, 5] = NAN
    joints[1, 24] = NAN  # the highest joint
    assert find_noisy_frames(joints).tolist() == [False, True]


def test_a_frame_with_one_seen_joint_is_not_noisy():
    joints = np.full((1, 25, 3), np.nan, np.float32)
    joints[0, 0] = 1.0
    assert find_noisy_frames(joints).tolist() == [False]


@pytest.mark.parametrize(("n_noisy", "n_frames", "dropped"), [(23, 33, False), (30, 43, True), (12, 12, True)])
def test_a_body_is_noise_where_the_part_of_noisy_frames_is_too_large(n_noisy, n_frames, dropped):
    body = make_body(range(n_frames), noisy=range(n_noisy), body_id=1)
    assert ids(drop_noisy([body, make_body(range(20), body_id=2)])) == ([2] if dropped else [1, 2])


@pytest.mark.parametrize(("n_noisy", "dropped"), [(34_876, False), (34_877, True)])
def test_the_noisy_ratio_itself_is_too_large(n_noisy, dropped):
    body = make_body(range(50_000), noisy=range(n_noisy), body_id=1)  # 34,877 / 50,000 is 0.69754
    assert ids(drop_noisy([body, make_body(range(20), body_id=2)])) == ([2] if dropped else [1, 2])


@pytest.mark.parametrize(
    ("noisy", "kept"), [([True], [0]), ([True, True], [1]), ([True, False, True], [1]), ([False, True], [0])]
)
def test_the_only_body_left_is_never_too_noisy(noisy, kept):
    bodies = [make_body(range(20), noisy=range(20 * one), body_id=at) for at, one in enumerate(noisy)]
    assert ids(drop_noisy(bodies)) == kept


# Motion


def test_motion_is_the_sum_over_joints_and_axes_of_the_variance_over_frames():
    joints = np.ones((4, 25, 3), np.float32)
    joints[:, 2, 1] = [0, 2, 0, 2]  # variance 1
    joints[:, 9, 0] = [0, 0, 0, 4]  # mean 1, variance (1 + 1 + 1 + 9) / 4
    joints[:, 9, 2] = [7, 7, 7, 7]
    assert compute_motion(NTUBody(0, np.arange(4), joints)) == 4.0


def test_unseen_joints_do_not_move():
    joints = np.ones((4, 25, 3), np.float32)
    joints[:, 2, 1] = [0, 2, 0, 2]
    joints[2:, 2] = NAN
    joints[:, 3] = NAN
    assert compute_motion(NTUBody(0, np.arange(4), joints)) == 1.0


def test_motion_is_computed_in_float64():
    joints = np.full((2, 25, 3), 2.0**20, np.float32)
    joints[1, 0, 0] += 2.0**-3
    assert compute_motion(NTUBody(0, np.arange(2), joints)) == 2.0**-8


def test_noisy_frames_do_not_add_motion():
    body = make_body(range(8), swing=2.0, noisy=[6, 7])
    # the hand at z = 3 ± 2 in all frames; the elbow at x = 1 six times and at x = 20 twice
    assert compute_motion(body) == pytest.approx(4 + (6 * 4.75**2 + 2 * 14.25**2) / 8)
    assert compute_sound_motion(body) == pytest.approx(4)


def test_motion_over_all_frames_counts_where_it_is_the_smaller():
    body = make_body(range(8))
    body.joints[:, 7, 2] = [3, 5, 3, 5, 4, 4, 4, 4]  # variance 1 in the first four frames, 1/2 in all
    body.joints[:4, 5, 0] = 4.0
    body.joints[4:, 5, 0] = 4.5  # noisy; adds a variance of 1/16 over all frames
    assert compute_sound_motion(body) == pytest.approx(0.5625)


def test_a_body_with_noisy_frames_only_has_the_motion_of_all_frames():
    assert compute_sound_motion(make_body(range(4), swing=1.0, noisy=range(4))) == pytest.approx(1.0)


def test_bodies_are_sorted_by_motion_and_equal_ones_stay_in_order():
    swings = [1.0, 2.0, 1.0, 4.0, 2.0]
    bodies = [make_body(range(12), swing=swing, body_id=at) for at, swing in enumerate(swings)]
    assert ids(sort_by_motion(bodies, compute_motion)) == [3, 1, 4, 0, 2]


# Actors


@pytest.mark.parametrize(
    ("third", "actors"),
    [
        (range(20, 30), ([0, 2], [1])),  # after actor 1
        (range(9, 30), ([0], [1])),  # overlaps both, by one frame of actor 1
        (range(0, 5), ([0], [1, 2])),  # before actor 2, who begins at 5
        (range(5, 6), ([0], [1])),
        ([0, 12], ([0], [1])),
    ],
)
def test_a_third_body_goes_to_the_first_actor_that_it_does_not_overlap(third, actors):
    bodies = [make_body(range(10)), make_body(range(5, 15), body_id=1), make_body(third, body_id=2)]
    assert tuple(map(ids, assign_actors(bodies))) == actors


def test_a_body_may_fill_the_gaps_of_another():
    bodies = [make_body(range(0, 20, 2)), make_body(range(1, 20, 2), body_id=1)]
    assert tuple(map(ids, assign_actors(bodies))) == ([0, 1], [])


def test_a_body_that_overlaps_an_earlier_fragment_is_no_longer_actor_1():
    bodies = [make_body(range(10)), make_body(range(10, 20), body_id=1), make_body(range(15, 30), body_id=2)]
    assert tuple(map(ids, assign_actors(bodies))) == ([0, 1], [2])


def test_frames_without_an_actor_go_and_an_actor_who_is_not_shown_is_nan():
    first, second = make_body([3, 7]), make_body([7, 8], place=(1, 0, 3))
    sequence = place_actors([[first], [second]])
    assert sequence.shape == (3, 50, 3)
    assert sequence.dtype == np.float32
    assert np.isnan(sequence[0, 25:]).all()
    assert np.isnan(sequence[2, :25]).all()
    np.testing.assert_array_equal(sequence[:2, :25], first.joints)
    np.testing.assert_array_equal(sequence[1:, 25:], second.joints)


def test_the_fragments_of_an_actor_are_in_order_of_time():
    late, early = make_body([5, 6], place=(0, 0, 4)), make_body([1, 2], place=(0, 0, 2))
    sequence = place_actors([[late, early]])
    np.testing.assert_array_equal(sequence[:, 0, 2], [2, 2, 4, 4])


# Origin


def test_the_origin_is_joint_2_of_actor_1_in_the_first_frame_for_both_actors():
    sequence = np.arange(2 * 50 * 3, dtype=np.float32).reshape(2, 50, 3)
    expected = sequence - np.float32([3, 4, 5])
    np.testing.assert_array_equal(translate(sequence), expected)


def test_the_origin_is_in_a_later_frame_where_the_joint_was_not_seen_before():
    sequence = np.ones((4, 50, 3), np.float32)
    sequence[0, :25] = NAN  # actor 1 has not come yet
    sequence[1, 1] = NAN
    sequence[2, 1] = [5, 6, 7]
    moved = translate(sequence)
    assert moved[2, 1].tolist() == [0, 0, 0]
    assert moved[0, 25].tolist() == moved[3, 1].tolist() == [-4, -5, -6]
    assert np.isnan(moved[0, :25]).all()


def test_nothing_moves_where_the_joint_was_never_seen():
    sequence = np.ones((2, 50, 3), np.float32)
    sequence[:, 1] = NAN
    np.testing.assert_array_equal(translate(sequence.copy()), sequence)


# All together


def test_one_person_alone_is_never_noise_and_the_second_is_nan():
    sequence = clean_recording(NTURecording(5, [make_body([1, 2, 4], noisy=range(3))]))
    assert sequence.shape == (3, 50, 3)
    assert sequence.dtype == np.float32
    assert sequence[0, 1].tolist() == [0, 0, 0]
    assert np.isnan(sequence[:, 25:]).all()
    assert not np.isnan(sequence[:, :25]).any()


def test_a_frame_of_zeros_is_no_frame_and_holds_no_origin():
    body = make_body(range(14), place=(1, 1, 3))
    body.joints[:2] = 0.0
    sequence = clean_recording(NTURecording(14, [body]))
    assert len(sequence) == 12
    assert sequence[0, 1].tolist() == [0, 0, 0]


def test_a_body_with_11_seen_frames_is_short_whatever_the_file_says():
    body, other = make_body(range(12), swing=9.0), make_body(range(12), place=(1, 0, 3))
    body.joints[4] = 0.0
    sequence = clean_recording(NTURecording(12, [body, other]))
    assert np.isnan(sequence[:, 25:]).all()
    np.testing.assert_allclose(sequence[0, 0], other.joints[0, 0] - other.joints[0, 1])


def test_without_denoising_short_and_noisy_bodies_stay_and_are_sorted_by_all_their_motion():
    person = make_body(range(20), swing=1.0, body_id=1)
    chair = make_body(range(20), swing=2.0, noisy=range(20), body_id=2, place=(7, 0, 3))
    short = make_body(range(30, 35), body_id=3)
    recording = NTURecording(40, [person, chair, short])
    cleaned, whole = clean_recording(recording), clean_recording(recording, denoise=False)
    assert cleaned.shape == (20, 50, 3)
    assert np.isnan(cleaned[:, 25:]).all()
    assert whole.shape == (25, 50, 3)
    assert whole[0, 5, 0] == TOO_WIDE  # the chair moves most and is actor 1
    assert whole[0, 26, 0] == -7.0


def test_what_noisy_frames_move_makes_nobody_actor_1():
    calm = make_body(range(20), swing=1.0, noisy=[3, 4], place=(7, 0, 3))
    lively = make_body(range(20), swing=2.0, body_id=1)
    recording = NTURecording(20, [calm, lively])
    assert clean_recording(recording)[0, 26].tolist() == [7, 0, 0]
    assert clean_recording(recording, denoise=False)[0, 26].tolist() == [-7, 0, 0]


def test_one_person_asked_for_is_actor_1_in_the_frames_that_show_him():
    main, other = make_body(range(12), swing=2.0), make_body(range(6, 24), swing=1.0, place=(2, 0, 3))
    recording = NTURecording(24, [main, other])
    one, two = clean_recording(recording, n_persons=1), clean_recording(recording)
    assert one.shape == (12, 25, 3)
    assert two.shape == (24, 50, 3)
    np.testing.assert_array_equal(one, two[:12, :25])


@pytest.mark.parametrize("bodies", [[], [NTUBody(0, np.arange(3), np.zeros((3, 25, 3), np.float32))]])
def test_a_recording_of_nobody_has_no_frames(bodies):
    assert clean_recording(NTURecording(3, bodies)).shape == (0, 50, 3)


def test_a_recording_is_not_changed():
    body = make_body(range(12))
    body.joints[3] = 0.0
    before = body.joints.copy()
    clean_recording(NTURecording(12, [body]))
    np.testing.assert_array_equal(body.joints, before)


# Against plain code


@st.composite
def recordings(draw):
    """Many bodies with gaps, short ones, wide ones, zeros, and copies of one another, which tie."""
    bodies = []
    for body_id in range(draw(st.integers(1, 6))):
        start, length = draw(st.integers(0, 40)), draw(st.integers(1, 40))
        width, swing = draw(st.sampled_from([0.3, 0.8, 3.0])), draw(st.sampled_from([0.0, 0.1, 1.0]))
        if bodies and draw(st.booleans()):
            frames, joints = bodies[-1].frames + draw(st.integers(-3, 3)), bodies[-1].joints
            frames, joints = frames[frames >= 0], joints[frames >= 0]
        else:
            rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
            frames = start + np.flatnonzero(rng.random(length) < draw(st.sampled_from([0.6, 1.0])))
            joints = rng.normal(size=(len(frames), 25, 3)) * swing + rng.normal(size=(25, 3))
            joints[..., 0] *= width
            joints[rng.random(joints.shape[:2]) < draw(st.sampled_from([0.0, 0.1, 0.9]))] = 0.0
        if len(frames):
            bodies.append(NTUBody(body_id, frames, joints.astype(np.float32)))
    bodies.sort(key=lambda body: body.frames[0])
    return NTURecording(100, bodies)


@settings(deadline=None)
@given(recordings(), st.sampled_from([1, 2]), st.booleans())
def test_cleaning_equals_plain_code_bit_by_bit(recording, n_persons, denoise):
    plain = {body.body_id: dict(zip(body.frames.tolist(), body.joints, strict=True)) for body in recording.bodies}
    expected = clean_slowly(plain, n_persons, denoise)
    sequence = clean_recording(recording, n_persons=n_persons, denoise=denoise)
    assert sequence.dtype == expected.dtype
    np.testing.assert_array_equal(sequence, expected, strict=True)
