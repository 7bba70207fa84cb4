"""The training loop, on a network small enough to follow by hand."""

import math
from itertools import chain

import numpy as np
import pytest
import torch

from skeletonlearn._training.hooks import Hook
from skeletonlearn._training.hooks.early_stopping import EarlyStopping
from skeletonlearn._training.hooks.validation import Validation
from skeletonlearn._training.loop import train_epoch
from skeletonlearn._training.process_group import ProcessGroup
from tests.training.one_weight import OneWeight


def validation():
    return Validation(np.arange(2), 0, ProcessGroup())


class Diary(Hook):
    """Notes when it is called; stops or raises after an epoch if asked to."""

    def __init__(self, stop_after=None, error=None):
        self.calls, self.stop_after, self.error = [], stop_after, error

    def begin(self, run):
        self.calls.append("begin")

    def begin_epoch(self, run):
        self.calls.append("begin_epoch")

    def after_backward(self, run):
        self.calls.append("after_backward")

    def end_epoch(self, run):
        self.calls.append("end_epoch")
        if len(run.history) == self.stop_after and self.error is not None:
            raise self.error
        return len(run.history) == self.stop_after

    def end(self, run):
        self.calls.append("end")

    def close(self):
        self.calls.append("close")


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "sgd"])
def test_training_lowers_the_loss(optimizer):
    history = OneWeight().train(max_epochs=30, optimizer=optimizer).history
    assert history[-1]["loss"] < 0.2 * history[0]["loss"]


def test_an_epoch_trains_on_every_sample_once():
    task = OneWeight(n_samples=13)
    task.train(max_epochs=1)
    assert sorted(chain.from_iterable(task.batches)) == list(range(13))


def test_losses_of_an_epoch_are_means_over_samples_not_over_batches():
    task = OneWeight(n_samples=5)
    task.losses = lambda rows, generator: {"loss": task.networks["layer"].weight.sum() * 0 + len(rows)}
    record = train_epoch(task.new_run(batch_size=3), task.rows)
    assert record["loss"] == pytest.approx((3 * 3 + 2 * 2) / 5)


def test_history_has_one_record_per_epoch_with_every_loss():
    history = OneWeight().train(max_epochs=3, schedule="constant").history
    assert [sorted(record) for record in history] == [["epoch", "learning_rate", "loss"]] * 3
    assert [record["epoch"] for record in history] == [1, 2, 3]
    assert history[0]["learning_rate"] == pytest.approx(0.1)


def test_validation_is_recorded_and_stops_nothing_by_itself():
    run = OneWeight(validation=[1.0, 2.0, 3.0, 4.0]).train([validation()], n_iter_no_change=1)
    assert [record["validation_loss"] for record in run.history] == [1.0, 2.0, 3.0, 4.0]


def test_early_stopping_stops_after_the_epochs_without_a_fall():
    task = OneWeight(validation=[1.0, 0.5, 0.6, 0.7, 0.4, 0.3])
    run = task.train([validation(), EarlyStopping()], max_epochs=6, n_iter_no_change=2)
    assert len(run.history) == 4


@pytest.mark.parametrize(
    ("losses", "n_iter_no_change", "best"), [([1.0, 0.5, 0.6, 0.7], 2, 1), ([0.2, 0.5, 0.6, 0.7], 10, 0)]
)
def test_early_stopping_restores_the_weights_of_the_lowest_loss_whether_it_stops_or_not(losses, n_iter_no_change, best):
    task = OneWeight(validation=losses)
    task.train([validation(), EarlyStopping()], n_iter_no_change=n_iter_no_change)
    assert task.weight == task.weights[best] != task.weights[3]


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_is_an_error_with_advice(loss):
    with pytest.raises(ValueError, match=r"in epoch 1: expected a finite .* learning rate \(now 0.1\)"):
        OneWeight(start=loss).train()


def test_dropout_is_on_in_every_epoch_even_after_validation():
    task = OneWeight(n_samples=4, validation=[1.0] * 3)
    task.train([validation()], max_epochs=3)
    assert task.modes == [True, True, True]


def test_the_same_generator_seed_gives_the_same_batches():
    first, second = OneWeight(), OneWeight()
    first.train(), second.train()
    assert first.batches == second.batches
    assert not np.array_equal(first.batches[0], first.batches[2])


def test_hooks_are_called_at_their_moments():
    diary = Diary()
    OneWeight().train([diary], max_epochs=2)
    epoch = ["begin_epoch", "after_backward", "after_backward", "end_epoch"]
    assert diary.calls == ["begin", *epoch, *epoch, "end", "close"]


def test_a_hook_that_stops_ends_the_training_and_every_hook_sees_the_last_epoch():
    diaries = [Diary(stop_after=2), Diary()]
    run = OneWeight().train(diaries)
    assert len(run.history) == 2
    assert [diary.calls.count("end_epoch") for diary in diaries] == [2, 2]


@pytest.mark.parametrize("error", [ZeroDivisionError(), SystemExit()], ids=repr)
def test_every_hook_is_closed_after_an_error(error):
    diaries = [Diary(), Diary(stop_after=1, error=error)]
    with pytest.raises(type(error)):
        OneWeight().train(diaries)
    assert [diary.calls[-1] for diary in diaries] == ["close", "close"]
    assert "end" not in diaries[0].calls


def test_an_interruption_after_an_epoch_ends_the_training():
    diary = Diary(stop_after=2, error=KeyboardInterrupt())
    assert len(OneWeight().train([diary]).history) == 2
    assert diary.calls[-2:] == ["end", "close"]


def test_an_interruption_before_the_first_epoch_has_ended_is_raised():
    task = OneWeight()

    def interrupted(rows, generator):
        raise KeyboardInterrupt

    task.losses = interrupted
    with pytest.raises(KeyboardInterrupt):
        task.train([Diary()])


def test_an_interruption_is_raised_where_a_hook_cannot_go_on_alone():
    diary = Diary(stop_after=2, error=KeyboardInterrupt())
    diary.interrupt = lambda run: False
    with pytest.raises(KeyboardInterrupt):
        OneWeight().train([diary])


def test_gradients_of_a_batch_do_not_add_up_with_those_of_the_last():
    task, gradients = OneWeight(start=3.0), []
    diary = Diary()
    diary.after_backward = lambda run: gradients.append(task.networks["layer"].weight.grad.clone())
    task.train([diary], max_epochs=1)
    torch.testing.assert_close(gradients, [torch.zeros(1, 1)] * 2)
