"""Cross-entropy at every time step."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from skeletonlearn.losses._checks import check_classification, check_integers, check_range
from skeletonlearn.losses._class_weight import class_weighted_mean


def temporal_cross_entropy(
    logits: Tensor,
    target: Tensor,
    lengths: Tensor | None = None,
    *,
    weight: Tensor | None = None,
    label_smoothing: float = 0.0,
    sample_weight: Tensor | None = None,
) -> Tensor:
    """Cross-entropy of a sequence whose every frame predicts the sequence's class.

    It asks a recurrent classifier to recognise the action as early as it can. The mean is taken
    over a sequence's frames first and then over sequences: long sequences count no more than
    short ones.

    Parameters
    ----------
    logits : Tensor of shape (batch, n_frames, n_classes)
        Class scores before the softmax. Half precisions are computed in float32.
    target : Tensor of shape (batch,)
        One class index per sequence.
    lengths : Tensor of shape (batch,), default=None
        Number of real frames of each sequence, which come first; what follows them is ignored,
        even NaN. By default all frames are real.
    weight : Tensor of shape (n_classes,), default=None
        Class weights.
    label_smoothing : float, default=0.0
        Part of the target distribution spread evenly over all classes, between 0 and 1.
    sample_weight : Tensor of shape (batch,), default=None
        How much each sample counts in the mean.

    Returns
    -------
    Tensor of shape ()
        The mean over the sequences, as in :func:`torch.nn.functional.cross_entropy`: divided by
        the sum of the targets' class weights.

    Raises
    ------
    TypeError
        If `logits` or `weight` is not a floating tensor, `target` or `lengths` not an integer
        tensor, or `label_smoothing` not a number.
    ValueError
        If shapes do not match, `target` is outside ``0 ... n_classes - 1``, `lengths` outside
        ``1 ... n_frames`` or `label_smoothing` not between 0 and 1.

    See Also
    --------
    focal_loss : Counts samples less that are already sure.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.losses import temporal_cross_entropy
    >>> logits = torch.tensor([[[0.0, 0.0], [2.0, 0.0], [torch.nan, torch.nan]]])
    >>> loss = temporal_cross_entropy(logits, torch.tensor([0]), lengths=torch.tensor([2]))
    >>> round(loss.item(), 4)
    0.41
    """
    shape = "(batch, n_frames, n_classes)"
    check_classification(logits, target, weight, label_smoothing, sample_weight, shape=shape)
    batch, n_frames, _ = logits.shape
    if lengths is None:
        lengths = target.new_full((batch,), n_frames, dtype=torch.int64)
    else:
        check_integers("lengths", lengths, batch, per="sequence")
        check_range("lengths", lengths, 1, n_frames)

    dtype = torch.promote_types(logits.dtype, torch.float32)
    lengths = lengths.to(logits.device)
    padding = torch.arange(n_frames, device=logits.device) >= lengths[:, None]  # (batch, n_frames)
    # Masking the loss alone would let a NaN of the padding into the gradient.
    scores = logits.to(dtype).masked_fill(padding[..., None], 0)
    frame_losses = F.cross_entropy(
        scores.transpose(1, 2),  # (batch, n_frames, n_classes) -> (batch, n_classes, n_frames)
        target.long()[:, None].expand(batch, n_frames),
        weight=None if weight is None else weight.to(dtype),
        label_smoothing=label_smoothing,
        reduction="none",
    )
    losses = frame_losses.masked_fill(padding, 0).sum(1) / lengths  # -> (batch,)
    return class_weighted_mean(losses, target, weight, sample_weight)
