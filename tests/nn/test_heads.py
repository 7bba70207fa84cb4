"""The projection head."""

import torch

from skeletonlearn.nn import projection_head


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
