"""The categories of COCO files: what joints their persons have, and which entries are persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from skeletonlearn.datasets._point_order import PointOrder, order_points
from skeletonlearn.datasets._source import FileContent

_PERSON = ("person", "human", "people", "pedestrian")


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
    names = _names(persons[0])
    try:
        return Categories(order_points(f"COCO_OF_{len(names)}_JOINTS", names, _links(persons[0])), others)
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
