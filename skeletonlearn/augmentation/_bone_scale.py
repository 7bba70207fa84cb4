"""BoneScale: the same motion by a body of other proportions."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from skeletonlearn.augmentation._view import (
    SkeletonView,
    check_batch,
    check_non_negative,
    matmul,
    uniform,
)
from skeletonlearn.skeletons import Skeleton


@dataclass(frozen=True)
class BoneScale(SkeletonView):
    """Random lengths of all bones, with the directions kept.

    Every bone of every person in a sample is multiplied by its own exp(U(-amount, amount)), the same in all frames,
    and the positions are rebuilt from the root outwards. It is linear in the positions: root + A diag(s) B x, where
    B takes the bones, joint minus parent, s holds the factors and A adds the bones between the root and a joint.
    Left and right get factors of their own.

    Two views of a clip otherwise share the proportions of the body, which tell them from other clips without a look
    at the action.

    Parameters
    ----------
    skeleton : Skeleton, str or None, default=None
        The layout of one body's joints, or its name. An estimator that knows the skeleton fills in what is None.
    amount : float, default=0.4
        Largest absolute logarithm of a bone's factor: 0.4 is between 0.67 and 1.49.

    Raises
    ------
    ValueError
        If there is no skeleton when it is called, or it does not fit the batch's joints; if `amount` is negative or
        not finite.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.augmentation import BoneScale
    >>> batch = torch.randn(4, 16, 50, 3)  # two persons
    >>> BoneScale("NTU_RGBD", amount=0.4)(batch, torch.Generator().manual_seed(0)).shape
    torch.Size([4, 16, 50, 3])
    """

    amount: float = 0.4

    def __post_init__(self) -> None:
        super().__post_init__()
        check_non_negative("amount", self.amount)

    def __call__(self, batch: Tensor, generator: Generator) -> Tensor:
        """Return a copy of a batch (B, F, J, C) with other bone lengths."""
        check_batch(batch)
        n_samples, n_frames, n_joints, n_channels = batch.shape
        layout = self._layout()
        n_persons = layout.n_persons(n_joints)
        factors = uniform((n_samples, n_persons, layout.n_joints), -self.amount, self.amount, batch, generator).exp_()
        bodies = batch.reshape(n_samples, n_frames, n_persons, -1)
        rebuilt = batch.new_empty(bodies.shape)
        for person in range(n_persons):
            matrices = _rebuild_matrices(layout, factors[:, person]).to(batch.dtype)
            # (B, F, J*C) @ (B, J*C, J*C): in long rows no channel has to be moved
            matmul(bodies[:, :, person], _for_rows(matrices, n_channels), out=rebuilt[:, :, person])
        return rebuilt.view(batch.shape)


def _rebuild_matrices(layout: Skeleton, factors: Tensor) -> Tensor:
    """Matrices (B, J, J) that map one body's joints to those with bones scaled by `factors` (B, J)."""
    ancestors = torch.as_tensor(layout.ancestors, dtype=factors.dtype, device=factors.device)
    parents = torch.as_tensor(layout.parents, device=factors.device)
    identity = torch.eye(layout.n_joints, dtype=factors.dtype, device=factors.device)
    bones = identity - identity[parents]
    # (B, J, bones) @ (bones, J), and every joint starts at the root
    return matmul(ancestors * factors[:, None], bones) + identity[layout.root]


def _for_rows(matrices: Tensor, n_channels: int) -> Tensor:
    """Matrices (B, J*C, J*C) that do to flat rows, from the right, what `matrices` (B, J, J) do to joints."""
    n_samples, n_joints, _ = matrices.shape
    rows = matrices.new_zeros(n_samples, n_joints, n_channels, n_joints, n_channels)
    rows.diagonal(dim1=2, dim2=4).copy_(matrices.transpose(1, 2).unsqueeze(-1))
    return rows.view(n_samples, n_joints * n_channels, n_joints * n_channels)
