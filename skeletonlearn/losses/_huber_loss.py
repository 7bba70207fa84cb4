"""Huber loss."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from skeletonlearn.losses._checks import check_number
from skeletonlearn.losses._regression import differences, weighted_mean


def huber_loss(
    prediction: Tensor, target: Tensor, delta: float = 1.0, *, sample_weight: Tensor | None = None
) -> Tensor:
    """Squared for small differences, absolute for large ones.

    Parameters
    ----------
    prediction : Tensor of shape (batch, n_outputs)
        Predicted values. Half precisions are computed in float32.
    target : Tensor of the same shape
        True values.
    delta : float, default=1.0
        The difference from which the loss is linear.
    sample_weight : Tensor of shape (batch,), default=None
        Weight of each sample in the mean.

    Returns
    -------
    Tensor of shape ()
        The mean over outputs and samples.

    Raises
    ------
    TypeError
        If an argument is not a floating tensor, or `delta` not a number.
    ValueError
        If shapes do not match or `delta` is not positive.

    See Also
    --------
    squared_error : Depends more on outliers.
    absolute_error : Depends less on outliers.

    References
    ----------
    .. [1] P. J. Huber, "Robust Estimation of a Location Parameter", Annals of Mathematical Statistics 1964.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.losses import huber_loss
    >>> huber_loss(torch.tensor([[0.0], [3.0]]), torch.zeros(2, 1))
    tensor(1.2500)
    """
    check_number("delta", delta, positive=True)
    difference = differences(prediction, target)
    losses = F.huber_loss(difference, torch.zeros_like(difference), reduction="none", delta=delta)
    return weighted_mean(losses, sample_weight)
