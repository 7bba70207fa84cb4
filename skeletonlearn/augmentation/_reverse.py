"""Reverse: the sequence played backwards."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from skeletonlearn._memory import empty_like
from skeletonlearn.augmentation._view import View, check_batch, check_probability, happens


@dataclass(frozen=True)
class Reverse(View):
    """Random reversal of time, one decision per sample.

    Parameters
    ----------
    probability : float, default=0.5
        How likely a sample is reversed.

    Raises
    ------
    ValueError
        If `probability` is not in [0, 1].

    References
    ----------
    .. [1] Rao, H. et al. (2021). Augmented skeleton based contrastive action learning with momentum LSTM for
       unsupervised action recognition. Information Sciences 569.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.augmentation import Reverse
    >>> batch = torch.tensor([1.0, 2.0, 3.0]).view(1, 3, 1, 1)
    >>> Reverse(probability=1.0)(batch, torch.Generator()).flatten().tolist()
    [3.0, 2.0, 1.0]
    """

    probability: float = 0.5

    def __post_init__(self) -> None:
        check_probability("probability", self.probability)

    def __call__(self, batch: Tensor, generator: Generator) -> Tensor:
        """Return a copy of a batch (B, F, J, C) in which some samples are reversed."""
        check_batch(batch)
        n_samples, n_frames = batch.shape[:2]
        reverse = happens(self.probability, batch, generator)
        frame = torch.arange(n_frames, device=batch.device)
        # row of each sample's frame among all B*F rows; selecting whole rows costs one copy of the batch
        row = torch.where(reverse[:, None], n_frames - 1 - frame, frame)  # (B, F)
        row += n_frames * torch.arange(n_samples, device=batch.device)[:, None]
        result = empty_like(batch)
        rows = batch.reshape(n_samples * n_frames, -1)
        torch.index_select(rows, 0, row.view(-1), out=result.view(rows.shape))
        return result
