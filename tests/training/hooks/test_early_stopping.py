"""When to stop, and which weights to keep."""

import json
import math

import pytest
from torch import nn

from skeletonlearn._training.checkpoint import Snapshot
from skeletonlearn._training.hooks.early_stopping import EarlyStopping
from tests.training.one_weight import OneWeight


@pytest.fixture
def run():
    return OneWeight().new_run(tol=0.1, n_iter_no_change=2)


def observe(stopping, run, loss):
    """Let the weight be the loss."""
    nn.init.constant_(run.networks["layer"].weight, loss)
    run.history.append({"validation_loss": loss})
    return stopping.end_epoch(run)


def through_json(snapshot):
    return Snapshot(snapshot.arrays, json.loads(json.dumps(snapshot.facts)))


def test_falls_smaller_than_tol_keep_the_weights_but_do_not_count(run):
    stopping = EarlyStopping()
    assert [observe(stopping, run, loss) for loss in (1.0, 0.95, 0.92)] == [False, False, True]
    nn.init.zeros_(run.networks["layer"].weight)
    stopping.end(run)
    assert run.task.weight == pytest.approx(0.92)


def test_small_falls_that_add_up_to_tol_count(run):
    stopping = EarlyStopping()
    assert [observe(stopping, run, loss) for loss in (1.0, 0.95, 0.85, 0.85, 0.85)] == [False] * 4 + [True]


def test_another_measure_can_be_watched(run):
    stopping = EarlyStopping("validation_error")
    run.history.append({"validation_loss": 1.0, "validation_error": 0.5})
    stopping.end_epoch(run)
    assert stopping.snapshot().facts["lowest"] == 0.5


def test_all_that_counts_is_in_the_snapshot(run):
    first, second = EarlyStopping(), EarlyStopping()
    for loss in (1.0, 0.95):
        observe(first, run, loss)
    second.load(through_json(first.snapshot()))
    assert observe(second, run, 0.97)
    second.end(run)
    assert run.task.weight == pytest.approx(0.95)


def test_a_snapshot_before_the_first_epoch_restores_nothing(run):
    stopping = EarlyStopping()
    stopping.load(through_json(EarlyStopping().snapshot()))
    before = run.task.weight
    stopping.end(run)
    assert run.task.weight == before
    assert stopping.snapshot().facts["lowest"] == math.inf
