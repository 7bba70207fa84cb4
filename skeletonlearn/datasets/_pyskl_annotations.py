"""The annotations of one pyskl pickle: checked one by one, padded to the same persons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._ntu._names import parse_names
from skeletonlearn.datasets._read_files import LeftOut, Record
from skeletonlearn.datasets._source import FileContent
from skeletonlearn.skeletons import COCO, NTU_RGBD, OPENPOSE_BODY25, Skeleton, get_skeleton

MOST_PERSONS = 100
"""No clip has more; every clip is padded to the most found."""
LONGEST_NAME = 255  # characters

_KEYS = ("frame_dir", "label", "keypoint")
_AUTO = {(17, 2): COCO, (17, 3): COCO, (25, 2): OPENPOSE_BODY25, (25, 3): NTU_RGBD}
_MOST_CLASSES = 100_000

_FaultOf = Callable[[str], SkeletonFileError]


@dataclass(frozen=True)
class Layout:
    """What all annotations of a file share.

    Parameters
    ----------
    skeleton : Skeleton
        One person's joints.
    n_channels : int
        2 or 3.
    n_classes : int
        Labels are below this.
    """

    skeleton: Skeleton
    n_channels: int
    n_classes: int


def kind_of(value: Any) -> str:
    """A value in a few words, whatever it is: its text could be endless.

    Parameters
    ----------
    value : object
        Anything that a pickle may hold.

    Returns
    -------
    str
        Its type and, if it has one, its length.
    """
    size = f" of length {len(value)}" if isinstance(value, list | tuple | dict | str) else ""
    return f"a value of type {type(value).__name__}{size}"


def find_layout(
    content: FileContent, annotations: list[Any], skeleton: Skeleton | str, target_names: Sequence[str] | None
) -> Layout:
    """The layout of the first annotation that has an array of joints.

    Parameters
    ----------
    content : FileContent
        The file.
    annotations : list
        Its annotations, sound or not.
    skeleton : Skeleton or str
        The layout, its name, or "auto".
    target_names : sequence of str or None
        The names of the classes, if the caller gave them.

    Returns
    -------
    Layout
        What all annotations must share.

    Raises
    ------
    SkeletonFileError
        If no annotation has joints of 2 or 3 channels.
    ValueError
        If "auto" does not know the number of joints, or a parameter is wrong.
    """
    if target_names is not None and (
        isinstance(target_names, str) or not all(isinstance(n, str) for n in target_names)
    ):
        raise ValueError(f"target_names={target_names!r} must be a list of text, one for each class.")
    n_classes = _MOST_CLASSES if target_names is None else len(target_names)
    if skeleton != "auto":
        skeleton = get_skeleton(skeleton)
    keypoints = (one.get("keypoint") for one in annotations if isinstance(one, dict))
    first = next((one for one in keypoints if isinstance(one, np.ndarray) and one.ndim == 4), None)
    if first is None:
        raise content.fault("got no annotation with a 4-dimensional array 'keypoint', expected one each")
    n_joints, n_channels = first.shape[2:]
    if n_channels not in (2, 3):
        raise content.fault(f"got keypoints of {n_channels} channels, expected 2 or 3")
    if isinstance(skeleton, Skeleton):
        return Layout(skeleton, n_channels, n_classes)
    if (n_joints, n_channels) not in _AUTO:
        known = ", ".join(f"{joints} x {channels}" for joints, channels in _AUTO)
        raise ValueError(
            f"skeleton='auto' knows no layout of {n_joints} joints x {n_channels} channels (only {known}); name it."
        )
    return Layout(_AUTO[n_joints, n_channels], n_channels, n_classes)


def read_annotations(
    content: FileContent, annotations: list[Any], layout: Layout, on_error: str
) -> tuple[list[Record], dict[str, str]]:
    """Read annotations into records, treating the faulty ones as the caller chose.

    Parameters
    ----------
    content : FileContent
        The file.
    annotations : list
        Its annotations.
    layout : Layout
        What they must share.
    on_error : {"raise", "warn", "skip"}
        What to do with a faulty one.

    Returns
    -------
    records : list of dict
        Of each sound annotation its name, target, points (persons, frames, joints, channels) and score or None.
    left_out : dict of str to str
        What is wrong with each of the others.

    Raises
    ------
    SkeletonFileError
        If one is faulty and `on_error` is "raise", or if many share one array.
    ValueError
        If none is sound.
    """
    records: dict[str, Record] = {}
    left_out = LeftOut(on_error)
    allowance = len(content.data)
    for at, annotation in enumerate(annotations):
        given = annotation.get("frame_dir") if isinstance(annotation, dict) else None
        label = given if isinstance(given, str) and is_name(given) else f"annotation {at}"
        fault = partial(_fault, content, f"annotation {at}" if label != given else f"annotation {at} ({given})")
        try:
            record = _read_annotation(annotation, layout, fault)
            if record["name"] in records:
                raise fault("got its frame_dir a second time, expected distinct ones")
        except SkeletonFileError as error:
            left_out.add(label, error, otherwise=f"annotation {at}")
            continue
        records[record["name"]] = record
        allowance -= annotation["keypoint"].nbytes
        if allowance < 0:
            raise content.fault("got annotations that share their keypoints, expected each to have its own")
    left_out.warn(len(annotations), "annotations")
    left_out.require(records, f"{len(annotations)} annotations could be read")
    return list(records.values()), left_out.by_name


def _fault(content: FileContent, where: str, reason: str) -> SkeletonFileError:
    return content.fault(f"{where}: {reason}")


def is_name(name: str) -> bool:
    """Whether text may name a clip: an array of names is as wide as its longest."""
    return 0 < len(name) <= LONGEST_NAME and name.isprintable()


def _read_annotation(annotation: Any, layout: Layout, fault: _FaultOf) -> Record:
    """One annotation: its name, label, points (persons, frames, joints, channels) and scores or None."""
    if not isinstance(annotation, dict):
        raise fault(f"got {kind_of(annotation)}, expected a dict")
    missing = [key for key in _KEYS if key not in annotation]
    if missing:
        raise fault(f"got no {', '.join(missing)}, expected {', '.join(_KEYS)}")
    name, label = annotation["frame_dir"], annotation["label"]
    if not isinstance(name, str) or not is_name(name):
        raise fault(f"got {kind_of(name)} as frame_dir, expected a name of 1 to {LONGEST_NAME} printable characters")
    if not isinstance(label, int | np.integer) or isinstance(label, bool):
        raise fault(f"got {kind_of(label)} as label, expected an int")
    if not 0 <= label < layout.n_classes:
        shown = int(label) if abs(int(label)) < 10**18 else "a huge number"
        raise fault(f"got label {shown}, expected one from 0 to {layout.n_classes - 1}")
    points = _points(annotation["keypoint"], layout, fault)
    total = annotation.get("total_frames", points.shape[1])
    if not isinstance(total, int | np.integer) or total != points.shape[1]:
        shown = int(total) if isinstance(total, int | np.integer) and abs(int(total)) < 10**18 else kind_of(total)
        raise fault(f"got total_frames {shown}, expected {points.shape[1]} as keypoint has")
    score = annotation.get("keypoint_score")
    if score is not None:
        score = _score(score, points.shape[:3], fault)
    unseen = ~points.any(axis=-1) | np.isnan(points).any(axis=-1)
    if score is not None:
        unseen |= score == 0
        score[unseen] = 0.0
    points[unseen] = np.nan
    return {"name": str(name), "target": int(label), "points": points, "score": score}


def _points(keypoint: Any, layout: Layout, fault: _FaultOf) -> np.ndarray:
    shape = (layout.skeleton.n_joints, layout.n_channels)
    wanted = f"expected numbers of shape (persons, frames, {shape[0]}, {shape[1]})"
    if not isinstance(keypoint, np.ndarray) or keypoint.dtype.kind not in "fiu":
        raise fault(f"got keypoint {_array_kind(keypoint)}, {wanted}")
    if keypoint.ndim != 4 or keypoint.shape[2:] != shape or 0 in keypoint.shape:
        raise fault(f"got keypoint {_array_kind(keypoint)}, {wanted}")
    if len(keypoint) > MOST_PERSONS:
        raise fault(f"got {len(keypoint)} persons, expected at most {MOST_PERSONS}")
    return _finite(keypoint, "keypoint", fault)


def _score(score: Any, shape: tuple[int, ...], fault: _FaultOf) -> np.ndarray:
    if not isinstance(score, np.ndarray) or score.dtype.kind not in "fiu" or score.shape != shape:
        raise fault(f"got keypoint_score {_array_kind(score)}, expected numbers of shape {shape} as keypoint has")
    return np.nan_to_num(_finite(score, "keypoint_score", fault), copy=False)


def _array_kind(value: Any) -> str:
    return f"of shape {value.shape} and type {value.dtype}" if isinstance(value, np.ndarray) else kind_of(value)


def _finite(values: np.ndarray, what: str, fault: _FaultOf) -> np.ndarray:
    """A float32 copy of values that are finite or NaN."""
    with np.errstate(over="ignore"):
        copy = values.astype(np.float32, order="C")
    if np.isinf(copy).any():
        raise fault(f"got an infinite {what}, expected finite numbers")
    return copy


def per_sample_of(records: list[Record], n_persons: int | None) -> dict[str, Any]:
    """What a Bunch has for each sample.

    Parameters
    ----------
    records : list of dict
        As `read_annotations` gives them.
    n_persons : int or None
        How many persons a sequence has; None is the most of any record.

    Returns
    -------
    dict of str to list or ndarray
        Sequences, target, name, and what else is known.
    """
    names = [record["name"] for record in records]
    n_persons = n_persons or max(len(record["points"]) for record in records)
    per_sample: dict[str, Any] = {
        "sequences": [_side_by_side(record["points"], n_persons, np.nan) for record in records],
        "target": np.array([record["target"] for record in records]),
        "name": np.array(names),
    }
    if any(record["score"] is not None for record in records):
        per_sample["confidence"] = [
            _side_by_side(_score_or_seen(record)[..., None], n_persons, 0.0)[..., 0] for record in records
        ]
    numbers, is_of_ntu = parse_names(names)
    if is_of_ntu.all():
        per_sample |= {part: numbers[part] for part in ("setup", "camera", "subject", "repetition")}
    return per_sample


def _score_or_seen(record: Record) -> np.ndarray:
    score = record["score"]
    return (~np.isnan(record["points"][..., 0])).astype(np.float32) if score is None else score


def _side_by_side(values: np.ndarray, n_persons: int, fill: float) -> np.ndarray:
    """(persons, frames, joints, channels) -> (frames, n_persons * joints, channels), absent persons filled."""
    found, n_frames, n_joints, n_channels = values.shape
    out = np.full((n_frames, n_persons, n_joints, n_channels), fill, dtype=np.float32)
    kept = min(found, n_persons)
    out[:, :kept] = values[:kept].swapaxes(0, 1)
    return out.reshape(n_frames, n_persons * n_joints, n_channels)
