"""All that changes while a network is trained, so that training can go on from where it was."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn

from skeletonlearn._training.checkpoint import Checkpoint, Snapshot
from skeletonlearn._training.ranks import OneProcess
from skeletonlearn._training.state import load_arrays, load_optimizer_arrays, module_arrays, optimizer_arrays


class BestWeights:
    """Remembers the weights with the lowest validation loss.

    Parameters
    ----------
    tol : float
        By how much the loss must fall to count as a gain.
    """

    def __init__(self, tol: float) -> None:
        self._tol = tol
        self._loss = math.inf
        self._last_gain = math.inf
        self._weights: dict[str, Any] | None = None
        self.epochs_without_gain = 0

    def see(self, loss: float, module: nn.Module) -> None:
        """Note one epoch's validation loss, and the weights if there was none lower."""
        if loss < self._loss:
            self._loss, self._weights = loss, copy.deepcopy(module.state_dict())
        if loss < self._last_gain - self._tol:
            self._last_gain, self.epochs_without_gain = loss, 0
        else:
            self.epochs_without_gain += 1

    def restore(self, module: nn.Module) -> None:
        """Put the remembered weights back."""
        if self._weights is not None:
            module.load_state_dict(self._weights)

    def snapshot(self) -> Snapshot:
        """What is remembered."""
        facts = {"loss": self._loss, "last_gain": self._last_gain, "epochs_without_gain": self.epochs_without_gain}
        arrays = {name: tensor.cpu().numpy() for name, tensor in (self._weights or {}).items()}
        return Snapshot(arrays, facts)

    def load(self, snapshot: Snapshot) -> None:
        """Remember what another one remembered."""
        self._loss, self._last_gain = snapshot.facts["loss"], snapshot.facts["last_gain"]
        self.epochs_without_gain = snapshot.facts["epochs_without_gain"]
        weights = {name: torch.tensor(array) for name, array in snapshot.arrays.items()}
        self._weights = weights or None


@dataclass
class TrainingRun:
    """A training between two epochs.

    Attributes
    ----------
    module : torch.nn.Module
        What is trained.
    optimizer : torch.optim.Optimizer
        Its optimiser.
    scaler : torch.amp.GradScaler
        Of the loss.
    generator : torch.Generator
        Draws the order of samples and the views.
    device : torch.device
        Where the module is; torch's own generator there draws dropout.
    best : BestWeights
        By the validation loss.
    history : list of dict
        One record an epoch.
    ranks : OneProcess
        The processes that train together.
    """

    module: nn.Module
    optimizer: torch.optim.Optimizer
    scaler: torch.amp.GradScaler
    generator: torch.Generator
    device: torch.device
    best: BestWeights
    history: list[dict[str, float]] = field(default_factory=list)
    ranks: OneProcess = field(default_factory=OneProcess)

    def begin(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint, or begin one, so that a file that cannot be written is known before the work."""
        if checkpoint.snapshot is None:
            self.write(checkpoint)
        else:
            self.load(checkpoint.snapshot)

    def write(self, checkpoint: Checkpoint) -> None:
        """Keep what there is now; where several processes train together, the first one does."""
        if self.ranks.rank == 0:
            checkpoint.write(self.snapshot())

    def snapshot(self) -> Snapshot:
        """All that `load` needs to go on with the same bits."""
        best = self.best.snapshot()
        groups = {
            "module": module_arrays(self.module),
            "optimizer": optimizer_arrays(self.optimizer),
            "random": {name: state.numpy() for name, state in self._random_states().items()},
            "best": best.arrays,
        }
        arrays = {f"{group}/{name}": array for group, members in groups.items() for name, array in members.items()}
        facts = {
            "epoch": len(self.history),
            "history": self.history,
            "best": best.facts,
            "scaler": self.scaler.state_dict(),
        }
        return Snapshot(arrays, facts)

    def load(self, snapshot: Snapshot) -> None:
        """Become the training that the snapshot was taken of."""
        facts = snapshot.facts
        load_arrays(self.module, _group(snapshot.arrays, "module"))
        load_optimizer_arrays(self.optimizer, _group(snapshot.arrays, "optimizer"))
        self._set_random_states(_group(snapshot.arrays, "random"))
        self.best.load(Snapshot(_group(snapshot.arrays, "best"), facts["best"]))
        self.scaler.load_state_dict(facts["scaler"])
        self.history = list(facts["history"])

    def _random_states(self) -> dict[str, torch.Tensor]:
        states = {"generator": self.generator.get_state(), "torch": torch.get_rng_state()}
        if self.device.type == "cuda":
            states["cuda"] = torch.cuda.get_rng_state(self.device)
        return states

    def _set_random_states(self, states: Mapping[str, np.ndarray]) -> None:
        self.generator.set_state(torch.tensor(states["generator"]))
        torch.set_rng_state(torch.tensor(states["torch"]))
        if self.device.type == "cuda":
            torch.cuda.set_rng_state(torch.tensor(states["cuda"]), self.device)


def _group(arrays: Mapping[str, np.ndarray], name: str) -> dict[str, np.ndarray]:
    """The arrays whose names begin with a group's, by the rest of their names."""
    return {key.removeprefix(f"{name}/"): array for key, array in arrays.items() if key.startswith(f"{name}/")}
