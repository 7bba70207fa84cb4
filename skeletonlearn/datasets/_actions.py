"""Synthetic actions: a data set of posed bodies, as a depth sensor would give it."""

from __future__ import annotations

from math import gcd
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._camera import Camera, lose_joints, make_cameras
from skeletonlearn.datasets._kinematics import bone_segments, forward_kinematics
from skeletonlearn.datasets._motions import MUTUAL, SOLO
from skeletonlearn.datasets._performers import Performer, make_performer, perform, place
from skeletonlearn.skeletons import KINECT_V1, Skeleton, get_skeleton

_DESCR = """\
Synthetic actions by forward kinematics: every bone keeps its length, subjects differ in size, proportions, tempo,
amplitude and handedness, performances in timing, stance, facing and place, views in yaw, height, pitch and distance.
The sensor adds noise and loses joints (NaN). Coordinates are metres in camera axes: x aside, y up, z depth.
"""


def make_actions(
    n_samples: int = 360,
    *,
    n_classes: int = 12,
    skeleton: Skeleton | str = KINECT_V1,
    two_person: bool = False,
    n_subjects: int = 10,
    n_views: int = 3,
    n_frames: int | tuple[int, int] = (30, 90),
    noise: float = 0.02,
    missing: float = 0.02,
    random_state: int | np.random.RandomState | np.random.Generator | None = None,
) -> SkeletonBunch:
    """Make synthetic skeleton sequences of human actions.

    Bodies with bone trees are moved by joint angles (forward kinematics) and seen by several cameras. Every sample is
    a performance of its own; classes, views and subjects are as balanced as `n_samples` allows, sample i being of
    class ``i % n_classes``. Raw coordinates depend more on view, place and body than on the action, so a model needs to
    align bodies to do well across views.

    Parameters
    ----------
    n_samples : int, default=360
        Number of sequences.
    n_classes : int, default=12
        Number of actions, from 2 to 17, or to 21 with `two_person`.
    skeleton : Skeleton or str, default=KINECT_V1
        The layout. Its joints must have names that the catalogue uses; for layouts of two-dimensional sensors too, the
        coordinates are three-dimensional.
    two_person : bool, default=False
        Whether the last classes are mutual actions (four of them, but no more than half of the classes). Every sample
        then has ``2 * skeleton.n_joints`` joints, the actor's first; where nobody else takes part, the second person's
        are NaN.
    n_subjects : int, default=10
        Number of performers; with `two_person` at least 2.
    n_views : int, default=3
        Number of cameras, spread evenly from -45 to 45 degrees.
    n_frames : int or (int, int), default=(30, 90)
        Length of the sequences, or the least and the greatest length, at 30 frames a second.
    noise : float, default=0.02
        Standard deviation of the coordinates' noise in metres.
    missing : float, default=0.02
        Expected fraction of joints that are lost (NaN), in runs of some frames; from 0 to less than 1.
    random_state : int, RandomState, Generator or None, default=None
        The seed. One seed gives the same bytes; None gives other ones each time. NumPy's global generator is left
        untouched.

    Returns
    -------
    SkeletonBunch
        With:

        sequences : list of ndarray of shape (n_frames_i, n_joints, 3)
            Joint positions in metres in camera axes, float32; NaN where a joint is missing.
        target : ndarray of int of shape (n_samples,)
            Classes, from 0.
        target_names : list of str
            The names of the classes.
        skeleton : Skeleton
            The layout of one person.
        subject, camera, repetition : ndarray of int of shape (n_samples,)
            Who performed, seen by which view, both from 1; and which of the equal triples of class, subject and view.
        name : ndarray of str of shape (n_samples,)
            Such as "a03_s01_e00_v02", counting classes from 1.
        DESCR : str
            About the data set.

    Raises
    ------
    ValueError
        If a parameter is out of its range, or the skeleton has joints that are not known to the body model.

    References
    ----------
    D. A. Winter (2009). Biomechanics and motor control of human movement, 4th edition: the body's proportions.

    Examples
    --------
    >>> from skeletonlearn.datasets import make_actions
    >>> bunch = make_actions(24, random_state=0)
    >>> len(bunch.sequences), bunch.sequences[0].shape[1:], bunch.target_names[bunch.target[6]]
    (24, (20, 3), 'point')
    """
    layout = get_skeleton(skeleton)
    lengths = _least_and_greatest(n_frames)
    _check_counts(n_samples, n_subjects, n_views, two_person)
    _check_sensor(lengths, noise, missing)
    actions = _choose_actions(n_classes, two_person)
    seed = _draw_seed(random_state)
    studio = _Studio(layout, lengths, noise, missing, seed, n_subjects, n_views)
    target, subject, view, repetition = _balance(n_samples, n_classes, n_subjects, n_views)
    sequences = [
        studio.record(at, actions[target[at]], subject[at], view[at], 2 if two_person else 1) for at in range(n_samples)
    ]
    numbers = zip(target + 1, subject + 1, repetition, view + 1, strict=True)
    return SkeletonBunch(
        sequences=sequences,
        target=target,
        target_names=actions,
        skeleton=layout,
        subject=subject + 1,
        camera=view + 1,
        repetition=repetition,
        name=np.array([f"a{a:02}_s{s:02}_e{e:02}_v{v:02}" for a, s, e, v in numbers]),
        DESCR=_DESCR,
    )


class _Studio:
    """Performers and cameras; every sample has a random stream of its own, so that more samples change none."""

    def __init__(
        self,
        skeleton: Skeleton,
        lengths: tuple[int, int],
        noise: float,
        missing: float,
        seed: int,
        n_subjects: int,
        n_views: int,
    ) -> None:
        self.skeleton, self.lengths, self.noise, self.missing, self.seed = skeleton, lengths, noise, missing, seed
        self.segments = bone_segments(skeleton)
        self.cameras: list[Camera] = make_cameras(n_views, np.random.default_rng([seed, 0]))
        self.performers: list[Performer] = [
            make_performer(skeleton, np.random.default_rng([seed, 1, at])) for at in range(n_subjects)
        ]

    def record(self, at: int, action: str, subject: int, view: int, n_persons: int) -> np.ndarray:
        """Sample number `at`, shape (n_frames, n_persons * n_joints, 3)."""
        rng = np.random.default_rng([self.seed, 2, at])
        n_frames = self._draw_length(self.performers[subject].pace, rng)
        cast = [self.performers[subject], self._draw_partner(subject, rng)]
        poses = perform(action, n_frames, cast[0], rng)
        bodies = [
            forward_kinematics(pose, self.skeleton, one.offsets, self.segments, one.leg_length)
            for pose, one in zip(poses, cast, strict=False)
        ]
        seen = self.cameras[view].see(place(bodies, rng))
        sequence = np.full((n_frames, n_persons * self.skeleton.n_joints, 3), np.nan, dtype=np.float32)
        sequence[:, : seen.shape[1]] = seen + rng.normal(0.0, self.noise, seen.shape)
        lose_joints(sequence, self.missing, rng)
        return sequence

    def _draw_length(self, pace: float, rng: np.random.Generator) -> int:
        """Slow performers make longer clips, with a wide spread, so that length tells little of the action."""
        least, greatest = self.lengths
        share = np.clip(rng.beta(1.5, 1.5) / pace, 0.0, 1.0)
        return int(least + round(share * (greatest - least)))

    def _draw_partner(self, subject: int, rng: np.random.Generator) -> Performer:
        others = max(len(self.performers) - 1, 1)
        return self.performers[(subject + 1 + rng.integers(others)) % len(self.performers)]


def _check_counts(n_samples: int, n_subjects: int, n_views: int, two_person: bool) -> None:
    least = {"n_samples": (n_samples, 1), "n_subjects": (n_subjects, 2 if two_person else 1), "n_views": (n_views, 1)}
    for name, (value, minimum) in least.items():
        if not isinstance(value, Integral):
            raise TypeError(f"{name}={value!r} must be an integer, got {type(value).__name__}.")
        if value < minimum:
            raise ValueError(f"{name}={value!r} must be at least {minimum}.")


def _least_and_greatest(n_frames: Any) -> tuple[int, int]:
    lengths = (n_frames, n_frames) if isinstance(n_frames, Integral) else n_frames
    if not isinstance(lengths, tuple | list) or [isinstance(one, Integral) for one in lengths] != [True, True]:
        raise TypeError(f"n_frames={n_frames!r} must be an integer, or the least and the greatest length.")
    return int(lengths[0]), int(lengths[1])


def _check_sensor(lengths: tuple[int, int], noise: float, missing: float) -> None:
    if not 1 <= lengths[0] <= lengths[1]:
        raise ValueError(f"n_frames={lengths!r} must be a least and a greatest length, 1 <= least <= greatest.")
    if not noise >= 0.0:
        raise ValueError(f"noise={noise!r} must be a standard deviation in metres, at least 0.")
    if not 0.0 <= missing < 1.0:
        raise ValueError(f"missing={missing!r} must be a fraction of joints, at least 0 and less than 1.")


def _choose_actions(n_classes: int, two_person: bool) -> list[str]:
    """The names of the classes: solo actions first, then mutual ones."""
    n_mutual = min(len(MUTUAL), n_classes // 2) if two_person else 0
    greatest = len(SOLO) + n_mutual
    if not 2 <= n_classes <= greatest:
        raise ValueError(f"n_classes={n_classes!r} must be from 2 to {greatest} with two_person={two_person!r}.")
    return list(SOLO)[: n_classes - n_mutual] + list(MUTUAL)[:n_mutual]


def _draw_seed(random_state: int | np.random.RandomState | np.random.Generator | None) -> int:
    if random_state is None:  # check_random_state(None) would draw from, and so change, NumPy's global generator
        random_state = np.random.default_rng()
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**31))
    return int(check_random_state(random_state).randint(2**31 - 1))


def _balance(n_samples: int, n_classes: int, n_subjects: int, n_views: int) -> np.ndarray:
    """Class, subject, view and repetition of each sample, from 0, shape (4, n_samples).

    Classes take turns; each pair of subject and view comes once before any comes twice, subjects and views both
    changing from one round to the next.
    """
    target, rounds = np.arange(n_samples) % n_classes, np.arange(n_samples) // n_classes
    together = n_subjects * n_views // gcd(n_subjects, n_views)  # rounds after which both counters start again
    subject = (rounds + rounds // together) % n_subjects
    return np.stack([target, subject, rounds % n_views, rounds // (n_subjects * n_views)])
