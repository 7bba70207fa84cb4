"""The loss of a regressor's batch, which may be a user's own."""

import pytest
import torch
from torch import nn

from skeletonlearn.losses import REGRESSION_LOSSES, loss_options
from skeletonlearn.regression._regression_task import make_regression_loss

GENERATOR = torch.Generator().manual_seed(0)
PREDICTION = torch.randn(6, 2, generator=GENERATOR).requires_grad_()
TARGET = torch.randn(6, 2, generator=GENERATOR)
WEIGHT = torch.tensor([1.0, 2.0, 0.5, 1.0, 3.0, 1.0])


def own(loss):
    return make_regression_loss(loss, {}, is_own=True)(PREDICTION, TARGET, WEIGHT)


@pytest.mark.parametrize(
    ("name", "like_it", "factor"),
    [
        ("squared_error", nn.MSELoss(reduction="none"), 0.5),
        ("absolute_error", nn.L1Loss(reduction="none"), 1),
        ("huber", nn.HuberLoss(reduction="none", delta=0.7), 1),
    ],
)
def test_a_loss_of_torch_gives_the_same_as_the_named_one(name, like_it, factor):
    loss = REGRESSION_LOSSES[name]
    named = make_regression_loss(loss, loss_options(loss, {"delta": 0.7}), is_own=False)
    torch.testing.assert_close(factor * own(like_it), named(PREDICTION, TARGET, WEIGHT))


def test_one_loss_per_row_counts_as_the_mean_of_the_outputs():
    of_rows = own(lambda prediction, target: (prediction - target).abs().mean(dim=1))
    torch.testing.assert_close(of_rows, own(nn.L1Loss(reduction="none")))


def test_a_loss_that_averages_over_rows_is_refused_with_the_way_out():
    with pytest.raises(
        ValueError, match=r"gave shape \(\), expected \(6,\) or \(6, 2\) \(reduction='none' for torch's"
    ):
        own(nn.MSELoss())
