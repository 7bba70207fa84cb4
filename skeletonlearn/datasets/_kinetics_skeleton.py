"""Reader of Kinetics-Skeleton, and of other clips in its format: a JSON file for each clip."""

from __future__ import annotations

from functools import partial
from itertools import chain
from os import PathLike
from typing import Any, Literal

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._clip_files import Labels, find_clips
from skeletonlearn.datasets._clip_options import CLIP_TEXTS, ClipOptions
from skeletonlearn.datasets._detections import DetectionOptions, Detections, numbers_of, with_confidence
from skeletonlearn.datasets._errors import SkeletonFileError, describe
from skeletonlearn.datasets._image_frames import frames_by_number
from skeletonlearn.datasets._load_clips import load_clips
from skeletonlearn.datasets._picture_size import PICTURE_TEXTS, check_picture_size
from skeletonlearn.datasets._read_files import Record
from skeletonlearn.datasets._source import FileContent, Source
from skeletonlearn.skeletons import OPENPOSE_BODY25, OPENPOSE_COCO18, Skeleton

_BY_COUNT = {layout.n_joints: layout for layout in (OPENPOSE_COCO18, OPENPOSE_BODY25)}
_LABELS = "_label"  # kinetics_train_label.json lists the clips of a folder

_DESCR = """\
Poses that OpenPose estimated in clips of Kinetics, or others in the same format. Coordinates are shares of the picture,
times `picture_size` if that was given: x to the right, y down. Points and persons that were not found are NaN.
"""


@fill_docstring({**CLIP_TEXTS, **PICTURE_TEXTS})
def load_kinetics_skeleton(  # noqa: D417 - shared texts
    source: Source,
    *,
    picture_size: tuple[float, float] | None = None,
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
    """Load clips in the format of Kinetics-Skeleton, one from each JSON file.

    A clip's name is its path below `source` without the ending, such as ``"kinetics_val/0a1b2c"``. A file is an object
    ``{"data": [{"frame_index", "skeleton": [{"pose", "score"}]}], "label"}``. Files whose name ends in
    ``_label.json`` list clips, and are not read.

    Frames stand where their ``frame_index`` puts them. Frames without people, and those that are missing between
    others, are NaN.

    Parameters
    ----------
    {source}
    {picture_size}
    {clip_parameters}
    {person_parameters}
    skeleton : "auto", Skeleton or str, default="auto"
        The joint layout. "auto" chooses it by the number of points: `OPENPOSE_COCO18` (18) or `OPENPOSE_BODY25` (25).
    {reading_parameters}

    Returns
    -------
    Bunch
        With clips in natural order of their names:

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, 2)
            Coordinates, float32; NaN where a point or a person was not found.
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
        unknown value. A clip of Kinetics-Skeleton in which nobody was found (``"has_skeleton": false``) is faulty.

    See Also
    --------
    load_openpose : Reads the files of OpenPose.

    References
    ----------
    S. Yan, Y. Xiong, D. Lin (2018). Spatial temporal graph convolutional networks for skeleton-based action
    recognition. AAAI. The clips were scaled to 340 x 256 pixels before their poses were estimated.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> from skeletonlearn.datasets import load_kinetics_skeleton
    >>> person = {"pose": [0.5, 0.25] * 18, "score": [0.9] * 18}
    >>> frames = [{"frame_index": at, "skeleton": [person]} for at in range(1, 13)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "clip1.json").write_text(json.dumps({"data": frames, "label": "waving"}))
    ...     bunch = load_kinetics_skeleton(folder, picture_size=(340, 256))
    >>> bunch.sequences[0].shape, bunch.sequences[0][0, 0].tolist(), bunch.target_names
    ((12, 18, 2), [170.0, 64.0], ['waving'])
    """
    options = ClipOptions(labels, segments, fps, untrimmed, on_error, n_jobs, cache, verbose)
    people = DetectionOptions(n_persons, min_confidence, skeleton, check_picture_size(picture_size))
    files = find_clips(source, ("*.json",), "clip1.json")
    clips = [file for file in files if not file.below.endswith(_LABELS)] or files
    read = partial(_read_clip, people)
    return load_clips("kinetics_skeleton", clips, read, options, key=people.key, DESCR=_DESCR)


def _read_clip(people: DetectionOptions, content: FileContent) -> Record:
    """One file: its sequence, confidence and label."""
    value = content.json()
    frames = value.get("data") if isinstance(value, dict) else None
    if not isinstance(frames, list):
        raise content.fault(f"got {describe(value)}, expected an object with a list 'data'")
    if value.get("has_skeleton") is False:
        raise content.fault("got 'has_skeleton' false, expected a clip in which somebody was found")
    record = people.record(content, _detections(people, content, frames))
    label = value.get("label")
    return {**record, "label": label} if isinstance(label, str | int) else record


def _detections(people: DetectionOptions, content: FileContent, frames: list[Any]) -> Detections:
    """The people of all frames."""
    try:
        number = [frame["frame_index"] for frame in frames]
        skeletons = [frame["skeleton"] for frame in frames]
        poses = [person["pose"] for person in chain.from_iterable(skeletons)]
        scores = [person["score"] for person in chain.from_iterable(skeletons)]
    except (TypeError, KeyError):
        raise _faulty_frame(content, frames) from None
    frame, n_frames = frames_by_number(content, number, "frame_index")
    of_person = np.repeat(frame, [len(one) for one in skeletons])
    if not poses:
        return Detections(np.empty((0, 1, 2)), None, of_person, n_frames)
    points = _points(people, content, numbers_of(content, poses, "'pose'"), numbers_of(content, scores, "'score'"))
    return Detections(points, people.layout(content, points.shape[1], _BY_COUNT), of_person, n_frames)


def _faulty_frame(content: FileContent, frames: list[Any]) -> SkeletonFileError:
    """The error that names the first frame or person that is none."""
    for at, frame in enumerate(frames):
        if not isinstance(frame, dict) or "frame_index" not in frame or not isinstance(frame.get("skeleton"), list):
            wanted = "expected an object with 'frame_index' and a list 'skeleton'"
            return content.fault(f"got {describe(frame)} as entry {at} of 'data', {wanted}")
        for person in frame["skeleton"]:
            if not isinstance(person, dict) or not {"pose", "score"} <= person.keys():
                wanted = "expected an object with 'pose' and 'score'"
                return content.fault(f"got a person with {describe(person)} in entry {at} of 'data', {wanted}")
    return content.fault("got frames that cannot be read, expected objects with 'frame_index' and 'skeleton'")


def _points(people: DetectionOptions, content: FileContent, poses: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Coordinates and scores, (n_people, n_points, 3)."""
    poses, scores = poses.reshape(len(poses), -1), scores.reshape(len(scores), -1)
    if poses.shape[1] != 2 * scores.shape[1]:
        got = f"got {poses.shape[1]} numbers as 'pose' and {scores.shape[1]} as 'score'"
        raise content.fault(f"{got}, expected x and y of each point, and a score for each")
    return with_confidence(poses.reshape(len(poses), -1, 2), scores, people.picture_size)
