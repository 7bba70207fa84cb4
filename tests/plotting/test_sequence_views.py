"""How a sequence is checked, seen and completed before it is drawn."""

import numpy as np
import pytest

from skeletonlearn.plotting._sequence import as_seen, check_frames, check_sequence, limits_of, place_missing

X, Y, Z = np.eye(3)


@pytest.mark.parametrize(
    ("vertical", "up", "right"),
    [("y", Y, -X), ("-y", -Y, X), ("z", Z, X), ("-z", -Z, -X), ("x", X, Y), ("-x", -X, -Y)],
)
def test_viewer_sees_the_vertical_axis_upright_and_no_mirror_image(vertical, up, right):
    assert as_seen(up, vertical) == pytest.approx([0, 1])
    assert as_seen(right, vertical) == pytest.approx([1, 0])
    away = np.cross(up, right)  # right-handed: right x up points at the viewer
    assert as_seen(away, vertical) == pytest.approx([0, 0])
    assert as_seen(away, vertical, depth=True) == pytest.approx([0, 1, 0])


def test_azimuth_of_a_right_angle_sees_depth_from_the_side():
    assert as_seen(Z, "y", azimuth=90) == pytest.approx([1, 0])
    assert as_seen(Y, "y", azimuth=90) == pytest.approx([0, 1])


def test_elevation_of_a_right_angle_sees_the_floor():
    assert as_seen(Z, "y", elevation=90) == pytest.approx([0, 1])
    assert as_seen(Y, "y", elevation=90) == pytest.approx([0, 0])


def test_two_channels_are_turned_over_and_nothing_else():
    point = np.array([3.0, 4.0])
    assert as_seen(point, "y", 40, 40) == pytest.approx([3, 4])
    assert as_seen(point, "-y", 40, 40) == pytest.approx([3, -4])


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"vertical": "up"}, r"vertical='up' must be one of x, -x, y, -y, z, -z\."),
        ({"azimuth": "left"}, "azimuth='left' must be a number of degrees"),
        ({"elevation": np.nan}, "elevation=nan must be a number of degrees"),
    ],
)
def test_view_that_is_none_is_refused(options, text):
    with pytest.raises(ValueError, match=text):
        as_seen(np.zeros((1, 2, 3)), **options)


def test_two_channels_have_no_depth_and_no_third_axis():
    with pytest.raises(ValueError, match="vertical='z' must be 'y' or '-y' for positions of 2 channels"):
        as_seen(np.zeros((1, 2, 2)), "z")
    with pytest.raises(ValueError, match="positions have 2 channels, expected 3"):
        as_seen(np.zeros((1, 2, 2)), depth=True)


@pytest.mark.parametrize("shape", [(5,), (3, 5, 4), (0, 5, 3), (2, 3, 5, 3)])
def test_sequence_of_another_shape_is_refused_with_what_it_is(shape, five_joints):
    with pytest.raises(ValueError, match=rf"sequence has shape \({shape[0]},.*expected \(n_frames, n_joints"):
        check_sequence(np.zeros(shape), five_joints)


def test_sequence_of_another_layout_or_with_infinity_is_refused(five_joints):
    with pytest.raises(ValueError, match="X has 6 joints, but FIVE has 5"):
        check_sequence(np.zeros((2, 6, 3)), five_joints)
    with pytest.raises(ValueError, match="sequence contains infinity"):
        check_sequence(np.full((2, 5, 3), np.inf), five_joints)


def test_one_frame_is_a_sequence_and_the_users_array_stays_as_it_was(five_joints):
    frame = np.zeros((5, 3))
    frame[1, 2] = np.nan
    positions, _ = check_sequence(frame, five_joints)
    assert positions.shape == (1, 5, 3)
    assert np.isnan(positions[0, 1]).all()
    assert np.isnan(frame).sum() == 1


def test_frames_are_spread_evenly_counted_from_the_end_or_given():
    assert check_frames(None, 11) == [0, 2, 4, 6, 8, 10]
    assert check_frames(None, 3) == [0, 1, 2]
    assert check_frames(-1, 11) == [10]
    assert check_frames(np.array([4, -11]), 11) == [4, 0]


@pytest.mark.parametrize("frames", ["all", 1.5, [], [0, 1.5]])
def test_frames_that_are_no_integers_are_refused(frames):
    with pytest.raises(ValueError, match=r"must .* integer"):
        check_frames(frames, 11)


def test_frame_beyond_the_end_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"frames=\[3, 11\] must hold integers from -11 to 10, got 11\."):
        check_frames([3, 11], 11)


def test_missing_joint_is_placed_where_last_seen_or_else_at_its_parent(walk, five_joints):
    positions = walk.copy()
    positions[2:, 1] = np.nan  # the head, after it was seen
    positions[:, 4] = np.nan  # the foot, always
    rings = place_missing(positions, five_joints)
    assert rings[2, 1] == pytest.approx(walk[1, 1])
    assert rings[3, 1] == pytest.approx(walk[1, 1])
    assert rings[3, 4] == pytest.approx(walk[3, 2])
    assert np.isnan(rings[:, [0, 2, 3]]).all()
    assert np.isnan(rings[:2, 1]).all()


def test_nothing_is_placed_of_a_person_who_is_not_there(walk, five_joints):
    positions = np.concatenate([walk, np.full_like(walk, np.nan)], axis=1)
    positions[3, :5] = np.nan
    assert np.isnan(place_missing(positions, five_joints)).all()


def test_limits_hold_all_points_with_a_margin_even_if_there_is_only_one():
    assert limits_of(np.array([[0.0, 0.0], [4.0, 2.0], [np.nan, np.nan]]), 0.25).tolist() == [[-1, 5], [-1, 3]]
    assert limits_of(np.array([[2.0, 3.0]])).tolist() == [[1, 3], [2, 4]]
    assert limits_of(np.full((3, 2), np.nan)).tolist() == [[-1, 1], [-1, 1]]
