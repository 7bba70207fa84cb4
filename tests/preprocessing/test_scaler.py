"""BodyScaler: bodies of one size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skeletonlearn.preprocessing import BodyScaler
from skeletonlearn.skeletons import COCO, KINECT_V1, SBU, Skeleton, get_skeleton
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
    X[1, :, :20] = value
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
