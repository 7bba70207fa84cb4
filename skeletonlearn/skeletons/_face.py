"""The 68 points of a face: the scheme of the 300-W challenge, which the whole-body models share.

The scheme numbers points as they lie in a picture of somebody who faces it, so that the person's right comes first.
"""

from __future__ import annotations

from itertools import pairwise

from skeletonlearn.skeletons._hand import Part
from skeletonlearn.skeletons._limbs import both_sides

_EYE = ("outer", "upper_outer", "upper_inner", "inner", "lower_inner", "lower_outer")
_JAW = tuple(f"jaw_{number}" for number in range(1, 9))  # from the ear to the chin
_BROW = tuple(f"brow_{number}" for number in range(1, 6))  # outwards in


def _on(side: str, *parts: str) -> tuple[str, ...]:
    return tuple(f"{side}_{part}" for part in parts)


def _across(*parts: str) -> tuple[str, ...]:
    """Points from the person's right to the left; the last of `parts` is the one in the middle."""
    *outer, middle = parts
    return (*_on("right", *outer), middle, *_on("left", *reversed(outer)))


_JOINTS = (
    *_across(*_JAW, "chin"),
    *(*_on("right", *_BROW), *_on("left", *reversed(_BROW))),
    *("nose_bridge_1", "nose_bridge_2", "nose_bridge_3", "nose_tip"),
    *_across("nostril_outer", "nostril_inner", "nose_base"),
    *_on("right", *(f"eye_{at}" for at in _EYE)),
    *_on("left", *(f"eye_{at}" for at in (*_EYE[3::-1], *_EYE[:3:-1]))),
    *_across("mouth", "upper_lip_outer", "upper_lip_inner", "upper_lip"),
    *_on("left", "lower_lip_outer", "lower_lip_inner"),
    *("lower_lip", *_on("right", "lower_lip_inner", "lower_lip_outer")),
    *_across("mouth_inside", "upper_lip_inside", "upper_lip_inside"),
    *("left_lower_lip_inside", "lower_lip_inside", "right_lower_lip_inside"),
)

_MIDDLE = (
    "nose nose_tip nose_bridge_3 nose_bridge_2 nose_bridge_1",
    "nose_tip nose_base upper_lip upper_lip_inside lower_lip_inside lower_lip chin",
)
# chains that hang from a point in the middle, on each side
_SIDES = (
    "nose_base nostril_inner nostril_outer",
    "nose_bridge_1 eye_inner eye_upper_inner eye_upper_outer eye_outer",
    "nose_bridge_1 brow_5 brow_4 brow_3 brow_2 brow_1",
    "upper_lip upper_lip_inner upper_lip_outer mouth",
    "upper_lip_inside upper_lip_inside mouth_inside",
    "lower_lip_inside lower_lip_inside",
    "lower_lip lower_lip_inner lower_lip_outer",
    "chin jaw_8 jaw_7 jaw_6 jaw_5 jaw_4 jaw_3 jaw_2 jaw_1",
)
_TWIGS = ("eye_inner eye_lower_inner eye_lower_outer",)
_PUPILS = ("eye_inner pupil",)


def _bones_along(*chains: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((child, parent) for chain in chains for parent, child in pairwise(chain))


def _on_each_side(*chains: str) -> tuple[tuple[str, str], ...]:
    """Bones of chains of which all points are on one side."""
    return _bones_along(*(_on(side, *chain.split()) for side in ("left", "right") for chain in chains))


def _bones() -> tuple[tuple[str, str], ...]:
    middle = _bones_along(*(tuple(chain.split()) for chain in _MIDDLE))
    hanging = tuple(bone for chain in _SIDES for bone in both_sides(chain))
    return (*middle, *hanging, *_on_each_side(*_TWIGS))


FACE_68 = Part(_JOINTS, _bones())
"""The face of the whole-body models."""

FACE_70 = Part((*_JOINTS, "right_pupil", "left_pupil"), (*FACE_68.bones, *_on_each_side(*_PUPILS)))
"""The face of OpenPose: the pupils come last."""
