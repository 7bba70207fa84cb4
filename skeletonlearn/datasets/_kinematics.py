"""Forward kinematics: from angles between body segments to joint positions of any layout.

Body axes: x to the right of the body, y up, z backward (a body faces -z), which is how a Kinect sees a person who
faces it. Angles are in radians, lengths in metres.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from skeletonlearn.skeletons import Skeleton
from skeletonlearn.skeletons._rest_pose import BODY, body_part, rest_pose
from skeletonlearn.skeletons._skeleton import did_you_mean

_HANGS_FROM = {
    "waist": "pelvis",
    "chest": "waist",
    "head": "chest",
    **{f"{side}_upper_arm": "chest" for side in ("left", "right")},
    **{f"{side}_forearm": f"{side}_upper_arm" for side in ("left", "right")},
    **{f"{side}_hand": f"{side}_forearm" for side in ("left", "right")},
    **{f"{side}_thigh": "pelvis" for side in ("left", "right")},
    **{f"{side}_shank": f"{side}_thigh" for side in ("left", "right")},
    **{f"{side}_foot": f"{side}_shank" for side in ("left", "right")},
}
SEGMENTS = ("pelvis", *_HANGS_FROM)
"""Rigid parts of the body, each after the one that it hangs from."""

_MIRRORED = np.array([1.0, -1.0, -1.0])  # flexion keeps its sign under a left-right mirror; twist and abduction do not

_LOW = ("knee", "ankle", "heel", "foot", "toe")


@dataclass
class Pose:
    """What a body does over time, relative to standing upright with hanging arms.

    Parameters
    ----------
    angles : dict of str to ndarray of shape (n_frames, 3)
        For some of `SEGMENTS`, the rotation against the segment that it hangs from: flexion (about x, forward for a
        hanging limb), twist (about y) and abduction (about z, to the right).
    shift : ndarray of shape (n_frames, 3)
        Where the pelvis is against standing on the floor, in leg lengths; its height counts from where the lower foot
        touches the floor.
    """

    angles: dict[str, np.ndarray]
    shift: np.ndarray = field(repr=False)

    def mirrored(self) -> Pose:
        """The same movement by the other hand and foot."""
        swap = {"left": "right", "right": "left"}
        angles = {}
        for segment, values in self.angles.items():
            side, _, part = segment.partition("_")
            angles[f"{swap[side]}_{part}" if side in swap else segment] = values * _MIRRORED
        return Pose(angles, self.shift * [-1.0, 1.0, 1.0])


def bone_offsets(skeleton: Skeleton, proportions: Mapping[str, float]) -> np.ndarray:
    """Vector from each joint's parent to the joint in the rest pose, shape (n_joints, 3); zero for the root.

    Raises
    ------
    ValueError
        If the layout has a joint whose place in the body is not known.
    """
    rest = rest_pose(proportions)
    unknown = [joint for joint in skeleton.joints if joint not in rest]
    if unknown:
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        raise ValueError(
            f"{skeleton.name}: got joints {', '.join(unknown[:5])}{more}, expected the joints of a body by the names "
            f"that the catalogue gives them.{did_you_mean(unknown[0], rest)}"
        )
    position = np.array([rest[body_part(skeleton, joint)] for joint in skeleton.joints])
    return position - position[skeleton.parents]


def bone_segments(skeleton: Skeleton) -> np.ndarray:
    """Index in `SEGMENTS` of the segment that each joint's bone turns with, shape (n_joints,)."""
    parents = [skeleton.joints[parent] for parent in skeleton.parents]
    names = [_bone_segment(joint, parent) for joint, parent in zip(skeleton.joints, parents, strict=True)]
    return np.array([SEGMENTS.index(name) for name in names])


def _bone_segment(joint: str, parent: str) -> str:
    """The joint's own segment, but for trees that are rooted above the pelvis, where trunk bones run downward."""
    segment = BODY[joint][3] if joint in BODY else "pelvis"
    from_above = parent in BODY and BODY[parent][3] in ("chest", "head")
    if from_above and segment == "pelvis":
        return "waist"
    return "chest" if from_above and segment == "waist" else segment


def rotations(angles: np.ndarray) -> np.ndarray:
    """Rotation matrices R_x(flexion) R_z(abduction) R_y(twist): the limb is twisted, then spread, then flexed.

    Parameters
    ----------
    angles : ndarray of shape (..., 3)
        Flexion, twist, abduction.

    Returns
    -------
    ndarray of shape (..., 3, 3)
        To be multiplied with column vectors.
    """
    (cx, cy, cz), (sx, sy, sz) = np.moveaxis(np.cos(angles), -1, 0), np.moveaxis(np.sin(angles), -1, 0)
    rows = [
        [cz * cy, -sz, cz * sy],
        [cx * sz * cy + sx * sy, cx * cz, cx * sz * sy - sx * cy],
        [sx * sz * cy - cx * sy, sx * cz, sx * sz * sy + cx * cy],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def forward_kinematics(
    pose: Pose, skeleton: Skeleton, offsets: np.ndarray, segments: np.ndarray, leg_length: float
) -> np.ndarray:
    """Joint positions of a posed body that stands on the floor (y = 0) at the origin and faces -z.

    Parameters
    ----------
    pose : Pose
        Angles and pelvis shift over time.
    skeleton : Skeleton
        The layout.
    offsets : ndarray of shape (n_joints, 3)
        From :func:`bone_offsets`; bone lengths stay exactly these at all times.
    segments : ndarray of int of shape (n_joints,)
        From :func:`bone_segments`.
    leg_length : float
        The unit of the pose's shift, in metres.

    Returns
    -------
    ndarray of shape (n_frames, n_joints, 3)
        In metres.
    """
    bones = _world_rotations(pose)[segments] @ offsets[:, None, :, None]  # (J, F, 3, 3) @ (J, 1, 3, 1)
    position = np.tensordot(skeleton.ancestors, bones[..., 0], axes=1).transpose(1, 0, 2)  # (F, J, 3)
    position -= position[:, skeleton.role_index("hip")].mean(axis=1, keepdims=True)
    low = [at for at, joint in enumerate(skeleton.joints) if joint.endswith(_LOW)] or list(range(skeleton.n_joints))
    position[..., 1] -= position[:, low, 1].min(axis=1, keepdims=True)
    return position + leg_length * pose.shift[:, None]


def _world_rotations(pose: Pose) -> np.ndarray:
    """Rotation of every segment against the floor, shape (n_segments, n_frames, 3, 3)."""
    angles = np.zeros((len(SEGMENTS), len(pose.shift), 3))
    for segment, values in pose.angles.items():
        angles[SEGMENTS.index(segment)] = values
    world = rotations(angles)
    for segment, base in _HANGS_FROM.items():
        at = SEGMENTS.index(segment)
        world[at] = world[SEGMENTS.index(base)] @ world[at]
    return world
