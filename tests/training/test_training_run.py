"""A training between two epochs: what is kept of it is all that it needs to go on."""

import json
import math

import numpy as np
import pytest
import torch
from torch import nn

from skeletonlearn._training.checkpoint import Checkpoint, Snapshot
from skeletonlearn._training.loop import OPTIMIZERS, TrainingSettings, make_optimizer, make_scaler
from skeletonlearn._training.run import BestWeights, TrainingRun

CPU = torch.device("cpu")


class Network(nn.Sequential):
    """Has all that changes in training: weights, a buffer of numbers and one of counts, and dropout."""

    def __init__(self):
        super().__init__(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 2))


def new_run(optimizer="adamw", seed=0):
    torch.manual_seed(seed)
    settings = TrainingSettings(max_epochs=4, batch_size=5, learning_rate=0.1, weight_decay=0.1, optimizer=optimizer)
    module = Network()
    generator = torch.Generator().manual_seed(seed)
    scaler = make_scaler(settings, CPU)
    return TrainingRun(module, make_optimizer(module, settings), scaler, generator, CPU, BestWeights(1e-4))


def train_an_epoch(run):
    """As the loop does it, drawing from both generators."""
    run.module.train()
    batch = torch.randn(8, 3, generator=run.generator)
    loss = run.module(batch).square().mean()
    run.optimizer.zero_grad()
    loss.backward()
    run.optimizer.step()
    run.best.see(float(loss.detach()), run.module)
    run.history.append({"epoch": len(run.history) + 1, "loss": float(loss.detach())})


def through_json(snapshot):
    return Snapshot(snapshot.arrays, json.loads(json.dumps(snapshot.facts)))


def bits(snapshot):
    return {name: array.tobytes() for name, array in snapshot.arrays.items()}, snapshot.facts


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("n_epochs", [0, 1, 3])
def test_a_run_loaded_from_a_snapshot_goes_on_as_the_first_would_have(optimizer, n_epochs):
    first = new_run(optimizer)
    for _ in range(n_epochs):
        train_an_epoch(first)
    kept = through_json(first.snapshot())
    for _ in range(2):
        train_an_epoch(first)
    second = new_run(optimizer, seed=1)
    train_an_epoch(second)
    second.load(kept)
    for _ in range(2):
        train_an_epoch(second)
    assert bits(second.snapshot()) == bits(first.snapshot())


def test_a_snapshot_does_not_change_when_training_goes_on():
    run = new_run()
    train_an_epoch(run)
    kept = run.snapshot()
    before = {name: array.copy() for name, array in kept.arrays.items()}
    train_an_epoch(run)
    for name, array in before.items():
        np.testing.assert_array_equal(kept.arrays[name], array, err_msg=name)


def test_training_does_not_change_the_snapshot_that_a_run_was_loaded_from():
    run, other = new_run(), new_run(seed=1)
    train_an_epoch(run)
    kept = through_json(run.snapshot())
    before = json.dumps(kept.facts), bits(kept)[0]
    other.load(kept)
    train_an_epoch(other)
    assert (json.dumps(kept.facts), bits(kept)[0]) == before


def test_a_new_run_begins_a_file_and_a_later_one_goes_on_from_it(tmp_path):
    first = new_run()
    checkpoint = Checkpoint(tmp_path / "fit", {})
    checkpoint.draw_seed(0)
    first.begin(checkpoint)
    second = new_run(seed=1)
    second.begin(Checkpoint(tmp_path / "fit", {}))
    assert bits(second.snapshot()) == bits(first.snapshot())


def test_best_weights_are_remembered_with_all_that_counts():
    first, module = BestWeights(tol=0.1), nn.Linear(1, 1)
    for loss in (1.0, 0.95, 0.97):
        nn.init.constant_(module.weight, loss)
        first.see(loss, module)
    second = BestWeights(tol=0.1)
    second.load(through_json(first.snapshot()))
    nn.init.constant_(module.weight, 0.89)
    assert second.epochs_without_gain == first.epochs_without_gain == 2
    second.restore(module)
    assert module.weight.item() == pytest.approx(0.95)
    second.see(0.89, module)
    assert second.epochs_without_gain == 0


def test_best_weights_that_saw_nothing_come_back_as_such():
    best, module = BestWeights(tol=0.1), nn.Linear(1, 1)
    best.load(through_json(BestWeights(tol=0.1).snapshot()))
    before = module.weight.item()
    best.restore(module)
    assert module.weight.item() == before
    assert best.snapshot().facts["loss"] == math.inf
