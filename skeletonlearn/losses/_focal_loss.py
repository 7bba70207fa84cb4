"""Focal loss."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from skeletonlearn.losses._checks import check_classification, check_number
from skeletonlearn.losses._class_weight import class_weighted_mean


def focal_loss(
    logits: Tensor,
    target: Tensor,
    gamma: float = 2.0,
    *,
    weight: Tensor | None = None,
    label_smoothing: float = 0.0,
    sample_weight: Tensor | None = None,
) -> Tensor:
    r"""Cross-entropy in which well classified samples count little.

    With probabilities :math:`p_c = \mathrm{softmax}(logits)_c` and target distribution
    :math:`q_c` (one-hot, or smoothed), a sample's loss is

    .. math:: -\sum_c w_c q_c (1 - p_c)^\gamma \log p_c

    Parameters
    ----------
    logits : Tensor of shape (batch, n_classes)
        Class scores before the softmax. Half precisions are computed in float32.
    target : Tensor of shape (batch,)
        One class index per sample.
    gamma : float, default=2.0
        How fast a sample stops to count as its probability rises; 0 is cross-entropy.
    weight : Tensor of shape (n_classes,), default=None
        Class weights :math:`w_c`.
    label_smoothing : float, default=0.0
        Part of the target distribution spread evenly over all classes, between 0 and 1.
    sample_weight : Tensor of shape (batch,), default=None
        How much each sample counts in the mean.

    Returns
    -------
    Tensor of shape ()
        The mean over the samples, as in :func:`torch.nn.functional.cross_entropy`: divided by the
        sum of the targets' class weights.

    Raises
    ------
    TypeError
        If `logits` or `weight` is not a floating tensor, `target` not an integer tensor, or
        `gamma` or `label_smoothing` not a number.
    ValueError
        If shapes do not match, `target` is outside ``0 ... n_classes - 1``, `gamma` is negative
        or `label_smoothing` is not between 0 and 1.

    See Also
    --------
    temporal_cross_entropy : Lets every time step predict the class.

    References
    ----------
    .. [1] T.-Y. Lin et al., "Focal Loss for Dense Object Detection", ICCV 2017, eq. 5.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.losses import focal_loss
    >>> round(focal_loss(torch.tensor([[2.0, 0.0]]), torch.tensor([0])).item(), 4)
    0.0018
    """
    check_classification(logits, target, weight, label_smoothing, sample_weight, shape="(batch, n_classes)")
    check_number("gamma", gamma)
    log_p = F.log_softmax(logits, dim=1, dtype=torch.promote_types(logits.dtype, torch.float32))
    # A power below 1 has an infinite slope at 0, which a probability of 1 would turn into NaN.
    doubt = (-torch.expm1(log_p)).clamp_min(torch.finfo(log_p.dtype).tiny)  # 1 - p, (batch, C)
    terms = -doubt.pow(gamma) * log_p
    if weight is not None:
        terms = terms * weight
    at_target = terms.gather(1, target.long()[:, None]).squeeze(1)  # (batch, C) -> (batch,)
    losses = (1 - label_smoothing) * at_target + label_smoothing * terms.mean(1)
    return class_weighted_mean(losses, target, weight, sample_weight)
