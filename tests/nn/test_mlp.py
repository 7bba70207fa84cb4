"""The flat encoder of the published ConMLP, and its mirror."""

import pytest
import torch
from torch import nn

from skeletonlearn.nn import MLPDecoder, MLPEncoder, projection_head
from skeletonlearn.nn._mlp import WideLinear


def n_parameters(*modules):
    return sum(weight.numel() for module in modules for weight in module.parameters())


def test_encoder_and_linear_head_have_the_published_number_of_parameters():
    assert n_parameters(MLPEncoder(300, 50, 3), projection_head(256, 128, 1)) == 11_619_456


def test_encoder_head_and_mirror_decoder_have_the_published_number_of_parameters():
    modules = MLPEncoder(300, 50, 3), projection_head(256, 128, 1), MLPDecoder(256, 300, 50, 3)
    assert n_parameters(*modules) == 23_250_760


def test_encoder_is_two_linear_layers_with_gelu_and_layer_normalisation_between():
    encoder = MLPEncoder(4, 3, 2, hidden_dim=5).eval()
    weights = [tensor.detach().double() for tensor in encoder.parameters()]
    first, first_bias, gain, shift, second, second_bias = weights
    x = torch.randn(6, 4, 3, 2, generator=torch.Generator().manual_seed(0))
    hidden = x.double().reshape(6, 24) @ first.T + first_bias
    hidden = 0.5 * hidden * (1 + torch.erf(hidden / 2**0.5))
    hidden = (hidden - hidden.mean(1, keepdim=True)) / (hidden.var(1, correction=0, keepdim=True) + 1e-5).sqrt()
    expected = (hidden * gain + shift) @ second.T + second_bias
    torch.testing.assert_close(encoder(x).double(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("module", [MLPEncoder(4, 3, 2), MLPDecoder(256, 4, 3, 2)])
def test_dropout_is_the_published_six_tenths_unless_told(module):
    assert [part.p for part in module.modules() if isinstance(part, torch.nn.Dropout)] == [0.6]


@pytest.mark.parametrize("training", [True, False])
def test_wide_layer_has_the_output_and_gradients_of_a_linear_layer(training):
    wide = WideLinear(6, 4).train(training)
    plain = torch.nn.Linear(6, 4)
    plain.load_state_dict(wide.state_dict())
    x = torch.randn(5, 6)
    outputs = []
    for layer in (wide, plain):
        # twice, as the two views of a sequence go through it
        outputs.append(torch.cat([layer(x), layer(-x)]))
        outputs[-1].square().sum().backward()
    torch.testing.assert_close(outputs[0], outputs[1])
    torch.testing.assert_close(wide.weight.grad, plain.weight.grad)
    torch.testing.assert_close(wide.bias.grad, plain.bias.grad)


def test_wide_layer_gives_the_gradient_of_its_input_where_it_is_wanted():
    wide = WideLinear(6, 4)
    x = torch.randn(5, 6, requires_grad=True)
    wide(x).sum().backward()
    torch.testing.assert_close(x.grad, wide.weight.detach().sum(0).expand(5, 6))


def test_wide_layer_computes_in_the_precision_of_mixed_precision():
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert WideLinear(6, 4)(torch.randn(5, 6)).dtype is torch.bfloat16


def test_gradients_of_the_wide_layer_add_up_over_views_and_steps_like_autograds_own():
    wide = WideLinear(12, 3)
    plain = nn.Linear(12, 3)
    plain.load_state_dict(wide.state_dict())
    for _ in range(2):  # in the second step there are gradients to add to
        for x in torch.randn(2, 5, 12):
            for layer in (wide, plain):
                layer(x).square().sum().backward()
        for ours, autograds in zip(wide.parameters(), plain.parameters(), strict=True):
            torch.testing.assert_close(ours.grad, autograds.grad)
