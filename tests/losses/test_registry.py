"""The losses that estimators know by name."""

from inspect import Parameter, signature

import pytest

from skeletonlearn import ConMLPEmbedder, SkeletonClassifier, SkeletonRegressor
from skeletonlearn.losses import (
    CLASSIFICATION_LOSSES,
    CONTRASTIVE_LOSSES,
    REGRESSION_LOSSES,
    focal_loss,
    huber_loss,
    loss_options,
    nt_xent,
    takes,
    tcl,
    temporal_cross_entropy,
)

REGISTRIES = {
    ConMLPEmbedder: CONTRASTIVE_LOSSES,
    SkeletonClassifier: CLASSIFICATION_LOSSES,
    SkeletonRegressor: REGRESSION_LOSSES,
}
EVERY = [(estimator, name) for estimator, losses in REGISTRIES.items() for name in losses]


def test_options_are_the_parameters_that_a_loss_has():
    parameters = {"gamma": 3.0, "temperature": 0.2, "k1": 5.0, "k2": 2.0, "label_smoothing": 0.1, "delta": 0.5}
    assert loss_options(tcl, parameters) == {"temperature": 0.2, "k1": 5.0, "k2": 2.0}
    assert loss_options(focal_loss, parameters) == {"gamma": 3.0, "label_smoothing": 0.1}
    assert loss_options(huber_loss, parameters) == {"delta": 0.5}


def test_what_an_estimator_has_not_keeps_its_default():
    assert loss_options(tcl, {"k1": 5.0}) == {"k1": 5.0}


@pytest.mark.parametrize(
    ("loss", "argument", "expected"),
    [(tcl, "labels", True), (nt_xent, "labels", False), (temporal_cross_entropy, "lengths", True)],
)
def test_arguments_are_found_in_the_signature(loss, argument, expected):
    assert takes(loss, argument) is expected


@pytest.mark.parametrize(("estimator", "name"), EVERY, ids=[name for _, name in EVERY])
def test_every_number_that_a_named_loss_takes_is_a_parameter_of_its_estimator(estimator, name):
    numbers = {
        argument.name
        for argument in signature(REGISTRIES[estimator][name]).parameters.values()
        if argument.default is not Parameter.empty and argument.default is not None
    }
    assert numbers - {"n_views"} <= estimator().get_params().keys()


@pytest.mark.parametrize("estimator", REGISTRIES)
def test_the_default_loss_of_an_estimator_is_registered(estimator):
    assert estimator().loss in REGISTRIES[estimator]
