"""The one training loop, shared by every estimator that trains a network."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from torch import Tensor, nn

from skeletonlearn._progress import Progress
from skeletonlearn._training.batches import shuffled_batches
from skeletonlearn._training.callbacks import Untold
from skeletonlearn._training.checkpoint import Checkpoint
from skeletonlearn._training.devices import autocast
from skeletonlearn._training.ranks import OneProcess
from skeletonlearn._training.run import BestWeights, TrainingRun

OPTIMIZERS = ("adamw", "adam", "sgd")
SCHEDULES = ("cosine", "constant")

BatchLoss = Callable[[np.ndarray, torch.Generator], dict[str, Tensor]]
"""Losses of a batch, by name, from its sample indices and the generator to draw from; "loss" is minimised."""


@dataclass(frozen=True)
class TrainingSettings:
    """How to train, apart from what: the parameters that every estimator has.

    Attributes
    ----------
    max_epochs, batch_size, warmup_epochs, n_iter_no_change : int
        As in the estimators.
    learning_rate, weight_decay, tol : float
        As in the estimators.
    optimizer : {"adamw", "adam", "sgd"}
        The optimiser.
    schedule : {"cosine", "constant"}
        The learning rate after the warm-up.
    early_stopping : bool
        Whether to stop, and to keep the best weights, by the validation loss.
    precision : str
        As in :func:`skeletonlearn._training.devices.autocast`.
    verbose : int
        As in :class:`skeletonlearn._progress.Progress`.
    """

    max_epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    optimizer: str = "adamw"
    schedule: str = "cosine"
    warmup_epochs: int = 0
    early_stopping: bool = False
    n_iter_no_change: int = 10
    tol: float = 1e-4
    precision: str = "auto"
    verbose: int = 0


def make_optimizer(module: nn.Module, settings: TrainingSettings) -> torch.optim.Optimizer:
    """The optimiser over the unfrozen parameters of a module; weight decay spares biases and normalisation."""
    trained = [weight for weight in module.parameters() if weight.requires_grad]
    decayed = [weight for weight in trained if weight.ndim > 1]
    spared = [weight for weight in trained if weight.ndim <= 1]
    groups = [
        {"params": decayed, "weight_decay": settings.weight_decay},
        {"params": spared, "weight_decay": 0.0},
    ]
    if settings.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=settings.learning_rate, momentum=0.9, nesterov=True)
    kind = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}[settings.optimizer]
    return kind(groups, lr=settings.learning_rate, fused=True)


def learning_rate_factor(settings: TrainingSettings, epoch: float) -> float:
    """Share of the full learning rate at a (fractional) epoch: linear warm-up, then the schedule."""
    warmup = min(settings.warmup_epochs, settings.max_epochs / 2)
    if epoch < warmup:
        return (epoch + 1e-3) / warmup
    if settings.schedule == "constant":
        return 1.0
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (epoch - warmup) / (settings.max_epochs - warmup))))


def make_scaler(settings: TrainingSettings, device: torch.device) -> torch.amp.GradScaler:
    """What scales the loss so that gradients in float16 do not vanish; in other precisions it does nothing."""
    return torch.amp.GradScaler(device.type, enabled=settings.precision == "float16" and device.type == "cuda")


def new_run(
    module: nn.Module,
    settings: TrainingSettings,
    generator: torch.Generator,
    device: torch.device,
    ranks: OneProcess,
) -> TrainingRun:
    """A training that has not begun, with the optimiser that the settings ask for."""
    return TrainingRun(
        module,
        make_optimizer(module, settings),
        make_scaler(settings, device),
        generator,
        device,
        BestWeights(settings.tol),
        ranks=ranks,
    )


def run_epoch(
    run: TrainingRun, batch_loss: BatchLoss, n_samples: int, settings: TrainingSettings, epoch: int
) -> dict[str, float]:
    """Train on every sample once; the mean of each loss over the samples comes back, if that is finite."""
    run.module.train()
    batches = list(shuffled_batches(n_samples, settings.batch_size, run.generator))
    sums: dict[str, float] = {}
    for at, indices in enumerate(batches):
        factor = learning_rate_factor(settings, epoch + at / len(batches))
        for group in run.optimizer.param_groups:
            group["lr"] = settings.learning_rate * factor
        run.optimizer.zero_grad(set_to_none=False)  # the gradients' memory is used again
        with autocast(run.device, settings.precision), run.ranks.together():
            losses = batch_loss(indices, run.generator)
        run.scaler.scale(losses["loss"]).backward()
        run.ranks.sum_gradients(run.module)
        run.scaler.step(run.optimizer)
        run.scaler.update()
        for name, value in losses.items():
            sums[name] = sums.get(name, 0.0) + float(value.detach()) * len(indices)
    means = {name: total / n_samples for name, total in sums.items()}
    _check_finite(means["loss"], epoch, settings)
    return means


def train(
    module: nn.Module,
    batch_loss: BatchLoss,
    n_samples: int,
    settings: TrainingSettings,
    generator: torch.Generator,
    device: torch.device,
    *,
    validation_loss: Callable[[], float] | None = None,
    checkpoint: Checkpoint | None = None,
    ranks: OneProcess | None = None,
    tasks: Untold | None = None,
    title: str = "fit",
) -> list[dict[str, float]]:
    """Train a module for `max_epochs`, or until the validation loss stops falling, or until interrupted.

    Parameters
    ----------
    module : torch.nn.Module
        All networks together; trained in place.
    batch_loss : callable
        See `BatchLoss`.
    n_samples : int
        How many samples there are to train on.
    settings : TrainingSettings
        How to train.
    generator : torch.Generator
        Draws the order of samples and the views.
    device : torch.device
        Where the module is.
    validation_loss : callable, optional
        Called after each epoch; needed for early stopping.
    checkpoint : Checkpoint, optional
        Where training goes on from, if there is a file, and what each epoch is kept in.
    ranks : OneProcess, optional
        The processes that train together.
    tasks : Untold, optional
        What is told of the training and of its epochs, and can stop it.
    title : str, default="fit"
        What progress is shown as.

    Returns
    -------
    list of dict
        One record an epoch: `epoch`, the mean losses, `learning_rate` and, if there is validation,
        `validation_loss`.

    Raises
    ------
    ValueError
        If the loss is no longer finite.
    OSError
        If a checkpoint cannot be written.

    Warns
    -----
    ConvergenceWarning
        If training was interrupted from the keyboard: the module is then as it was at that moment.
    """
    run, tasks = new_run(module, settings, generator, device, ranks or OneProcess()), tasks or Untold()
    if checkpoint is not None:
        run.begin(checkpoint)
    tasks.begin(settings.max_epochs)
    try:
        with Progress(title, "epoch", settings.max_epochs, settings.verbose) as progress:
            told_to_stop = False
            while len(run.history) < settings.max_epochs and not (told_to_stop or _stopped_early(run, settings)):
                epoch = len(run.history)
                tasks.begin_epoch()
                run.ranks.begin_epoch(generator.initial_seed(), epoch)
                losses = run_epoch(run, batch_loss, n_samples, settings, epoch)
                record = {"epoch": epoch + 1, **losses, "learning_rate": float(run.optimizer.param_groups[0]["lr"])}
                if validation_loss is not None:
                    record["validation_loss"] = run.ranks.share(validation_loss())
                    run.best.see(record["validation_loss"], module)
                run.history.append(record)
                if checkpoint is not None:
                    run.write(checkpoint)
                progress.done(epoch + 1, {name: value for name, value in record.items() if name != "epoch"})
                told_to_stop = run.ranks.share(tasks.end_epoch(run))
    except KeyboardInterrupt:
        if run.ranks.size > 1:  # the others may be anywhere
            raise
        warnings.warn(
            f"{title} was interrupted in epoch {len(run.history) + 1} of {settings.max_epochs}, and is left as it was "
            "then.",
            ConvergenceWarning,
            stacklevel=3,
        )
    if settings.early_stopping:
        run.best.restore(module)
    tasks.end(run)
    return run.history


def _check_finite(loss: float, epoch: int, settings: TrainingSettings) -> None:
    if not math.isfinite(loss):
        raise ValueError(
            f"The loss became {loss} in epoch {epoch + 1}: expected a finite number. Lower the "
            f"learning rate (now {settings.learning_rate}) or scale the input (a BodyScaler before this step)."
        )


def _stopped_early(run: TrainingRun, settings: TrainingSettings) -> bool:
    return settings.early_stopping and run.best.epochs_without_gain >= settings.n_iter_no_change
