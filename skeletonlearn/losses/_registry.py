"""The losses that estimators know by name, and how they are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

from torch import Tensor

from skeletonlearn.losses._absolute_error import absolute_error
from skeletonlearn.losses._cross_entropy import cross_entropy
from skeletonlearn.losses._focal_loss import focal_loss
from skeletonlearn.losses._huber_loss import huber_loss
from skeletonlearn.losses._nt_xent import nt_xent
from skeletonlearn.losses._squared_error import squared_error
from skeletonlearn.losses._supcon import supcon
from skeletonlearn.losses._tcl import tcl
from skeletonlearn.losses._temporal_cross_entropy import temporal_cross_entropy

Loss = Callable[..., Tensor]

CONTRASTIVE_LOSSES: dict[str, Loss] = {"supcon": supcon, "nt_xent": nt_xent, "tcl": tcl}
"""Called with projections, labels where the loss has them, and the parameters that it has."""

CLASSIFICATION_LOSSES: dict[str, Loss] = {
    "cross_entropy": cross_entropy,
    "focal": focal_loss,
    "temporal_cross_entropy": temporal_cross_entropy,
}
"""Called with class scores, targets, lengths where the loss has them, weights and the parameters that it has."""

REGRESSION_LOSSES: dict[str, Loss] = {
    "squared_error": squared_error,
    "absolute_error": absolute_error,
    "huber": huber_loss,
}
"""Called with predictions, targets, weights of samples and the parameters that it has."""


def loss_options(loss: Loss, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Choose the parameters that a loss takes.

    Parameters
    ----------
    loss : callable
        One of the losses here.
    parameters : mapping of str to object
        An estimator's parameters.

    Returns
    -------
    dict of str to object
        Those whose names are in the loss's signature.

    Examples
    --------
    >>> from skeletonlearn.losses import CONTRASTIVE_LOSSES, loss_options
    >>> loss_options(CONTRASTIVE_LOSSES["supcon"], {"k1": 1.0, "temperature": 0.1})
    {'temperature': 0.1}
    """
    return {name: parameters[name] for name in signature(loss).parameters if name in parameters}


def takes(loss: Loss, argument: str) -> bool:
    """Whether a loss has an argument, such as `labels` or `lengths`.

    Parameters
    ----------
    loss : callable
        One of the losses here.
    argument : str
        The argument's name.

    Returns
    -------
    bool
        Whether it is in the loss's signature.

    Examples
    --------
    >>> from skeletonlearn.losses import CONTRASTIVE_LOSSES, takes
    >>> [name for name, loss in CONTRASTIVE_LOSSES.items() if takes(loss, "labels")]
    ['supcon', 'tcl']
    """
    return argument in signature(loss).parameters
