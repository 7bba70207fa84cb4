"""Argument checks of the losses; errors name the value got and the value wanted."""

from __future__ import annotations

import math
from numbers import Integral, Real

import torch
from torch import Tensor


def check_number(name: str, value: float, *, positive: bool = False) -> None:
    """Refuse what is not a finite number above 0 (`positive`) or from 0 on."""
    wanted = f"must be a {'positive' if positive else 'non-negative'} finite number."
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name}={value!r} {wanted}")
    if not math.isfinite(value) or value < 0 or (positive and value == 0):
        raise ValueError(f"{name}={value!r} {wanted}")


def _check_tensor(name: str, value: Tensor) -> None:
    if not isinstance(value, Tensor):
        raise TypeError(f"{name} is a {type(value).__name__}: it must be a torch.Tensor.")


def _check_floating_dtype(name: str, value: Tensor) -> None:
    _check_tensor(name, value)
    if not value.is_floating_point():
        raise TypeError(f"{name} has dtype {value.dtype}: it must be a floating dtype.")


def check_floating(name: str, value: Tensor, *, shape: str) -> None:
    """Refuse what is not a non-empty floating tensor of the axes in `shape`, "(a, b)"."""
    _check_floating_dtype(name, value)
    if value.ndim != len(shape.split(",")) or value.numel() == 0:
        raise ValueError(f"{name} has shape {tuple(value.shape)}: it must be a non-empty {shape}.")


def check_same_shape(name: str, value: Tensor, wanted_name: str, wanted: Tensor) -> None:
    """Refuse tensors of which one would be broadcast to the other, or is empty or not floating."""
    _check_floating_dtype(name, value)
    _check_floating_dtype(wanted_name, wanted)
    if value.shape != wanted.shape or value.numel() == 0:
        raise ValueError(
            f"{name} has shape {tuple(value.shape)} and {wanted_name} has shape "
            f"{tuple(wanted.shape)}: they must be equal and not empty."
        )


def check_integers(name: str, value: Tensor, length: int, *, per: str) -> None:
    """Refuse what is not one integer for each of the `length` parts called `per`."""
    _check_tensor(name, value)
    if value.is_floating_point() or value.is_complex() or value.dtype == torch.bool:
        raise TypeError(f"{name} has dtype {value.dtype}: it must be an integer dtype.")
    if value.shape != (length,):
        wanted = f"({length},), one integer per {per}"
        raise ValueError(f"{name} has shape {tuple(value.shape)}: it must be {wanted}.")


def check_range(name: str, value: Tensor, low: int, high: int) -> None:
    """Refuse integers outside `low` to `high`, both included."""
    lowest, highest = torch.stack(torch.aminmax(value)).tolist()  # one wait for the device
    if lowest < low or highest > high:
        wanted = f"between {low} and {high}"
        raise ValueError(f"{name} goes from {lowest} to {highest}: it must lie {wanted}.")


def check_pair_labels(name: str, value: Tensor, length: int) -> None:
    """Refuse what is not `length` booleans, or integers 0 and 1."""
    if isinstance(value, Tensor) and value.dtype == torch.bool:
        value = value.int()
    check_integers(name, value, length, per="pair")
    check_range(name, value, 0, 1)


def check_contrastive(z: Tensor, labels: Tensor, temperature: float, k1: float, k2: float) -> None:
    """Check the arguments that the contrastive losses share."""
    check_floating("z", z, shape="(n_views * batch, dim)")
    check_integers("labels", labels, len(z), per="row of z")
    check_number("temperature", temperature, positive=True)
    check_number("k1", k1)
    check_number("k2", k2)


def check_views(z: Tensor, n_views: int) -> None:
    """Refuse a number of views that does not divide the rows of z, and fewer than two."""
    check_floating("z", z, shape="(n_views * batch, dim)")
    if isinstance(n_views, bool) or not isinstance(n_views, Integral):
        raise TypeError(f"n_views={n_views!r} must be an integer from 2 on.")
    if n_views < 2:
        raise ValueError(f"n_views={n_views!r} must be an integer from 2 on.")
    if len(z) % n_views:
        raise ValueError(f"n_views={n_views!r} must divide the number of rows of z, {len(z)}.")


def check_classification(
    logits: Tensor,
    target: Tensor,
    weight: Tensor | None,
    label_smoothing: float,
    sample_weight: Tensor | None,
    *,
    shape: str,
) -> None:
    """Check the arguments that the classification losses share; the last axis has the classes."""
    check_floating("logits", logits, shape=shape)
    check_integers("target", target, len(logits), per="sample")
    n_classes = logits.shape[-1]
    check_range("target", target, 0, n_classes - 1)
    check_number("label_smoothing", label_smoothing)
    if label_smoothing > 1:
        raise ValueError(f"label_smoothing={label_smoothing!r} must lie between 0 and 1.")
    if sample_weight is not None:
        check_floating("sample_weight", sample_weight, shape="(batch)")
        if len(sample_weight) != len(logits):
            raise ValueError(f"sample_weight has {len(sample_weight)} samples: logits have {len(logits)}.")
    if weight is None:
        return
    check_floating("weight", weight, shape="(n_classes)")
    if len(weight) != n_classes:
        raise ValueError(f"weight has {len(weight)} classes: logits have {n_classes}.")
