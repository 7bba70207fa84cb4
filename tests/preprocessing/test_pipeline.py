"""make_skeleton_pipeline: the usual preprocessing."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skeletonlearn.preprocessing import SequenceFlattener, make_skeleton_pipeline
from skeletonlearn.skeletons import KINECT_V1


@pytest.fixture
def clips():
    rng = np.random.default_rng(0)
    return [rng.normal(size=(n_frames, 40, 3)) + np.array([0, 1, 30]) for n_frames in (5, 30, 1, 64)]


def test_steps_have_sensible_names():
    assert list(make_skeleton_pipeline("SBU").named_steps) == ["imputer", "centerer", "aligner", "scaler", "resampler"]


def test_ragged_clips_become_one_finite_array(clips):
    clips[1][::2, 3] = np.nan
    X = make_skeleton_pipeline(KINECT_V1, n_frames=16).fit_transform(clips)
    assert X.shape == (4, 16, 40, 3)
    assert np.isfinite(X).all()


def test_place_direction_and_size_of_a_body_are_removed(clips):
    pipeline = make_skeleton_pipeline(KINECT_V1, n_frames=16).fit(clips)
    turn = Rotation.from_rotvec([0, 0.8, 0]).as_matrix()
    moved = [2 * clip @ turn + [1, 2, 3] for clip in clips]
    np.testing.assert_allclose(pipeline.transform(moved), pipeline.transform(clips), rtol=0, atol=1e-10)


def test_absent_second_person_stays_zero(clips):
    for clip in clips:
        clip[:, 20:] = 0
    assert not make_skeleton_pipeline(KINECT_V1).fit_transform(clips)[:, :, 20:].any()


def test_steps_that_are_not_wanted_are_passed_through():
    pipeline = make_skeleton_pipeline(KINECT_V1, align=False, scale=False)
    assert pipeline.named_steps["aligner"] == "passthrough"
    assert pipeline.named_steps["scaler"] == "passthrough"


@pytest.mark.parametrize(("align", "mode"), [(True, "yaw"), ("yaw", "yaw"), ("full", "full")])
def test_align_chooses_the_mode(align, mode):
    assert make_skeleton_pipeline(KINECT_V1, align=align).named_steps["aligner"].mode == mode


def test_settings_reach_their_steps():
    steps = make_skeleton_pipeline("SBU", 32, center="frame", min_confidence=0.3, vertical_axis=2).named_steps
    assert (steps["resampler"].n_frames, steps["centerer"].per) == (32, "frame")
    assert (steps["imputer"].min_confidence, steps["aligner"].vertical_axis) == (0.3, 2)


def test_wrong_align_is_refused():
    with pytest.raises(ValueError, match="align='roll' must be one of True, False, 'yaw', 'full'"):
        make_skeleton_pipeline("SBU", align="roll")


def test_layout_may_be_unknown():
    assert make_skeleton_pipeline(None, 8).fit_transform(np.ones((2, 5, 6, 3))).shape == (2, 8, 6, 3)


def test_pipeline_is_cloned_and_searched(clips):
    clips, y = clips * 3, np.tile([0, 1, 0, 1], 3)
    pipeline = make_pipeline(make_skeleton_pipeline(KINECT_V1, 4), SequenceFlattener(), LogisticRegression())
    search = GridSearchCV(clone(pipeline), {"pipeline__centerer__per": ["sequence", "frame"]}, cv=2)
    assert search.fit(clips, y).predict(clips).shape == (12,)


def test_layout_reaches_all_steps_that_look_at_bodies():
    steps = make_skeleton_pipeline("SBU").named_steps
    assert {steps[name].skeleton for name in ("centerer", "aligner", "scaler")} == {"SBU"}


def test_scale_that_is_neither_true_nor_false_is_refused():
    with pytest.raises(ValueError, match="scale='torso'"):
        make_skeleton_pipeline("SBU", scale="torso")
