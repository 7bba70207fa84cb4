"""The base of all estimators that train networks."""

from __future__ import annotations

import copy
from abc import ABCMeta, abstractmethod
from collections.abc import Callable
from os import PathLike
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor, nn

from skeletonlearn._training.batches import make_batches, ordered_batches
from skeletonlearn._training.building import build_with
from skeletonlearn._training.hooks.callbacks import CallbackSupportMixin
from skeletonlearn._training.onnx_export import export_onnx
from skeletonlearn._training.state import module_arrays
from skeletonlearn._training.surroundings import default_torch
from skeletonlearn._training.task import FitArguments, Task
from skeletonlearn._training.weights import load_weights, save_weights
from skeletonlearn.base import SequenceEstimator
from skeletonlearn.nn import NetworkPlan
from skeletonlearn.skeletons import Skeleton
from skeletonlearn.skeletons._resolve import resolve_skeleton

Apply = Callable[[nn.ModuleDict, Tensor, Tensor | None], Tensor]
"""From networks, a batch and its lengths to outputs `(B, ...)`."""

# Sequences encoded together outside of training. Every batch has exactly so many rows, the last one filled up: torch
# chooses its kernels by shape, so that a sequence's embedding has the same bits on a processor wherever it stands, in
# whatever slice and alone (but for rounding with some processors, where a layer has an odd number of inputs and at most
# ten outputs). An accelerator, where that does not hold, takes few in one go and many in another.
_ROWS_ON_CPU = 16
_ROWS_ON_ACCELERATOR = (32, 1024)


class NetworkEstimator(CallbackSupportMixin, SequenceEstimator, metaclass=ABCMeta):
    """Trains networks, and keeps their weights as NumPy arrays in `network_state_`.

    Modules are built again when they are needed, so a fitted estimator can be pickled, copied or dumped on one device
    and loaded on another.
    """

    @abstractmethod
    def _new_task(self, given: FitArguments) -> Task:
        """Check data and parameters, store what they are (such as `classes_`), and return what to train.

        Parameters
        ----------
        given : FitArguments
            What `fit` or `partial_fit` was called with.

        Returns
        -------
        Task
            What to train on, and by which losses.
        """

    @abstractmethod
    def _plan_networks(self, skeleton: Skeleton | None) -> NetworkPlan:
        """Plan the networks for `sequence_shape_in_`, the parameters and a layout.

        Parameters
        ----------
        skeleton : Skeleton or None
            What `_resolve_skeleton` gave.

        Returns
        -------
        NetworkPlan
            What to build.
        """

    @abstractmethod
    def _output(self) -> tuple[str, Apply]:
        """Return what `to_onnx` exports: its name, and a function of the networks, a batch and its lengths."""

    def _resolve_skeleton(self, sequences: np.ndarray | list[np.ndarray]) -> Skeleton | None:
        """Return the layout that the parameter `skeleton` stands for."""
        return resolve_skeleton(self.skeleton, sequences)

    def _initialise(self, networks: nn.ModuleDict, task: Task) -> None:
        """Give new networks other weights than random ones, where there are such."""

    @property
    def encoder_(self) -> Any:
        """The trained encoder, streams included."""
        return self._fitted_networks()["encoder"]

    @property
    def loss_curve_(self) -> list[float]:
        """Mean training loss of each epoch."""
        return [record["loss"] for record in self.history_]

    @property
    def validation_curve_(self) -> list[float] | None:
        """Validation loss of each epoch; None without early stopping."""
        losses = [record["validation_loss"] for record in self.history_ if "validation_loss" in record]
        return losses or None

    def save_weights(self, path: str | PathLike[str]) -> None:
        """Write what `fit` has learned to a safetensors file.

        The file holds arrays and texts, and reading it runs no code. Beside the weights it holds what `load_weights`
        needs, such as the classes, but not the parameters.

        Parameters
        ----------
        path : str or path-like
            The file. An existing one is replaced once the new one is whole.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If its classes are not integers, floats, booleans or strings.
        OSError
            If the file cannot be written.
        ImportError
            If safetensors is not installed, which the extra ``io`` brings.
        """
        save_weights(self, path)

    def load_weights(self, path: str | PathLike[str]) -> Self:
        """Load what another estimator of this class has learned from its file.

        This estimator, fitted or not, must have the same parameters of networks (such as encoder, hidden_dim and
        streams). It then computes the same, to the bit on the same machine, and can be trained further. The file does
        not hold the state of the optimiser: the next `partial_fit` begins without.

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
            of other networks, or weights that are not finite. The estimator is then as it was.
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
        float32: ``"embedding"``, what `transform` gives, ``"probabilities"``, what `predict_proba` gives with
        ``n_clips=1``, or ``"prediction"``, what a regressor's `predict` gives with ``n_clips=1``. B is open; so is F
        with encoders that take any number of frames, which all named ones do but ``"mlp"`` and ``"mixer"``. The
        model's metadata hold ``"classes"``, in the order of the probabilities, and ``"sequence_shape_in_"`` as JSON.

        Parameters
        ----------
        path : str or path-like
            The file. An existing one is replaced once the new one is whole and has passed ONNX's checks.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If the encoder is a user's own and uses what ONNX does not have; or if classes are not integers, floats,
            booleans or strings.
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
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_networks"}

    def _keep(self, networks: nn.ModuleDict, history: list[dict[str, Any]], device: torch.device | str) -> None:
        """Store what training gave: the weights as arrays, and the modules themselves on the CPU."""
        networks.zero_grad(set_to_none=True)  # gradients are as large as the weights, and of no more use
        self.network_state_ = module_arrays(networks)
        self._networks = networks.to("cpu").eval()
        self.history_, self.n_iter_, self.device_ = history, len(history), str(device)

    def _fitted_networks(self) -> nn.ModuleDict:
        """Return the trained modules on the CPU, in evaluation mode."""
        if "_networks" not in vars(self):
            self._networks = build_with(self._plan, self.network_state_).eval()
        return self._networks

    def _apply_in_batches(self, X: np.ndarray | list[np.ndarray], device: torch.device, apply: Apply) -> np.ndarray:
        """Apply the trained modules to X, a batch with its lengths at a time, and return one float32 array."""
        with default_torch(), torch.inference_mode():
            networks = self._fitted_networks()
            if device.type != "cpu":  # a copy: the estimator's own modules stay on the CPU, for other threads too
                networks = copy.deepcopy(networks).to(device)
            few, many = (_ROWS_ON_CPU,) * 2 if device.type == "cpu" else _ROWS_ON_ACCELERATOR
            n_rows = few if len(X) <= few else many
            batches = make_batches(X, device, resident=False)
            outputs: np.ndarray | None = None
            for indices in ordered_batches(len(X), n_rows):
                filled_up = np.pad(indices, (0, n_rows - len(indices)), mode="edge")
                output = apply(networks, *batches.take_padded(filled_up)).float().cpu().numpy()
                if outputs is None:
                    outputs = np.empty((len(X), *output.shape[1:]), dtype=np.float32)
                # copied: an output may be a view of the batch, whose memory is used again
                outputs[indices] = output[: len(indices)]
        assert outputs is not None
        return outputs
