"""JointMask."""

import numpy as np
import pytest
import torch

from skeletonlearn.augmentation import JointMask


def n_masked(seen):
    return (seen == 0).all(dim=3).all(dim=1).sum(dim=1)


def test_joint_mask_equals_a_loop_over_samples(batch, make_generator, draw):
    generator = make_generator()
    ratio = draw(batch, generator, len(batch), 1, high=0.6).ravel()
    order = draw(batch, generator, len(batch), 50).argsort(axis=1)
    expected = batch.numpy().copy()
    for sample in range(len(batch)):
        expected[sample, :, order[sample, : int(ratio[sample] * 50)]] = 0
    np.testing.assert_array_equal(JointMask(0.6)(batch, make_generator()).numpy(), expected)


@pytest.mark.parametrize("max_ratio", [0.1, 0.5, 1.0])
def test_joint_mask_zeroes_at_most_the_ratio(max_ratio, generator):
    masked = n_masked(JointMask(max_ratio)(torch.ones(2000, 1, 20, 3), generator))
    assert masked.max() <= max_ratio * 20
    assert masked.double().mean() == pytest.approx(max_ratio * 10 - 0.5, abs=0.3)


def test_joint_mask_is_the_same_in_all_frames_and_channels(batch, generator):
    zero = JointMask(0.9)(batch, generator) == 0
    assert zero.any()
    assert torch.equal(zero, zero[:, :1, :, :1].expand_as(zero))


def test_joints_that_are_kept_keep_their_values(batch, generator):
    seen = JointMask(0.9)(batch, generator)
    assert torch.equal(seen[seen != 0], batch[seen != 0])


def test_every_joint_is_masked_equally_often(generator):
    seen = JointMask(0.5)(torch.ones(8000, 1, 10, 1), generator)
    share = (seen == 0).double().mean(dim=(0, 1, 3))
    np.testing.assert_allclose(share, share.mean(), atol=0.03)


def test_joint_mask_of_ratio_zero_is_the_identity(batch, generator):
    assert torch.equal(JointMask(max_ratio=0)(batch, generator), batch)


def test_masked_joints_are_zero_whatever_they_were(generator):
    batch = torch.full((8, 3, 10, 3), float("nan"))
    seen = JointMask(0.9)(batch, generator)
    assert (seen == 0).any()
    assert not torch.signbit(seen[seen == 0]).any()
