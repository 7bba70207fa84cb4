"""Class weights in the classification losses."""

from __future__ import annotations

from torch import Tensor


def class_weighted_mean(losses: Tensor, target: Tensor, weight: Tensor | None) -> Tensor:
    """Average losses (batch,), already weighted by class, as PyTorch's cross-entropy does."""
    if weight is None:
        return losses.mean()
    return losses.sum() / weight.to(losses.dtype)[target.long()].sum()
