"""How an estimator keeps its networks: weights as arrays in its state, modules beside it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from os import PathLike
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor, nn

from skeletonlearn._training.batches import make_batches, ordered_batches
from skeletonlearn._training.onnx_export import export_onnx
from skeletonlearn._training.seeding import undisturbed
from skeletonlearn._training.state import load_arrays, module_arrays
from skeletonlearn._training.weights import load_weights, save_weights

# Sequences encoded together outside of training. Every batch has exactly so many rows, the last one filled up: torch
# chooses its kernels by shape, so that a sequence's embedding has the same bits on a processor wherever it stands, in
# whatever slice and alone (but for rounding with some processors, where a layer has an odd number of inputs and at most
# ten outputs). An accelerator, where that does not hold, takes few in one go and many in another.
_ROWS_ON_CPU = 16
_ROWS_ON_ACCELERATOR = (32, 1024)


class NetworkKeeperMixin:
    """Keeps networks as NumPy arrays in `network_state_` and builds the modules again when they are needed.

    So a fitted estimator can be pickled, copied or dumped on one device and loaded on another. The estimator
    defines `_new_networks(skeleton)`, which makes untrained modules from a layout, its parameters and
    `sequence_shape_in_` and stores what they are made of; `_build_networks()`, which makes them again from that;
    `_describe_networks()`, which tells it as JSON can hold it; and `_describe_output()`, which gives what
    :meth:`to_onnx` exports: its name, and a function of the modules, a batch and its lengths.
    """

    def save_weights(self, path: str | PathLike[str]) -> None:
        """Write what `fit` has learned to a safetensors file.

        The file holds arrays and texts, and reading it runs no code. Beside the weights it tells what `load_weights`
        needs, such as the classes, but not the parameters: those are the code's.

        Parameters
        ----------
        path : str or path-like
            The file. One that is there is replaced, once the new one is whole.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If its classes are not integers, floats, booleans or strings.
        ImportError
            If safetensors is not installed, which the extra ``io`` brings.
        """
        save_weights(self, path)

    def load_weights(self, path: str | PathLike[str]) -> Self:
        """Take what another estimator of this class has learned from its file.

        This estimator, fitted or not, must have the parameters that networks are made of as that one had (such as
        encoder, hidden_dim and streams). It then gives what that one gives, to the bit on the same machine, and can be
        trained further. What `partial_fit` keeps of the optimiser is not in the file: the next call begins without.

        Parameters
        ----------
        path : str or path-like
            The file, written by `save_weights`.

        Returns
        -------
        self : object
            Fitted.

        Raises
        ------
        ValueError
            If the file is damaged, of another kind or of a newer format, or holds the weights of another estimator or
            of other networks. The estimator is then as it was.
        OSError
            If the file cannot be read.
        ImportError
            If safetensors is not installed, which the extra ``io`` brings.
        """
        load_weights(self, path)
        return self

    def to_onnx(self, path: str | PathLike[str]) -> None:
        """Write the trained networks to an ONNX file, for runtimes without Python.

        The model takes ``"sequences"``, float32 `(B, F, J, C)` of one length without missing joints, and gives
        float32: ``"embedding"``, what `transform` gives, or ``"probabilities"``, what `predict_proba` gives with
        ``n_clips=1``. B is open; so is F with encoders that take any number of frames, which all named ones do but
        ``"mlp"`` and ``"mixer"``. The model's metadata hold ``"classes"``, in the order of the probabilities, and
        ``"sequence_shape_in_"`` as JSON.

        Parameters
        ----------
        path : str or path-like
            The file. One that is there is replaced, once the new one is whole and has passed ONNX's checks.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If the encoder is a user's own and uses what ONNX has not; or if classes are not integers, floats, booleans
            or strings.
        ImportError
            If onnx is not installed, which the extra ``onnx`` brings.

        Warns
        -----
        TracerWarning
            If the encoder is a user's own and the model might not do the same for other sequences as the encoder.
        """
        export_onnx(self, path)

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

    def _finish(self, networks: nn.ModuleDict, history: list[dict[str, Any]], device: torch.device | str) -> None:
        """Store what training gave."""
        self._keep_networks(networks)
        self.history_, self.n_iter_, self.device_ = history, len(history), str(device)

    def _fitted_networks(self) -> nn.ModuleDict:
        """The trained modules on the processor, in evaluation mode."""
        if "_networks" not in vars(self):
            with undisturbed():  # initial weights are drawn, though none is kept
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
        few, many = (_ROWS_ON_CPU,) * 2 if device.type == "cpu" else _ROWS_ON_ACCELERATOR
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
