"""Smooth: slower, rounder motion."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional

from skeletonlearn.augmentation._view import View, check_batch, check_non_negative, check_probability, happens, uniform

_TRUNCATE = 3
"""Kernels end at this many standard deviations of the widest one."""


@dataclass(frozen=True)
class Smooth(View):
    """Random Gaussian smoothing over time, its width random for each sample.

    Before the first and after the last frame the sequence is taken to stand still.

    Parameters
    ----------
    max_sigma : float, default=2.0
        Largest standard deviation of the kernel, in frames; each sample's is U(0, max_sigma).
    probability : float, default=0.5
        How likely a sample is smoothed at all.

    Raises
    ------
    ValueError
        If `max_sigma` is negative or not finite, or `probability` is not in [0, 1].

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.augmentation import Smooth
    >>> batch = torch.randn(4, 64, 25, 3)
    >>> smoothed = Smooth(max_sigma=2.0, probability=1.0)(batch, torch.Generator().manual_seed(0))
    >>> bool((smoothed.var(dim=1).mean() < batch.var(dim=1).mean()))
    True
    """

    max_sigma: float = 2.0
    probability: float = 0.5

    def __post_init__(self) -> None:
        check_non_negative("max_sigma", self.max_sigma)
        check_probability("probability", self.probability)

    def __call__(self, batch: Tensor, generator: Generator) -> Tensor:
        """Return a copy of a batch (B, F, J, C) in which some samples are smoothed."""
        check_batch(batch)
        sigma = uniform((len(batch),), 0.0, self.max_sigma, batch, generator)
        sigma = sigma * happens(self.probability, batch, generator)
        kernels = _gaussian_kernels(sigma, radius=math.ceil(_TRUNCATE * self.max_sigma))
        return _convolve_frames(batch, kernels.to(batch.dtype))


def _gaussian_kernels(sigma: Tensor, radius: int) -> Tensor:
    """Kernels (B, 2*radius + 1) of standard deviation `sigma` (B,) frames, each of sum 1; of 0 frames, no change."""
    offset = torch.arange(-radius, radius + 1, dtype=sigma.dtype, device=sigma.device)
    # far below a frame the kernel is exactly (..., 0, 1, 0, ...)
    kernels = torch.exp(-0.5 * (offset / sigma[:, None].clamp(min=1e-3)) ** 2)
    return kernels / kernels.sum(dim=1, keepdim=True)


def _convolve_frames(batch: Tensor, kernels: Tensor) -> Tensor:
    """Convolve each sample of a batch (B, F, J, C) in time with its own symmetric kernel (B, 2*radius + 1)."""
    n_samples, n_frames = batch.shape[:2]
    radius = kernels.shape[1] // 2
    rows = batch.reshape(n_samples, n_frames, -1)
    held = functional.pad(rows[None], (0, 0, radius, radius), mode="replicate")[0]  # (B, F + 2*radius, J*C)
    smoothed = batch.new_zeros(rows.shape)
    # one pass per kernel element beats grouped convolution and banded matrix products, in time or in memory
    for at in range(kernels.shape[1]):
        smoothed.addcmul_(held[:, at : at + n_frames], kernels[:, at, None, None])
    return smoothed.view(batch.shape)
