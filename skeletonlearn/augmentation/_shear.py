"""Shear: every coordinate gets a random part of the others."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Generator, Tensor

from skeletonlearn.augmentation._view import View, check_batch, check_non_negative, multiply_channels, uniform


@dataclass(frozen=True)
class Shear(View):
    """Random linear shear of the body, one matrix per sample.

    Each sample's joints, as rows, are multiplied by a C x C matrix with ones on the diagonal and U(-amount, amount)
    elsewhere. It works for any number of channels C; with C = 1 there is nothing to shear.

    Parameters
    ----------
    amount : float, default=1.0
        Largest absolute value off the diagonal, without unit.

    Raises
    ------
    ValueError
        If `amount` is negative or not finite.

    References
    ----------
    .. [1] Rao, H. et al. (2021). Augmented skeleton based contrastive action learning with momentum LSTM for
       unsupervised action recognition. Information Sciences 569.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.augmentation import Shear
    >>> view = Shear(amount=0.5)
    >>> view(torch.ones(4, 16, 25, 3), torch.Generator().manual_seed(0)).shape
    torch.Size([4, 16, 25, 3])
    """

    amount: float = 1.0

    def __post_init__(self) -> None:
        check_non_negative("amount", self.amount)

    def __call__(self, batch: Tensor, generator: Generator) -> Tensor:
        """Return a sheared copy of a batch (B, F, J, C)."""
        check_batch(batch)
        n_samples, n_channels = len(batch), batch.shape[-1]
        matrices = uniform((n_samples, n_channels, n_channels), -self.amount, self.amount, batch, generator)
        matrices.diagonal(dim1=1, dim2=2).fill_(1.0)
        return multiply_channels(batch, matrices)
