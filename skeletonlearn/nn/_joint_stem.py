"""From joints to features of frames, by layers that all joints share."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from skeletonlearn.nn._pooling import real_steps

_PER_JOINT = 32  # features of a joint in a frame
_LEAST = 128  # features of a frame, where there are few joints
STRIDE = 2
"""Frames per step."""


class RealBatchNorm(nn.BatchNorm1d):
    """Batch normalisation of features `(B, S, ..., D)` that neither sees nor changes what pads a sequence."""

    def forward(self, x: Tensor, real: Tensor | None = None) -> Tensor:
        """Normalise the real steps; what pads a sequence becomes zero."""
        if real is None:
            return super().forward(x.flatten(0, -2)).view_as(x)
        steps = x[real]
        normalised = x.new_zeros(x.shape)
        normalised[real] = super().forward(steps.flatten(0, -2)).view_as(steps)
        return normalised


class JointStem(nn.Module):
    """Features of every second frame: layers that all joints share, then one that mixes them.

    A joint's position is turned to features by the same weights whichever joint it is, then its movement over three
    frames; only then are joints joined. That is what co-occurrence networks begin with.

    Parameters
    ----------
    n_joints, n_channels : int
        Size of a frame.
    width : int
        Features of a step.
    dropout : float
        Share of the joints' features dropped before they are joined.

    References
    ----------
    C. Li et al., "Co-occurrence Feature Learning from Skeleton Data for Action Recognition and Detection with
    Hierarchical Aggregation", IJCAI 2018.
    """

    def __init__(self, n_joints: int, n_channels: int, width: int, dropout: float) -> None:
        super().__init__()
        per_joint = max(_PER_JOINT, -(-_LEAST // n_joints))
        self.normalise = RealBatchNorm(n_channels)
        self.position = nn.Linear(n_channels, per_joint, bias=False)
        self.normalise_position = RealBatchNorm(per_joint)
        self.movement = nn.Conv2d(per_joint, per_joint, (3, 1), padding=(1, 0), bias=False)
        self.normalise_movement = RealBatchNorm(per_joint)
        self.drop = nn.Dropout(dropout)
        self.join = nn.Conv1d(n_joints * per_joint, width, 3, stride=STRIDE, padding=1, bias=False)
        self.normalise_joined = RealBatchNorm(width)

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Turn `(B, F, J, C)` into `(B, ceil(F / 2), width)`, and the lengths into numbers of steps."""
        real = None if lengths is None else real_steps(lengths, x)
        features = torch.relu(self.normalise_position(self.position(self.normalise(x, real)), real))  # (B, F, J, D)
        # a view as (B, D, F, J) with the channels last in memory, which convolutions are fastest with
        moved = self.movement(features.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)  # (B, F, J, D)
        features = torch.relu(self.normalise_movement(moved, real))
        joined = self.join(self.drop(features).flatten(2).transpose(1, 2)).transpose(1, 2)  # (B, S, width)
        if lengths is None:
            steps = torch.full((len(x),), joined.shape[1])
            return torch.relu(self.normalise_joined(joined)), steps
        steps = -(-lengths // STRIDE)
        return torch.relu(self.normalise_joined(joined, real_steps(steps, joined))), steps
