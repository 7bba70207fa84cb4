"""What the regression losses share: checks, and the weighted mean over samples and outputs."""

from __future__ import annotations

import torch
from torch import Tensor

from skeletonlearn.losses._checks import check_floating, check_same_shape


def differences(prediction: Tensor, target: Tensor) -> Tensor:
    """Subtract targets from predictions of the same shape `(batch, n_outputs)`, in float32 or float64."""
    check_floating("prediction", prediction, shape="(batch, n_outputs)")
    check_same_shape("prediction", prediction, "target", target)
    dtype = torch.promote_types(prediction.dtype, torch.float32)
    return prediction.to(dtype) - target.to(dtype)


def weighted_mean(losses: Tensor, sample_weight: Tensor | None) -> Tensor:
    """Average losses `(batch, n_outputs)` over outputs, then over samples by their weights `(batch,)`."""
    of_samples = losses.mean(1)
    if sample_weight is None:
        return of_samples.mean()
    check_floating("sample_weight", sample_weight, shape="(batch)")
    if len(sample_weight) != len(losses):
        raise ValueError(f"sample_weight has {len(sample_weight)} samples: predictions have {len(losses)}.")
    weight = sample_weight.to(losses.dtype)
    return (of_samples * weight).sum() / weight.sum()
