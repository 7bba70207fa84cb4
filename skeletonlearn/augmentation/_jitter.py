"""Jitter: the sensor's noise."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from skeletonlearn.augmentation._view import View, check_batch, check_non_negative, uniform


@dataclass(frozen=True)
class Jitter(View):
    """Gaussian noise on every coordinate, its level random for each sample.

    Parameters
    ----------
    sigma : float, default=0.1
        Largest standard deviation of the noise, in the unit of the coordinates; each sample's is U(0, sigma).

    Raises
    ------
    ValueError
        If `sigma` is negative or not finite.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.augmentation import Jitter
    >>> noisy = Jitter(sigma=0.1)(torch.zeros(4, 16, 25, 3), torch.Generator().manual_seed(0))
    >>> bool((noisy.std(dim=(1, 2, 3)) < 0.11).all())
    True
    """

    sigma: float = 0.1

    def __post_init__(self) -> None:
        check_non_negative("sigma", self.sigma)

    def __call__(self, batch: Tensor, generator: Generator) -> Tensor:
        """Return a noisy copy of a batch (B, F, J, C)."""
        check_batch(batch)
        level = uniform((len(batch), 1, 1, 1), 0.0, self.sigma, batch, generator)
        noise = torch.randn(batch.shape, generator=generator, device=generator.device, dtype=torch.float32)
        # in place: the noise becomes the result
        return noise.to(batch).mul_(level.to(batch.dtype)).add_(batch)
