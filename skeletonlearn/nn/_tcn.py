"""Residual temporal convolutions over all joints' channels, and a decoder that undoes them."""

from __future__ import annotations

import torch
from torch import Tensor, nn

_STAGES = 3  # how often the encoder halves the frames, and the decoder doubles them


class TemporalBlock(nn.Module):
    """Two temporal convolutions with a short cut around them.

    Parameters
    ----------
    channels_in, channels_out : int
        Channels before and after.
    stride : int
        Step in time of the first convolution.
    dropout : float
        Share of units dropped between the convolutions.
    kernel_size : int, default=5
        Frames that one convolution sees.
    """

    def __init__(self, channels_in: int, channels_out: int, stride: int, dropout: float, kernel_size: int = 5) -> None:
        super().__init__()
        padding = kernel_size // 2
        self.body = nn.Sequential(
            nn.Conv1d(channels_in, channels_out, kernel_size, stride, padding, bias=False),
            nn.BatchNorm1d(channels_out),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Conv1d(channels_out, channels_out, kernel_size, 1, padding, bias=False),
            nn.BatchNorm1d(channels_out),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or channels_in != channels_out:
            self.shortcut = nn.Sequential(
                nn.Conv1d(channels_in, channels_out, 1, stride, bias=False), nn.BatchNorm1d(channels_out)
            )

    def forward(self, x: Tensor) -> Tensor:
        """Turn `(B, channels_in, F)` into `(B, channels_out, ceil(F / stride))`."""
        return torch.relu(self.body(x) + self.shortcut(x))


class TCNEncoder(nn.Module):
    """Temporal convolutional network: joints and channels together are the channels of a 1-D signal.

    Parameters
    ----------
    n_frames, n_joints, n_channels : int
        Size of a sequence; any number of frames can be encoded later.
    hidden_dim : int, default=256
        Width of the embedding.
    dropout : float, default=0.2
        Share of units dropped inside the blocks.
    """

    def __init__(
        self, n_frames: int, n_joints: int, n_channels: int, *, hidden_dim: int = 256, dropout: float = 0.2
    ) -> None:
        super().__init__()
        features, half = n_joints * n_channels, max(1, hidden_dim // 2)
        self.normalise = nn.BatchNorm1d(features)
        self.stem = nn.Conv1d(features, half, kernel_size=5, stride=2, padding=2)
        self.blocks = nn.Sequential(
            TemporalBlock(half, half, 1, dropout),
            TemporalBlock(half, hidden_dim, 2, dropout),
            TemporalBlock(hidden_dim, hidden_dim, 2, dropout),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Turn `(B, F, J, C)` into `(B, hidden_dim)`."""
        signal = x.flatten(2).transpose(1, 2)  # (B, J * C, F)
        return self.blocks(self.stem(self.normalise(signal))).mean(dim=2)


class TCNDecoder(nn.Module):
    """Temporal convolutions from an embedding to a sequence, twice as many frames at each stage.

    Parameters
    ----------
    embedding_dim : int
        Width of the embedding.
    n_frames, n_joints, n_channels : int
        Size of a sequence.
    hidden_dim : int, default=256
        Width of the widest layer.
    dropout : float, default=0.2
        Share of units dropped inside the blocks.
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
    ) -> None:
        super().__init__()
        self.shape = (n_frames, n_joints, n_channels)
        width = max(1, hidden_dim // 2)
        start = max(1, -(-n_frames // 2**_STAGES))
        self.start = nn.Sequential(nn.Linear(embedding_dim, width * start), nn.Unflatten(1, (width, start)))
        self.stages = nn.Sequential(
            *(
                nn.Sequential(nn.Upsample(scale_factor=2), TemporalBlock(width, width, 1, dropout))
                for _ in range(_STAGES)
            )
        )
        self.out = nn.Conv1d(width, n_joints * n_channels, 1)

    def forward(self, z: Tensor) -> Tensor:
        """Turn `(B, embedding_dim)` into `(B, F, J, C)`."""
        n_frames, n_joints, n_channels = self.shape
        signal = self.out(self.stages(self.start(z)))[:, :, :n_frames]  # (B, J * C, F)
        return signal.transpose(1, 2).unflatten(2, (n_joints, n_channels))
