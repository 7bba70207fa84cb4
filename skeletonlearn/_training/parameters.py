"""The parameters of training that all estimators have, by one name and one rule."""

from __future__ import annotations

import math
from dataclasses import fields
from numbers import Integral, Real
from os import PathLike
from typing import Any

import torch
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import Interval, StrOptions

from skeletonlearn._training.devices import PRECISIONS
from skeletonlearn._training.loop import OPTIMIZERS, SCHEDULES, TrainingSettings

TRAINING_CONSTRAINTS: dict[str, list[Any]] = {
    "max_epochs": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
    "batch_size": [Interval(Integral, 2, None, closed="left"), StrOptions({"auto"})],
    "learning_rate": [Interval(Real, 0, None, closed="neither")],
    "optimizer": [StrOptions(set(OPTIMIZERS))],
    "weight_decay": [Interval(Real, 0, None, closed="left")],
    "schedule": [StrOptions(set(SCHEDULES))],
    "warmup_epochs": [Interval(Integral, 0, None, closed="left")],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
    "tol": [Interval(Real, 0, None, closed="left")],
    "device": [str, torch.device],
    "precision": [StrOptions(set(PRECISIONS))],
    "checkpoint": [str, PathLike, None],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}
"""As scikit-learn's `_parameter_constraints`."""

_STEPS_AN_EPOCH = 16  # what batch_size="auto" aims at, within bounds
_MOST_EPOCHS = 400  # of max_epochs="auto"


def training_settings(
    estimator: BaseEstimator,
    n_samples: int,
    *,
    smallest_batch: int,
    largest_batch: int,
    n_steps: int,
    fewest_epochs: int = 35,
    **changes: Any,
) -> TrainingSettings:
    """The training parameters of an estimator, once the number of sequences is known.

    Parameters
    ----------
    estimator : estimator instance
        Has the parameters of `TrainingSettings`.
    n_samples : int
        Sequences to train on.
    smallest_batch, largest_batch : int
        Bounds of ``batch_size="auto"``, which is a sixteenth of the sequences within them, or all if there are fewer.
    n_steps : int
        What ``max_epochs="auto"`` aims at: as many epochs as that takes, but at most 400.
    fewest_epochs : int, default=35
        The fewest epochs of ``max_epochs="auto"``.
    **changes : object
        Settings that are not as the parameters say.

    Returns
    -------
    TrainingSettings
        The settings.

    Raises
    ------
    ValueError
        If the batch size is larger than the number of sequences.
    """
    batch_size = estimator.batch_size
    if batch_size == "auto":
        batch_size = min(max(smallest_batch, min(n_samples // _STEPS_AN_EPOCH, largest_batch)), n_samples)
    elif batch_size > n_samples:
        raise ValueError(
            f"batch_size={batch_size} is larger than the {n_samples} sequences to train on, expected at most "
            f"{n_samples}, or 'auto'."
        )
    parameters = {field.name: getattr(estimator, field.name) for field in fields(TrainingSettings)}
    if parameters["max_epochs"] == "auto":
        epochs = math.ceil(n_steps * batch_size / n_samples)
        parameters["max_epochs"] = max(fewest_epochs, min(epochs, _MOST_EPOCHS))
    return TrainingSettings(**(parameters | {"batch_size": batch_size} | changes))
