"""A task of one weight, small enough to follow by hand."""

import numpy as np
import torch
from torch import nn

from skeletonlearn._training.loop import train
from skeletonlearn._training.optimization import TrainingSettings
from skeletonlearn._training.run import TrainingRun
from skeletonlearn._training.task import AutomaticSizes, Task

CPU = torch.device("cpu")


def settings(**changes):
    return TrainingSettings(**({"max_epochs": 4, "batch_size": 5, "learning_rate": 0.1, "weight_decay": 0.0} | changes))


class OneWeight(Task):
    """One weight that learns to be 3, whatever the batch; `validation` gives the validation loss of each epoch."""

    def __init__(self, start=0.0, n_samples=10, validation=()):
        rows = np.arange(n_samples)
        super().__init__(np.zeros((n_samples, 1, 1, 1)), rows, rows, AutomaticSizes(1, 5, 10))
        self.networks = nn.ModuleDict({"layer": nn.Linear(1, 1, bias=False)})
        nn.init.constant_(self.networks["layer"].weight, start)
        self.batches, self.modes, self.weights = [], [], []
        self.validation = list(validation)

    def data(self):
        return {"X": self.X}

    def begin(self, networks, plan, device):
        """Nothing to prepare."""

    @property
    def forward(self):
        return self.networks["layer"]

    def losses(self, rows, generator):
        self.batches.append(rows.tolist())
        self.modes.append(self.networks.training)
        return {"loss": (self.networks["layer"].weight - 3).square().sum()}

    def validate(self, rows, batch_size, seed):
        self.networks.eval()
        self.weights.append(self.weight)
        return {"validation_loss": self.validation[len(self.weights) - 1]}

    @property
    def weight(self):
        return self.networks["layer"].weight.item()

    def new_run(self, **changes):
        return TrainingRun(self.networks, self, settings(**changes), torch.Generator().manual_seed(0), CPU)

    def train(self, hooks=(), **changes):
        run = self.new_run(**changes)
        train(run, self.rows, list(hooks))
        return run
