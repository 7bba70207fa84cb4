"""The layouts of whole bodies: a body with hands and a face."""

from __future__ import annotations

from collections.abc import Mapping

from skeletonlearn.skeletons._face import FACE_68, FACE_70
from skeletonlearn.skeletons._hand import Part, hand_of
from skeletonlearn.skeletons._pose_models import COCO, HALPE26, MEDIAPIPE_POSE, OPENPOSE_BODY25
from skeletonlearn.skeletons._skeleton import Skeleton

_HANDS = {f"{side}_hand": hand_of(side) for side in ("left", "right")}


def whole_body(name: str, body: Skeleton, parts: Mapping[str, Part]) -> Skeleton:
    """A layout of a body and some parts of it.

    Parameters
    ----------
    name : str
        The name of the layout.
    body : Skeleton
        The layout of the joints that come first.
    parts : mapping of str to Part
        The other parts by their names, in the order of their joints.

    Returns
    -------
    Skeleton
        It has the parts "body" and those given.
    """
    return Skeleton(
        name,
        (*body.joints, *(joint for part in parts.values() for joint in part.joints)),
        (*body.bones, *(bone for part in parts.values() for bone in part.bones)),
        body.roles,
        {"body": body.joints, **{name: part.joints for name, part in parts.items()}},
    )


_COCO_WITH_FEET = Skeleton(
    "COCO with feet",
    (*COCO.joints, *(f"{side}_{part}" for side in ("left", "right") for part in ("big_toe", "small_toe", "heel"))),
    (
        *COCO.bones,
        *(
            (f"{side}_{child}", f"{side}_{parent}")
            for side in ("left", "right")
            for child, parent in (("big_toe", "ankle"), ("small_toe", "big_toe"), ("heel", "ankle"))
        ),
    ),
    COCO.roles,
)

COCO_WHOLEBODY = whole_body("COCO_WHOLEBODY", _COCO_WITH_FEET, {"face": FACE_68, **_HANDS})
HALPE_FULLBODY = whole_body("HALPE_FULLBODY", HALPE26, {"face": FACE_68, **_HANDS})
MEDIAPIPE_HOLISTIC = whole_body("MEDIAPIPE_HOLISTIC", MEDIAPIPE_POSE, _HANDS)
OPENPOSE_BODY25_HANDS = whole_body("OPENPOSE_BODY25_HANDS", OPENPOSE_BODY25, _HANDS)
OPENPOSE_WHOLEBODY = whole_body("OPENPOSE_WHOLEBODY", OPENPOSE_BODY25, {**_HANDS, "face": FACE_70})
