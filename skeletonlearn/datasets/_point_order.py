"""The layout of points that a file names, and their order."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from skeletonlearn.skeletons import COCO, COCO_WHOLEBODY, HALPE26, HALPE_FULLBODY, Skeleton
from skeletonlearn.skeletons._named_layout import find_in_catalogue, layout_of_names

_BEGIN_AS_COCO = {layout.n_joints: layout for layout in (COCO_WHOLEBODY, HALPE26, HALPE_FULLBODY)}
"""Layouts whose further joints have other names in most files, in one order."""


class PointOrder(NamedTuple):
    """The layout of persons, and where its joints are in the file.

    Parameters
    ----------
    skeleton : Skeleton
        The layout.
    order : list of int or slice
        The place in the file of each joint.
    """

    skeleton: Skeleton
    order: list[int] | slice


@lru_cache(maxsize=16)
def order_points(name: str, names: tuple[str, ...], links: tuple[tuple[int, int], ...]) -> PointOrder:
    """Find the layout of joints that a file names.

    Parameters
    ----------
    name : str
        The name of a layout that is built.
    names : tuple of str
        The names, as the file writes them.
    links : tuple of (int, int)
        The joints that a bone joins, counted from 0, which need not be a tree. Those that are none are passed over.

    Returns
    -------
    PointOrder
        A layout of the catalogue, found by the names whatever their order, or by COCO's names at the beginning and the
        number of joints. Else one built from the names and the bones, in the order of the file.

    Raises
    ------
    ValueError
        If two joints have one name, or they are too many.
    """
    found = find_in_catalogue(names)
    if found is not None:
        return PointOrder(*found)
    if names[: COCO.n_joints] == COCO.joints and len(names) in _BEGIN_AS_COCO:
        return PointOrder(_BEGIN_AS_COCO[len(names)], slice(None))
    bones = [(names[one], names[other]) for one, other in links if 0 <= min(one, other) <= max(one, other) < len(names)]
    return PointOrder(layout_of_names(name, names, bones or None), slice(None))
