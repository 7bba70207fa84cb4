"""The layout of one body's joints: names, bones, mirror partners and roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

import numpy as np

ROLES = ("hip", "spine", "neck", "left_hip", "right_hip", "left_shoulder", "right_shoulder")
"""What preprocessing needs to know of a body: each role is a joint, or the mean of several."""


@dataclass(frozen=True)
class Skeleton:
    """The layout of one body's joints.

    Parameters
    ----------
    name : str
        The name of the layout.
    joints : tuple of str
        Joint names in array order. The same body part has the same name in every layout of the catalogue, but for the
        shoulder centre: that is ``neck`` in all but NTU_RGBD, where it is ``spine_shoulder`` and the neck lies above
        it. Names that start with ``left_`` and ``right_`` are mirror partners.
    bones : tuple of (str, str)
        `(child, parent)` joint names. They must form one tree over all joints; the joint that is nobody's
        child is the root.
    roles : mapping of str to tuple of str
        For each of ``hip``, ``spine``, ``neck``, ``left_hip``, ``right_hip``, ``left_shoulder`` and
        ``right_shoulder`` that the layout can tell: the joints whose mean is that point. A role that is itself a
        joint name need not be given.
    parts : mapping of str to tuple of str
        The joints of each part that can be cut out, in the catalogue of ``body``, ``left_hand``, ``right_hand`` and
        ``face``. Layouts of one part have none.

    See Also
    --------
    get_skeleton : Gives one of the catalogue.

    Examples
    --------
    >>> from skeletonlearn.skeletons import NTU_RGBD
    >>> NTU_RGBD.n_joints, NTU_RGBD.root
    (25, 0)
    >>> NTU_RGBD.index("left_wrist")
    6
    """

    name: str
    joints: tuple[str, ...]
    bones: tuple[tuple[str, str], ...]
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "joints", tuple(self.joints))
        object.__setattr__(self, "bones", tuple((child, parent) for child, parent in self.bones))
        given = {role: tuple(names) for role, names in dict(self.roles).items()}
        own = {role: (role,) for role in ROLES if role in self.joints and role not in given}
        object.__setattr__(self, "roles", {**own, **given})
        object.__setattr__(self, "parts", {part: tuple(names) for part, names in dict(self.parts).items()})
        self._check_names()
        self._check_tree()

    def __hash__(self) -> int:
        return hash((self.name, self.joints, self.bones))

    def __repr__(self) -> str:
        return f"<Skeleton {self.name}: {self.n_joints} joints>"

    @property
    def n_joints(self) -> int:
        """Number of joints of one body."""
        return len(self.joints)

    @cached_property
    def parents(self) -> np.ndarray:
        """Index of each joint's parent, shape (n_joints,); the root is its own parent."""
        parents = np.arange(self.n_joints)
        for child, parent in self.bones:
            parents[self.index(child)] = self.index(parent)
        return parents

    @cached_property
    def root(self) -> int:
        """Index of the joint that all others hang from."""
        return int(np.flatnonzero(self.parents == np.arange(self.n_joints))[0])

    @cached_property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """The bones as (child, parent) indices."""
        return tuple((self.index(child), self.index(parent)) for child, parent in self.bones)

    @cached_property
    def mirror_index(self) -> np.ndarray:
        """Permutation that swaps left and right joints, shape (n_joints,); its own inverse.

        In a layout of one side only, such as a left hand, each joint is its own partner.
        """
        swap = {"left_": "right_", "right_": "left_"}
        if any(all(name.startswith(prefix) for name in self.joints) for prefix in swap):
            return np.arange(self.n_joints)
        partners = []
        for name in self.joints:
            side = next((prefix for prefix in swap if name.startswith(prefix)), "")
            partners.append(self.index(swap[side] + name[len(side) :]) if side else self.index(name))
        return np.asarray(partners)

    @property
    def mirror_pairs(self) -> tuple[tuple[int, int], ...]:
        """The (left, right) pairs of joint indices."""
        mirror = self.mirror_index.tolist()
        return tuple(
            (left, mirror[left])
            for left, name in enumerate(self.joints)
            if name.startswith("left_") and mirror[left] != left
        )

    @cached_property
    def ancestors(self) -> np.ndarray:
        """Matrix A with A[j, k] = 1 where bone k (named by its child) lies between the root and joint j.

        Shape (n_joints, n_joints). Joint positions are `root + A @ bones`, where `bones[k]` is joint k minus its
        parent; the root's column is zero.
        """
        matrix = np.zeros((self.n_joints, self.n_joints))
        for joint in range(self.n_joints):
            at = joint
            while at != self.root:
                matrix[joint, at] = 1.0
                at = int(self.parents[at])
        return matrix

    def index(self, joint: str) -> int:
        """Index of a joint by its name.

        Parameters
        ----------
        joint : str
            The name.

        Returns
        -------
        int
            Its place among `joints`.

        Raises
        ------
        ValueError
            If the layout has no such joint.
        """
        try:
            return self.joints.index(joint)
        except ValueError:
            near = did_you_mean(joint, self.joints)
            raise ValueError(f"{self.name} has no joint {joint!r}; it has {', '.join(self.joints)}.{near}") from None

    def role_index(self, role: str) -> list[int]:
        """Find the joints whose mean is the point that a role names.

        Parameters
        ----------
        role : str
            A key of `roles`.

        Returns
        -------
        list of int
            One joint or more.

        Raises
        ------
        ValueError
            If the layout does not define that role.
        """
        if role not in self.roles:
            known = ", ".join(sorted(self.roles)) or "no roles"
            near = did_you_mean(role, self.roles)
            raise ValueError(f"{self.name} does not define the role {role!r}; it defines {known}.{near}")
        return [self.index(joint) for joint in self.roles[role]]

    def part_index(self, *parts: str) -> list[int]:
        """Find the joints of some parts.

        Parameters
        ----------
        *parts : str
            Keys of `parts`, one or more.

        Returns
        -------
        list of int
            Indices of their joints, in ascending order. With these, arrays are cut: ``X[:, :, index]`` for one person,
            ``X[:, :, skeleton.tiled(index, X.shape[2])]`` for several.

        Raises
        ------
        ValueError
            If no part is given, or the layout does not have one of them.

        See Also
        --------
        part : Gives the layout of what is cut out.

        Examples
        --------
        >>> from skeletonlearn.skeletons import MEDIAPIPE_HOLISTIC
        >>> index = MEDIAPIPE_HOLISTIC.part_index("left_hand", "right_hand")
        >>> len(index), index[:3]
        (42, [33, 34, 35])
        """
        if not parts:
            raise ValueError(f"got no part of {self.name}, expected one or more of {', '.join(self.parts) or 'none'}.")
        return sorted({self.index(joint) for part in parts for joint in self._joints_of(part)})

    def part(self, *parts: str) -> Skeleton:
        """The layout of some parts only.

        Parameters
        ----------
        *parts : str
            Keys of `parts`, one or more.

        Returns
        -------
        Skeleton
            Joints keep their names and their order. Each hangs from the nearest joint between it and the root that is
            kept. So the root of a hand is its wrist. Roles are kept if all their joints are.

        Raises
        ------
        ValueError
            If no part is given, or the layout does not have one of them.

        See Also
        --------
        part_index : Gives the indices of the joints, with which arrays are cut.
        without : Gives the layout of all other joints.

        Examples
        --------
        >>> from skeletonlearn.skeletons import COCO_WHOLEBODY
        >>> hand = COCO_WHOLEBODY.part("left_hand")
        >>> hand
        <Skeleton COCO_WHOLEBODY left_hand: 21 joints>
        >>> hand.joints[hand.root], COCO_WHOLEBODY.part_index("left_hand")[0]
        ('left_hand_wrist', 91)
        """
        return self._restricted(self.part_index(*parts), f"{self.name} {' '.join(parts)}")

    def without(self, *parts: str) -> Skeleton:
        """The layout of all joints but those of some parts.

        Parameters
        ----------
        *parts : str
            Keys of `parts`, one or more.

        Returns
        -------
        Skeleton
            As of :meth:`part`. Its parts are those that are left.

        Raises
        ------
        ValueError
            If no part is given, the layout does not have one of them, or no joint is left.

        See Also
        --------
        part : Gives the layout of some parts only.

        Examples
        --------
        >>> from skeletonlearn.skeletons import COCO_WHOLEBODY
        >>> COCO_WHOLEBODY.without("face")
        <Skeleton COCO_WHOLEBODY without face: 65 joints>
        """
        dropped = set(self.part_index(*parts))
        kept = [joint for joint in range(self.n_joints) if joint not in dropped]
        return self._restricted(kept, f"{self.name} without {' '.join(parts)}")

    def n_persons(self, n_joints: int) -> int:
        """How many bodies `n_joints` joints are, one after another.

        Parameters
        ----------
        n_joints : int
            Joints of all bodies together.

        Returns
        -------
        int
            The number of bodies.

        Raises
        ------
        ValueError
            If `n_joints` is not a positive multiple of the layout's joints.
        """
        persons, rest = divmod(n_joints, self.n_joints)
        if persons < 1 or rest:
            raise ValueError(
                f"X has {n_joints} joints, but {self.name} has {self.n_joints}: expected "
                f"{self.n_joints} for one person, {2 * self.n_joints} for two, and so on, on the joint axis of "
                "(n_samples, n_frames, n_joints, n_channels)."
            )
        return persons

    def tiled(self, index: np.ndarray, n_joints: int) -> np.ndarray:
        """Repeat an array of joint indices (parents, mirror_index) for every body.

        Parameters
        ----------
        index : ndarray of shape (n_joints of one body,)
            Joint indices within one body.
        n_joints : int
            Joints of all bodies together.

        Returns
        -------
        ndarray of shape (n_joints,)
            Joint indices among all.
        """
        offsets = self.n_joints * np.arange(self.n_persons(n_joints))
        return (offsets[:, None] + np.asarray(index)).reshape(-1)

    def _joints_of(self, part: str) -> tuple[str, ...]:
        if part not in self.parts:
            known = ", ".join(self.parts) or "no parts"
            raise ValueError(f"{self.name} has no part {part!r}; it has {known}.{did_you_mean(part, self.parts)}")
        return self.parts[part]

    def _restricted(self, kept: list[int], name: str) -> Skeleton:
        """The layout of some joints; those that hang from nothing that is kept hang from the first of them."""
        parents = {joint: self._nearest(joint, set(kept)) for joint in kept}
        root = next((joint for joint in kept if parents[joint] is None), None)
        hangs_from = {joint: root if parent is None else parent for joint, parent in parents.items()}
        joints = tuple(self.joints[joint] for joint in kept)
        bones = [
            (self.joints[joint], self.joints[parent])
            for joint, parent in hangs_from.items()
            if parent is not None and parent != joint
        ]
        roles = {role: names for role, names in self.roles.items() if set(names) <= set(joints)}
        parts = {part: names for part, names in self.parts.items() if set(names) < set(joints)}
        return Skeleton(name, joints, tuple(bones), roles, parts)

    def _nearest(self, joint: int, kept: set[int]) -> int | None:
        """The nearest joint between a joint and the root that is kept."""
        at = joint
        while at != self.root:
            at = int(self.parents[at])
            if at in kept:
                return at
        return None

    def _check_names(self) -> None:
        if len(set(self.joints)) != len(self.joints) or not self.joints:
            raise ValueError(f"{self.name}: joint names must be distinct and at least one, got {self.joints!r}.")
        for role, names in self.roles.items():
            if role not in ROLES:
                raise ValueError(f"{self.name}: got role {role!r}, expected one of {', '.join(ROLES)}.")
            for joint in names:
                self.index(joint)
        for part, names in self.parts.items():
            if not names:
                raise ValueError(f"{self.name}: got the part {part!r} without joints, expected one or more.")
            for joint in names:
                self.index(joint)

    def _check_tree(self) -> None:
        children = [child for child, _ in self.bones]
        if len(self.bones) != self.n_joints - 1 or len(set(children)) != len(children):
            raise ValueError(
                f"{self.name}: got {len(self.bones)} bones with {len(set(children))} distinct children, expected "
                f"a tree: {self.n_joints - 1} bones, each joint but the root the child of exactly one."
            )
        reached = self._reached_from_root()
        if len(reached) != self.n_joints:
            lost = [name for name in self.joints if name not in reached]
            raise ValueError(f"{self.name}: bones do not join {', '.join(lost)} to the root; expected one tree.")

    def _reached_from_root(self) -> set[str]:
        below: dict[str, list[str]] = {joint: [] for joint in self.joints}
        for child, parent in self.edges:
            below[self.joints[parent]].append(self.joints[child])
        reached: set[str] = set()
        waiting = [self.joints[self.root]]
        while waiting:
            reached.add(joint := waiting.pop())
            waiting += [child for child in below[joint] if child not in reached]
        return reached


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """A question that ends an error about an unknown name.

    Parameters
    ----------
    name : str
        The name given.
    names : iterable of str
        The known names.

    Returns
    -------
    str
        Such as " Did you mean 'NTU_RGBD'?"; empty if no known name is near. Case and punctuation do not matter.
    """
    known = {_letters(one): one for one in names}
    given = _letters(name)
    longer = sorted((one for one in known if len(given) > 2 and given in one), key=len)
    nearest = longer[:1] or get_close_matches(given, known, n=1)
    return f" Did you mean {known[nearest[0]]!r}?" if nearest else ""


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))
