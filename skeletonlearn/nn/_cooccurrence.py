"""Co-occurrence convolutions: each joint alone at first, then joints as channels."""

from __future__ import annotations

import torch
from torch import Tensor, nn

_PER_JOINT = 32  # features of a joint in a frame
_JOINT_MIX = 32  # channels after the first convolution over joints


def _convolution(channels_in: int, channels_out: int, kernel: tuple[int, int], *, pool: bool) -> nn.Sequential:
    """Convolution, normalisation, rectifier; halving frames and features where `pool` says so."""
    padding = (kernel[0] // 2, kernel[1] // 2)
    layers: list[nn.Module] = [
        nn.Conv2d(channels_in, channels_out, kernel, padding=padding, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    ]
    return nn.Sequential(*layers, *([nn.MaxPool2d(2, ceil_mode=True)] if pool else []))


class CooccurrenceEncoder(nn.Module):
    """Co-occurrence network: per-joint layers shared over joints, then convolutions whose channels are joints.

    Parameters
    ----------
    n_frames, n_joints, n_channels : int
        Size of a sequence; any number of frames can be encoded later.
    hidden_dim : int, default=256
        Width of the embedding.
    dropout : float, default=0.3
        Share of features dropped before the last layer.

    See Also
    --------
    CooccurrenceDecoder : Turns its embeddings back into sequences.

    References
    ----------
    C. Li et al., "Co-occurrence Feature Learning from Skeleton Data for Action Recognition and Detection with
    Hierarchical Aggregation", IJCAI 2018.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import CooccurrenceEncoder
    >>> CooccurrenceEncoder(16, 20, 3, hidden_dim=32)(torch.zeros(2, 16, 20, 3)).shape
    torch.Size([2, 32])
    """

    any_length = True

    def __init__(
        self, n_frames: int, n_joints: int, n_channels: int, *, hidden_dim: int = 256, dropout: float = 0.3
    ) -> None:
        super().__init__()
        self.normalise = nn.BatchNorm2d(n_channels)
        self.per_joint = nn.Sequential(
            _convolution(n_channels, _PER_JOINT, (1, 1), pool=False),
            _convolution(_PER_JOINT, _PER_JOINT, (3, 1), pool=False),
        )
        self.across_joints = nn.Sequential(
            _convolution(n_joints, _JOINT_MIX, (3, 3), pool=True),
            _convolution(_JOINT_MIX, 2 * _JOINT_MIX, (3, 3), pool=True),
            _convolution(2 * _JOINT_MIX, 4 * _JOINT_MIX, (3, 3), pool=True),
        )
        features = 4 * _JOINT_MIX * (_PER_JOINT // 8)
        self.out = nn.Sequential(nn.Dropout(dropout), nn.Linear(2 * features, hidden_dim))

    def forward(self, x: Tensor) -> Tensor:
        """Turn `(B, F, J, C)` into `(B, hidden_dim)`."""
        alone = self.per_joint(self.normalise(x.permute(0, 3, 1, 2)))  # (B, 32, F, J)
        by_joint = alone.permute(0, 3, 2, 1)  # (B, J, F, 32)
        # channels last in memory: convolution and pooling are faster so
        together = self.across_joints(by_joint.contiguous(memory_format=torch.channels_last))  # (B, 128, F / 8, 4)
        features = together.transpose(2, 3).flatten(1, 2)  # (B, 512, F / 8)
        return self.out(torch.cat([features.mean(dim=2), features.amax(dim=2)], dim=1))


class CooccurrenceDecoder(nn.Module):
    """From an embedding to a sequence: frames doubled stage by stage, then layers shared over joints.

    Parameters
    ----------
    embedding_dim : int
        Width of the embedding.
    n_frames, n_joints, n_channels : int
        Size of a sequence.
    hidden_dim : int, default=256
        Width of the widest layer.
    dropout : float, default=0.3
        Share of features dropped after the first layer.

    See Also
    --------
    CooccurrenceEncoder : Turns sequences into embeddings.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import CooccurrenceDecoder
    >>> CooccurrenceDecoder(64, 16, 20, 3, hidden_dim=32)(torch.zeros(2, 64)).shape
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
        dropout: float = 0.3,
    ) -> None:
        super().__init__()
        self.n_frames = n_frames
        start = -(-n_frames // 8)  # three stages, each doubling the frames
        width = max(1, hidden_dim // 4)
        self.start = nn.Sequential(
            nn.Linear(embedding_dim, width * start), nn.Dropout(dropout), nn.Unflatten(1, (width, start))
        )
        self.over_time = nn.Sequential(
            *(
                nn.Sequential(
                    nn.Upsample(scale_factor=2),
                    nn.Conv1d(width, width, 3, padding=1, bias=False),
                    nn.BatchNorm1d(width),
                    nn.ReLU(inplace=True),
                )
                for _ in range(3)
            )
        )
        self.to_joints = nn.Sequential(
            nn.Conv1d(width, n_joints * _PER_JOINT // 2, 1), nn.Unflatten(1, (n_joints, _PER_JOINT // 2))
        )
        self.per_joint = nn.Sequential(
            nn.Linear(_PER_JOINT // 2, _PER_JOINT), nn.ReLU(inplace=True), nn.Linear(_PER_JOINT, n_channels)
        )

    def forward(self, z: Tensor) -> Tensor:
        """Turn `(B, embedding_dim)` into `(B, F, J, C)`."""
        signal = self.over_time(self.start(z))[:, :, : self.n_frames]
        joints = self.to_joints(signal).permute(0, 3, 1, 2)  # (B, F, J, 16)
        return self.per_joint(joints)
