"""Focal loss."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from skeletonlearn.losses import focal_loss

WEIGHT = torch.tensor([0.5, 1.0, 2.0, 4.0], dtype=torch.float64)


def scores(dtype=torch.float64):
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(9, 4, generator=generator, dtype=torch.float64).to(dtype)
    return logits.requires_grad_(), torch.arange(9) % 4


def in_loops(logits, target, gamma, weight, smoothing):
    total, total_weight = 0.0, 0.0
    for row, t in zip(logits.numpy(), target.tolist(), strict=True):
        p = np.exp(row) / np.exp(row).sum()
        for c in range(len(p)):
            q = smoothing / len(p) + (1 - smoothing) * (c == t)
            total -= weight[c].item() * q * (1 - p[c]) ** gamma * np.log(p[c])
        total_weight += weight[t].item()
    return total / total_weight


@pytest.mark.parametrize("gamma", [0, 0.5, 1, 2, 5])
@pytest.mark.parametrize("weight", [None, WEIGHT])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
def test_value_is_that_of_the_formula(gamma, weight, smoothing):
    logits, target = scores()
    loss = focal_loss(logits, target, gamma, weight=weight, label_smoothing=smoothing).item()
    weight = torch.ones(4) if weight is None else weight
    assert loss == pytest.approx(in_loops(logits.detach(), target, gamma, weight, smoothing))


@pytest.mark.parametrize("weight", [None, WEIGHT])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
def test_gamma_of_zero_is_cross_entropy(weight, smoothing):
    logits, target = scores()
    options = {"weight": weight, "label_smoothing": smoothing}
    wanted = F.cross_entropy(logits, target, **options)
    torch.testing.assert_close(focal_loss(logits, target, 0, **options), wanted)


@pytest.mark.parametrize("gamma", [0.5, 2.0])
def test_gradient_passes_gradcheck(gamma):
    logits, target = scores()
    options = {"weight": WEIGHT, "label_smoothing": 0.1}
    assert torch.autograd.gradcheck(lambda z: focal_loss(z, target, gamma, **options), logits)


@pytest.mark.parametrize("gamma", [0, 0.5, 1, 2])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_certain_predictions_give_a_finite_loss_and_gradient(gamma, dtype):
    logits = torch.tensor([[500.0, 0.0], [500.0, 0.0]], dtype=dtype, requires_grad=True)
    loss = focal_loss(logits, torch.tensor([0, 1]), gamma, label_smoothing=0.1)
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(logits.grad).all()


def test_float32_class_weights_are_taken_with_float64_logits():
    logits, target = scores()
    found = focal_loss(logits, target, weight=WEIGHT.float())
    torch.testing.assert_close(found, focal_loss(logits, target, weight=WEIGHT))


def test_well_classified_samples_count_less_than_in_cross_entropy():
    logits, target = torch.tensor([[3.0, 0.0]]), torch.tensor([0])
    assert focal_loss(logits, target) < 0.01 * F.cross_entropy(logits, target)


SAMPLE_WEIGHT = torch.tensor([1, 3, 0, 1, 2, 0, 1, 1, 3])

weighting = pytest.mark.parametrize("weight", [None, WEIGHT])
smoothing = pytest.mark.parametrize("label_smoothing", [0.0, 0.1])


@weighting
@smoothing
@pytest.mark.parametrize("gamma", [0, 2])
def test_a_sample_weighs_as_much_as_its_copies(gamma, weight, label_smoothing):
    logits, target = scores()
    options = {"gamma": gamma, "weight": weight, "label_smoothing": label_smoothing}
    copies = torch.arange(9).repeat_interleave(SAMPLE_WEIGHT)  # three times, once, or absent
    expected = focal_loss(logits[copies], target[copies], **options)
    found = focal_loss(logits, target, sample_weight=SAMPLE_WEIGHT.double(), **options)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(*(torch.autograd.grad(loss, logits)[0] for loss in (found, expected)))


@weighting
@smoothing
def test_equal_sample_weights_change_nothing(weight, label_smoothing):
    logits, target = scores()
    options = {"weight": weight, "label_smoothing": label_smoothing}
    found = focal_loss(logits, target, sample_weight=torch.full((9,), 0.3), **options)
    torch.testing.assert_close(found, focal_loss(logits, target, **options))


def test_the_scale_of_sample_weights_makes_no_difference():
    logits, target = scores()
    weights = SAMPLE_WEIGHT.double()
    losses = [focal_loss(logits, target, sample_weight=scale * weights, weight=WEIGHT) for scale in (1, 1e-3)]
    torch.testing.assert_close(*losses)


@weighting
@smoothing
def test_with_sample_weights_gamma_of_zero_is_weighted_cross_entropy(weight, label_smoothing):
    logits, target = scores()
    classes = torch.ones(4, dtype=torch.float64) if weight is None else weight
    shares = F.one_hot(target, 4) * (1 - label_smoothing) + label_smoothing / 4
    losses = -(classes * shares * logits.log_softmax(1)).sum(1)
    sample_weight = SAMPLE_WEIGHT.double()
    expected = (sample_weight * losses).sum() / (sample_weight * classes[target]).sum()
    options = {"weight": weight, "label_smoothing": label_smoothing}
    torch.testing.assert_close(focal_loss(logits, target, 0, sample_weight=sample_weight, **options), expected)


def test_gradient_with_sample_weights_passes_gradcheck():
    logits, target = scores()
    options = {"weight": WEIGHT, "label_smoothing": 0.1, "sample_weight": SAMPLE_WEIGHT.double()}
    assert torch.autograd.gradcheck(lambda z: focal_loss(z, target, **options), logits)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_with_sample_weights_is_computed_in_float32(dtype):
    logits, target = scores(dtype)
    loss = focal_loss(logits, target, sample_weight=SAMPLE_WEIGHT.float())
    assert loss == focal_loss(logits.float(), target, sample_weight=SAMPLE_WEIGHT.float())


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"logits": torch.ones(4)}, ValueError, r"logits has shape \(4,\).*\(batch, n_classes\)"),
        ({"target": torch.zeros(4)}, TypeError, "target has dtype torch.float32.*integer"),
        ({"target": torch.arange(3)}, ValueError, r"target has shape \(3,\).*\(4,\)"),
        ({"target": torch.arange(4)}, ValueError, "target goes from 0 to 3.*between 0 and 2"),
        ({"target": torch.arange(4) - 1}, ValueError, "target goes from -1 to 2.*between 0 and 2"),
        ({"gamma": -1}, ValueError, "gamma=-1 must be a non-negative finite number"),
        ({"gamma": "2"}, TypeError, "gamma='2' must be"),
        ({"weight": torch.ones(2)}, ValueError, "weight has 2 classes: logits have 3"),
        ({"weight": [1.0, 1.0, 1.0]}, TypeError, "weight is a list"),
        ({"label_smoothing": 1.5}, ValueError, "label_smoothing=1.5 must lie between 0 and 1"),
        ({"label_smoothing": -0.5}, ValueError, "label_smoothing=-0.5 must be"),
        ({"sample_weight": torch.ones(3)}, ValueError, "sample_weight has 3 samples: logits have 4"),
        ({"sample_weight": torch.ones(4, 1)}, ValueError, r"sample_weight has shape \(4, 1\).*\(batch\)"),
        ({"sample_weight": torch.ones(4, dtype=torch.int64)}, TypeError, "sample_weight has dtype torch.int64.*float"),
        ({"sample_weight": [1.0] * 4}, TypeError, "sample_weight is a list"),
    ],
)
def test_wrong_arguments_raise_an_error_that_says_got_and_wanted(change, error, message):
    arguments = {"logits": torch.ones(4, 3), "target": torch.tensor([0, 1, 2, 0])} | change
    with pytest.raises(error, match=message):
        focal_loss(**arguments)
