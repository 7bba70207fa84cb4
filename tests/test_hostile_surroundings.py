"""Whatever a program has set around a fit or a transform, the bits are the same, and it stays set."""

import contextlib
import pickle
from functools import cache

import numpy as np
import pytest
import torch
from sklearn.base import clone, is_classifier

from skeletonlearn import ConMLPEmbedder, Graph2VecEmbedder, GRUClassifier, SkeletonClassifier

SMALL = {
    "streams": ("joint", "motion"),
    "hidden_dim": 8,
    "max_epochs": 2,
    "batch_size": 8,
    "random_state": 0,
    "device": "cpu",
}
STOPPING = {"early_stopping": True, "validation_fraction": 0.3}
ESTIMATORS = {
    "ConMLPEmbedder of mlp": ConMLPEmbedder("mlp", reconstruction_weight=0.5, **SMALL, **STOPPING),
    "ConMLPEmbedder of tcn": ConMLPEmbedder("tcn", loss="tcl", **SMALL),
    "SkeletonClassifier of cooccurrence": SkeletonClassifier("cooccurrence", class_weight="balanced", **SMALL),
    "SkeletonClassifier of transformer": SkeletonClassifier("transformer", pooling="attention", **SMALL, **STOPPING),
    "GRUClassifier": GRUClassifier(loss="temporal_cross_entropy", **SMALL),
    "Graph2VecEmbedder": Graph2VecEmbedder(dimensions=8, n_graphs=4, epochs=2, random_state=0),
}
NETWORKS = [name for name in ESTIMATORS if name != "Graph2VecEmbedder"]
X = np.random.default_rng(0).normal(size=(24, 8, 5, 3)).astype(np.float32)
Y = np.arange(24) % 3


@contextlib.contextmanager
def setting(get, set_to, value):
    """A block in which a setting of the process has another value."""
    before = get()
    set_to(value)
    try:
        yield
    finally:
        set_to(before)


@contextlib.contextmanager
def default_device(device):
    torch.set_default_device(device)
    try:
        yield
    finally:
        torch.set_default_device(None)


SURROUNDINGS = {
    "default dtype": lambda: setting(torch.get_default_dtype, torch.set_default_dtype, torch.float64),
    "default device": lambda: default_device("meta"),
    "inference mode": torch.inference_mode,
    "no gradients": torch.no_grad,  # what set_grad_enabled(False) sets too
    "autocast": lambda: torch.autocast("cpu", dtype=torch.bfloat16),
    "deterministic algorithms": lambda: setting(
        torch.are_deterministic_algorithms_enabled, torch.use_deterministic_algorithms, True
    ),
    "NumPy raises": lambda: np.errstate(over="raise", divide="raise", invalid="raise"),
}


def settings():
    """What the surroundings have set."""
    return {
        "dtype": torch.get_default_dtype(),
        "device": torch.get_default_device(),
        "inference": torch.is_inference_mode_enabled(),
        "gradients": torch.is_grad_enabled(),
        "autocast": (torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu")),
        "determinism": torch.are_deterministic_algorithms_enabled(),
        "threads": torch.get_num_threads(),
        "random numbers": torch.random.get_rng_state().numpy().tobytes(),
        "NumPy's errors": np.geterr(),
    }


def rows(estimator):
    return estimator.predict_proba(X) if is_classifier(estimator) else estimator.transform(X)


@cache
def undisturbed(name):
    """The estimator fitted in torch's default state, as a pickle, and its rows."""
    fitted = clone(ESTIMATORS[name]).fit(X, Y)
    return pickle.dumps(fitted), rows(fitted)


@cache
def fitted_within(name, surroundings):
    """The estimator fitted within surroundings, and what they had set before and after."""
    with SURROUNDINGS[surroundings]():
        before = settings()
        fitted = clone(ESTIMATORS[name]).fit(X, Y)
        return fitted, before, settings()


def assert_same_weights(got, expected):
    assert got.history_ == expected.history_
    assert got.network_state_.keys() == expected.network_state_.keys()
    for name, array in expected.network_state_.items():
        np.testing.assert_array_equal(got.network_state_[name], array, err_msg=name, strict=True)


every_estimator = pytest.mark.parametrize("name", ESTIMATORS)
all_surroundings = pytest.mark.parametrize("surroundings", SURROUNDINGS)


@all_surroundings
@every_estimator
def test_a_fit_ends_with_the_same_bits(name, surroundings):
    pickled, expected = undisturbed(name)
    fitted, _, _ = fitted_within(name, surroundings)
    np.testing.assert_array_equal(rows(fitted), expected, strict=True)
    if name in NETWORKS:
        assert_same_weights(fitted, pickle.loads(pickled))


@all_surroundings
@every_estimator
def test_the_first_rows_after_loading_have_the_same_bits(name, surroundings):
    pickled, expected = undisturbed(name)
    loaded = pickle.loads(pickled)
    with SURROUNDINGS[surroundings]():
        np.testing.assert_array_equal(rows(loaded), expected, strict=True)


@all_surroundings
@every_estimator
def test_rows_after_the_first_have_the_same_bits(name, surroundings):
    fitted, expected = pickle.loads(undisturbed(name)[0]), undisturbed(name)[1]
    rows(fitted)
    with SURROUNDINGS[surroundings]():
        before = settings()
        np.testing.assert_array_equal(rows(fitted), expected, strict=True)
        assert settings() == before


@all_surroundings
@every_estimator
def test_settings_stay_as_they_are(name, surroundings):
    _, before, after = fitted_within(name, surroundings)
    assert after == before


@all_surroundings
def test_more_training_ends_with_the_same_bits(surroundings):
    pickled, _ = undisturbed("ConMLPEmbedder of mlp")
    once_more, expected = (pickle.loads(pickled) for _ in range(2))
    with SURROUNDINGS[surroundings]():
        rows(once_more)
        once_more.partial_fit(X, Y)
    once_more.partial_fit(X, Y)
    assert_same_weights(once_more, expected.partial_fit(X, Y).partial_fit(X, Y))


@all_surroundings
@pytest.mark.parametrize("name", ["ConMLPEmbedder of mlp", "SkeletonClassifier of cooccurrence"])
def test_what_was_fitted_can_be_trained_further_elsewhere(name, surroundings):
    with SURROUNDINGS[surroundings]():
        fitted = clone(ESTIMATORS[name]).set_params(warm_start=True).fit(X, Y)
    expected = pickle.loads(undisturbed(name)[0]).set_params(warm_start=True).fit(X, Y)
    assert_same_weights(fitted.fit(X, Y), expected)


@all_surroundings
@pytest.mark.parametrize("freeze", [True, False])
def test_fine_tuning_ends_with_the_same_bits(surroundings, freeze):
    embedder = pickle.loads(undisturbed("ConMLPEmbedder of tcn")[0])
    tuned = SkeletonClassifier(pretrained=embedder, freeze=freeze, **SMALL)
    expected = clone(tuned).fit(X, Y)
    with SURROUNDINGS[surroundings]():
        assert_same_weights(clone(tuned).fit(X, Y), expected)


@pytest.fixture
def seedings(monkeypatch):
    """The calls that seed generators of accelerators."""
    calls = []
    for module, name in [
        (torch.cuda, "manual_seed"),
        (torch.cuda, "manual_seed_all"),
        (torch.cuda, "set_rng_state"),
        (torch.cuda, "set_rng_state_all"),
        (torch.mps, "manual_seed"),
        (torch.xpu, "manual_seed"),
        (torch.xpu, "manual_seed_all"),
    ]:
        called = f"{module.__name__}.{name}"
        monkeypatch.setattr(module, name, lambda *args, called=called: calls.append(called))
    return calls


def test_seedings_are_seen(seedings):
    torch.manual_seed(0)
    assert "torch.cuda.manual_seed_all" in seedings


@every_estimator
def test_a_fit_on_the_processor_seeds_no_accelerator(name, seedings):
    clone(ESTIMATORS[name]).fit(X, Y)
    assert seedings == []


@every_estimator
def test_rows_on_the_processor_seed_no_accelerator(name, seedings):
    loaded = pickle.loads(undisturbed(name)[0])
    seedings.clear()  # of the fit that is loaded
    rows(loaded)
    assert seedings == []


def test_partial_fit_on_the_processor_seeds_no_accelerator(seedings):
    clone(ESTIMATORS["ConMLPEmbedder of mlp"]).partial_fit(X, Y)
    assert seedings == []
