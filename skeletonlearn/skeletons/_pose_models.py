"""The layouts of models that estimate poses in pictures."""

from __future__ import annotations

from skeletonlearn.skeletons._limbs import both_sides, sides
from skeletonlearn.skeletons._skeleton import Skeleton

_MEAN_HIP: dict[str, tuple[str, ...]] = {"hip": ("left_hip", "right_hip")}
_MEAN_NECK: dict[str, tuple[str, ...]] = {"neck": ("left_shoulder", "right_shoulder")}
_MEAN_SPINE: dict[str, tuple[str, ...]] = {"spine": ("left_hip", "right_hip", "left_shoulder", "right_shoulder")}

COCO = Skeleton(
    "COCO",
    tuple(
        ["nose"]
        + [
            f"{side}_{part}"
            for part in ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
            for side in ("left", "right")
        ]
    ),
    (
        *both_sides("nose eye ear"),
        *both_sides("nose shoulder elbow wrist"),
        *(
            (f"{side}_{child}", f"{side}_{parent}")
            for side in ("left", "right")
            for child, parent in (("hip", "shoulder"), ("knee", "hip"), ("ankle", "knee"))
        ),
    ),
    _MEAN_HIP | _MEAN_NECK | _MEAN_SPINE,
)

OPENPOSE_BODY25 = Skeleton(
    "OPENPOSE_BODY25",
    tuple(
        (
            "nose neck "
            + sides("right shoulder elbow wrist", "left shoulder elbow wrist")
            + " hip "
            + sides("right hip knee ankle", "left hip knee ankle")
            + " right_eye left_eye right_ear left_ear "
            + sides("left big_toe small_toe heel", "right big_toe small_toe heel")
        ).split()
    ),
    (
        ("hip", "neck"),
        ("nose", "neck"),
        *both_sides("nose eye ear"),
        *both_sides("neck shoulder elbow wrist"),
        *both_sides("hip hip knee ankle big_toe small_toe"),
        ("left_heel", "left_ankle"),
        ("right_heel", "right_ankle"),
    ),
    {"spine": ("hip", "neck")},
)

MEDIAPIPE_POSE = Skeleton(
    "MEDIAPIPE_POSE",
    (
        "nose",
        *(f"{side}_eye{part}" for side in ("left", "right") for part in ("_inner", "", "_outer")),
        *(
            f"{side}_{part}"
            for part in (
                *("ear", "mouth", "shoulder", "elbow", "wrist", "pinky", "index", "thumb"),
                *("hip", "knee", "ankle", "heel", "foot"),
            )
            for side in ("left", "right")
        ),
    ),
    (
        *both_sides("nose eye_inner eye eye_outer ear"),
        *both_sides("nose mouth"),
        *both_sides("nose shoulder elbow wrist pinky"),
        *((f"{side}_{tip}", f"{side}_wrist") for side in ("left", "right") for tip in ("index", "thumb")),
        *(
            (f"{side}_{child}", f"{side}_{parent}")
            for side in ("left", "right")
            for child, parent in (
                *(("hip", "shoulder"), ("knee", "hip"), ("ankle", "knee")),
                *(("heel", "ankle"), ("foot", "heel")),
            )
        ),
    ),
    _MEAN_HIP | _MEAN_NECK | _MEAN_SPINE,
)

OPENPOSE_COCO18 = Skeleton(
    "OPENPOSE_COCO18",
    tuple(
        (
            "nose neck "
            + sides("right shoulder elbow wrist", "left shoulder elbow wrist")
            + " "
            + sides("right hip knee ankle", "left hip knee ankle")
            + " right_eye left_eye right_ear left_ear"
        ).split()
    ),
    (
        ("nose", "neck"),
        *both_sides("nose eye ear"),
        *both_sides("neck shoulder elbow wrist"),
        *both_sides("neck hip knee ankle"),
    ),
    {**_MEAN_HIP, "spine": ("left_hip", "right_hip", "neck", "neck")},
)

HALPE26 = Skeleton(
    "HALPE26",
    (
        *(*COCO.joints, "head_top", "neck", "hip"),
        *(f"{side}_{part}" for part in ("big_toe", "small_toe", "heel") for side in ("left", "right")),
    ),
    (
        *(("hip", "neck"), ("nose", "neck"), ("head_top", "nose")),
        *both_sides("nose eye ear"),
        *both_sides("neck shoulder elbow wrist"),
        *both_sides("hip hip knee ankle big_toe small_toe"),
        *(("left_heel", "left_ankle"), ("right_heel", "right_ankle")),
    ),
    {"spine": ("hip", "neck")},
)

MPII = Skeleton(
    "MPII",
    tuple(
        (
            sides("right ankle knee hip", "left hip knee ankle")
            + " hip spine_shoulder neck head_top "
            + sides("right wrist elbow shoulder", "left shoulder elbow wrist")
        ).split()
    ),
    (
        *(("spine_shoulder", "hip"), ("neck", "spine_shoulder"), ("head_top", "neck")),
        *both_sides("spine_shoulder shoulder elbow wrist"),
        *both_sides("hip hip knee ankle"),
    ),
    {"neck": ("spine_shoulder",), "spine": ("hip", "spine_shoulder")},
)
