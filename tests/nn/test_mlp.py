"""The flat encoder of the published ConMLP, and its mirror."""

import pytest
import torch

from skeletonlearn.nn import MLPDecoder, MLPEncoder, projection_head


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
def test_dropout_is_the_published_six_tenths_by_default(module):
    assert [part.p for part in module.modules() if isinstance(part, torch.nn.Dropout)] == [0.6]
