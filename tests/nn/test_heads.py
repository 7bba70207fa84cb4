"""A head for each part of an embedding, and the projection head."""

import math

import pytest
import torch
from torch import nn

from skeletonlearn.nn import Heads, LogCompression, projection_head

WIDTHS = [4, 1, 3]


def linear_heads():
    return Heads(WIDTHS, lambda width: nn.Linear(width, 2))


def test_compression_is_a_logarithm_that_leaves_zero_as_it_is():
    activations = torch.tensor([[0.0, 0.01], [1.0, 30.0]], dtype=torch.float64)
    expected = [[0.0, math.log(1.1)], [math.log(11.0), math.log(301.0)]]
    torch.testing.assert_close(LogCompression()(activations), torch.tensor(expected, dtype=torch.float64))


def test_compression_is_as_strong_as_it_is_told():
    activations = torch.tensor([0.0, 2.0], dtype=torch.float64)
    expected = torch.tensor([0.0, math.log(2.0)], dtype=torch.float64)
    torch.testing.assert_close(LogCompression(strength=0.5)(activations), expected)


@pytest.mark.parametrize("leading", [(5,), (5, 6)])
def test_heads_give_their_outputs_along_an_axis_of_their_own(leading):
    assert linear_heads()(torch.ones(*leading, 8)).shape == (*leading, 3, 2)


def test_each_head_is_made_for_the_width_of_its_part():
    asked = []

    def make(width):
        asked.append(width)
        return nn.Linear(width, 2)

    heads = Heads(WIDTHS, make)
    assert asked == WIDTHS
    assert len({id(head) for head in heads.heads}) == 3


@pytest.mark.parametrize(("part", "columns"), [(0, slice(0, 4)), (1, slice(4, 5)), (2, slice(5, 8))])
def test_each_head_sees_its_part_alone(part, columns):
    heads, x = linear_heads(), torch.randn(5, 8, generator=torch.Generator().manual_seed(0), requires_grad=True)
    out = heads(x)[:, part]
    weight, bias = heads.heads[part].parameters()
    torch.testing.assert_close(out, x[:, columns] @ weight.T + bias)
    out.sum().backward()
    assert x.grad.any(dim=0).tolist() == [at in range(*columns.indices(8)) for at in range(8)]


def test_a_step_gets_from_each_head_what_it_would_get_alone():
    heads, x = linear_heads(), torch.randn(5, 6, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(heads(x)[:, 2], heads(x[:, 2]))


def test_an_embedding_of_another_width_is_refused():
    with pytest.raises(RuntimeError, match="split_with_sizes"):
        linear_heads()(torch.ones(5, 9))


def test_head_of_one_layer_is_linear():
    head = projection_head(6, 4, 1)
    a, b = torch.randn(2, 3, 6, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(head(a + b), head(a) + head(b) - head(torch.zeros(6)))


def test_head_of_two_layers_has_a_hidden_layer_as_wide_as_the_embedding():
    shapes = [tuple(weight.shape) for weight in projection_head(6, 4, 2).parameters()]
    assert shapes == [(6, 6), (6,), (4, 6), (4,)]


def test_head_of_two_layers_is_not_linear():
    head = projection_head(6, 4, 2)
    x = torch.randn(3, 6, generator=torch.Generator().manual_seed(0))
    zero = head(torch.zeros(6))
    assert not torch.allclose(head(x) + head(-x), 2 * zero.expand(3, 4))


def test_head_leaves_the_embedding_as_it_was():
    x = torch.randn(3, 6, generator=torch.Generator().manual_seed(0))
    before = x.clone()
    projection_head(6, 4, 2)(x)
    assert torch.equal(x, before)
