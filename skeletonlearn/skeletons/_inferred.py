"""A layout found in the data: what stays close and at one distance is joined by a bone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree, shortest_path

from skeletonlearn._containers import check_kind, unwrap
from skeletonlearn.skeletons._skeleton import Skeleton

_SEQUENCES, _FRAMES = 256, 32
"""How many sequences are looked at, and how many frames of each, both evenly spread."""

_LENGTH_COUNTS = 0.1
"""A tenth of a length weighs as much as its deviation: enough to tell a bone from a line between two still joints."""


def infer_skeleton(X: np.ndarray | Sequence[np.ndarray]) -> Skeleton:
    """Find the bones of joints that nobody described.

    The ends of a bone are close to each other and stay at one distance while the body moves. So the bones are the tree
    over all joints that is lightest, where a pair of joints weighs as much as the standard deviation of its distance
    within a sequence, and a tenth of the mean distance. The root is the joint that is nearest to all others along the
    bones, in the mean square.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or sequence of arrays (n_frames_i, ...)
        Positions, in any unit, 2-D or 3-D. Joints that are NaN or masked are left out. At most 256 sequences and 32
        frames of each are used.

    Returns
    -------
    Skeleton
        Joints are named by their index, ``"joint_0"`` and so on. It knows no left and right and no roles. Several
        persons become one tree, of as many joints.

    Raises
    ------
    ValueError
        If the sequences are not of that shape, or there are none.
    TypeError
        If X is None, a path, a mapping, a set or an iterator.

    See Also
    --------
    get_skeleton : Gives a layout of the catalogue, which knows more.

    Notes
    -----
    Bones found so are not always anatomy's: a shoulder may hang from the spine, and a knee from the other knee where
    people mostly stand. As streams and in views they serve as well.

    Examples
    --------
    >>> from skeletonlearn.datasets import make_actions
    >>> from skeletonlearn.skeletons import infer_skeleton
    >>> data = make_actions(n_samples=60, skeleton="COCO", random_state=0)
    >>> found = infer_skeleton(data.sequences)
    >>> found
    <Skeleton inferred: 17 joints>
    >>> elbow, wrist = data.skeleton.index("left_elbow"), data.skeleton.index("left_wrist")
    >>> (elbow, wrist) in found.edges or (wrist, elbow) in found.edges
    True
    """
    check_kind(X, "infer_skeleton")
    X = unwrap(X)
    sequences = [np.asarray(X[at]) for at in evenly_spaced(len(X), _SEQUENCES)]
    _check_sequences(sequences)
    tree = minimum_spanning_tree(_close_gaps(weigh_pairs(sequences)))
    root = int(np.argmin(np.square(shortest_path(tree, directed=False)).sum(axis=0)))
    _, parents = breadth_first_order(tree, root, directed=False)
    parents[root] = root
    return skeleton_from_parents(parents.tolist())


def skeleton_from_parents(parents: Sequence[int]) -> Skeleton:
    """A layout of joints that have no names.

    Parameters
    ----------
    parents : sequence of int
        Index of each joint's parent; the root is its own.

    Returns
    -------
    Skeleton
        The layout.

    Raises
    ------
    ValueError
        If they are not a tree.
    """
    joints = tuple(f"joint_{joint}" for joint in range(len(parents)))
    bones = tuple((joints[joint], joints[parent]) for joint, parent in enumerate(parents) if joint != parent)
    return Skeleton("inferred", joints, bones)


def _check_sequences(sequences: list[np.ndarray]) -> None:
    shapes = {sequence.shape[1:] for sequence in sequences if sequence.ndim == 3 and sequence.size}
    if len(shapes) != 1 or any(sequence.ndim != 3 for sequence in sequences):
        got = ", ".join(sorted({str(sequence.shape) for sequence in sequences})[:3]) or "none"
        raise ValueError(
            f"X has sequences of shape {got}, expected one or more of shape (n_frames, n_joints, n_channels), all with "
            "the same joints and channels."
        )


def evenly_spaced(n_items: int, most: int) -> np.ndarray:
    """Evenly spaced indices, including the first and the last.

    Parameters
    ----------
    n_items : int
        How many items there are.
    most : int
        How many indices at most.

    Returns
    -------
    ndarray of int
        In ascending order.
    """
    return np.linspace(0, n_items - 1, min(n_items, most)).round().astype(int)


def weigh_pairs(sequences: list[np.ndarray]) -> np.ndarray:
    """Weigh a bone between each two joints: by the deviation of its length, and a tenth of the length.

    Parameters
    ----------
    sequences : list of ndarray of shape (n_frames, n_joints, n_channels)
        Positions; missing joints are NaN.

    Returns
    -------
    ndarray of shape (n_joints, n_joints)
        NaN where two joints are never seen together.
    """
    n_joints = sequences[0].shape[1]
    seen, length, squares = np.zeros((3, n_joints, n_joints))
    for sequence in sequences:
        frames = sequence[evenly_spaced(len(sequence), _FRAMES)].astype(np.float64)
        distance = np.linalg.norm(frames[:, :, None] - frames[:, None], axis=-1)
        is_known = np.isfinite(distance)
        count = is_known.sum(axis=0)
        total = distance.sum(axis=0, where=is_known)
        deviation = distance - total / np.maximum(count, 1)
        seen += count
        length += total
        squares += (deviation**2).sum(axis=0, where=is_known)
    weights = np.sqrt(squares / np.maximum(seen, 1)) + _LENGTH_COUNTS * length / np.maximum(seen, 1)
    return np.where(seen, weights, np.nan)


def _close_gaps(weights: np.ndarray) -> np.ndarray:
    """Weights of all pairs, relative to the heaviest, joints never seen together heaviest."""
    most = np.nanmax(weights, initial=0.0)
    weights = np.where(np.isnan(weights), 2 * most, weights)
    return np.maximum(weights / (weights.max() or 1.0), 1e-6)  # to scipy, what is nearly zero is no edge
