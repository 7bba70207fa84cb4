"""What the networks of a ConMLP are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import nn

from skeletonlearn.nn import EncoderPlan, Heads, build_decoder, embedding_width, projection_head


@dataclass(frozen=True)
class ConMLPArchitecture:
    """Enough to make the networks again, whatever became of the estimator's parameters.

    Attributes
    ----------
    encoder : EncoderPlan
        The encoder and its streams.
    projection_dim, projection_layers : int
        Sizes of the projection.
    has_decoder : bool
        Whether there is a decoder.
    """

    encoder: EncoderPlan
    projection_dim: int
    projection_layers: int
    has_decoder: bool

    def described(self) -> dict[str, Any]:
        """Tell what networks of given weights compute by, as :meth:`EncoderPlan.described` does.

        Returns
        -------
        dict of str to object
            By the names of parameters.
        """
        return {
            **self.encoder.described(),
            "projection_dim": self.projection_dim,
            "projection_layers": self.projection_layers,
            "has_decoder": self.has_decoder,
        }

    def build(self) -> nn.ModuleDict:
        """Untrained networks: `encoder` (streams included), `projector` and perhaps `decoder`."""
        plan = self.encoder
        encoder = plan.build()
        widths = [embedding_width(part, plan.shape) for part in encoder.parts]
        networks: dict[str, nn.Module] = {
            "encoder": encoder,
            "projector": Heads(
                widths, lambda width: projection_head(width, self.projection_dim, self.projection_layers)
            ),
        }
        if self.has_decoder:
            networks["decoder"] = build_decoder(
                plan.encoder, sum(widths), plan.shape, hidden_dim=plan.hidden_dim, dropout=plan.dropout
            )
        return nn.ModuleDict(networks)
