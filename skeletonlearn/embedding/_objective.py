"""What ConMLP minimises: the contrast of two views, and the error of the sequence rebuilt from each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from skeletonlearn._training.batches import SequenceBatches, ordered_batches
from skeletonlearn._training.ranks import OneProcess
from skeletonlearn._training.views import see
from skeletonlearn.losses import reconstruction_loss

View = Callable[[Tensor, torch.Generator], Tensor]
Contrast = Callable[[Tensor, Tensor], Tensor]


class ContrastiveObjective:
    """Loss of a batch: `L = L_con + weight * L_rec`.

    Parameters
    ----------
    networks : torch.nn.ModuleDict
        `encoder`, which tells whether it takes `any_length`, `projector` and, where the weight is not zero, `decoder`.
    batches : SequenceBatches
        The sequences.
    labels : ndarray of shape (n_samples,)
        Contrast labels.
    views : pair of callable
        Called as `view(batch, generator)`.
    contrast : callable
        The contrastive loss of projections `(2B, D)` and labels `(2B,)`; its mean is taken over the parts of the
        encoder.
    reconstruction_weight : float
        Weight of the reconstruction loss.
    device : torch.device
        Where the networks are.
    ranks : OneProcess
        The processes that share each batch; the loss is that of all of it.
    """

    def __init__(
        self,
        networks: nn.ModuleDict,
        batches: SequenceBatches,
        labels: np.ndarray,
        views: tuple[View, View],
        contrast: Contrast,
        reconstruction_weight: float,
        device: torch.device,
        ranks: OneProcess,
    ) -> None:
        self._networks = networks
        self._batches = batches
        self._labels = torch.from_numpy(labels).to(device)
        self._views = views
        self._contrast = contrast
        self._weight = reconstruction_weight
        self._ranks = ranks

    def __call__(self, indices: np.ndarray, generator: torch.Generator) -> dict[str, Tensor]:
        """Losses of the samples at `indices`, by name."""
        batch = self._batches.take(indices)
        # the views go through the encoder one after the other, so that they need not be joined in memory
        encoder: Any = self._networks["encoder"]
        views = (see(view, batch, None, generator, any_length=encoder.any_length)[0] for view in self._views)
        embeddings = [encoder(self._ranks.part(view)) for view in views]
        projections = torch.cat([self._ranks.join(self._networks["projector"](each)) for each in embeddings])
        labels = self._labels[torch.from_numpy(indices).to(self._labels.device)]
        labels = labels.repeat(len(self._views))
        # each part of the encoder is contrasted on its own
        loss = torch.stack([self._contrast(part, labels) for part in projections.unbind(dim=1)]).mean()
        if not self._weight:
            return {"loss": loss}
        own = self._ranks.part(batch)
        rebuilt = [reconstruction_loss(self._networks["decoder"](embedding), own) for embedding in embeddings]
        reconstruction = self._ranks.mean(torch.stack(rebuilt).mean(), len(own))
        return {
            "loss": loss + self._weight * reconstruction,
            "contrastive_loss": loss,
            "reconstruction_loss": reconstruction,
        }

    def evaluate(self, indices: np.ndarray, batch_size: int, seed: int) -> float:
        """Mean loss of held-out samples, with the same views at every call."""
        self._networks.eval()
        generator = torch.Generator().manual_seed(seed)
        total = 0.0
        with torch.inference_mode():
            for part in ordered_batches(len(indices), batch_size):
                total += float(self(indices[part], generator)["loss"]) * len(part)
        return total / len(indices)
