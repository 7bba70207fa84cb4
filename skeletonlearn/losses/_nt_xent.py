"""Normalised temperature-scaled cross-entropy."""

from __future__ import annotations

import torch
from torch import Tensor

from skeletonlearn.losses._checks import check_number, check_views
from skeletonlearn.losses._contrastive import contrastive_loss


def nt_xent(z: Tensor, temperature: float = 0.1, *, n_views: int = 2) -> Tensor:
    r"""NT-Xent: distinguish the other view of an anchor from all other rows, without labels.

    For an anchor :math:`i` with unit row :math:`z_i` and its other view :math:`p`,

    .. math::
        L_i = -\log \frac{e^{z_i \cdot z_p / \tau}}{\sum_{a \neq i} e^{z_i \cdot z_a / \tau}}

    The loss is the mean over all rows. With more than two views, :math:`L_i` is the mean over the
    other views of the anchor, as in `supcon`.

    Parameters
    ----------
    z : Tensor of shape (n_views * batch, dim)
        Projections, view by view as from ``torch.cat([view1, view2])``: rows ``i`` and
        ``batch + i`` are views of one sample. They are L2-normalised here. Half precisions are
        computed in float32.
    temperature : float, default=0.1
        Temperature :math:`\tau`.
    n_views : int, default=2
        Number of views of each sample.

    Returns
    -------
    Tensor of shape ()
        The loss, in float32, or in float64 if `z` is. Its gradient has the dtype of `z`.

    Raises
    ------
    TypeError
        If `z` is not a floating tensor, `temperature` not a number or `n_views` not an integer.
    ValueError
        If `z` is not 2-D or empty, `temperature` is not positive, or `n_views` is below 2 or does
        not divide the number of rows.

    See Also
    --------
    supcon : The same with labels.

    Notes
    -----
    The gradient is computed along with the loss and cannot be differentiated again: double backward raises
    NotImplementedError. Forward-mode differentiation and :func:`torch.vmap` are not supported either.

    References
    ----------
    .. [1] T. Chen et al., "A Simple Framework for Contrastive Learning of Visual
       Representations", ICML 2020, eq. 1.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.losses import nt_xent
    >>> z = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1], [0.1, 1.0]])
    >>> round(nt_xent(z, temperature=0.5).item(), 4)
    0.2899
    """
    check_views(z, n_views)
    check_number("temperature", temperature, positive=True)
    labels = torch.arange(len(z) // n_views, device=z.device).repeat(n_views)
    return contrastive_loss(z, labels, temperature, k1=0, k2=1)
