"""Contrastive loss of pairs with a margin."""

from __future__ import annotations

import torch
from torch import Tensor

from skeletonlearn.losses._checks import (
    check_floating,
    check_number,
    check_pair_labels,
    check_same_shape,
)


def margin_contrastive(first: Tensor, second: Tensor, same: Tensor, margin: float = 1.0) -> Tensor:
    r"""Draw pairs of one class together and push others apart, up to a margin.

    With :math:`D` the euclidean distance of a pair and :math:`y` 1 where it is of one class, the
    loss is the mean over the pairs of

    .. math:: y D^2 + (1 - y) \max(0, m - D)^2

    Parameters
    ----------
    first, second : Tensor of shape (batch, dim)
        Row i of both is a pair. They are not normalised here. Half precisions are computed in
        float32.
    same : Tensor of shape (batch,)
        Whether the two of a pair are of one class: booleans, or integers 0 and 1.
    margin : float, default=1.0
        Distance :math:`m` from which pairs of different classes no longer count.

    Returns
    -------
    Tensor of shape ()
        The loss. A pair of different classes at distance 0 has gradient 0: it has no direction.

    Raises
    ------
    TypeError
        If `first` or `second` is not a floating tensor, `same` neither boolean nor integer, or
        `margin` not a number.
    ValueError
        If the shapes do not match, `same` has other integers than 0 and 1, or `margin` is not
        positive.

    See Also
    --------
    nt_xent : Contrasts each sample with all others of a batch.

    References
    ----------
    .. [1] R. Hadsell, S. Chopra and Y. LeCun, "Dimensionality Reduction by Learning an Invariant
       Mapping", CVPR 2006, eq. 4.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.losses import margin_contrastive
    >>> first, second = torch.tensor([[0.0], [0.0]]), torch.tensor([[2.0], [0.5]])
    >>> margin_contrastive(first, second, torch.tensor([True, False]))
    tensor(2.1250)
    """
    check_floating("first", first, shape="(batch, dim)")
    check_same_shape("second", second, "first", first)
    check_pair_labels("same", same, len(first))
    check_number("margin", margin, positive=True)
    dtype = torch.promote_types(first.dtype, torch.float32)
    difference = first.to(dtype) - second.to(dtype)
    distance = torch.linalg.vector_norm(difference, dim=1)  # (batch, dim) -> (batch,)
    gap = (margin - distance).clamp_min(0)
    return torch.where(same.bool(), distance, gap).square().mean()
