"""The tree of joints at the beginning of a BVH file."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from skeletonlearn.datasets._errors import cut
from skeletonlearn.datasets._persons import find_excess
from skeletonlearn.datasets._source import FileContent
from skeletonlearn.skeletons._named_layout import MOST_JOINTS

_CHANNELS = tuple(f"{axis}{kind}" for kind in ("position", "rotation") for axis in "XYZ")
_WANTED = "expected HIERARCHY, a tree of ROOT, JOINT and End Site with OFFSET and CHANNELS, then MOTION"


@dataclass
class BvhJoint:
    """A joint of the tree.

    Parameters
    ----------
    name : str
        Its name; that of an end site is its parent's with "_end".
    parent : int
        The place of its parent in the list of joints; -1 for the root.
    line : int
        The line that names it.
    """

    name: str
    parent: int
    line: int
    offset: np.ndarray = field(default_factory=lambda: np.full(3, np.nan))
    channels: tuple[str, ...] = ()
    is_end: bool = False


def read_hierarchy(content: FileContent, lines: list[str]) -> tuple[list[BvhJoint], int]:
    """Read the joints, parents first, and find where the motion begins.

    Parameters
    ----------
    content : FileContent
        The file, for errors.
    lines : list of str
        Its lines.

    Returns
    -------
    joints : list of BvhJoint
        At least one.
    at : int
        The index of the line MOTION.

    Raises
    ------
    SkeletonFileError
        If the tree is not one, or has too many joints.
    """
    tree = _Tree(content)
    for at, line in enumerate(lines):
        words = line.split()
        if words[:1] == ["MOTION"]:
            tree.check_complete(at + 1)
            return tree.joints, at
        if words:
            tree.read(words, at + 1)
    raise content.fault(f"got a file without a line MOTION, {_WANTED}", max(len(lines), 1))


class _Tree:
    """The joints read so far, and those whose brackets are open."""

    def __init__(self, content: FileContent) -> None:
        self._content = content
        self.joints: list[BvhJoint] = []
        self._open: list[int] = []
        self._is_named = False  # a joint was named, its bracket is to come

    def read(self, words: list[str], line: int) -> None:
        """Read one line."""
        kind = words[0].upper()
        if self._is_named != (kind == "{"):
            raise self._fault(words, line)
        if kind == "{":
            self._open.append(len(self.joints) - 1)
            self._is_named = False
        elif kind == "}" and self._open:
            self._close(line)
        elif kind in ("ROOT", "JOINT", "END"):
            self._add(kind, words, line)
        elif kind == "OFFSET" and self._open:
            self._current.offset = self._offset(words, line)
        elif kind == "CHANNELS" and self._open and not self._current.is_end:
            self._current.channels = self._channels(words, line)
        elif kind != "HIERARCHY" or self.joints:
            raise self._fault(words, line)

    def check_complete(self, line: int) -> None:
        """Refuse a tree that is cut short."""
        if not self.joints or self._open or self._is_named:
            raise self._content.fault(f"got MOTION before the end of the hierarchy, {_WANTED}", line)

    @property
    def _current(self) -> BvhJoint:
        return self.joints[self._open[-1]]

    def _add(self, kind: str, words: list[str], line: int) -> None:
        if (kind == "ROOT") != (not self.joints) or (kind != "ROOT" and (not self._open or self._current.is_end)):
            raise self._fault(words, line)
        if len(self.joints) == 2 * MOST_JOINTS:
            raise self._content.fault(f"got more than {len(self.joints)} joints, expected a body", line)
        parent = self._open[-1] if self._open else -1
        name = f"{self._current.name}_end" if kind == "END" else " ".join(words[1:])
        if not name:
            raise self._fault(words, line)
        self.joints.append(BvhJoint(name, parent, line, is_end=kind == "END"))
        self._is_named = True

    def _close(self, line: int) -> None:
        joint = self._current
        if np.isnan(joint.offset).any():
            raise self._content.fault(f"got the joint {cut(joint.name, 60)!r} without an OFFSET, {_WANTED}", line)
        self._open.pop()

    def _offset(self, words: list[str], line: int) -> np.ndarray:
        try:
            offset = np.array(words[1:], dtype=np.float64)
        except ValueError:
            raise self._fault(words, line) from None
        if offset.shape != (3,) or np.isnan(offset).any() or find_excess(offset):
            raise self._content.fault(f"got {cut(' '.join(words), 60)!r}, expected OFFSET and three numbers", line)
        return offset

    def _channels(self, words: list[str], line: int) -> tuple[str, ...]:
        known = {name.lower(): name for name in _CHANNELS}
        names = tuple(known.get(word.lower(), "") for word in words[2:])
        if words[1:2] != [str(len(names))] or "" in names or len(set(names)) < len(names):
            wanted = f"expected CHANNELS, their number, and as many different ones of {', '.join(_CHANNELS)}"
            raise self._content.fault(f"got {cut(' '.join(words), 80)!r}, {wanted}", line)
        return names

    def _fault(self, words: list[str], line: int) -> Exception:
        return self._content.fault(f"got {cut(' '.join(words), 60)!r}, {_WANTED}", line)
