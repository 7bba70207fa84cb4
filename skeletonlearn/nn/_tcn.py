"""Residual temporal convolutions over all joints' channels, and a decoder that undoes them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from skeletonlearn.nn._pooling import TemporalPooling

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

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import TemporalBlock
    >>> TemporalBlock(60, 32, stride=2, dropout=0.0)(torch.zeros(2, 60, 16)).shape
    torch.Size([2, 32, 8])
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

    The embedding is what all stages saw, each pooled over time, not the last alone: what contrast teaches the last
    stage to forget is often what tells actions apart. The first two of four stages are half as wide.

    Parameters
    ----------
    n_frames, n_joints, n_channels : int
        Size of a sequence; any number of frames can be encoded later.
    hidden_dim : int, default=256
        Width of the last stage. With "mean_max" the embedding is about six times, with "mean", "max" and "last" three
        times, with "attention" just as wide.
    dropout : float, default=0.2
        Share of units dropped inside the blocks.
    pooling : {"last", "mean", "max", "mean_max", "attention"}, default="mean_max"
        As in :class:`TemporalPooling`; "attention" is paid to the last stage alone.

    See Also
    --------
    TCNDecoder : Turns its embeddings back into sequences.
    SlowFastEncoder : A slow path and a fast path of such networks.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import TCNEncoder
    >>> TCNEncoder(16, 20, 3, hidden_dim=32)(torch.zeros(2, 16, 20, 3)).shape
    torch.Size([2, 192])
    """

    any_length = True
    rectified = True
    frames_per_step = 2**_STAGES

    def __init__(
        self,
        n_frames: int,
        n_joints: int,
        n_channels: int,
        *,
        hidden_dim: int = 256,
        dropout: float = 0.2,
        pooling: str = "mean_max",
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
        self.pool = TemporalPooling(pooling, hidden_dim)

    def _stages(self, x: Tensor) -> list[Tensor]:
        """What each stage gives, `(B, width, frames)`."""
        stages = [self.stem(self.normalise(x.flatten(2).transpose(1, 2)))]  # of (B, J * C, F)
        for block in self.blocks:
            stages.append(block(stages[-1]))
        return [torch.relu(stages[0]), *stages[1:]]

    def steps(self, x: Tensor, lengths: None = None) -> tuple[Tensor, None]:
        """Return the last stage's features of every eighth frame.

        Parameters
        ----------
        x : Tensor of shape (B, F, J, C)
            Sequences.
        lengths : None, default=None
            Convolutions take sequences of one length only.

        Returns
        -------
        steps : Tensor of shape (B, ceil(F / 8), hidden_dim)
            Features.
        lengths : None
            All steps are real.
        """
        return self._stages(x)[-1].transpose(1, 2), lengths

    def forward(self, x: Tensor) -> Tensor:
        """Turn `(B, F, J, C)` into `(B, D)`."""
        stages = self._stages(x)
        pooled = stages[-1:] if self.pool.pooling == "attention" else stages
        return torch.cat([self.pool(stage.transpose(1, 2)) for stage in pooled], dim=1)


class SlowFastEncoder(nn.Module):
    """SlowFast: a wide temporal convolutional network at half the frame rate and a narrow one at the full frame rate.

    The slow path averages pairs of frames, so that its convolutions cover twice the time. The fast path sees every
    frame; a quarter of the embedding comes from it. There are no connections between the paths before the embedding,
    unlike in the paper.

    Parameters
    ----------
    n_frames, n_joints, n_channels : int
        Size of a sequence; any number of frames can be encoded later.
    hidden_dim : int, default=256
        Width of the last stages of both paths together; the embedding is about six times as wide.
    dropout : float, default=0.2
        Share of units dropped inside the blocks.

    See Also
    --------
    TCNEncoder : One at the full frame rate.

    References
    ----------
    C. Feichtenhofer et al., "SlowFast Networks for Video Recognition", ICCV 2019.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import SlowFastEncoder
    >>> SlowFastEncoder(16, 20, 3, hidden_dim=32)(torch.zeros(2, 16, 20, 3)).shape
    torch.Size([2, 192])
    """

    any_length = True
    rectified = True

    def __init__(
        self, n_frames: int, n_joints: int, n_channels: int, *, hidden_dim: int = 256, dropout: float = 0.2
    ) -> None:
        super().__init__()
        if hidden_dim < 2:
            raise ValueError(f"hidden_dim={hidden_dim} must be at least 2 for two paths.")
        fast_width = max(1, hidden_dim // 4)
        shape = (n_frames, n_joints, n_channels)
        self.slow = TCNEncoder(*shape, hidden_dim=hidden_dim - fast_width, dropout=dropout)
        self.fast = TCNEncoder(*shape, hidden_dim=fast_width, dropout=dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Turn `(B, F, J, C)` into `(B, D)`."""
        slowed = F.avg_pool2d(x.flatten(2)[:, None], (2, 1), ceil_mode=True)[:, 0].unflatten(2, x.shape[2:])
        return torch.cat([self.slow(slowed), self.fast(x)], dim=1)


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

    See Also
    --------
    TCNEncoder : Turns sequences into embeddings.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import TCNDecoder
    >>> TCNDecoder(64, 16, 20, 3, hidden_dim=32)(torch.zeros(2, 64)).shape
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
