"""An encoder together with the streams that it sees, and all that it takes to build it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from skeletonlearn.nn._build import build_encoder
from skeletonlearn.nn._streams import StreamStack
from skeletonlearn.skeletons import Skeleton


class StreamedEncoder(nn.Module):
    """Streams of a batch of joints, then an encoder of those.

    Parameters
    ----------
    streams : StreamStack
        From joints to streams.
    encoder : torch.nn.Module
        From `(B, F, J, n_streams * C)` to `(B, D)`. If its attribute `takes_lengths` is true, it takes the lengths of
        padded sequences too; if it has a method `steps`, it tells the features of every time step, each of which
        stands for `frames_a_step` frames.
    """

    def __init__(self, streams: StreamStack, encoder: nn.Module) -> None:
        super().__init__()
        self.streams = streams
        self.encoder: Any = encoder  # not nn.Module: its methods beside forward are its own

    @property
    def takes_lengths(self) -> bool:
        """Whether sequences of different lengths can be encoded together."""
        return getattr(self.encoder, "takes_lengths", False)

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Turn `(B, F, J, C)` into `(B, D)`."""
        if lengths is None:
            return self.encoder(self.streams(x))
        return self.encoder(self.streams(x, lengths), lengths)

    def steps(self, x: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Tell the features of every time step, where the encoder has such.

        Parameters
        ----------
        x : Tensor of shape (B, F, J, C)
            Sequences.
        lengths : Tensor of shape (B,), default=None
            Frames of each sequence; what follows them is not looked at. By default all frames are real.

        Returns
        -------
        steps : Tensor of shape (B, S, D)
            Features.
        lengths : Tensor of shape (B,) or None
            Steps of each sequence; None if all are real.
        """
        return self.encoder.steps(self.streams(x, lengths), lengths)


@dataclass(frozen=True)
class EncoderPlan:
    """Enough to build an encoder again, whatever became of the parameters of the estimator that it belongs to.

    Parameters
    ----------
    shape : tuple of int
        `(n_frames, n_joints, n_channels)` of a sequence.
    encoder : str or callable
        As in :func:`build_encoder`.
    streams : tuple of str
        What the encoder sees.
    skeleton : Skeleton or None
        The layout of one person.
    hidden_dim : int
        Width of the embedding.
    dropout : float or None
        Dropout; None is the encoder's own default.
    options : mapping of str to object, default={}
        What else a named encoder is told.
    """

    shape: tuple[int, int, int]
    encoder: str | Callable[..., nn.Module]
    streams: tuple[str, ...]
    skeleton: Skeleton | None
    hidden_dim: int
    dropout: float | None
    options: Mapping[str, Any] = field(default_factory=dict)

    def build(self) -> StreamedEncoder:
        """Make an untrained encoder.

        Returns
        -------
        StreamedEncoder
            The encoder.
        """
        n_frames, n_joints, n_channels = self.shape
        stacked = (n_frames, n_joints, n_channels * len(self.streams))
        return StreamedEncoder(
            StreamStack(self.streams, n_joints, self.skeleton),
            build_encoder(
                self.encoder, stacked, hidden_dim=self.hidden_dim, dropout=self.dropout, options=self.options
            ),
        )
