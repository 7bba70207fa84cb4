"""make_skeleton_pipeline: the usual preprocessing."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skeletonlearn.datasets import make_actions
from skeletonlearn.preprocessing import (
    BodyScaler,
    FrameResampler,
    JointImputer,
    RootCenterer,
    SequenceFlattener,
    ViewAligner,
    make_skeleton_pipeline,
)
from skeletonlearn.skeletons import COCO, KINECT_V1, NTU_RGBD, OPENPOSE_BODY25, Skeleton


@pytest.fixture
def clips():
    rng = np.random.default_rng(0)
    return [rng.normal(size=(n_frames, 40, 3)) + np.array([0, 1, 30]) for n_frames in (5, 30, 1, 64)]


def test_steps_have_sensible_names():
    names = ["marker", "trimmer", "centerer", "aligner", "scaler", "imputer", "resampler"]
    assert list(make_skeleton_pipeline("SBU").named_steps) == names


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
    assert (steps["marker"].min_confidence, steps["aligner"].vertical_axis) == (0.3, 2)


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
    names = ("marker", "centerer", "aligner", "scaler", "imputer")
    assert {steps[name].skeleton for name in names} == {"SBU"}


def test_wrong_scale_is_refused():
    with pytest.raises(ValueError, match="scale='arm' must be one of True, False, 'torso', 'height', 'palm', 'std'"):
        make_skeleton_pipeline("SBU", scale="arm")


@pytest.mark.parametrize("scale", ["torso", "height", "std"])
def test_scale_chooses_the_reference(scale):
    assert make_skeleton_pipeline("SBU", scale=scale).named_steps["scaler"].reference == scale


LEGS = ("knee", "ankle", "heel", "toe", "foot")
CUTS = {
    "whole": (),
    "knees down missing": LEGS,
    "hips down missing": ("hip", *LEGS),
    "neck missing too": ("hip", "neck", *LEGS),
}


def hide(sequence, skeleton, parts, gone=np.nan, frames=slice(None)):
    """A copy of a sequence in which the joints of some parts are not recorded."""
    hidden = [at for at, joint in enumerate(skeleton.joints) if any(part in joint for part in parts)]
    sequence = sequence.copy()
    for first in range(0, sequence.shape[1], skeleton.n_joints):
        sequence[frames, [first + at for at in hidden]] = gone
    return sequence


def shoulder_width(X, skeleton):
    ends = [X[..., skeleton.index(f"{side}_shoulder"), :] for side in ("left", "right")]
    return float(np.linalg.norm(ends[0] - ends[1], axis=-1).mean())


def pixels(sequence):
    """What a camera makes of a body in metres: flat, in pixels, y downward."""
    return sequence[..., :2].astype(float) * [-190, -190] + np.array([320, 400])


@pytest.fixture(scope="module")
def recording():
    """The first clip of the synthetic ones: a body that stands half turned away."""
    return make_actions(12, skeleton=OPENPOSE_BODY25, random_state=0).sequences[0]


@pytest.mark.parametrize("gone", [0.0, np.nan])
@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("cut", CUTS)
def test_body_in_a_picture_keeps_its_scale_whatever_is_cut_off(recording, cut, together, gone):
    whole = pixels(recording)
    clips = [whole, hide(whole, OPENPOSE_BODY25, CUTS[cut], gone)]
    pipeline = make_skeleton_pipeline(OPENPOSE_BODY25)
    X = pipeline.fit_transform(clips) if together else [pipeline.fit_transform([clip])[0] for clip in clips]
    assert np.isfinite(X).all()
    assert shoulder_width(X[1], OPENPOSE_BODY25) == pytest.approx(shoulder_width(X[0], OPENPOSE_BODY25), rel=0.05)


@pytest.mark.parametrize("skeleton", [KINECT_V1, NTU_RGBD, COCO], ids=lambda one: one.name)
@pytest.mark.parametrize("center", ["sequence", "frame"])
def test_body_in_space_keeps_scale_and_place_whatever_is_cut_off(skeleton, center):
    clips = make_actions(8, skeleton=skeleton, noise=0.0, random_state=1).sequences
    pipeline = make_skeleton_pipeline(skeleton, center=center)
    whole = pipeline.fit_transform(clips)
    head = skeleton.index("nose" if skeleton is COCO else "head")
    for parts in CUTS.values():
        cut = pipeline.fit_transform([hide(clip, skeleton, parts) for clip in clips])
        assert np.abs(cut[:, :, head] - whole[:, :, head]).mean() < 0.35  # in torsos, of bodies that bend and turn
        assert shoulder_width(cut, skeleton) == pytest.approx(shoulder_width(whole, skeleton), rel=0.1)


@pytest.mark.parametrize("center", ["sequence", "frame"])
@pytest.mark.parametrize("gone", [0.0, np.nan])
def test_two_persons_keep_scale_and_distance_when_their_hips_are_cut_off(center, gone):
    actions = make_actions(6, n_classes=2, two_person=True, noise=0.0, missing=0.0, random_state=0)
    clips = [one for one in actions.sequences if not np.isnan(one).any()]  # those with a second person
    pipeline = make_skeleton_pipeline(KINECT_V1, center=center)
    whole = pipeline.fit_transform(clips)
    cut = pipeline.fit_transform([hide(clip, KINECT_V1, ("hip", *LEGS), gone) for clip in clips])
    head = KINECT_V1.index("head")
    apart = [np.linalg.norm(X[:, :, 20 + head] - X[:, :, head], axis=-1).mean(axis=1) for X in (whole, cut)]
    np.testing.assert_allclose(apart[1], apart[0], rtol=0.15)


@pytest.mark.parametrize("cut", CUTS)
def test_joints_of_low_confidence_are_as_good_as_cut_off(recording, cut):
    whole = pixels(recording)
    hidden = np.isnan(hide(np.ones_like(whole), OPENPOSE_BODY25, CUTS[cut]))[..., :1]
    clip = np.concatenate([np.where(hidden, 7.0, whole), np.where(hidden, 0.1, 0.9)], axis=-1)
    X = make_skeleton_pipeline(OPENPOSE_BODY25, min_confidence=0.3).fit_transform([clip])
    expected = make_skeleton_pipeline(OPENPOSE_BODY25).fit_transform([hide(whole, OPENPOSE_BODY25, CUTS[cut])])
    np.testing.assert_array_equal(X, expected)


@pytest.mark.parametrize("frames", [slice(3, 9), slice(-5, None)])
def test_hips_hidden_in_some_frames_change_no_other_joint(recording, frames):
    whole = pixels(recording)
    pipeline = make_skeleton_pipeline(OPENPOSE_BODY25, len(whole))
    hidden = hide(whole, OPENPOSE_BODY25, ("hip",), frames=frames)
    others = [at for at, joint in enumerate(OPENPOSE_BODY25.joints) if "hip" not in joint]
    expected = pipeline.fit_transform([whole])[:, :, others]
    np.testing.assert_allclose(pipeline.fit_transform([hidden])[:, :, others], expected, rtol=0, atol=0.05)


@pytest.mark.parametrize("n_persons", [1, 2])
@pytest.mark.parametrize("padding", [0.0, np.nan])
@pytest.mark.parametrize("center", ["sequence", "frame"])
def test_padded_and_trimmed_copies_give_the_same(n_persons, padding, center):
    clips = make_actions(12, two_person=n_persons == 2, missing=0.1, random_state=0).sequences
    padded = np.full((12, 120, *clips[0].shape[1:]), padding, dtype=np.float32)
    for at, clip in enumerate(clips):
        padded[at, at : at + len(clip)] = np.nan_to_num(clip) if padding == 0 else clip
    pipeline = make_skeleton_pipeline(KINECT_V1, center=center)
    np.testing.assert_allclose(pipeline.fit_transform(padded), pipeline.fit_transform(clips), rtol=0, atol=1e-5)


def test_frames_of_low_confidence_at_the_ends_are_trimmed(clips):
    clip = clips[1][:, :20]
    confidence = np.ones((*clip.shape[:2], 1))
    confidence[:10] = confidence[25:] = 0.1
    confidence[12, 3] = 0
    seen = clip.copy()
    seen[12, 3] = np.nan
    expected = make_skeleton_pipeline(KINECT_V1).fit_transform([seen[10:25]])
    pipeline = make_skeleton_pipeline(KINECT_V1, min_confidence=0.5)
    np.testing.assert_array_equal(pipeline.fit_transform([np.dstack([clip, confidence])]), expected)


def test_sequence_that_shows_nobody_is_named_once_and_becomes_zero(clips):
    clips[2] = np.full((7, 40, 3), np.nan)
    with pytest.warns(UserWarning, match="sequence 2 of X shows nobody") as warned:
        X = make_skeleton_pipeline(KINECT_V1).fit_transform(clips)
    assert len(warned) == 1
    assert not X[2].any()


def test_clip_without_any_bone_is_named_and_not_left_in_pixels():
    clips = [pixels(one) for one in make_actions(4, skeleton=COCO, noise=0.0, random_state=0).sequences]
    shown = ("nose", "left_elbow", "right_wrist")
    clips[1] = hide(clips[1], COCO, [joint for joint in COCO.joints if joint not in shown])
    with pytest.warns(UserWarning, match="BodyScaler: sequence 1 of X shows no length of the body"):
        X = make_skeleton_pipeline(COCO).fit_transform(clips)
    spread = X[:, :, [COCO.index(joint) for joint in shown]].std(axis=(1, 2)).mean(axis=-1)
    assert 0.5 < spread[1] / spread[0] < 2


def test_imputing_first_measures_nothing_that_is_invented(recording):
    whole = pixels(recording)
    clips = [hide(whole, OPENPOSE_BODY25, parts) for parts in CUTS.values()]
    steps = [RootCenterer(OPENPOSE_BODY25), ViewAligner(OPENPOSE_BODY25), BodyScaler(OPENPOSE_BODY25)]
    first = make_pipeline(JointImputer(skeleton=OPENPOSE_BODY25), *steps, FrameResampler()).fit_transform(clips)
    last = make_pipeline(*steps, JointImputer(zeros_are_missing=False), FrameResampler()).fit_transform(clips)
    widths = [shoulder_width(one, OPENPOSE_BODY25) for one in first]
    assert widths == pytest.approx([widths[0]] * 4, rel=0.05)
    np.testing.assert_allclose(first, last, rtol=0, atol=0.1)


def hand_layout(prefix=""):
    joints = [prefix + joint for joint in ("wrist", "thumb_mcp", "thumb_tip", "middle_finger_mcp", "middle_finger_tip")]
    parents = [joints[0], joints[1], joints[0], joints[3]]
    return Skeleton("hand", tuple(joints), tuple(zip(joints[1:], parents, strict=True)))


@pytest.mark.parametrize("n_channels", [2, 3])
def test_hand_is_rooted_at_its_wrist_and_scaled_by_its_palm_and_not_turned(n_channels):
    X = np.random.default_rng(0).normal(size=(3, 8, 5, n_channels)) * 50 + 300
    pipeline = make_skeleton_pipeline(hand_layout(), n_frames=8, center="frame")
    out = pipeline.fit_transform(X)
    assert pipeline.named_steps["aligner"] == "passthrough"
    palm = np.median(np.linalg.norm(X[:, :, 3] - X[:, :, 0], axis=-1), axis=1)
    np.testing.assert_allclose(out, (X - X[:, :, :1]) / palm[:, None, None, None], atol=1e-9)


def test_body_with_hands_is_measured_by_the_body():
    hands = [hand_layout(f"{side}_hand_") for side in ("left", "right")]
    hanging = [(f"{side}_hand_wrist", f"{side}_wrist") for side in ("left", "right")]
    joints = (*COCO.joints, *hands[0].joints, *hands[1].joints)
    layout = Skeleton("both", joints, (*COCO.bones, *hands[0].bones, *hands[1].bones, *hanging), COCO.roles)
    body = make_actions(6, skeleton=COCO, random_state=0).sequences
    rng = np.random.default_rng(0)
    clips = [np.concatenate([clip, rng.normal(size=(len(clip), 10, 3)).astype("f4")], axis=1) for clip in body]
    clips[1][:, 22:] = np.nan
    X = make_skeleton_pipeline(layout).fit_transform(clips)
    np.testing.assert_allclose(X[:, :, :17], make_skeleton_pipeline(COCO).fit_transform(body), atol=1e-6)
    assert np.isfinite(X).all()


def test_layout_of_neither_body_nor_hand_is_rooted_at_its_root_and_scaled_by_its_spread():
    arm = Skeleton("arm", ("elbow", "shoulder", "wrist"), (("elbow", "shoulder"), ("wrist", "elbow")))
    steps = make_skeleton_pipeline(arm).fit(np.random.default_rng(0).normal(size=(2, 5, 3, 3))).named_steps
    assert (steps["centerer"].root, steps["aligner"], steps["scaler"].reference) == ("shoulder", "passthrough", "std")


@pytest.mark.parametrize("in_container", [list, lambda clips: np.array([*clips, None], dtype=object)[:-1]])
def test_masked_joints_are_missing(clips, in_container):
    clips.pop(2)  # one frame could hide all that shows a direction
    gone = [np.random.default_rng(0).random(clip.shape) < 0.05 for clip in clips]
    masked = in_container([np.ma.MaskedArray(clip, mask) for clip, mask in zip(clips, gone, strict=True)])
    with_nan = [np.where(mask, np.nan, clip) for clip, mask in zip(clips, gone, strict=True)]
    pipeline = make_skeleton_pipeline(KINECT_V1)
    np.testing.assert_array_equal(pipeline.fit_transform(masked), pipeline.fit_transform(with_nan))
