"""What a network classifier minimises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from skeletonlearn._training.batches import ordered_batches
from skeletonlearn._training.own_loss import own_loss
from skeletonlearn._training.views import see
from skeletonlearn.losses import focal_loss, temporal_cross_entropy
from skeletonlearn.losses._class_weight import class_weighted_mean

LOSSES = ("cross_entropy", "focal", "temporal_cross_entropy")


def make_loss(
    loss: str | Callable[[Tensor, Tensor], Tensor], gamma: float, class_weight: Tensor | None, label_smoothing: float
) -> Callable[[nn.ModuleDict, Tensor, Tensor | None, Tensor, Tensor], Tensor]:
    """The loss of a batch, from the networks, the sequences, their lengths, targets and weights.

    Where the encoder has several parts, each with a head, it is the mean of their losses.

    Parameters
    ----------
    loss : {"cross_entropy", "focal", "temporal_cross_entropy"} or callable
        Which; a callable is the user's own, called as ``loss(scores, target)``, and gives one loss a row.
    gamma : float
        Of the focal loss.
    class_weight : Tensor of shape (n_classes,) or None
        Weights of the classes.
    label_smoothing : float
        Part of the target distribution spread over all classes by the named ones.

    Returns
    -------
    callable
        The loss.
    """
    common: dict[str, Any] = {"weight": class_weight, "label_smoothing": label_smoothing}

    def of_sequences(networks: nn.ModuleDict, x: Tensor, lengths: Tensor | None, target: Tensor, weight: Tensor):
        logits = networks["head"](networks["encoder"](x, lengths))  # (B, n_parts, n_classes)
        target, weight = (each.repeat_interleave(logits.shape[1]) for each in (target, weight))
        if callable(loss):
            return _mean_of_own(loss, logits.flatten(0, 1), target, class_weight, weight)
        # a focus of 0 is cross-entropy
        focus = gamma if loss == "focal" else 0.0
        return focal_loss(logits.flatten(0, 1), target, focus, sample_weight=weight, **common)

    def of_every_step(networks: nn.ModuleDict, x: Tensor, lengths: Tensor | None, target: Tensor, weight: Tensor):
        encoder: Any = networks["encoder"]
        steps, n_steps = encoder.steps(x, lengths)
        logits = networks["head"](steps).transpose(1, 2)  # (B, n_parts, S, n_classes)
        n_steps = None if n_steps is None else n_steps.repeat_interleave(logits.shape[1])
        target, weight = (each.repeat_interleave(logits.shape[1]) for each in (target, weight))
        return temporal_cross_entropy(logits.flatten(0, 1), target, n_steps, sample_weight=weight, **common)

    return of_every_step if loss == "temporal_cross_entropy" else of_sequences


def _mean_of_own(
    loss: Callable[[Tensor, Tensor], Tensor],
    scores: Tensor,
    target: Tensor,
    class_weight: Tensor | None,
    weight: Tensor,
) -> Tensor:
    """The mean of a user's loss over samples, weighed as the named losses are."""
    losses = own_loss(loss, scores, target, shape=tuple(target.shape))
    if class_weight is not None:
        losses = losses * class_weight.to(losses.dtype)[target]
    return class_weighted_mean(losses, target, class_weight, weight)


class ClassificationObjective:
    """Loss of a batch.

    Parameters
    ----------
    networks : torch.nn.ModuleDict
        `encoder` and `head`.
    batches : SequenceBatches or RaggedBatches
        The sequences.
    targets : ndarray of int of shape (n_samples,)
        Classes.
    weights : ndarray of shape (n_samples,)
        Weights of the samples.
    view : callable
        Called as `view(batch, generator)`.
    loss : callable
        What `make_loss` gives.
    freeze : bool
        Whether the encoder stays as it is.
    device : torch.device
        Where the networks are.
    """

    def __init__(
        self,
        networks: nn.ModuleDict,
        batches: Any,
        targets: np.ndarray,
        weights: np.ndarray,
        view: Any,
        loss: Callable[..., Tensor],
        freeze: bool,
        device: torch.device,
    ) -> None:
        self._networks, self._batches, self._view, self._loss, self._freeze = networks, batches, view, loss, freeze
        self._targets = torch.from_numpy(targets).to(device)
        self._weights = torch.from_numpy(weights.astype(np.float32)).to(device)

    def __call__(self, indices: np.ndarray, generator: torch.Generator) -> dict[str, Tensor]:
        """Loss of the samples at `indices`, in a view."""
        if self._freeze:
            self._networks["encoder"].eval()  # normalisation keeps the statistics that it has
        batch, lengths = self._batches.take_padded(indices)
        encoder: Any = self._networks["encoder"]
        seen, lengths = see(self._view, batch, lengths, generator, any_length=encoder.any_length)
        return {"loss": self._of(seen, lengths, indices)}

    def evaluate(self, indices: np.ndarray, batch_size: int) -> float:
        """Mean loss of held-out samples as they are."""
        self._networks.eval()
        total, weight = 0.0, 0.0
        with torch.inference_mode():
            for part in ordered_batches(len(indices), batch_size):
                batch, lengths = self._batches.take_padded(indices[part])
                share = float(self._weights[torch.from_numpy(indices[part]).to(self._weights.device)].sum())
                total += float(self._of(batch, lengths, indices[part])) * share
                weight += share
        return total / weight

    def _of(self, batch: Tensor, lengths: Tensor | None, indices: np.ndarray) -> Tensor:
        rows = torch.from_numpy(indices).to(self._targets.device)
        return self._loss(self._networks, batch, lengths, self._targets[rows], self._weights[rows])
