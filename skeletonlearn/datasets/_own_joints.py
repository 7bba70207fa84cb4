"""Joints that a file names itself: their layout, of the catalogue, from the names and bones, or from the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._read_files import Record
from skeletonlearn.datasets._source import FileContent, SourceFile, read_contents
from skeletonlearn.skeletons import Skeleton
from skeletonlearn.skeletons._joint_names import read_joint_names
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


def first_joints(files: Sequence[SourceFile], read: Callable[[FileContent], Record]) -> list[str]:
    """The joints of the first sound file, in whose order those of all others come.

    Parameters
    ----------
    files : sequence of SourceFile
        The files.
    read : callable
        From a FileContent to a record.

    Returns
    -------
    list of str
        Their names; none if no file is sound.
    """
    for content in read_contents(files):
        if isinstance(content, FileContent):
            with suppress(ValueError, OverflowError):
                return list(read(content)["skeleton"].joints)
    return []


def arrange_joints(
    content: FileContent, name: str, joints: Sequence[str], bones: Bones, first: Sequence[str]
) -> tuple[Skeleton, list[int]]:
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
    first : sequence of str
        What `first_joints` gave: the order of the joints, if the file has the same ones.

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
    names = read_joint_names(joints)
    order = [names.index(joint) for joint in first] if set(first) == set(names) else list(range(len(names)))
    pairs = None if bones is None else [(child, parent) for child, parent in bones]
    try:
        known = find_in_catalogue(joints) if bones is None else None
        return known or (layout_of_names(name, [joints[at] for at in order], pairs), order)
    except ValueError as error:
        raise content.fault(str(error)) from None


def infer_bones(bunch: SkeletonBunch, name: str, bones: Bones) -> SkeletonBunch:
    """Find the bones of unknown names in the data.

    Parameters
    ----------
    bunch : SkeletonBunch
        What was loaded.
    name : str
        The name of layouts whose bones no file has.
    bones : list of list of str, or None
        What `check_bones` gave. If bones are given, nothing is changed.

    Returns
    -------
    SkeletonBunch
        The same, with another `skeleton` if it has that name and the catalogue does not know all joints.
    """
    own = bunch.skeleton
    if bones is None and own.name == name:
        first_person = [sequence[:, : own.n_joints] for sequence in bunch.sequences]
        bunch.skeleton = layout_of_data(name, own.joints, first_person)
    return bunch
