"""Networks built from their plan and given weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.parameter import is_lazy

from skeletonlearn._training.seeding import PrivateRandomness
from skeletonlearn._training.surroundings import default_torch
from skeletonlearn.nn import NetworkPlan

_SHOWN = 3  # differing weights that an error names


def build_with(plan: NetworkPlan, arrays: Mapping[str, np.ndarray]) -> nn.ModuleDict:
    """Build networks and set their weights, without waiting for, or disturbing, a fit in another thread.

    Parameters
    ----------
    plan : NetworkPlan
        What they are made of.
    arrays : mapping of str to ndarray
        Weights and buffers.

    Returns
    -------
    torch.nn.ModuleDict
        On the CPU, in training mode.

    Raises
    ------
    ValueError
        If the weights are not those of such networks.
    """
    with default_torch():
        if isinstance(plan.encoder.encoder, str):
            networks = _build_on_meta(plan, arrays)
        else:  # the code of a user's own encoder may need real tensors
            with PrivateRandomness():
                networks = plan.build()
        _set(networks, arrays)
    return networks


def check_encoder(plan: NetworkPlan, arrays: Mapping[str, np.ndarray]) -> None:
    """Refuse weights that an encoder does not have, without memory for those that it has, where that is possible.

    Parameters
    ----------
    plan : NetworkPlan
        What networks are made of.
    arrays : mapping of str to ndarray
        Weights and buffers.

    Raises
    ------
    ValueError
        If an encoder that can be built on torch's device "meta" has weights of other shapes.
    """
    try:
        with default_torch(), torch.device("meta"):
            encoder = nn.ModuleDict({"encoder": plan.build_encoder()})
    except Exception:  # noqa: BLE001 - of a user's own encoder, which need not be made for that device
        return
    if not any(is_lazy(weight) for weight in encoder.parameters()):
        check_arrays(_of_encoder(arrays), encoder)


def _build_on_meta(plan: NetworkPlan, arrays: Mapping[str, np.ndarray]) -> nn.ModuleDict:
    """Build networks that take neither memory nor random numbers before their weights are set.

    The encoder gets its weights first: the width of its embedding is found by encoding, for which the device "meta"
    needs a thousand more modules of torch.
    """
    with torch.device("meta"):
        encoder = plan.build_encoder()
    _set(nn.ModuleDict({"encoder": encoder}), _of_encoder(arrays))
    with torch.device("meta"):
        return plan.build_on(encoder)


def _of_encoder(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: array for name, array in arrays.items() if name.startswith("encoder.")}


def _set(networks: nn.Module, arrays: Mapping[str, np.ndarray]) -> None:
    check_arrays(arrays, networks)
    tensors = {name: torch.tensor(array, device="cpu") for name, array in arrays.items()}
    networks.load_state_dict(tensors, assign=True)


def check_same_structure(there: Mapping[str, Any], here: Mapping[str, Any], problem: str) -> None:
    """Refuse to use weights in networks that would compute something else with them.

    Parameters
    ----------
    there, here : mapping of str to object
        Descriptions of the networks that the weights are of, and of those that should get them, as
        :meth:`NetworkPlan.described` gives them.
    problem : str
        Beginning of the error.

    Raises
    ------
    ValueError
        With the names of the parameters that differ.
    """
    differing = [name for name in sorted(there.keys() | here.keys()) if there.get(name) != here.get(name)]
    if differing:
        shown = "; ".join(f"{name} is {there.get(name)!r} there, {here.get(name)!r} here" for name in differing)
        raise ValueError(f"{problem}: {shown}. Expected the parameters that the weights were trained with.")


def check_arrays(arrays: Mapping[str, np.ndarray], networks: nn.Module) -> None:
    """Refuse weights of other names, shapes or types than networks have.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        Weights and buffers.
    networks : torch.nn.Module
        What should get them.

    Raises
    ------
    ValueError
        With the first that differ.
    """
    there = {name: f"{array.dtype} of shape {array.shape}" for name, array in arrays.items()}
    here = {name: _kind(tensor) for name, tensor in networks.state_dict().items()}
    differing = [name for name in sorted(there.keys() | here.keys()) if there.get(name) != here.get(name)]
    if differing:
        shown = "; ".join(
            f"{name} is {there.get(name, 'absent')} there, {here.get(name, 'absent')} here"
            for name in differing[:_SHOWN]
        )
        more = f"; and {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
        raise ValueError(
            f"The weights do not fit: {shown}{more}. Parameters such as encoder, hidden_dim or streams differ: "
            "expected those of the estimator that the weights are of."
        )


def as_json(described: Mapping[str, Any]) -> dict[str, Any]:
    """Return a description as it comes back from JSON, in which tuples are lists."""
    result: dict[str, Any] = json.loads(json.dumps(described, default=np.generic.item))
    return result


def _kind(tensor: torch.Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} of shape {tuple(tensor.shape)}"
