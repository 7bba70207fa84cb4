"""Reader of COCO keypoints: annotations of a data set, or results of a pose estimator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from os import PathLike
from typing import Any, Literal

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._clip_files import Labels, find_clips, natural_key
from skeletonlearn.datasets._clip_options import CLIP_TEXTS, ClipOptions
from skeletonlearn.datasets._coco_categories import persons_only, read_categories
from skeletonlearn.datasets._errors import describe
from skeletonlearn.datasets._load_clips import load_clips
from skeletonlearn.datasets._persons import check_persons, number_tracks, sequence_of_people
from skeletonlearn.datasets._point_order import PointOrder
from skeletonlearn.datasets._read_files import Record
from skeletonlearn.datasets._source import FileContent, Source
from skeletonlearn.skeletons import COCO, Skeleton, get_skeleton

_TRACKS = ("track_id", "idx")

_DESCR = """\
COCO keypoints, a JSON file per clip: the joints of each person in pixels of the picture, x to the right, y down. Joints
and persons that were not labelled or found are NaN.
"""


@fill_docstring(CLIP_TEXTS)
def load_coco_keypoints(  # noqa: D417 - shared texts
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
    """Load clips of COCO keypoints, one from each JSON file.

    A clip's name is its path below `source` without the ending, such as ``"wave/clip1"``. A file has one of two forms:

    - annotations, as of a data set: ``{"images": [{"id", "file_name"}], "annotations": [{"image_id", "keypoints"}]}``.
      The images are the frames, in natural order of file name, or of id where a file name lacks;
    - results, as pose estimators (AlphaPose among them) write: ``[{"image_id", "keypoints", "score"}]``. The images
      that occur are the frames, in natural order of their id, so that ``"2.jpg"`` comes before ``"10.jpg"``. An image
      without any person does not occur, and leaves no gap.

    Keypoints are x, y and a third number for each joint. The third number is the visibility (0 not labelled, 1 labelled
    but hidden, 2 visible) or the estimator's confidence. The names of the joints in the file's ``categories`` define
    the layout, and entries of categories that are no persons are left out. Persons keep the ``track_id`` or ``idx`` of
    the file, if it follows everybody. Other fields are not read.

    Parameters
    ----------
    {source}
    {clip_parameters}
    {person_parameters}
    skeleton : "auto", Skeleton or str, default="auto"
        The joint layout. "auto" finds the layout of the catalogue that has the joints of the file's categories, and
        brings them into its order. If there is none, it builds a layout from their names and bones. Files without
        categories must have `COCO`'s 17 joints.
    {reading_parameters}

    Returns
    -------
    Bunch
        With clips in natural order of their names:

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, 2)
            Coordinates as in the files, float32; NaN where a point or a person was not seen.
        confidence : list of ndarray of shape (n_frames_i, n_persons * n_joints)
            The third number of each point, float32; 0 where it was not seen.
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
    sequences_from_table : Reads a table with a row for each frame and joint.

    References
    ----------
    T.-Y. Lin et al. (2014). Microsoft COCO: common objects in context. ECCV. The site cocodataset.org tells the format
    of annotations and of results.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> from skeletonlearn.datasets import load_coco_keypoints
    >>> results = [{"image_id": f"{at}.jpg", "keypoints": [310.5, 200.0, 0.9] * 17, "score": 2.5} for at in range(12)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "clip1.json").write_text(json.dumps(results))
    ...     bunch = load_coco_keypoints(folder, labels=lambda name: "wave")
    >>> bunch.sequences[0].shape, bunch.target_names
    ((12, 17, 2), ['wave'])
    """
    options = ClipOptions(labels, segments, fps, untrimmed, on_error, n_jobs, cache, verbose)
    check_persons(n_persons, min_confidence)
    given = (
        None if isinstance(skeleton, str) and skeleton == "auto" else PointOrder(get_skeleton(skeleton), slice(None))
    )
    return load_clips(
        "coco_keypoints",
        find_clips(source, ("*.json",), "clip1.json"),
        partial(_read_clip, n_persons, min_confidence, given),
        options,
        key=[n_persons, min_confidence, given and given.skeleton],
        DESCR=_DESCR,
    )


def _read_clip(n_persons: int, min_confidence: float, given: PointOrder | None, content: FileContent) -> Record:
    """One file: its sequence and confidence."""
    value = content.json()
    categories = read_categories(content, value.get("categories") if isinstance(value, dict) else None)
    entries = persons_only(_entries(content, value), categories)
    if not entries:
        raise content.fault("got no entry with keypoints, expected a person in one image at least")
    points = given or categories.points or PointOrder(COCO, slice(None))
    detections = _detections(content, _images(content, value), entries)
    numbers = _keypoints(content, entries, points.skeleton)[:, points.order]
    frames, tracks = [numbers[rows] for rows in detections], _tracks(entries, detections)
    sequence, confidence = sequence_of_people(frames, tracks, n_persons, min_confidence)
    return {"name": content.stem, "sequence": sequence, "confidence": confidence, "skeleton": points.skeleton}


def _entries(content: FileContent, value: Any) -> list[Any]:
    """The annotations or results."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or not {"images", "annotations"} <= value.keys():
        wanted = "expected an object with 'images' and 'annotations', or a list of results"
        raise content.fault(f"got {describe(value)}, {wanted}")
    images, annotations = value["images"], value["annotations"]
    if not isinstance(images, list) or not isinstance(annotations, list):
        got = f"{type(images).__name__} and {type(annotations).__name__}"
        raise content.fault(f"got {got} as 'images' and 'annotations', expected lists")
    return annotations


def _images(content: FileContent, value: Any) -> list[Any]:
    """The ids of the images in order."""
    if isinstance(value, list):
        return sorted({_plain(content, entry, "image_id") for entry in value}, key=natural_key)
    images = value["images"]
    ids = [_plain(content, image, "id") for image in images]
    if len(set(ids)) < len(ids):
        raise content.fault(f"got {len(ids)} images with {len(set(ids))} distinct ids, expected an id for each")
    names = [image["file_name"] for image in images] if all("file_name" in image for image in images) else ids
    return [ids[at] for at in sorted(range(len(ids)), key=lambda at: natural_key(names[at]))]


def _detections(content: FileContent, images: Sequence[Any], entries: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """The places of the entries of each image."""
    frame = {image: at for at, image in enumerate(images)}
    detections: list[list[int]] = [[] for _ in images]
    for at, entry in enumerate(entries):
        image = _plain(content, entry, "image_id")
        if image not in frame:
            raise content.fault(f"got the image_id {image!r}, expected the id of one of the images")
        detections[frame[image]].append(at)
    return detections


def _plain(content: FileContent, entry: Any, key: str) -> Any:
    """A number or text of an entry."""
    if not isinstance(entry, dict) or not isinstance(entry.get(key), int | float | str):
        raise content.fault(f"got an entry with {describe(entry)}, expected an object with a number or text {key!r}")
    return entry[key]


def _keypoints(content: FileContent, entries: Sequence[Any], layout: Skeleton) -> np.ndarray:
    """The points of all entries, (n_entries, n_joints, 3)."""
    try:
        numbers = np.array([entry["keypoints"] for entry in entries], dtype=np.float64)
    except (ValueError, TypeError, KeyError):
        numbers = np.stack([_points(content, entry, layout) for entry in entries])
    if numbers.size != len(entries) * 3 * layout.n_joints:
        _points(content, entries[0], layout)  # all are as long: the first is as wrong as the others
    return numbers.reshape(len(entries), layout.n_joints, 3)


def _points(content: FileContent, entry: Any, layout: Skeleton) -> np.ndarray:
    """The points of an entry, flat."""
    n_numbers = 3 * layout.n_joints
    wanted = f"expected {n_numbers}: x, y and visibility or confidence of {layout.n_joints} points"
    if not isinstance(entry, dict) or "keypoints" not in entry:
        raise content.fault(f"got an entry with {describe(entry)}, expected an object with 'keypoints'")
    try:
        numbers = np.array(entry["keypoints"], dtype=np.float64).ravel()
    except (ValueError, TypeError) as error:
        raise content.fault(f"got keypoints that are no list of numbers ({error}), {wanted}") from None
    if numbers.size != n_numbers:
        other = "name another layout by skeleton=, or read files of AlphaPose by load_alphapose"
        raise content.fault(f"got {numbers.size} numbers as keypoints, {wanted}; {other}")
    return numbers


def _tracks(entries: Sequence[Mapping[str, Any]], detections: Sequence[Sequence[int]]) -> list[np.ndarray] | None:
    """The number of each person in each image, by the first field that has one for all."""
    fields = ([[entries[at].get(key) for at in rows] for rows in detections] for key in _TRACKS)
    return next((tracks for tracks in map(number_tracks, fields) if tracks is not None), None)
