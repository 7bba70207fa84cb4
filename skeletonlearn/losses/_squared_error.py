"""Squared error."""

from __future__ import annotations

from torch import Tensor

from skeletonlearn.losses._regression import differences, weighted_mean


def squared_error(prediction: Tensor, target: Tensor, *, sample_weight: Tensor | None = None) -> Tensor:
    """Half of the squared difference, as scikit-learn's squared error.

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
    absolute_error : Depends less on outliers.
    huber_loss : Squared for small differences, absolute for large ones.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.losses import squared_error
    >>> squared_error(torch.tensor([[0.0], [3.0]]), torch.zeros(2, 1))
    tensor(2.2500)
    """
    return weighted_mean(0.5 * differences(prediction, target).square(), sample_weight)
