"""Sequences from data sets of xarray with named dimensions, as movement makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._errors import cut
from skeletonlearn.datasets._given_labels import read_labels
from skeletonlearn.datasets._named_joints import find_named_layout, place_joints
from skeletonlearn.skeletons import Skeleton

_DIMENSIONS = {
    "time": ("time", "times", "frame", "frames"),
    "space": ("space", "coordinate", "coordinates", "axis"),
    "keypoint": ("keypoint", "keypoints", "joint", "joints", "landmark", "landmarks", "marker", "markers"),
    "individual": ("individual", "individuals", "person", "persons"),
}
"""Names of the dimensions: of recent releases of movement, of older ones, and of other writers."""

_DESCR = """\
Sequences from data sets of xarray with named dimensions. Coordinates are what the data sets have; missing ones are NaN.
"""


def sequences_from_xarray(
    datasets: Any,
    *,
    position: str = "position",
    confidence: str = "confidence",
    target: Any = None,
    target_names: Sequence[str] | None = None,
    name: Sequence[str] | None = None,
    skeleton: Skeleton | str | None = "auto",
) -> SkeletonBunch:
    """Make sequences from data sets of xarray, such as those of movement.

    Dimensions are found by their names, in any order: ``time``, ``space``, ``keypoint`` or ``keypoints``,
    ``individual`` or ``individuals``. A data set becomes one sequence.

    Parameters
    ----------
    datasets : Dataset, DataArray, sequence of these, or mapping of str to these
        The data sets, or arrays of positions. A mapping gives their names as well.
    position : str, default="position"
        The variable with the positions, with the dimensions time, space and keypoint, and individual if there are
        several.
    confidence : str, default="confidence"
        The variable with the confidence in each joint, if there is one. Joints of confidence 0 are NaN.
    target : array-like of shape (n_samples,), default=None
        Labels: integers, texts or one-hot rows.
    target_names : sequence of str or None, default=None
        The names of the classes. None is "0", "1", and so on, or the texts in natural order.
    name : sequence of str or None, default=None
        The names of the samples. None is the keys of a mapping, or "sample_00000" and so on.
    skeleton : Skeleton, str or None, default="auto"
        The joint layout, or its name. "auto" finds the layout of the catalogue that has joints of these names, in any
        order. If there is none, the layout is built from the names, and from the data where names do not say which
        joints are connected. None is no layout.

    Returns
    -------
    SkeletonBunch
        With samples in the order given:

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, n_channels)
            The positions, float32; NaN where a joint is missing. Data sets with fewer individuals than others are
            filled up.
        confidence : list of ndarray of shape (n_frames_i, n_persons * n_joints)
            The confidence, float32, if every data set has one; 0 where a joint is missing.
        target : ndarray of int of shape (n_samples,)
            The classes, if there are labels.
        target_names : list of str
            The names of the classes, if there are labels.
        skeleton : Skeleton or None
            The layout of one person.
        joint_names : list of str
            The joints of one person in order.
        name : ndarray of str of shape (n_samples,)
            The names.
        fps : ndarray of shape (n_samples,)
            Frames per second, if every data set has the attribute `fps`.
        DESCR : str
            About the data.

    Raises
    ------
    TypeError
        If something is no data set.
    ValueError
        If a data set lacks a variable or a dimension, or has other joints than the first.

    See Also
    --------
    to_xarray : Makes such data sets.
    sequences_from_table : Takes tables.

    References
    ----------
    movement: a Python toolbox for analysing animal movement, https://movement.neuroinformatics.dev.

    Examples
    --------
    >>> from skeletonlearn.datasets import make_actions, sequences_from_xarray, to_xarray
    >>> actions = make_actions(2, n_classes=2, skeleton="COCO", random_state=0)
    >>> datasets = [to_xarray(one, "COCO", fps=30) for one in actions.sequences]
    >>> bunch = sequences_from_xarray(datasets, target=["wave", "clap"])
    >>> bunch.skeleton, bunch.target_names, bunch.fps
    (<Skeleton COCO: 17 joints>, ['clap', 'wave'], array([30., 30.]))
    """
    names, given = _list_datasets(datasets, name)
    clips = [_read(one, position, confidence) for one in given]
    places, joints = _place_in_each(clips, names, skeleton)
    n_persons = max(clip.points.shape[1] for clip in clips)
    arranged = [_arrange(clip.points, places[at], len(joints), n_persons, np.nan) for at, clip in enumerate(clips)]
    entries: dict[str, Any] = {"sequences": arranged}
    scores = [clip.scores for clip in clips if clip.scores is not None]
    if len(scores) == len(clips):
        each = zip(scores, places, strict=True)
        entries["confidence"] = [_arrange(one, place, len(joints), n_persons, 0.0)[..., 0] for one, place in each]
    if target is not None:
        entries["target"], entries["target_names"] = read_labels(target, len(clips), target_names)
    rates = [getattr(one, "attrs", {}).get("fps") for one in given]
    if None not in rates:
        entries["fps"] = np.array(rates, dtype=float)
    layout = find_named_layout(joints, skeleton, arranged, "keypoints")
    return SkeletonBunch(**entries, skeleton=layout, joint_names=joints, name=np.array(names), DESCR=_DESCR)


class _Clip(NamedTuple):
    """One data set.

    Parameters
    ----------
    points : ndarray of shape (n_frames, n_persons, n_joints, n_channels)
        The positions.
    scores : ndarray of shape (n_frames, n_persons, n_joints, 1) or None
        The confidence.
    joints : list of str
        The joints.
    """

    points: np.ndarray
    scores: np.ndarray | None
    joints: list[str]


def _list_datasets(datasets: Any, name: Sequence[str] | None) -> tuple[list[str], list[Any]]:
    """Names and data sets."""
    if _is_array(datasets) or _has_variables(datasets):
        datasets = [datasets]
    if isinstance(datasets, Mapping):
        names, given = list(map(str, datasets)), list(datasets.values())
    elif isinstance(datasets, Sequence) and not isinstance(datasets, str | bytes):
        given = list(datasets)
        names = [f"sample_{at:05}" for at in range(len(given))]
    else:
        raise TypeError(f"datasets is a {type(datasets).__name__}, expected data sets of xarray: xarray.open_dataset.")
    if not given:
        raise ValueError("datasets is empty, expected at least one data set.")
    if name is not None and len(name) != len(given):
        raise ValueError(f"name has {len(name)} names, expected one for each of {len(given)} data sets.")
    return (names if name is None else list(map(str, name))), given


def _has_variables(one: Any) -> bool:
    """Whether something is a data set: variables by name, and dimensions."""
    return hasattr(one, "data_vars") and hasattr(one, "dims")


def _is_array(one: Any) -> bool:
    return hasattr(one, "dims") and hasattr(one, "coords") and hasattr(one, "values") and not callable(one.values)


def _read(dataset: Any, position: str, confidence: str) -> _Clip:
    scores = None
    points = dataset
    if _has_variables(dataset):
        if position not in dataset.data_vars:
            known = cut(", ".join(map(str, dataset.data_vars)) or "none", 200)
            raise ValueError(f"the data set has no variable {position!r}; it has {known}.")
        points = dataset[position]
        scores = dataset[confidence] if confidence in dataset.data_vars else None
    elif not _is_array(dataset):
        raise TypeError(f"got a {type(dataset).__name__}, expected a data set or an array of xarray.")
    names = _find_dimensions(points, position)
    values = _ordered(points, [names.get(one) for one in ("time", "individual", "keypoint", "space")])
    values = values[..., _order_of_space(points, names["space"])]
    if scores is not None:
        scores = _read_scores(scores, confidence, values.shape[:3])
        values = np.where(scores <= 0, np.float32(np.nan), values)
        scores = None if np.isnan(scores).all() else np.nan_to_num(scores)  # movement fills with NaN
    return _Clip(values, scores, _labels(points, names["keypoint"], values.shape[2]))


def _read_scores(array: Any, variable: str, shape: tuple[int, ...]) -> np.ndarray:
    names = _find_dimensions(array, variable, needed=("time", "keypoint"))
    scores = _ordered(array, [names.get(one) for one in ("time", "individual", "keypoint")])
    if scores.shape != shape:
        raise ValueError(
            f"the variable {variable!r} has {scores.shape} frames, individuals and keypoints, expected {shape} as the "
            "positions have."
        )
    return scores[..., None]


def _find_dimensions(
    array: Any, variable: str, needed: Sequence[str] = ("time", "space", "keypoint")
) -> dict[str, str]:
    """What each dimension is called in an array."""
    found: dict[str, str] = {}
    for dimension in map(str, array.dims):
        kind = next((kind for kind, names in _DIMENSIONS.items() if dimension.lower() in names), None)
        if kind is None or kind in found:
            raise ValueError(
                f"the variable {variable!r} has the dimensions {', '.join(map(str, array.dims))}, expected time, "
                f"space, keypoint and individual: take one entry of {dimension!r}, or rename it."
            )
        found[kind] = dimension
    lacks = [kind for kind in needed if kind not in found]
    if lacks:
        got = ", ".join(map(str, array.dims)) or "none"
        raise ValueError(f"the variable {variable!r} has the dimensions {got}, but not {lacks[0]!r}.")
    return found


def _ordered(array: Any, dimensions: Sequence[str | None]) -> np.ndarray:
    """The values with their axes in an order; dimensions that are absent have one item."""
    own = list(map(str, array.dims))
    values = np.asarray(array.values)
    if values.dtype.kind not in "biuf":
        raise ValueError(f"got values of type {values.dtype}, expected numbers.")
    with np.errstate(over="ignore"):
        values = values.transpose([own.index(one) for one in dimensions if one is not None]).astype(np.float32)
    if np.isinf(values).any() or not values.size:
        raise ValueError("got infinite numbers or no numbers at all, expected finite ones of float32, or NaN.")
    return np.expand_dims(values, tuple(at for at, one in enumerate(dimensions) if one is None))


def _order_of_space(array: Any, dimension: str) -> list[int]:
    """x before y before z, if these are the names."""
    names = _labels(array, dimension, array.shape[list(map(str, array.dims)).index(dimension)])
    return sorted(range(len(names)), key=names.__getitem__) if set(names) <= set("xyz") else list(range(len(names)))


def _labels(array: Any, dimension: str, size: int) -> list[str]:
    """The names along a dimension; numbers where it has none."""
    if dimension not in array.coords:
        return list(map(str, range(size)))
    return [str(one) for one in np.asarray(array.coords[dimension].values).tolist()]


def _place_in_each(
    clips: Sequence[_Clip], names: Sequence[str], skeleton: Skeleton | str | None
) -> tuple[list[list[int]], list[str]]:
    """The place of each joint of each data set, and the joints by place."""
    first = clips[0].joints
    if len(set(first)) < len(first):
        raise ValueError(f"the data set {names[0]!r} has two keypoints of one name, expected a name for each.")
    places, joints = place_joints(first, skeleton)
    place = dict(zip(first, places, strict=True))
    for clip, name in zip(clips, names, strict=True):
        if sorted(clip.joints) != sorted(first):
            other = next((one for one in (*clip.joints, *first) if one not in clip.joints or one not in first), "twice")
            raise ValueError(f"the data sets {names[0]!r} and {name!r} have other keypoints: {cut(repr(other), 60)}.")
    return [[place[joint] for joint in clip.joints] for clip in clips], joints


def _arrange(values: np.ndarray, places: list[int], n_joints: int, n_persons: int, fill: float) -> np.ndarray:
    """Values (n_frames, n_persons * n_joints, n_channels) with joints at their places."""
    n_frames, n_given, _, n_channels = values.shape
    out = np.full((n_frames, n_persons, n_joints, n_channels), fill, dtype=np.float32)
    out[:, :n_given, places] = values
    return out.reshape(n_frames, -1, n_channels)
