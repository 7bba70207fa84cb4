"""Which columns of a wide table are the coordinates of which joint, by their names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from skeletonlearn.datasets._errors import cut

_CONFIDENCE = ("likelihood", "visibility", "confidence", "score", "conf", "vis", "prob", "v", "c", "p", "s")
_BETWEEN = r"[ _.:/-]"
_NOT_JOINTS = ("bbox", "box")


class WideColumns(NamedTuple):
    """The columns of the joints of a wide table.

    Parameters
    ----------
    joints : list of str
        The joints in order of their first columns.
    coordinates : list of list
        For each coordinate the columns, one per joint.
    confidence : list or None
        The columns with the confidence in each joint; None where the table has none.
    """

    joints: list[str]
    coordinates: list[list[Any]]
    confidence: list[Any] | None


def find_wide_columns(
    columns: Collection[Any], coordinates: Sequence[str], confidence: str | None = None
) -> WideColumns | None:
    """Find the columns of joints, named by joint and coordinate, in either order.

    Parameters
    ----------
    columns : collection
        The names of the columns that may be joints: texts, or tuples of texts.
    coordinates : sequence of str
        The names of the coordinates. ("x", "y", "z") also finds joints of x and y only.
    confidence : str or None, default=None
        The name of the confidence; None is any of the usual ones, such as "likelihood" or "visibility".

    Returns
    -------
    WideColumns or None
        None where no column is such a coordinate.

    Raises
    ------
    ValueError
        If a joint lacks a coordinate that others have, or has one twice.
    """
    scores = _CONFIDENCE if confidence is None else (confidence,)
    joints = _find_joints(columns, coordinates, scores)
    if not joints:
        return None
    is_flat = tuple(coordinates) == ("x", "y", "z") and not any("z" in own for own in joints.values())
    axes = [axis.lower() for axis in (coordinates[:2] if is_flat else coordinates)]
    _check_complete(joints, axes)
    columns_of = [[own[axis] for own in joints.values()] for axis in axes]
    score = next((one.lower() for one in scores if all(one.lower() in own for own in joints.values())), None)
    confidences = None if score is None else [own[score] for own in joints.values()]
    return WideColumns(list(joints), columns_of, confidences)


def _find_joints(
    columns: Collection[Any], coordinates: Sequence[str], scores: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """The columns of each joint, read in the way that finds the most joints; names without separators come second."""
    axes = {axis.lower() for axis in coordinates}
    read = [_group(columns, form, axes) for form in _forms([*coordinates, *scores], coordinates)]
    read[-1] = {
        joint: own for joint, own in read[-1].items() if len(axes & own.keys()) > 1
    }  # of "visibility", y is none
    for joints in (max(read[:2], key=lambda found: _n_complete(found, coordinates)), *read[2:]):
        if _n_complete(joints, coordinates):
            return joints
    return {}


def _forms(parts: Sequence[str], coordinates: Sequence[str]) -> Iterator[re.Pattern[str]]:
    """Patterns such as left_wrist_x, x_left_wrist, x11 and lwx."""
    any_part = "|".join(sorted(map(re.escape, parts), key=len, reverse=True))
    letters = "|".join(re.escape(part) for part in parts if len(part) == 1 or part in coordinates)
    for text in (
        rf"(?P<joint>.+?){_BETWEEN}(?P<part>{any_part})",
        rf"(?P<part>{any_part}){_BETWEEN}(?P<joint>.+)",
        rf"(?P<part>{letters})(?P<joint>\d+)",
        rf"(?P<joint>.*[^\W_])(?P<part>{'|'.join(map(re.escape, coordinates))})",
    ):
        yield re.compile(text, re.IGNORECASE)


def _group(columns: Collection[Any], form: re.Pattern[str], axes: set[str]) -> dict[str, dict[str, Any]]:
    """The columns of each joint by coordinate, of those joints that have a coordinate."""
    joints: dict[str, dict[str, Any]] = {}
    for column in columns:
        text = "_".join(map(str, column)) if isinstance(column, tuple) else str(column)
        match = form.fullmatch(text.strip())
        if match and match["joint"].lower() not in _NOT_JOINTS:
            own, part = joints.setdefault(match["joint"], {}), match["part"].lower()
            if part in own:
                raise ValueError(f"table has columns {own[part]!r} and {column!r} for one coordinate, expected one.")
            own[part] = column
    return {joint: own for joint, own in joints.items() if axes & own.keys()}


def _n_complete(joints: dict[str, dict[str, Any]], coordinates: Sequence[str]) -> int:
    """How many joints have the first two coordinates, or the only one."""
    wanted = {axis.lower() for axis in coordinates[:2]}
    return sum(wanted <= own.keys() for own in joints.values())


def _check_complete(joints: dict[str, dict[str, Any]], axes: Sequence[str]) -> None:
    for joint, own in joints.items():
        lacks = [axis for axis in axes if axis not in own]
        if lacks:
            raise ValueError(
                f"table has the column {cut(repr(next(iter(own.values()))), 60)} of joint {cut(repr(joint), 60)} but "
                f"none for its coordinate {lacks[0]!r}, expected {', '.join(axes)} of each joint."
            )
