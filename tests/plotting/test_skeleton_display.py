"""What SkeletonDisplay draws, and where."""

import pickle

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from skeletonlearn.plotting import SkeletonDisplay
from skeletonlearn.plotting._body import side_of, side_of_bone, style_of


def points_of(line):
    return np.column_stack(line.get_data())


def legend_texts(display):
    return [text.get_text() for text in display.figure_.legends[0].get_texts()]


def test_joints_are_drawn_where_they_are_in_the_colour_of_their_side(walk, five_joints):
    bodies = SkeletonDisplay.from_sequence(walk, five_joints, frames=2).bodies_[0]
    sides = {"middle": [0, 1], "left": [2, 4], "right": [3]}
    for side, joints in sides.items():
        assert points_of(bodies.joints[0, side]) == pytest.approx(walk[2, joints])
        assert bodies.joints[0, side].get_color() == style_of(0)[side]


def test_bones_join_their_ends_and_one_from_side_to_side_is_in_the_middle(walk, five_joints):
    bodies = SkeletonDisplay.from_sequence(walk, five_joints, frames=0).bodies_[0]
    gap = [[np.nan, np.nan]]
    left = np.concatenate([walk[0, [2, 0]], gap, walk[0, [4, 2]], gap])
    middle = np.concatenate([walk[0, [1, 0]], gap, walk[0, [3, 2]], gap])
    np.testing.assert_array_equal(points_of(bodies.bones[0, "left"]), left)
    np.testing.assert_array_equal(points_of(bodies.bones[0, "middle"]), middle)
    assert len(points_of(bodies.bones[0, "right"])) == 0


def test_side_is_told_by_the_whole_first_word():
    assert [side_of(name) for name in ("left_hand", "right_hand", "leftover", "hip")] == [
        "left",
        "right",
        "middle",
        "middle",
    ]
    assert side_of_bone("left_hip", "hip") == "left"
    assert side_of_bone("right_shoulder", "left_shoulder") == "middle"


def test_sides_and_persons_differ_in_lightness_or_hue_for_any_colour_vision():
    colours = [to_rgb(style_of(person)[side]) for person in (0, 1) for side in ("left", "right")]
    # what is left without telling red from green: lightness, and blue against yellow
    seen = [(0.3 * r + 0.59 * g + 0.11 * b, b - (r + g) / 2) for r, g, b in colours]
    far = [np.abs(np.subtract(one, other)).max() for at, one in enumerate(seen) for other in seen[:at]]
    assert min(far) > 0.15


def test_bones_with_a_missing_end_are_left_out_and_the_joint_is_a_ring_named_in_the_legend(walk, five_joints):
    walk[1:, 4] = np.nan
    display = SkeletonDisplay.from_sequence(walk, five_joints, frames=[0, 3])
    seen, lost = display.bodies_
    assert len(points_of(seen.bones[0, "left"])) == 6
    assert len(points_of(lost.bones[0, "left"])) == 3
    assert len(points_of(seen.missing)) == 0
    assert points_of(lost.missing) == pytest.approx(walk[:1, 4])
    assert lost.missing.get_markerfacecolor() == "white"
    assert legend_texts(display) == ["left", "right", "missing joint"]


def test_legend_names_no_missing_joints_where_none_is(walk, five_joints):
    assert legend_texts(SkeletonDisplay.from_sequence(walk, five_joints)) == ["left", "right"]
    assert not SkeletonDisplay.from_sequence(walk, five_joints, legend=False).figure_.legends


def test_persons_differ_in_colours_and_markers_and_are_named(walk, five_joints):
    display = SkeletonDisplay.from_sequence(np.concatenate([walk, walk + 5], axis=1), five_joints, frames=0)
    bodies = display.bodies_[0]
    assert points_of(bodies.joints[1, "right"]) == pytest.approx(walk[0, [3]] + 5)
    for side in ("left", "right", "middle"):
        first, second = bodies.joints[0, side], bodies.joints[1, side]
        assert first.get_color() != second.get_color()
        assert first.get_marker() != second.get_marker()
    assert legend_texts(display)[::2] == ["person 1, left", "person 2, left"]


def extent_of(artist):
    """Left, bottom, right and top as shares of the figure, once it is drawn."""
    figure = artist.get_figure()
    figure.canvas.draw()
    return artist.get_window_extent().transformed(figure.transFigure.inverted()).extents


def is_inside(artist):
    left, bottom, right, top = extent_of(artist)
    return left >= 0 and bottom >= 0 and right <= 1 and top <= 1


@pytest.mark.parametrize("projection", ["flat", "3d"])
@pytest.mark.parametrize("frames", [0, [0, 1, 2], [0, 1, 2, 3]])
@pytest.mark.parametrize("n_persons", [1, 2])
def test_legend_and_titles_are_not_cut_off(walk, five_joints, n_persons, frames, projection):
    bodies = [np.concatenate([walk, walk[..., :1]], axis=2) + 2 * person for person in range(n_persons)]
    sequence = np.concatenate(bodies, axis=1)
    sequence[:, 4] = np.nan
    sequence[0, 4] = 0.0
    display = SkeletonDisplay.from_sequence(sequence, five_joints, frames=frames, projection=projection)
    assert is_inside(display.figure_.legends[0])
    assert all(is_inside(ax.title) for ax in display.axes_)


def test_legend_in_an_axes_of_the_users_own_hides_no_joint(walk, five_joints, figure_of_the_users_own):
    _, ax = figure_of_the_users_own
    SkeletonDisplay.from_sequence(walk, five_joints, frames=0, ax=ax)
    _, _, _, top = extent_of(ax.get_legend())
    assert top <= extent_of(ax)[1]


def test_missing_joint_is_a_ring_on_dark_paper_too(walk, five_joints):
    walk[1, 3] = np.nan
    with plt.style.context("dark_background"):
        ring = SkeletonDisplay.from_sequence(walk, five_joints, frames=1).bodies_[0].missing
    assert to_rgb(ring.get_markeredgecolor()) == (1, 1, 1)
    assert to_rgb(ring.get_markerfacecolor()) == (0, 0, 0)


def test_person_who_is_in_no_frame_is_not_drawn_nor_named(walk, five_joints):
    alone = np.concatenate([walk, np.full_like(walk, np.nan)], axis=1)
    display = SkeletonDisplay.from_sequence(alone, five_joints)
    assert {person for person, _ in display.bodies_[0].bones} == {0}
    assert legend_texts(display) == ["left", "right"]


def test_frames_of_a_strip_have_equal_units_the_same_limits_and_their_number(walk, five_joints):
    display = SkeletonDisplay.from_sequence(walk, five_joints)
    assert [ax.get_title() for ax in display.axes_] == [f"frame {at}" for at in range(4)]
    assert len({(ax.get_xlim(), ax.get_ylim()) for ax in display.axes_}) == 1
    assert {ax.get_aspect() for ax in display.axes_} == {1}
    (left, right), (low, high) = display.axes_[0].get_xlim(), display.axes_[0].get_ylim()
    assert left < walk[..., 0].min() < walk[..., 0].max() < right
    assert low < walk[..., 1].min() < walk[..., 1].max() < high


def test_image_coordinates_are_drawn_with_y_down(walk, five_joints):
    bodies = SkeletonDisplay.from_sequence(walk, five_joints, frames=0, vertical="-y").bodies_[0]
    assert points_of(bodies.joints[0, "left"]) == pytest.approx(walk[0, [2, 4]] * [1, -1])


def test_body_before_the_sensor_is_seen_as_the_sensor_does(five_joints):
    body = np.zeros((5, 3))
    body[3, 0], body[2, 0] = 1.0, -1.0  # a Kinect's x points to its left, where the right of who faces it is
    bodies = SkeletonDisplay.from_sequence(body, five_joints, azimuth=0).bodies_[0]
    assert points_of(bodies.joints[0, "right"])[0, 0] == pytest.approx(-1)


def test_long_strip_goes_on_in_the_next_row(five_joints):
    display = SkeletonDisplay.from_sequence(
        np.random.default_rng(0).normal(size=(10, 5, 2)), five_joints, frames=range(10)
    )
    assert len(display.axes_) == len(display.figure_.axes) == 10


def test_three_dimensions_stand_upright_in_equal_units(five_joints):
    sequence = np.random.default_rng(0).normal(size=(3, 5, 3)) * [1, 4, 1]
    display = SkeletonDisplay.from_sequence(sequence, five_joints, projection="3d", azimuth=30, elevation=10)
    ax = display.axes_[1]
    assert np.transpose(display.bodies_[1].joints[0, "right"].get_data_3d()) == pytest.approx(
        sequence[1, [3]][:, [0, 2, 1]] * [-1, 1, 1]
    )
    sizes = [high - low for low, high in (ax.get_xlim3d(), ax.get_ylim3d(), ax.get_zlim3d())]
    assert np.ptp(np.divide(ax._box_aspect, sizes)) == pytest.approx(0, abs=1e-12)
    assert (ax.azim, ax.elev) == (-60, 10)


def test_given_axes_are_drawn_in_and_decide_about_dimensions(five_joints):
    figure = plt.figure()
    ax = figure.add_subplot(projection="3d")
    sequence = np.random.default_rng(0).normal(size=(3, 5, 3))
    display = SkeletonDisplay.from_sequence(sequence, five_joints, frames=1, ax=ax)
    assert display.figure_ is figure
    assert display.axes_.tolist() == [ax]
    assert len(display.bodies_[0].joints[0, "left"].get_data_3d()[0]) == 2


def test_plot_returns_the_display_and_arguments_are_stored_unchanged(walk, five_joints):
    frames = [0, 1]
    display = SkeletonDisplay(walk, five_joints, frames=frames, vertical="-y", azimuth=1, elevation=2)
    assert display.plot() is display
    assert (display.sequence is walk, display.skeleton is five_joints, display.frames is frames) == (True,) * 3
    assert (display.vertical, display.azimuth, display.elevation) == ("-y", 1, 2)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"ax": "here"}, "must be a matplotlib Axes"),
        ({"projection": "round"}, "projection='round' must be 'flat' or '3d'"),
        ({"frames": 4}, "must hold integers from -4 to 3, got 4"),
    ],
)
def test_parameter_out_of_place_is_refused(walk, five_joints, options, text):
    with pytest.raises(ValueError, match=text):
        SkeletonDisplay.from_sequence(walk, five_joints, **options)


def test_axes_fewer_than_frames_are_refused(walk, five_joints, figure_of_the_users_own):
    with pytest.raises(ValueError, match="ax holds 1 axes, expected one for each frame shown: 4"):
        SkeletonDisplay.from_sequence(walk, five_joints, ax=figure_of_the_users_own[1])


def test_nothing_global_is_changed_with_given_axes(walk, five_joints, figure_of_the_users_own):
    other, (first, second) = plt.subplots(1, 2)
    plt.sca(first)
    plt.figure(figure_of_the_users_own[0].number)
    before = dict(mpl.rcParams)
    SkeletonDisplay.from_sequence(walk, five_joints, frames=[0, 1], ax=[first, second])
    assert plt.gcf() is figure_of_the_users_own[0]
    assert other.gca() is first
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == [figure_of_the_users_own[0].number, other.number]


def test_pickled_display_comes_back_and_draws_the_same(walk, five_joints):
    display = SkeletonDisplay.from_sequence(walk, five_joints, frames=1)
    back = pickle.loads(pickle.dumps(display))
    assert points_of(back.bodies_[0].joints[0, "left"]) == pytest.approx(walk[1, [2, 4]])
    assert points_of(back.plot().bodies_[0].joints[0, "left"]) == pytest.approx(walk[1, [2, 4]])
