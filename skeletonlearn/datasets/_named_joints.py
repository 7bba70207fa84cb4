"""Joints of a table or a data set by their names: their layout, and their places in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from skeletonlearn.skeletons import Skeleton, get_skeleton
from skeletonlearn.skeletons._joint_names import read_joint_names
from skeletonlearn.skeletons._named_layout import MOST_JOINTS, find_in_catalogue, layout_of_data

_DIMENSIONS = (2, 3)


def place_joints(names: Sequence[Any], skeleton: Skeleton | str | None) -> tuple[list[int], list[str]]:
    """The place of each joint in a sequence, and the names of all places.

    Parameters
    ----------
    names : sequence of str
        The joints as the data name them, each once.
    skeleton : Skeleton, str or None
        A layout, whose order is kept; joints that the data lack have a place too. "auto" is the layout of the catalogue
        that has exactly these joints, if there is one. Otherwise, and with None, the order stays.

    Returns
    -------
    places : list of int
        One per name.
    joints : list of str
        One per place.

    Raises
    ------
    ValueError
        If the layout lacks one of the joints.
    """
    if skeleton is None:
        return list(range(len(names))), [str(name) for name in names]
    if skeleton == "auto":
        found = find_in_catalogue([str(name) for name in names])
        if found is None:
            return list(range(len(names))), [str(name) for name in names]
        layout, order = found
        return np.argsort(order).tolist(), list(layout.joints)
    layout = get_skeleton(skeleton)
    read = read_joint_names([str(name) for name in names])
    places = [_place_in(layout, name, as_read) for name, as_read in zip(names, read, strict=True)]
    return places, list(layout.joints)


def _place_in(layout: Skeleton, name: Any, as_read: str) -> int:
    known = [one for one in (name, as_read) if one in layout.joints]
    return layout.index(known[0] if known else str(name))


def find_named_layout(
    joints: Sequence[str], skeleton: Skeleton | str | None, sequences: Sequence[np.ndarray], name: str
) -> Skeleton | None:
    """The layout of sequences whose joints have names.

    Parameters
    ----------
    joints : sequence of str
        The joints of one person, in order.
    skeleton : Skeleton, str or None
        A layout, or None for none. "auto" finds it by the names of joints, or else infers bones from the data.
    sequences : sequence of ndarray of shape (n_frames_i, n_persons * n_joints, n_channels)
        The sequences.
    name : str
        The name of a layout that is not in the catalogue.

    Returns
    -------
    Skeleton or None
        None too where no bones can be: with a single joint, other than 2 or 3 channels, or joints that are numbers.
    """
    if skeleton is None or skeleton != "auto":
        return None if skeleton is None else get_skeleton(skeleton)
    found = find_in_catalogue(joints)
    if found is not None and list(found[0].joints) == list(joints):
        return found[0]
    is_body = sequences[0].shape[-1] in _DIMENSIONS and 1 < len(joints) <= MOST_JOINTS
    if not is_body or all(joint.lstrip("-").isdecimal() for joint in joints):
        return None
    return layout_of_data(name, joints, [one[:, : len(joints)] for one in sequences])
