"""Class weights in the classification losses."""

from __future__ import annotations

from torch import Tensor


def class_weighted_mean(
    losses: Tensor, target: Tensor, weight: Tensor | None, sample_weight: Tensor | None = None
) -> Tensor:
    """Average losses (batch,), already weighted by class, as PyTorch's cross-entropy does; samples may weigh too."""
    if weight is None and sample_weight is None:
        return losses.mean()
    counts = losses.new_ones(losses.shape) if weight is None else weight.to(losses.dtype)[target.long()]
    if sample_weight is not None:
        counts = counts * sample_weight.to(losses.dtype)
        losses = losses * sample_weight.to(losses.dtype)
    return losses.sum() / counts.sum()
