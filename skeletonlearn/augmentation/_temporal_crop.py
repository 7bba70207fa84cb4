"""TemporalCrop: a part of the sequence, stretched to one length."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from skeletonlearn.augmentation._view import View, check_batch, check_number, uniform


@dataclass(frozen=True)
class TemporalCrop(View):
    """Random part of the sequence, resampled linearly to as many frames as before, or to fewer.

    Each sample keeps U(min_ratio, 1) of its duration, from a random start; start and end need not be whole frames.
    Stretched to as many frames as the whole had, all parts are slower than it, and a network trained on them has never
    seen anything as fast as what it is asked about later.

    Parameters
    ----------
    min_ratio : float, default=0.5
        Smallest part of the duration that is kept, above 0; 1 keeps everything.
    keep_tempo : bool, default=False
        Whether parts are resampled to as many frames as a part of mean duration has, `(1 + min_ratio) / 2` of those
        before, so that movements are as often faster as slower than in the whole. Only encoders that take any number
        of frames can look at such a view.

    Raises
    ------
    ValueError
        If `min_ratio` is not in (0, 1].
    TypeError
        If `keep_tempo` is not a bool.

    References
    ----------
    H. Touvron et al., "Fixing the train-test resolution discrepancy", NeurIPS 2019, for the same in pictures.

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
    keep_tempo: bool = False

    def __post_init__(self) -> None:
        wanted = "a number in (0, 1]"
        check_number("min_ratio", self.min_ratio, 0.0, 1.0, wanted)
        if self.min_ratio == 0:
            raise ValueError(f"min_ratio={self.min_ratio!r} must be {wanted}.")
        if not isinstance(self.keep_tempo, bool):
            raise TypeError(f"keep_tempo={self.keep_tempo!r} must be True or False.")

    def __call__(self, batch: Tensor, generator: Generator) -> Tensor:
        """Return a batch (B, G, J, C) of random parts, each resampled to G frames: F of (B, F, J, C), or fewer."""
        check_batch(batch)
        n_samples, n_frames = batch.shape[:2]
        kept = uniform((n_samples, 1), self.min_ratio, 1.0, batch, generator)
        start = uniform((n_samples, 1), 0.0, 1.0, batch, generator) * (1.0 - kept) * (n_frames - 1)
        n_seen = max(1, round(n_frames * (1.0 + self.min_ratio) / 2)) if self.keep_tempo else n_frames
        step = kept * ((n_frames - 1) / max(n_seen - 1, 1))
        # where in the sample each new frame lies, in frames: (B, 1) + (G,) * (B, 1) -> (B, G)
        position = start + torch.arange(n_seen, device=batch.device) * step
        return _sample_frames(batch, position.clamp_(0.0, n_frames - 1.0))


def _sample_frames(batch: Tensor, position: Tensor) -> Tensor:
    """Interpolate a batch (B, F, J, C) linearly at fractional frames (B, G): (B, G, J, C)."""
    n_samples, n_frames = batch.shape[:2]
    before = position.floor().long()
    weight = (position - before).to(batch.dtype)
    after = (before + 1).clamp_(max=n_frames - 1)
    first = n_frames * torch.arange(n_samples, device=batch.device)[:, None]
    rows = batch.reshape(n_samples * n_frames, -1)
    sampled = rows.index_select(0, (first + before).view(-1))
    # (B*G, J*C) moved towards (B*G, J*C) by (B*G, 1)
    sampled.lerp_(rows.index_select(0, (first + after).view(-1)), weight.view(-1, 1))
    return sampled.view(n_samples, position.shape[1], *batch.shape[2:])
