"""A training between two epochs: its snapshot holds all that it takes to resume."""

import json

import numpy as np
import pytest
import torch
from torch import nn

from skeletonlearn._training.checkpoint import Checkpoint, Snapshot
from skeletonlearn._training.hooks.checkpointing import Checkpointing
from skeletonlearn._training.optimization import OPTIMIZERS
from skeletonlearn._training.process_group import ProcessGroup
from skeletonlearn._training.run import TrainingRun
from tests.training.one_weight import CPU, settings


class Network(nn.Sequential):
    """Has all that changes in training: weights, a buffer of numbers and one of counts, and dropout."""

    def __init__(self):
        super().__init__(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 2))


def new_run(optimizer="adamw", seed=0):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    return TrainingRun(Network(), None, settings(weight_decay=0.1, optimizer=optimizer), generator, CPU)


def train_an_epoch(run):
    """As the loop does it, drawing from both generators."""
    run.networks.train()
    batch = torch.randn(8, 3, generator=run.generator)
    loss = run.networks(batch).square().mean()
    run.optimizer.zero_grad()
    loss.backward()
    run.optimizer.step()
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
    Checkpointing(checkpoint, None, ProcessGroup()).begin(first)
    second = new_run(seed=1)
    Checkpointing(Checkpoint(tmp_path / "fit", {}), None, ProcessGroup()).begin(second)
    assert bits(second.snapshot()) == bits(first.snapshot())
