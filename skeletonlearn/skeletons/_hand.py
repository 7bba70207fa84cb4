"""The 21 points of a hand, which all hand models give in one order: the wrist, then the fingers from the thumb on."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from skeletonlearn.skeletons._skeleton import Skeleton

_FINGERS = {
    "thumb": ("cmc", "mcp", "ip", "tip"),
    **dict.fromkeys(("index_finger", "middle_finger", "ring_finger", "pinky"), ("mcp", "pip", "dip", "tip")),
}
"""The fingers and their joints outwards: carpometacarpal, metacarpophalangeal, interphalangeal, tip."""


class Part(NamedTuple):
    """A part that hangs from a body.

    Parameters
    ----------
    joints : tuple of str
        Its joints.
    bones : tuple of (str, str)
        `(child, parent)`; the parent of its first joint is a joint of the body.
    """

    joints: tuple[str, ...]
    bones: tuple[tuple[str, str], ...]


def _fingers(side: str, wrist: str) -> Part:
    """The joints and bones of a hand but for the wrist, from which the fingers start."""
    chains = [[f"{side}{finger}_{joint}" for joint in joints] for finger, joints in _FINGERS.items()]
    bones = tuple((child, parent) for chain in chains for parent, child in pairwise([wrist, *chain]))
    return Part(tuple(joint for chain in chains for joint in chain), bones)


def hand_of(side: str) -> Part:
    """A hand of a body, whose own wrist it hangs from.

    Parameters
    ----------
    side : {"left", "right"}
        Which hand.

    Returns
    -------
    Part
        Its 21 joints. The first is the wrist as the hand's model sees it, such as ``left_hand_wrist``.
    """
    wrist = f"{side}_hand_wrist"
    fingers = _fingers(f"{side}_", wrist)
    return Part((wrist, *fingers.joints), ((wrist, f"{side}_wrist"), *fingers.bones))


MEDIAPIPE_HAND = Skeleton("MEDIAPIPE_HAND", ("wrist", *_fingers("", "wrist").joints), _fingers("", "wrist").bones)
