"""Self-attention over the frames of a sequence."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from skeletonlearn.nn._joint_stem import RealBatchNorm
from skeletonlearn.nn._pooling import TemporalPooling, real_steps

_HEAD_WIDTH = 32  # features of one attention head, as near as the width divides


class TransformerEncoder(nn.Module):
    """Transformer over frames: every frame looks at all frames of its sequence.

    A short temporal convolution makes tokens of `patch` frames first, so that a token knows its movement and the
    quadratic cost stays small. Positions are sines and cosines of a token's distance from the middle of its sequence,
    so that any length can be encoded: of the positions that a longer sequence has and those learned from had not, half
    lie at either end.

    Parameters
    ----------
    n_frames, n_joints, n_channels : int
        Size of a sequence; any number of frames can be encoded later.
    hidden_dim : int, default=256
        Width of the embedding.
    dropout : float, default=0.2
        Share of features dropped inside the layers.
    n_layers : int, default=3
        Layers of self-attention.
    patch : int, default=2
        Frames per token.
    pooling : {"last", "mean", "max", "mean_max", "attention"}, default="mean"
        As in :class:`TemporalPooling`.

    References
    ----------
    A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import TransformerEncoder
    >>> TransformerEncoder(16, 20, 3, hidden_dim=32)(torch.zeros(2, 16, 20, 3)).shape
    torch.Size([2, 32])
    """

    takes_lengths = True

    def __init__(
        self,
        n_frames: int,
        n_joints: int,
        n_channels: int,
        *,
        hidden_dim: int = 256,
        dropout: float = 0.2,
        n_layers: int = 3,
        patch: int = 2,
        pooling: str = "mean",
    ) -> None:
        super().__init__()
        features = n_joints * n_channels
        self.patch = self.frames_per_step = patch
        self.normalise = RealBatchNorm(features)
        self.tokens = nn.Conv1d(features, hidden_dim, kernel_size=2 * patch + 1, stride=patch, padding=patch)
        layer = nn.TransformerEncoderLayer(
            hidden_dim,
            _heads(hidden_dim),
            dim_feedforward=2 * hidden_dim,
            dropout=dropout,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.layers = nn.TransformerEncoder(layer, n_layers, enable_nested_tensor=False)
        self.out = nn.LayerNorm(hidden_dim)
        self.pool = TemporalPooling(pooling, hidden_dim)

    def steps(self, x: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Return the features of every token.

        Parameters
        ----------
        x : Tensor of shape (B, F, J, C)
            Sequences.
        lengths : Tensor of shape (B,), default=None
            Frames of each sequence; what follows them is not looked at. By default all frames are real.

        Returns
        -------
        steps : Tensor of shape (B, S, D)
            Features; arbitrary after the end of a sequence.
        lengths : Tensor of shape (B,) or None
            Steps of each sequence; None if all are real.
        """
        frames = self.normalise(x.flatten(2), None if lengths is None else real_steps(lengths, x))
        tokens = self.tokens(frames.transpose(1, 2)).transpose(1, 2)  # (B, S, hidden_dim)
        if lengths is not None:
            lengths = -(-lengths // self.patch)
        padding = None if lengths is None else ~real_steps(lengths, tokens)
        steps = self.layers(tokens + _positions(tokens, lengths), src_key_padding_mask=padding)
        return self.out(steps), lengths

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Turn `(B, F, J, C)` into `(B, hidden_dim)`."""
        return self.pool(*self.steps(x, lengths))


def _heads(width: int) -> int:
    """The number of attention heads that divides the width and is nearest to one per `_HEAD_WIDTH` features."""
    wanted = max(1, width // _HEAD_WIDTH)
    return min((heads for heads in range(1, width + 1) if width % heads == 0), key=lambda heads: abs(heads - wanted))


def _positions(tokens: Tensor, lengths: Tensor | None) -> Tensor:
    """Positions of tokens `(B, S, D)`, from the middle of each sequence on: `(B, S, D)`, or `(1, S, D)` for all."""
    at_least_single = torch.promote_types(tokens.dtype, torch.float32)
    at = torch.arange(tokens.shape[1], dtype=at_least_single, device=tokens.device)
    n_steps = at.new_full((1,), tokens.shape[1]) if lengths is None else lengths.to(at)
    return _sines(at - (n_steps[:, None] - 1) / 2, tokens.shape[2]).to(tokens)


def _sines(at: Tensor, width: int) -> Tensor:
    """Sinusoidal positions `(..., D)` of tokens at `(...)` (Vaswani et al. 2017, 3.5)."""
    rates = torch.exp(torch.arange(0, width, 2, dtype=at.dtype, device=at.device) * (-math.log(10_000.0) / width))
    positions = at.new_zeros((*at.shape, width))
    positions[..., 0::2] = torch.sin(at[..., None] * rates)
    positions[..., 1::2] = torch.cos(at[..., None] * rates[: width // 2])
    return positions
