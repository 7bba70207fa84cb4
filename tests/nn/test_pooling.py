"""From the features of every time step to one vector per sequence."""

import math

import pytest
import torch

from skeletonlearn.nn import POOLINGS, TemporalPooling
from skeletonlearn.nn._pooling import real_steps

LENGTHS = torch.tensor([5, 1, 3])


def features(*shape, dtype=torch.float64):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=dtype)


def in_loops(pool, sequence):
    """The pooled features of one sequence (S, D) without padding, number by number."""
    rows = sequence.tolist()
    if pool.pooling == "last":
        half = len(rows[0]) // 2 if pool.bidirectional else len(rows[0])
        return rows[-1][:half] + rows[0][half:]
    highest = [max(column) for column in zip(*rows, strict=True)]
    if pool.pooling == "max":
        return highest
    shares = [1.0] * len(rows)
    if pool.pooling == "attention":
        matrix, bias, vector = (weight.tolist() for weight in pool.score.parameters())
        for at, row in enumerate(rows):
            hidden = [
                math.tanh(sum(w * x for w, x in zip(line, row, strict=True)) + b)
                for line, b in zip(matrix, bias, strict=True)
            ]
            shares[at] = math.exp(sum(v * h for v, h in zip(vector[0], hidden, strict=True)))
    means = [
        sum(w * x for w, x in zip(shares, column, strict=True)) / sum(shares) for column in zip(*rows, strict=True)
    ]
    return means + highest if pool.pooling == "mean_max" else means


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("lengths", [None, LENGTHS])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_pooled_features_are_those_of_loops_over_the_real_steps(pooling, lengths, bidirectional):
    pool = TemporalPooling(pooling, 4, bidirectional=bidirectional).double()
    steps = features(3, 5, 4)
    ends = [5, 5, 5] if lengths is None else lengths.tolist()
    expected = [in_loops(pool, sequence[:end]) for sequence, end in zip(steps, ends, strict=True)]
    torch.testing.assert_close(pool(steps, lengths), torch.tensor(expected, dtype=torch.float64))


@pytest.mark.parametrize("lengths", [None, LENGTHS])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_gradient_passes_gradcheck(pooling, lengths):
    pool = TemporalPooling(pooling, 4, bidirectional=True).double()
    assert torch.autograd.gradcheck(lambda steps: pool(steps, lengths), features(3, 5, 4).requires_grad_())


@pytest.mark.parametrize("filling", [torch.nan, torch.inf, -1e30])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_padding_changes_neither_output_nor_gradient(pooling, filling):
    pool = TemporalPooling(pooling, 4)
    padding = torch.arange(5) >= LENGTHS[:, None]
    found = []
    for value in (0.0, filling):
        steps = features(3, 5, 4, dtype=torch.float32).masked_fill(padding[..., None], value).requires_grad_()
        pool.zero_grad()
        pooled = pool(steps, LENGTHS)
        pooled.square().sum().backward()
        found.append([pooled, steps.grad, *(weight.grad.clone() for weight in pool.parameters())])
        assert not steps.grad[padding].any()
    assert all(torch.equal(clean, padded) for clean, padded in zip(*found, strict=True))


@pytest.mark.parametrize("pooling", ["mean", "attention"])
def test_weights_sum_to_one_and_are_zero_on_padding(pooling):
    weights = TemporalPooling(pooling, 4).double().weights(features(3, 5, 4), LENGTHS)
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(3, dtype=torch.float64))
    assert (weights > 0).tolist() == [[True] * end + [False] * (5 - end) for end in LENGTHS.tolist()]


def test_weights_of_a_mean_are_equal():
    weights = TemporalPooling("mean", 4).weights(torch.ones(3, 5, 4), LENGTHS)
    expected = [[0.2] * 5, [1.0, 0, 0, 0, 0], [1 / 3, 1 / 3, 1 / 3, 0, 0]]
    torch.testing.assert_close(weights, torch.tensor(expected))


@pytest.mark.parametrize("pooling", ["mean", "attention"])
def test_pooled_features_are_the_steps_by_their_weights(pooling):
    pool, steps = TemporalPooling(pooling, 4).double(), features(3, 5, 4)
    expected = torch.einsum("bs,bsd->bd", pool.weights(steps, LENGTHS), steps)
    torch.testing.assert_close(pool(steps, LENGTHS), expected)


def test_attention_looks_where_the_score_is_high():
    pool = TemporalPooling("attention", 2)
    with torch.no_grad():
        pool.score[0].weight.copy_(torch.eye(2))
        pool.score[0].bias.zero_()
        pool.score[2].weight.copy_(torch.tensor([[1e4, 0.0]]))
    steps = torch.tensor([[[0.1, 1.0], [2.0, 5.0], [-3.0, 9.0], [7.0, 8.0]]])
    assert pool(steps, torch.tensor([3])).tolist() == [[2.0, 5.0]]


@pytest.mark.parametrize("pooling", POOLINGS)
def test_half_precision_stays_half_precision(pooling):
    pool = TemporalPooling(pooling, 4).bfloat16()
    assert pool(features(3, 5, 4).bfloat16(), LENGTHS).dtype is torch.bfloat16


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "mean_max"])
def test_only_attention_has_weights_to_learn(pooling):
    assert TemporalPooling(pooling, 4).state_dict() == {}


def test_the_first_steps_are_real():
    real = real_steps(torch.tensor([2, 3]), torch.zeros(2, 3, 4))
    assert real.tolist() == [[True, True, False], [True, True, True]]


def test_without_lengths_all_steps_are_real():
    assert real_steps(None, torch.zeros(2, 3, 4)).tolist() == [[True] * 3] * 2


def test_unknown_pooling_is_refused_with_the_known_names():
    with pytest.raises(
        ValueError, match=r"pooling='sum' must be one of 'last', 'mean', 'max', 'mean_max', 'attention'"
    ):
        TemporalPooling("sum", 4)
