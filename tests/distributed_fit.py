"""A fit that `torchrun` starts in several processes; each writes down what became of it.

torchrun --nproc-per-node 2 -m tests.distributed_fit FOLDER '{"parameters": {}}'
"""

from __future__ import annotations

import json
import os
import signal
import sys
from itertools import count
from pathlib import Path

import numpy as np
from torch import Generator, Tensor

from skeletonlearn import ConMLPEmbedder
from skeletonlearn.augmentation import Rotate

VIEWS_AN_EPOCH = 4  # two of each of two batches
COMMON = {
    "hidden_dim": 8,
    "max_epochs": 3,
    "batch_size": 10,
    "dropout": 0.0,
    "random_state": 0,
    "skeleton": "KINECT_V1",
    "streams": ["joint", "bone"],
}


class FragileView:
    """Turns bodies; the second process dies of the view whose number the environment names."""

    seen = count(1)

    def __call__(self, batch: Tensor, generator: Generator) -> Tensor:
        """Turn the bodies, or die."""
        if os.environ.get("RANK") == "1" and next(self.seen) == int(os.environ.get("FATAL_VIEW", "0")):
            os.kill(os.getpid(), signal.SIGKILL)
        return Rotate(yaw=30, pitch=10)(batch, generator)


def data(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Nineteen sequences of three classes, so that the processes' parts of a batch differ in size."""
    X = np.random.default_rng(seed).normal(size=(19, 8, 20, 3)).astype(np.float32)
    return X, np.arange(19) % 3


def fit(parameters: dict, seed_of_data: int = 0) -> ConMLPEmbedder:
    """Fit on the small data."""
    return ConMLPEmbedder(**{**COMMON, "augmentation": FragileView(), **parameters}).fit(*data(seed_of_data))


def main(folder: str, options: str) -> None:
    """Fit as the options say, and write losses and weights to a file of this process's."""
    chosen = json.loads(options)
    rank = int(os.environ["RANK"])
    model = fit(chosen["parameters"], chosen.get("seeds_of_data", [0, 0])[rank])
    losses = {"losses": np.array(model.loss_curve_), "validation": np.array(model.validation_curve_ or [])}
    np.savez(Path(folder) / f"{rank}.npz", **losses, **model.network_state_)


if __name__ == "__main__":
    main(*sys.argv[1:])
