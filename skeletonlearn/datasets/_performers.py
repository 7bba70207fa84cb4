"""Synthetic performers: their bodies and habits, how they perform an action, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skeletonlearn.datasets._camera import yaw_matrix
from skeletonlearn.datasets._kinematics import SEGMENTS, Pose, bone_offsets
from skeletonlearn.datasets._motions import MUTUAL, SOLO, Movement, Style
from skeletonlearn.skeletons import Skeleton
from skeletonlearn.skeletons._rest_pose import PROPORTIONS, rest_pose

FRAMES_PER_SECOND = 30.0


@dataclass(frozen=True)
class Performer:
    """A body and its habits.

    Parameters
    ----------
    offsets : ndarray of shape (n_joints, 3)
        Bones in the rest pose, in metres.
    leg_length : float
        In metres.
    amplitude : float
        Factor on the angles of all actions.
    pace : float
        Factor on the speed of all actions.
    left_handed : bool
        Whether one-sided actions are mostly done with the left hand or foot.
    """

    offsets: np.ndarray
    leg_length: float
    amplitude: float
    pace: float
    left_handed: bool


def make_performer(skeleton: Skeleton, rng: np.random.Generator) -> Performer:
    """Draw a performer."""
    size = rng.normal(1.0, 0.07)
    proportions = {name: size * rng.normal(1.0, 0.05) for name in PROPORTIONS}
    rest = rest_pose(proportions)
    return Performer(
        offsets=bone_offsets(skeleton, proportions),
        leg_length=float(rest["left_hip"][1] - rest["left_ankle"][1]),
        amplitude=float(np.clip(rng.normal(1.0, 0.1), 0.75, 1.25)),
        pace=float(np.exp(rng.normal(0.0, 0.15))),
        left_handed=bool(rng.random() < 0.3),
    )


def perform(action: str, n_frames: int, performer: Performer, rng: np.random.Generator) -> list[Pose]:
    """One performance of an action: the performer's poses, and in mutual actions the partner's too."""
    before, after = rng.uniform(0.0, 0.3), rng.uniform(0.7, 1.0)
    progress = np.clip((np.linspace(0.0, 1.0, n_frames) - before) / (after - before), 0.0, 1.0)
    progress = progress ** np.exp(rng.normal(0.0, 0.2))  # early or late within the clip
    seconds = (after - before) * n_frames / FRAMES_PER_SECOND
    style = Style(rng, performer.amplitude, seconds, performer.pace)
    movements = [SOLO[action](progress, style)] if action in SOLO else MUTUAL[action](progress, style)
    left = performer.left_handed != (rng.random() < 0.15)  # now and then with the other hand
    poses = []
    for movement in movements:
        _take_stance(movement, rng)
        _sway(movement, n_frames, rng)
        poses.append(movement.pose.mirrored() if left else movement.pose)
    return poses


def _take_stance(movement: Movement, rng: np.random.Generator) -> None:
    """How the body holds itself whatever it does; the left hand may carry something."""
    feet = abs(rng.normal(4.0, 2.0))
    for side in ("left", "right"):
        movement.arm(side, aside=abs(rng.normal(7.0, 4.0)), elbow=abs(rng.normal(8.0, 6.0)))
        movement.leg(side, aside=feet)
    movement.arm("left", elbow=rng.uniform(40.0, 100.0) * (rng.random() < 0.25))
    movement.bend(forward=rng.normal(0.0, 4.0), twist=rng.normal(0.0, 6.0), aside=rng.normal(0.0, 2.0))
    movement.turn("head", rng.normal(0.0, 8.0), rng.normal(0.0, 15.0))


def _sway(movement: Movement, n_frames: int, rng: np.random.Generator) -> None:
    """Slow movements of every segment that belong to no action."""
    time = np.arange(n_frames) / FRAMES_PER_SECOND
    hertz, phase = rng.uniform(0.1, 0.6, (len(SEGMENTS), 1, 3)), rng.random((len(SEGMENTS), 1, 3))
    waves = np.sin(2.0 * np.pi * (hertz * time[:, None] + phase))
    degrees = rng.normal(0.0, 2.5, (len(SEGMENTS), 1, 3)) * waves
    for at, segment in enumerate(SEGMENTS):
        movement.turn(segment, *degrees[at].T)
    movement.turn("pelvis", twist=rng.normal(0.0, 15.0) * np.linspace(0.0, 1.0, n_frames))
    movement.pose.shift[:, 0] += np.deg2rad(degrees[0, :, 0])


def place(bodies: Sequence[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Stand the bodies in the scene: one faces the front, two face each other; each (n_frames, n_joints, 3).

    Returns
    -------
    ndarray of shape (n_frames, n_bodies * n_joints, 3)
        The bodies' joints one after another.
    """
    gap = rng.normal(1.0, 0.1)
    sides = [(0.0, 0.0)] if len(bodies) == 1 else [(-np.pi / 2, -gap / 2), (np.pi / 2, gap / 2)]
    stood = [
        body @ yaw_matrix(facing + rng.normal(0.0, 0.1)).T + [aside, 0.0, 0.0]
        for body, (facing, aside) in zip(bodies, sides, strict=True)
    ]
    turn, (x, z) = rng.normal(0.0, np.deg2rad(35.0)), rng.normal(0.0, 0.5, 2)
    return np.concatenate(stood, axis=1) @ yaw_matrix(turn).T + [x, 0.0, z]
