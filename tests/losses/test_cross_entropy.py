"""Cross-entropy."""

import math

import pytest
import torch
from torch.nn import functional as F

from skeletonlearn.losses import cross_entropy, focal_loss

GENERATOR = torch.Generator().manual_seed(0)
LOGITS = torch.randn(6, 4, generator=GENERATOR, dtype=torch.float64)
TARGET = torch.tensor([0, 3, 1, 1, 2, 0])
CLASS_WEIGHT = torch.tensor([1.0, 2.0, 0.5, 3.0], dtype=torch.float64)
SAMPLE_WEIGHT = torch.tensor([1.0, 0.0, 2.0, 1.0, 0.5, 3.0], dtype=torch.float64)


def in_loops(logits, target, class_weight, sample_weight, label_smoothing):
    """Cross-entropy sample by sample and class by class."""
    total = norm = 0.0
    for row, wanted, weight in zip(logits, target, sample_weight, strict=True):
        log_norm = math.log(sum(math.exp(score) for score in row))
        for at, score in enumerate(row):
            share = (1 - label_smoothing) * (at == wanted) + label_smoothing / len(row)
            total -= weight * class_weight[at] * share * (score - log_norm)
        norm += weight * class_weight[wanted]
    return total / norm


@pytest.mark.parametrize("label_smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("class_weight", [None, CLASS_WEIGHT])
@pytest.mark.parametrize("sample_weight", [None, SAMPLE_WEIGHT])
def test_value_is_that_of_the_formula(class_weight, sample_weight, label_smoothing):
    expected = in_loops(
        LOGITS.tolist(),
        TARGET.tolist(),
        [1.0] * 4 if class_weight is None else class_weight.tolist(),
        [1.0] * 6 if sample_weight is None else sample_weight.tolist(),
        label_smoothing,
    )
    options = {"weight": class_weight, "sample_weight": sample_weight, "label_smoothing": label_smoothing}
    assert cross_entropy(LOGITS, TARGET, **options).item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("label_smoothing", [0.0, 0.3])
@pytest.mark.parametrize("class_weight", [None, CLASS_WEIGHT])
def test_value_is_that_of_torch(class_weight, label_smoothing):
    options = {"weight": class_weight, "label_smoothing": label_smoothing}
    torch.testing.assert_close(cross_entropy(LOGITS, TARGET, **options), F.cross_entropy(LOGITS, TARGET, **options))


def test_it_is_the_focal_loss_without_focus():
    assert torch.equal(cross_entropy(LOGITS, TARGET), focal_loss(LOGITS, TARGET, gamma=0.0))


def test_a_class_of_weight_zero_does_not_count():
    weight = torch.tensor([1.0, 0.0, 1.0, 1.0], dtype=torch.float64)
    others = TARGET != 1
    torch.testing.assert_close(
        cross_entropy(LOGITS, TARGET, weight=weight), cross_entropy(LOGITS[others], TARGET[others])
    )


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"target": TARGET[:3]}, ValueError, r"target has shape \(3,\): it must be \(6,\)"),
        ({"target": TARGET + 1}, ValueError, "target goes from 1 to 4: it must lie between 0 and 3"),
        ({"target": TARGET.double()}, TypeError, "target has dtype torch.float64: it must be an integer dtype"),
        ({"target": TARGET, "label_smoothing": 1.5}, ValueError, "label_smoothing=1.5 must lie between 0 and 1"),
        ({"target": TARGET, "weight": CLASS_WEIGHT[:2]}, ValueError, "weight has 2 classes: logits have 4"),
        ({"target": TARGET, "sample_weight": SAMPLE_WEIGHT[:2]}, ValueError, "sample_weight has 2 samples: .* 6"),
    ],
)
def test_wrong_arguments_raise_an_error_that_says_got_and_wanted(options, error, message):
    with pytest.raises(error, match=message):
        cross_entropy(LOGITS, **options)
