"""What a raw file of NTU RGB+D holds: the bodies that the sensor followed, each with the frames that show it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

N_JOINTS = 25
N_INFO = 10
"""Numbers in the line that starts a body; the first is its id."""
N_COLUMNS = 12
"""Numbers in the row of a joint: x y z, depth x y, colour x y, orientation w x y z, tracking state."""
N_POSITIONS = 7
"""How many of these, from the first, are positions."""
MOST_DIGITS = 20
"""Digits of the largest 64-bit body id; no other whole number in a file is as long."""


@dataclass(frozen=True, eq=False, repr=False)
class NTUBody:
    """One body of a recording.

    Parameters
    ----------
    body_id : int
        The number that the sensor gave to the body; one that comes back may get a new one.
    frames : ndarray of int of shape (n,)
        The frames of the file that show it, ascending, from 0.
    joints : ndarray of shape (n, 25, 3)
        Positions in metres along the camera's axes, float32, as in the file.
    tracking_states : ndarray of shape (n, 25) or None, default=None
        0 not tracked, 1 inferred, 2 tracked, int8; None where not asked for.
    depth : ndarray of shape (n, 25, 2) or None, default=None
        Pixels in the depth image, float32, NaN where the joint falls outside it; None where not asked for.
    color : ndarray of shape (n, 25, 2) or None, default=None
        Pixels in the colour image, likewise.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.datasets import NTUBody
    >>> NTUBody(72057594037931101, np.arange(3), np.zeros((3, 25, 3), dtype=np.float32))
    <NTUBody 72057594037931101: 3 frames>
    """

    body_id: int
    frames: np.ndarray
    joints: np.ndarray
    tracking_states: np.ndarray | None = None
    depth: np.ndarray | None = None
    color: np.ndarray | None = None

    def __repr__(self) -> str:
        return f"<NTUBody {self.body_id}: {len(self.frames)} frames>"


@dataclass(frozen=True, eq=False)
class NTURecording:
    """What one raw file of NTU RGB+D holds.

    Parameters
    ----------
    n_frames : int
        Number of frames, those without a body included.
    bodies : list of NTUBody
        In the order in which they first appear.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.datasets import NTUBody, NTURecording
    >>> body = NTUBody(body_id=72057594037944738, frames=np.arange(3), joints=np.zeros((3, 25, 3), np.float32))
    >>> NTURecording(n_frames=4, bodies=[body]).bodies[0].joints.shape
    (3, 25, 3)
    """

    n_frames: int
    bodies: list[NTUBody]


def make_body(body_id: int, frames: np.ndarray, positions: np.ndarray, states: np.ndarray | None) -> NTUBody:
    """A body from the columns of its joint rows.

    Parameters
    ----------
    body_id : int
        The number of the body.
    frames : ndarray of int of shape (n,)
        The frames that show it.
    positions : ndarray of shape (n, 25, 3) or (n, 25, 7)
        The first columns: x y z, and, if asked for, pixels in the depth and in the colour image.
    states : ndarray of shape (n, 25) or None
        The tracking states, if asked for.

    Returns
    -------
    NTUBody
        With an array of its own for each kind of position.
    """
    if positions.shape[2] == N_POSITIONS:
        joints, depth, color = (np.ascontiguousarray(positions[..., own]) for own in (_XYZ, _DEPTH, _COLOR))
        return NTUBody(body_id, frames, joints, states, depth, color)
    return NTUBody(body_id, frames, positions, states)


_XYZ, _DEPTH, _COLOR = slice(0, 3), slice(3, 5), slice(5, N_POSITIONS)
