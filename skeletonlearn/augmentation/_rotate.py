"""Rotate: the body seen from another direction."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from skeletonlearn.augmentation._view import (
    View,
    check_batch,
    check_integer,
    check_number,
    matmul,
    multiply_channels,
    uniform,
)


@dataclass(frozen=True)
class Rotate(View):
    """Random rotation about the origin, one for each sample.

    The angles are U(-yaw, yaw), U(-pitch, pitch) and U(-roll, roll): first yaw about the vertical axis, then pitch
    about the lateral axis, then roll about the depth axis. The lateral axis is the first one that is not vertical,
    the depth axis the second: x and z if y is vertical. Positions in the plane (C = 2) have only roll.

    Parameters
    ----------
    yaw : float, default=70.0
        Largest turn about the vertical axis, in degrees. The default suits bodies that were turned to face the
        camera; 180 is every direction.
    pitch : float, default=30.0
        Largest tilt about the lateral axis, in degrees.
    roll : float, default=0.0
        Largest turn about the depth axis, in the image plane, in degrees.
    vertical_axis : int, default=1
        Channel that points up: 0, 1 or 2. Positions in the plane do not use it.

    Raises
    ------
    ValueError
        If an angle is not in [0, 180], the axis is not in {0, 1, 2}, or the batch has other than 2 or 3 channels.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.augmentation import Rotate
    >>> batch = torch.randn(4, 16, 25, 3)
    >>> rotated = Rotate(yaw=180, pitch=0)(batch, torch.Generator().manual_seed(0))
    >>> torch.allclose(rotated[..., 1], batch[..., 1])
    True
    """

    yaw: float = 70.0
    pitch: float = 30.0
    roll: float = 0.0
    vertical_axis: int = 1

    def __post_init__(self) -> None:
        for name in ("yaw", "pitch", "roll"):
            check_number(name, getattr(self, name), 0.0, 180.0, "an angle in degrees in [0, 180]")
        check_integer("vertical_axis", self.vertical_axis, 0, 2, "0, 1 or 2")

    def __call__(self, batch: Tensor, generator: Generator) -> Tensor:
        """Return a rotated copy of a batch (B, F, J, C), C = 2 or 3."""
        check_batch(batch)
        n_channels = batch.shape[-1]
        if n_channels not in (2, 3):
            raise ValueError(f"Rotate got a batch with {n_channels} channels, expected 2 or 3 coordinates.")
        angles = torch.deg2rad(uniform((len(batch), 3), -1.0, 1.0, batch, generator))
        yaw, pitch, roll = (angles[:, at] * most for at, most in enumerate((self.yaw, self.pitch, self.roll)))
        if n_channels == 2:
            rotation = _plane_rotation(roll, 0, 1, n_channels)
        else:
            lateral, depth = (axis for axis in range(3) if axis != self.vertical_axis)
            turned = _plane_rotation(yaw, depth, lateral, n_channels)
            turned_and_tilted = matmul(_plane_rotation(pitch, self.vertical_axis, depth, n_channels), turned)
            rotation = matmul(_plane_rotation(roll, lateral, self.vertical_axis, n_channels), turned_and_tilted)
        # joints are rows: x R^T is R applied to each
        return multiply_channels(batch, rotation.transpose(1, 2))


def _plane_rotation(angle: Tensor, first: int, second: int, size: int) -> Tensor:
    """Matrices (B, size, size) that turn the `first` axis towards the `second` by `angle` (B,) radians."""
    matrix = torch.eye(size, dtype=angle.dtype, device=angle.device).repeat(len(angle), 1, 1)
    cosine, sine = torch.cos(angle), torch.sin(angle)
    matrix[:, first, first] = matrix[:, second, second] = cosine
    matrix[:, first, second] = -sine
    matrix[:, second, first] = sine
    return matrix
