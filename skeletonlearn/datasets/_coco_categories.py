"""The categories of COCO files: what joints their persons have, and which entries are persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from skeletonlearn.datasets._source import FileContent
from skeletonlearn.skeletons import COCO, COCO_WHOLEBODY, HALPE26, HALPE_FULLBODY, Skeleton
from skeletonlearn.skeletons._named_layout import find_in_catalogue, layout_of_names

_PERSON = ("person", "human", "people", "pedestrian")
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


class Categories(NamedTuple):
    """The categories that have joints.

    Parameters
    ----------
    points : PointOrder or None
        The layout of the persons; None where the file names no joints.
    others : frozenset
        The ids of the categories that are no persons.
    """

    points: PointOrder | None
    others: frozenset[Any]


def read_categories(content: FileContent, categories: Any) -> Categories:
    """The categories of a file.

    Parameters
    ----------
    content : FileContent
        The file.
    categories : object
        Its entry "categories", which files may lack. What cannot be used is passed over.

    Returns
    -------
    Categories
        Of several categories, those named "person" are persons. If none is, all that have joints are.

    Raises
    ------
    SkeletonFileError
        If persons have different joints, or names that make no layout.
    """
    known = [one for one in categories if isinstance(one, dict)] if isinstance(categories, list) else []
    jointed = [one for one in known if _names(one)]
    persons = [one for one in jointed if str(one.get("name")).lower() in _PERSON] or jointed
    others = frozenset(one["id"] for one in known if one not in persons and isinstance(one.get("id"), int | str))
    if not persons:
        return Categories(None, frozenset())
    if any(_names(one) != _names(persons[0]) for one in persons):
        got = ", ".join(str(one.get("name")) for one in persons)
        raise content.fault(f"got the categories {got} with different joints, expected one layout, or one 'person'")
    try:
        return Categories(order_points(_names(persons[0]), _links(persons[0])), others)
    except ValueError as error:
        raise content.fault(f"got names of joints that make no layout: {error}") from None


def _names(category: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the joints; none where they are no names."""
    names = category.get("keypoints")
    is_named = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return tuple(names) if is_named and names else ()


def _links(category: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    """The pairs of joints that a bone joins, counted from 0; the format counts from 1, and some writers do not."""
    links = category.get("skeleton")
    pairs = [tuple(link) for link in links if _is_pair(link)] if isinstance(links, list) else []
    first = 0 if any(0 in pair for pair in pairs) else 1
    n_joints = len(_names(category))
    counted = ((one - first, other - first) for one, other in pairs)
    return tuple((one, other) for one, other in counted if min(one, other) >= 0 and max(one, other) < n_joints)


def _is_pair(link: Any) -> bool:
    return isinstance(link, list) and len(link) == 2 and all(type(one) is int for one in link)


@lru_cache(maxsize=16)
def order_points(names: tuple[str, ...], links: tuple[tuple[int, int], ...]) -> PointOrder:
    """Find the layout of joints that a file names.

    Parameters
    ----------
    names : tuple of str
        The names, as the file writes them.
    links : tuple of (int, int)
        The joints that a bone joins, which need not be a tree.

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
    bones = [(names[one], names[other]) for one, other in links]
    return PointOrder(layout_of_names(f"COCO_OF_{len(names)}_JOINTS", names, bones or None), slice(None))


def persons_only(entries: Sequence[Any], categories: Categories) -> list[Any]:
    """The entries that are persons.

    Parameters
    ----------
    entries : sequence of object
        The entries of a file.
    categories : Categories
        Its categories.

    Returns
    -------
    list of object
        Without those of other categories.
    """
    if not categories.others:
        return list(entries)
    return [one for one in entries if not (isinstance(one, dict) and _category(one) in categories.others)]


def _category(entry: Mapping[str, Any]) -> Any:
    category = entry.get("category_id")
    return category if isinstance(category, int | str) else None
