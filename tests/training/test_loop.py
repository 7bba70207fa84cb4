"""The training loop, on a network small enough to follow by hand."""

import math
from itertools import chain

import numpy as np
import pytest
import torch
from torch import nn

from skeletonlearn._training.loop import (
    BestWeights,
    TrainingSettings,
    learning_rate_factor,
    make_optimizer,
    new_run,
    run_epoch,
    train,
)
from skeletonlearn._training.ranks import OneProcess

CPU = torch.device("cpu")


def settings(**changes):
    return TrainingSettings(**({"max_epochs": 4, "batch_size": 5, "learning_rate": 0.1, "weight_decay": 0.0} | changes))


class Regression:
    """One weight that learns to be 3, whatever the batch."""

    def __init__(self, start=0.0):
        self.module = nn.Linear(1, 1, bias=False)
        nn.init.constant_(self.module.weight, start)
        self.batches = []

    def __call__(self, indices, generator):
        self.batches.append(indices.tolist())
        return {"loss": (self.module.weight - 3).square().sum()}

    def train(self, n_samples=10, validation_loss=None, **changes):
        generator = torch.Generator().manual_seed(0)
        return train(self.module, self, n_samples, settings(**changes), generator, CPU, validation_loss=validation_loss)

    @property
    def weight(self):
        return self.module.weight.item()


@pytest.mark.parametrize(
    ("epoch", "factor"),
    [(0, 0.0), (1, 0.5), (2, 1.0), (4, 0.5 * (1 + math.cos(math.pi / 4))), (6, 0.5), (10, 0.0), (11, 0.0)],
)
def test_cosine_schedule_rises_for_the_warm_up_and_falls_to_zero(epoch, factor):
    got = learning_rate_factor(settings(max_epochs=10, warmup_epochs=2), epoch)
    assert got == pytest.approx(factor, abs=1e-3)


@pytest.mark.parametrize(("epoch", "factor"), [(0, 0.0), (1, 0.25), (4, 1.0), (9.5, 1.0)])
def test_constant_schedule_stays_after_the_warm_up(epoch, factor):
    got = learning_rate_factor(settings(max_epochs=10, warmup_epochs=4, schedule="constant"), epoch)
    assert got == pytest.approx(factor, abs=1e-3)


def test_the_first_step_of_a_warm_up_is_not_zero():
    assert learning_rate_factor(settings(warmup_epochs=2), 0) > 0


def test_a_warm_up_takes_half_of_the_epochs_at_the_most():
    assert learning_rate_factor(settings(max_epochs=4, warmup_epochs=5), 2.0) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("name", "kind"), [("adamw", torch.optim.AdamW), ("adam", torch.optim.Adam), ("sgd", torch.optim.SGD)]
)
def test_the_optimiser_is_the_one_asked_for(name, kind):
    assert type(make_optimizer(nn.Linear(2, 2), settings(optimizer=name))) is kind


def test_weight_decay_spares_biases_and_normalisation():
    module = nn.Sequential(nn.Linear(2, 3), nn.LayerNorm(3))
    groups = make_optimizer(module, settings(weight_decay=0.3)).param_groups
    decay_of = {id(weight): group["weight_decay"] for group in groups for weight in group["params"]}
    assert [decay_of[id(weight)] for weight in module.parameters()] == [0.3, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "sgd"])
def test_training_lowers_the_loss(optimizer):
    history = Regression().train(max_epochs=30, optimizer=optimizer, learning_rate=0.1)
    assert history[-1]["loss"] < 0.2 * history[0]["loss"]


def test_an_epoch_trains_on_every_sample_once():
    regression = Regression()
    regression.train(n_samples=13, max_epochs=1)
    assert sorted(chain.from_iterable(regression.batches)) == list(range(13))


def test_losses_of_an_epoch_are_means_over_samples_not_over_batches():
    module = nn.Linear(1, 1)

    def loss_is_the_batch_size(indices, generator):
        return {"loss": module.weight.sum() * 0 + len(indices)}

    run = new_run(module, settings(), torch.Generator().manual_seed(0), CPU, OneProcess())
    losses = run_epoch(run, loss_is_the_batch_size, 5, settings(batch_size=3), 0)
    assert losses == {"loss": pytest.approx((3 * 3 + 2 * 2) / 5)}


def test_history_has_a_record_an_epoch_with_every_loss():
    regression = Regression()
    history = regression.train(max_epochs=3, schedule="constant")
    assert [sorted(record) for record in history] == [["epoch", "learning_rate", "loss"]] * 3
    assert [record["epoch"] for record in history] == [1, 2, 3]
    assert history[0]["learning_rate"] == pytest.approx(0.1)


def test_validation_loss_is_recorded_and_alone_stops_nothing():
    losses = iter([1.0, 2.0, 3.0, 4.0])
    history = Regression().train(validation_loss=lambda: next(losses), n_iter_no_change=1)
    assert [record["validation_loss"] for record in history] == [1.0, 2.0, 3.0, 4.0]


def test_early_stopping_stops_after_the_epochs_without_a_fall():
    losses = iter([1.0, 0.5, 0.6, 0.7, 0.4, 0.3])
    history = Regression().train(
        max_epochs=6, validation_loss=lambda: next(losses), early_stopping=True, n_iter_no_change=2
    )
    assert len(history) == 4


def test_early_stopping_restores_the_weights_of_the_lowest_validation_loss():
    regression = Regression()
    seen = []

    def validation_loss():
        seen.append(regression.weight)
        return [1.0, 0.5, 0.6, 0.7][len(seen) - 1]

    regression.train(validation_loss=validation_loss, early_stopping=True, n_iter_no_change=2)
    assert regression.weight == seen[1] != seen[3]


def test_early_stopping_that_never_stops_restores_the_best_weights_too():
    regression = Regression()
    seen = []

    def validation_loss():
        seen.append(regression.weight)
        return [0.2, 0.5, 0.6, 0.7][len(seen) - 1]

    regression.train(validation_loss=validation_loss, early_stopping=True, n_iter_no_change=10)
    assert regression.weight == seen[0]


def test_falls_smaller_than_tol_keep_the_weights_but_do_not_count():
    best = BestWeights(tol=0.1)
    module = nn.Linear(1, 1, bias=False)
    for loss in (1.0, 0.95, 0.92):
        nn.init.constant_(module.weight, loss)
        best.see(loss, module)
    best.restore(module)
    assert best.epochs_without_gain == 2
    assert module.weight.item() == pytest.approx(0.92)


def test_small_falls_that_add_up_to_tol_count():
    best = BestWeights(tol=0.1)
    for loss in (1.0, 0.95, 0.85):
        best.see(loss, nn.Linear(1, 1))
    assert best.epochs_without_gain == 0


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_is_an_error_with_advice(loss):
    regression = Regression(start=loss)
    with pytest.raises(ValueError, match=r"in epoch 1: expected a finite .* learning rate \(now 0.1\)"):
        regression.train()


def test_dropout_is_on_in_every_epoch_even_after_validation():
    regression = Regression()
    modes = []

    def batch_loss(indices, generator):
        modes.append(regression.module.training)
        return regression(indices, generator)

    def validation_loss():
        regression.module.eval()
        return 1.0

    generator = torch.Generator().manual_seed(0)
    train(regression.module, batch_loss, 4, settings(max_epochs=3), generator, CPU, validation_loss=validation_loss)
    assert modes == [True, True, True]


def test_the_same_generator_seed_gives_the_same_batches():
    first, second = Regression(), Regression()
    first.train(), second.train()
    assert first.batches == second.batches
    assert not np.array_equal(first.batches[0], first.batches[2])
