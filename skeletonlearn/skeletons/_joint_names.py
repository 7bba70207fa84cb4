"""Joint names as files write them, written as the catalogue does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?(?:(?![A-Z])[^\W\d_])+[0-9]*|[0-9]+")
_SIDES = {"left": "left", "right": "right", "l": "left", "r": "right"}
_SHORTEST_PART = 2  # letters that follow l or r in a word such as "lwrist" or "LASI"

Sided = tuple[str, str]  # the side, or "", and the part


def read_joint_names(names: Sequence[str]) -> list[str]:
    """Write joint names as the catalogue does: ``left_wrist`` for LeftWrist, l_wrist, wrist_L, wristLeft and LWrist.

    Parameters
    ----------
    names : sequence of str
        The names of all joints of a layout, as a file writes them. What stands before a colon, such as ``mixamorig:``,
        is left out.

    Returns
    -------
    list of str
        Names in lower case, words joined by ``_``, the side first. A name stays as it is if no joint of the other side
        has its partner's name, or if two joints would get the same name.
    """
    words = [[word.lower() for word in _WORD.findall(name.rpartition(":")[2])] for name in names]
    given = {tuple(one) for one in words}
    sided = [_side_and_part(one, given) for one in words]
    partners = set(sided)
    read = [_joined(name, own, partners) for name, own in zip(names, sided, strict=True)]
    count = Counter(read)
    return [one if count[one] == 1 else name for name, one in zip(names, read, strict=True)]


def _side_and_part(words: list[str], given: set[tuple[str, ...]]) -> Sided:
    """Tell the side from the part, by a word or by the first letter of a word that the other side has too."""
    for at, word in enumerate(words):
        if word in ("left", "right") or (word in _SIDES and at in (0, len(words) - 1)):
            return _SIDES[word], "_".join(words[:at] + words[at + 1 :])
    first = words[0] if words else ""
    other = {"l": "r", "r": "l"}.get(first[:1])
    if other and len(first) > _SHORTEST_PART and (other + first[1:], *words[1:]) in given:
        return _SIDES[first[0]], "_".join([first[1:], *words[1:]])
    return "", "_".join(words)


def _joined(name: str, own: Sided, partners: set[Sided]) -> str:
    side, part = own
    if not part or (side and ({"left": "right", "right": "left"}[side], part) not in partners):
        return name
    return f"{side}_{part}" if side else part
