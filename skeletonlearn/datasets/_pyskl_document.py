"""From a Bunch to the document of a pyskl pickle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skeletonlearn.datasets._pyskl_annotations import LONGEST_NAME, MOST_PERSONS, is_name
from skeletonlearn.skeletons import Skeleton, get_skeleton

_NEXT_TO_ZERO = np.finfo(np.float32).tiny
"""Zero means missing in this format: what was seen at zero is written as this."""


def make_document(bunch: Mapping[str, Any], img_shape: tuple[int, int] | None) -> dict[str, Any]:
    """The dict with `split` and `annotations` that stands for a Bunch.

    Parameters
    ----------
    bunch : mapping
        With sequences, target and skeleton, and perhaps name, confidence and splits.
    img_shape : (int, int) or None
        Height and width of the images.

    Returns
    -------
    dict
        Of plain dicts, lists and NumPy arrays.

    Raises
    ------
    TypeError
        If the Bunch is no mapping, or an entry no list or array.
    ValueError
        If an entry is missing or wrong.
    """
    if not isinstance(bunch, Mapping):
        raise TypeError(f"bunch is a {type(bunch).__name__}, expected a Bunch or a dict with sequences and target.")
    missing = [key for key in ("sequences", "target", "skeleton") if bunch.get(key) is None]
    if missing:
        raise ValueError(f"bunch has no {', '.join(missing)}; expected sequences, target and skeleton.")
    skeleton = get_skeleton(bunch["skeleton"])
    n_samples = _count("sequences", bunch["sequences"])
    if not n_samples:
        raise ValueError("bunch.sequences is empty, expected at least one sequence.")
    names, targets = _names(bunch.get("name"), n_samples), _targets(bunch["target"], n_samples)
    scores = bunch.get("confidence")
    if scores is not None:
        _check_length("confidence", scores, n_samples)
    shape = _image_shape(img_shape)
    annotations = [
        {"frame_dir": name, "label": target, **_arrays(at, sequence, scores, skeleton), **shape}
        for at, (name, target, sequence) in enumerate(zip(names, targets, bunch["sequences"], strict=True))
    ]
    return {"split": _splits(bunch, names), "annotations": annotations}


def _count(what: str, values: Any) -> int:
    try:
        return len(values)
    except TypeError:
        raise TypeError(f"bunch.{what} is a {type(values).__name__}, expected a list or an array.") from None


def _check_length(what: str, values: Any, n_samples: int) -> None:
    n_items = _count(what, values)
    if n_items != n_samples:
        raise ValueError(f"bunch.{what} has {n_items} items, expected {n_samples}, one for each sequence.")


def _names(names: Any, n_samples: int) -> list[str]:
    if names is None:
        return [f"sample_{at:05}" for at in range(n_samples)]
    _check_length("name", names, n_samples)
    names = [str(name) for name in names]
    for name in names:
        if not is_name(name):
            raise ValueError(f"bunch.name has {name!r}, expected 1 to {LONGEST_NAME} printable characters.")
    if len(set(names)) != len(names):
        raise ValueError(f"bunch.name has {len(set(names))} distinct names, expected {len(names)}.")
    return names


def _targets(target: Any, n_samples: int) -> list[int]:
    labels = np.asarray(target)
    if labels.shape != (n_samples,) or labels.dtype.kind not in "iu" or (labels < 0).any():
        raise ValueError(
            f"bunch.target has shape {labels.shape} and type {labels.dtype}, expected {n_samples} labels of 0 or more."
        )
    return labels.tolist()


def _image_shape(img_shape: Any) -> dict[str, Any]:
    if img_shape is None:
        return {}
    sizes = tuple(img_shape) if isinstance(img_shape, tuple | list) else ()
    if len(sizes) != 2 or not all(isinstance(size, int | np.integer) and size > 0 for size in sizes):
        raise ValueError(f"img_shape={img_shape!r} must be the height and the width of the images in pixels.")
    sizes = (int(sizes[0]), int(sizes[1]))
    return {"img_shape": sizes, "original_shape": sizes}


def _arrays(at: int, sequence: Any, scores: Any, skeleton: Skeleton) -> dict[str, Any]:
    """The joints and, if there are any, the scores of one sequence, persons first."""
    points = _float32(f"sequences[{at}]", sequence)
    if points.ndim != 3 or points.shape[2] not in (2, 3) or 0 in points.shape:
        raise ValueError(f"bunch.sequences[{at}] has shape {points.shape}, expected (n_frames, n_joints, 2 or 3).")
    persons = skeleton.n_persons(points.shape[1])
    if persons > MOST_PERSONS:
        raise ValueError(f"bunch.sequences[{at}] has {persons} persons, expected at most {MOST_PERSONS}.")
    unseen = np.isnan(points).any(axis=2)
    points[~unseen & ~points.any(axis=2), 0] = _NEXT_TO_ZERO
    points[unseen] = 0.0
    arrays = {"total_frames": len(points), "keypoint": _persons_first(points, persons)}
    if scores is not None:
        score = _float32(f"confidence[{at}]", scores[at])
        if score.shape != unseen.shape:
            raise ValueError(f"bunch.confidence[{at}] has shape {score.shape}, expected {unseen.shape}.")
        score[np.isnan(score) | (score == 0)] = _NEXT_TO_ZERO
        score[unseen] = 0.0
        arrays["keypoint_score"] = _persons_first(score, persons)
    return arrays


def _float32(what: str, values: Any) -> np.ndarray:
    """A copy of numbers as float32."""
    with np.errstate(over="ignore"):
        copy = np.array(values, dtype=np.float32)
    if np.isinf(copy).any():
        raise ValueError(f"bunch.{what} has infinite numbers, expected finite ones or NaN.")
    return copy


def _persons_first(values: np.ndarray, persons: int) -> np.ndarray:
    """(frames, persons * joints, ...) -> (persons, frames, joints, ...)."""
    apart = values.reshape(len(values), persons, -1, *values.shape[2:])
    return np.ascontiguousarray(apart.swapaxes(0, 1))


def _splits(bunch: Mapping[str, Any], names: list[str]) -> dict[str, list[str]]:
    splits = bunch.get("splits")
    if splits is None and bunch.get("train_index") is not None and bunch.get("test_index") is not None:
        protocol = bunch.get("protocol")
        start = f"{protocol}_" if isinstance(protocol, str) else ""
        splits = {f"{start}train": bunch["train_index"], f"{start}val": bunch["test_index"]}
    return {str(split): _members(split, indices, names) for split, indices in (splits or {}).items()}


def _members(split: str, indices: Any, names: list[str]) -> list[str]:
    index = np.asarray(indices)
    proper = index.ndim == 1 and (index.dtype.kind in "iu" or not index.size)
    if not proper or (index.size and not 0 <= index.min() <= index.max() < len(names)):
        raise ValueError(
            f"bunch.splits[{split!r}] has shape {index.shape} and type {index.dtype}, expected indices from 0 to "
            f"{len(names) - 1}."
        )
    return [names[at] for at in index]
