"""What JointImportanceDisplay measures and draws."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skeletonlearn.plotting import JointImportanceDisplay
from skeletonlearn.plotting._joint_importance_display import limbs_of
from skeletonlearn.preprocessing import SequenceFlattener
from skeletonlearn.skeletons import COCO_WHOLEBODY, KINECT_V1, get_skeleton
from tests.layouts import BODIES

X = np.random.default_rng(0).normal(size=(60, 3, 10, 3))  # two persons
Y = (X[:, :, 4].sum(axis=(1, 2)) > 0).astype(int)  # the first person's left foot


class FootReader(ClassifierMixin, BaseEstimator):
    """Looks at one joint only, and needs no fit."""

    classes_ = np.array([0, 1])

    def fit(self, X, y):
        return self

    def predict(self, X):
        return (X[:, :, 4].sum(axis=(1, 2)) > 0).astype(int)

    def __sklearn_is_fitted__(self):
        return True


def test_joint_that_decides_has_all_the_importance_and_others_none(five_joints):
    display = JointImportanceDisplay.from_estimator(FootReader(), X, Y, five_joints, n_repeats=3, random_state=0)
    assert list(display.groups) == list(five_joints.joints)
    assert np.shape(display.importances) == (5, 3)
    assert display.importances_mean[4] > 0.3
    assert display.importances_std[4] > 0
    assert display.importances_mean[:4].tolist() == [0] * 4
    assert display.baseline_score == 1


def test_joints_of_both_persons_are_permuted_together(five_joints):
    swapped = X[:, :, [*range(5, 10), *range(5)]]

    class SecondFootReader(FootReader):
        def predict(self, X):
            return (X[:, :, 9].sum(axis=(1, 2)) > 0).astype(int)

    display = JointImportanceDisplay.from_estimator(SecondFootReader(), swapped, Y, five_joints, random_state=0)
    assert display.importances_mean.argmax() == 4


def test_one_seed_gives_the_same_importances_and_x_stays_as_it_was(five_joints):
    pipeline, before = make_pipeline(SequenceFlattener(), LogisticRegression()).fit(X, Y), X.copy()
    first, second = (
        JointImportanceDisplay.from_estimator(pipeline, X, Y, five_joints, n_repeats=2, random_state=1).importances
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(X, before)


def test_groups_are_drawn_as_sizes_and_colours_of_their_joints(five_joints):
    groups = {"leg": ["left_hip", "left_foot"], "head": ["head"]}
    display = JointImportanceDisplay([[0.4, 0.2], [0.0, 0.0]], groups, np.eye(5, 2), five_joints).plot()
    assert display.scatter_.get_array().tolist() == pytest.approx([0.0, 0.3, 0.3])  # head, left hip, left foot
    sizes = display.scatter_.get_sizes()
    assert sizes[0] < sizes[1] == sizes[2]
    assert np.asarray(display.scatter_.get_offsets()) == pytest.approx(np.eye(5, 2)[[1, 2, 4]])
    assert display.colorbar_.ax.get_ylabel() == "drop of the score"


@pytest.mark.parametrize("name", BODIES)
def test_limbs_hold_every_joint_once_and_both_sides_alike(name):
    skeleton = get_skeleton(name)
    limbs = limbs_of(skeleton)
    parts = {part.replace("_", " ") for part in skeleton.parts if part != "body"}
    assert set(limbs) == {"left arm", "left leg", "right arm", "right leg", "trunk and head"} | parts
    assert sorted(joint for limb in limbs.values() for joint in limb) == sorted(skeleton.joints)
    assert len(limbs["left arm"]) == len(limbs["right arm"])


def test_limbs_of_a_kinect_are_those_one_would_name():
    limbs = limbs_of(KINECT_V1)
    assert limbs["left arm"] == ["left_shoulder", "left_elbow", "left_wrist", "left_hand"]
    assert limbs["right leg"] == ["right_hip", "right_knee", "right_ankle", "right_foot"]
    assert limbs["trunk and head"] == ["hip", "spine", "neck", "head"]


def test_hands_and_the_face_of_a_whole_body_are_groups_of_their_own():
    limbs = limbs_of(COCO_WHOLEBODY)
    assert limbs["left arm"] == ["left_shoulder", "left_elbow", "left_wrist"]
    assert limbs["right hand"] == [COCO_WHOLEBODY.joints[at] for at in COCO_WHOLEBODY.part_index("right_hand")]
    assert len(limbs["face"]) == 68


@pytest.mark.parametrize(
    ("groups", "text"),
    [
        ("arms", "groups='arms' must be a mapping"),
        ({}, "must be a mapping"),
        ({"all": "head"}, r"groups\['all'\]='head' must be a sequence of joint names"),
        ({"all": ["tail"]}, "FIVE has no joint 'tail'"),
        ({"a": ["head"], "b": ["head"]}, "groups have head twice"),
    ],
)
def test_groups_that_are_none_are_refused(groups, text, five_joints):
    with pytest.raises(ValueError, match=text):
        JointImportanceDisplay.from_estimator(FootReader(), X, Y, five_joints, groups=groups)


def test_wrong_input_is_refused_with_what_was_got_and_wanted(five_joints):
    measure = JointImportanceDisplay.from_estimator
    with pytest.raises(ValueError, match="X has sequences of different lengths"):
        measure(FootReader(), [X[0], X[1, :2]], [0, 1], five_joints)
    with pytest.raises(ValueError, match="X has 2 dimensions, expected 4"):
        measure(FootReader(), X[:, 0, 0], Y, five_joints)
    with pytest.raises(ValueError, match="n_repeats=0 must be a positive integer"):
        measure(FootReader(), X, Y, five_joints, n_repeats=0)
    with pytest.raises(ValueError, match="importances has 1 rows, expected one for each group: 2"):
        JointImportanceDisplay([[1]], {"a": ["hip"], "b": ["head"]}, np.eye(5, 2), five_joints).plot()
    with pytest.raises(ValueError, match=r"pose has shape \(10, 2\), expected \(5, n_channels\)"):
        JointImportanceDisplay([[1]], {"a": ["hip"]}, np.eye(10, 2), five_joints).plot()
