"""Mixing layers: over joints and over time in turn, and a decoder of the same blocks."""

from __future__ import annotations

from torch import Tensor, nn


class MixerBlock(nn.Module):
    """Mix each feature over time, then each frame's joint features, with a short cut around both.

    Parameters
    ----------
    n_frames, width : int
        Size of the block's input without the batch.
    dropout : float
        Share of units dropped inside both.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import MixerBlock
    >>> MixerBlock(16, 32, dropout=0.0)(torch.zeros(2, 16, 32)).shape
    torch.Size([2, 16, 32])
    """

    def __init__(self, n_frames: int, width: int, dropout: float) -> None:
        super().__init__()
        self.time_norm, self.joint_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.over_time = _perceptron(n_frames, dropout)
        self.over_joints = _perceptron(width, dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Keep the shape `(B, F, width)`."""
        x = x + self.over_time(self.time_norm(x).transpose(1, 2)).transpose(1, 2)
        return x + self.over_joints(self.joint_norm(x))


def _perceptron(width: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Dropout(dropout), nn.Linear(width, width))


class MixerEncoder(nn.Module):
    """Mixing network: the joints of a frame become one token, blocks mix over joints and over time.

    Parameters
    ----------
    n_frames, n_joints, n_channels : int
        Size of a sequence.
    hidden_dim : int, default=256
        Width of the embedding; tokens are half as wide.
    dropout : float, default=0.2
        Share of units dropped.
    n_blocks : int, default=4
        How many rounds of mixing.

    See Also
    --------
    MixerDecoder : Turns its embeddings back into sequences.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import MixerEncoder
    >>> MixerEncoder(16, 20, 3, hidden_dim=32)(torch.zeros(2, 16, 20, 3)).shape
    torch.Size([2, 32])
    """

    def __init__(
        self,
        n_frames: int,
        n_joints: int,
        n_channels: int,
        *,
        hidden_dim: int = 256,
        dropout: float = 0.2,
        n_blocks: int = 4,
    ) -> None:
        super().__init__()
        width = max(1, hidden_dim // 2)
        self.embed = nn.Sequential(nn.Flatten(2), nn.Linear(n_joints * n_channels, width))
        self.blocks = nn.Sequential(*(MixerBlock(n_frames, width, dropout) for _ in range(n_blocks)))
        self.out = nn.Sequential(nn.LayerNorm(width), nn.Dropout(dropout), nn.Linear(width, hidden_dim))

    def forward(self, x: Tensor) -> Tensor:
        """Turn `(B, F, J, C)` into `(B, hidden_dim)`."""
        return self.out(self.blocks(self.embed(x)).mean(dim=1))


class MixerDecoder(nn.Module):
    """From an embedding to a sequence: one token per frame, mixed, then spread over the joints.

    Parameters
    ----------
    embedding_dim : int
        Width of the embedding.
    n_frames, n_joints, n_channels : int
        Size of a sequence.
    hidden_dim : int, default=256
        Tokens are an eighth as wide.
    dropout : float, default=0.2
        Share of units dropped in the blocks.
    n_blocks : int, default=2
        How many rounds of mixing.

    See Also
    --------
    MixerEncoder : Turns sequences into embeddings.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import MixerDecoder
    >>> MixerDecoder(64, 16, 20, 3, hidden_dim=32)(torch.zeros(2, 64)).shape
    torch.Size([2, 16, 20, 3])
    """

    def __init__(
        self,
        embedding_dim: int,
        n_frames: int,
        n_joints: int,
        n_channels: int,
        *,
        hidden_dim: int = 256,
        dropout: float = 0.2,
        n_blocks: int = 2,
    ) -> None:
        super().__init__()
        width = max(1, hidden_dim // 8)
        self.start = nn.Sequential(nn.Linear(embedding_dim, n_frames * width), nn.Unflatten(1, (n_frames, width)))
        self.blocks = nn.Sequential(*(MixerBlock(n_frames, width, dropout) for _ in range(n_blocks)))
        self.out = nn.Sequential(nn.Linear(width, n_joints * n_channels), nn.Unflatten(2, (n_joints, n_channels)))

    def forward(self, z: Tensor) -> Tensor:
        """Turn `(B, embedding_dim)` into `(B, F, J, C)`."""
        return self.out(self.blocks(self.start(z)))
