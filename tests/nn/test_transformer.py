"""Self-attention over frames, against the formulas."""

import math

import pytest
import torch
from torch.nn import functional as F

from skeletonlearn.nn import TransformerEncoder
from skeletonlearn.nn._transformer import _heads, _sines

LENGTHS = torch.tensor([7, 1, 4])


def sequences(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def encoder_of(**options):
    """An encoder in evaluation mode whose normalisation is not that of a new one."""
    encoder = TransformerEncoder(7, 2, 3, **({"hidden_dim": 8} | options)).eval()
    encoder.normalise.running_mean.copy_(torch.linspace(-1, 1, 6))
    encoder.normalise.running_var.copy_(torch.linspace(0.5, 2, 6))
    return encoder


def tokens_in_loops(encoder, sequence):
    """Tokens (S, D) of one sequence (F, J, C): every `patch` frames, the frames around by the taps of the kernel."""
    norm, weight, patch = encoder.normalise, encoder.tokens.weight, encoder.patch
    frames = (sequence.flatten(1) - norm.running_mean) / (norm.running_var + norm.eps).sqrt()
    middle = (-(-len(frames) // patch) - 1) / 2
    tokens = []
    for step, centre in enumerate(range(0, len(frames), patch)):
        token = encoder.tokens.bias.clone()
        for tap in range(2 * patch + 1):
            at = centre + tap - patch
            if 0 <= at < len(frames):
                token = token + weight[:, :, tap] @ frames[at]
        for feature in range(len(token)):
            rate = 10_000 ** (-(feature - feature % 2) / len(token))
            place = (step - middle) * rate
            token[feature] += math.sin(place) if feature % 2 == 0 else math.cos(place)
        tokens.append(token)
    return torch.stack(tokens)


def layer_by_hand(layer, tokens):
    """One layer on the tokens of one sequence: normalised attention and a normalised perceptron, each added."""
    attention, width = layer.self_attn, tokens.shape[1]
    normal = F.layer_norm(tokens, (width,), layer.norm1.weight, layer.norm1.bias)
    queries, keys, values = (normal @ attention.in_proj_weight.T + attention.in_proj_bias).split(width, dim=1)
    heads = []
    for part in torch.arange(width).chunk(attention.num_heads):
        weights = (queries[:, part] @ keys[:, part].T / math.sqrt(len(part))).softmax(dim=1)
        heads.append(weights @ values[:, part])
    tokens = tokens + attention.out_proj(torch.cat(heads, dim=1))
    normal = F.layer_norm(tokens, (width,), layer.norm2.weight, layer.norm2.bias)
    return tokens + layer.linear2(F.gelu(layer.linear1(normal)))


@pytest.mark.parametrize("patch", [1, 2, 3])
def test_steps_are_those_of_the_formulas_for_each_sequence(patch):
    encoder = encoder_of(hidden_dim=64, n_layers=2, patch=patch)
    assert encoder.layers.layers[0].self_attn.num_heads == 2
    x = sequences(3, 7, 2, 3)
    steps, n_steps = encoder.steps(x, LENGTHS)
    for row, sequence, length, end in zip(steps, x, LENGTHS.tolist(), n_steps.tolist(), strict=True):
        tokens = tokens_in_loops(encoder, sequence[:length])
        for layer in encoder.layers.layers:
            tokens = layer_by_hand(layer, tokens)
        torch.testing.assert_close(row[:end], encoder.out(tokens), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("patch", "expected"), [(1, [7, 1, 4]), (2, [4, 1, 2]), (3, [3, 1, 2]), (9, [1, 1, 1])])
def test_there_is_a_token_for_every_patch_begun(patch, expected):
    steps, lengths = encoder_of(patch=patch).steps(sequences(3, 7, 2, 3), LENGTHS)
    assert lengths.tolist() == expected
    assert steps.shape == (3, expected[0], 8)


def test_without_lengths_there_are_none():
    assert encoder_of().steps(sequences(3, 7, 2, 3))[1] is None


def test_every_token_sees_every_frame():
    encoder, x = encoder_of(n_layers=1), sequences(1, 40, 2, 3)
    changed = x.clone()
    changed[:, 20] += 1
    assert (encoder.steps(changed)[0] != encoder.steps(x)[0]).any(dim=2).all()


def test_encoder_depends_on_the_order_of_frames():
    encoder, x = encoder_of(), sequences(2, 7, 2, 3)
    assert not torch.allclose(encoder(x), encoder(x.flip(1)), atol=1e-3)


def test_encoder_takes_sequences_longer_than_those_it_was_made_for():
    assert encoder_of()(sequences(2, 40, 2, 3)).shape == (2, 8)


def test_positions_are_sines_and_cosines_of_falling_rates():
    second = _sines(torch.arange(3.0), 5)[2].tolist()
    rates = [1.0, 10_000 ** (-2 / 5), 10_000 ** (-4 / 5)]
    expected = [math.sin(2), math.cos(2), math.sin(2 * rates[1]), math.cos(2 * rates[1]), math.sin(2 * rates[2])]
    assert second == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("width", "expected"), [(256, 8), (64, 2), (24, 1), (1, 1), (97, 1), (96, 3), (160, 5)])
def test_heads_are_about_thirty_two_wide_and_divide_the_width(width, expected):
    assert _heads(width) == expected
