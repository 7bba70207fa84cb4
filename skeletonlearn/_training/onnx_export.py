"""Fitted networks as an ONNX model, for runtimes without Python or torch."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Callable
from os import PathLike
from typing import Any

import torch
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn
from torch.nn import functional as F

import skeletonlearn
from skeletonlearn._files import write_whole
from skeletonlearn._training.building import build_with
from skeletonlearn._training.seeding import PrivateRandomness
from skeletonlearn._training.surroundings import default_torch
from skeletonlearn._training.weights import describe_classes
from skeletonlearn.nn import TransformerEncoder

_OPSET = 17  # the first with layer normalisation: runtimes of several years know it
_SOME_FRAMES = 16  # to trace with, where there may be any number
_INPUT = "sequences"


@default_torch()
def export_onnx(estimator: BaseEstimator, path: str | PathLike[str]) -> None:
    """Write a fitted estimator's networks to an ONNX file.

    Parameters
    ----------
    estimator : estimator instance
        Fitted; keeps networks.
    path : path-like
        The file; one that is there is replaced once the new one is whole.

    Raises
    ------
    NotFittedError
        If the estimator is not fitted.
    ValueError
        If torch cannot express the networks in ONNX, or the classes are not numbers, booleans or strings.
    ImportError
        If onnx is not installed.
    """
    check_is_fitted(estimator)
    onnx = _import_onnx()
    facts = {
        "skeletonlearn_version": skeletonlearn.__version__,
        "estimator": type(estimator).__name__,
        "sequence_shape_in_": json.dumps(estimator.sequence_shape_in_),
    }
    if hasattr(estimator, "classes_"):
        facts["classes"] = json.dumps(describe_classes(estimator.classes_)["values"])
    model = onnx.load_model_from_string(_exported(estimator))
    onnx.helper.set_model_props(model, facts)
    onnx.checker.check_model(model, full_check=True)
    with write_whole(path) as file:
        file.write(model.SerializeToString())


def _import_onnx() -> Any:
    try:
        import onnx.checker  # noqa: PLC0415
    except ImportError as error:
        raise ImportError("ONNX files need onnx: pip install 'skeletonlearn[onnx]'") from error
    return onnx


def _exported(estimator: BaseEstimator) -> bytes:
    """A fitted estimator's networks as an ONNX model, not checked yet."""
    output, apply = estimator._output()
    networks = build_with(estimator._plan, estimator.network_state_).eval()
    _make_traceable(networks)
    any_length = networks["encoder"].any_length
    n_frames, n_joints, n_channels = estimator.sequence_shape_in_
    example = torch.zeros(2, _SOME_FRAMES if any_length else n_frames, n_joints, n_channels)
    axes = {0: "batch", 1: "frames"} if any_length else {0: "batch"}
    file = io.BytesIO()
    with warnings.catch_warnings():
        _ignore_known_warnings(isinstance(estimator._plan.encoder.encoder, str))
        try:
            # the other exporter (dynamo=True) fails on bidirectional GRUs and unrolls LSTMs: torch 2.13
            torch.onnx.export(
                _Output(networks, apply),
                (example,),
                file,  # type: ignore[arg-type]  # it takes one with this exporter
                input_names=[_INPUT],
                output_names=[output],
                dynamic_axes={_INPUT: axes, output: {0: "batch"}},
                opset_version=_OPSET,
                dynamo=False,
            )
        except RuntimeError as error:  # what all errors of the exporter are
            raise ValueError(
                f"The networks of this {type(estimator).__name__} cannot be expressed in ONNX: {error}"
            ) from error
    return file.getvalue()


class _Output(nn.Module):
    """What an estimator makes of a batch."""

    def __init__(self, networks: nn.ModuleDict, apply: Callable[[nn.ModuleDict, Tensor, None], Tensor]) -> None:
        super().__init__()
        self.networks, self.apply_to = networks, apply
        self.eval()

    def forward(self, sequences: Tensor) -> Tensor:
        """Turn `(B, F, J, C)` into `(B, D)`."""
        return self.apply_to(self.networks, sequences, None)


class _TraceableAttention(nn.MultiheadAttention):
    """Self-attention that keeps the number of tokens open: a trace of torch's own holds that of the example."""

    def __init__(self, attention: nn.MultiheadAttention) -> None:
        super().__init__(attention.embed_dim, attention.num_heads, batch_first=True)
        self.load_state_dict(attention.state_dict())

    def forward(self, query: Tensor, *_: Any, **__: Any) -> tuple[Tensor, None]:
        """Turn `(B, S, D)` into the same."""
        n_sequences, n_tokens, width = query.shape
        projected = F.linear(query, self.in_proj_weight, self.in_proj_bias)
        heads = projected.view(n_sequences, n_tokens, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(heads[0], heads[1], heads[2])  # (B, H, S, D / H)
        return self.out_proj(attended.transpose(1, 2).reshape(n_sequences, n_tokens, width)), None


def _make_traceable(networks: nn.Module) -> None:
    """Put in place of torch's attention, in our own encoder, one that a trace is general for."""
    with PrivateRandomness():  # initial weights are drawn, though none is kept
        for encoder in networks.modules():
            if isinstance(encoder, TransformerEncoder):
                for layer in encoder.layers.layers:
                    layer.self_attn = _TraceableAttention(layer.self_attn)
    networks.requires_grad_(True)  # a frozen layer would take a fused kernel that ONNX has not


def _ignore_known_warnings(is_ours: bool) -> None:
    """Ignore that the exporter is deprecated and, with encoders that are tested at other sizes, that it traces."""
    for message in ("You are using the legacy TorchScript-based ONNX export", "The feature will be removed"):
        warnings.filterwarnings("ignore", message, DeprecationWarning)
    if is_ours:
        warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
        warnings.filterwarnings("ignore", "Exporting a model to ONNX with a batch_size other than 1", UserWarning)
