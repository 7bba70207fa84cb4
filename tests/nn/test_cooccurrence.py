"""Co-occurrence convolutions."""

import torch

from skeletonlearn.nn import CooccurrenceEncoder


def sequences(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def test_encoder_takes_sequences_longer_than_those_it_was_made_for():
    assert CooccurrenceEncoder(16, 5, 3, hidden_dim=8)(sequences(2, 40, 5, 3)).shape == (2, 8)


def test_weights_of_the_first_layers_are_shared_over_joints():
    counts = [
        sum(weight.numel() for weight in CooccurrenceEncoder(16, n_joints, 3).per_joint.parameters())
        for n_joints in (5, 50)
    ]
    assert counts[0] == counts[1]


def test_encoder_depends_on_the_order_of_joints():
    encoder = CooccurrenceEncoder(16, 5, 3, hidden_dim=8).eval()
    x = sequences(2, 16, 5, 3)
    assert not torch.allclose(encoder(x), encoder(x.flip(2)), atol=1e-4)


def test_encoder_depends_on_the_order_of_frames():
    encoder = CooccurrenceEncoder(16, 5, 3, hidden_dim=8).eval()
    x = sequences(2, 16, 5, 3)
    assert not torch.allclose(encoder(x), encoder(x.flip(1)), atol=1e-4)
