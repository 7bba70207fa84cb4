"""The parameters that all network estimators have: their texts, their constraints, and the settings made of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from numbers import Integral, Real
from os import PathLike
from typing import Any

import torch
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import Interval, StrOptions

from skeletonlearn._training.devices import PRECISIONS
from skeletonlearn._training.optimization import OPTIMIZERS, SCHEDULES, TrainingSettings
from skeletonlearn._training.task import AutomaticSizes
from skeletonlearn.nn import FUSIONS
from skeletonlearn.skeletons import Skeleton


@dataclass(frozen=True)
class SharedParameter:
    """A parameter of several estimators.

    Attributes
    ----------
    constraint : list or "no_validation"
        As in scikit-learn's `_parameter_constraints`.
    text : str
        For docstrings: its type, and after a line break what it does.
    """

    constraint: list[Any] | str
    text: str


def choices(names: Iterable[str]) -> str:
    """Return names as docstrings write what a parameter may be: ``{"early", "late"}``."""
    return "{" + ", ".join(f'"{name}"' for name in names) + "}"


NETWORK_PARAMETERS: dict[str, SharedParameter] = {
    "skeleton": SharedParameter(
        [Skeleton, str, None],
        """Skeleton, str or None
    The joint layout, or its name in the catalogue; the number of persons follows from the number of joints. ``"auto"``
    infers the bones from the sequences, as :func:`skeletonlearn.skeletons.infer_skeleton` does, if joints have 2 or 3
    channels. Without a layout (None) there are no bone streams and no views that change the body.""",
    ),
    "streams": SharedParameter(
        [StrOptions({"auto"}), tuple, list],
        """"auto" or tuple of {"joint", "bone", "motion", "bone_motion"}
    What the encoder receives, computed from the joints after the views. ``"auto"`` is all of them if there is a
    layout, else joints and their motion.""",
    ),
    "fusion": SharedParameter(
        [StrOptions(set(FUSIONS))],
        f"""{choices(FUSIONS)}
    ``"early"`` stacks the streams as channels of one encoder. ``"late"`` trains one encoder per stream, each with its
    own loss; their outputs are averaged, or, of an embedder, put side by side.""",
    ),
    "max_epochs": SharedParameter(
        [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        """int or "auto"
    Passes over the sequences. ``"auto"`` makes as many as a fixed number of batches takes, at most 400: 1,600 batches
    and at least 35 passes in classifiers and regressors; in embedders 600 batches and 35 passes without labels, and
    300 batches and 18 passes with labels, where longer training can still improve accuracy.""",
    ),
    "batch_size": SharedParameter(
        [Interval(Integral, 2, None, closed="left"), StrOptions({"auto"})],
        """int or "auto"
    Sequences per batch, at most all of them. ``"auto"`` is a sixteenth of all, within bounds: 32 to 256 in classifiers
    and regressors; in embedders 64 to 512 with labels, and 256 to 512 without, where a sequence is contrasted with its
    batch only.""",
    ),
    "learning_rate": SharedParameter(
        [Interval(Real, 0, None, closed="neither")],
        """float
    Largest learning rate.""",
    ),
    "optimizer": SharedParameter(
        [StrOptions(set(OPTIMIZERS))],
        f"""{choices(OPTIMIZERS)}
    The optimiser.""",
    ),
    "weight_decay": SharedParameter(
        [Interval(Real, 0, None, closed="left")],
        """float
    Weight decay of matrices; biases and normalisation are spared.""",
    ),
    "schedule": SharedParameter(
        [StrOptions(set(SCHEDULES))],
        f"""{choices(SCHEDULES)}
    The learning rate after the warm-up.""",
    ),
    "warmup_epochs": SharedParameter(
        [Interval(Integral, 0, None, closed="left")],
        """int
    Epochs in which the learning rate rises, at most half of all epochs.""",
    ),
    "early_stopping": SharedParameter(
        ["boolean"],
        """bool
    Whether to hold out `validation_fraction` of the sequences, stop when their loss no longer falls, and keep the
    weights with the lowest loss.""",
    ),
    "validation_fraction": SharedParameter(
        [Interval(Real, 0, 1, closed="neither")],
        """float
    Share of sequences held out for early stopping.""",
    ),
    "n_iter_no_change": SharedParameter(
        [Interval(Integral, 1, None, closed="left")],
        """int
    Epochs without a fall of at least `tol` before stopping early.""",
    ),
    "tol": SharedParameter(
        [Interval(Real, 0, None, closed="left")],
        """float
    The smallest fall of the validation loss that counts.""",
    ),
    "warm_start": SharedParameter(
        ["boolean"],
        """bool
    Whether `fit` continues from the weights of the last fit. The networks must have the same structure.""",
    ),
    "distributed": SharedParameter(
        ["boolean"],
        """bool
    Whether `fit` shares each batch among the processes of a :mod:`torch.distributed` group, as ``torchrun`` starts
    them. All of them call it with the same data and parameters. The loss is that of the whole batch, as in one process,
    and all end with the same weights. Only `fit` does so.""",
    ),
    "device": SharedParameter(
        [str, torch.device],
        """str or torch.device
    Where to compute; ``"auto"`` is an accelerator if there is one.""",
    ),
    "precision": SharedParameter(
        [StrOptions(set(PRECISIONS))],
        f"""{choices(PRECISIONS)}
    ``"auto"`` is mixed precision on a GPU and float32 elsewhere.""",
    ),
    "checkpoint": SharedParameter(
        [str, PathLike, None],
        """str, path-like or None
    File that `fit` writes after each epoch. If the process is interrupted, a new `fit` with the same data and
    parameters resumes from it and reaches the same weights, to the bit on a CPU; with others it is refused. Each fit
    needs a file of its own, so leave this None in a search. The previous checkpoint is kept beside it, with the ending
    ``.previous``.""",
    ),
    "random_state": SharedParameter(
        ["random_state"],
        """int, RandomState or None
    Seed of weights, order, views and dropout. The same integer gives the same weights, to the bit, on a CPU.""",
    ),
    "verbose": SharedParameter(
        ["verbose"],
        """int
    1 shows progress and the time left: a bar in a terminal or a notebook if `tqdm` is installed, else lines; 2 shows
    one line per epoch. Lines go to the logger ``skeletonlearn``, or to standard error where logging is not set up.""",
    ),
}

NETWORK_ATTRIBUTES: dict[str, str] = {
    "encoder_": """torch.nn.Module
    The trained encoder, streams included.""",
    "network_state_": """dict of str to ndarray
    Weights and buffers of all networks, as arrays.""",
    "loss_curve_": """list of float
    Mean training loss of each epoch.""",
    "validation_curve_": """list of float or None
    Validation loss of each epoch; None without early stopping.""",
    "history_": """list of dict
    All measures of each epoch.""",
    "n_iter_": """int
    Epochs run.""",
    "device_": """str
    Where it was trained.""",
    "optimizer_state_": """dict of str to dict of str to ndarray
    After `partial_fit`: by the name of the optimiser, its moments.""",
    "n_features_in_": """int
    Frames times joints times channels.""",
    "feature_names_in_": """ndarray of str
    Column names, if X was a table with column names.""",
    "sequence_shape_in_": """tuple of int
    `(n_frames, n_joints, n_channels)` seen in `fit`; n_frames is None if sequences differed in length.""",
    "skeleton_": """Skeleton or None
    The skeleton used: the one given, or the one inferred from the data.""",
}

CALLBACKS_NOTE = """With scikit-learn 1.9 and later, `set_callbacks` takes callbacks such as
:class:`sklearn.callback.ProgressBar`. They are called for the fit and for each epoch, in pipelines and searches too."""


def constraints(parameters: Mapping[str, SharedParameter]) -> dict[str, list[Any] | str]:
    """Return the constraints of parameters, as scikit-learn's `_parameter_constraints`."""
    return {name: parameter.constraint for name, parameter in parameters.items()}


def texts(parameters: Mapping[str, SharedParameter]) -> dict[str, str]:
    """Return the texts of parameters for docstrings, which begin with the name."""
    return {name: f"{name} : {parameter.text}" for name, parameter in parameters.items()}


_TRAINING = list(NETWORK_PARAMETERS)[list(NETWORK_PARAMETERS).index("max_epochs") :]

NETWORK_TEXTS: dict[str, str | Sequence[str]] = {
    **texts(NETWORK_PARAMETERS),
    **{name: f"{name} : {text}" for name, text in NETWORK_ATTRIBUTES.items()},
    "callbacks_note": CALLBACKS_NOTE,
    "training_parameters": _TRAINING,
    "network_attributes": list(NETWORK_ATTRIBUTES),
}
"""For :func:`skeletonlearn._docstrings.fill_docstring`."""

_STEPS_PER_EPOCH = 16  # what batch_size="auto" aims at, within bounds
_MOST_EPOCHS = 400  # of max_epochs="auto"


def training_settings(
    estimator: BaseEstimator, n_samples: int, automatic: AutomaticSizes, **changes: Any
) -> TrainingSettings:
    """Return the training parameters of an estimator, once the number of sequences is known.

    Parameters
    ----------
    estimator : estimator instance
        Has the parameters of `TrainingSettings`.
    n_samples : int
        Sequences to train on.
    automatic : AutomaticSizes
        What ``"auto"`` stands for.
    **changes : object
        Settings that differ from the parameters.

    Returns
    -------
    TrainingSettings
        The settings; a larger batch size than there are sequences becomes that number.
    """
    batch_size = estimator.batch_size
    if batch_size == "auto":
        batch_size = max(automatic.smallest_batch, min(n_samples // _STEPS_PER_EPOCH, automatic.largest_batch))
    batch_size = min(batch_size, n_samples)
    parameters = {field.name: getattr(estimator, field.name) for field in fields(TrainingSettings)}
    if parameters["max_epochs"] == "auto":
        epochs = math.ceil(automatic.n_steps * batch_size / n_samples)
        parameters["max_epochs"] = max(automatic.fewest_epochs, min(epochs, _MOST_EPOCHS))
    return TrainingSettings(**(parameters | {"batch_size": batch_size} | changes))
