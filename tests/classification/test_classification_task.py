"""The loss of a classifier's batch, which may be a user's own."""

import pytest
import torch
from torch import nn

from skeletonlearn.classification._classification_task import make_class_loss
from skeletonlearn.losses import CLASSIFICATION_LOSSES, cross_entropy, loss_options, temporal_cross_entropy

GENERATOR = torch.Generator().manual_seed(0)
SCORES = torch.randn(6, 2, 3, generator=GENERATOR, requires_grad=True)  # of two parts of an encoder
STEPS = torch.randn(6, 5, 2, 3, generator=GENERATOR, requires_grad=True)  # of five time steps
TARGET = torch.tensor([0, 2, 1, 1, 0, 2])
WEIGHT = torch.tensor([1.0, 0.0, 2.0, 1.0, 0.5, 3.0])


def of_batch(loss, outputs=SCORES, *, every_step=False, is_own=False, **options):
    return make_class_loss(loss, options, every_step=every_step, is_own=is_own)(outputs, TARGET, WEIGHT)


@pytest.mark.parametrize("name", ["cross_entropy", "focal"])
def test_the_loss_of_two_parts_is_the_mean_over_them(name):
    loss = CLASSIFICATION_LOSSES[name]
    options = loss_options(loss, {"gamma": 2.0, "label_smoothing": 0.1})
    of_parts = [loss(SCORES[:, part], TARGET, sample_weight=WEIGHT, **options) for part in range(2)]
    torch.testing.assert_close(of_batch(loss, **options), sum(of_parts) / 2)


@pytest.mark.parametrize("n_steps", [None, torch.tensor([5, 1, 2, 5, 3, 4])])
def test_the_loss_of_steps_is_the_mean_over_the_parts(n_steps):
    of_parts = [
        temporal_cross_entropy(STEPS[:, :, part], TARGET, n_steps, sample_weight=WEIGHT, label_smoothing=0.1)
        for part in range(2)
    ]
    found = of_batch(temporal_cross_entropy, (STEPS, n_steps), every_step=True, label_smoothing=0.1)
    torch.testing.assert_close(found, sum(of_parts) / 2)


def test_a_loss_of_torch_gives_the_same_as_the_named_one():
    own = of_batch(nn.CrossEntropyLoss(reduction="none"), is_own=True)
    torch.testing.assert_close(own, of_batch(cross_entropy))


def test_samples_of_weight_zero_do_not_count():
    changed = SCORES.detach().clone().requires_grad_()
    changed.data[1] = 100.0
    torch.testing.assert_close(of_batch(cross_entropy, changed), of_batch(cross_entropy))


def test_a_loss_that_averages_over_rows_is_refused_with_the_way_out():
    with pytest.raises(ValueError, match=r"gave shape \(\), expected \(12,\) \(reduction='none' for torch's losses\)"):
        of_batch(nn.CrossEntropyLoss(), is_own=True)
