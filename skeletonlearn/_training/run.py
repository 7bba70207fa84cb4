"""All that changes while networks are trained, so that training can be resumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

from skeletonlearn._training.checkpoint import Snapshot
from skeletonlearn._training.optimization import TrainingSettings, make_optimizer, make_scaler
from skeletonlearn._training.state import load_arrays, load_optimizer_arrays, module_arrays, optimizer_arrays
from skeletonlearn._training.task import Task


@dataclass
class TrainingRun:
    """A training between two epochs.

    Attributes
    ----------
    networks : torch.nn.ModuleDict
        What is trained.
    task : Task
        What it is trained on and by which losses.
    settings : TrainingSettings
        How.
    generator : torch.Generator
        Draws the order of samples and the views.
    device : torch.device
        Where the networks are; torch's own generator there draws dropout.
    optimizer : torch.optim.Optimizer
        The optimiser.
    scaler : torch.amp.GradScaler
        Of the loss.
    history : list of dict
        One record per epoch: `epoch`, the mean losses, `learning_rate` and what hooks add.
    stop : bool
        Whether a hook has ended the training.
    """

    networks: nn.ModuleDict
    task: Task
    settings: TrainingSettings
    generator: torch.Generator
    device: torch.device
    optimizer: torch.optim.Optimizer = field(init=False)
    scaler: torch.amp.GradScaler = field(init=False)
    history: list[dict[str, float]] = field(default_factory=list)
    stop: bool = False

    def __post_init__(self) -> None:
        self.optimizer = make_optimizer(self.networks, self.settings)
        self.scaler = make_scaler(self.settings, self.device)

    @property
    def record(self) -> dict[str, float]:
        """The record of the last epoch, which hooks may add to."""
        return self.history[-1]

    def snapshot(self) -> Snapshot:
        """Return all that `load` needs to resume with the same bits."""
        groups = {
            "networks": module_arrays(self.networks),
            "optimizer": optimizer_arrays(self.optimizer),
            "random": {name: state.numpy() for name, state in self._random_states().items()},
        }
        arrays = {f"{group}/{name}": array for group, members in groups.items() for name, array in members.items()}
        facts = {"epoch": len(self.history), "history": self.history, "scaler": self.scaler.state_dict()}
        return Snapshot(arrays, facts)

    def load(self, snapshot: Snapshot) -> None:
        """Become the training that the snapshot was taken of."""
        load_arrays(self.networks, snapshot.group("networks"))
        load_optimizer_arrays(self.optimizer, snapshot.group("optimizer"))
        self._set_random_states(snapshot.group("random"))
        self.scaler.load_state_dict(snapshot.facts["scaler"])
        self.history = list(snapshot.facts["history"])

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
