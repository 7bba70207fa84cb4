"""The layouts of depth cameras and of motion capture."""

from __future__ import annotations

from skeletonlearn.skeletons._limbs import both_sides, sides
from skeletonlearn.skeletons._skeleton import Skeleton

_TORSO = (("spine", "hip"), ("neck", "spine"), ("head", "neck"))
_MEAN_HIP: dict[str, tuple[str, ...]] = {"hip": ("left_hip", "right_hip")}

NTU_RGBD = Skeleton(
    "NTU_RGBD",
    tuple(
        (
            "hip spine neck head "
            + sides("left shoulder elbow wrist hand", "right shoulder elbow wrist hand")
            + " "
            + sides("left hip knee ankle foot", "right hip knee ankle foot")
            + " spine_shoulder left_hand_tip left_thumb right_hand_tip right_thumb"
        ).split()
    ),
    (
        ("spine", "hip"),
        ("spine_shoulder", "spine"),
        ("neck", "spine_shoulder"),
        ("head", "neck"),
        *both_sides("spine_shoulder shoulder elbow wrist hand thumb hand_tip"),
        *both_sides("hip hip knee ankle foot"),
    ),
    {"neck": ("spine_shoulder",)},
)

_KINECT_LIMBS = (
    *both_sides("neck shoulder elbow wrist hand"),
    *both_sides("hip hip knee ankle foot"),
)

KINECT_V1 = Skeleton(
    "KINECT_V1",
    tuple(
        (
            "hip spine neck head "
            + sides("left shoulder elbow wrist hand", "right shoulder elbow wrist hand")
            + " "
            + sides("left hip knee ankle foot", "right hip knee ankle foot")
        ).split()
    ),
    (*_TORSO, *_KINECT_LIMBS),
)

MSR_ACTION3D = Skeleton(
    "MSR_ACTION3D",
    (
        *("left_shoulder", "right_shoulder", "neck", "spine", "left_hip", "right_hip", "hip"),
        *("left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hand", "right_hand"),
        *(
            "left_knee",
            "right_knee",
            "left_ankle",
            "right_ankle",
            "left_foot",
            "right_foot",
            "head",
        ),
    ),
    (*_TORSO, *_KINECT_LIMBS),
)

UTD_MHAD = Skeleton(
    "UTD_MHAD",
    tuple(
        (
            "head neck spine hip "
            + sides("left shoulder elbow wrist hand", "right shoulder elbow wrist hand")
            + " "
            + sides("left hip knee ankle foot", "right hip knee ankle foot")
        ).split()
    ),
    (*_TORSO, *_KINECT_LIMBS),
)

SBU = Skeleton(
    "SBU",
    tuple(
        (
            "head neck spine "
            + sides("left shoulder elbow hand", "right shoulder elbow hand")
            + " "
            + sides("left hip knee foot", "right hip knee foot")
        ).split()
    ),
    (
        ("neck", "spine"),
        ("head", "neck"),
        *both_sides("neck shoulder elbow hand"),
        *both_sides("spine hip knee foot"),
    ),
    _MEAN_HIP,
)

FLORENCE3D = Skeleton(
    "FLORENCE3D",
    tuple(
        (
            "head neck spine "
            + sides("left shoulder elbow wrist", "right shoulder elbow wrist")
            + " "
            + sides("left hip knee ankle", "right hip knee ankle")
        ).split()
    ),
    (
        ("neck", "spine"),
        ("head", "neck"),
        *both_sides("neck shoulder elbow wrist"),
        *both_sides("spine hip knee ankle"),
    ),
    _MEAN_HIP,
)

H36M = Skeleton(
    "H36M",
    tuple(
        (
            "hip "
            + sides("right hip knee ankle", "left hip knee ankle")
            + " spine neck nose head "
            + sides("left shoulder elbow wrist", "right shoulder elbow wrist")
        ).split()
    ),
    (
        ("spine", "hip"),
        ("neck", "spine"),
        ("nose", "neck"),
        ("head", "nose"),
        *both_sides("neck shoulder elbow wrist"),
        *both_sides("hip hip knee ankle"),
    ),
)

AZURE_KINECT = Skeleton(
    "AZURE_KINECT",
    tuple(
        (
            "hip spine spine_chest neck "
            + sides("left clavicle shoulder elbow wrist hand hand_tip thumb")
            + " "
            + sides("right clavicle shoulder elbow wrist hand hand_tip thumb")
            + " "
            + sides("left hip knee ankle foot", "right hip knee ankle foot")
            + " head nose left_eye left_ear right_eye right_ear"
        ).split()
    ),
    (
        *(("spine", "hip"), ("spine_chest", "spine"), ("neck", "spine_chest"), ("head", "neck"), ("nose", "head")),
        *both_sides("spine_chest clavicle shoulder elbow wrist hand hand_tip"),
        *(("left_thumb", "left_wrist"), ("right_thumb", "right_wrist")),
        *both_sides("hip hip knee ankle foot"),
        *both_sides("head eye"),
        *both_sides("head ear"),
    ),
    {"neck": ("left_clavicle", "right_clavicle")},
)
