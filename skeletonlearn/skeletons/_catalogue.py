"""The layouts of the sensors and data sets in use."""

from __future__ import annotations

from itertools import pairwise

from skeletonlearn.skeletons._skeleton import Skeleton, did_you_mean


def _both_sides(chain: str) -> tuple[tuple[str, str], ...]:
    """Bones of a limb on both sides, from a chain such as ``"neck shoulder elbow"``.

    The first name is the joint in the middle of the body that both limbs hang from.
    """
    middle, *limb = chain.split()
    bones = []
    for side in ("left_", "right_"):
        names = [middle, *(side + joint for joint in limb)]
        bones += [(child, parent) for parent, child in pairwise(names)]
    return tuple(bones)


def _sides(*limbs: str) -> str:
    """Names of limbs joint by joint: ``"left shoulder elbow"`` gives ``left_shoulder left_elbow``."""
    names = []
    for limb in limbs:
        side, *joints = limb.split()
        names += [f"{side}_{joint}" for joint in joints]
    return " ".join(names)


_TORSO = (("spine", "hip"), ("neck", "spine"), ("head", "neck"))
_MEAN_HIP: dict[str, tuple[str, ...]] = {"hip": ("left_hip", "right_hip")}
_MEAN_NECK: dict[str, tuple[str, ...]] = {"neck": ("left_shoulder", "right_shoulder")}
_MEAN_SPINE: dict[str, tuple[str, ...]] = {"spine": ("left_hip", "right_hip", "left_shoulder", "right_shoulder")}

NTU_RGBD = Skeleton(
    "NTU_RGBD",
    tuple(
        (
            "hip spine neck head "
            + _sides("left shoulder elbow wrist hand", "right shoulder elbow wrist hand")
            + " "
            + _sides("left hip knee ankle foot", "right hip knee ankle foot")
            + " spine_shoulder left_hand_tip left_thumb right_hand_tip right_thumb"
        ).split()
    ),
    (
        ("spine", "hip"),
        ("spine_shoulder", "spine"),
        ("neck", "spine_shoulder"),
        ("head", "neck"),
        *_both_sides("spine_shoulder shoulder elbow wrist hand thumb hand_tip"),
        *_both_sides("hip hip knee ankle foot"),
    ),
    {"neck": ("spine_shoulder",)},
)

_KINECT_LIMBS = (
    *_both_sides("neck shoulder elbow wrist hand"),
    *_both_sides("hip hip knee ankle foot"),
)

KINECT_V1 = Skeleton(
    "KINECT_V1",
    tuple(
        (
            "hip spine neck head "
            + _sides("left shoulder elbow wrist hand", "right shoulder elbow wrist hand")
            + " "
            + _sides("left hip knee ankle foot", "right hip knee ankle foot")
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
            + _sides("left shoulder elbow wrist hand", "right shoulder elbow wrist hand")
            + " "
            + _sides("left hip knee ankle foot", "right hip knee ankle foot")
        ).split()
    ),
    (*_TORSO, *_KINECT_LIMBS),
)

SBU = Skeleton(
    "SBU",
    tuple(
        (
            "head neck spine "
            + _sides("left shoulder elbow hand", "right shoulder elbow hand")
            + " "
            + _sides("left hip knee foot", "right hip knee foot")
        ).split()
    ),
    (
        ("neck", "spine"),
        ("head", "neck"),
        *_both_sides("neck shoulder elbow hand"),
        *_both_sides("spine hip knee foot"),
    ),
    _MEAN_HIP,
)

FLORENCE3D = Skeleton(
    "FLORENCE3D",
    tuple(
        (
            "head neck spine "
            + _sides("left shoulder elbow wrist", "right shoulder elbow wrist")
            + " "
            + _sides("left hip knee ankle", "right hip knee ankle")
        ).split()
    ),
    (
        ("neck", "spine"),
        ("head", "neck"),
        *_both_sides("neck shoulder elbow wrist"),
        *_both_sides("spine hip knee ankle"),
    ),
    _MEAN_HIP,
)

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
        *_both_sides("nose eye ear"),
        *_both_sides("nose shoulder elbow wrist"),
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
            + _sides("right shoulder elbow wrist", "left shoulder elbow wrist")
            + " hip "
            + _sides("right hip knee ankle", "left hip knee ankle")
            + " right_eye left_eye right_ear left_ear "
            + _sides("left big_toe small_toe heel", "right big_toe small_toe heel")
        ).split()
    ),
    (
        ("hip", "neck"),
        ("nose", "neck"),
        *_both_sides("nose eye ear"),
        *_both_sides("neck shoulder elbow wrist"),
        *_both_sides("hip hip knee ankle big_toe small_toe"),
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
        *_both_sides("nose eye_inner eye eye_outer ear"),
        *_both_sides("nose mouth"),
        *_both_sides("nose shoulder elbow wrist pinky"),
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

H36M = Skeleton(
    "H36M",
    tuple(
        (
            "hip "
            + _sides("right hip knee ankle", "left hip knee ankle")
            + " spine neck nose head "
            + _sides("left shoulder elbow wrist", "right shoulder elbow wrist")
        ).split()
    ),
    (
        ("spine", "hip"),
        ("neck", "spine"),
        ("nose", "neck"),
        ("head", "nose"),
        *_both_sides("neck shoulder elbow wrist"),
        *_both_sides("hip hip knee ankle"),
    ),
)

_CATALOGUE = {
    skeleton.name: skeleton
    for skeleton in (
        *(NTU_RGBD, KINECT_V1, MSR_ACTION3D, UTD_MHAD, SBU),
        *(FLORENCE3D, COCO, OPENPOSE_BODY25, MEDIAPIPE_POSE, H36M),
    )
}


def list_skeletons() -> list[str]:
    """List the layouts of the catalogue.

    Returns
    -------
    list of str
        Their names.

    See Also
    --------
    get_skeleton : Gives one by its name.

    Examples
    --------
    >>> from skeletonlearn.skeletons import list_skeletons
    >>> list_skeletons()[:3]
    ['NTU_RGBD', 'KINECT_V1', 'MSR_ACTION3D']
    """
    return list(_CATALOGUE)


def get_skeleton(skeleton: Skeleton | str) -> Skeleton:
    """A layout from itself or from its catalogue name.

    Parameters
    ----------
    skeleton : Skeleton or str
        A layout, or its name in any case.

    Returns
    -------
    Skeleton
        The layout.

    Raises
    ------
    ValueError
        If the name is not in the catalogue.
    TypeError
        If `skeleton` is neither a name nor a Skeleton.

    See Also
    --------
    list_skeletons : Names the catalogue.

    Examples
    --------
    >>> from skeletonlearn.skeletons import get_skeleton
    >>> get_skeleton("coco")
    <Skeleton COCO: 17 joints>
    """
    if isinstance(skeleton, Skeleton):
        return skeleton
    if not isinstance(skeleton, str):
        raise TypeError(f"skeleton={skeleton!r} must be a Skeleton or the name of one, got {type(skeleton).__name__}.")
    if skeleton.upper() not in _CATALOGUE:
        near = did_you_mean(skeleton, _CATALOGUE)
        raise ValueError(f"skeleton={skeleton!r} must be one of {', '.join(_CATALOGUE)}, or a Skeleton.{near}")
    return _CATALOGUE[skeleton.upper()]
