"""Numbers beside joints."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from skeletonlearn.datasets import make_actions
from skeletonlearn.plotting import SkeletonDisplay
from skeletonlearn.plotting._joint_numbers import write_numbers
from skeletonlearn.skeletons import COCO_WHOLEBODY, MEDIAPIPE_HAND, OPENPOSE_WHOLEBODY
from skeletonlearn.skeletons._hand_and_face import MIDDLE_FACE, RIGHT_FACE, RIGHT_HAND
from tests.layouts import PLAIN_BODIES


def hand():
    """A hand with its fingers up, in the order of MediaPipe."""
    return np.array([(z, -y) for _, y, z in RIGHT_HAND.values()])


def face(skeleton):
    """A face from the front."""
    right = {f"right_{joint}": offset for joint, offset in RIGHT_FACE.items()}
    left = {f"left_{joint}": (-x, y, z) for joint, (x, y, z) in RIGHT_FACE.items()}
    return np.array([({**MIDDLE_FACE, **right, **left})[joint][:2] for joint in skeleton.joints])


def new_figure(**parameters):
    figure = Figure(figsize=(5, 5), **parameters)
    FigureCanvasAgg(figure)
    return figure


def boxes_of(figure, texts):
    """What the texts cover, without the lines to their joints."""
    return [Text.get_window_extent(text, figure.canvas.get_renderer()) for text in texts]


def count_overlaps(figure, texts):
    boxes = boxes_of(figure, texts)
    return sum(one.overlaps(other) for at, one in enumerate(boxes) for other in boxes[:at])


def from_display(sequence, skeleton):
    figure = new_figure(layout="constrained")
    display = SkeletonDisplay.from_sequence(sequence, skeleton, numbers=True, legend=False, ax=figure.add_subplot())
    figure.canvas.draw()
    return figure, display.axes_[0].texts


@pytest.mark.parametrize(
    ("points", "skeleton"),
    [
        (hand(), MEDIAPIPE_HAND),
        (face(COCO_WHOLEBODY.part("face")), COCO_WHOLEBODY.part("face")),
        (face(OPENPOSE_WHOLEBODY.part("face")), OPENPOSE_WHOLEBODY.part("face")),
    ],
    ids=["hand", "face of 68", "face of 70"],
)
def test_numbers_of_hands_and_faces_do_not_collide(points, skeleton):
    figure, texts = from_display(points, skeleton)
    assert [text.get_text() for text in texts] == [str(joint) for joint in range(skeleton.n_joints)]
    assert count_overlaps(figure, texts) == 0


@pytest.mark.parametrize("name", PLAIN_BODIES)
def test_numbers_of_bodies_do_not_collide(name):
    data = make_actions(2, n_classes=2, skeleton=name, n_views=1, missing=0.0, random_state=0)
    figure, texts = from_display(data.sequences[1][:1], data.skeleton)
    assert len(texts) == data.skeleton.n_joints
    assert count_overlaps(figure, texts) == 0


def test_joints_in_one_place_get_numbers_side_by_side_and_lines_to_those_far_away():
    figure = new_figure()
    ax = figure.add_subplot()
    ax.set(xlim=(-1, 1), ylim=(-1, 1))
    texts = write_numbers(ax, dict.fromkeys(range(30), (0.0, 0.0)))
    figure.canvas.draw()
    assert count_overlaps(figure, texts) == 0
    distances = [np.hypot(*text.xyann) for text in texts]
    assert [text.arrow_patch is not None for text in texts] == [distance > 12 for distance in distances]
    assert max(distances) > 12 > min(distances)


def test_a_number_stands_beside_its_joint_and_off_its_bones():
    figure = new_figure()
    ax = figure.add_subplot()
    ax.set(xlim=(-1, 1), ylim=(-1, 1))
    places = {7: (0.0, -0.5), 8: (0.0, 0.0), 9: (0.0, 0.5)}
    texts = write_numbers(ax, places, [(8, 7), (9, 8)])
    assert [text.xy for text in texts] == list(places.values())
    assert abs(texts[1].xyann[0]) > 4  # aside of the upright bones
    assert all(np.hypot(*text.xyann) < 12 for text in texts)


def test_missing_joints_have_no_number_and_the_second_person_goes_on_counting():
    sequence = np.concatenate([hand(), hand() + 0.3])[None]
    sequence[0, 3] = np.nan
    _, texts = from_display(sequence, MEDIAPIPE_HAND)
    assert [int(text.get_text()) for text in texts] == [joint for joint in range(42) if joint != 3]


def test_nothing_is_written_unless_asked_for_and_nothing_where_nobody_is():
    display = SkeletonDisplay.from_sequence(hand(), MEDIAPIPE_HAND)
    assert not display.axes_[0].texts
    assert write_numbers(display.axes_[0], {}) == []


def test_numbers_in_three_dimensions_are_refused():
    points = np.concatenate([hand(), np.zeros((21, 1))], axis=1)
    with pytest.raises(ValueError, match=r"numbers=True cannot .* expected projection='flat'"):
        SkeletonDisplay.from_sequence(points, MEDIAPIPE_HAND, numbers=True, projection="3d")
