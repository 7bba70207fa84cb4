"""Tuned contrastive loss."""

from __future__ import annotations

from torch import Tensor

from skeletonlearn.losses._checks import check_contrastive
from skeletonlearn.losses._contrastive import contrastive_loss


def tcl(z: Tensor, labels: Tensor, temperature: float = 0.1, k1: float = 10.0, k2: float = 1.0) -> Tensor:
    r"""Tuned contrastive loss: supcon with weights for hard positives and hard negatives.

    For an anchor :math:`i` with unit row :math:`z_i`, positives :math:`P(i)` (the other rows with
    its label) and negatives :math:`N(i)` (the rows with another label),

    .. math::
        L_i = -\frac{1}{|P(i)|} \sum_{p \in P(i)} \log \frac{e^{z_i \cdot z_p / \tau}}{D_i}

    .. math::
        D_i = \sum_{p \in P(i)} e^{z_i \cdot z_p / \tau}
            + k_1 \sum_{p \in P(i)} e^{-z_i \cdot z_p}
            + k_2 \sum_{n \in N(i)} e^{z_i \cdot z_n / \tau}

    The loss is the mean of :math:`L_i` over the anchors that have positives, and 0 if none has.

    Parameters
    ----------
    z : Tensor of shape (n_views * batch, dim)
        Projections, view by view as from ``torch.cat([view1, view2])``. They are L2-normalised
        here. Half precisions are computed in float32.
    labels : Tensor of shape (n_views * batch,)
        One integer label per row.
    temperature : float, default=0.1
        Temperature :math:`\tau`. By definition it does not divide the exponent of the `k1` term.
    k1 : float, default=10.0
        Weight of the term that raises the gradient of hard positives.
    k2 : float, default=1.0
        Weight of the negatives.

    Returns
    -------
    Tensor of shape ()
        The loss, in float32, or in float64 if `z` is. Its gradient has the dtype of `z`.

    Raises
    ------
    TypeError
        If `z` is not a floating tensor, `labels` not an integer tensor, or `temperature`, `k1` or
        `k2` not a number.
    ValueError
        If `z` is not 2-D or empty, `labels` does not have one label per row, `temperature` is not
        positive, or `k1` or `k2` is negative or not finite.

    See Also
    --------
    supcon : The same with ``k1=0, k2=1``.

    Notes
    -----
    The balance of the three sums depends on `temperature` and on how many positives and negatives an anchor has: at
    1,024 anchors, 60 classes and ``temperature=0.07`` they start near 37, ``k1`` * 17 and ``k2`` * 2219. To carry
    weights over to other data, keep ``k1 * n_positives / (k2 * n_negatives)`` as it is. With labels both numbers grow
    with the batch, so that its size does not matter; with twice as many classes of equal size, double `k1`. Where each
    sequence is a class of its own there is one positive in whatever batch, so double `k1` with the batch. Another
    `temperature` needs a search.

    The gradient is computed along with the loss and cannot be differentiated again: double backward raises
    NotImplementedError. Forward-mode differentiation and :func:`torch.vmap` are not supported either.

    References
    ----------
    .. [1] C. Animesh and M. Chandraker, "Tuned Contrastive Learning", WACV 2025.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.losses import tcl
    >>> z = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1], [0.1, 1.0]])
    >>> round(tcl(z, torch.tensor([0, 1, 0, 1]), k1=100).item(), 4)
    0.0021
    """
    check_contrastive(z, labels, temperature, k1, k2)
    return contrastive_loss(z, labels, temperature, k1, k2)
