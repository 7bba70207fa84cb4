"""The optimiser and its learning rate."""

import math

import pytest
import torch
from torch import nn

from skeletonlearn._training.optimization import learning_rate_factor, make_optimizer, make_scaler
from tests.training.one_weight import CPU, settings


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


def test_frozen_weights_are_not_optimised():
    module = nn.Sequential(nn.Linear(2, 3).requires_grad_(False), nn.Linear(3, 1))
    optimised = [weight for group in make_optimizer(module, settings()).param_groups for weight in group["params"]]
    assert {id(weight) for weight in optimised} == {id(weight) for weight in module[1].parameters()}


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_losses_are_not_scaled_on_a_processor(precision):
    assert not make_scaler(settings(precision=precision), CPU).is_enabled()
