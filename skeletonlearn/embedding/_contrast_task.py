"""What ConMLP trains: the contrast of two views, and the error of the sequence rebuilt from each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from skeletonlearn._training.batches import SequenceBatches, equal_batches, unchanged
from skeletonlearn._training.task import AutomaticSizes, Task
from skeletonlearn._training.views import see, view_pair
from skeletonlearn.losses import reconstruction_loss
from skeletonlearn.nn import NetworkPlan

_WITH_LABELS = AutomaticSizes(smallest_batch=64, largest_batch=512, n_steps=300, fewest_epochs=18)
_WITHOUT_LABELS = AutomaticSizes(smallest_batch=256, largest_batch=512, n_steps=600)


class ContrastTask(Task):
    """Minimises `L = L_con + weight * L_rec`.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_frames, n_joints, n_channels)
        Float32 sequences.
    labels : ndarray of int of shape (n_samples,)
        Samples with the same label are positives of each other.
    contrast : callable
        The contrastive loss of projections `(2B, D)` and labels `(2B,)`; its mean is taken over the parts of the
        encoder.
    augmentation : "auto", None, view or pair of views
        As in the estimator.
    reconstruction_weight : float
        Weight of the reconstruction loss.
    remedy : str
        As in `Task`.
    """

    def __init__(
        self,
        X: np.ndarray,
        labels: np.ndarray,
        *,
        contrast: Callable[[Tensor, Tensor], Tensor],
        augmentation: Any,
        reconstruction_weight: float,
        remedy: str,
    ) -> None:
        self._has_labels = len(np.unique(labels)) < len(labels)
        super().__init__(X, np.arange(len(X)), labels, _WITH_LABELS if self._has_labels else _WITHOUT_LABELS)
        self.labels = labels
        self.remedy = remedy
        self._contrast, self._augmentation, self._weight = contrast, augmentation, reconstruction_weight

    def data(self) -> Mapping[str, Any]:
        """Return sequences and labels."""
        return {"X": self.X, "y": self.labels}

    @property
    def forward(self) -> nn.Module:
        """Encoder, projection and decoder."""
        return self._forward

    def begin(self, networks: nn.ModuleDict, plan: NetworkPlan, device: torch.device) -> None:
        """Put the labels on the device."""
        assert isinstance(self.X, np.ndarray)
        self._networks = networks
        self._views = view_pair(self._augmentation, self.X.shape[3], plan.encoder.skeleton, supervised=self._has_labels)
        self._batches = SequenceBatches(self.X, device)
        self._device = device
        self._labels = torch.from_numpy(self.labels).to(device)
        self._forward = _ContrastForward(networks)

    def losses(self, rows: np.ndarray, generator: torch.Generator) -> dict[str, Tensor]:
        """Compute the losses of samples in two views."""
        batch = self._batches.take(rows)
        encoder: Any = self._networks["encoder"]
        # the views go through the encoder one after the other, so that they need not be joined in memory
        views = (see(view, batch, None, generator, any_length=encoder.any_length)[0] for view in self._views)
        with unchanged(batch, "The encoder"):
            projections, errors = zip(*(self._forward(view, batch) for view in views), strict=True)
        labels = self._labels[torch.from_numpy(rows).to(self._device)].repeat(len(self._views))
        # each part of the encoder is contrasted on its own
        parts = torch.cat(projections).unbind(dim=1)
        loss = torch.stack([self._contrast(part, labels) for part in parts]).mean()
        if not self._weight:
            return {"loss": loss}
        reconstruction = torch.stack(errors).mean()
        return {
            "loss": loss + self._weight * reconstruction,
            "contrastive_loss": loss,
            "reconstruction_loss": reconstruction,
        }

    def validate(self, rows: np.ndarray, batch_size: int, seed: int) -> dict[str, float]:
        """Measure the loss of held-out samples, with the same views at every call."""
        self._networks.eval()
        generator = torch.Generator().manual_seed(seed)
        total = 0.0
        with torch.no_grad():
            for part in equal_batches(len(rows), batch_size):
                total += float(self.losses(rows[part], generator)["loss"]) * len(part)
        return {"validation_loss": total / len(rows)}


class _ContrastForward(nn.Module):
    """From a view and the sequences `(B, F, J, C)` to projections and, with a decoder, reconstruction errors.

    Projections are `(B, n_parts, D)`. Each sample's error `(B,)` is the mean over the samples of the call, so that the
    mean over the calls of several processes is the mean over all samples.
    """

    def __init__(self, networks: nn.ModuleDict) -> None:
        super().__init__()
        self.networks = networks

    def forward(self, view: Tensor, target: Tensor) -> tuple[Tensor, Tensor | None]:
        """Encode, project and rebuild."""
        embeddings = self.networks["encoder"](view)
        projections = self.networks["projector"](embeddings)
        if "decoder" not in self.networks:
            return projections, None
        error = reconstruction_loss(self.networks["decoder"](embeddings), target)
        return projections, error.expand(len(view))
