"""Reading and cleaning NTU RGB+D files as one would write it down at first: line by line, rule by rule.

This is what `load_ntu_rgbd` is tested and timed against. It is written from the rules alone and shares no code with
the package. Joints are float32, as they are given to users; everything is computed in float64.
"""

import math

import numpy as np


def read_slowly(text, n_persons=2, denoise=True):
    """The actors in a file's text: float32 of shape (n_frames, n_persons * 25, 3), NaN where not seen."""
    return clean_slowly(parse_slowly(text), n_persons, denoise)


def clean_slowly(bodies, n_persons=2, denoise=True):
    """The same from what `parse_slowly` gives."""
    bodies = [leave_out_unseen(frames) for frames in bodies.values()]
    bodies = [frames for frames in bodies if frames]
    if denoise and len(bodies) > 1:
        bodies = drop_noise(bodies)
        motions = [min_motion(frames) for frames in bodies]
    else:
        motions = [motion_of(frames) for frames in bodies]
    order = sorted(range(len(bodies)), key=lambda at: (-motions[at], at))
    return lay_out([bodies[at] for at in order], n_persons)


def parse_slowly(text):
    """By body id, in order of first appearance, a dict from the frame's number to the joints (25, 3)."""
    lines = iter(text.splitlines())
    bodies = {}
    for frame in range(int(next(lines))):
        for _ in range(int(next(lines))):
            body_id = int(next(lines).split()[0])
            joints = []
            for _ in range(int(next(lines))):
                numbers = [float(word) for word in next(lines).split()]
                joints.append(numbers[:3])
            bodies.setdefault(body_id, {})[frame] = np.array(joints, dtype=np.float32)
    return bodies


def leave_out_unseen(frames):
    """Joints at (0, 0, 0) become NaN; frames without any other joint go."""
    seen = {}
    for frame, joints in frames.items():
        joints = joints.copy()
        for joint in joints:
            if (joint == 0).all():
                joint[:] = np.nan
        if not np.isnan(joints).all():
            seen[frame] = joints
    return seen


def drop_noise(bodies):
    """First the short bodies go, one after another, then those too wide for a person; the last one stays."""
    left = list(bodies)
    for frames in bodies:
        if len(left) > 1 and len(frames) <= 11:
            left = [one for one in left if one is not frames]
    for frames in list(left):
        noisy = [joints for joints in frames.values() if is_noisy(joints)]
        if len(left) > 1 and len(noisy) / len(frames) >= 0.69754:
            left = [one for one in left if one is not frames]
    return left


def is_noisy(joints):
    x, y = (joints[~np.isnan(joints[:, 0]), axis].astype(np.float64) for axis in (0, 1))
    return x.max() - x.min() > 0.8 * (y.max() - y.min())


def motion_of(frames):
    """The sum over joints and axes of the variance over the frames that show the joint."""
    variances = []
    for joint in range(25):
        places = [joints[joint].astype(np.float64) for joints in frames.values() if not np.isnan(joints[joint, 0])]
        if places:
            variances.extend(np.var(np.array(places), axis=0))
    return math.fsum(variances)


def min_motion(frames):
    valid = {frame: joints for frame, joints in frames.items() if not is_noisy(joints)}
    return min(motion_of(frames), motion_of(valid)) if valid else motion_of(frames)


def lay_out(bodies, n_persons):
    """Bodies, sorted, become actors in one array, with the origin at joint 2 of actor 1 where it is first seen."""
    actors = [{}, {}]
    for frames in bodies:
        for actor in actors:
            if not any(frame in actor for frame in frames):
                actor.update(frames)
                break
    actors = actors[:n_persons]
    sequence = []
    origin = None
    for frame in sorted(set().union(*actors)):
        row = np.full((n_persons * 25, 3), np.nan)
        for person, actor in enumerate(actors):
            if frame in actor:
                row[person * 25 : person * 25 + 25] = actor[frame]
        if origin is None and not np.isnan(row[1]).any():
            origin = row[1].copy()
        sequence.append(row)
    sequence = np.array(sequence).reshape(-1, n_persons * 25, 3)
    return (sequence if origin is None else sequence - origin).astype(np.float32)
