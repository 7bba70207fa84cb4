"""What a Bunch shows in a notebook."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from skeletonlearn.datasets import SkeletonBunch, make_actions
from skeletonlearn.datasets._bunch_picture import draw_strip
from skeletonlearn.skeletons import COCO, KINECT_V1, Skeleton

SVG = "{http://www.w3.org/2000/svg}"
BLUE, VERMILION = "#0072B2", "#D55E00"


@pytest.fixture(scope="module")
def actions():
    return make_actions(12, n_classes=6, n_frames=(5, 9), missing=0.0, random_state=0)


def films_of(bunch):
    strip = draw_strip(bunch)
    return ElementTree.fromstring(strip).findall(f"{SVG}g") if strip else []


def paths_of(film, color=None):
    return [path for path in film.iter(f"{SVG}path") if color in (None, path.get("stroke"))]


def points_of(path):
    """Every number pair that a path moves or draws to, shape (n_points, 2)."""
    return np.array(re.findall(r"[ML](\S+) ([\d.-]+)", path.get("d")), dtype=float)


def one_clip(points, skeleton=None):
    return SkeletonBunch(sequences=[np.asarray(points, np.float32)], skeleton=skeleton)


def test_it_is_a_table_and_a_strip_in_well_formed_markup(actions):
    html = ElementTree.fromstring(actions._repr_html_())
    assert [row[0].text for row in html.iter("tr")][:3] == ["sequences", "target", "name"]
    assert len(html.findall(f"{SVG}svg")) == 1


def test_the_strip_shows_samples_of_different_classes(actions):
    labels = ["".join(film.itertext()) for film in films_of(actions.take([1, 7, 2, 8, 3]))]
    assert labels == [actions.target_names[at] for at in (1, 2, 3)]


def test_samples_without_classes_are_labelled_by_name(actions):
    unlabelled = SkeletonBunch(sequences=actions.sequences, name=actions.name)
    assert ["".join(film.itertext()) for film in films_of(unlabelled)] == actions.name[:4].tolist()


def test_a_sample_has_three_poses_with_a_colour_per_side(actions):
    (film,) = films_of(actions.take([0]))
    assert len(paths_of(film, BLUE)) == len(paths_of(film, VERMILION)) == 3
    assert len(paths_of(film)) == 9


def test_persons_have_their_own_colours():
    pair = make_actions(4, n_classes=4, n_frames=5, two_person=True, missing=0.0, random_state=0)
    colors = {path.get("stroke") for path in paths_of(films_of(pair)[-1])}
    assert len(colors) == 6


def test_all_texts_are_escaped(actions):
    evil = "<script>&\"'</script>"
    changed = SkeletonBunch(**{**actions, "target_names": [evil] * 6, evil: evil, "name": np.array([evil] * 12)})
    html = changed._repr_html_()
    ElementTree.fromstring(html)
    assert "<script" not in html


def test_it_stays_small_for_many_samples(actions):
    assert len(actions.take(np.arange(12).repeat(500))._repr_html_()) < 40_000


def test_poses_lie_inside_their_pictures(actions):
    for film in films_of(actions):
        x, y = np.concatenate([points_of(path) for path in paths_of(film)]).T
        assert 0 <= x.min() < x.max() <= 3 * 64
        assert 0 <= y.min() < y.max() <= 96


UPRIGHT = {
    "y up": (np.eye(3), 3),
    "y down": (np.diag([1.0, -1.0, -1.0]), 3),
    "z up": (np.array([[1.0, 0, 0], [0, 0, 1.0], [0, -1.0, 0]]), 3),
    "a picture": (np.diag([1.0, -1.0, 1.0]), 2),
    "a picture with y up": (np.eye(3), 2),
}


@pytest.mark.parametrize("kind", UPRIGHT)
def test_bodies_stand_upright_whatever_axis_is_vertical(actions, kind):
    turn, n_channels = UPRIGHT[kind]
    sequence = (actions.sequences[0] @ turn)[..., :n_channels]
    (film,) = films_of(one_clip(sequence, KINECT_V1))
    middle = points_of(paths_of(film, "#888888")[0])  # spine, neck and head
    legs = points_of(paths_of(film, BLUE)[0])
    assert middle[:, 1].min() < 20
    assert legs[:, 1].max() > 80


def test_a_body_that_faces_the_camera_has_its_right_hand_on_the_left(actions):
    body = np.full((1, 20, 3), np.nan)
    body[0, KINECT_V1.index("left_wrist")] = body[0, KINECT_V1.index("left_hand")] = [-1, 0, 3]
    body[0, KINECT_V1.index("right_wrist")] = body[0, KINECT_V1.index("right_hand")] = [1, 0, 3]
    (film,) = films_of(one_clip(body, KINECT_V1))
    assert points_of(paths_of(film, VERMILION)[0])[0, 0] < points_of(paths_of(film, BLUE)[0])[0, 0]


def test_joints_without_a_layout_are_dots(actions):
    (film,) = films_of(one_clip(actions.sequences[0], None))
    assert [path.get("d").count("h0") for path in paths_of(film)] == [20, 20, 20]


def test_the_fullest_frames_are_shown(actions):
    sequence = actions.sequences[0][:3].repeat(3, axis=0).copy()
    sequence[1::3, 4:] = np.nan
    sequence[2::3] = np.nan
    (film,) = films_of(one_clip(sequence, KINECT_V1))
    assert sum(path.get("d").count("M") for path in paths_of(film)) == 3 * 19


NOT_DRAWN = {
    "nobody": np.full((4, 17, 2), np.nan),
    "infinity": np.full((4, 17, 2), np.inf),
    "one channel": np.zeros((4, 17, 1)),
    "no axis of channels": np.zeros((4, 17)),
    "no frames": np.zeros((0, 17, 2)),
}


@pytest.mark.parametrize("kind", NOT_DRAWN)
def test_what_cannot_be_drawn_is_left_to_the_table(kind):
    bunch = SkeletonBunch(sequences=[NOT_DRAWN[kind]], skeleton=COCO)
    assert draw_strip(bunch) == ""
    assert "<table" in bunch._repr_html_()


@pytest.mark.parametrize("points", [np.zeros((1, 17, 2)), np.full((2, 17, 3), 1e20), np.zeros((1, 5, 2))])
def test_one_point_or_a_wrong_layout_is_drawn_all_the_same(points):
    assert len(films_of(one_clip(points, COCO))) == 1


def test_a_layout_without_spine_is_drawn_with_y_upwards():
    rod = Skeleton("ROD", ("low", "high"), (("high", "low"),))
    (film,) = films_of(one_clip([[[0, 0, 3], [0, 1, 3]]], rod))
    ((_, low), (_, high)) = points_of(paths_of(film)[0])[::-1]
    assert {low, high} == {6.0, 90.0}


def test_a_bunch_without_sequences_is_a_table():
    assert draw_strip(SkeletonBunch(target=np.zeros(3))) == ""
