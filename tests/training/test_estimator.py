"""How an estimator keeps its networks, on an estimator with nothing else."""

import copy
import pickle

import numpy as np
import pytest
import torch
from sklearn.base import BaseEstimator
from torch import nn

from skeletonlearn._training.estimator import NetworkKeeperMixin

CPU = torch.device("cpu")


class Keeper(NetworkKeeperMixin, BaseEstimator):
    """Keeps one linear layer."""

    def _build_networks(self):
        return nn.ModuleDict({"layer": nn.Sequential(nn.Flatten(), nn.Linear(6, 2), nn.Dropout(0.5))})

    def keep(self):
        self._keep_networks(self._build_networks())
        return self

    def apply(self, X):
        return self._apply_in_batches(X, CPU, lambda networks, batch, lengths: networks["layer"](batch))


@pytest.fixture
def keeper():
    return Keeper().keep()


def sequences(n_samples):
    return np.random.default_rng(0).standard_normal((n_samples, 1, 2, 3), dtype=np.float32)


@pytest.mark.parametrize("n_samples", [1, 31, 32, 33, 100])
def test_every_sequence_is_applied_to_whatever_their_number(keeper, n_samples):
    X = sequences(n_samples)
    weight, bias = (keeper.network_state_[f"layer.1.{name}"] for name in ("weight", "bias"))
    np.testing.assert_allclose(keeper.apply(X), X.reshape(n_samples, 6) @ weight.T + bias, rtol=1e-5, atol=1e-6)


def test_a_sequence_has_the_same_bits_alone_and_among_others(keeper):
    X = sequences(50)
    np.testing.assert_array_equal(keeper.apply(X[41:42]), keeper.apply(X)[41:42])


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda keeper: pickle.loads(pickle.dumps(keeper))])
def test_a_copy_gives_the_same_bits(keeper, copied):
    X = sequences(5)
    np.testing.assert_array_equal(copied(keeper).apply(X), keeper.apply(X))


def test_the_pickle_holds_arrays_and_no_tensors(keeper):
    assert b"torch" not in pickle.dumps(keeper.__getstate__())


def test_pickling_leaves_the_modules_in_place(keeper):
    before = keeper._fitted_networks()
    pickle.dumps(keeper)
    assert keeper._fitted_networks() is before


def test_modules_are_in_evaluation_mode_after_training_and_after_loading(keeper):
    loaded = pickle.loads(pickle.dumps(keeper))
    assert [one._fitted_networks().training for one in (keeper, loaded)] == [False, False]


def test_an_estimator_is_fitted_once_it_keeps_networks():
    assert [Keeper().__sklearn_is_fitted__(), Keeper().keep().__sklearn_is_fitted__()] == [False, True]
