"""The one training loop, shared by every estimator that trains a network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import ExitStack

import numpy as np

from skeletonlearn._training.batches import shuffled_batches
from skeletonlearn._training.devices import autocast
from skeletonlearn._training.hooks import Hook
from skeletonlearn._training.optimization import learning_rate_factor
from skeletonlearn._training.run import TrainingRun


def train(run: TrainingRun, rows: np.ndarray, hooks: Sequence[Hook]) -> None:
    """Train for `max_epochs`, or until a hook stops it, or until interrupted after an epoch at least.

    Parameters
    ----------
    run : TrainingRun
        The training; its networks and its history change in place.
    rows : ndarray of int
        The samples to train on.
    hooks : sequence of Hook
        Called in their order.

    Raises
    ------
    ValueError
        If the loss is no longer finite.
    KeyboardInterrupt
        If it is interrupted from the keyboard before its first epoch has ended, or a hook cannot go on without the
        rest; otherwise the training ends there.
    """
    with ExitStack() as stack:
        for hook in hooks:
            stack.callback(hook.close)
        for hook in hooks:
            hook.begin(run)
        try:
            while len(run.history) < run.settings.max_epochs and not run.stop:
                for hook in hooks:
                    hook.begin_epoch(run)
                run.history.append(train_epoch(run, rows, hooks))
                for hook in hooks:
                    run.stop = hook.end_epoch(run) or run.stop
        except KeyboardInterrupt:
            if not run.history or not all(hook.interrupt(run) for hook in hooks):
                raise
        for hook in hooks:
            hook.end(run)


def train_epoch(run: TrainingRun, rows: np.ndarray, hooks: Sequence[Hook] = ()) -> dict[str, float]:
    """Train on every sample once.

    Parameters
    ----------
    run : TrainingRun
        The training.
    rows : ndarray of int
        The samples to train on.
    hooks : sequence of Hook, default=()
        Called after each batch's gradients are there.

    Returns
    -------
    dict of str to float
        The epoch's record: `epoch`, the mean of each loss over the samples, `learning_rate`.

    Raises
    ------
    ValueError
        If the mean loss is not finite.
    """
    run.networks.train()
    epoch, settings = len(run.history), run.settings
    batches = list(shuffled_batches(len(rows), settings.batch_size, run.generator))
    sums: dict[str, float] = {}
    for at, batch in enumerate(batches):
        factor = learning_rate_factor(settings, epoch + at / len(batches))
        for group in run.optimizer.param_groups:
            group["lr"] = settings.learning_rate * factor
        for name, value in _train_batch(run, rows[batch], hooks).items():
            sums[name] = sums.get(name, 0.0) + value * len(batch)
    means = {name: total / len(rows) for name, total in sums.items()}
    _check_finite(means["loss"], run)
    return {"epoch": epoch + 1, **means, "learning_rate": float(run.optimizer.param_groups[0]["lr"])}


def _train_batch(run: TrainingRun, rows: np.ndarray, hooks: Sequence[Hook]) -> dict[str, float]:
    """Take one step of the optimiser; the losses are those before it."""
    run.optimizer.zero_grad()
    with autocast(run.device, run.settings.precision):
        losses = run.task.losses(rows, run.generator)
    run.scaler.scale(losses["loss"]).backward()
    for hook in hooks:
        hook.after_backward(run)
    run.scaler.step(run.optimizer)
    run.scaler.update()
    return {name: float(value.detach()) for name, value in losses.items()}


def _check_finite(loss: float, run: TrainingRun) -> None:
    if not math.isfinite(loss):
        raise ValueError(
            f"The loss became {loss} in epoch {len(run.history) + 1}: expected a finite number. "
            f"{run.task.remedy}Lower the learning rate (now {run.settings.learning_rate}) or scale the "
            "input (a BodyScaler before this step)."
        )
