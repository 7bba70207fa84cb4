"""Scale: the whole body larger or smaller."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Generator, Tensor

from skeletonlearn.augmentation._view import View, check_batch, check_non_negative, uniform


@dataclass(frozen=True)
class Scale(View):
    """Random size of the whole body about the origin, one factor per sample.

    The factor is exp(U(-amount, amount)), so that growing and shrinking by the same ratio are equally likely.

    Parameters
    ----------
    amount : float, default=0.1
        Largest absolute logarithm of the factor: 0.1 is about ten percent.

    Raises
    ------
    ValueError
        If `amount` is negative or not finite.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.augmentation import Scale
    >>> scaled = Scale(amount=0.1)(torch.ones(4, 16, 25, 3), torch.Generator().manual_seed(0))
    >>> bool((scaled > 0.9).all() and (scaled < 1.11).all())
    True
    """

    amount: float = 0.1

    def __post_init__(self) -> None:
        check_non_negative("amount", self.amount)

    def __call__(self, batch: Tensor, generator: Generator) -> Tensor:
        """Return a scaled copy of a batch (B, F, J, C)."""
        check_batch(batch)
        factor = uniform((len(batch), 1, 1, 1), -self.amount, self.amount, batch, generator).exp_()
        return batch * factor.to(batch.dtype)
