"""What classifiers and regressors train: an encoder and a head, by the targets of weighted samples."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from skeletonlearn._training.batches import equal_batches, make_batches, unchanged
from skeletonlearn._training.task import AutomaticSizes, Task
from skeletonlearn._training.views import bind_view, default_view, see
from skeletonlearn.nn import NetworkPlan

AUTOMATIC_SIZES = AutomaticSizes(smallest_batch=32, largest_batch=256, n_steps=1600)


class PredictionTask(Task):
    """Trains on one view of each sample; validates without views.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_frames, n_joints, n_channels) or list of ndarray
        Float32 sequences.
    rows : ndarray of int of shape (n_rows,)
        The samples to train on.
    weights : ndarray of shape (n_rows,)
        Their weights, positive.
    strata : ndarray of int of shape (n_rows,)
        For the hold-out.
    targets : ndarray of shape (n_samples, ...)
        Of all samples.
    data : mapping of str to ndarray
        What the weights depend on, for a checkpoint.
    augmentation : "auto", None or view
        As in the estimators.
    freeze : bool
        Whether the encoder stays as it is.
    remedy : str
        As in `Task`.
    """

    def __init__(
        self,
        X: np.ndarray | list[np.ndarray],
        rows: np.ndarray,
        weights: np.ndarray,
        strata: np.ndarray,
        *,
        targets: np.ndarray,
        data: Mapping[str, Any],
        augmentation: Any,
        freeze: bool,
        remedy: str,
    ) -> None:
        super().__init__(X, rows, strata, AUTOMATIC_SIZES)
        self.targets = targets
        self.weights = np.zeros(len(X), dtype=np.float32)
        self.weights[rows] = weights
        self.remedy = remedy
        self._data, self._augmentation, self._freeze = data, augmentation, freeze

    @abstractmethod
    def make_forward(self, networks: nn.ModuleDict) -> nn.Module:
        """Return the module from samples and lengths to outputs."""

    @abstractmethod
    def loss_of(self, outputs: Any, targets: Tensor, weights: Tensor) -> Tensor:
        """Return the weighted mean loss of a batch.

        Parameters
        ----------
        outputs : Tensor or tuple of Tensor
            What `forward` gives.
        targets : Tensor of shape (B, ...)
            Targets.
        weights : Tensor of shape (B,)
            Weights of the samples.

        Returns
        -------
        Tensor of shape ()
            The loss.
        """

    def data(self) -> Mapping[str, Any]:
        """Return sequences, targets and weights."""
        return {"X": self.X, **self._data}

    @property
    def forward(self) -> nn.Module:
        """Encoder and head."""
        return self._forward

    def begin(self, networks: nn.ModuleDict, plan: NetworkPlan, device: torch.device) -> None:
        """Put targets and weights on the device."""
        self._networks = networks
        self._encoder: Any = networks["encoder"]
        self._encoder.requires_grad_(not self._freeze)
        self._view = self._make_view(plan)
        self._batches = make_batches(self.X, device)
        self._device = device
        self._targets = torch.from_numpy(self.targets).to(device)
        self._weights = torch.from_numpy(self.weights).to(device)
        self._forward = self.make_forward(networks)

    def losses(self, rows: np.ndarray, generator: torch.Generator) -> dict[str, Tensor]:
        """Compute the loss of samples in a view."""
        if self._freeze:
            self._encoder.eval()  # normalisation keeps its statistics
        batch, lengths = self._batches.take_padded(rows)
        if self._view is not None:
            batch, lengths = see(self._view, batch, lengths, generator, any_length=self._encoder.any_length)
        return {"loss": self._loss_of_rows(batch, lengths, rows)}

    def validate(self, rows: np.ndarray, batch_size: int, seed: int) -> dict[str, float]:
        """Measure the loss of samples as they are."""
        self._networks.eval()
        total = 0.0
        with torch.no_grad():
            for part in equal_batches(len(rows), batch_size):
                batch, lengths = self._batches.take_padded(rows[part])
                loss = self._loss_of_rows(batch, lengths, rows[part])
                total += float(loss) * float(self.weights[rows[part]].sum(dtype=np.float64))
        return {"validation_loss": total / float(self.weights[rows].sum(dtype=np.float64))}

    def _loss_of_rows(self, batch: Tensor, lengths: Tensor | None, rows: np.ndarray) -> Tensor:
        at = torch.from_numpy(rows).to(self._device)
        with unchanged(batch, "The encoder"):
            outputs = self._forward(batch, lengths)
        return self.loss_of(outputs, self._targets[at], self._weights[at])

    def _make_view(self, plan: NetworkPlan) -> Any:
        skeleton = plan.encoder.skeleton
        view = self._augmentation
        if isinstance(view, str) and view == "auto":
            _, n_joints, n_channels = plan.encoder.shape
            view = default_view(n_joints, n_channels, skeleton, any_length=self._encoder.any_length)
        return None if view is None else bind_view(view, skeleton)


class SequenceForward(nn.Module):
    """From sequences `(B, F, J, C)` and their lengths to the outputs of the head, `(B, n_parts, n_outputs)`.

    Parameters
    ----------
    encoder, head : torch.nn.Module
        The networks.
    """

    def __init__(self, encoder: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.encoder, self.head = encoder, head

    def forward(self, x: Tensor, lengths: Tensor | None) -> Tensor:
        """Encode sequences and predict."""
        return self.head(self.encoder(x, lengths))


class StepForward(nn.Module):
    """From sequences `(B, F, J, C)` and their lengths to outputs of every time step, `(B, S, n_parts, n_outputs)`.

    Parameters
    ----------
    encoder, head : torch.nn.Module
        The networks.
    """

    def __init__(self, encoder: Any, head: nn.Module) -> None:
        super().__init__()
        self.encoder, self.head = encoder, head

    def forward(self, x: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Encode sequences and predict; the steps of each sequence come second, None if all are real."""
        steps, n_steps = self.encoder.steps(x, lengths)
        return self.head(steps), n_steps
