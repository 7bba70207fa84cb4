"""Fits of the network estimators in which any two circumstances meet, and what must hold whatever they are."""

import contextlib
import copy
import math
import pickle
import random
from functools import cache, cached_property
from itertools import combinations, product

import joblib
import numpy as np
import pytest
import torch
from sklearn.base import clone
from torch import nn
from torch.optim.optimizer import register_optimizer_step_pre_hook

import skeletonlearn
from skeletonlearn import ConMLPEmbedder, GRUClassifier, SkeletonClassifier
from skeletonlearn.augmentation import Shear
from tests.pairs import Exclusion, covering_array

BATCH_SIZE = 8
N_HELD_OUT = 8
N_WITHOUT_WEIGHT = 4
N_TRAINED_ON = {
    "divides": 24,
    "does not divide": 23,  # 8, 8 and 7 samples
    "grows": 21,  # 7, 7 and 7 samples; held-out samples come 8 at a time
}


def flatten(n_frames, n_joints, n_channels):
    """An encoder that gives views of what it takes."""
    return nn.Flatten()


class MeanOfFrames(nn.Module):
    """An encoder of any number of frames."""

    takes_lengths = True

    def __init__(self, n_frames, n_joints, n_channels):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(2), nn.Linear(n_joints * n_channels, 16), nn.Tanh())

    def forward(self, x, lengths=None):
        frames = self.layers(x)
        if lengths is None:
            return frames.mean(dim=1)
        real = torch.arange(x.shape[1]) < lengths[:, None]
        return frames.masked_fill(~real[..., None], 0).sum(dim=1) / lengths[:, None]


def shift(batch, generator):
    """A user's own view."""
    return batch + 0.1 * torch.randn(len(batch), 1, 1, batch.shape[3], generator=generator)


EMBEDDERS = ("ConMLPEmbedder",)
CLASSIFIERS = ("SkeletonClassifier", "GRUClassifier")  # other kinds of supervised estimators belong here
ENCODERS = {
    "mlp": "mlp",
    "tcn": "tcn",
    "cooccurrence": "cooccurrence",
    "gru": "gru",
    "transformer": "transformer",
    "own views": flatten,
    "own of any length": MeanOfFrames,
}
AXES = {
    "kind": (*EMBEDDERS, *CLASSIFIERS),
    "encoder": tuple(ENCODERS),
    "streams": ("auto", ("joint",)),
    "fusion": ("early", "late"),
    "sequences": ("4-D", "3-D", "ragged"),
    "augmentation": ("auto", None, "own"),
    "labels": ("all", "none", "some"),
    "sample_weight": (None, "random", "some zero"),
    "class_weight": (None, "balanced"),
    "reconstruction_weight": (0.0, 1.0),
    "batches": tuple(N_TRAINED_ON),
    "early_stopping": (False, True),
    "checkpoint": (False, True),
    "warm_start": (False, True),
}
EXCLUSIONS = (
    Exclusion(
        {"kind": ("GRUClassifier",), "encoder": [name for name in ENCODERS if name != "gru"]},
        "the encoder of GRUClassifier is a GRU",
    ),
    Exclusion({"kind": EMBEDDERS, "sequences": ("ragged",)}, "embedders take sequences of one length"),
    Exclusion(
        {"encoder": ("mlp", "tcn", "cooccurrence", "own views"), "sequences": ("ragged",)},
        "these encoders do not take padded sequences with their lengths",
    ),
    Exclusion({"kind": CLASSIFIERS, "labels": ("none",)}, "classifiers need y"),
    Exclusion({"kind": CLASSIFIERS, "labels": ("some",)}, "to a classifier -1 is a class like any other"),
    Exclusion({"kind": CLASSIFIERS, "reconstruction_weight": (1.0,)}, "classifiers have no decoder"),
    Exclusion({"kind": EMBEDDERS, "sample_weight": ("random", "some zero")}, "embedders take no sample weights"),
    Exclusion({"kind": EMBEDDERS, "class_weight": ("balanced",)}, "embedders have no class weights"),
    Exclusion(
        {"batches": ("grows",), "early_stopping": (False,)},
        "batches to train on never grow: a larger one can only be of held-out samples",
    ),
)
TRIPLES = (("kind", "encoder", "streams"),)  # a view of a batch reaches the caller through one stream of an embedder
CASES = covering_array(AXES, EXCLUSIONS, TRIPLES)


class Case:
    """A combination of the axes' values as an estimator and data.

    Parameters
    ----------
    values : dict
        A value of each axis.
    """

    def __init__(self, values):
        self.values = values
        rng = np.random.default_rng(0)
        self.data = (self._sequences(rng), self._target())
        self.weights = {} if values["sample_weight"] is None else {"sample_weight": self._sample_weight(rng)}

    @property
    def is_embedder(self):
        return self.values["kind"] in EMBEDDERS

    @property
    def n_samples(self):
        n_weightless = N_WITHOUT_WEIGHT if self.values["sample_weight"] == "some zero" else 0
        return self._n_with_weight + n_weightless

    @property
    def _n_with_weight(self):
        return N_TRAINED_ON[self.values["batches"]] + (N_HELD_OUT if self.values["early_stopping"] else 0)

    def _sequences(self, rng):
        joints = np.array([[0, 0, 0], [0, 0.5, 0], [0, 1, 0], [-0.4, 1, 0], [0.4, 1, 0]])
        motion = rng.normal(0, 0.05, size=(self.n_samples, 12, 5, 3)).cumsum(axis=1)
        X = (joints + motion).astype(np.float32)
        if self.values["sequences"] == "3-D":
            return X.reshape(len(X), 12, -1)
        if self.values["sequences"] == "ragged":
            return [one[: 8 + at % 5] for at, one in enumerate(X)]
        return X

    def _target(self):
        if self.values["labels"] == "none":
            return None
        y = np.arange(self.n_samples) % 3
        if self.values["labels"] == "some":
            y[::4] = -1
        return y

    def _sample_weight(self, rng):
        weights = rng.uniform(0.5, 2, size=self.n_samples)
        weights[self._n_with_weight :] = 0
        return weights

    @property
    def estimator(self):
        """The estimator, not fitted."""
        values = self.values
        parameters = {name: values[name] for name in ("streams", "fusion", "early_stopping")}
        parameters |= {"hidden_dim": 16, "max_epochs": 2, "batch_size": BATCH_SIZE, "random_state": 0, "device": "cpu"}
        parameters["validation_fraction"] = (N_HELD_OUT - 0.5) / self._n_with_weight
        if self.is_embedder:
            parameters |= {"reconstruction_weight": values["reconstruction_weight"], "projection_dim": 16}
        else:
            parameters["class_weight"] = values["class_weight"]
        if values["kind"] != "GRUClassifier":
            parameters["encoder"] = ENCODERS[values["encoder"]]
        if values["warm_start"]:
            parameters["warm_start"] = True
        own = (Shear(0.5), shift) if self.is_embedder else shift
        parameters["augmentation"] = own if values["augmentation"] == "own" else values["augmentation"]
        return getattr(skeletonlearn, values["kind"])(**parameters)

    @cached_property
    def fitted(self):
        """The estimator after one fit; do not change it."""
        return self.fit(self.estimator)

    def fit(self, estimator):
        return estimator.fit(*self.data, **self.weights)

    def apply(self, estimator, X=None):
        """What the estimator gives for X, by default for what it was fitted on."""
        X = self.data[0] if X is None else X
        return estimator.transform(X) if self.is_embedder else estimator.predict_proba(X)


def every_case(where=lambda values: True):
    """Parametrize a test by the cases whose values are like that."""
    numbers = [number for number, values in enumerate(CASES) if where(values)]
    names = ["-".join(str(value) for value in CASES[number].values()).replace(" ", "_") for number in numbers]
    return pytest.mark.parametrize("case", numbers, ids=names, indirect=True)


@cache
def numbered_case(number):
    return Case(CASES[number])


@pytest.fixture
def case(request):
    """A case, its fit shared by all tests."""
    return numbered_case(request.param)


class CutOff(Exception):
    """Stands for the end of the process."""


@contextlib.contextmanager
def steps_of_optimizers():
    """Count the steps that optimisers take inside the block."""
    steps = []
    hook = register_optimizer_step_pre_hook(lambda *_: steps.append(1))
    try:
        yield steps
    finally:
        hook.remove()


@contextlib.contextmanager
def cut_off_at(n_steps):
    """A block that ends with an error as the optimiser is about to take its step of this number."""
    taken = []

    def count(*_):
        taken.append(1)
        if len(taken) == n_steps:
            raise CutOff

    hook = register_optimizer_step_pre_hook(count)
    try:
        with pytest.raises(CutOff):
            yield
    finally:
        hook.remove()


def assert_same_bits(got, expected):
    assert got.history_ == expected.history_
    assert got.network_state_.keys() == expected.network_state_.keys()
    for name, array in expected.network_state_.items():
        np.testing.assert_array_equal(got.network_state_[name], array, err_msg=name, strict=True)


def is_buffer(name):
    return name.rpartition(".")[2] in {"running_mean", "running_var", "num_batches_tracked"}


def assert_all_close(got, expected, **tolerances):
    for name, array in expected.items():
        np.testing.assert_allclose(got[name], array, err_msg=name, **tolerances)


def surroundings():
    """What belongs to the process and not to a fit."""
    return {
        "random": random.getstate(),
        "NumPy's random numbers": joblib.hash(np.random.get_state()),  # noqa: NPY002
        "torch's random numbers": torch.random.get_rng_state().tolist(),
        "threads": (torch.get_num_threads(), torch.get_num_interop_threads()),
        "dtype": torch.get_default_dtype(),
        "device": torch.get_default_device(),
        "gradients": (torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.is_anomaly_enabled()),
        "autocast": torch.is_autocast_enabled("cpu"),
        "determinism": torch.are_deterministic_algorithms_enabled(),
        "error handling": np.geterr(),
    }


CONSTRAINED = sorted({axis for exclusion in EXCLUSIONS for axis in exclusion.values})


@cache
def exclusions_of_every_combination():
    """All combinations of the values of the constrained axes, each with what excludes it."""
    every = (dict(zip(CONSTRAINED, row, strict=True)) for row in product(*(AXES[axis] for axis in CONSTRAINED)))
    return [(row, [exclusion for exclusion in EXCLUSIONS if exclusion.excludes(row)]) for row in every]


def pairs_of(rows):
    return {frozenset(pair) for row in rows for pair in combinations(row.items(), 2)}


def test_every_pair_of_values_that_can_meet_does_meet():
    expected = pairs_of(row for row, exclusions in exclusions_of_every_combination() if not exclusions)
    for one, other in combinations(AXES, 2):
        if not {one, other} <= set(CONSTRAINED):
            expected |= {frozenset(pair) for pair in product(product([one], AXES[one]), product([other], AXES[other]))}
    assert pairs_of(CASES) == expected


def test_no_case_is_excluded():
    assert not [row for row in CASES for exclusion in EXCLUSIONS if exclusion.excludes(row)]


def test_no_exclusion_is_superfluous():
    alone = {exclusions[0].reason for _, exclusions in exclusions_of_every_combination() if len(exclusions) == 1}
    assert alone == {exclusion.reason for exclusion in EXCLUSIONS}


@every_case()
def test_losses_are_finite(case):
    records = case.fitted.history_
    assert len(records) == case.fitted.n_iter_ == 2
    assert all(math.isfinite(number) for record in records for number in record.values())


@every_case()
def test_a_clone_ends_with_the_same_bits(case):
    assert_same_bits(case.fit(clone(case.fitted)), case.fitted)


@every_case(lambda values: not values["warm_start"])
def test_a_second_fit_ends_with_the_same_bits(case):
    assert_same_bits(case.fit(copy.deepcopy(case.fitted)), case.fitted)


@every_case(lambda values: values["warm_start"])
def test_a_warm_start_goes_on_from_the_weights_of_the_first_fit(case):
    second = copy.deepcopy(case.fitted).set_params(learning_rate=1e-12, weight_decay=0.0)
    case.fit(second)
    trained = {name: array for name, array in case.fitted.network_state_.items() if not is_buffer(name)}
    assert_all_close(second.network_state_, trained, rtol=1e-6, atol=1e-6)


@every_case(lambda values: values["warm_start"])
def test_a_warm_start_trains_further(case):
    second = case.fit(copy.deepcopy(case.fitted))
    states = (second.network_state_, case.fitted.network_state_)
    assert all(math.isfinite(record["loss"]) for record in second.history_)
    assert joblib.hash(states[0]) != joblib.hash(states[1])
    assert_same_bits(second, case.fit(copy.deepcopy(case.fitted)))


@every_case(lambda values: values["checkpoint"])
def test_a_fit_that_was_cut_off_ends_with_the_bits_of_one_that_was_not(case, tmp_path):
    started = case.fitted if case.values["warm_start"] else case.estimator
    undisturbed = copy.deepcopy(started)
    with steps_of_optimizers() as steps:
        case.fit(undisturbed)
    resumed = copy.deepcopy(started).set_params(checkpoint=tmp_path / "checkpoint")
    with cut_off_at(len(steps)):
        case.fit(resumed)
    with steps_of_optimizers() as steps_after:
        case.fit(resumed)
    assert len(steps_after) == len(steps) / 2
    assert_same_bits(resumed, undisturbed)


@every_case()
def test_rows_of_a_slice_are_the_slice_of_the_rows(case):
    rows, of_slice = case.apply(case.fitted), case.apply(case.fitted, case.data[0][2:9])
    np.testing.assert_allclose(of_slice, rows[2:9], rtol=1e-4, atol=1e-5)


@every_case()
def test_different_sequences_have_different_rows(case):
    rows = case.apply(case.fitted)
    assert len(rows) == case.n_samples
    assert np.isfinite(rows).all()
    assert len(np.unique(rows, axis=0)) == case.n_samples


@every_case()
def test_rows_stay_as_they_were_when_others_are_asked_for(case):
    rows = case.apply(case.fitted)
    before = rows.copy()
    case.apply(case.fitted, case.data[0][::-1])
    np.testing.assert_array_equal(rows, before)


@every_case(lambda values: values["kind"] in CLASSIFIERS)
def test_probabilities_sum_to_one(case):
    probabilities = case.apply(case.fitted)
    assert probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)


@every_case()
def test_pickling_keeps_every_bit(case):
    copied = pickle.loads(pickle.dumps(case.fitted))
    assert_same_bits(copied, case.fitted)
    np.testing.assert_array_equal(case.apply(copied), case.apply(case.fitted))


@every_case()
def test_neither_the_data_nor_the_process_change(case):
    data, process = joblib.hash([case.data, case.weights]), surroundings()
    case.apply(case.fit(case.estimator))
    assert joblib.hash([case.data, case.weights]) == data
    assert surroundings() == process


GROWING = [
    ConMLPEmbedder("mlp", reconstruction_weight=1.0, random_state=0),
    SkeletonClassifier("mlp", augmentation=None, random_state=0),
    GRUClassifier(16, streams=("joint",), augmentation=None, random_state=0),
]


@pytest.mark.parametrize("estimator", GROWING, ids=lambda estimator: type(estimator).__name__)
@pytest.mark.parametrize("shape", [(1000, 6, 5, 3), (1000, 6, 15)], ids=["4-D", "3-D"])
def test_held_out_samples_may_come_in_larger_batches_than_those_to_train_on(estimator, shape):
    X = np.random.default_rng(0).normal(size=shape)
    stopping = clone(estimator).set_params(early_stopping=True, batch_size=64, max_epochs=2)  # 60 to train on
    assert stopping.fit(X, np.arange(1000) % 3).n_iter_ == 2


class LastFrame(nn.Module):
    """An encoder that gives a part of what it takes."""

    def __init__(self, n_frames, n_joints, n_channels):
        super().__init__()

    def forward(self, x):
        return x[:, -1].flatten(1)


@pytest.mark.parametrize(
    ("encoder", "expected"),
    [(flatten, lambda X: X.reshape(len(X), -1)), (LastFrame, lambda X: X[:, -1].reshape(len(X), -1))],
    ids=["all", "a part"],
)
@pytest.mark.parametrize("n_samples", [16, 40])
def test_an_encoder_may_give_a_view_of_what_it_takes(encoder, expected, n_samples):
    X = np.random.default_rng(0).normal(size=(n_samples, 6, 5, 3)).astype(np.float32)
    embedder = ConMLPEmbedder(encoder, streams=("joint",), skeleton=None, max_epochs=1, random_state=0)
    np.testing.assert_array_equal(embedder.fit(X).transform(X), expected(X))
