"""How an estimator keeps its networks: weights as arrays in its state, modules beside it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from skeletonlearn._training.batches import make_batches, ordered_batches
from skeletonlearn._training.state import load_arrays, module_arrays

# Sequences encoded together outside of training: the first number if there are no more of them, else the second. Every
# batch has exactly so many rows, the last one filled up: torch chooses its kernels by shape, so a sequence's embedding
# has the same bits wherever it stands and in whatever slice, and differs by rounding only in a call with a few (and,
# with some processors, where a layer has an odd number of inputs and at most ten outputs).
_ROWS_AT_ONCE = {"cpu": (4, 16), "accelerator": (32, 1024)}


class NetworkKeeperMixin:
    """Keeps networks as NumPy arrays in `network_state_` and builds the modules again when they are needed.

    So a fitted estimator can be pickled, copied or dumped on one device and loaded on another. The estimator
    defines `_build_networks()`, which makes untrained modules from what `fit` has stored.
    """

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_state_")

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()  # type: ignore[assignment]
        return {name: value for name, value in state.items() if name != "_networks"}

    def _keep_networks(self, networks: nn.ModuleDict) -> None:
        """Store trained modules: their arrays in the state, the modules themselves on the processor."""
        networks.zero_grad(set_to_none=True)  # gradients are as large as the weights, and of no more use
        self.network_state_ = module_arrays(networks)
        self._networks = networks.to("cpu").eval()

    def _fitted_networks(self) -> nn.ModuleDict:
        """The trained modules on the processor, in evaluation mode."""
        if "_networks" not in vars(self):
            with torch.random.fork_rng(devices=[]):  # initial weights are drawn, though none is kept
                networks = self._build_networks()  # type: ignore[attr-defined]
            load_arrays(networks, self.network_state_)
            self._networks = networks.eval()
        return self._networks

    def _copied_networks(self) -> nn.ModuleDict:
        """The trained modules to train further: the estimator's own stay as they are if that breaks off."""
        return copy.deepcopy(self._fitted_networks())

    def _apply_in_batches(
        self,
        X: np.ndarray | list[np.ndarray],
        device: torch.device,
        apply: Callable[[nn.ModuleDict, Tensor, Tensor | None], Tensor],
    ) -> np.ndarray:
        """Apply the trained modules to X a batch, with its lengths, at a time; the result is one float32 array."""
        networks = self._fitted_networks()
        if device.type != "cpu":
            networks = _copy_on(networks, device)
        few, many = _ROWS_AT_ONCE["cpu" if device.type == "cpu" else "accelerator"]
        rows = few if len(X) <= few else many
        batches = make_batches(X, device)
        with torch.inference_mode():
            parts = []
            for indices in ordered_batches(len(X), rows):
                filled_up = np.pad(indices, (0, rows - len(indices)), mode="edge")
                result = apply(networks, *batches.take_padded(filled_up))
                parts.append(result[: len(indices)].float().cpu().numpy())
        return np.concatenate(parts)


def _copy_on(networks: nn.ModuleDict, device: torch.device) -> nn.ModuleDict:
    """A copy on an accelerator: the estimator's own modules stay on the processor, for other threads too."""
    return copy.deepcopy(networks).to(device)
