"""Sequences of different lengths, padded: what holds for every encoder that takes them."""

import pytest
import torch
from torch import nn

from skeletonlearn.nn import ENCODERS, POOLINGS, build_encoder, takes_lengths

NAMES = [name for name in ENCODERS if takes_lengths(name)]
LENGTHS = torch.tensor([4, 9, 1, 6])
PADDING = torch.arange(9) >= LENGTHS[:, None]

every_encoder = pytest.mark.parametrize("name", NAMES)
every_pooling = pytest.mark.parametrize("pooling", POOLINGS)


def sequences(filling=0.0):
    x = torch.randn(4, 9, 2, 3, generator=torch.Generator().manual_seed(0))
    return x.masked_fill(PADDING[..., None, None], filling)


def encoder_of(name, pooling="mean", dropout=0.0, seed=0):
    """An encoder whose normalisation has seen other data."""
    torch.manual_seed(seed)
    encoder = build_encoder(name, (9, 2, 3), hidden_dim=16, dropout=dropout, options={"pooling": pooling})
    for norm in normalisations(encoder):
        norm.running_mean.copy_(torch.linspace(-1, 1, norm.num_features))
        norm.running_var.copy_(torch.linspace(0.5, 2, norm.num_features))
    return encoder


def normalisations(encoder):
    return [module for module in encoder.modules() if isinstance(module, nn.BatchNorm1d)]


def outcome(encoder, x, lengths=LENGTHS):
    """The embedding, all gradients and the buffers after one step, with dropout drawn alike."""
    torch.manual_seed(1)
    x = x.clone().requires_grad_()
    embedding = encoder(x, lengths)
    embedding.square().sum().backward()
    gradients = {name: weight.grad for name, weight in encoder.named_parameters()}
    return {"embedding": embedding.detach(), "input": x.grad, **gradients, **dict(encoder.named_buffers())}


@pytest.mark.parametrize("filling", [torch.nan, 1e30])
@pytest.mark.parametrize("training", [True, False])
@every_pooling
@every_encoder
def test_padding_changes_neither_output_nor_gradient_nor_statistics(name, pooling, training, filling):
    clean, filled = (
        outcome(encoder_of(name, pooling, dropout=0.3).train(training), sequences(value)) for value in (0.0, filling)
    )
    different = [part for part, tensor in clean.items() if not torch.equal(tensor, filled[part])]
    assert different == []


@every_pooling
@every_encoder
def test_what_pads_a_sequence_gets_no_gradient(name, pooling):
    gradient = outcome(encoder_of(name, pooling).train(), sequences())["input"]
    assert not gradient[PADDING].any()
    assert gradient[:, 0].flatten(1).any(dim=1).all()


@every_pooling
@every_encoder
def test_more_padding_changes_nothing(name, pooling):
    wider = torch.cat([sequences(), torch.full((4, 5, 2, 3), torch.nan)], dim=1)
    exact, wide = (outcome(encoder_of(name, pooling).train(), x) for x in (sequences(), wider))
    wide["input"] = wide["input"][:, :9]
    for part, tensor in exact.items():
        torch.testing.assert_close(wide[part], tensor, rtol=1e-4, atol=1e-5, msg=part)


@every_pooling
@every_encoder
def test_a_padded_batch_gives_what_each_sequence_gives_alone(name, pooling):
    encoder, x = encoder_of(name, pooling).eval(), sequences(torch.nan)
    alone = torch.cat([encoder(one[None, :length]) for one, length in zip(x, LENGTHS.tolist(), strict=True)])
    torch.testing.assert_close(encoder(x, LENGTHS), alone, rtol=0, atol=1e-5)


@every_pooling
@every_encoder
def test_inference_gives_what_evaluation_with_gradients_gives(name, pooling):
    encoder, x = encoder_of(name, pooling).eval(), sequences(torch.nan)
    with torch.inference_mode():
        inferred = encoder(x, LENGTHS)
    torch.testing.assert_close(inferred.clone(), encoder(x, LENGTHS), rtol=0, atol=1e-5)


@every_encoder
def test_full_lengths_are_as_good_as_none(name):
    encoder, x = encoder_of(name).eval(), sequences()
    torch.testing.assert_close(encoder(x, torch.full((4,), 9)), encoder(x), rtol=0, atol=1e-6)


@every_encoder
def test_steps_reach_over_all_frames_even_where_no_sequence_does(name):
    encoder, x = encoder_of(name).eval(), sequences()
    expected = encoder.steps(x)[0].shape
    assert encoder.steps(x, torch.tensor([2, 1, 3, 2]))[0].shape == expected


@every_encoder
def test_order_of_a_batch_is_the_order_of_its_embeddings(name):
    encoder, x, order = encoder_of(name).eval(), sequences(), torch.tensor([2, 0, 3, 1])
    torch.testing.assert_close(encoder(x[order], LENGTHS[order]), encoder(x, LENGTHS)[order], rtol=0, atol=1e-6)


@every_encoder
def test_normalisation_learns_from_the_real_frames_alone(name):
    encoder, x = encoder_of(name).train(), sequences(torch.nan)
    first = normalisations(encoder)[0]
    first.reset_running_stats()
    encoder(x, LENGTHS)
    frames = torch.cat([one[:length] for one, length in zip(x, LENGTHS.tolist(), strict=True)])
    mean = frames.reshape(-1, first.num_features).mean(dim=0)
    torch.testing.assert_close(first.running_mean, first.momentum * mean)


@every_encoder
def test_attention_weights_are_shares_of_the_real_steps(name):
    encoder = encoder_of(name, "attention").eval()
    steps, n_steps = encoder.steps(sequences(torch.nan), LENGTHS)
    weights = encoder.pool.weights(steps, n_steps)
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(4))
    assert (weights > 0).sum(dim=1).tolist() == n_steps.tolist()


@every_encoder
def test_mixed_precision_takes_padding_too(name):
    encoder, x = encoder_of(name).eval(), sequences(torch.nan)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        mixed = encoder(x, LENGTHS)
    torch.testing.assert_close(mixed.float(), encoder(x, LENGTHS), rtol=0.1, atol=0.1)


@every_encoder
def test_lengths_and_their_input_stay_as_they_were(name):
    x, lengths = sequences(), LENGTHS.clone()
    before = x.clone()
    encoder_of(name)(x, lengths)
    assert torch.equal(x, before)
    assert torch.equal(lengths, LENGTHS)
