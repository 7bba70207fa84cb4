"""What a classifier trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from skeletonlearn._training.prediction_task import PredictionTask, SequenceForward, StepForward
from skeletonlearn.losses._class_weight import class_weighted_mean
from skeletonlearn.losses._own_loss import own_loss

ClassLoss = Callable[[Any, Tensor, Tensor], Tensor]
"""From the outputs of `forward`, class indices `(B,)` and weights `(B,)` to one number."""


class ClassificationTask(PredictionTask):
    """Trains class scores.

    Parameters
    ----------
    *args, **kwargs : object
        As in `PredictionTask`; targets are class indices.
    loss : callable
        What `make_class_loss` gives.
    every_step : bool
        Whether every time step predicts.
    """

    def __init__(self, *args: Any, loss: ClassLoss, every_step: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._loss, self._every_step = loss, every_step

    def make_forward(self, networks: nn.ModuleDict) -> nn.Module:
        """Return the module from sequences to class scores."""
        kind = StepForward if self._every_step else SequenceForward
        return kind(networks["encoder"], networks["head"])

    def loss_of(self, outputs: Any, targets: Tensor, weights: Tensor) -> Tensor:
        """Return the loss of class scores."""
        return self._loss(outputs, targets, weights)


def make_class_loss(
    loss: Callable[..., Tensor], options: dict[str, Any], *, every_step: bool, is_own: bool
) -> ClassLoss:
    """Make the loss of a batch, the mean over the parts of the encoder.

    Parameters
    ----------
    loss : callable
        One of :data:`skeletonlearn.losses.CLASSIFICATION_LOSSES`, or the user's own, called as ``loss(scores, target)``
        and giving one loss per row.
    options : dict of str to object
        What else the loss takes.
    every_step : bool
        Whether scores are of every time step.
    is_own : bool
        Whether it is the user's own.

    Returns
    -------
    callable
        The loss.
    """

    def of_sequences(scores: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        target, weight = _for_each_part(scores.shape[1], target, weight)  # scores: (B, n_parts, n_classes)
        rows = scores.flatten(0, 1)
        if is_own:
            losses = own_loss(loss, rows, target, shapes=(tuple(target.shape),))
            return class_weighted_mean(losses, target, None, weight)
        return loss(rows, target, sample_weight=weight, **options)

    def of_steps(outputs: tuple[Tensor, Tensor | None], target: Tensor, weight: Tensor) -> Tensor:
        scores, n_steps = outputs
        scores = scores.transpose(1, 2)  # (B, S, n_parts, n_classes) -> (B, n_parts, S, n_classes)
        n_parts = scores.shape[1]
        n_steps = None if n_steps is None else n_steps.repeat_interleave(n_parts)
        target, weight = _for_each_part(n_parts, target, weight)
        return loss(scores.flatten(0, 1), target, n_steps, sample_weight=weight, **options)

    return of_steps if every_step else of_sequences


def _for_each_part(n_parts: int, *values: Tensor) -> list[Tensor]:
    return [value.repeat_interleave(n_parts) for value in values]
