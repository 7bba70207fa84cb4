"""Encoders together with the streams that they see, fused early or late, and the plan to build them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from skeletonlearn.nn._build import build_encoder
from skeletonlearn.nn._stream_stack import StreamStack
from skeletonlearn.skeletons import Skeleton

FUSIONS = ("early", "late")


class StreamedEncoder(nn.Module):
    """Streams of a batch of joints, then an encoder of those.

    Parameters
    ----------
    streams : StreamStack
        From joints to streams.
    encoder : torch.nn.Module
        From `(B, F, J, n_streams * C)` to `(B, D)`. If its attribute `any_length` is true, sequences may have any
        number of frames; if `takes_lengths` is, it takes the lengths of padded sequences too; if `rectified` is, the
        embedding is of rectified activations, none of them negative. If it has a method `steps`, that returns the
        features of every time step, each of which stands for `frames_per_step` frames.

    See Also
    --------
    LateFusion : An encoder for each stream.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import RecurrentEncoder, StreamedEncoder, StreamStack
    >>> streams = StreamStack(("joint", "motion"), n_joints=20, skeleton=None)
    >>> encoder = StreamedEncoder(streams, RecurrentEncoder(16, 20, 6, cell="gru", hidden_dim=32))
    >>> encoder(torch.zeros(2, 16, 20, 3)).shape
    torch.Size([2, 32])
    """

    def __init__(self, streams: StreamStack, encoder: nn.Module) -> None:
        super().__init__()
        self.streams = streams
        self.encoder: Any = encoder  # not nn.Module: its methods beside forward are its own

    @property
    def takes_lengths(self) -> bool:
        """Whether sequences of different lengths can be encoded together."""
        return getattr(self.encoder, "takes_lengths", False)

    @property
    def any_length(self) -> bool:
        """Whether sequences may have another number of frames than the encoder was built for."""
        return self.takes_lengths or getattr(self.encoder, "any_length", False)

    @property
    def rectified(self) -> bool:
        """Whether no embedding has a negative number."""
        return getattr(self.encoder, "rectified", False)

    @property
    def parts(self) -> list[StreamedEncoder]:
        """The encoders that are trained beside each other: this one."""
        return [self]

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Turn `(B, F, J, C)` into `(B, D)`."""
        if lengths is None:
            return self.encoder(self.streams(x))
        return self.encoder(self.streams(x, lengths), lengths)

    def steps(self, x: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Return the features of every time step, where the encoder has them.

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

    def attention(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return how much each step counts in the encoder's pooling.

        Parameters
        ----------
        x : Tensor of shape (B, F, J, C)
            Sequences.
        lengths : Tensor of shape (B,), default=None
            Frames of each sequence; by default all frames are real.

        Returns
        -------
        Tensor of shape (B, S)
            Weights; each row sums to one.
        """
        return self.encoder.pool.weights(*self.steps(x, lengths))


class LateFusion(nn.Module):
    """An encoder for each stream; their embeddings of a sequence are concatenated.

    Parameters
    ----------
    parts : sequence of StreamedEncoder
        One per stream, all of one kind.

    See Also
    --------
    StreamedEncoder : One encoder of all streams.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import EncoderPlan
    >>> plan = EncoderPlan((16, 20, 3), "gru", ("joint", "motion"), None, hidden_dim=32, dropout=None, fusion="late")
    >>> fused = plan.build()
    >>> len(fused.parts), fused(torch.zeros(2, 16, 20, 3)).shape
    (2, torch.Size([2, 64]))
    """

    def __init__(self, parts: Sequence[StreamedEncoder]) -> None:
        super().__init__()
        self.each = nn.ModuleList(parts)

    @property
    def parts(self) -> list[StreamedEncoder]:
        """The encoders that are trained beside each other."""
        return [part for part in self.each if isinstance(part, StreamedEncoder)]

    @property
    def takes_lengths(self) -> bool:
        """Whether sequences of different lengths can be encoded together."""
        return all(part.takes_lengths for part in self.parts)

    @property
    def any_length(self) -> bool:
        """Whether sequences may have another number of frames than the encoders were built for."""
        return all(part.any_length for part in self.parts)

    @property
    def rectified(self) -> bool:
        """Whether no embedding has a negative number."""
        return all(part.rectified for part in self.parts)

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Turn `(B, F, J, C)` into `(B, D)`, the streams' embeddings one after the other."""
        return torch.cat([part(x, lengths) for part in self.parts], dim=1)

    def steps(self, x: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Return the features of every time step, the streams' one after the other.

        Parameters
        ----------
        x : Tensor of shape (B, F, J, C)
            Sequences.
        lengths : Tensor of shape (B,), default=None
            Frames of each sequence; by default all frames are real.

        Returns
        -------
        steps : Tensor of shape (B, S, D)
            Features.
        lengths : Tensor of shape (B,) or None
            Steps of each sequence; None if all are real.
        """
        features, n_steps = zip(*(part.steps(x, lengths) for part in self.parts), strict=True)
        return torch.cat(features, dim=2), n_steps[0]

    def attention(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return how much each step counts, in the mean over the streams.

        Parameters
        ----------
        x : Tensor of shape (B, F, J, C)
            Sequences.
        lengths : Tensor of shape (B,), default=None
            Frames of each sequence; by default all frames are real.

        Returns
        -------
        Tensor of shape (B, S)
            Weights; each row sums to one.
        """
        return torch.stack([part.attention(x, lengths) for part in self.parts]).mean(dim=0)


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
        Further keyword arguments of a named encoder.
    fusion : {"early", "late"}, default="early"
        Whether one encoder sees all streams, or each stream has an encoder.

    Raises
    ------
    ValueError
        If `fusion` is neither.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import EncoderPlan
    >>> from skeletonlearn.skeletons import get_skeleton
    >>> skeleton = get_skeleton("KINECT_V1")
    >>> plan = EncoderPlan((16, 20, 3), "gru", ("joint", "bone"), skeleton, hidden_dim=32, dropout=None)
    >>> plan.build()(torch.zeros(2, 16, 20, 3)).shape
    torch.Size([2, 32])
    >>> plan.described()["streams"]
    ['joint', 'bone']
    """

    shape: tuple[int, int, int]
    encoder: str | Callable[..., nn.Module]
    streams: tuple[str, ...]
    skeleton: Skeleton | None
    hidden_dim: int
    dropout: float | None
    options: Mapping[str, Any] = field(default_factory=dict)
    fusion: str = "early"

    def __post_init__(self) -> None:
        if self.fusion not in FUSIONS:
            raise ValueError(f"fusion={self.fusion!r} must be one of {', '.join(FUSIONS)}.")

    def build(self) -> StreamedEncoder | LateFusion:
        """Make an untrained encoder.

        Returns
        -------
        StreamedEncoder or LateFusion
            The encoder.
        """
        if self.fusion == "late" and len(self.streams) > 1:
            return LateFusion([self._build_for((stream,)) for stream in self.streams])
        return self._build_for(self.streams)

    def described(self) -> dict[str, Any]:
        """Return what determines the output of an encoder of given weights, as values that JSON can hold.

        Returns
        -------
        dict of str to object
            By the names of the estimators' parameters; equal for plans whose encoders, with the same weights, give the
            same for the same sequences.
        """
        named = isinstance(self.encoder, str)
        has_bones = any(stream.startswith("bone") for stream in self.streams)
        return {
            "encoder": self.encoder if named else "a callable",
            "hidden_dim": int(self.hidden_dim) if named else None,
            "streams": list(self.streams),
            "fusion": self.fusion if len(self.streams) > 1 else None,
            "skeleton": self.skeleton.parents.tolist() if has_bones and self.skeleton else None,
            **self.options,
        }

    def _build_for(self, streams: tuple[str, ...]) -> StreamedEncoder:
        n_frames, n_joints, n_channels = self.shape
        stacked = (n_frames, n_joints, n_channels * len(streams))
        return StreamedEncoder(
            StreamStack(streams, n_joints, self.skeleton),
            build_encoder(
                self.encoder, stacked, hidden_dim=self.hidden_dim, dropout=self.dropout, options=self.options
            ),
        )
