"""Mixing layers."""

import torch

from skeletonlearn.nn import MixerBlock, MixerDecoder, MixerEncoder


def sequences(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def test_block_keeps_the_shape():
    assert MixerBlock(5, 8, 0.0)(sequences(3, 5, 8)).shape == (3, 5, 8)


def test_block_whose_last_layers_are_zero_is_the_identity():
    block = MixerBlock(5, 8, 0.0)
    for mix in (block.over_time, block.over_joints):
        torch.nn.init.zeros_(mix[-1].weight)
        torch.nn.init.zeros_(mix[-1].bias)
    x = sequences(3, 5, 8)
    assert torch.equal(block(x), x)


def test_block_spreads_what_one_frame_holds_over_all_frames():
    block = MixerBlock(5, 8, 0.0).eval()
    x = sequences(1, 5, 8)
    changed = x.clone()
    changed[:, 2] += sequences(8)
    assert (block(changed) != block(x)).any(dim=2).all()


def test_encoder_depends_on_the_order_of_frames():
    encoder = MixerEncoder(6, 4, 3, hidden_dim=16).eval()
    x = sequences(2, 6, 4, 3)
    assert not torch.allclose(encoder(x), encoder(x.flip(1)), atol=1e-3)


def test_number_of_blocks_is_as_asked():
    counts = [
        sum(isinstance(part, MixerBlock) for part in module.modules())
        for module in (MixerEncoder(6, 4, 3, n_blocks=3), MixerDecoder(16, 6, 4, 3, n_blocks=5))
    ]
    assert counts == [3, 5]


def test_encoder_of_width_one_still_encodes():
    assert MixerEncoder(6, 4, 3, hidden_dim=1)(sequences(2, 6, 4, 3)).shape == (2, 1)
