"""A loss that is the user's own: what it gives is checked before anything is trained on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def own_loss(loss: Callable[[Tensor, Tensor], Any], rows: Tensor, labels: Tensor, shape: tuple[int, ...]) -> Tensor:
    """What a user's loss gives for a batch.

    Parameters
    ----------
    loss : callable
        Called as ``loss(rows, labels)``.
    rows : Tensor of shape (n_rows, n_features)
        Projections or class scores; half precisions are handed over in float32.
    labels : Tensor of shape (n_rows,)
        One integer a row.
    shape : tuple of int
        What is wanted: ``()`` for one number, ``(n_rows,)`` for one a row.

    Returns
    -------
    Tensor of the wanted shape
        The loss.

    Raises
    ------
    TypeError
        If `loss` is a class, or what it gives no floating tensor.
    ValueError
        If it has another shape, or nothing to learn from.
    """
    if isinstance(loss, type):
        raise TypeError(
            f"loss is the class {loss.__name__}, expected a function or an instance, such as one made of it."
        )
    given = loss(rows.to(torch.promote_types(rows.dtype, torch.float32)), labels)
    if not isinstance(given, Tensor) or not given.is_floating_point():
        what = f"{given.dtype} tensor" if isinstance(given, Tensor) else type(given).__name__
        raise TypeError(f"loss={loss!r} gave {what}, expected a floating torch.Tensor.")
    if tuple(given.shape) != shape:
        # the losses of torch average over the rows unless told not to
        hint = " (reduction='none' for torch's losses)" if shape else ""
        raise ValueError(f"loss={loss!r} gave shape {tuple(given.shape)}, expected {shape}{hint}.")
    if torch.is_grad_enabled() and not given.requires_grad:
        raise ValueError(
            f"loss={loss!r} gave a tensor without a gradient, expected one computed from its first argument."
        )
    return given
