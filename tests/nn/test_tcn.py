"""Temporal convolutions."""

import pytest
import torch

from skeletonlearn.nn import TCNEncoder, TemporalBlock


def signal(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("stride", "n_frames", "expected"), [(1, 7, 7), (2, 7, 4), (2, 8, 4), (2, 1, 1), (3, 7, 3)])
def test_block_keeps_one_frame_of_every_stride(stride, n_frames, expected):
    assert TemporalBlock(4, 6, stride, 0.0)(signal(2, 4, n_frames)).shape == (2, 6, expected)


def test_block_with_a_silent_body_is_a_rectifier():
    block = TemporalBlock(4, 4, 1, 0.0)
    torch.nn.init.zeros_(block.body[-1].weight)
    x = signal(2, 4, 9)
    assert torch.equal(block(x), x.clamp(min=0))


def test_block_sees_no_further_than_its_two_kernels():
    block = TemporalBlock(3, 3, 1, 0.0, kernel_size=3).eval()
    x = signal(1, 3, 11)
    changed = x.clone()
    changed[:, :, 5] += 1
    differs = (block(changed) != block(x)).any(dim=1).flatten()
    assert set(torch.nonzero(differs).flatten().tolist()) <= {3, 4, 5, 6, 7}


def test_encoder_takes_sequences_longer_than_those_it_was_made_for():
    assert TCNEncoder(16, 5, 3, hidden_dim=8)(signal(2, 40, 5, 3)).shape == (2, 8)


def test_encoder_depends_on_the_order_of_frames():
    encoder = TCNEncoder(16, 5, 3, hidden_dim=8).eval()
    x = signal(2, 16, 5, 3)
    assert not torch.allclose(encoder(x), encoder(x.flip(1)), atol=1e-3)
