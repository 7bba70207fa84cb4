"""Stop when validation no longer gets better, and keep the best weights."""

from __future__ import annotations

import copy
import math
from typing import Any

import torch

from skeletonlearn._training.checkpoint import Snapshot
from skeletonlearn._training.hooks._hook import Hook
from skeletonlearn._training.optimization import TrainingSettings
from skeletonlearn._training.run import TrainingRun


class EarlyStopping(Hook):
    """Stops after `n_iter_no_change` epochs without a fall of a measure, and restores the weights where it was lowest.

    Parameters
    ----------
    measure : str, default="validation_loss"
        Its name in the record of each epoch.
    """

    def __init__(self, measure: str = "validation_loss") -> None:
        self._measure = measure
        self._lowest = self._last_fall = math.inf
        self._epochs_without_fall = 0
        self._weights: dict[str, Any] | None = None

    def end_epoch(self, run: TrainingRun) -> bool:
        """Compare the measure, and keep the weights if it is the lowest."""
        value = run.record[self._measure]
        if value < self._lowest:
            self._lowest, self._weights = value, copy.deepcopy(run.networks.state_dict())
        if value < self._last_fall - run.settings.tol:
            self._last_fall, self._epochs_without_fall = value, 0
        else:
            self._epochs_without_fall += 1
        return self.is_due(run.settings)

    def end(self, run: TrainingRun) -> None:
        """Restore the weights of the epoch with the lowest measure."""
        if self._weights is not None:
            run.networks.load_state_dict(self._weights)

    def snapshot(self) -> Snapshot:
        """Return the state, for a checkpoint."""
        facts = {
            "lowest": self._lowest,
            "last_fall": self._last_fall,
            "epochs_without_fall": self._epochs_without_fall,
        }
        return Snapshot({name: tensor.cpu().numpy() for name, tensor in (self._weights or {}).items()}, facts)

    def load(self, snapshot: Snapshot) -> None:
        """Set the state from a checkpoint."""
        facts = snapshot.facts
        self._lowest, self._last_fall = facts["lowest"], facts["last_fall"]
        self._epochs_without_fall = facts["epochs_without_fall"]
        self._weights = {name: torch.tensor(array) for name, array in snapshot.arrays.items()} or None

    def is_due(self, settings: TrainingSettings) -> bool:
        """Return whether there were as many epochs without a fall as the settings allow."""
        return self._epochs_without_fall >= settings.n_iter_no_change
