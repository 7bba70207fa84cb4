"""Fits that `torchrun` starts in several processes; each process writes the outcome of each fit to a file.

torchrun --nproc-per-node 2 -m tests.distributed_fit FOLDER supcon steps_of_ragged ...
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Generator, Tensor, nn

from skeletonlearn import (
    ConMLPEmbedder,
    GRUClassifier,
    LSTMClassifier,
    SkeletonClassifier,
    SkeletonRegressor,
)
from skeletonlearn.augmentation import Rotate

BATCHES_PER_EPOCH = 2
COMMON = {"hidden_dim": 8, "max_epochs": 3, "batch_size": 10, "dropout": 0.0, "random_state": 0}
BODY = {"skeleton": "KINECT_V1", "streams": ["joint", "bone"]}
# one batch, and one step that shows the gradients and does not make rounding grow
ONE_STEP = {"max_epochs": 1, "batch_size": 19, "optimizer": "sgd", "learning_rate": 0.05, "warmup_epochs": 0}

N = 19  # so that the processes' parts of a batch differ in size
TARGET = np.arange(N) % 3
WEIGHTS = 1.0 + np.arange(N) % 4


class FragileView:
    """Turns bodies; at the view of a given number, something happens in one process or in all.

    What happens is set on the class, so that a fit in which it does resumes in one in which it does not.
    """

    calls = count(1)
    call, happens, in_ranks = 0, staticmethod(lambda: None), (0, 1)

    def __call__(self, batch: Tensor, generator: Generator) -> Tensor:
        """Turn the bodies."""
        if next(self.calls) == self.call and own_rank() in self.in_ranks:
            self.happens()
        return Rotate(yaw=30, pitch=10)(batch, generator)


class Stop:
    """A callback that stops the fit after its first epoch, in the first process."""

    def setup(self, estimator: Any, context: Any) -> None:
        """Nothing to prepare."""

    def teardown(self, estimator: Any, context: Any) -> None:
        """Nothing to clean up."""

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        """Nothing to do."""

    def on_fit_task_end(self, estimator: Any, context: Any) -> bool:
        """Return whether it stops."""
        return context.task_name == "epoch" and own_rank() == 0


class Experts(nn.Module):
    """Two layers, each for its own sequences: a process may have none for one of them."""

    def __init__(self, n_features: int) -> None:
        super().__init__()
        self.usual, self.rare = nn.Linear(n_features, 8), nn.Linear(n_features, 8)

    def forward(self, x: Tensor) -> Tensor:
        """Turn `(B, F, J, C)` into `(B, 8)`."""
        rows = x.flatten(1)
        is_rare = rows.mean(dim=1) > 2.5
        features = x.new_zeros(len(x), 8)
        for layer, those in ((self.usual, ~is_rare), (self.rare, is_rare)):
            if those.any():
                features[those] = layer(rows[those])
        return features


def experts(n_frames: int, n_joints: int, n_channels: int) -> nn.Module:
    """Make an encoder."""
    return Experts(n_frames * n_joints * n_channels)


def own_rank() -> int:
    """Return the number of this process."""
    return int(os.environ.get("RANK", "0"))


def sequences(seed: int = 0) -> np.ndarray:
    """Nineteen sequences of three classes."""
    return np.random.default_rng(seed).normal(size=(N, 8, 20, 3)).astype(np.float32)


def one_of_its_kind() -> np.ndarray:
    """Sequences, one of them far from the others."""
    X = sequences()
    X[7] += 5
    return X


def ragged() -> list[np.ndarray]:
    """Sequences of 3 to 12 frames."""
    return [np.concatenate([one, one])[: 3 + at % 10] for at, one in enumerate(sequences())]


@cache
def embedder() -> ConMLPEmbedder:
    """Train, in this process alone, an embedder whose encoder normalises batches."""
    return ConMLPEmbedder("tcn", **COMMON, **BODY).fit(sequences(), TARGET)


def own_loss(scores: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy of each row."""
    return nn.functional.cross_entropy(scores, target, reduction="none")


Case = tuple[Any, tuple[Any, ...], dict[str, Any]]


def case(
    estimator_class: Any, *args: Any, X: Any = None, y: Any = TARGET, weights: Any = None, **parameters: Any
) -> Case:
    """Make an estimator and what it is fitted to."""
    given = {} if weights is None else {"sample_weight": weights}
    estimator = estimator_class(*args, **{**COMMON, **parameters})
    return estimator, (sequences() if X is None else X, y), given


def regression_targets() -> np.ndarray:
    """Two outputs of different scales."""
    X = sequences()
    return np.stack([X[:, 0, 0, 0], 100 + 10 * X[:, 1].mean(axis=(1, 2))], axis=1)


EARLY = {"early_stopping": True, "validation_fraction": 0.45, "batch_size": 8}  # holds out nine

LIKE_ONE_PROCESS: dict[str, Callable[[], Case]] = {
    "supcon": lambda: case(ConMLPEmbedder, **BODY),
    "reconstruction_nine_held_out": lambda: case(
        ConMLPEmbedder, "cooccurrence", loss="nt_xent", reconstruction_weight=1.0, **BODY, **EARLY
    ),
    "mlp_reconstruction": lambda: case(ConMLPEmbedder, "mlp", reconstruction_weight=0.5, skeleton=None),
    "tcl": lambda: case(ConMLPEmbedder, "transformer", loss="tcl", fusion="early", **BODY),
    "no_labels": lambda: case(ConMLPEmbedder, "mixer", y=None, fusion="late", **BODY),
    "cross_entropy": lambda: case(
        SkeletonClassifier, "tcn", class_weight="balanced", weights=WEIGHTS, label_smoothing=0.1, **BODY
    ),
    "own_loss": lambda: case(SkeletonClassifier, "slowfast", loss=own_loss, weights=WEIGHTS, **BODY),
    "focal_early_stopping": lambda: case(
        SkeletonClassifier,
        "cooccurrence",
        loss="focal",
        fusion="late",
        class_weight={0: 1.0, 1: 3.0, 2: 0.5},
        **BODY,
        **EARLY,
    ),
    "warm_start": lambda: continued(case(GRUClassifier, X=ragged(), **BODY)),
    "frozen": lambda: case(SkeletonClassifier, pretrained=embedder(), freeze=True, weights=WEIGHTS),
    "fine_tuned": lambda: case(SkeletonClassifier, pretrained=embedder()),
    "experts": lambda: case(
        SkeletonClassifier, experts, X=one_of_its_kind(), augmentation=None, skeleton=None, streams=["joint"]
    ),
    "ragged_steps": lambda: case(
        GRUClassifier, X=ragged(), loss="temporal_cross_entropy", class_weight="balanced", weights=WEIGHTS, **BODY
    ),
    "ragged_attention": lambda: case(LSTMClassifier, X=ragged(), pooling="attention", fusion="late", **BODY, **EARLY),
    "ragged_transformer": lambda: case(SkeletonClassifier, "transformer", X=ragged(), weights=WEIGHTS, **BODY),
    "regression": lambda: case(SkeletonRegressor, "tcn", y=regression_targets(), weights=WEIGHTS, **BODY, **EARLY),
    "ragged_huber": lambda: case(SkeletonRegressor, "gru", X=ragged(), y=regression_targets(), loss="huber", **BODY),
    "frozen_absolute": lambda: case(
        SkeletonRegressor, pretrained=embedder(), freeze=True, y=regression_targets()[:, 0], loss="absolute_error"
    ),
}
"""Fits that end as in one process, but for rounding."""


def fragile(call: int = 0, happens: Any = None, in_ranks: tuple[int, ...] = (0, 1), **parameters: Any) -> Case:
    """Make a fit with dropout that is disturbed at a view."""
    FragileView.calls, FragileView.call = count(1), call
    FragileView.happens, FragileView.in_ranks = staticmethod(happens), in_ranks
    return case(ConMLPEmbedder, augmentation=FragileView(), **{**BODY, "dropout": 0.3, **parameters})


def die() -> None:
    """End this process at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    """Do what Ctrl-C does."""
    raise KeyboardInterrupt


def others(folder: Path) -> dict[str, Callable[[], Case]]:
    """Return the other fits; checkpoints are in a folder."""
    third_epoch = 2 * 2 * BATCHES_PER_EPOCH + 3  # each batch has two views
    return {
        "undisturbed": fragile,
        "killed": lambda: fragile(third_epoch, die, in_ranks=(1,), checkpoint=folder / "checkpoint"),
        "resumed": lambda: fragile(checkpoint=folder / "checkpoint"),
        "interrupted": lambda: fragile(third_epoch, interrupt),
        "stopped": lambda: with_callback(case(GRUClassifier, X=ragged(), **BODY)),
        "different_data": lambda: case(ConMLPEmbedder, X=sequences(own_rank()), **BODY),
        "other_checkpoint": lambda: fragile(checkpoint=folder / "checkpoint", learning_rate=0.5),
        "no_folder": lambda: fragile(checkpoint=folder / "missing" / "fit"),
    }


def with_callback(chosen: Case) -> Case:
    """Add a callback that stops the fit."""
    chosen[0].set_callbacks(Stop())
    return chosen


def continued(chosen: Case) -> Case:
    """Fit once in this process alone, so that the fit continues from those weights."""
    estimator, data, given = chosen
    estimator.fit(*data, **given).set_params(warm_start=True)
    return chosen


def fit(chosen: Case, **changes: Any) -> Any:
    """Fit an estimator with other parameters."""
    estimator, data, given = chosen
    return estimator.set_params(**changes).fit(*data, **given)


def main(folder: Path, *names: str) -> None:
    """Run fits one after the other, in a group that they share unless one of them is fatal."""
    shared = "killed" not in names
    if shared:
        dist.init_process_group("gloo")
    for name in names:
        write(folder / name, {**LIKE_ONE_PROCESS, **others(folder)}[name])
    if shared:
        dist.destroy_process_group()


def write(folder: Path, make: Callable[[], Case]) -> None:
    """Fit, and write losses and weights, or the error, to files of this process."""
    folder.mkdir(parents=True, exist_ok=True)
    variants = {"": {}, "one_step": ONE_STEP} if folder.name in LIKE_ONE_PROCESS else {"": {}}
    for name, changes in variants.items():
        try:
            model = fit(make(), distributed=True, **changes)
        except (ValueError, OSError, KeyboardInterrupt) as error:
            (folder / f"{own_rank()}.txt").write_text(f"{type(error).__name__}: {error}")
            assert not torch.overrides._get_current_function_mode_stack()
        else:
            np.savez(folder / f"{own_rank()}{name}.npz", **outcome(model))


def outcome(model: Any) -> dict[str, np.ndarray]:
    """Return losses and weights."""
    losses = {"losses": np.array(model.loss_curve_), "validation": np.array(model.validation_curve_ or [])}
    return {**losses, **model.network_state_}


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
    # at the interpreter's end, threads that gloo still runs can abort the process ("terminate called ...")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
