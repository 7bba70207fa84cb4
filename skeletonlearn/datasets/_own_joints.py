"""Joints that a file names itself: their layout, of the catalogue, from the names and bones, or from the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sklearn.utils import Bunch

from skeletonlearn.datasets._source import FileContent
from skeletonlearn.skeletons import Skeleton, list_skeletons
from skeletonlearn.skeletons._named_layout import find_in_catalogue, layout_of_data, layout_of_names

Bones = list[list[str]] | None

BONE_TEXTS = {
    "bones": """\
bones : sequence of (str, str) or None
    Pairs of joints that a bone joins, by their names in the file. With None, a layout of the catalogue is used if it
    has exactly these joints. Otherwise, bones follow from the names if the catalogue knows all of them, and from the
    data if not, as :func:`~skeletonlearn.skeletons.infer_skeleton` finds them.""",
}
"""The text of the parameter, for `fill_docstring`."""


def check_bones(bones: Any) -> Bones:
    """Read the bones that a caller gave.

    Parameters
    ----------
    bones : sequence of (str, str) or None
        Pairs of joint names.

    Returns
    -------
    list of list of str, or None
        The same.

    Raises
    ------
    ValueError
        If they are something else.
    """
    if bones is None:
        return None
    pairs = [list(bone) for bone in bones] if isinstance(bones, Iterable) and not isinstance(bones, str) else [[]]
    if not all(len(bone) == 2 and all(isinstance(joint, str) for joint in bone) for bone in pairs):
        raise ValueError(f"bones={bones!r} must be pairs of joint names, or None.")
    return pairs


def arrange_joints(content: FileContent, name: str, joints: Sequence[str], bones: Bones) -> tuple[Skeleton, list[int]]:
    """The layout of the joints that a file names.

    Parameters
    ----------
    content : FileContent
        The file, for errors.
    name : str
        The name of a layout that the catalogue does not have.
    joints : sequence of str
        The names in the file.
    bones : list of list of str, or None
        What `check_bones` gave.

    Returns
    -------
    skeleton : Skeleton
        The layout. Bones of unknown names are to be settled by `infer_bones`.
    order : list of int
        For each of its joints the place in `joints`.

    Raises
    ------
    SkeletonFileError
        If there are no joints or too many, two have one name, or a bone names another.
    """
    try:
        known = find_in_catalogue(joints) if bones is None else None
        pairs = None if bones is None else [(child, parent) for child, parent in bones]
        return known or (layout_of_names(name, joints, pairs), list(range(len(joints))))
    except ValueError as error:
        raise content.fault(str(error)) from None


def infer_bones(bunch: Bunch, bones: Bones) -> Bunch:
    """Find the bones of unknown names in the data.

    Parameters
    ----------
    bunch : Bunch
        What was loaded.
    bones : list of list of str, or None
        What `check_bones` gave. If bones are given, nothing is changed.

    Returns
    -------
    Bunch
        The same, with another `skeleton` if the catalogue does not know all names.
    """
    own = bunch.skeleton
    if bones is None and own.name not in list_skeletons():
        first_person = [sequence[:, : own.n_joints] for sequence in bunch.sequences]
        bunch.skeleton = layout_of_data(own.name, own.joints, first_person)
    return bunch
