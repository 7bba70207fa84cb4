"""What the networks of a ConMLP are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from skeletonlearn.nn import StreamStack, build_decoder, build_encoder, embedding_width, projection_head
from skeletonlearn.skeletons import Skeleton


@dataclass(frozen=True)
class ConMLPArchitecture:
    """Enough to make the networks again, whatever became of the estimator's parameters.

    Attributes
    ----------
    shape : tuple of int
        `(n_frames, n_joints, n_channels)` of a sequence.
    encoder : str or callable
        As in :func:`skeletonlearn.nn.build_encoder`.
    streams : tuple of str
        What the encoder sees.
    skeleton : Skeleton or None
        The layout of one person.
    hidden_dim, projection_dim, projection_layers : int
        Sizes.
    dropout : float or None
        Dropout of encoder and decoder.
    has_decoder : bool
        Whether there is a decoder.
    """

    shape: tuple[int, int, int]
    encoder: str | Callable[..., nn.Module]
    streams: tuple[str, ...]
    skeleton: Skeleton | None
    hidden_dim: int
    dropout: float | None
    projection_dim: int
    projection_layers: int
    has_decoder: bool

    def build(self) -> nn.ModuleDict:
        """Untrained networks: `encoder` (streams included), `projector` and perhaps `decoder`."""
        n_frames, n_joints, n_channels = self.shape
        stacked = (n_frames, n_joints, n_channels * len(self.streams))
        encoder = nn.Sequential(
            StreamStack(self.streams, n_joints, self.skeleton),
            build_encoder(self.encoder, stacked, hidden_dim=self.hidden_dim, dropout=self.dropout),
        )
        width = embedding_width(encoder, self.shape)
        networks: dict[str, nn.Module] = {
            "encoder": encoder,
            "projector": projection_head(width, self.projection_dim, self.projection_layers),
        }
        if self.has_decoder:
            networks["decoder"] = build_decoder(
                self.encoder, width, self.shape, hidden_dim=self.hidden_dim, dropout=self.dropout
            )
        return nn.ModuleDict(networks)
