"""Left and right that an estimator mixes up."""

import numpy as np
import pytest

from skeletonlearn.datasets._swapped_sides import find_swapped_sides
from skeletonlearn.skeletons import COCO

MIRROR = COCO.mirror_index


def body(*, turns=0.0, n_frames=60, seed=0):
    """A body that goes to the right and, on its way, turns by so many full turns; the camera sees x and y."""
    random = np.random.default_rng(seed)
    shape = random.normal(size=(COCO.n_joints, 3)) * (0.05, 0.5, 0.05)
    side = np.array([(name.startswith("left_") - name.startswith("right_")) for name in COCO.joints])
    shape[:, 0] += 0.2 * side
    shape[:, 1] = (shape[:, 1] + shape[MIRROR, 1]) / 2
    angle = 2 * np.pi * turns * np.linspace(0, 1, n_frames)[:, None]
    x = shape[:, 0] * np.cos(angle) + shape[:, 2] * np.sin(angle)
    swing = 0.1 * side * np.sin(np.linspace(0, 12, n_frames))[:, None]
    points = np.stack([100 * (x + np.linspace(0, 2, n_frames)[:, None]), 100 * (shape[:, 1] + swing)], axis=-1)
    return points + random.normal(scale=0.3, size=points.shape)


def swap(points, frames):
    points = points.copy()
    points[frames] = points[frames][:, MIRROR]
    return points


@pytest.mark.parametrize("frames", [[20], [20, 21, 25], list(range(20, 45)), [0, 1, 2], [57, 58, 59], []])
@pytest.mark.parametrize("turns", [0.0, 0.25, 0.5])
def test_frames_with_swapped_sides_are_found(frames, turns):
    swapped = find_swapped_sides(swap(body(turns=turns), frames), MIRROR)
    assert np.flatnonzero(swapped).tolist() == frames


def test_of_two_ways_the_one_that_swaps_fewer_frames_is_taken():
    swapped = find_swapped_sides(swap(body(), list(range(20, 60))), MIRROR)
    assert np.flatnonzero(swapped).tolist() == list(range(20))


def test_the_sides_of_a_long_stretch_stay_as_they_are_but_for_a_few_frames_at_its_ends():
    points = swap(body(n_frames=4000), list(range(1000, 3000)))
    assert find_swapped_sides(points, MIRROR).sum() < 10


def test_missing_joints_are_not_compared():
    points = swap(body(), list(range(20, 30)))
    points[25:] = np.where(np.arange(COCO.n_joints)[:, None] < 9, points[25:], np.nan)
    points[22, :10] = np.nan
    assert np.flatnonzero(find_swapped_sides(points, MIRROR)).tolist() == list(range(20, 30))


@pytest.mark.parametrize("n_frames", [1, 2])
def test_few_frames_are_left_alone(n_frames):
    assert not find_swapped_sides(body(n_frames=n_frames), MIRROR).any()


def test_a_layout_without_sides_is_left_alone():
    assert not find_swapped_sides(body(), np.arange(COCO.n_joints)).any()
