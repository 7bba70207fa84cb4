"""Reconstruction error of a decoder."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from skeletonlearn.losses._checks import check_same_shape


def reconstruction_loss(reconstruction: Tensor, target: Tensor) -> Tensor:
    """Mean squared difference, element by element, to the input before its augmentation.

    Parameters
    ----------
    reconstruction : Tensor of any shape
        What the decoder gives, such as (B, F, J, C). Half precisions are computed in float32.
    target : Tensor of the same shape
        The un-augmented input.

    Returns
    -------
    Tensor of shape ()
        The mean over all elements, in the target's unit squared.

    Raises
    ------
    TypeError
        If one of the two is not a floating tensor.
    ValueError
        If the shapes differ or the tensors are empty.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.losses import reconstruction_loss
    >>> reconstruction_loss(torch.ones(2, 3), torch.zeros(2, 3))
    tensor(1.)
    """
    check_same_shape("reconstruction", reconstruction, "target", target)
    dtype = torch.promote_types(reconstruction.dtype, torch.float32)
    return F.mse_loss(reconstruction.to(dtype), target.to(dtype))
