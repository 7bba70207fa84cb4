"""What classifiers and regressors train, on an encoder small enough to follow by hand."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from skeletonlearn._training.batches import RaggedBatches
from skeletonlearn.classification._classification_task import ClassificationTask, make_class_loss
from skeletonlearn.losses import cross_entropy, squared_error
from skeletonlearn.nn import EncoderPlan, NetworkPlan, PredictionPlan
from skeletonlearn.regression._regression_task import RegressionTask, make_regression_loss

CPU = torch.device("cpu")
N, SHAPE = 13, (6, 4, 3)
X = np.random.default_rng(0).standard_normal((N, *SHAPE), dtype=np.float32)
RAGGED = [sequence[: 2 + at % 5] for at, sequence in enumerate(X)]
CLASSES = np.arange(N) % 3
NUMBERS = np.random.default_rng(1).normal(50, 10, (N, 2)).astype(np.float32)
WEIGHTS = np.random.default_rng(2).uniform(0.1, 10, N)
ROWS = np.arange(N)[::-1].copy()


def plan(encoder, head, fusion="early"):
    return NetworkPlan(EncoderPlan(SHAPE, encoder, ("joint", "motion"), None, 8, 0.0, fusion=fusion), (head,))


def begun(kind, encoder="gru", *, sequences=X, rows=ROWS, augmentation=None, freeze=False, fusion="early"):
    """A task of a kind that has begun, and its networks."""
    options = {"data": {}, "augmentation": augmentation, "freeze": freeze, "remedy": ""}
    arguments = (sequences, rows, WEIGHTS[rows], CLASSES[rows])
    if kind == "numbers":
        loss = make_regression_loss(squared_error, {}, is_own=False)
        task = RegressionTask(*arguments, targets=NUMBERS, loss=loss, continues=False, **options)
        networks_plan = plan(encoder, PredictionPlan(2, rescaled=True), fusion)
    else:
        loss = make_class_loss(cross_entropy, {}, every_step=False, is_own=False)
        task = ClassificationTask(*arguments, targets=CLASSES, loss=loss, every_step=False, **options)
        networks_plan = plan(encoder, PredictionPlan(3), fusion)
    networks = networks_plan.build()
    task.begin(networks, networks_plan, CPU)
    return task, networks


every_kind = pytest.mark.parametrize("kind", ["classes", "numbers"])


@pytest.mark.parametrize("sequences", [X, RAGGED], ids=["array", "ragged"])
@pytest.mark.parametrize("batch_size", [2, 3, 5, 12, 100])
@every_kind
def test_the_validation_loss_does_not_depend_on_the_batch_size(kind, batch_size, sequences):
    task, _ = begun(kind, sequences=sequences)
    whole = task.validate(ROWS, len(ROWS), seed=0)
    assert task.validate(ROWS, batch_size, seed=0) == pytest.approx(whole, rel=1e-5)


@every_kind
def test_validation_is_the_same_each_time(kind):
    task, _ = begun(kind, augmentation=lambda batch, generator: batch + torch.randn(batch.shape, generator=generator))
    assert task.validate(ROWS, 4, seed=0) == task.validate(ROWS, 4, seed=0)


def test_the_validation_loss_of_classes_is_their_weighted_cross_entropy():
    task, networks = begun("classes")
    networks.eval()
    with torch.no_grad():
        scores = networks["head"](networks["encoder"](torch.from_numpy(X)))[:, 0]
        losses = F.cross_entropy(scores, torch.from_numpy(CLASSES), reduction="none").numpy()
    expected = np.average(losses, weights=WEIGHTS)
    assert task.validate(ROWS, 4, seed=0)["validation_loss"] == pytest.approx(expected, rel=1e-5)


def test_the_validation_loss_of_numbers_is_without_unit():
    task, networks = begun("numbers")
    networks.eval()
    mean = np.average(NUMBERS, axis=0, weights=WEIGHTS)
    scale = np.sqrt(np.average((NUMBERS - mean) ** 2, axis=0, weights=WEIGHTS))
    with torch.no_grad():
        predictions = networks["head"](networks["encoder"](torch.from_numpy(X)))[:, 0].numpy()
    expected = np.average((((predictions - NUMBERS) / scale) ** 2 / 2).mean(axis=1), weights=WEIGHTS)
    assert task.validate(ROWS, 4, seed=0)["validation_loss"] == pytest.approx(expected, rel=1e-4)


@every_kind
def test_losses_in_training_are_of_one_view_of_each_sample(kind):
    seen = []

    def view(batch, generator):
        seen.append(batch.clone())
        return 0 * batch

    task, _ = begun(kind, augmentation=view)
    assert set(task.losses(np.array([3, 1]), torch.Generator())) == {"loss"}
    assert len(seen) == 1
    np.testing.assert_array_equal(seen[0].numpy(), X[[3, 1]])


@every_kind
def test_the_loss_of_an_encoder_in_parts_is_the_mean_over_the_parts(kind):
    task, networks = begun(kind, fusion="late")
    networks.eval()
    outputs = task.forward(torch.from_numpy(X), None)
    assert outputs.shape[:2] == (N, 2)
    targets, weights = task._targets, torch.from_numpy(task.weights)
    of_parts = [task.loss_of(outputs[:, [part]], targets, weights).item() for part in range(2)]
    assert task.loss_of(outputs, targets, weights).item() == pytest.approx(np.mean(of_parts), rel=1e-6)


@every_kind
def test_a_frozen_encoder_has_no_gradient_and_keeps_its_statistics(kind):
    task, networks = begun(kind, "tcn", freeze=True)
    before = {name: tensor.clone() for name, tensor in networks["encoder"].state_dict().items()}
    networks.train()
    task.losses(ROWS, torch.Generator())["loss"].backward()
    assert all(weight.grad is None for weight in networks["encoder"].parameters())
    assert all(weight.grad is not None for weight in networks["head"].parameters())
    for name, tensor in networks["encoder"].state_dict().items():
        assert torch.equal(tensor, before[name]), name


@every_kind
def test_an_encoder_that_changes_its_input_is_refused(kind):
    class Spoils(nn.Module):
        def __init__(self, *shape):
            super().__init__()
            self.layer = nn.Linear(1, 2)

        def forward(self, x):
            return self.layer(x.zero_().mean(dim=(1, 2, 3))[:, None])

    head = PredictionPlan(2, rescaled=True) if kind == "numbers" else PredictionPlan(3)
    networks_plan = NetworkPlan(EncoderPlan(SHAPE, Spoils, ("joint",), None, 8, None), (head,))
    task, _ = begun(kind)
    task.begin(networks_plan.build(), networks_plan, CPU)
    with pytest.raises(ValueError, match=r"The encoder changed its input in place, expected that it returns a new"):
        task.losses(ROWS, torch.Generator())


@every_kind
def test_samples_that_are_not_trained_on_weigh_nothing(kind):
    task, _ = begun(kind, rows=np.array([4, 2, 9]))
    assert np.flatnonzero(task.weights).tolist() == [2, 4, 9]


def test_sequences_of_different_lengths_come_in_ragged_batches():
    assert isinstance(begun("classes", sequences=RAGGED)[0]._batches, RaggedBatches)
