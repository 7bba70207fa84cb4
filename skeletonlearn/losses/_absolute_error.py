"""Absolute error."""

from __future__ import annotations

from torch import Tensor

from skeletonlearn.losses._regression import differences, weighted_mean


def absolute_error(prediction: Tensor, target: Tensor, *, sample_weight: Tensor | None = None) -> Tensor:
    """Absolute difference.

    Parameters
    ----------
    prediction : Tensor of shape (batch, n_outputs)
        Predicted values. Half precisions are computed in float32.
    target : Tensor of the same shape
        True values.
    sample_weight : Tensor of shape (batch,), default=None
        Weight of each sample in the mean.

    Returns
    -------
    Tensor of shape ()
        The mean over outputs and samples.

    Raises
    ------
    TypeError
        If an argument is not a floating tensor.
    ValueError
        If shapes do not match.

    See Also
    --------
    squared_error : Depends more on outliers.
    huber_loss : Squared for small differences, absolute for large ones.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.losses import absolute_error
    >>> absolute_error(torch.tensor([[0.0], [3.0]]), torch.zeros(2, 1))
    tensor(1.5000)
    """
    return weighted_mean(differences(prediction, target).abs(), sample_weight)
