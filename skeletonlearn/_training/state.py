"""Weights as NumPy arrays, so that a fitted estimator can be saved and loaded on any device."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn


def module_arrays(module: nn.Module) -> dict[str, np.ndarray]:
    """A copy of a module's parameters and buffers as NumPy arrays, by name."""
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in module.state_dict().items()}


def load_arrays(module: nn.Module, arrays: Mapping[str, np.ndarray]) -> None:
    """Set a module's parameters and buffers from :func:`module_arrays`."""
    module.load_state_dict({name: torch.tensor(array, device="cpu") for name, array in arrays.items()})


def optimizer_arrays(optimizer: torch.optim.Optimizer) -> dict[str, np.ndarray]:
    """An optimiser's moments and step counts as NumPy arrays, named `<parameter number>.<what>`."""
    state = optimizer.state_dict()["state"]
    return {
        f"{at}.{name}": value.detach().cpu().numpy().copy()
        for at, moments in state.items()
        for name, value in moments.items()
        if isinstance(value, torch.Tensor)
    }


def load_optimizer_arrays(optimizer: torch.optim.Optimizer, arrays: Mapping[str, np.ndarray]) -> None:
    """Set an optimiser's moments from :func:`optimizer_arrays`."""
    state: dict[int, dict[str, torch.Tensor]] = {}
    for key, array in arrays.items():
        at, name = key.split(".", 1)
        state.setdefault(int(at), {})[name] = torch.tensor(array, device="cpu")
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
