"""Who is who over time, on cases worked out by hand."""

import numpy as np
import pytest

from skeletonlearn.datasets._persons import check_persons, keep_persons, mark_unseen, number_persons

SQUARE = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])  # a body ten units tall


def body(x, y=0.0, *, confidence=0.9, unseen=()):
    """A square with its corner at (x, y), (4, 3)."""
    points = np.column_stack([SQUARE + np.array([x, y]), np.full(4, confidence)])
    points[list(unseen)] = [np.nan, np.nan, 0.0]
    return points


def people_of(*frames):
    """All people, and the frame of each."""
    people = np.array([person for of_frame in frames for person in of_frame])
    return people, np.repeat(np.arange(len(frames)), list(map(len, frames)))


def numbers_of(*frames):
    people, frame = people_of(*frames)
    numbers = number_persons(people, frame)
    return [numbers[frame == at].tolist() for at in range(len(frames))]


def test_two_people_keep_their_numbers_when_their_order_in_the_list_changes():
    left, right = [body(at) for at in range(4)], [body(50 - at) for at in range(4)]
    frames = [(left[0], right[0]), (right[1], left[1]), (right[2], left[2]), (left[3], right[3])]
    assert numbers_of(*frames) == [[0, 1], [1, 0], [1, 0], [0, 1]]


def test_the_closest_pair_is_matched_first():
    # person 0 is gone; person 1 moves towards where 0 was, and must not become 0
    assert numbers_of((body(0), body(9)), (body(6),)) == [[0, 1], [1]]


def test_someone_who_vanishes_and_returns_nearby_is_the_same_person():
    frames = [(body(0), body(40)), (body(1),), (), (body(37), body(2))]
    assert numbers_of(*frames) == [[0, 1], [0], [], [1, 0]]


def test_someone_far_from_all_others_is_new():
    assert numbers_of((body(0),), (body(30),)) == [[0], [1]]


def test_the_longer_someone_was_away_the_farther_off_they_may_return():
    # half a body and a tenth for each frame: 6 units after one frame, 8 after three
    assert numbers_of((body(0),), (body(7),)) == [[0], [1]]
    assert numbers_of((body(0),), (), (), (body(7),)) == [[0], [], [], [0]]


def test_someone_watched_for_long_may_jump_no_farther_than_someone_new():
    assert numbers_of(*[(body(0),)] * 20, (body(7),))[-1] == [1]


def test_two_people_who_stand_close_are_not_swapped():
    assert numbers_of((body(0), body(3)), (body(3), body(0.2))) == [[0, 1], [1, 0]]


def test_a_body_detected_twice_goes_on_as_the_one_seen_more_surely_not_the_one_seen_longer():
    frames = [(body(0, confidence=0.1),), (body(0.3, confidence=0.1), body(0.4)), (body(0.35),)]
    assert numbers_of(*frames) == [[0], [0, 1], [1]]


def test_distance_is_the_mean_over_joints_seen_in_both():
    frames = [(body(0, unseen=[0]), body(20)), (body(21, unseen=[1, 2]), body(1, unseen=[3]))]
    assert numbers_of(*frames) == [[0, 1], [1, 0]]


def test_a_joint_is_remembered_from_when_it_was_last_seen():
    frames = [(body(0),), (body(1, unseen=[1, 2, 3]),), (body(2, unseen=[0]),)]
    assert numbers_of(*frames) == [[0], [0], [0]]


def test_someone_without_a_joint_in_common_with_anyone_is_new():
    assert numbers_of((body(0, unseen=[0, 1]),), (body(0, unseen=[2, 3]),)) == [[0], [1]]


def test_a_body_detected_twice_goes_on_as_the_one_known_better():
    frames = [(body(0),), (body(0.3, confidence=0.2), body(0.4)), (body(0.3),)]
    assert numbers_of(*frames)[2] == numbers_of(*frames)[0] == [0]


def test_single_points_are_one_person_however_they_jump():
    points = [([[at, 0.0, 1.0]],) for at in (0.0, 5.0, -30.0)]
    assert numbers_of(*points) == [[0], [0], [0]]


def keep(frames, n_persons):
    people, frame = people_of(*frames)
    return keep_persons(people, frame, number_persons(people, frame), len(frames), n_persons)


def test_one_person_is_kept_and_a_ghost_of_low_confidence_is_not():
    frames = [(body(80, confidence=0.1), body(0)), (body(1),), (body(80, confidence=0.1),), (body(2),)]
    sequence, confidence = keep(frames, 1)
    assert sequence.shape == (4, 4, 2)
    assert sequence[[0, 1, 3], 0, 0].tolist() == [0, 1, 2]
    assert np.isnan(sequence[2]).all()
    np.testing.assert_allclose(confidence, np.array([0.9, 0.9, 0.0, 0.9])[:, None] * np.ones(4))


def test_persons_come_in_order_of_total_confidence_with_nan_where_absent():
    frames = [(body(40), body(0)), (body(1),), (body(2),)]
    sequence, confidence = keep(frames, 3)
    assert sequence.shape == (3, 12, 2)
    assert sequence[:, 0, 0].tolist() == [0, 1, 2]
    assert sequence[0, 4, 0] == 40
    assert np.isnan(sequence[1:, 4:8]).all()
    assert np.isnan(sequence[:, 8:]).all()
    assert not confidence[:, 8:].any()
    assert sequence.dtype == confidence.dtype == np.float32


def test_one_who_was_lost_and_found_far_off_goes_on_in_the_same_place():
    frames = [(body(0),), (body(1),), (body(90),), (body(91),)]
    assert numbers_of(*frames) == [[0], [0], [1], [1]]
    sequence, _ = keep(frames, 1)
    assert sequence[:, 0, 0].tolist() == [0, 1, 90, 91]


def test_the_third_of_three_takes_the_place_that_is_free():
    frames = [(body(0), body(50)), (body(1), body(51)), (body(2), body(90)), (body(3), body(90)), (body(4),)]
    sequence, _ = keep(frames, 2)
    np.testing.assert_array_equal(sequence[:, [0, 4], 0], [[0, 50], [1, 51], [2, 90], [3, 90], [4, np.nan]])


def test_who_finds_no_place_is_left_out():
    frames = [(body(0), body(50), body(90)), (body(1), body(51)), (body(2), body(52))]
    sequence, _ = keep(frames, 2)
    assert sequence[:, [0, 4], 0].tolist() == [[0, 50], [1, 51], [2, 52]]


def test_persons_do_not_swap_when_they_pass_each_other():
    step = np.arange(12)
    frames = [
        (body(4 * at), body(44 - 4 * at, 8))[:: 1 if at % 2 else -1] for at in step
    ]  # one 8 units above the other
    sequence, _ = keep(frames, 2)
    heights = sequence[:, [0, 4], 1]
    assert (heights == heights[0]).all()
    rising = sequence[:, 0 if heights[0, 0] == 0 else 4, 0]
    assert rising.tolist() == (4 * step).tolist()


def test_points_without_confidence_are_not_seen_and_low_ones_keep_it():
    person = np.array([[1.0, 2.0, 0.9], [0.0, 0.0, 0.0], [3.0, 4.0, 0.2], [np.nan, 1.0, 0.9], [5.0, 6.0, np.nan]])
    (seen,), is_seen = mark_unseen(person[None], 0.5)
    assert is_seen.all()
    assert np.isnan(seen[:, 0]).tolist() == [False, True, True, True, True]
    assert seen[:, 2].tolist() == [0.9, 0.0, 0.2, 0.0, 0.0]


def test_people_of_whom_nothing_was_seen_are_marked():
    assert mark_unseen(np.array([body(0), np.zeros((4, 3))]), 0.0)[1].tolist() == [True, False]


@pytest.mark.parametrize("number", [np.inf, 1e300])
def test_absurd_numbers_are_an_error(number):
    with pytest.raises(ValueError, match=r"got the number (inf|1e\+300), expected coordinates"):
        mark_unseen(np.array([[[number, 0.0, 1.0]]]), 0.0)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, "1", None])
def test_a_wrong_number_of_persons_is_an_error(wrong):
    with pytest.raises(ValueError, match=r"n_persons=.* must be a positive integer"):
        check_persons(wrong, 0.0)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, "0.5", None, True])
def test_a_wrong_least_confidence_is_an_error(wrong):
    with pytest.raises(ValueError, match=r"min_confidence=.* must be a number"):
        check_persons(1, wrong)


def test_a_frame_with_more_people_than_a_picture_shows_is_refused():
    people = np.ones((1001, 2, 3))
    with pytest.raises(ValueError, match="got 1001 people in a frame, expected 1000 at most"):
        number_persons(people, np.zeros(1001, dtype=np.intp))
    assert len(set(number_persons(people[:1000], np.zeros(1000, dtype=np.intp)).tolist())) == 1000
