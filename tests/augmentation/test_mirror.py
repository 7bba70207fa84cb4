"""Mirror."""

import numpy as np
import pytest
import torch

from skeletonlearn.augmentation import Mirror
from skeletonlearn.skeletons import COCO, NTU_RGBD, get_skeleton, list_skeletons


@pytest.mark.parametrize(("n_joints", "lateral_axis"), [(25, 0), (50, 0), (50, 2)])
def test_mirror_equals_a_loop_over_joint_names(n_joints, lateral_axis, make_batch, make_generator, draw):
    batch = make_batch(n_samples=8, n_joints=n_joints)
    mirror = draw(batch, make_generator(), 8) < 0.5
    expected = batch.numpy().copy()
    for sample in np.flatnonzero(mirror):
        for person in range(n_joints // 25):
            for joint, name in enumerate(NTU_RGBD.joints):
                side, _, part = name.partition("_")
                other = {"left": f"right_{part}", "right": f"left_{part}"}.get(side, name)
                image = batch[sample, :, 25 * person + NTU_RGBD.index(other)].numpy().copy()
                image[:, lateral_axis] *= -1
                expected[sample, :, 25 * person + joint] = image
    seen = Mirror(NTU_RGBD, lateral_axis=lateral_axis)(batch, make_generator())
    np.testing.assert_array_equal(seen.numpy(), expected)
    assert 0 < mirror.sum() < 8


@pytest.mark.parametrize("name", list_skeletons())
def test_mirror_twice_is_the_identity(name, make_batch, generator):
    batch = make_batch(n_joints=2 * get_skeleton(name).n_joints)
    view = Mirror(name, probability=1.0)
    assert torch.equal(view(view(batch, generator), generator), batch)


def test_mirror_swaps_the_bone_lengths_of_left_and_right(batch, generator, bone_lengths):
    seen = bone_lengths(Mirror(NTU_RGBD, probability=1.0)(batch, generator), NTU_RGBD)
    bone = {child: at for at, (child, _) in enumerate(NTU_RGBD.bones)}
    partner = [bone[NTU_RGBD.joints[NTU_RGBD.mirror_index[NTU_RGBD.index(child)]]] for child, _ in NTU_RGBD.bones]
    np.testing.assert_allclose(seen, bone_lengths(batch, NTU_RGBD)[..., partner])


def test_mirror_with_probability_zero_is_the_identity(batch, generator):
    assert torch.equal(Mirror(NTU_RGBD, probability=0)(batch, generator), batch)


def test_mirror_without_a_skeleton_names_the_parameter(batch, generator):
    with pytest.raises(ValueError, match=r"skeleton=None.*expected a Skeleton"):
        Mirror()(batch, generator)


def test_bind_fills_in_a_missing_skeleton():
    assert Mirror(probability=0.2).bind(NTU_RGBD) == Mirror(NTU_RGBD, probability=0.2)


def test_bind_leaves_the_original_as_it_was():
    view = Mirror()
    view.bind(NTU_RGBD)
    assert view.skeleton is None


def test_bind_keeps_a_skeleton_that_is_there():
    assert Mirror(COCO).bind(NTU_RGBD).skeleton == COCO


def test_bind_to_no_skeleton_changes_nothing():
    assert Mirror().bind(None) == Mirror()


def test_skeleton_can_be_given_by_name():
    assert Mirror("coco") == Mirror(COCO)


def test_unknown_skeleton_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="skeleton='cat' must be one of NTU_RGBD"):
        Mirror("cat")


def test_wrong_number_of_joints_is_refused_with_got_and_expected(make_batch, generator):
    with pytest.raises(ValueError, match=r"30 joints.*expected 25 for one person"):
        Mirror(NTU_RGBD)(make_batch(n_joints=30), generator)


def test_missing_lateral_channel_is_refused_with_got_and_expected(make_batch, generator):
    with pytest.raises(ValueError, match="lateral_axis=2 and a batch with 2 channels, expected one of 0 to 1"):
        Mirror(NTU_RGBD, lateral_axis=2)(make_batch(n_channels=2), generator)
