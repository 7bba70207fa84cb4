"""The usual cleaning of NTU RGB+D recordings: which bodies are persons, who is actor 1, and where the origin is.

Of each rule there is one function here. The thresholds are those that published work on NTU RGB+D shares. A joint at
exactly (0, 0, 0) was not seen: it is NaN and enters no range and no variance, and a frame of a body without any seen
joint counts as a frame without that body.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from skeletonlearn.datasets._ntu._recording import NTUBody, NTURecording
from skeletonlearn.skeletons import NTU_RGBD

MOST_NOISE_FRAMES = 11
"""A body seen in no more frames than this is noise."""

WIDEST = 0.8
"""A frame of a body is noisy where its range along x exceeds this part of its range along y: no standing person."""

NOISY_RATIO = 0.69754
"""A body is noise where this part of its frames, or more, is noisy."""

_MIDDLE_OF_SPINE = 1


def clean_recording(recording: NTURecording, *, n_persons: int = 2, denoise: bool = True) -> np.ndarray:
    """Turn the bodies of a recording into one sequence of actors.

    Parameters
    ----------
    recording : NTURecording
        The bodies as the file has them.
    n_persons : {1, 2}, default=2
        How many actors to give.
    denoise : bool, default=True
        Whether to drop short and noisy bodies.

    Returns
    -------
    ndarray of shape (n_frames, n_persons * 25, 3)
        Metres from the origin, float32; NaN where a joint or a whole actor was not seen. Without frames if nobody was.
    """
    bodies = mark_unseen(recording.bodies)
    if denoise:
        bodies = drop_noisy(drop_short(bodies))
    bodies = sort_by_motion(bodies, compute_sound_motion if denoise else compute_motion)
    return translate(place_actors(assign_actors(bodies)[:n_persons]))


def mark_unseen(bodies: Sequence[NTUBody]) -> list[NTUBody]:
    """Set joints that were not seen to NaN, and drop frames and bodies without a seen joint.

    Parameters
    ----------
    bodies : sequence of NTUBody
        As the file has them.

    Returns
    -------
    list of NTUBody
        In the same order; the given ones are unchanged.
    """
    return [marked for body in bodies if len((marked := _mark_unseen(body)).frames)]


def _mark_unseen(body: NTUBody) -> NTUBody:
    joints = body.joints
    if joints[..., 2].all():
        return body  # as nearly always: every joint is some way off the sensor
    seen = np.any(joints, axis=2)
    shown = seen.any(axis=1)
    marked = np.where(seen[..., None], joints, np.float32(np.nan))
    return NTUBody(body.body_id, body.frames[shown], marked[shown])


def drop_short(bodies: Sequence[NTUBody]) -> list[NTUBody]:
    """Drop the bodies seen in `MOST_NOISE_FRAMES` frames or fewer, but never the last body.

    Parameters
    ----------
    bodies : sequence of NTUBody
        In the order in which they first appear.

    Returns
    -------
    list of NTUBody
        The others, in the same order.
    """
    return _drop(bodies, lambda body: len(body.frames) <= MOST_NOISE_FRAMES)


def drop_noisy(bodies: Sequence[NTUBody]) -> list[NTUBody]:
    """Drop the bodies of which `NOISY_RATIO` of the frames or more are noisy, but never the last body.

    Parameters
    ----------
    bodies : sequence of NTUBody
        In the order in which they first appear.

    Returns
    -------
    list of NTUBody
        The others, in the same order.
    """
    return _drop(bodies, lambda body: find_noisy_frames(body.joints).sum() / len(body.frames) >= NOISY_RATIO)


def _drop(bodies: Sequence[NTUBody], is_noise: Callable[[NTUBody], bool]) -> list[NTUBody]:
    """The bodies that are not noise, examined one after another, except that the only one left always stays."""
    kept: list[NTUBody] = []
    for n_left, body in zip(range(len(bodies), 0, -1), bodies, strict=True):
        is_only_one = not kept and n_left == 1
        if is_only_one or not is_noise(body):
            kept.append(body)
    return kept


def find_noisy_frames(joints: np.ndarray) -> np.ndarray:
    """Find the frames in which a body is too wide for a person.

    Parameters
    ----------
    joints : ndarray of shape (n_frames, 25, 3)
        The joints of a body, NaN where not seen.

    Returns
    -------
    ndarray of bool of shape (n_frames,)
        Where the range along x exceeds `WIDEST` times the range along y.
    """
    places = np.array(
        joints[..., :2].transpose(1, 2, 0), dtype=np.float64, order="C"
    )  # (25, 2, n), so that rows reduce
    x_range, y_range = np.fmax.reduce(places) - np.fmin.reduce(places)
    return x_range > WIDEST * y_range


def compute_motion(body: NTUBody) -> float:
    """Sum, over joints and axes, the variance of the position over the frames that show the joint.

    Parameters
    ----------
    body : NTUBody
        A body, its joints NaN where not seen.

    Returns
    -------
    float
        Square metres.
    """
    return _motion(body.joints)


def compute_sound_motion(body: NTUBody) -> float:
    """The smaller of a body's motion over all its frames and that over the frames that are not noisy.

    Parameters
    ----------
    body : NTUBody
        A body, its joints NaN where not seen.

    Returns
    -------
    float
        Square metres.
    """
    noisy = find_noisy_frames(body.joints)
    motion = _motion(body.joints)
    return motion if noisy.all() or not noisy.any() else min(motion, _motion(body.joints[~noisy]))


def _motion(joints: np.ndarray) -> float:
    places = joints.reshape(len(joints), -1).astype(np.float64)  # (n, 75)
    seen = ~np.isnan(places)
    counts = np.maximum(seen.sum(axis=0), 1)
    deviations = places - np.where(seen, places, 0.0).sum(axis=0) / counts
    variances = np.where(seen, deviations * deviations, 0.0).sum(axis=0) / counts
    return math.fsum(variances.tolist())  # exact, so that equal motions are equal in any order of the joints


def sort_by_motion(bodies: Sequence[NTUBody], motion: Callable[[NTUBody], float]) -> list[NTUBody]:
    """Sort bodies by their motion, the largest first and equal ones in the order given.

    Parameters
    ----------
    bodies : sequence of NTUBody
        In the order in which they first appear.
    motion : callable
        From a body to its motion.

    Returns
    -------
    list of NTUBody
        All of them.
    """
    return sorted(bodies, key=motion, reverse=True) if len(bodies) > 1 else list(bodies)


def assign_actors(bodies: Sequence[NTUBody]) -> tuple[list[NTUBody], list[NTUBody]]:
    """Give each body to the first of two actors that no earlier body shows in any of its frames.

    Parameters
    ----------
    bodies : sequence of NTUBody
        The first is actor 1.

    Returns
    -------
    actor_1, actor_2 : list of NTUBody
        The bodies that are this actor, one after another; a body that overlaps both is dropped.
    """
    actors: tuple[list[NTUBody], list[NTUBody]] = ([], [])
    taken: tuple[set[int], set[int]] = (set(), set())
    for body in bodies:
        frames = body.frames.tolist()
        for actor, occupied in zip(actors, taken, strict=True):
            if occupied.isdisjoint(frames):
                actor.append(body)
                occupied.update(frames)
                break
    return actors


def place_actors(actors: Sequence[Sequence[NTUBody]]) -> np.ndarray:
    """Lay actors side by side in the frames that show any of them.

    Parameters
    ----------
    actors : sequence of sequence of NTUBody
        The bodies of each actor; those of one actor share no frame.

    Returns
    -------
    ndarray of shape (n_frames, n_actors * 25, 3)
        Float32, NaN where an actor is not shown.
    """
    shown = [body.frames for actor in actors for body in actor]
    frames = np.unique(np.concatenate(shown)) if shown else np.empty(0, dtype=np.intp)
    n_joints = NTU_RGBD.n_joints
    sequence = np.full((len(frames), len(actors), n_joints, 3), np.nan, dtype=np.float32)
    for person, actor in enumerate(actors):
        for body in actor:
            sequence[np.searchsorted(frames, body.frames), person] = body.joints
    return sequence.reshape(len(frames), len(actors) * n_joints, 3)


def translate(sequence: np.ndarray) -> np.ndarray:
    """Subtract the middle of actor 1's spine, where it is first seen, from all joints.

    Parameters
    ----------
    sequence : ndarray of shape (n_frames, n_joints, 3)
        Actor 1 first; changed in place. Where the middle of the spine was never seen, nothing is subtracted.

    Returns
    -------
    ndarray of shape (n_frames, n_joints, 3)
        The same array.
    """
    middle = sequence[:, _MIDDLE_OF_SPINE]
    seen = np.flatnonzero(~np.isnan(middle[:, 0]))
    if len(seen):
        rows = sequence.reshape(len(sequence), -1)  # subtracting whole rows is far faster than joint by joint
        rows -= np.tile(middle[seen[0]], sequence.shape[1])
    return sequence
