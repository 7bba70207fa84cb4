"""What a regressor trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from skeletonlearn._training.prediction_task import PredictionTask, SequenceForward
from skeletonlearn.losses._own_loss import own_loss
from skeletonlearn.losses._regression import weighted_mean
from skeletonlearn.nn import NetworkPlan, RescaledHeads

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]
"""From predictions and targets `(n, n_outputs)` and weights `(n,)` to one number."""


class RegressionTask(PredictionTask):
    """Trains predictions of standardised targets.

    Parameters
    ----------
    *args, **kwargs : object
        As in `PredictionTask`; targets are float32 `(n_samples, n_outputs)`.
    loss : callable
        What `make_regression_loss` gives.
    continues : bool
        Whether the mean and the scale of the targets are those of the last fit.
    """

    def __init__(self, *args: Any, loss: Loss, continues: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._loss, self._continues = loss, continues

    def begin(self, networks: nn.ModuleDict, plan: NetworkPlan, device: torch.device) -> None:
        """Set the mean and the scale of the targets in the head, then standardise them."""
        super().begin(networks, plan, device)
        head: RescaledHeads = networks["head"]  # type: ignore[assignment]
        if not self._continues:
            mean, scale = _mean_and_scale(self.targets[self.rows], self.weights[self.rows])
            head.mean.copy_(torch.from_numpy(mean))
            head.scale.copy_(torch.from_numpy(scale))
        self._targets = head.standardised(self._targets)

    def make_forward(self, networks: nn.ModuleDict) -> nn.Module:
        """Return the module from sequences to standardised predictions."""
        head: Any = networks["head"]
        return SequenceForward(networks["encoder"], head.heads)

    def loss_of(self, outputs: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
        """Return the loss of predictions, the mean over the parts of the encoder."""
        n_parts = outputs.shape[1]  # outputs: (B, n_parts, n_outputs)
        targets, weights = targets.repeat_interleave(n_parts, dim=0), weights.repeat_interleave(n_parts)
        return self._loss(outputs.flatten(0, 1), targets, weights)


def make_regression_loss(loss: Callable[..., Tensor], options: dict[str, Any], *, is_own: bool) -> Loss:
    """Make the loss of a batch.

    Parameters
    ----------
    loss : callable
        One of :data:`skeletonlearn.losses.REGRESSION_LOSSES`, or the user's own, called as ``loss(prediction, target)``
        and giving one loss per row, or one per row and output.
    options : dict of str to object
        What else the loss takes.
    is_own : bool
        Whether it is the user's own.

    Returns
    -------
    callable
        The loss.
    """

    def named(prediction: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        return loss(prediction, target, sample_weight=weight, **options)

    def own(prediction: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        per_row, per_output = (len(target),), tuple(target.shape)
        losses = own_loss(loss, prediction, target, shapes=(per_row, per_output))
        return weighted_mean(losses.reshape(len(target), -1), weight)

    return own if is_own else named


def _mean_and_scale(targets: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted mean and standard deviation of each output; a constant output has the scale 1."""
    values = targets.astype(np.float64)
    mean = np.average(values, axis=0, weights=weights)
    scale = np.sqrt(np.average(np.square(values - mean), axis=0, weights=weights))
    return mean.astype(np.float32), np.where(scale > 0, scale, 1.0).astype(np.float32)
