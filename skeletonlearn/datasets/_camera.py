"""What a depth sensor makes of a scene: camera coordinates, noise, joints that it does not see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_SPREAD = np.deg2rad(45.0)  # the outermost views look from 45 degrees aside, as in NTU RGB+D
_AIM = 1.0  # height that every camera looks at, in metres
_MEAN_GAP = 6  # frames for which a joint stays unseen, on average


@dataclass(frozen=True)
class Camera:
    """Where a camera stands; it looks at the middle of the scene.

    Parameters
    ----------
    yaw : float
        Direction that it looks from, in radians around the vertical; 0 is in front of the scene.
    height : float
        Height over the floor in metres.
    distance : float
        Horizontal distance from the middle of the scene in metres.
    """

    yaw: float
    height: float
    distance: float

    def see(self, positions: np.ndarray) -> np.ndarray:
        """Scene positions in camera axes: x aside, y up, z depth; shape (..., 3) to (..., 3)."""
        pitch = np.arctan2(self.height - _AIM, self.distance)
        turned = positions @ yaw_matrix(self.yaw).T + [0.0, -self.height, self.distance]
        cos, sin = np.cos(pitch), np.sin(pitch)
        return turned @ np.array([[1.0, 0.0, 0.0], [0.0, cos, sin], [0.0, -sin, cos]]).T


def make_cameras(n_views: int, rng: np.random.Generator) -> list[Camera]:
    """Cameras spread evenly from -45 to 45 degrees, at heights and distances drawn from `rng`."""
    yaws = np.linspace(-_SPREAD, _SPREAD, n_views) if n_views > 1 else np.zeros(1)
    return [Camera(float(yaw), rng.uniform(0.6, 1.8), rng.uniform(2.8, 4.2)) for yaw in yaws]


def yaw_matrix(yaw: float) -> np.ndarray:
    """Rotation around the vertical axis, for column vectors."""
    cos, sin = np.cos(yaw), np.sin(yaw)
    return np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])


def lose_joints(sequence: np.ndarray, missing: float, rng: np.random.Generator) -> None:
    """Set about a fraction `missing` of the joints to NaN, in place, in runs of frames as occlusion does.

    Parameters
    ----------
    sequence : ndarray of shape (n_frames, n_joints, 3)
        The joints.
    missing : float
        The expected fraction of (frame, joint) pairs, from 0 to less than 1.
    rng : numpy.random.Generator
        Draws which.
    """
    n_frames, n_joints, _ = sequence.shape
    # seen, unseen: a two-state Markov chain a joint, whose stationary probability of "unseen" is `missing`
    draws = rng.random((n_frames, n_joints))
    lost = draws[0] < missing
    ends = 1.0 / _MEAN_GAP
    starts = min(1.0, ends * missing / (1.0 - missing))
    for frame in range(n_frames):
        if frame:
            lost = np.where(lost, draws[frame] >= ends, draws[frame] < starts)
        sequence[frame, lost] = np.nan
