"""`warm_start` goes on from the weights of the last fit, and refuses parameters that those weights do not fit."""

import copy
import pickle
from functools import cache

import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from torch import nn

from skeletonlearn import ConMLPEmbedder, GRUClassifier, SkeletonClassifier

SMALL = {"hidden_dim": 8, "max_epochs": 2, "batch_size": 8, "random_state": 0, "streams": ("joint", "motion")}
ESTIMATORS = {
    "ConMLPEmbedder": ConMLPEmbedder("mlp", projection_dim=8, **SMALL),
    "SkeletonClassifier": SkeletonClassifier("gru", fusion="early", **SMALL),
    "GRUClassifier": GRUClassifier(**SMALL),
}
EMBEDDERS = ("ConMLPEmbedder",)
CLASSIFIERS = ("SkeletonClassifier", "GRUClassifier")
X = np.random.default_rng(0).normal(size=(24, 8, 5, 3)).astype(np.float32)
Y = np.array(["run", "sit", "walk"])[np.arange(24) % 3]


def own_encoder(n_frames, n_joints, n_channels):
    return nn.Sequential(nn.Flatten(), nn.Linear(n_frames * n_joints * n_channels, 8))


# each alone makes other networks, or networks that mean something else
STRUCTURAL = {
    "encoder": ["tcn", "transformer", own_encoder],
    "hidden_dim": [16],
    "streams": [("joint",), ("motion", "joint"), ("joint", "bone")],
    "fusion": ["early", "late"],
    "projection_dim": [16],
    "projection_layers": [2],
    "reconstruction_weight": [1.0],
    "n_layers": [2],
    "bidirectional": [False],
    "pooling": ["attention"],
    "loss": ["temporal_cross_entropy"],
}
NOT_STRUCTURAL = {
    "learning_rate": 1e-3,
    "max_epochs": 3,
    "batch_size": 6,
    "optimizer": "sgd",
    "schedule": "constant",
    "weight_decay": 0.0,
    "augmentation": None,
    "early_stopping": True,
    "label_smoothing": 0.0,
    "class_weight": "balanced",
    "temperature": 0.5,
    "random_state": 1,
    "loss": {"ConMLPEmbedder": "tcl", "SkeletonClassifier": "focal", "GRUClassifier": "focal"},
}


@cache
def fitted_once(name):
    return clone(ESTIMATORS[name]).fit(X, Y)


def warm(name):
    """A copy of a fitted estimator, to be trained further."""
    return copy.deepcopy(fitted_once(name)).set_params(warm_start=True)


def rows(estimator):
    return estimator.predict_proba(X) if is_classifier(estimator) else estimator.transform(X)


def structural_changes():
    return [
        pytest.param(name, parameter, value, id=f"{name}-{parameter}={getattr(value, '__name__', value)}")
        for name, estimator in ESTIMATORS.items()
        for parameter, values in STRUCTURAL.items()
        for value in values
        if value != estimator.get_params().get(parameter, value) and not (parameter == "loss" and name in EMBEDDERS)
    ]


def other_changes():
    return [
        (name, parameter, value[name] if isinstance(value, dict) else value)
        for name, estimator in ESTIMATORS.items()
        for parameter, value in NOT_STRUCTURAL.items()
        if parameter in estimator.get_params()
    ]


every_estimator = pytest.mark.parametrize("name", ESTIMATORS)


@pytest.mark.parametrize(("name", "parameter", "value"), structural_changes())
def test_other_networks_are_refused_by_the_name_of_the_parameter(name, parameter, value):
    estimator = warm(name)
    before = rows(estimator)
    with pytest.raises(ValueError, match=rf"\b{parameter}\b"):
        estimator.set_params(**{parameter: value}).fit(X, Y)
    np.testing.assert_array_equal(rows(estimator), before)


@pytest.mark.parametrize(("name", "parameter", "value"), structural_changes())
def test_without_warm_start_other_networks_are_trained_anew(name, parameter, value):
    changed = copy.deepcopy(fitted_once(name)).set_params(**{parameter: value}).fit(X, Y)
    anew = clone(ESTIMATORS[name]).set_params(**{parameter: value}).fit(X, Y)
    np.testing.assert_array_equal(rows(changed), rows(anew))


@pytest.mark.parametrize(("name", "parameter", "value"), other_changes())
def test_a_parameter_that_changes_no_network_may_change(name, parameter, value):
    estimator = warm(name).set_params(**{parameter: value})
    assert np.isfinite(rows(estimator.fit(X, Y))).all()


@every_estimator
def test_all_parameters_that_differ_are_named(name):
    estimator = warm(name).set_params(hidden_dim=16, streams=("joint",))
    with pytest.raises(ValueError, match=r"(?s)hidden_dim.*streams|streams.*hidden_dim"):
        estimator.fit(X, Y)


@every_estimator
def test_what_the_parameters_were_set_back_to_is_trained_further(name):
    estimator = warm(name).set_params(hidden_dim=16)
    with pytest.raises(ValueError, match="hidden_dim"):
        estimator.fit(X, Y)
    there_and_back = estimator.set_params(hidden_dim=8).fit(X, Y)
    np.testing.assert_array_equal(rows(there_and_back), rows(warm(name).fit(X, Y)))


@every_estimator
def test_other_sequences_are_refused_by_what_differs(name):
    estimator = warm(name)
    with pytest.raises(ValueError, match="4 joints"):
        estimator.fit(X[:, :, :4], Y)


@pytest.mark.parametrize("name", CLASSIFIERS)
@pytest.mark.parametrize("classes", [["run", "sit"], ["bow", "run", "sit"], ["run", "sit", "walk", "wave"]])
def test_other_classes_are_refused(name, classes):
    estimator = warm(name)
    with pytest.raises(ValueError, match="class"):
        estimator.fit(X, np.array(classes)[np.arange(24) % len(classes)])


@every_estimator
def test_the_first_fit_of_a_warm_start_begins_anew(name):
    first = clone(ESTIMATORS[name]).set_params(warm_start=True).fit(X, Y)
    np.testing.assert_array_equal(rows(first), rows(fitted_once(name)))


@every_estimator
def test_a_pickled_estimator_goes_on_with_the_same_bits(name):
    twin = pickle.loads(pickle.dumps(warm(name)))
    np.testing.assert_array_equal(rows(twin.fit(X, Y)), rows(warm(name).fit(X, Y)))
