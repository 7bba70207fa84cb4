"""How an estimator keeps its networks, on one without training."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

from skeletonlearn._training.estimator import NetworkEstimator

CPU = torch.device("cpu")


class Plan:
    """Plans one linear layer; what `NetworkPlan` is to an estimator."""

    class encoder:
        encoder = nn.Linear  # is no name, so it is built as a user's own

    def build(self):
        return nn.ModuleDict({"layer": nn.Sequential(nn.Flatten(), nn.Linear(6, 2), nn.Dropout(0.5))})


class Keeper(NetworkEstimator):
    """Keeps one linear layer."""

    def _new_task(self, given):
        raise AssertionError("not trained here")

    def _plan_networks(self, skeleton):
        return Plan()

    def _output(self):
        return "output", lambda networks, batch, lengths: networks["layer"](batch)

    def keep(self):
        self._plan = self._plan_networks(None)
        self._keep(self._plan.build(), [], CPU)
        return self

    def apply(self, X):
        return self._apply_in_batches(X, CPU, self._output()[1])


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


def test_an_output_that_is_a_view_of_its_batch_is_not_overwritten_by_the_next(keeper):
    X = sequences(50)
    got = keeper._apply_in_batches(X, CPU, lambda networks, batch, lengths: batch.flatten(1))
    np.testing.assert_array_equal(got, X.reshape(50, 6))


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


@pytest.mark.parametrize("missing", ["_new_task", "_plan_networks", "_output"])
def test_a_subclass_without_a_method_that_it_must_have_cannot_be_made(missing):
    methods = {name: getattr(Keeper, name) for name in ("_new_task", "_plan_networks", "_output") if name != missing}
    with pytest.raises(TypeError, match=missing):
        type("Incomplete", (NetworkEstimator,), methods)()


def test_an_accelerator_gets_a_batch_at_a_time(keeper, monkeypatch):
    moved, to = [], torch.Tensor.to

    def note(tensor, *args, **kwargs):
        moved.extend([len(tensor)] if tensor.ndim == 4 else [])
        return to(tensor, *args, **kwargs)

    monkeypatch.setattr(torch.Tensor, "to", note)
    keeper._apply_in_batches(sequences(3000), torch.device("meta"), lambda networks, batch, _: torch.zeros(len(batch)))
    assert max(moved) < 3000 <= sum(moved)
