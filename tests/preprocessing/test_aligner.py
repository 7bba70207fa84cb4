"""ViewAligner: bodies turned to face the camera."""

from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from skeletonlearn.preprocessing import JointImputer, ViewAligner
from skeletonlearn.skeletons import KINECT_V1, Skeleton

LEFT = [KINECT_V1.index("left_hip"), KINECT_V1.index("left_shoulder")]
RIGHT = [KINECT_V1.index("right_hip"), KINECT_V1.index("right_shoulder")]
angles = st.floats(-np.pi, np.pi)


def bodies(n_samples=3, n_frames=5, n_persons=1, seed=0):
    return np.random.default_rng(seed).normal(size=(n_samples, n_frames, 20 * n_persons, 3))


def warns_of_sequence(at):
    return pytest.warns(UserWarning, match=rf"^ViewAligner: sequence {at} of X shows no direction of the body")


def side_to_side(X):
    return (X[:, :, RIGHT] - X[:, :, LEFT]).mean(axis=2)


def pairwise_distances(X):
    return np.linalg.norm(X[:, :, :, None] - X[:, :, None], axis=-1)


@settings(max_examples=30, deadline=None)
@given(angles, st.sampled_from([0, 1, 2]), st.sampled_from(["sequence", "frame"]))
def test_any_yaw_is_removed(angle, vertical_axis, per):
    X = bodies()
    turned = X @ Rotation.from_rotvec(angle * np.eye(3)[vertical_axis]).as_matrix()
    aligner = ViewAligner(KINECT_V1, vertical_axis=vertical_axis, per=per).fit(X)
    np.testing.assert_allclose(aligner.transform(turned), aligner.transform(X), rtol=0, atol=1e-10)


@settings(max_examples=30, deadline=None)
@given(angles, angles, angles, st.sampled_from([0, 1, 2]), st.sampled_from(["sequence", "frame"]))
def test_full_mode_removes_any_rotation(yaw, pitch, roll, vertical_axis, per):
    X = bodies()
    turned = X @ Rotation.from_rotvec([yaw, pitch, roll]).as_matrix()
    aligner = ViewAligner(KINECT_V1, mode="full", vertical_axis=vertical_axis, per=per).fit(X)
    np.testing.assert_allclose(aligner.transform(turned), aligner.transform(X), rtol=0, atol=1e-10)


@pytest.mark.parametrize("vertical_axis", [0, 1, 2])
@pytest.mark.parametrize("mode", ["yaw", "full"])
@pytest.mark.parametrize("per", ["sequence", "frame"])
def test_bone_lengths_and_handedness_are_kept(mode, per, vertical_axis):
    X = bodies(n_persons=2)
    aligned = ViewAligner(KINECT_V1, mode=mode, per=per, vertical_axis=vertical_axis).fit_transform(X)
    np.testing.assert_allclose(pairwise_distances(aligned), pairwise_distances(X), rtol=0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(aligned[:, :, :3]), np.linalg.det(X[:, :, :3]), rtol=1e-9, atol=1e-12)


def test_left_to_right_lies_along_x_in_every_frame():
    lines = side_to_side(ViewAligner(KINECT_V1, per="frame").fit_transform(bodies()))
    np.testing.assert_allclose(lines[..., 2], 0, atol=1e-12)
    assert (lines[..., 0] > 0).all()


def test_left_to_right_lies_along_x_on_the_mean_of_the_frames():
    lines = side_to_side(ViewAligner(KINECT_V1).fit_transform(bodies()))[..., [0, 2]]
    mean = (lines / np.linalg.norm(lines, axis=-1, keepdims=True)).mean(axis=1)
    np.testing.assert_allclose(mean[:, 1], 0, atol=1e-12)
    assert (mean[:, 0] > 0).all()


def test_yaw_leaves_heights_as_they_are():
    X = bodies()
    np.testing.assert_array_equal(ViewAligner(KINECT_V1).fit_transform(X)[..., 1], X[..., 1])


@pytest.mark.parametrize("vertical_axis", [0, 1, 2])
def test_full_mode_sets_the_spine_upright(vertical_axis):
    aligner = ViewAligner(KINECT_V1, mode="full", per="frame", vertical_axis=vertical_axis)
    aligned = aligner.fit_transform(bodies())
    spine = aligned[:, :, KINECT_V1.index("neck")] - aligned[:, :, KINECT_V1.index("hip")]
    np.testing.assert_allclose(np.delete(spine, vertical_axis, axis=-1), 0, atol=1e-12)
    assert (spine[..., vertical_axis] > 0).all()


def test_per_sequence_keeps_the_turning_of_the_body():
    X = bodies()
    aligned = ViewAligner(KINECT_V1).fit_transform(X)
    motion = np.linalg.norm(np.diff(X, axis=1), axis=-1)
    np.testing.assert_allclose(np.linalg.norm(np.diff(aligned, axis=1), axis=-1), motion, rtol=1e-9)


def test_absent_person_stays_zero():
    X = bodies(n_persons=2)
    X[:, :, 20:] = 0
    assert not ViewAligner(KINECT_V1).fit_transform(X)[:, :, 20:].any()


def test_aligning_twice_changes_nothing_more():
    aligner = ViewAligner(KINECT_V1, mode="full")
    once = aligner.fit_transform(bodies())
    np.testing.assert_allclose(aligner.transform(once), once, rtol=0, atol=1e-12)


@pytest.mark.parametrize("mode", ["yaw", "full"])
@pytest.mark.parametrize("per", ["sequence", "frame"])
@pytest.mark.parametrize("gone", [0.7, np.nan])
def test_body_without_a_direction_is_left_as_it_is(mode, per, gone):
    X = bodies()
    X[1, :, [*LEFT, *RIGHT]] = gone
    with warns_of_sequence(1) if np.isnan(gone) else nullcontext():
        aligned = ViewAligner(KINECT_V1, mode=mode, per=per).fit_transform(X)
    np.testing.assert_array_equal(aligned[1], X[1])


def test_body_lying_exactly_on_its_side_is_left_as_it_is():
    X = bodies().astype(np.float32)
    X[1, :, RIGHT] = X[1, :, LEFT] + np.float32([0, 1, 0])
    np.testing.assert_array_equal(ViewAligner(KINECT_V1).fit_transform(X)[1], X[1])


def test_frame_without_a_direction_is_turned_as_the_last_one():
    X = bodies()
    X[0, 3] = X[0, 2]
    X[0, 3, [*LEFT, *RIGHT]] = np.nan
    aligned = ViewAligner(KINECT_V1, per="frame").fit_transform(X)
    known = ~np.isnan(aligned[0, 3])
    np.testing.assert_allclose(aligned[0, 3][known], aligned[0, 2][known], rtol=1e-12)


def test_hips_alone_tell_the_direction_where_shoulders_are_missing():
    X = bodies()
    X[:, :, [LEFT[1], RIGHT[1]]] = np.nan
    hips = ViewAligner(KINECT_V1, per="frame").fit_transform(X)
    np.testing.assert_allclose((hips[:, :, RIGHT[0]] - hips[:, :, LEFT[0]])[..., 2], 0, atol=1e-12)


def test_missing_joint_touches_no_other():
    X = bodies()
    X[0, 2, 3, 1] = np.nan
    aligned = ViewAligner(KINECT_V1).fit_transform(X)
    assert np.isnan(aligned[0, 2, 3]).any()
    assert not np.isnan(np.delete(aligned[0, 2], 3, axis=0)).any()


@pytest.mark.parametrize("aligner", [ViewAligner(), ViewAligner(KINECT_V1)])
def test_flat_data_are_left_as_they_are(aligner):
    X = bodies()[..., :2]
    np.testing.assert_array_equal(aligner.fit_transform(X), X)


def test_more_than_three_channels_are_refused():
    with pytest.raises(ValueError, match="X has 4 channels, but ViewAligner expected 3"):
        ViewAligner(KINECT_V1).fit(np.zeros((1, 2, 20, 4)))


def test_layout_without_shoulders_is_refused():
    spine = Skeleton("spine", ("hip", "neck", "left_hip"), (("neck", "hip"), ("left_hip", "hip")))
    for mode in ("yaw", "full"):
        with pytest.raises(ValueError, match="spine has no joint or role 'left_shoulder'"):
            ViewAligner(spine, mode=mode).fit(np.zeros((1, 2, 3, 3)))


@pytest.mark.parametrize("part", ["hip", "shoulder"])
def test_hips_or_shoulders_alone_are_enough_of_a_layout(part):
    left, right = f"left_{part}", f"right_{part}"
    sides = Skeleton("sides", ("hip", left, right), ((left, "hip"), (right, "hip")))
    aligned = ViewAligner(sides, per="frame").fit_transform(bodies()[:, :, :3])
    lines = aligned[:, :, 2] - aligned[:, :, 1]
    np.testing.assert_allclose(lines[..., 2], 0, atol=1e-12)
    assert (lines[..., 0] > 0).all()


@pytest.mark.parametrize("n_persons", [1, 2])
def test_joints_that_the_imputer_invented_show_no_direction(n_persons):
    X = bodies(n_frames=6, n_persons=n_persons)
    X[:, :, [LEFT[0], RIGHT[0]]] = np.nan
    aligned = ViewAligner(KINECT_V1).fit_transform(X)
    imputed = JointImputer(skeleton=KINECT_V1).fit_transform(X)
    known = ~np.isnan(X)
    np.testing.assert_allclose(ViewAligner(KINECT_V1).fit_transform(imputed)[known], aligned[known], rtol=0, atol=1e-9)


def test_second_person_shows_the_direction_where_the_first_is_never_there():
    X = bodies(n_persons=2)
    X[1, :, :20] = np.nan
    aligned = ViewAligner(KINECT_V1).fit_transform(X)
    np.testing.assert_allclose(aligned[1, :, 20:], ViewAligner(KINECT_V1).fit_transform(X[1:2, :, 20:])[0], atol=1e-12)


def test_full_mode_without_hips_takes_the_line_from_neck_to_head():
    X = bodies(n_frames=4)
    X[:, :, [KINECT_V1.index("hip"), KINECT_V1.index("spine")]] = np.nan
    aligned = ViewAligner(KINECT_V1, mode="full", per="frame").fit_transform(X)
    line = aligned[:, :, KINECT_V1.index("head")] - aligned[:, :, KINECT_V1.index("neck")]
    np.testing.assert_allclose(line[..., [0, 2]], 0, atol=1e-12)
    assert (line[..., 1] > 0).all()


def test_sequence_without_any_joint_is_not_named():
    X = bodies()
    X[1] = np.nan
    assert np.isnan(ViewAligner(KINECT_V1).fit_transform(X)[1]).all()
