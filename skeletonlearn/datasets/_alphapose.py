"""Reader of what AlphaPose writes: a JSON file for each clip, or for each frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from os import PathLike
from os.path import splitext
from typing import Any, Literal, NamedTuple

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._clip_files import ClipFile, Labels, find_clips, natural_key
from skeletonlearn.datasets._clip_options import CLIP_TEXTS, ClipOptions
from skeletonlearn.datasets._detections import DetectionOptions, Detections, numbers_of, people_of_frame
from skeletonlearn.datasets._errors import SkeletonFileError, describe
from skeletonlearn.datasets._frame_names import clip_and_frame
from skeletonlearn.datasets._image_frames import frames_of_images
from skeletonlearn.datasets._load_clips import load_clips
from skeletonlearn.datasets._load_frame_files import FramePeople, load_frame_files
from skeletonlearn.datasets._persons import innermost_track
from skeletonlearn.datasets._read_files import Record
from skeletonlearn.datasets._source import FileContent, Source, read_content
from skeletonlearn.skeletons import (
    COCO,
    COCO_WHOLEBODY,
    HALPE26,
    HALPE_FULLBODY,
    OPENPOSE_COCO18,
    Skeleton,
)

_BY_COUNT = {layout.n_joints: layout for layout in (COCO, OPENPOSE_COCO18, HALPE26, COCO_WHOLEBODY, HALPE_FULLBODY)}
_RESULTS = "alphapose-results"
_FRAMES = "sep-json"
_BODIES = {"bodies": "joints", "people": "pose_keypoints_2d"}  # of the formats cmu and open

_DESCR = """\
Poses that AlphaPose estimated. Coordinates are pixels of the picture: x to the right, y down. Points and persons that
were not found are NaN.
"""


@fill_docstring(CLIP_TEXTS)
def load_alphapose(  # noqa: D417 - shared texts
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
    """Load clips from the JSON files that AlphaPose writes.

    A clip is one file, such as ``alphapose-results.json``, or a folder with one file per frame, such as
    ``sep-json/0.json``. The first file decides which. All three output formats of AlphaPose are read: the default,
    "cmu" and "open".

    Images are frames, in natural order of their names. AlphaPose leaves out images without a person: if the names
    differ in one number only, missing numbers are frames in which all joints are NaN.

    A clip's name is its path below `source` without the ending, such as ``"wave/clip1"``. A file that AlphaPose named
    ``alphapose-results.json`` has the name of its folder.

    Parameters
    ----------
    {source}
    {clip_parameters}
    {person_parameters}
    skeleton : "auto", Skeleton or str, default="auto"
        The joint layout. "auto" chooses it by the number of points: `COCO` (17), `OPENPOSE_COCO18` (18), `HALPE26`
        (26), `COCO_WHOLEBODY` (133) or `HALPE_FULLBODY` (136).
    {reading_parameters}

    Returns
    -------
    Bunch
        With clips in natural order of their names:

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, 2)
            Coordinates as in the files, float32; NaN where a point or a person was not found.
        confidence : list of ndarray of shape (n_frames_i, n_persons * n_joints)
            The confidence in each point, float32; 0 where it was not found.
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
    load_coco_keypoints : Reads annotations in COCO's format.
    load_openpose : Reads the files of OpenPose.

    Notes
    -----
    Persons are followed by ``idx`` if all entries have one and no image has the same one twice. AlphaPose without
    tracking writes 0 for everybody; then persons are followed by their positions.

    References
    ----------
    H.-S. Fang et al. (2022). AlphaPose: whole-body regional multi-person pose estimation and tracking in real-time.
    IEEE TPAMI 45(6). Its repository documents the output formats.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> from skeletonlearn.datasets import load_alphapose
    >>> results = [{"image_id": f"{at}.jpg", "keypoints": [310.5, 200.0, 0.9] * 26, "idx": [0.0]} for at in range(12)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pathlib.Path(folder, "wave", "clip1").mkdir(parents=True)
    ...     _ = pathlib.Path(folder, "wave", "clip1", "alphapose-results.json").write_text(json.dumps(results))
    ...     bunch = load_alphapose(folder, labels="folder")
    >>> bunch.sequences[0].shape, bunch.name, bunch.target_names
    ((12, 26, 2), array(['wave/clip1'], dtype='<U10'), ['wave'])
    """
    options = ClipOptions(labels, segments, fps, untrimmed, on_error, n_jobs, cache, verbose)
    people = DetectionOptions(n_persons, min_confidence, skeleton)
    files = _without_copies(find_clips(source, ("*.json",), f"{_RESULTS}.json"))
    if _is_frame(files):
        return load_frame_files(
            "alphapose",
            files,
            partial(clip_and_frame, folder=_FRAMES),
            partial(_read_frame, people),
            options,
            n_persons=n_persons,
            min_confidence=min_confidence,
            key=people.key,
            DESCR=_DESCR,
            has_gaps=True,
        )
    read = partial(_read_clip, people)
    return load_clips("alphapose", _named_by_folder(files), read, options, key=people.key, DESCR=_DESCR)


def _without_copies(files: list[ClipFile]) -> list[ClipFile]:
    """The files without the frames that AlphaPose also writes into one file beside their folder."""
    whole = {_folder(file.below) for file in files if _name(file.below) != _FRAMES and _name(file.below) == _RESULTS}
    frames = [file for file in files if _name(_folder(file.below)) == _FRAMES]
    copies = {file for file in frames if _folder(_folder(file.below)) in whole}
    return [file for file in files if file not in copies]


def _folder(below: str) -> str:
    return below.rpartition("/")[0]


def _name(below: str) -> str:
    return below.rpartition("/")[2]


def _is_frame(files: Sequence[ClipFile]) -> bool:
    """Whether the first file that can be read holds one frame of several."""
    try:
        content = read_content(files[0])
        value = content.json()
    except SkeletonFileError:
        return False
    if isinstance(value, dict):
        return any(key in value for key in _BODIES)
    images = {str(one.get("image_id")) for one in value if isinstance(one, dict)} if isinstance(value, list) else set()
    return len(images) == 1 and splitext(images.pop())[0] == _name(files[0].below) and len(files) > 1


def _named_by_folder(files: Sequence[ClipFile]) -> list[ClipFile]:
    """The files; those that AlphaPose named are named as their folders, where no other clip has that name."""
    taken = {file.below for file in files}
    own = [file for file in files if _name(file.below) == _RESULTS and _folder(file.below) not in {"", *taken}]
    return sorted(
        (replace(file, below=_folder(file.below)) if file in own else file for file in files),
        key=lambda file: natural_key(file.below),
    )


def _read_clip(people: DetectionOptions, content: FileContent) -> Record:
    return people.record(content, _read_people(people, content))


def _read_frame(people: DetectionOptions, content: FileContent) -> FramePeople:
    return people_of_frame(_read_people(people, content))


def _read_people(people: DetectionOptions, content: FileContent) -> Detections:
    """The people of a file in any of AlphaPose's formats."""
    entries = _entries(content)
    frame_of, n_frames = frames_of_images(entries.images)
    frame = np.array([frame_of[image] for image in entries.image], dtype=np.intp)
    if not entries.keypoints:
        return Detections(np.empty((0, 1, 2)), None, frame, n_frames)
    numbers = numbers_of(content, entries.keypoints, "keypoints").reshape(len(frame), -1)
    if numbers.shape[1] % 3:
        raise content.fault(f"got {numbers.shape[1]} numbers per person, expected x, y and confidence of each point")
    points = numbers.reshape(len(frame), -1, 3)
    return Detections(points, people.layout(content, points.shape[1], _BY_COUNT), frame, n_frames, entries.tracks)


class _Entries(NamedTuple):
    """All images, and the image, keypoints and track of each person."""

    images: Sequence[Any]
    image: list[Any]
    keypoints: list[Any]
    tracks: list[Any] | None


def _entries(content: FileContent) -> _Entries:
    value = content.json()
    if isinstance(value, list):
        return _entries_of_results(content, value)
    if not isinstance(value, dict):
        raise content.fault(f"got {describe(value)}, expected a list of results or an object of images")
    of_image = {_name(content.stem): value} if any(key in value for key in _BODIES) else value
    bodies = {image: _bodies(content, image, one) for image, one in of_image.items()}
    pairs = [(image, keypoints) for image, of_one in bodies.items() for keypoints in of_one]
    return _Entries(list(bodies), [image for image, _ in pairs], [keypoints for _, keypoints in pairs], None)


def _entries_of_results(content: FileContent, results: list[Any]) -> _Entries:
    """The entries of the default format."""
    try:
        images = [one["image_id"] for one in results]
        keypoints = [one["keypoints"] for one in results]
        tracks = [innermost_track(one.get("idx")) for one in results]
    except (TypeError, KeyError, AttributeError):
        raise _faulty_result(content, results) from None
    if not all(isinstance(image, int | float | str) for image in images):
        raise _faulty_result(content, results)
    # without tracking, AlphaPose numbers everybody 0
    return _Entries(images, images, keypoints, tracks if any(tracks) else None)


def _faulty_result(content: FileContent, results: list[Any]) -> SkeletonFileError:
    wanted = "expected an object with a number or text 'image_id', and 'keypoints'"
    for at, one in enumerate(results):
        if (
            not isinstance(one, dict)
            or "keypoints" not in one
            or not isinstance(one.get("image_id"), int | float | str)
        ):
            return content.fault(f"got {describe(one)} as entry {at}, {wanted}")
    return content.fault(f"got entries that are none, {wanted}")


def _bodies(content: FileContent, image: str, value: Any) -> list[Any]:
    """The keypoints of each person in an image, as the formats cmu and open have them."""
    try:
        key, points = next((key, points) for key, points in _BODIES.items() if key in value)
        return [body[points] for body in value[key]]
    except (TypeError, KeyError, StopIteration):
        wanted = "expected an object with 'bodies' of 'joints', or 'people' of 'pose_keypoints_2d'"
        raise content.fault(f"got {describe(value)} for the image {image!r}, {wanted}") from None
