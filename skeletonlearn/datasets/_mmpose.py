"""Reader of what MMPose writes: a JSON file for each video, or for each picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import chain
from os import PathLike
from typing import Any, Literal

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._clip_files import ClipFile, Labels, find_clips
from skeletonlearn.datasets._clip_options import CLIP_TEXTS, ClipOptions
from skeletonlearn.datasets._detections import (
    DetectionOptions,
    Detections,
    numbers_of,
    people_of_frame,
    with_confidence,
)
from skeletonlearn.datasets._errors import SkeletonFileError, describe
from skeletonlearn.datasets._frame_names import clip_and_frame
from skeletonlearn.datasets._image_frames import frames_by_number
from skeletonlearn.datasets._load_clips import load_clips
from skeletonlearn.datasets._load_frame_files import FramePeople, load_frame_files
from skeletonlearn.datasets._point_order import order_points
from skeletonlearn.datasets._read_files import Record
from skeletonlearn.datasets._source import FileContent, Source, read_content
from skeletonlearn.skeletons import COCO, COCO_WHOLEBODY, H36M, HALPE26, Skeleton

_BY_COUNT = {layout.n_joints: layout for layout in (COCO, HALPE26, COCO_WHOLEBODY)}
_IN_SPACE = {H36M.n_joints: H36M, COCO_WHOLEBODY.n_joints: COCO_WHOLEBODY}  # what MMPose lifts to 3D
_FRAMES = "predictions"

_DESCR = """\
Poses that MMPose estimated. Coordinates in the plane are pixels of the picture: x to the right, y down. Those in space
are as the file has them. Points and persons that were not found are NaN.
"""


@fill_docstring(CLIP_TEXTS)
def load_mmpose(  # noqa: D417 - shared texts
    source: Source,
    *,
    labels: Labels = None,
    segments: Any = None,
    fps: float | None = None,
    untrimmed: bool = False,
    n_persons: int = 1,
    min_confidence: float = 0.0,
    skeleton: Skeleton | str = "auto",
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 0,
) -> Bunch:
    """Load clips from the JSON files that MMPose 1.x writes.

    A file is a clip, or a picture. The first file decides which:

    - a video: an object ``{"meta_info", "instance_info": [{"frame_id", "instances"}]}``, as MMPose's demos write, or
      only the list of frames, as its inferencer writes. A clip's name is its path below `source` without the ending.
    - a picture: a list of instances, or the same object with instances in place of frames. Files are named
      ``CLIP_FRAME.json``, such as ``wave1_000012.json``. Those that share folder and CLIP are one clip. If CLIP is
      empty or repeats the name of the folder, the clip is named as the folder. A folder `predictions` is no part of
      the name. Numbers that are missing leave no gap.

    Parameters
    ----------
    {source}
    {clip_parameters}
    {person_parameters}
    skeleton : "auto", Skeleton or str, default="auto"
        The joint layout. With "auto", it follows from the names and links of joints in ``meta_info``. If the catalogue
        has a layout of these names, joints are sorted into its order. Files without names have one of the layouts
        `COCO` (17 points), `HALPE26` (26) or `COCO_WHOLEBODY` (133), and 17 points in space are `H36M`.
    {reading_parameters}

    Returns
    -------
    Bunch
        With clips in natural order of their names:

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, n_channels)
            Coordinates as in the files, float32, in the plane or in space; NaN where a point or a person was not found.
        confidence : list of ndarray of shape (n_frames_i, n_persons * n_joints)
            The score of each point, float32; 0 where it was not found.
        skeleton : Skeleton
            The layout of one person.
        {clip_entries}

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no JSON file in it.
    ValueError
        If a file is faulty and on_error="raise", if no file is sound, if a clip has no label, or if a parameter has an
        unknown value.

    See Also
    --------
    load_alphapose : Reads the files of AlphaPose.
    load_pyskl : Reads the annotations of pyskl and MMAction2.

    Notes
    -----
    Persons are followed by ``track_id`` if all instances have one, and otherwise by their positions.

    References
    ----------
    MMPose documentation, "Inference with existing models": the format of predictions.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> from skeletonlearn.datasets import load_mmpose
    >>> person = {"keypoints": [[310.5, 200.0]] * 17, "keypoint_scores": [0.9] * 17}
    >>> frames = [{"frame_id": at, "instances": [person]} for at in range(12)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "clip1.json").write_text(json.dumps({"meta_info": {}, "instance_info": frames}))
    ...     bunch = load_mmpose(folder, labels={"clip1": "wave"})
    >>> bunch.sequences[0].shape, bunch.skeleton.name, bunch.target_names
    ((12, 17, 2), 'COCO', ['wave'])
    """
    options = ClipOptions(labels, segments, fps, untrimmed, on_error, n_jobs, cache, verbose)
    people = DetectionOptions(n_persons, min_confidence, skeleton)
    files = find_clips(source, ("*.json",), "clip1.json")
    if not _is_picture(files[0]):
        return load_clips("mmpose", files, partial(_read_clip, people), options, key=people.key, DESCR=_DESCR)
    return load_frame_files(
        "mmpose",
        files,
        partial(clip_and_frame, folder=_FRAMES),
        partial(_read_picture, people),
        options,
        n_persons=n_persons,
        min_confidence=min_confidence,
        key=people.key,
        DESCR=_DESCR,
    )


def _is_picture(file: ClipFile) -> bool:
    """Whether a file holds instances rather than frames."""
    try:
        frames = read_content(file).json()
    except SkeletonFileError:
        return False
    frames = frames.get("instance_info") if isinstance(frames, dict) else frames
    return isinstance(frames, list) and not any(isinstance(one, dict) and "instances" in one for one in frames)


def _read_clip(people: DetectionOptions, content: FileContent) -> Record:
    meta, frames = _parts(content)
    try:
        numbers = [frame["frame_id"] for frame in frames]
        instances = [frame["instances"] for frame in frames]
        counts = [len(of_frame) for of_frame in instances]
    except (TypeError, KeyError):
        raise _faulty(content, frames, ("frame_id", "instances"), "a frame") from None
    frame, n_frames = frames_by_number(content, numbers, "frame_id")
    found = _detections(people, content, meta, list(chain.from_iterable(instances)), np.repeat(frame, counts))
    return people.record(content, replace(found, n_frames=n_frames))


def _read_picture(people: DetectionOptions, content: FileContent) -> FramePeople:
    meta, instances = _parts(content)
    return people_of_frame(_detections(people, content, meta, instances, np.zeros(len(instances), dtype=np.intp)))


def _parts(content: FileContent) -> tuple[Mapping[str, Any], list[Any]]:
    """What the file says about the layout, and its frames or instances."""
    value = content.json()
    meta, items = (value.get("meta_info"), value.get("instance_info")) if isinstance(value, dict) else ({}, value)
    if not isinstance(items, list):
        raise content.fault(f"got {describe(value)}, expected an object with a list 'instance_info', or a list")
    return meta if isinstance(meta, dict) else {}, items


def _detections(
    people: DetectionOptions, content: FileContent, meta: Mapping[str, Any], instances: list[Any], frame: np.ndarray
) -> Detections:
    if not instances:
        return Detections(np.empty((0, 1, 2)), None, frame, 1)
    try:
        keypoints = [instance["keypoints"] for instance in instances]
        scores = [instance["keypoint_scores"] for instance in instances]
        tracks = [instance.get("track_id") for instance in instances]
    except (TypeError, KeyError, AttributeError):
        raise _faulty(content, instances, ("keypoints", "keypoint_scores"), "an instance") from None
    points = numbers_of(content, keypoints, "'keypoints'")
    confidence = numbers_of(content, scores, "'keypoint_scores'")
    if points.ndim != 3 or points.shape[2] not in (2, 3) or confidence.shape != points.shape[:2]:
        got = f"got 'keypoints' of shape {points.shape[1:]} and 'keypoint_scores' of shape {confidence.shape[1:]}"
        raise content.fault(f"{got}, expected 2 or 3 coordinates of each point, and a score for each")
    layout, order = _layout(people, content, meta, points.shape[1], points.shape[2])
    return Detections(with_confidence(points, confidence)[:, order], layout, frame, 1, tracks)


def _faulty(content: FileContent, items: list[Any], keys: tuple[str, str], what: str) -> SkeletonFileError:
    """The error that names the first item without these keys."""
    wanted = f"expected {what} with {keys[0]!r} and {keys[1]!r}"
    for at, one in enumerate(items):
        if not isinstance(one, dict) or not set(keys) <= one.keys():
            return content.fault(f"got {describe(one)} as entry {at}, {wanted}")
    return content.fault(f"got entries that cannot be read, {wanted}")


def _layout(
    people: DetectionOptions, content: FileContent, meta: Mapping[str, Any], n_points: int, n_channels: int
) -> tuple[Skeleton, list[int] | slice]:
    """The layout of the points, and their places in the file."""
    names, links = _names(meta, n_points), _links(meta)
    if people.given is not None or names is None:
        return people.layout(content, n_points, _IN_SPACE if n_channels == 3 else _BY_COUNT), slice(None)
    try:
        return order_points(f"MMPOSE_{str(meta.get('dataset_name', 'unnamed')).upper()}", names, links)
    except ValueError as error:
        raise content.fault(f"got names of joints that make no layout: {error}") from None


def _names(meta: Mapping[str, Any], n_points: int) -> tuple[str, ...] | None:
    """The names of all joints, where the file has them."""
    by_number = meta.get("keypoint_id2name")
    if not isinstance(by_number, dict):
        return None
    names = [by_number.get(str(at)) for at in range(n_points)]
    known = tuple(name for name in names if isinstance(name, str))
    return known if len(known) == len(by_number) == n_points else None


def _links(meta: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    """The numbers of the joints that the file joins by a line."""
    links = meta.get("skeleton_links")
    pairs = [link for link in links if isinstance(link, list)] if isinstance(links, list) else []
    return tuple((pair[0], pair[1]) for pair in pairs if len(pair) == 2 and all(isinstance(one, int) for one in pair))
