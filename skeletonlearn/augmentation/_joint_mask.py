"""JointMask: joints that the sensor does not see."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Generator, Tensor

from skeletonlearn.augmentation._view import View, check_batch, check_probability, uniform


@dataclass(frozen=True)
class JointMask(View):
    """Random joints set to zero over all frames.

    Each sample draws a ratio U(0, max_ratio) and loses that part of its joints, rounded down and chosen at random
    among the joints of all persons. Zero is the place of the root in centred sequences.

    Parameters
    ----------
    max_ratio : float, default=0.5
        Largest part of the joints that is set to zero.

    Raises
    ------
    ValueError
        If `max_ratio` is not in [0, 1].

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.augmentation import JointMask
    >>> masked = JointMask(max_ratio=0.5)(torch.ones(4, 16, 20, 3), torch.Generator().manual_seed(0))
    >>> bool(((masked == 0).all(dim=(1, 3)).sum(dim=1) <= 10).all())
    True
    """

    max_ratio: float = 0.5

    def __post_init__(self) -> None:
        check_probability("max_ratio", self.max_ratio)

    def __call__(self, batch: Tensor, generator: Generator) -> Tensor:
        """Return a copy of a batch (B, F, J, C) with some joints at zero."""
        check_batch(batch)
        n_samples, n_frames, n_joints, n_channels = batch.shape
        n_masked = (uniform((n_samples, 1), 0.0, self.max_ratio, batch, generator) * n_joints).floor_()
        # a joint's rank in a random order: the first n_masked of the order are lost
        rank = uniform((n_samples, n_joints), 0.0, 1.0, batch, generator).argsort(dim=1).argsort(dim=1)
        masked = (rank < n_masked).repeat_interleave(n_channels, dim=1)  # (B, J*C)
        # long rows make the broadcast over frames cheap: (B, F, J*C) with (B, 1, J*C)
        return batch.reshape(n_samples, n_frames, -1).masked_fill(masked[:, None], 0.0).reshape(batch.shape)
