"""The optimiser and its learning rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import nn

OPTIMIZERS = ("adamw", "adam", "sgd")
SCHEDULES = ("cosine", "constant")


@dataclass(frozen=True)
class TrainingSettings:
    """The parameters of training that every estimator has, once the number of samples is known.

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
    """Make the optimiser of a module's unfrozen parameters; weight decay spares biases and normalisation."""
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
    """Return the share of the full learning rate at a (fractional) epoch: linear warm-up, then the schedule."""
    warmup = min(settings.warmup_epochs, settings.max_epochs / 2)
    if epoch < warmup:
        return (epoch + 1e-3) / warmup
    if settings.schedule == "constant":
        return 1.0
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (epoch - warmup) / (settings.max_epochs - warmup))))


def make_scaler(settings: TrainingSettings, device: torch.device) -> torch.amp.GradScaler:
    """Make what scales the loss so that gradients in float16 do not vanish; in other precisions it does nothing."""
    return torch.amp.GradScaler(device.type, enabled=settings.precision == "float16" and device.type == "cuda")
