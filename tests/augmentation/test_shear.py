"""Shear."""

import numpy as np
import pytest
import torch

from skeletonlearn.augmentation import Shear


@pytest.mark.parametrize(
    ("n_frames", "n_joints", "n_channels"), [(12, 50, 3), (5, 5, 3), (3, 2, 3), (7, 3, 1), (4, 5, 2), (6, 1, 9)]
)
def test_shear_equals_a_loop_over_joints(n_frames, n_joints, n_channels, make_batch, make_generator, draw):
    batch = make_batch(3, n_frames, n_joints, n_channels)
    matrices = draw(batch, make_generator(), 3, n_channels, n_channels, low=-0.7, high=0.7)
    expected = np.empty(batch.shape)
    for sample, matrix in enumerate(matrices):
        np.fill_diagonal(matrix, 1.0)
        for frame in range(n_frames):
            for joint in range(n_joints):
                expected[sample, frame, joint] = batch[sample, frame, joint].numpy() @ matrix
    np.testing.assert_allclose(Shear(0.7)(batch, make_generator()).numpy(), expected, rtol=1e-12, atol=1e-12)


def test_shear_of_amount_zero_is_the_identity(batch, generator):
    assert torch.equal(Shear(amount=0)(batch, generator), batch)


def test_shear_has_ones_on_the_diagonal_and_bounded_parts_elsewhere(generator):
    unit_vectors = torch.eye(3, dtype=torch.float64).repeat(1000, 1, 1, 1)
    matrices = Shear(amount=0.5)(unit_vectors, generator)[:, 0]
    assert torch.equal(matrices.diagonal(dim1=1, dim2=2), torch.ones(1000, 3, dtype=torch.float64))
    parts = matrices[:, ~torch.eye(3, dtype=torch.bool)]
    assert parts.abs().max() <= 0.5
    np.testing.assert_allclose([parts.min(), parts.max(), parts.mean()], [-0.5, 0.5, 0.0], atol=0.02)


def test_shear_keeps_the_origin(make_batch, generator):
    assert not Shear()(torch.zeros_like(make_batch()), generator).any()
