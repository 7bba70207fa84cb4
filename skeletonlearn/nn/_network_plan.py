"""What the networks of an estimator are made of: an encoder, and what is put on top of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from skeletonlearn.nn._build import build_decoder, embedding_width, step_width
from skeletonlearn.nn._fusion import EncoderPlan, LateFusion, StreamedEncoder
from skeletonlearn.nn._heads import Heads, LogCompression, projection_head

_SOME_FRAMES = 16  # to find a width with, where sequences have no common length


class TopPlan(ABC):
    """Enough to build what stands on an encoder: a projection, a head or a decoder."""

    name: ClassVar[str]
    """Its name among the networks."""

    @abstractmethod
    def build(self, encoder: StreamedEncoder | LateFusion, plan: EncoderPlan) -> nn.Module:
        """Build the untrained module.

        Parameters
        ----------
        encoder : StreamedEncoder or LateFusion
            What it stands on.
        plan : EncoderPlan
            What that was built from, with a number of frames.

        Returns
        -------
        torch.nn.Module
            The module.
        """

    @abstractmethod
    def described(self) -> dict[str, Any]:
        """Describe the structure by the names of estimators' parameters, as JSON can hold it.

        Returns
        -------
        dict of str to object
            Equal for modules that compute the same with the same weights.
        """


@dataclass(frozen=True)
class ProjectionPlan(TopPlan):
    """The projection that a contrastive loss is taken in, one per part of the encoder.

    Parameters
    ----------
    dim : int
        Width of the projection.
    n_layers : {1, 2}
        Its layers.

    Examples
    --------
    >>> from skeletonlearn.nn import EncoderPlan, NetworkPlan, ProjectionPlan
    >>> encoder = EncoderPlan((16, 20, 3), "gru", ("joint",), None, hidden_dim=32, dropout=None)
    >>> NetworkPlan(encoder, (ProjectionPlan(64, 1),)).build()["projector"].heads[0].out_features
    64
    """

    name: ClassVar[str] = "projector"
    dim: int
    n_layers: int

    def build(self, encoder: StreamedEncoder | LateFusion, plan: EncoderPlan) -> nn.Module:
        widths = [embedding_width(part, plan.shape) for part in encoder.parts]
        return Heads(widths, lambda width: projection_head(width, self.dim, self.n_layers))

    def described(self) -> dict[str, Any]:
        return {"projection_dim": self.dim, "projection_layers": self.n_layers}


@dataclass(frozen=True)
class DecoderPlan(TopPlan):
    """A decoder from the embedding back to the sequence, the mirror image of the encoder where there is one.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import DecoderPlan, EncoderPlan, NetworkPlan
    >>> encoder = EncoderPlan((16, 20, 3), "gru", ("joint",), None, hidden_dim=32, dropout=None)
    >>> NetworkPlan(encoder, (DecoderPlan(),)).build()["decoder"](torch.zeros(2, 32)).shape
    torch.Size([2, 16, 20, 3])
    """

    name: ClassVar[str] = "decoder"

    def build(self, encoder: StreamedEncoder | LateFusion, plan: EncoderPlan) -> nn.Module:
        width = sum(embedding_width(part, plan.shape) for part in encoder.parts)
        return build_decoder(plan.encoder, width, plan.shape, hidden_dim=plan.hidden_dim, dropout=plan.dropout)

    def described(self) -> dict[str, Any]:
        return {"reconstruction_weight": "positive"}


@dataclass(frozen=True)
class PredictionPlan(TopPlan):
    """A linear head that predicts, one per part of the encoder.

    Parameters
    ----------
    n_outputs : int
        Numbers per prediction, such as classes.
    every_step : bool, default=False
        Whether every time step predicts; the prediction of a sequence is their mean.
    rescaled : bool, default=False
        Whether outputs are turned to the targets' own mean and scale.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import EncoderPlan, NetworkPlan, PredictionPlan
    >>> encoder = EncoderPlan((16, 20, 3), "gru", ("joint",), None, hidden_dim=32, dropout=None)
    >>> networks = NetworkPlan(encoder, (PredictionPlan(n_outputs=5),)).build()
    >>> networks["head"](networks["encoder"](torch.zeros(2, 16, 20, 3))).shape  # (B, n_parts, n_outputs)
    torch.Size([2, 1, 5])
    """

    name: ClassVar[str] = "head"
    n_outputs: int
    every_step: bool = False
    rescaled: bool = False

    def build(self, encoder: StreamedEncoder | LateFusion, plan: EncoderPlan) -> nn.Module:
        widths = [self._width(part, plan) for part in encoder.parts]
        # pooled features are compressed, the features of single steps are not
        compresses = encoder.rectified and not self.every_step
        heads = Heads(widths, self._compressing_head if compresses else self._linear_head)
        return RescaledHeads(heads, self.n_outputs) if self.rescaled else heads

    def described(self) -> dict[str, Any]:
        return {"number of outputs": self.n_outputs, "loss": "of time steps" if self.every_step else "of sequences"}

    def _linear_head(self, width: int) -> nn.Module:
        return nn.Linear(width, self.n_outputs)

    def _compressing_head(self, width: int) -> nn.Module:
        return nn.Sequential(LogCompression(), self._linear_head(width))

    def _width(self, part: StreamedEncoder, plan: EncoderPlan) -> int:
        """Count the features that the head of a part receives."""
        if not self.every_step:
            return embedding_width(part, plan.shape)
        if not hasattr(part.encoder, "steps"):
            raise ValueError(
                "loss='temporal_cross_entropy' needs an encoder with features for every time step, got "
                f"encoder={plan.encoder!r}; 'tcn', 'lstm', 'gru' and 'transformer' have them."
            )
        if part.encoder.pool.pooling == "attention":
            raise ValueError(
                "pooling='attention' is not trained by loss='temporal_cross_entropy', in which every time step counts "
                "the same; expected another pooling or loss."
            )
        return step_width(part, plan.shape)


class RescaledHeads(nn.Module):
    """Heads whose outputs, of mean 0 and scale 1, are turned to the targets' own mean and scale.

    Parameters
    ----------
    heads : Heads
        The heads.
    n_outputs : int
        Numbers per prediction.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import Heads, RescaledHeads
    >>> heads = RescaledHeads(Heads([4], lambda width: torch.nn.Linear(width, 1)), n_outputs=1)
    >>> heads.mean.fill_(30.0)
    tensor([30.])
    >>> heads(torch.zeros(2, 4)).shape
    torch.Size([2, 1, 1])
    """

    def __init__(self, heads: Heads, n_outputs: int) -> None:
        super().__init__()
        self.heads = heads
        self.mean: Tensor
        self.scale: Tensor
        self.register_buffer("mean", torch.zeros(n_outputs, dtype=torch.float32))
        self.register_buffer("scale", torch.ones(n_outputs, dtype=torch.float32))

    def forward(self, features: Tensor) -> Tensor:
        """Turn `(..., D)` into `(..., n_parts, n_outputs)`."""
        return self.heads(features) * self.scale + self.mean

    def standardised(self, targets: Tensor) -> Tensor:
        """Standardise targets by the mean and the scale that the outputs have.

        Parameters
        ----------
        targets : Tensor of shape (..., n_outputs)
            In the targets' unit.

        Returns
        -------
        Tensor of the same shape
            Without unit.
        """
        return (targets - self.mean) / self.scale


@dataclass(frozen=True)
class NetworkPlan:
    """Enough to build all networks of an estimator again, whatever becomes of its parameters.

    Parameters
    ----------
    encoder : EncoderPlan
        The encoder and its streams.
    tops : tuple of TopPlan
        What stands on the encoder.

    Examples
    --------
    >>> from skeletonlearn.nn import EncoderPlan, NetworkPlan, ProjectionPlan
    >>> encoder = EncoderPlan((16, 20, 3), "tcn", ("joint",), None, hidden_dim=32, dropout=None)
    >>> list(NetworkPlan(encoder, (ProjectionPlan(128, 1),)).build())
    ['encoder', 'projector']
    """

    encoder: EncoderPlan
    tops: tuple[TopPlan, ...]

    def build(self) -> nn.ModuleDict:
        """Build untrained networks.

        Returns
        -------
        torch.nn.ModuleDict
            `encoder` (streams included), and the others by their names.

        Raises
        ------
        ValueError
            If the parts do not fit together.
        """
        return self.build_on(self.build_encoder())

    def build_encoder(self) -> StreamedEncoder | LateFusion:
        """Build the untrained encoder.

        Returns
        -------
        StreamedEncoder or LateFusion
            The encoder, streams included.
        """
        return self._encoder_of_a_length().build()

    def build_on(self, encoder: StreamedEncoder | LateFusion) -> nn.ModuleDict:
        """Build what stands on an encoder.

        Parameters
        ----------
        encoder : StreamedEncoder or LateFusion
            The encoder, as `build_encoder` gives it. It encodes zeros, which show the width of its embedding.

        Returns
        -------
        torch.nn.ModuleDict
            As `build` gives it.
        """
        plan = self._encoder_of_a_length()
        return nn.ModuleDict({"encoder": encoder, **{top.name: top.build(encoder, plan) for top in self.tops}})

    def _encoder_of_a_length(self) -> EncoderPlan:
        n_frames, n_joints, n_channels = self.encoder.shape
        return replace(self.encoder, shape=(n_frames or _SOME_FRAMES, n_joints, n_channels))

    def described(self) -> dict[str, Any]:
        """Describe what networks of given weights compute, as JSON can hold it.

        Returns
        -------
        dict of str to object
            By the names of estimators' parameters.
        """
        described = self.encoder.described()
        for top in self.tops:
            described |= top.described()
        return described

    def has(self, name: str) -> bool:
        """Whether there is a network of this name.

        Parameters
        ----------
        name : str
            Such as ``"decoder"``.

        Returns
        -------
        bool
            Whether it is one of those that stand on the encoder.
        """
        return any(top.name == name for top in self.tops)
