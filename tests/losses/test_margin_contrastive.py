"""Contrastive loss of pairs with a margin."""

import numpy as np
import pytest
import torch

from skeletonlearn.losses import margin_contrastive


def pairs(n_pairs=10, dtype=torch.float64):
    generator = torch.Generator().manual_seed(0)
    first, second = (torch.randn(n_pairs, 3, generator=generator).to(dtype) for _ in range(2))
    return first.requires_grad_(), second.requires_grad_(), torch.arange(n_pairs) % 2 == 0


def in_loops(first, second, same, margin):
    losses = []
    for a, b, y in zip(first, second, same, strict=True):
        distance = float(np.sqrt(np.sum((np.asarray(a) - np.asarray(b)) ** 2)))
        losses.append(distance**2 if y else max(0.0, margin - distance) ** 2)
    return sum(losses) / len(losses)


@pytest.mark.parametrize("margin", [0.5, 1.0, 3.0])
def test_value_is_that_of_the_formula(margin):
    first, second, same = pairs()
    wanted = in_loops(first.detach(), second.detach(), same, margin)
    assert margin_contrastive(first, second, same, margin).item() == pytest.approx(wanted)


def test_gradient_passes_gradcheck():
    *both, same = pairs()
    assert torch.autograd.gradcheck(lambda a, b: margin_contrastive(a, b, same, 3.0), both)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_pairs_at_distance_zero_have_a_gradient_of_zero(dtype):
    first = torch.ones(2, 3, dtype=dtype, requires_grad=True)
    margin_contrastive(first, first.detach(), torch.tensor([True, False])).backward()
    assert not first.grad.any()


def test_integers_mean_the_same_as_booleans():
    first, second, same = pairs()
    assert margin_contrastive(first, second, same.int()) == margin_contrastive(first, second, same)


def test_different_pairs_beyond_the_margin_add_nothing():
    first, second = torch.zeros(1, 1), torch.full((1, 1), 2.0)
    assert margin_contrastive(first, second, torch.tensor([False]), margin=1.5) == 0


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"first": torch.ones(4)}, ValueError, r"first has shape \(4,\).*\(batch, dim\)"),
        ({"second": torch.ones(4, 3)}, ValueError, r"second has shape \(4, 3\).*\(4, 2\)"),
        ({"second": torch.ones(4, 2).long()}, TypeError, "second has dtype torch.int64"),
        ({"same": torch.ones(4)}, TypeError, "same has dtype torch.float32.*integer"),
        ({"same": torch.ones(3).bool()}, ValueError, r"same has shape \(3,\).*\(4,\)"),
        ({"same": torch.arange(4)}, ValueError, "same goes from 0 to 3.*between 0 and 1"),
        ({"margin": 0}, ValueError, "margin=0 must be a positive finite number"),
    ],
)
def test_wrong_arguments_raise_an_error_that_says_got_and_wanted(change, error, message):
    same = torch.tensor([1, 0, 1, 0])
    arguments = {"first": torch.ones(4, 2), "second": torch.ones(4, 2), "same": same} | change
    with pytest.raises(error, match=message):
        margin_contrastive(**arguments)
