"""Where the joints of a standing adult are: the proportions of the human body."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from skeletonlearn.skeletons._hand_and_face import MIDDLE_FACE, RIGHT_FACE, RIGHT_HAND
from skeletonlearn.skeletons._skeleton import Skeleton

# joint: (joint that it is measured from, offset in metres in the rest pose, proportion that scales it, its segment).
# A standing adult of about 1.75 m with hanging arms, after Winter (2009), Biomechanics and motor control, fig. 4.1.
_Offset = tuple[str, tuple[float, float, float], str, str]
_TRUNK: dict[str, _Offset] = {
    "spine": ("hip", (0.0, 0.22, 0.02), "torso", "waist"),
    "spine_chest": ("spine", (0.0, 0.12, 0.0), "torso", "chest"),
    "spine_shoulder": ("spine", (0.0, 0.25, 0.0), "torso", "chest"),
    "neck": ("spine_shoulder", (0.0, 0.06, 0.0), "torso", "chest"),
    "head": ("neck", (0.0, 0.17, -0.03), "head", "head"),
    "head_top": ("neck", (0.0, 0.28, -0.01), "head", "head"),
    "nose": ("neck", (0.0, 0.15, -0.12), "head", "head"),
    **{point: ("nose", offset, "head", "head") for point, offset in MIDDLE_FACE.items()},
}
_RIGHT: dict[str, _Offset] = {
    **{point: ("nose", offset, "head", "head") for point, offset in RIGHT_FACE.items()},
    "clavicle": ("spine_shoulder", (0.03, 0.0, 0.0), "shoulders", "chest"),
    "shoulder": ("spine_shoulder", (0.18, -0.03, 0.0), "shoulders", "chest"),
    "elbow": ("right_shoulder", (0.0, -0.3, 0.0), "arm", "right_upper_arm"),
    "wrist": ("right_elbow", (0.0, -0.26, 0.0), "arm", "right_forearm"),
    "hand": ("right_wrist", (0.0, -0.08, 0.0), "arm", "right_hand"),
    "hand_tip": ("right_wrist", (0.0, -0.16, 0.0), "arm", "right_hand"),
    "index": ("right_wrist", (0.0, -0.1, -0.03), "arm", "right_hand"),
    "pinky": ("right_wrist", (0.0, -0.09, 0.04), "arm", "right_hand"),
    "thumb": ("right_wrist", (0.0, -0.05, -0.06), "arm", "right_hand"),
    **{point: ("right_wrist", offset, "arm", "right_hand") for point, offset in RIGHT_HAND.items()},
    "hip": ("hip", (0.09, -0.06, 0.0), "hips", "pelvis"),
    "knee": ("right_hip", (0.0, -0.42, 0.0), "leg", "right_thigh"),
    "ankle": ("right_knee", (0.0, -0.41, 0.0), "leg", "right_shank"),
    "heel": ("right_ankle", (0.0, -0.06, 0.05), "leg", "right_foot"),
    "foot": ("right_ankle", (0.0, -0.06, -0.12), "leg", "right_foot"),
    "big_toe": ("right_ankle", (-0.02, -0.07, -0.17), "leg", "right_foot"),
    "small_toe": ("right_ankle", (0.04, -0.07, -0.14), "leg", "right_foot"),
}
PROPORTIONS = ("torso", "head", "shoulders", "arm", "hips", "leg")


def _on_left(offset: _Offset) -> _Offset:
    start, (x, y, z), proportion, segment = offset
    return start.replace("right_", "left_"), (-x, y, z), proportion, segment.replace("right_", "left_")


BODY: dict[str, _Offset] = {
    **_TRUNK,
    **{f"right_{part}": offset for part, offset in _RIGHT.items()},
    **{f"left_{part}": _on_left(offset) for part, offset in _RIGHT.items()},
}


def rest_pose(proportions: Mapping[str, float]) -> dict[str, np.ndarray]:
    """Where each known joint is when the body stands upright, the pelvis at the origin.

    Parameters
    ----------
    proportions : mapping of str to float
        A factor on the length of each of `PROPORTIONS`.

    Returns
    -------
    dict of str to ndarray of shape (3,)
        By joint name.
    """
    position = {"hip": np.zeros(3)}
    waiting = dict(BODY)
    while waiting:
        for joint in [one for one, (start, *_) in waiting.items() if start in position]:
            start, offset, proportion, _ = waiting.pop(joint)
            position[joint] = position[start] + np.asarray(offset) * proportions[proportion]
    return position


def body_part(skeleton: Skeleton, joint: str) -> str:
    """The joint of the body model that a layout's joint is.

    They have the same name but for the neck: in layouts where that joint has the role of the neck, it is the shoulder
    centre, which has a name of its own only in layouts that have both, such as NTU_RGBD.
    """
    is_shoulder_centre = skeleton.roles.get("neck") == ("neck",) and "spine_shoulder" not in skeleton.joints
    return "spine_shoulder" if joint == "neck" and is_shoulder_centre else joint


def standing_adult(skeleton: Skeleton) -> np.ndarray:
    """Where the joints of a layout are when an adult of average proportions stands upright.

    Parameters
    ----------
    skeleton : Skeleton
        The layout.

    Returns
    -------
    ndarray of shape (n_joints, 3)
        In metres: x to the right of the body, y up, z backward. NaN for joints whose place in the body is not known.
    """
    rest = rest_pose(dict.fromkeys(PROPORTIONS, 1.0))
    unknown = np.full(3, np.nan)
    return np.array([rest.get(body_part(skeleton, joint), unknown) for joint in skeleton.joints])
