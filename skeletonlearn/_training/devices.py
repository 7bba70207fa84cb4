"""Which device to compute on, and in which precision."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch

PRECISIONS = ("auto", "float32", "bfloat16", "float16")


def available_devices() -> list[str]:
    """Names of the devices that torch can compute on here, the processor first."""
    names = ["cpu"]
    if torch.cuda.is_available():
        names += [f"cuda:{at}" for at in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        names.append("mps")
    return names


def resolve_device(device: str | torch.device) -> torch.device:
    """The torch device that a `device` parameter stands for.

    Parameters
    ----------
    device : str or torch.device
        ``"auto"`` is the first accelerator if there is one, else the processor.

    Returns
    -------
    torch.device
        The device.

    Raises
    ------
    ValueError
        If the name is not a device, or the device is not there.
    """
    there = available_devices()
    if isinstance(device, str) and device == "auto":
        return torch.device(there[1] if len(there) > 1 else "cpu")
    wanted = f"device={device!r} must be 'auto' or one of the devices here: {', '.join(there)}."
    if not isinstance(device, str | torch.device):
        raise TypeError(wanted)
    try:
        resolved = torch.device(device)
    except RuntimeError:
        raise ValueError(wanted) from None
    if resolved.type == "cuda" and resolved.index is None:
        resolved = torch.device("cuda", 0)
    if str(resolved) not in there:
        raise ValueError(wanted)
    return resolved


def autocast(device: torch.device, precision: str) -> AbstractContextManager:
    """The context in which forward passes run: mixed precision on a GPU, float32 elsewhere, unless asked."""
    if precision not in PRECISIONS:
        raise ValueError(f"precision={precision!r} must be one of {', '.join(PRECISIONS)}.")
    if precision == "auto":
        precision = "bfloat16" if device.type == "cuda" and torch.cuda.is_bf16_supported() else "float32"
    if precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, dtype=getattr(torch, precision))
