"""Absolute error."""

import numpy as np
import pytest
import torch

from skeletonlearn.losses import absolute_error

GENERATOR = torch.Generator().manual_seed(0)


def in_loops(prediction, target, weights):
    """Absolute error sample by sample and output by output, in float64."""
    total = 0.0
    for row, wanted, weight in zip(prediction, target, weights, strict=True):
        losses = [abs(a - b) for a, b in zip(row, wanted, strict=True)]
        total += weight * np.mean(losses)
    return total / sum(weights)


@pytest.mark.parametrize("shape", [(1, 1), (7, 1), (5, 3)])
@pytest.mark.parametrize("weighted", [False, True])
def test_value_is_that_of_the_formula(shape, weighted):
    prediction, target = (2 * torch.randn(shape, generator=GENERATOR, dtype=torch.float64) for _ in range(2))
    weights = torch.rand(shape[0], generator=GENERATOR, dtype=torch.float64) if weighted else None
    expected = in_loops(prediction.tolist(), target.tolist(), weights.tolist() if weighted else [1.0] * shape[0])
    value = absolute_error(prediction, target, sample_weight=weights)
    assert value.item() == pytest.approx(expected, rel=1e-12)


def test_samples_of_weight_zero_do_not_count():
    prediction, target = torch.tensor([[1.0], [2.0], [50.0]]), torch.zeros(3, 1)
    value = absolute_error(prediction, target, sample_weight=torch.tensor([1.0, 1.0, 0.0]))
    torch.testing.assert_close(value, absolute_error(prediction[:2], target[:2]))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_single(dtype):
    value = absolute_error(torch.full((4, 2), 1024.0, dtype=dtype), torch.zeros(4, 2))
    torch.testing.assert_close(value, absolute_error(torch.full((4, 2), 1024.0), torch.zeros(4, 2)))


@pytest.mark.parametrize(
    ("prediction", "target", "weights", "error", "message"),
    [
        (torch.ones(2, 3), torch.ones(3), None, ValueError, r"shape \(2, 3\) and target .*\(3,\)"),
        (torch.ones(2), torch.ones(2), None, ValueError, r"prediction has shape \(2,\): it must be .*n_outputs"),
        (torch.ones(2, 1).int(), torch.ones(2, 1), None, TypeError, "prediction has dtype torch.int32"),
        (torch.ones(2, 1), [[1.0], [1.0]], None, TypeError, "target is a list"),
        (torch.ones(2, 1), torch.ones(2, 1), torch.ones(3), ValueError, "sample_weight has 3 samples.* 2"),
    ],
)
def test_wrong_arguments_raise_an_error_that_says_got_and_wanted(prediction, target, weights, error, message):
    with pytest.raises(error, match=message):
        absolute_error(prediction, target, sample_weight=weights)
