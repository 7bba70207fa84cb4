"""Cross-entropy at every time step."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from skeletonlearn.losses import temporal_cross_entropy

WEIGHT = torch.tensor([0.5, 1.0, 3.0], dtype=torch.float64)  # the targets' weights do not add up to their number
LENGTHS = torch.tensor([6, 1, 4, 2, 5])


def scores(dtype=torch.float64):
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(5, 6, 3, generator=generator, dtype=torch.float64).to(dtype)
    return logits.requires_grad_(), torch.tensor([0, 1, 2, 1, 0])


def in_loops(logits, target, lengths, weight, smoothing):
    total, total_weight = 0.0, 0.0
    for sequence, t, length in zip(logits.numpy(), target, lengths, strict=True):
        frames = []
        for row in sequence[:length]:
            log_p = np.log(np.exp(row) / np.exp(row).sum())
            q = smoothing / len(row) + (1 - smoothing) * (np.arange(len(row)) == int(t))
            frames.append(-np.sum(weight.numpy() * q * log_p))
        total += np.mean(frames)
        total_weight += weight[t].item()
    return total / total_weight


@pytest.mark.parametrize("lengths", [None, LENGTHS])
@pytest.mark.parametrize("weight", [None, WEIGHT])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_value_is_that_of_the_formula(lengths, weight, smoothing):
    logits, target = scores()
    options = {"weight": weight, "label_smoothing": smoothing}
    loss = temporal_cross_entropy(logits, target, lengths, **options).item()
    lengths = [6] * 5 if lengths is None else lengths
    weight = torch.ones(3) if weight is None else weight
    assert loss == pytest.approx(in_loops(logits.detach(), target, lengths, weight, smoothing))


@pytest.mark.parametrize("weight", [None, WEIGHT])
def test_with_one_frame_it_is_cross_entropy(weight):
    logits, target = scores()
    options = {"weight": weight, "label_smoothing": 0.1}
    wanted = F.cross_entropy(logits[:, 0], target, **options)
    torch.testing.assert_close(temporal_cross_entropy(logits[:, :1], target, **options), wanted)


def test_a_long_sequence_weighs_as_much_as_a_short_one():
    logits, target = scores()
    sequences = zip(logits.split(1), target.split(1), LENGTHS, strict=True)
    alone = [temporal_cross_entropy(z[:, :length], t) for z, t, length in sequences]
    together = temporal_cross_entropy(logits, target, LENGTHS)
    torch.testing.assert_close(together, torch.stack(alone).mean())


def test_gradient_passes_gradcheck():
    logits, target = scores()
    options = {"lengths": LENGTHS, "weight": WEIGHT}
    assert torch.autograd.gradcheck(
        lambda z: temporal_cross_entropy(z, target, **options),
        logits,
    )


@pytest.mark.parametrize("filling", [torch.nan, torch.inf, 1e30])
def test_padding_changes_neither_loss_nor_gradient(filling):
    logits, target = scores()
    loss = temporal_cross_entropy(logits, target, LENGTHS)
    padding = torch.arange(6) >= LENGTHS[:, None]
    padded = logits.detach().masked_fill(padding[..., None], filling).requires_grad_()
    padded_loss = temporal_cross_entropy(padded, target, LENGTHS)
    padded_loss.backward()
    loss.backward()
    assert padded_loss == loss
    assert torch.equal(padded.grad, logits.grad)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_float32(dtype):
    logits, target = scores(dtype)
    loss = temporal_cross_entropy(logits, target, LENGTHS, weight=WEIGHT)
    assert loss == temporal_cross_entropy(logits.float(), target, LENGTHS, weight=WEIGHT)


SAMPLE_WEIGHT = torch.tensor([1, 3, 0, 2, 1])


@pytest.mark.parametrize("lengths", [None, LENGTHS])
@pytest.mark.parametrize("weight", [None, WEIGHT])
@pytest.mark.parametrize("label_smoothing", [0.0, 0.1])
def test_a_sequence_weighs_as_much_as_its_copies(lengths, weight, label_smoothing):
    logits, target = scores()
    options = {"weight": weight, "label_smoothing": label_smoothing}
    copies = torch.arange(5).repeat_interleave(SAMPLE_WEIGHT)  # three times, twice, once, or absent
    copied_lengths = None if lengths is None else lengths[copies]
    expected = temporal_cross_entropy(logits[copies], target[copies], copied_lengths, **options)
    found = temporal_cross_entropy(logits, target, lengths, sample_weight=SAMPLE_WEIGHT.double(), **options)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(*(torch.autograd.grad(loss, logits)[0] for loss in (found, expected)))


@pytest.mark.parametrize("weight", [None, WEIGHT])
def test_equal_sample_weights_change_nothing(weight):
    logits, target = scores()
    found = temporal_cross_entropy(logits, target, LENGTHS, weight=weight, sample_weight=torch.full((5,), 0.3))
    torch.testing.assert_close(found, temporal_cross_entropy(logits, target, LENGTHS, weight=weight))


def test_padding_changes_nothing_with_sample_weights_either():
    logits, target = scores()
    padding = torch.arange(6) >= LENGTHS[:, None]
    gradients = []
    for filling in (0.0, torch.nan):
        padded = logits.detach().masked_fill(padding[..., None], filling).requires_grad_()
        loss = temporal_cross_entropy(padded, target, LENGTHS, weight=WEIGHT, sample_weight=SAMPLE_WEIGHT.double())
        gradients.append(torch.autograd.grad(loss, padded)[0])
    assert torch.equal(*gradients)


def test_gradient_with_sample_weights_passes_gradcheck():
    logits, target = scores()
    options = {"lengths": LENGTHS, "weight": WEIGHT, "sample_weight": SAMPLE_WEIGHT.double()}
    assert torch.autograd.gradcheck(lambda z: temporal_cross_entropy(z, target, **options), logits)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"logits": torch.ones(4, 3)}, ValueError, r"logits has shape \(4, 3\).*n_frames"),
        ({"target": torch.arange(4)}, ValueError, "target goes from 0 to 3.*between 0 and 2"),
        ({"lengths": torch.ones(4)}, TypeError, "lengths has dtype torch.float32.*integer"),
        ({"lengths": torch.arange(3)}, ValueError, r"lengths has shape \(3,\).*\(4,\)"),
        ({"lengths": torch.arange(4)}, ValueError, "lengths goes from 0 to 3.*between 1 and 5"),
        ({"lengths": torch.full((4,), 6)}, ValueError, "lengths goes from 6 to 6.*between 1 and 5"),
        ({"lengths": [5, 5, 5, 5]}, TypeError, "lengths is a list"),
        ({"weight": torch.ones(5)}, ValueError, "weight has 5 classes: logits have 3"),
        ({"label_smoothing": 2}, ValueError, "label_smoothing=2 must lie between 0 and 1"),
        ({"sample_weight": torch.ones(3)}, ValueError, "sample_weight has 3 samples: logits have 4"),
        ({"sample_weight": torch.ones(4, 1)}, ValueError, r"sample_weight has shape \(4, 1\).*\(batch\)"),
        ({"sample_weight": torch.ones(4, dtype=torch.int64)}, TypeError, "sample_weight has dtype torch.int64.*float"),
        ({"sample_weight": [1.0] * 4}, TypeError, "sample_weight is a list"),
    ],
)
def test_wrong_arguments_raise_an_error_that_says_got_and_wanted(change, error, message):
    arguments = {"logits": torch.ones(4, 5, 3), "target": torch.tensor([0, 1, 2, 0])} | change
    with pytest.raises(error, match=message):
        temporal_cross_entropy(**arguments)
