"""Joint layouts: what the joints of a skeleton are called and how they hang together.

A layout is a :class:`Skeleton`. Ten are in the catalogue (`NTU_RGBD`, `KINECT_V1`, ...); a user's own is built
from joint names and bones in the same way. Everything else in the package asks the layout, never a joint number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

__all__ = [
    "COCO",
    "FLORENCE3D",
    "H36M",
    "KINECT_V1",
    "MEDIAPIPE_POSE",
    "MSR_ACTION3D",
    "NTU_RGBD",
    "OPENPOSE_BODY25",
    "SBU",
    "UTD_MHAD",
    "Skeleton",
    "get_skeleton",
    "list_skeletons",
]

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
        Joint names in array order. The same body part has the same name in every layout of the catalogue;
        names that start with ``left_`` and ``right_`` are mirror partners.
    bones : tuple of (str, str)
        `(child, parent)` joint names. They must form one tree over all joints; the joint that is nobody's
        child is the root.
    roles : mapping of str to tuple of str
        For each of ``hip``, ``spine``, ``neck``, ``left_hip``, ``right_hip``, ``left_shoulder`` and
        ``right_shoulder`` that the layout can tell: the joints whose mean is that point. A role that is itself a
        joint name need not be given.

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

    def __post_init__(self) -> None:
        object.__setattr__(self, "joints", tuple(self.joints))
        object.__setattr__(self, "bones", tuple((child, parent) for child, parent in self.bones))
        given = {role: tuple(names) for role, names in dict(self.roles).items()}
        own = {role: (role,) for role in ROLES if role in self.joints and role not in given}
        object.__setattr__(self, "roles", {**own, **given})
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
        """Permutation that swaps left and right joints, shape (n_joints,); its own inverse."""
        swap = {"left_": "right_", "right_": "left_"}
        partners = []
        for name in self.joints:
            side = next((prefix for prefix in swap if name.startswith(prefix)), "")
            partners.append(self.index(swap[side] + name[len(side) :]) if side else self.index(name))
        return np.asarray(partners)

    @property
    def mirror_pairs(self) -> tuple[tuple[int, int], ...]:
        """The (left, right) pairs of joint indices."""
        return tuple(
            (left, int(self.mirror_index[left])) for left, name in enumerate(self.joints) if name.startswith("left_")
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
            raise ValueError(f"{self.name} has no joint {joint!r}; it has {', '.join(self.joints)}.") from None

    def role_index(self, role: str) -> list[int]:
        """Indices of the joints whose mean is the point that a role names.

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
            If the layout does not tell where that is.
        """
        if role not in self.roles:
            known = ", ".join(sorted(self.roles)) or "no roles"
            raise ValueError(f"{self.name} does not tell where {role!r} is; it tells {known}.")
        return [self.index(joint) for joint in self.roles[role]]

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
                f"{self.n_joints} for one person, {2 * self.n_joints} for two, and so on."
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

    def _check_names(self) -> None:
        if len(set(self.joints)) != len(self.joints) or not self.joints:
            raise ValueError(f"{self.name}: joint names must be distinct and at least one, got {self.joints!r}.")
        for role, names in self.roles.items():
            if role not in ROLES:
                raise ValueError(f"{self.name}: got role {role!r}, expected one of {', '.join(ROLES)}.")
            for joint in names:
                self.index(joint)

    def _check_tree(self) -> None:
        children = [child for child, _ in self.bones]
        if len(self.bones) != self.n_joints - 1 or len(set(children)) != len(children):
            raise ValueError(
                f"{self.name}: got {len(self.bones)} bones with {len(set(children))} distinct children, expected "
                f"a tree: {self.n_joints - 1} bones, each joint but the root the child of exactly one."
            )
        reached = {int(self.root)}
        for _ in range(self.n_joints):
            reached |= {self.index(child) for child, parent in self.bones if self.index(parent) in reached}
        if len(reached) != self.n_joints:
            lost = [name for at, name in enumerate(self.joints) if at not in reached]
            raise ValueError(f"{self.name}: bones do not join {', '.join(lost)} to the root; expected one tree.")


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
    """Names of the layouts in the catalogue.

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
        raise ValueError(f"skeleton={skeleton!r} must be one of {', '.join(_CATALOGUE)}, or a Skeleton.")
    return _CATALOGUE[skeleton.upper()]
