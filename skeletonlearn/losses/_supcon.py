"""Supervised contrastive loss."""

from __future__ import annotations

from torch import Tensor

from skeletonlearn.losses._checks import check_contrastive
from skeletonlearn.losses._contrastive import contrastive_loss


def supcon(z: Tensor, labels: Tensor, temperature: float = 0.1) -> Tensor:
    r"""Supervised contrastive loss: every row with the anchor's label is a positive.

    For an anchor :math:`i` with unit row :math:`z_i`, positives :math:`P(i)` (the other rows with
    its label) and all other rows :math:`A(i)`,

    .. math::
        L_i = -\frac{1}{|P(i)|} \sum_{p \in P(i)}
            \log \frac{e^{z_i \cdot z_p / \tau}}{\sum_{a \in A(i)} e^{z_i \cdot z_a / \tau}}

    The loss is the mean of :math:`L_i` over the anchors that have positives, and 0 if none has.

    Parameters
    ----------
    z : Tensor of shape (n_views * batch, dim)
        Projections, view by view as from ``torch.cat([view1, view2])``. They are L2-normalised
        here. Half precisions are computed in float32.
    labels : Tensor of shape (n_views * batch,)
        One integer label per row.
    temperature : float, default=0.1
        Temperature :math:`\tau`.

    Returns
    -------
    Tensor of shape ()
        The loss, in float32, or in float64 if `z` is. Its gradient has the dtype of `z`.

    Raises
    ------
    TypeError
        If `z` is not a floating tensor, `labels` not an integer tensor, or `temperature` not a
        number.
    ValueError
        If `z` is not 2-D or empty, `labels` does not have one label per row, or `temperature` is
        not positive.

    See Also
    --------
    nt_xent : The same where the other views of the anchor are its only positives.
    tcl : The same with tunable weights for hard positives and hard negatives.

    Notes
    -----
    The gradient is computed along with the loss and cannot be differentiated again: double backward raises
    NotImplementedError. Forward-mode differentiation and :func:`torch.vmap` are not supported either.

    References
    ----------
    .. [1] P. Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, eq. 2.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.losses import supcon
    >>> z = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1], [0.1, 1.0]])
    >>> round(supcon(z, torch.tensor([0, 1, 0, 1]), temperature=0.5).item(), 4)
    0.2899
    """
    check_contrastive(z, labels, temperature, k1=0, k2=1)
    return contrastive_loss(z, labels, temperature, k1=0, k2=1)
