"""StreamBuilder: joints, bones and motions as channels."""

import numpy as np
import pytest

from skeletonlearn.preprocessing import StreamBuilder
from skeletonlearn.skeletons import KINECT_V1, get_skeleton, list_skeletons


@pytest.fixture
def X():
    return np.random.default_rng(0).normal(size=(3, 7, 40, 3))


def build(X, *streams):
    return StreamBuilder(streams, KINECT_V1).fit_transform(X)


def test_joint_stream_is_the_input(X):
    np.testing.assert_array_equal(build(X, "joint"), X)


def test_streams_stand_side_by_side_in_their_order(X):
    together = build(X, "motion", "joint", "bone")
    np.testing.assert_array_equal(
        together, np.concatenate([build(X, "motion"), build(X, "joint"), build(X, "bone")], axis=-1)
    )


def test_summed_motions_give_the_positions_back(X):
    positions = X[:, :1] + np.cumsum(build(X, "motion"), axis=1)
    np.testing.assert_allclose(positions[:, :-1], X[:, 1:], atol=1e-12)


def test_motion_of_the_last_frame_is_zero(X):
    assert not build(X, "motion", "bone_motion")[:, -1].any()


@pytest.mark.parametrize("name", list_skeletons())
def test_summed_bones_give_the_joints_back(name):
    skeleton = get_skeleton(name)
    X = np.random.default_rng(0).normal(size=(2, 3, skeleton.n_joints, 3))
    bones = StreamBuilder(("bone",), name).fit_transform(X)
    joints = X[:, :, [skeleton.root]] + np.einsum("jk,nfkc->nfjc", skeleton.ancestors, bones)
    np.testing.assert_allclose(joints, X, atol=1e-12)


def test_bones_of_persons_are_their_own(X):
    np.testing.assert_array_equal(build(X, "bone")[:, :, 20:], build(X[:, :, 20:], "bone"))


def test_bone_of_the_root_is_zero_even_if_it_is_missing(X):
    X[:, :, 0] = np.nan
    assert not build(X, "bone")[:, :, 0].any()


def test_bone_motion_is_the_motion_of_the_bones(X):
    np.testing.assert_array_equal(build(X, "bone_motion"), build(build(X, "bone"), "motion"))


def test_motion_needs_no_skeleton():
    assert StreamBuilder(("joint", "motion")).fit_transform(np.zeros((2, 5))).shape == (2, 5, 1, 2)
