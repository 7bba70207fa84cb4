"""TemporalCrop: a part of the sequence, stretched to its full length."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from skeletonlearn.augmentation._base import View, check_batch, check_number, uniform


@dataclass(frozen=True)
class TemporalCrop(View):
    """Random part of the sequence, resampled linearly to as many frames as before.

    Each sample keeps U(min_ratio, 1) of its duration, from a random start; start and end need not be whole frames.

    Parameters
    ----------
    min_ratio : float, default=0.5
        Smallest part of the duration that is kept, above 0; 1 keeps everything.

    Raises
    ------
    ValueError
        If `min_ratio` is not in (0, 1].

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.augmentation import TemporalCrop
    >>> batch = torch.arange(8.0).view(1, 8, 1, 1)
    >>> cropped = TemporalCrop(min_ratio=0.5)(batch, torch.Generator().manual_seed(0)).flatten()
    >>> bool(cropped[-1] - cropped[0] >= 3.5), len(cropped)
    (True, 8)
    """

    min_ratio: float = 0.5

    def __post_init__(self) -> None:
        wanted = "a number in (0, 1]"
        check_number("min_ratio", self.min_ratio, 0.0, 1.0, wanted)
        if self.min_ratio == 0:
            raise ValueError(f"min_ratio={self.min_ratio!r} must be {wanted}.")

    def __call__(self, batch: Tensor, generator: Generator) -> Tensor:
        """Return a batch (B, F, J, C) of random parts, each stretched to F frames."""
        check_batch(batch)
        n_samples, n_frames = batch.shape[:2]
        kept = uniform((n_samples, 1), self.min_ratio, 1.0, batch, generator)
        start = uniform((n_samples, 1), 0.0, 1.0, batch, generator) * (1.0 - kept) * (n_frames - 1)
        # where in the sample each new frame lies, in frames: (B, 1) + (F,) * (B, 1) -> (B, F)
        position = start + torch.arange(n_frames, device=batch.device) * kept
        return _sample_frames(batch, position.clamp_(0.0, n_frames - 1.0))


def _sample_frames(batch: Tensor, position: Tensor) -> Tensor:
    """Interpolate a batch (B, F, J, C) linearly at fractional frames (B, F)."""
    n_samples, n_frames = batch.shape[:2]
    before = position.floor().long()
    weight = (position - before).to(batch.dtype)
    after = (before + 1).clamp_(max=n_frames - 1)
    first = n_frames * torch.arange(n_samples, device=batch.device)[:, None]
    rows = batch.reshape(n_samples * n_frames, -1)
    sampled = rows.index_select(0, (first + before).view(-1))
    # (B*F, J*C) moved towards (B*F, J*C) by (B*F, 1)
    return sampled.lerp_(rows.index_select(0, (first + after).view(-1)), weight.view(-1, 1)).view(batch.shape)
