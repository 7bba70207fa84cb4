"""Names and bones of limbs, which a body has on both sides."""

from __future__ import annotations

from itertools import pairwise


def both_sides(chain: str) -> tuple[tuple[str, str], ...]:
    """Bones of a limb on both sides, from a chain such as ``"neck shoulder elbow"``.

    The first name is the joint in the middle of the body that both limbs hang from.
    """
    middle, *limb = chain.split()
    bones = []
    for side in ("left_", "right_"):
        names = [middle, *(side + joint for joint in limb)]
        bones += [(child, parent) for parent, child in pairwise(names)]
    return tuple(bones)


def sides(*limbs: str) -> str:
    """Names of limbs joint by joint: ``"left shoulder elbow"`` gives ``left_shoulder left_elbow``."""
    names = []
    for limb in limbs:
        side, *joints = limb.split()
        names += [f"{side}_{joint}" for joint in joints]
    return " ".join(names)
