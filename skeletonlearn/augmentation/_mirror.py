"""Mirror: left becomes right."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from skeletonlearn.augmentation._view import (
    SkeletonView,
    check_batch,
    check_integer,
    check_probability,
    happens,
)


@dataclass(frozen=True)
class Mirror(SkeletonView):
    """Random mirror image, one decision per sample.

    Both halves of a mirror image: the coordinate along the lateral axis changes its sign, and the joints of the left
    and the right side change places, in each person, so that the left hand of the image is at the index of left
    hands.

    Parameters
    ----------
    skeleton : Skeleton, str or None, default=None
        The layout of one body's joints, or its name. An estimator that knows the skeleton fills in what is None.
    probability : float, default=0.5
        How likely a sample is mirrored.
    lateral_axis : int, default=0
        Channel that points from one side of the body to the other.

    Raises
    ------
    ValueError
        If there is no skeleton when it is called, it does not fit the batch's joints, or the batch has no such
        channel; if `probability` is not in [0, 1].

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.augmentation import Mirror
    >>> from skeletonlearn.skeletons import NTU_RGBD
    >>> batch, generator = torch.randn(4, 16, 25, 3), torch.Generator()
    >>> mirrored = Mirror("NTU_RGBD", probability=1.0)(batch, generator)
    >>> left, right = NTU_RGBD.index("left_hand"), NTU_RGBD.index("right_hand")
    >>> torch.equal(mirrored[:, :, left, 0], -batch[:, :, right, 0])
    True
    """

    probability: float = 0.5
    lateral_axis: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_probability("probability", self.probability)
        check_integer("lateral_axis", self.lateral_axis, 0, float("inf"), "an integer from 0 on, a channel")

    def __call__(self, batch: Tensor, generator: Generator) -> Tensor:
        """Return a copy of a batch (B, F, J, C) in which some samples are mirrored."""
        check_batch(batch)
        n_samples, n_frames, n_joints, n_channels = batch.shape
        if self.lateral_axis >= n_channels:
            raise ValueError(
                f"Mirror got lateral_axis={self.lateral_axis} and a batch with {n_channels} channels, expected one "
                f"of 0 to {n_channels - 1}."
            )
        layout = self._layout()
        partner = torch.as_tensor(layout.tiled(layout.mirror_index, n_joints), device=batch.device)
        mirror = happens(self.probability, batch, generator)[:, None]
        joint = torch.where(mirror, partner, torch.arange(n_joints, device=batch.device))  # (B, J)
        source = joint[:, :, None] * n_channels + torch.arange(n_channels, device=batch.device)  # (B, J, C)
        sign = batch.new_ones(n_samples, n_joints, n_channels)
        sign[:, :, self.lateral_axis] -= 2 * mirror.to(batch.dtype)
        # columns of long rows, (B, F, J*C): one pass for the places and one, in place, for the signs
        rows = batch.reshape(n_samples, n_frames, -1)
        return (
            rows.gather(2, source.view(n_samples, 1, -1).expand_as(rows))
            .mul_(sign.flatten(1)[:, None])
            .view(batch.shape)
        )
