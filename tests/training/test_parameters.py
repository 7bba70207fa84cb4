"""The parameters of training that all estimators have."""

from dataclasses import fields

import pytest
import torch
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import InvalidParameterError

from skeletonlearn._training.optimization import TrainingSettings
from skeletonlearn._training.parameters import NETWORK_PARAMETERS, constraints, training_settings
from skeletonlearn._training.task import AutomaticSizes

AUTOMATIC = AutomaticSizes(smallest_batch=32, largest_batch=256, n_steps=1600)


class Trained(BaseEstimator):
    """Has the parameters of training and no more."""

    _parameter_constraints = constraints(NETWORK_PARAMETERS)

    def __init__(
        self,
        max_epochs=7,
        batch_size="auto",
        learning_rate=0.02,
        optimizer="sgd",
        weight_decay=0.3,
        schedule="constant",
        warmup_epochs=3,
        early_stopping=True,
        validation_fraction=0.2,
        n_iter_no_change=4,
        tol=0.5,
        device="auto",
        precision="float32",
        skeleton=None,
        streams="auto",
        fusion="late",
        warm_start=False,
        distributed=False,
        checkpoint=None,
        random_state=None,
        verbose=1,
    ):
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.optimizer = optimizer
        self.weight_decay = weight_decay
        self.schedule = schedule
        self.warmup_epochs = warmup_epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.device = device
        self.precision = precision
        self.skeleton = skeleton
        self.streams = streams
        self.fusion = fusion
        self.warm_start = warm_start
        self.distributed = distributed
        self.checkpoint = checkpoint
        self.random_state = random_state
        self.verbose = verbose


def test_settings_are_the_parameters_of_the_estimator():
    settings = training_settings(Trained(batch_size=12), 100, AUTOMATIC)
    assert settings == TrainingSettings(
        max_epochs=7,
        batch_size=12,
        learning_rate=0.02,
        weight_decay=0.3,
        optimizer="sgd",
        schedule="constant",
        warmup_epochs=3,
        early_stopping=True,
        n_iter_no_change=4,
        tol=0.5,
        precision="float32",
        verbose=1,
    )


@pytest.mark.parametrize(
    ("n_samples", "expected"),
    [(2, 2), (31, 31), (32, 32), (512, 32), (527, 32), (528, 33), (1600, 100), (4096, 256), (100_000, 256)],
)
def test_automatic_batch_is_a_sixteenth_of_the_sequences_within_bounds(n_samples, expected):
    assert training_settings(Trained(), n_samples, AUTOMATIC).batch_size == expected


@pytest.mark.parametrize(
    ("n_samples", "batch_size", "expected"),
    [
        (1600, 100, 100),  # 16 batches an epoch
        (1601, 100, 100),
        (1599, 100, 101),
        (320, 32, 160),
        (320, 320, 400),
        (10, 10, 400),
        (100_000, 256, 35),
        (5_000, 110, 36),
    ],
)
def test_automatic_length_is_as_many_epochs_as_so_many_batches_take_within_bounds(n_samples, batch_size, expected):
    settings = training_settings(Trained(max_epochs="auto", batch_size=batch_size), n_samples, AUTOMATIC)
    assert settings.max_epochs == expected


@pytest.mark.parametrize("batch_size", [2, 99, 100])
def test_a_batch_size_given_is_kept_whatever_the_bounds(batch_size):
    settings = training_settings(Trained(batch_size=batch_size), 100, AutomaticSizes(8, 16, 9))
    assert settings.batch_size == batch_size


@pytest.mark.parametrize("n_samples", [2, 100])
def test_a_batch_larger_than_the_data_is_all_of_them(n_samples):
    assert training_settings(Trained(batch_size=101), n_samples, AUTOMATIC).batch_size == n_samples


def test_changes_go_before_the_parameters():
    settings = training_settings(Trained(batch_size=9), 100, AUTOMATIC, max_epochs=1, batch_size=5)
    assert (settings.max_epochs, settings.batch_size, settings.warmup_epochs) == (1, 5, 3)


def test_the_estimator_stays_as_it_was():
    estimator = Trained()
    before = estimator.get_params()
    training_settings(estimator, 100, AUTOMATIC, max_epochs=1)
    assert estimator.get_params() == before


def test_every_setting_has_a_constraint():
    assert {field.name for field in fields(TrainingSettings)} <= set(NETWORK_PARAMETERS)


@pytest.mark.parametrize(
    "change",
    [{}, {"batch_size": 2}, {"device": torch.device("cpu")}, {"weight_decay": 0}, {"warmup_epochs": 0}, {"tol": 0}],
    ids=str,
)
def test_sensible_parameters_are_taken(change):
    Trained(**change)._validate_params()


@pytest.mark.parametrize(
    "change",
    [
        {"max_epochs": 0},
        {"batch_size": 1},
        {"batch_size": "all"},
        {"learning_rate": 0},
        {"optimizer": "lion"},
        {"weight_decay": -1.0},
        {"schedule": "step"},
        {"warmup_epochs": -1},
        {"early_stopping": "yes"},
        {"validation_fraction": 1.0},
        {"n_iter_no_change": 0},
        {"tol": -1e-3},
        {"device": 0},
        {"precision": "half"},
        {"random_state": "seed"},
        {"verbose": "loud"},
    ],
    ids=str,
)
def test_what_no_training_can_have_is_refused(change):
    (name,) = change
    with pytest.raises(InvalidParameterError, match=rf"The '{name}' parameter of Trained must be"):
        Trained(**change)._validate_params()
