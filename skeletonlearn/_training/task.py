"""What an estimator hands to the fit driver."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from skeletonlearn.nn import NetworkPlan


@dataclass(frozen=True)
class AutomaticSizes:
    """What ``batch_size="auto"`` and ``max_epochs="auto"`` stand for.

    Attributes
    ----------
    smallest_batch, largest_batch : int
        Bounds of the batch size, which is a sixteenth of the sequences within them.
    n_steps : int
        Batches that the epochs should make.
    fewest_epochs : int
        The fewest epochs.
    """

    smallest_batch: int
    largest_batch: int
    n_steps: int
    fewest_epochs: int = 35


@dataclass(frozen=True)
class FitArguments:
    """What `fit` or `partial_fit` was called with, and how training begins.

    Attributes
    ----------
    X, y : array-like
        Sequences and targets.
    sample_weight : array-like or None
        Weights of the samples.
    classes : array-like or None
        All classes, in `partial_fit` of a classifier.
    continues : bool
        Whether training continues from the last fit, whose shapes and classes X and y must then have.
    is_partial : bool
        Whether it is `partial_fit`, which may get few samples at a time.
    """

    X: Any
    y: Any
    sample_weight: Any = None
    classes: Any = None
    continues: bool = False
    is_partial: bool = False

    @property
    def fewest_samples(self) -> int:
        """The fewest samples that are accepted."""
        return 1 if self.is_partial else 2


class Task(ABC):
    """What a fit trains on and what it minimises: all that differs between kinds of estimators.

    A *row* is the index of a sample in X. After :meth:`begin`, rows are trained on and validated.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_frames, n_joints, n_channels) or list of ndarray
        Float32 sequences.
    rows : ndarray of int
        The samples to train on, each once.
    strata : ndarray of int of shape (n_rows,)
        The class of each of them, for a hold-out with the same shares of classes.
    automatic : AutomaticSizes
        For ``batch_size="auto"`` and ``max_epochs="auto"``.
    """

    remedy = ""
    """A first sentence of what to do where the loss is not finite, which ends in a space."""

    def __init__(
        self, X: np.ndarray | list[np.ndarray], rows: np.ndarray, strata: np.ndarray, automatic: AutomaticSizes
    ) -> None:
        self.X, self.rows, self.strata, self.automatic = X, rows, strata, automatic

    @property
    def training_sequences(self) -> list[np.ndarray]:
        """The sequences that are trained on."""
        return [self.X[row] for row in self.rows]

    @abstractmethod
    def data(self) -> Mapping[str, np.ndarray | list[np.ndarray]]:
        """Return what the weights depend on, by the names that errors show; a checkpoint compares it."""

    @abstractmethod
    def begin(self, networks: nn.ModuleDict, plan: NetworkPlan, device: torch.device) -> None:
        """Prepare to train networks on a device.

        Parameters
        ----------
        networks : torch.nn.ModuleDict
            On the device already.
        plan : NetworkPlan
            What they were built from.
        device : torch.device
            Where to compute.
        """

    @property
    @abstractmethod
    def forward(self) -> nn.Module:
        """The one module through which samples enter the networks: from samples `(B, ...)` to outputs `(B, ...)`.

        Processes that train together share its samples; all else that the task computes, each computes for all.
        """

    @abstractmethod
    def losses(self, rows: np.ndarray, generator: torch.Generator) -> dict[str, Tensor]:
        """Compute the losses of a batch in training.

        Parameters
        ----------
        rows : ndarray of int of shape (B,)
            Its samples.
        generator : torch.Generator
            Draws the views.

        Returns
        -------
        dict of str to Tensor of shape ()
            By name; ``"loss"`` is minimised.
        """

    @abstractmethod
    def validate(self, rows: np.ndarray, batch_size: int, seed: int) -> dict[str, float]:
        """Measure held-out samples, the same way at every call.

        Parameters
        ----------
        rows : ndarray of int
            The samples.
        batch_size : int
            Samples per batch at the most.
        seed : int
            Seed of whatever is drawn.

        Returns
        -------
        dict of str to float
            ``"validation_loss"``, and other measures by names that begin with ``"validation_"``.
        """
