"""What the networks of a classifier are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from torch import nn

from skeletonlearn.nn import EncoderPlan, Heads, LogCompression, StreamedEncoder, embedding_width, step_width

_SOME_FRAMES = 16  # to find a width with, where sequences have no common length


@dataclass(frozen=True)
class ClassifierPlan:
    """Enough to make the networks again, whatever became of the estimator's parameters.

    Attributes
    ----------
    encoder : EncoderPlan
        The encoder and its streams.
    n_classes : int
        Outputs.
    every_step : bool
        Whether every time step predicts; a sequence's prediction is their mean.
    """

    encoder: EncoderPlan
    n_classes: int
    every_step: bool

    def described(self) -> dict[str, Any]:
        """Tell what networks of given weights compute by, as :meth:`EncoderPlan.described` does.

        Returns
        -------
        dict of str to object
            By the names of parameters.
        """
        return {**self.encoder.described(), "n_classes": self.n_classes, "every_step": self.every_step}

    def build(self) -> nn.ModuleDict:
        """Untrained networks: `encoder` (streams included) and `head`.

        Returns
        -------
        torch.nn.ModuleDict
            The networks.

        Raises
        ------
        ValueError
            If every time step is to predict, and cannot.
        """
        n_frames, n_joints, n_channels = self.encoder.shape
        shape = (n_frames or _SOME_FRAMES, n_joints, n_channels)
        encoder = replace(self.encoder, shape=shape).build()
        widths = [self._width(part, shape) for part in encoder.parts]
        # what was pooled over a sequence is compressed, the features of single steps are not
        make_head = self._compressing_head if encoder.rectified and not self.every_step else self._linear_head
        return nn.ModuleDict({"encoder": encoder, "head": Heads(widths, make_head)})

    def _linear_head(self, width: int) -> nn.Module:
        return nn.Linear(width, self.n_classes)

    def _compressing_head(self, width: int) -> nn.Module:
        return nn.Sequential(LogCompression(), self._linear_head(width))

    def _width(self, part: StreamedEncoder, shape: tuple[int, int, int]) -> int:
        """Features that the head of a part gets."""
        if not self.every_step:
            return embedding_width(part, shape)
        if not hasattr(part.encoder, "steps"):
            raise ValueError(
                f"loss='temporal_cross_entropy' needs an encoder that tells the features of every time step, got "
                f"encoder={self.encoder.encoder!r}; 'tcn', 'lstm', 'gru' and 'transformer' do."
            )
        if part.encoder.pool.pooling == "attention":
            raise ValueError(
                "pooling='attention' is not trained by loss='temporal_cross_entropy', in which every time step counts "
                "the same; expected another pooling or loss."
            )
        return step_width(part, shape)
