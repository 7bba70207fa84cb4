"""BodyScaler: bodies of one size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skeletonlearn.preprocessing import BodyScaler, JointImputer
from skeletonlearn.skeletons import COCO, KINECT_V1, NTU_RGBD, SBU, Skeleton, get_skeleton
from skeletonlearn.skeletons._rest_pose import standing_adult
from tests.layouts import BODIES

HIP, NECK = KINECT_V1.index("hip"), KINECT_V1.index("neck")
SETTINGS = [(reference, per) for reference in ("torso", "height", "std") for per in ("sequence", "frame")]


@pytest.fixture
def X():
    return np.random.default_rng(0).normal(size=(3, 7, 40, 3))


def torso(X):
    return np.linalg.norm(X[:, :, NECK] - X[:, :, HIP], axis=-1)


def test_median_torso_is_one(X):
    np.testing.assert_allclose(np.median(torso(BodyScaler(KINECT_V1).fit_transform(X)), axis=1), 1, rtol=1e-12)


def test_torso_of_each_frame_is_one(X):
    np.testing.assert_allclose(torso(BodyScaler(KINECT_V1, per="frame").fit_transform(X)), 1, rtol=1e-12)


def test_standard_deviation_is_one(X):
    scaled = BodyScaler(KINECT_V1, reference="std").fit_transform(X)[:, :, :20]
    np.testing.assert_allclose(scaled.var(axis=(1, 2)).mean(axis=-1), 1, rtol=1e-12)


def test_without_a_skeleton_the_standard_deviation_of_all_joints_is_one(X):
    np.testing.assert_allclose(BodyScaler().fit_transform(X).var(axis=(1, 2)).mean(axis=-1), 1, rtol=1e-12)


def test_height_is_the_way_along_the_bones_whatever_the_pose():
    """A stick man of which each bone from head to ankle is half a unit long, bent at random."""
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(1, 5, 20, 3))
    bones = 0.5 * directions / np.linalg.norm(directions, axis=-1, keepdims=True)
    X = np.einsum("jk,nfkc->nfjc", KINECT_V1.ancestors, bones)
    scaled = BodyScaler(KINECT_V1, reference="height").fit_transform(X)
    bones_on_the_way = 6  # head-neck-spine-hip-left_hip-knee-ankle
    np.testing.assert_allclose(scaled, X / (0.5 * bones_on_the_way), rtol=1e-12)


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("reference", ["torso", "height"])
def test_every_layout_of_the_catalogue_has_a_size(name, reference):
    X = np.random.default_rng(0).normal(size=(2, 3, get_skeleton(name).n_joints, 3))
    scaled = BodyScaler(name, reference=reference).fit_transform(X)
    assert not np.allclose(scaled, X)


@settings(max_examples=25, deadline=None)
@given(st.floats(1e-3, 1e3), st.sampled_from(SETTINGS))
def test_any_size_is_removed(factor, setting):
    X = np.random.default_rng(0).normal(size=(3, 7, 40, 3))
    scaler = BodyScaler(KINECT_V1, reference=setting[0], per=setting[1]).fit(X)
    np.testing.assert_allclose(scaler.transform(factor * X), scaler.transform(X), rtol=1e-9)


@pytest.mark.parametrize(("reference", "per"), SETTINGS)
def test_ratio_of_persons_is_kept(X, reference, per):
    scaled = BodyScaler(KINECT_V1, reference=reference, per=per).fit_transform(X)
    np.testing.assert_allclose(torso(scaled[:, :, 20:]) / torso(scaled), torso(X[:, :, 20:]) / torso(X), rtol=1e-9)


@pytest.mark.parametrize(("reference", "per"), SETTINGS)
@pytest.mark.parametrize("value", [0.0, 0.1, np.nan])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_body_without_a_size_is_left_as_it_is(X, reference, per, value, dtype):
    X = X.astype(dtype)
    X[1] = value
    scaled = BodyScaler(KINECT_V1, reference=reference, per=per).fit_transform(X)
    np.testing.assert_array_equal(scaled[1], X[1])


def test_constant_series_is_left_as_it_is():
    X = np.full((2, 9), 0.1)
    np.testing.assert_array_equal(BodyScaler().fit_transform(X)[..., 0, 0], X)


@pytest.mark.parametrize("gone", [0.0, np.nan])
@pytest.mark.parametrize("reference", ["torso", "height", "std"])
def test_frames_without_a_body_do_not_count(X, gone, reference):
    scaler = BodyScaler(KINECT_V1, reference=reference).fit(X)
    with_gap = np.insert(X, 3, gone, axis=1)
    np.testing.assert_allclose(np.delete(scaler.transform(with_gap), 3, axis=1), scaler.transform(X), rtol=1e-12)


def test_frame_without_a_size_takes_that_of_the_last_one(X):
    X[0, 3] = X[0, 2]
    X[0, 3, NECK] = np.nan
    scaled = BodyScaler(KINECT_V1, per="frame").fit_transform(X)
    np.testing.assert_array_equal(np.delete(scaled[0, 3], NECK, axis=0), np.delete(scaled[0, 2], NECK, axis=0))


def test_missing_joint_touches_no_other(X):
    X[0, 2, 5] = np.nan
    for reference, per in SETTINGS[:2] + SETTINGS[4:]:
        assert np.isnan(BodyScaler(KINECT_V1, reference=reference, per=per).fit_transform(X)).sum() == 3


@pytest.mark.parametrize(("skeleton", "n_bones"), [(SBU, 5), (COCO, 4)])
def test_height_goes_to_what_the_layout_has_of_head_and_foot(skeleton, n_bones):
    bones = np.tile([1.0, 0, 0], (1, 2, skeleton.n_joints, 1))
    X = np.einsum("jk,nfkc->nfjc", skeleton.ancestors, bones)
    np.testing.assert_allclose(BodyScaler(skeleton, reference="height").fit_transform(X), X / n_bones)


def test_layout_without_legs_has_no_height():
    bust = Skeleton("bust", ("hip", "neck"), (("neck", "hip"),))
    with pytest.raises(ValueError, match="reference='height' needs a joint among head, nose, neck"):
        BodyScaler(bust, reference="height").fit(np.zeros((1, 2, 2, 3)))


def test_deviation_of_each_frame_is_one(X):
    X = X * np.arange(1, 8)[:, None, None]
    scaled = BodyScaler(KINECT_V1, reference="std", per="frame").fit_transform(X)[:, :, :20]
    np.testing.assert_allclose(scaled.var(axis=2).mean(axis=-1), 1, rtol=1e-12)


@pytest.mark.parametrize("reference", ["torso", "height", "std"])
def test_body_that_grows_keeps_growing_where_the_sequence_has_one_size(X, reference):
    X = X * np.arange(1, 8)[:, None, None]
    scaled = BodyScaler(KINECT_V1, reference=reference).fit_transform(X)
    size = X[:, :1, :1] / scaled[:, :1, :1]
    np.testing.assert_allclose(scaled * size, X, rtol=1e-12)


def test_size_of_the_first_person_is_found_however_far_away_the_second_is(X):
    X[:, :, 20:] *= 1e15
    np.testing.assert_allclose(np.median(torso(BodyScaler(KINECT_V1).fit_transform(X)), axis=1), 1, rtol=1e-12)


def test_layout_without_a_neck_has_no_torso():
    legs = Skeleton("legs", ("hip", "knee"), (("hip", "knee"),), roles={"hip": ("hip",)})
    with pytest.raises(ValueError, match="legs has no joint or role 'neck'; it has the joints hip, knee"):
        BodyScaler(legs).fit(np.zeros((1, 2, 2, 3)))


def test_deviation_asks_nothing_of_the_layout():
    bust = Skeleton("bust", ("hip", "neck"), (("neck", "hip"),))
    assert np.isfinite(BodyScaler(bust, reference="std").fit_transform(np.eye(6).reshape(1, 6, 2, 3))).all()


def adult(skeleton, n_samples=3):
    """Standing adults of several sizes in pixels, (n_samples, 4, n_joints, 3)."""
    sizes = 100 * np.arange(1.0, n_samples + 1)
    return np.tile(standing_adult(skeleton), (n_samples, 4, 1, 1)) * sizes[:, None, None, None]


def without(X, skeleton, *parts):
    X = X.copy()
    X[:, :, [at for at, joint in enumerate(skeleton.joints) if any(part in joint for part in parts)]] = np.nan
    return X


@pytest.mark.parametrize("skeleton", [KINECT_V1, NTU_RGBD, COCO], ids=lambda one: one.name)
@pytest.mark.parametrize("n_channels", [2, 3])
@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(
    "parts", [("knee", "ankle", "foot"), ("hip",), ("hip", "shoulder"), ("hip", "shoulder", "elbow", "head", "spine")]
)
def test_size_follows_from_what_is_recorded_in_proportion(skeleton, n_channels, setting, parts):
    X = adult(skeleton)[..., :n_channels]
    scaler = BodyScaler(skeleton, reference=setting[0], per=setting[1]).fit(X)
    cut = without(X, skeleton, *parts)
    known = ~np.isnan(cut)
    np.testing.assert_allclose(scaler.transform(cut)[known], scaler.transform(X)[known], rtol=0.05, atol=1e-9)


def test_mean_bone_serves_in_space_where_the_torso_is_hidden():
    X = without(adult(KINECT_V1, 1), KINECT_V1, "hip", "spine", "knee", "ankle", "foot")
    wrist, elbow = KINECT_V1.index("left_wrist"), KINECT_V1.index("left_elbow")
    arm = np.linalg.norm(X[0, 0, wrist] - X[0, 0, elbow])
    bones = np.linalg.norm(X - X[:, :, KINECT_V1.parents], axis=-1)
    longer = X.copy()
    longer[:, :, [wrist, wrist + 1]] += X[:, :, [wrist]] - X[:, :, [elbow]]  # with the hand
    scaler = BodyScaler(KINECT_V1).fit(X)
    ratio = scaler.transform(X)[0, 0, elbow] / scaler.transform(longer)[0, 0, elbow]
    np.testing.assert_allclose(ratio[:2], 1 + arm / bones[0, 0][bones[0, 0] > 15].sum(), rtol=1e-9)


def test_widths_serve_in_space_where_no_bone_is_recorded():
    X = adult(KINECT_V1, 2)
    shown = ("left_shoulder", "right_shoulder", "head")
    cut = without(X, KINECT_V1, *[joint for joint in KINECT_V1.joints if joint not in shown])
    known = ~np.isnan(cut)
    scaler = BodyScaler(KINECT_V1).fit(X)
    np.testing.assert_allclose(scaler.transform(cut)[known], scaler.transform(X)[known], rtol=1e-9)


def test_longest_line_counts_in_a_picture():
    """A body that stands sideways: the shoulders are behind each other."""
    X = adult(COCO)[..., 2:0:-1]
    scaler = BodyScaler(COCO).fit(X)
    cut = without(X, COCO, "hip", "knee", "ankle")
    known = ~np.isnan(cut)
    np.testing.assert_allclose(scaler.transform(cut)[known], scaler.transform(X)[known], rtol=0.1)


def test_sequence_without_a_length_is_named_and_scaled_by_its_spread():
    X = adult(KINECT_V1)
    shown = ("head", "left_hand", "right_hand")
    X[1:2] = without(X[1:2], KINECT_V1, *[joint for joint in KINECT_V1.joints if joint not in shown])
    with pytest.warns(UserWarning, match="^BodyScaler: sequence 1 of X shows no length of the body") as warned:
        scaled = BodyScaler(KINECT_V1).fit_transform(X)
    assert len(warned) == 1
    known = ~np.isnan(scaled[1])
    np.testing.assert_allclose(scaled[1][known], scaled[0][known], rtol=1e-9)


def test_sequences_of_one_point_that_moves_are_named_and_scaled_by_their_motion():
    X = np.full((2, 6, 20, 3), np.nan)
    X[:, :, 7] = np.random.default_rng(0).normal(size=(6, 3)) * np.array([1, 500])[:, None, None]
    with pytest.warns(UserWarning, match="each of sequences 0, 1 of X shows no length"):
        scaled = BodyScaler(KINECT_V1).fit_transform(X)
    np.testing.assert_allclose(scaled[0, :, 7], scaled[1, :, 7], rtol=1e-9)


def test_unknown_joints_have_no_proportion():
    chain = Skeleton("chain", ("hip", "neck", "a", "b"), (("neck", "hip"), ("a", "neck"), ("b", "a")))
    X = np.random.default_rng(0).normal(size=(1, 4, 4, 3))
    X[:, :, 0] = np.nan
    with pytest.warns(UserWarning, match="shows no length"):
        scaled = BodyScaler(chain).fit_transform(X)
    np.testing.assert_allclose(scaled[:, :, 1:].var(axis=(1, 2)).mean(axis=-1), 1, rtol=1e-9)


@pytest.mark.parametrize("per", ["sequence", "frame"])
@pytest.mark.parametrize("n_persons", [1, 2])
def test_joints_that_the_imputer_invented_are_no_yardstick(X, per, n_persons):
    X = X[:, :, : 20 * n_persons] + 3
    X[1, :, [HIP, 12, 16]] = np.nan
    X[2, :, [HIP, NECK, 4]] = np.nan
    imputed = JointImputer(skeleton=KINECT_V1).fit_transform(X)
    scaler = BodyScaler(KINECT_V1, per=per).fit(X)
    known = ~np.isnan(X)
    np.testing.assert_allclose(scaler.transform(imputed)[known], scaler.transform(X)[known], rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_invented_joints_are_recognised_far_from_the_origin(dtype):
    X = (adult(KINECT_V1)[..., :2] + 1000 + np.random.default_rng(0).normal(size=(3, 4, 20, 2))).astype(dtype)
    cut = without(X, KINECT_V1, "hip")
    imputed = JointImputer().fit_transform(cut)
    known = ~np.isnan(cut)
    scaler = BodyScaler(KINECT_V1).fit(X)
    np.testing.assert_allclose(scaler.transform(imputed)[known], scaler.transform(cut)[known], rtol=1e-6)


@pytest.mark.parametrize("gone", [0.0, np.nan])
def test_second_person_gives_the_size_where_the_first_is_never_there(X, gone):
    X[1, :, :20] = gone
    scaled = BodyScaler(KINECT_V1).fit_transform(X)
    np.testing.assert_array_equal(scaled[1, :, 20:], BodyScaler(KINECT_V1).fit_transform(X[:, :, 20:])[1])


def test_palm_of_two_hands_is_the_mean_of_those_shown():
    joints = [f"{side}_hand_{part}" for side in ("left", "right") for part in ("wrist", "middle_finger_mcp")]
    hands = Skeleton("hands", tuple(joints), ((joints[1], joints[0]), (joints[2], joints[0]), (joints[3], joints[2])))
    X = np.array([0.0, 2, 10, 14])[None, None, :, None] * np.array([1.0, 0, 0])
    scaler = BodyScaler(hands, reference="palm").fit(X)
    np.testing.assert_allclose(scaler.transform(X)[0, 0, :, 0], np.array([0, 2, 10, 14]) / 3)
    X[:, :, 2:] = np.nan
    np.testing.assert_allclose(scaler.transform(X)[0, 0, :2, 0], [0, 1])


def test_layout_without_a_hand_has_no_palm():
    with pytest.raises(ValueError, match="reference='palm' needs a joint whose name ends with middle_finger_mcp; SBU"):
        BodyScaler("SBU", reference="palm").fit(np.zeros((1, 2, 15, 3)))
