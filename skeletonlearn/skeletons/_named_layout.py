"""A layout from the names of joints: of the catalogue, or built from the names and bones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from skeletonlearn.skeletons._catalogue import get_skeleton, list_skeletons
from skeletonlearn.skeletons._inferred import infer_skeleton
from skeletonlearn.skeletons._joint_names import read_joint_names
from skeletonlearn.skeletons._skeleton import Skeleton

MOST_JOINTS = 1000
"""No layout in use has more joints; a file that claims more is damaged."""

_SAME_JOINT = {
    "pelvis": "hip",
    "hips": "hip",
    "mid_hip": "hip",
    "hip_center": "hip",
    "hip_centre": "hip",
    "spine_base": "hip",
    "root": "hip",
    "spine_mid": "spine",
    "spine_navel": "spine",
    "torso": "spine",
    "belly": "spine",
    "shoulder_center": "neck",
    "shoulder_centre": "neck",
    "left_foot_index": "left_foot",
    "right_foot_index": "right_foot",
    "left_handtip": "left_hand_tip",
    "right_handtip": "right_hand_tip",
}
"""Names of other writers, and the names of the catalogue."""

_SAME_IN = {
    "MPII": {"thorax": "spine_shoulder", "upper_neck": "neck"},
    "H36M": {"thorax": "neck", "neck_base": "nose", "left_foot": "left_ankle", "right_foot": "right_ankle"},
}
"""Names that mean different joints in different layouts."""

_ROLES = {
    "hip": ("pelvis", "hips", "mid_hip", "hip_center", "hip_centre", "spine_base", "root"),
    "spine": ("spine_mid", "spine_navel", "torso", "belly", "spine1", "chest"),
    "neck": ("spine_shoulder", "shoulder_center", "shoulder_centre", "upper_neck", "thorax"),
    "left_hip": ("left_up_leg", "left_upper_leg", "left_thigh"),
    "right_hip": ("right_up_leg", "right_upper_leg", "right_thigh"),
    "left_shoulder": ("left_upper_arm", "left_up_arm"),
    "right_shoulder": ("right_upper_arm", "right_up_arm"),
}
"""The joints that a role can be, apart from the one of its name."""


def layout_of_names(name: str, joints: Sequence[str], bones: Iterable[tuple[str, str]] | None = None) -> Skeleton:
    """Build a layout from the names of joints.

    Parameters
    ----------
    name : str
        The name of the layout.
    joints : sequence of str
        The names in array order, as a file writes them. `read_joint_names` writes them as the catalogue does.
    bones : iterable of (str, str) or None, default=None
        Pairs of joints that a bone joins, by the names in `joints` or as the catalogue writes them. A tree of `(child,
        parent)` pairs is kept. Of other pairs, a tree is built that leaves out the bones that close a circle. None
        joins the names that the catalogue knows as the catalogue does.

    Returns
    -------
    Skeleton
        With the roles that follow from the names. Joints that no bone reaches hang from the root. The root is the
        middle hip; if there is none, the joint nearest to all others along the bones, in the mean square.

    Raises
    ------
    ValueError
        If there are no joints or too many, two have the same name, or a bone names another joint.
    """
    _check_joints(joints)
    names = read_joint_names(joints)
    roles = _roles_of(names)
    if bones is None:
        pairs = _grow_tree(_distances_by_name(names), roles, names)
    else:
        pairs = _tree_of(_bones_by_name(joints, names, bones), roles, names)
    return Skeleton(name, tuple(names), tuple(pairs), roles)


def layout_of_data(name: str, joints: Sequence[str], sequences: Sequence[np.ndarray]) -> Skeleton:
    """Build a layout from the names of joints, and from the data where the names do not say what hangs from what.

    Parameters
    ----------
    name : str
        The name of the layout.
    joints : sequence of str
        As of `layout_of_names`.
    sequences : sequence of ndarray of shape (n_frames_i, n_joints, n_channels)
        Sequences of one person.

    Returns
    -------
    Skeleton
        If the catalogue knows all names, that of `layout_of_names`. Else with the bones that `infer_skeleton` finds.
    """
    _check_joints(joints)
    apart = np.isinf(_path_lengths(_distances_by_name(read_joint_names(joints))))
    if not apart.any():
        return layout_of_names(name, joints)
    edges = infer_skeleton(sequences).edges
    return layout_of_names(name, joints, [(joints[child], joints[parent]) for child, parent in edges])


def find_in_catalogue(joints: Sequence[str]) -> tuple[Skeleton, list[int]] | None:
    """Find the layout of the catalogue that has exactly these joints, in any order.

    Parameters
    ----------
    joints : sequence of str
        The names as a file writes them.

    Returns
    -------
    (Skeleton, list of int) or None
        The layout, and for each of its joints the place in `joints`: ``X[..., order, :]`` is in the layout's order. Of
        several, one of the same order is preferred. None if there is no such layout.
    """
    names = read_joint_names(joints)
    found = [match for known in list_skeletons() if (match := _match(names, get_skeleton(known)))]
    return min(found, key=lambda match: match[1] != sorted(match[1]), default=None)


def find_joints(layout: Skeleton, names: Sequence[str]) -> list[int]:
    """Find the joints of a layout of the catalogue among names.

    Parameters
    ----------
    layout : Skeleton
        The layout.
    names : sequence of str
        Names as a file writes them, and any others.

    Returns
    -------
    list of int
        For each joint of the layout the place in `names`.

    Raises
    ------
    ValueError
        If a joint is not there, or twice.
    """
    found = _names_in(layout, read_joint_names(names))
    for joint in layout.joints:
        if found.count(joint) != 1:
            raise ValueError(f"got {found.count(joint) or 'no'} joint of the name {joint!r}, expected one")
    return [found.index(joint) for joint in layout.joints]


def _match(names: Sequence[str], layout: Skeleton) -> tuple[Skeleton, list[int]] | None:
    if len(names) != layout.n_joints:
        return None
    place = {joint: at for at, joint in enumerate(_names_in(layout, names))}
    return (layout, [place[joint] for joint in layout.joints]) if place.keys() == set(layout.joints) else None


def _names_in(layout: Skeleton, names: Sequence[str]) -> list[str]:
    """The names as a layout of the catalogue has them; those that it does not have as they are."""
    same = _SAME_JOINT | _SAME_IN.get(layout.name, {})
    return [one if one in layout.joints else same.get(one, one) for one in names]


def _check_joints(joints: Sequence[str]) -> None:
    if not 1 <= len(joints) <= MOST_JOINTS:
        raise ValueError(f"got {len(joints)} joints, expected from 1 to {MOST_JOINTS}.")
    if len(set(joints)) < len(joints):
        repeated = next(joint for at, joint in enumerate(joints) if joint in joints[:at])
        raise ValueError(f"got two joints of the name {repeated[:60]!r}, expected a name for each.")


def _bones_by_name(
    joints: Sequence[str], names: Sequence[str], bones: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """The bones in the names of the layout."""
    known = dict(zip(names, names, strict=True)) | dict(zip(joints, names, strict=True))
    pairs = [(one, other) for one, other in bones]
    for joint in (joint for pair in pairs for joint in pair):
        if joint not in known:
            raise ValueError(f"got a bone of {str(joint)[:60]!r}, expected the names of two joints.")
    return [(known[one], known[other]) for one, other in pairs if known[one] != known[other]]


def _tree_of(
    bones: list[tuple[str, str]], roles: dict[str, tuple[str, ...]], names: list[str]
) -> list[tuple[str, str]]:
    """The bones if they are a tree of (child, parent) pairs, else those that make one."""
    place = {joint: at for at, joint in enumerate(names)}
    weights = np.full((len(names), len(names)), np.inf)
    for one, other in bones:
        weights[place[one], place[other]] = weights[place[other], place[one]] = 1.0
    is_tree = len(bones) == len(names) - 1 == len({child for child, _ in bones})
    if is_tree and not np.isinf(_path_lengths(weights)).any():
        return bones
    return _grow_tree(weights, roles, names)


def _path_lengths(weights: np.ndarray) -> np.ndarray:
    """Lengths of the shortest paths between joints; infinite where there is none."""
    rows, columns = np.nonzero(np.isfinite(weights))
    return shortest_path(csr_array((weights[rows, columns], (rows, columns)), shape=weights.shape), directed=False)


def _grow_tree(weights: np.ndarray, roles: dict[str, tuple[str, ...]], names: list[str]) -> list[tuple[str, str]]:
    """The lightest tree from the root over all joints (Prim's algorithm), as (child, parent) pairs."""
    root = _choose_root(weights, roles, names)
    far = 1.0 + weights.max(where=np.isfinite(weights), initial=1.0)
    nearest = np.minimum(weights[root], far)  # what nothing joins hangs from the root
    parents, is_reached = np.full(len(names), root), np.zeros(len(names), dtype=bool)
    at = root
    for _ in range(len(names)):
        is_reached[at] = True
        closer = ~is_reached & (weights[at] < nearest)
        parents[closer], nearest[closer] = at, weights[at, closer]
        at = int(np.argmin(np.where(is_reached, np.inf, nearest)))
    return [(names[joint], names[parent]) for joint, parent in enumerate(parents) if joint != root]


def _choose_root(weights: np.ndarray, roles: dict[str, tuple[str, ...]], names: list[str]) -> int:
    hip = roles.get("hip", ())
    if len(hip) == 1:
        return names.index(hip[0])
    lengths = _path_lengths(weights)
    far = 1.0 + lengths.max(where=np.isfinite(lengths), initial=1.0)
    return int(np.argmin(np.square(np.minimum(lengths, far)).sum(axis=0)))


def _distances_by_name(names: list[str]) -> np.ndarray:
    """How many bones are between each two joints in the catalogue; infinite where no layout has both.

    Of several layouts, the one counts that has the most of the joints, and the fewest others.
    """
    distances = np.full((len(names), len(names)), np.inf)
    for known, place in sorted(_places_in_catalogue(names), key=lambda one: -(one[1] >= 0).sum()):
        here = np.flatnonzero(place >= 0)
        among = np.ix_(here, here)
        own = _bones_between(known)[np.ix_(place[here], place[here])]
        distances[among] = np.where(np.isinf(distances[among]) & (own > 0), own, distances[among])
    return distances


def _places_in_catalogue(names: list[str]) -> list[tuple[str, np.ndarray]]:
    """For each layout, the place of each joint in it, -1 for none; small layouts first."""
    places = []
    for known in sorted(list_skeletons(), key=lambda known: get_skeleton(known).n_joints):
        layout = get_skeleton(known)
        place = {joint: at for at, joint in enumerate(layout.joints)}
        own = [place.get(one, -1) for one in _names_in(layout, names)]
        places.append((known, np.array(own)))
    return places


@cache
def _bones_between(known: str) -> np.ndarray:
    """How many bones are between each two joints of a layout of the catalogue."""
    layout = get_skeleton(known)
    children, parents = np.array(layout.edges).T
    bones = csr_array((np.ones(len(children)), (children, parents)), shape=(layout.n_joints, layout.n_joints))
    return shortest_path(bones, directed=False, unweighted=True).astype(np.float32)


def _roles_of(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The roles that the names tell: a joint, or the mean of joints around it."""
    own: dict[str, tuple[str, ...]] = {}
    for role, others in _ROLES.items():
        first = next((joint for joint in (*_upper_arm(role, names), role, *others) if joint in names), None)
        own |= {role: (first,)} if first else {}
    for middle, side in (("hip", "hip"), ("neck", "shoulder")):
        both = own.get(f"left_{side}", ()) + own.get(f"right_{side}", ())
        if middle not in own and len(both) == 2:
            own[middle] = both
    if "spine" not in own and {"hip", "neck"} <= own.keys():
        n = max(len(own["hip"]), len(own["neck"]))  # both ends weigh as much
        own["spine"] = tuple(joint for end in ("hip", "neck") for joint in (own[end] * n)[:n])
    return own


def _upper_arm(role: str, names: Sequence[str]) -> tuple[str, ...]:
    """The joint of the shoulder where animators name it after the arm, and the collar bone after the shoulder."""
    side, _, part = role.partition("_")
    return (f"{side}_arm",) if part == "shoulder" and f"{side}_fore_arm" in names else ()
