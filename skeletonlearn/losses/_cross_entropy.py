"""Cross-entropy."""

from __future__ import annotations

from torch import Tensor

from skeletonlearn.losses._focal_loss import focal_loss


def cross_entropy(
    logits: Tensor,
    target: Tensor,
    *,
    weight: Tensor | None = None,
    label_smoothing: float = 0.0,
    sample_weight: Tensor | None = None,
) -> Tensor:
    """Cross-entropy, which is the focal loss without focus.

    Parameters
    ----------
    logits : Tensor of shape (batch, n_classes)
        Class scores before the softmax. Half precisions are computed in float32.
    target : Tensor of shape (batch,)
        One class index per sample.
    weight : Tensor of shape (n_classes,), default=None
        Class weights.
    label_smoothing : float, default=0.0
        Part of the target distribution spread evenly over all classes, between 0 and 1.
    sample_weight : Tensor of shape (batch,), default=None
        Weight of each sample in the mean.

    Returns
    -------
    Tensor of shape ()
        The mean over the samples, as in :func:`torch.nn.functional.cross_entropy`: divided by the
        sum of the targets' class weights.

    Raises
    ------
    TypeError
        If `logits` or `weight` is not a floating tensor, `target` not an integer tensor, or
        `label_smoothing` not a number.
    ValueError
        If shapes do not match, `target` is outside ``0 ... n_classes - 1`` or `label_smoothing` is
        not between 0 and 1.

    See Also
    --------
    focal_loss : Gives well classified samples less weight.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.losses import cross_entropy
    >>> round(cross_entropy(torch.tensor([[2.0, 0.0]]), torch.tensor([0])).item(), 4)
    0.1269
    """
    return focal_loss(logits, target, 0.0, weight=weight, label_smoothing=label_smoothing, sample_weight=sample_weight)
