"""The one core of the contrastive losses: loss and analytic gradient, row block by row block.

With unit rows u, similarities s_ij = u_i.u_j, temperature tau and D_i as in `tcl`, the loss of anchor i is
``log D_i - 1/|P(i)| sum_p s_ip / tau``, so that

    dL_i/ds_in = k2 e^{s_in/tau} / (tau D_i)                                          n in N(i)
    dL_i/ds_ip = e^{s_ip/tau} / (tau D_i) - k1 e^{-s_ip} / D_i - 1 / (tau |P(i)|)     p in P(i)

The gradient falls out of the same exponentials as the loss. Computing it in the forward pass keeps
one block of similarities alive at a time, where autograd would keep several (N, N) matrices.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple, NoReturn

import torch
from torch import Tensor

# 32 MiB in float32. Smaller blocks are no faster on idle cores, and their many short parallel
# loops lose by far where other processes keep the cores busy.
BLOCK_ELEMENTS = 2**23

# Working memory for one positive, its row number included, in units of one similarity.
ELEMENTS_PER_POSITIVE = 6


def contrastive_loss(
    z: Tensor,
    labels: Tensor,
    temperature: float,
    k1: float,
    k2: float,
    *,
    block_elements: int = BLOCK_ELEMENTS,
) -> Tensor:
    """Compute the tuned contrastive loss of checked arguments; see `tcl`."""
    terms = _Terms(float(temperature), float(k1), float(k2), block_elements)
    needs_gradient = torch.is_grad_enabled() and z.requires_grad
    loss: Tensor
    loss, _ = _ContrastiveLoss.apply(z, labels.to(z.device), terms, needs_gradient)
    return loss


class _Terms(NamedTuple):
    temperature: float
    k1: float
    k2: float
    block_elements: int


class _ContrastiveLoss(torch.autograd.Function):
    """Scalar loss whose gradient with respect to z is ready when the forward pass ends."""

    @staticmethod
    def forward(z: Tensor, labels: Tensor, terms: _Terms, needs_gradient: bool) -> tuple[Tensor, Tensor | None]:
        # Autocast would run the products below in half precision.
        with torch.autocast(z.device.type, enabled=False):
            unit, length = _normalise(z)
            gradient = torch.zeros_like(unit) if needs_gradient else None
            loss = _accumulate(unit, _Positives(labels), terms, gradient)
            if gradient is not None:
                gradient = _through_normalisation(gradient, unit, length)
        return loss, gradient

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor | None]) -> None:
        z, (_, gradient) = inputs[0], output
        if gradient is not None:
            ctx.mark_non_differentiable(gradient)
            ctx.save_for_backward(z, gradient)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor, _: Tensor) -> tuple[Tensor, None, None, None]:
        z, gradient = ctx.saved_tensors
        gradient = (gradient * grad_output).to(z.dtype)
        if torch.is_grad_enabled():  # a second differentiation would take the gradient for a constant
            gradient = _OnceDifferentiable.apply(gradient, z)
        return gradient, None, None, None


class _OnceDifferentiable(torch.autograd.Function):
    """A gradient that depends on z in a way that autograd does not know."""

    @staticmethod
    def forward(gradient: Tensor, z: Tensor) -> Tensor:
        return gradient.clone()

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> NoReturn:
        raise NotImplementedError(
            "Got a second differentiation of nt_xent, supcon or tcl: they can be differentiated once only, since their "
            "gradient is computed along with the loss."
        )


def _normalise(z: Tensor) -> tuple[Tensor, Tensor]:
    """Return rows of length 1 in float32 or float64, and the lengths divided by, (N, 1)."""
    wide = z.to(torch.promote_types(z.dtype, torch.float32))
    length = torch.linalg.vector_norm(wide, dim=1, keepdim=True)
    # Shorter rows are left as they are: divided by their length, their gradient would overflow.
    length.masked_fill_(length < torch.finfo(z.dtype).tiny, 1.0)
    return wide / length, length


def _through_normalisation(gradient: Tensor, unit: Tensor, length: Tensor) -> Tensor:
    """Turn the gradient with respect to `unit` into that with respect to z."""
    radial = (gradient * unit).sum(1, keepdim=True)
    return gradient.addcmul_(unit, radial, value=-1).div_(length)


class _Positives:
    """The rows of each label, found by one sort: no (N, N) mask is ever made."""

    def __init__(self, labels: Tensor) -> None:
        _, label_index, sizes = torch.unique(labels, return_inverse=True, return_counts=True)
        self._rows = torch.argsort(label_index, stable=True)  # rows of a label are neighbours
        self._first = (sizes.cumsum(0) - sizes)[label_index]  # (N,) into _rows
        self._size = sizes[label_index]  # (N,) rows with the anchor's label, itself included
        self.most = int(sizes.max()) - 1  # positives of an anchor

    def anchors(self) -> Tensor:
        """Return the rows that have positives, those with few before those with many.

        In this order the rows of a block need columns of about the same width.
        """
        by_size = torch.argsort(self._size, stable=True)
        return by_size[self._size[by_size] > 1]

    def columns(self, anchors: Tensor) -> Tensor:
        """Return the rows with each anchor's label, (b, K), filled up with the anchor itself."""
        size = self._size[anchors, None]  # (b, 1)
        slot = torch.arange(int(size.max()), device=anchors.device)  # (K,)
        position = (self._first[anchors, None] + slot).clamp_(max=len(self._rows) - 1)
        return torch.where(slot < size, self._rows[position], anchors[:, None])


def _accumulate(
    unit: Tensor,
    positives: _Positives,
    terms: _Terms,
    gradient: Tensor | None,
) -> Tensor:
    """Return the mean loss over the anchors that have positives, adding to `gradient` in place."""
    anchors = positives.anchors()
    loss = unit.new_zeros(())
    if len(anchors) == 0:
        return loss
    elements_per_anchor = len(unit) + ELEMENTS_PER_POSITIVE * positives.most
    for block in torch.split(anchors, max(1, terms.block_elements // elements_per_anchor)):
        columns = positives.columns(block)
        losses, slopes, scale = _block(unit, block, columns, terms, gradient is not None)
        loss += losses.sum()
        if gradient is not None:
            scale /= len(anchors)
            # (b, N) @ (N, D) for the anchors, (N, b) @ (b, D) for the rows that they meet
            gradient[block] += (slopes @ unit).mul_(scale)
            gradient.addmm_(slopes.T, unit[block] * scale)
    return loss / len(anchors)


def _block(
    unit: Tensor, block: Tensor, columns: Tensor, terms: _Terms, needs_gradient: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the losses (b, 1) and dL/ds of a block of anchors as slopes (b, N) * scale (b, 1)."""
    temperature, k1, k2, _ = terms
    is_anchor = columns == block[:, None]  # (b, K)
    n_positives = columns.shape[1] - is_anchor.sum(1, keepdim=True)

    logits = (unit[block] / temperature) @ unit.T  # (b, D) @ (D, N) -> (b, N)
    attraction = logits.gather(1, columns)  # (b, K)
    mean_attraction = attraction.masked_fill(is_anchor, 0).sum(1, keepdim=True) / n_positives
    repulsion = (_log(k1) - temperature * attraction).masked_fill_(is_anchor, -torch.inf)  # (b, K)
    if k2 != 1:
        logits += _log(k2)
    logits.scatter_(1, columns, attraction.masked_fill_(is_anchor, -torch.inf))

    highest = torch.maximum(logits.amax(1, keepdim=True), repulsion.amax(1, keepdim=True))
    logits.sub_(highest).exp_()
    repulsion.sub_(highest).exp_()
    denominator = logits.sum(1, keepdim=True) + repulsion.sum(1, keepdim=True)
    losses = denominator.log() + highest - mean_attraction
    if needs_gradient:
        pull = repulsion.mul_(-temperature).sub_(denominator / n_positives).masked_fill_(is_anchor, 0)
        logits.scatter_add_(1, columns, pull)
    return losses, logits, 1 / (temperature * denominator)


def _log(weight: float) -> float:
    return math.log(weight) if weight > 0 else -math.inf
