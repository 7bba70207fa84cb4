"""What of a joint is quantised."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from skeletonlearn.embedding._graph2vec._features import bone_directions, choose_features, joint_features
from skeletonlearn.skeletons import KINECT_V1, OPENPOSE_BODY25, Skeleton

FRAMES = np.array([0, 2, 5])


@pytest.fixture
def X():
    return np.random.default_rng(0).normal(size=(3, 6, 20, 3))


@pytest.mark.parametrize("feature", ["direction", "direction_motion"])
def test_directions_do_not_depend_on_view_place_and_size(X, feature):
    (before,) = joint_features(X, FRAMES, (feature,), KINECT_V1)
    turned = 3.0 * Rotation.from_euler("xyz", [40, 70, -20], degrees=True).apply(X.reshape(-1, 3)).reshape(X.shape) + 5
    (after,) = joint_features(turned, FRAMES, (feature,), KINECT_V1)
    np.testing.assert_allclose(after, before, atol=1e-12)


def test_directions_have_length_one_and_the_root_has_none(X):
    lengths = np.linalg.norm(bone_directions(X, KINECT_V1), axis=-1)
    others = np.arange(20) != KINECT_V1.root
    np.testing.assert_allclose(lengths[..., others], 1.0)
    np.testing.assert_array_equal(lengths[..., KINECT_V1.root], 0.0)


def test_body_that_stands_straight_has_its_spine_on_the_second_axis(X):
    X = np.zeros((1, 1, 20, 3))
    for joint, place in {"hip": 0, "spine": 1, "neck": 2, "left_shoulder": 2, "right_shoulder": 2}.items():
        X[0, 0, KINECT_V1.index(joint), 1] = place
    X[0, 0, KINECT_V1.index("left_shoulder"), 0] = -1
    X[0, 0, KINECT_V1.index("right_shoulder"), 0] = 1
    directions = bone_directions(X, KINECT_V1)[0, 0]
    np.testing.assert_allclose(directions[KINECT_V1.index("spine")], [0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(directions[KINECT_V1.index("right_shoulder")], [1, 0, 0], atol=1e-12)


def test_each_person_has_axes_of_its_own(X):
    two = np.concatenate([X, X[:, :, :, [2, 1, 0]] * [1, 1, -1]], axis=2)  # the second is the first, turned
    directions = bone_directions(two, KINECT_V1)
    np.testing.assert_allclose(directions[:, :, 20:], directions[:, :, :20], atol=1e-12)


def test_absent_person_has_no_direction():
    assert not bone_directions(np.zeros((1, 2, 20, 3)), KINECT_V1).any()


def test_position_is_what_is_given(X):
    np.testing.assert_array_equal(joint_features(X, FRAMES, ("position",), None)[0], X[:, FRAMES])


def test_motion_is_between_the_frames_before_and_after(X):
    (motion,) = joint_features(X, FRAMES, ("motion",), None)
    np.testing.assert_array_equal(motion[:, 0], X[:, 1] - X[:, 0])
    np.testing.assert_array_equal(motion[:, 1], X[:, 3] - X[:, 1])
    np.testing.assert_array_equal(motion[:, 2], X[:, 5] - X[:, 4])


def test_motion_of_directions_is_between_the_frames_before_and_after(X):
    (motion,) = joint_features(X, FRAMES, ("direction_motion",), KINECT_V1)
    directions = bone_directions(X, KINECT_V1)
    np.testing.assert_allclose(motion[:, 1], directions[:, 3] - directions[:, 1])


@pytest.mark.parametrize(
    ("skeleton", "n_channels", "chosen"),
    [
        (KINECT_V1, 3, ("direction", "motion")),
        (KINECT_V1, 2, ("position", "motion")),
        (None, 3, ("position", "motion")),
        (Skeleton("stick", ("a", "b"), (("a", "b"),)), 3, ("position", "motion")),
    ],
)
def test_auto_takes_what_the_data_allow(skeleton, n_channels, chosen):
    assert choose_features("auto", skeleton, n_channels) == chosen


@pytest.mark.parametrize("wanted", [("speed",), (), ("motion", "motion")])
def test_other_features_are_refused(wanted):
    with pytest.raises(ValueError, match=r"features=.* must be 'auto' or different names from position, motion"):
        choose_features(wanted, None, 3)


@pytest.mark.parametrize(("skeleton", "n_channels"), [(None, 3), (OPENPOSE_BODY25, 2)])
def test_directions_without_bones_in_space_are_refused(skeleton, n_channels):
    with pytest.raises(ValueError, match="needs bones in three dimensions"):
        choose_features(("direction",), skeleton, n_channels)
