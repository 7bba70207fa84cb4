"""Weights and optimiser moments as arrays."""

import numpy as np
import pytest
import torch
from torch import nn

from skeletonlearn._training.optimization import TrainingSettings, make_optimizer
from skeletonlearn._training.state import load_arrays, load_optimizer_arrays, module_arrays, optimizer_arrays


def network():
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))


def train_a_step(module, optimizer):
    optimizer.zero_grad()
    module(torch.arange(15.0).view(5, 3)).square().sum().backward()
    optimizer.step()


def settings(optimizer):
    return TrainingSettings(max_epochs=1, batch_size=2, learning_rate=0.1, weight_decay=0.1, optimizer=optimizer)


def test_arrays_of_one_module_make_another_give_the_same_output():
    first, second = network(), network().eval()
    first(torch.randn(8, 3))  # moves the running mean
    load_arrays(second, module_arrays(first))
    x = torch.randn(4, 3)
    assert torch.equal(second(x), first.eval()(x))


def test_arrays_are_numpys_and_hold_weights_and_buffers():
    arrays = module_arrays(network())
    assert {type(array) for array in arrays.values()} == {np.ndarray}
    assert {"0.weight", "1.running_mean", "1.num_batches_tracked", "2.bias"} <= set(arrays)


def test_arrays_do_not_change_when_training_goes_on():
    module = network()
    arrays = module_arrays(module)
    before = {name: array.copy() for name, array in arrays.items()}
    train_a_step(module, make_optimizer(module, settings("sgd")))
    assert all(np.array_equal(arrays[name], before[name]) for name in arrays)


def test_training_does_not_change_the_arrays_that_a_module_was_loaded_from():
    module = network()
    arrays = module_arrays(network())
    before = {name: array.copy() for name, array in arrays.items()}
    load_arrays(module, arrays)
    train_a_step(module, make_optimizer(module, settings("sgd")))
    assert all(np.array_equal(arrays[name], before[name]) for name in arrays)


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "sgd"])
def test_an_optimiser_loaded_from_arrays_goes_on_as_the_first_would_have(optimizer):
    module, other = network(), network()
    first = make_optimizer(module, settings(optimizer))
    train_a_step(module, first)
    load_arrays(other, module_arrays(module))
    second = make_optimizer(other, settings(optimizer))
    load_optimizer_arrays(second, optimizer_arrays(first))
    train_a_step(module, first)
    train_a_step(other, second)
    for name, array in module_arrays(module).items():
        np.testing.assert_array_equal(module_arrays(other)[name], array, err_msg=name)


def test_moments_are_numpys_arrays():
    module = network()
    optimizer = make_optimizer(module, settings("adamw"))
    train_a_step(module, optimizer)
    arrays = optimizer_arrays(optimizer)
    assert len(arrays) == 3 * len(list(module.parameters()))
    assert {type(array) for array in arrays.values()} == {np.ndarray}
