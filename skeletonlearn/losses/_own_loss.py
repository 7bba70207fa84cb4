"""A user's own loss: its result is checked before a step is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def own_loss(
    loss: Callable[[Tensor, Tensor], Any], rows: Tensor, targets: Tensor, *, shapes: tuple[tuple[int, ...], ...]
) -> Tensor:
    """Return the result of a user's loss for a batch.

    Parameters
    ----------
    loss : callable
        Called as ``loss(rows, targets)``.
    rows : Tensor of shape (n_rows, n_features)
        Projections, class scores or predictions; half precisions are converted to float32.
    targets : Tensor of shape (n_rows,) or (n_rows, n_outputs)
        Labels, class indices or target values.
    shapes : tuple of tuple of int
        The shapes that it may have, such as ``()`` for one number and ``(n_rows,)`` for one number per row.

    Returns
    -------
    Tensor of one of the shapes
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
    given = loss(rows.to(torch.promote_types(rows.dtype, torch.float32)), targets)
    if not isinstance(given, Tensor) or not given.is_floating_point():
        what = f"{given.dtype} tensor" if isinstance(given, Tensor) else type(given).__name__
        raise TypeError(f"loss={loss!r} gave {what}, expected a floating torch.Tensor.")
    if tuple(given.shape) not in shapes:
        # the losses of torch average over the rows unless asked not to
        hint = " (reduction='none' for torch's losses)" if () not in shapes else ""
        expected = " or ".join(map(str, shapes))
        raise ValueError(f"loss={loss!r} gave shape {tuple(given.shape)}, expected {expected}{hint}.")
    if torch.is_grad_enabled() and not given.requires_grad:
        raise ValueError(
            f"loss={loss!r} gave a tensor without a gradient, expected one computed from its first argument."
        )
    return given
