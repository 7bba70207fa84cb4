"""Reader of what Ultralytics' YOLO pose models write: labels or JSON of each frame, or JSON of a whole video."""

from __future__ import annotations

from collections.abc import Sequence
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
from skeletonlearn.datasets._load_clips import load_clips
from skeletonlearn.datasets._load_frame_files import FramePeople, load_frame_files
from skeletonlearn.datasets._picture_size import PICTURE_TEXTS, check_picture_size
from skeletonlearn.datasets._read_files import Record
from skeletonlearn.datasets._source import FileContent, Source, read_content
from skeletonlearn.skeletons import COCO, Skeleton

_BY_COUNT = {COCO.n_joints: COCO}
_N_BOX = 5  # columns before the points: class, and centre, width and height of the box
_FRAMES = "labels"
_NOBODY = Detections(np.empty((0, 1, 2)), None, np.empty(0, dtype=np.intp), 1)

_DESCR = """\
Poses that a YOLO pose model estimated. Coordinates in text files are shares of the picture, times `picture_size` if
that was given; those in JSON are pixels: x to the right, y down. Points and persons that were not found are NaN.
"""


@fill_docstring({**CLIP_TEXTS, **PICTURE_TEXTS})
def load_yolo_pose(  # noqa: D417 - shared texts
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
    """Load clips from the files that YOLO pose models of Ultralytics write.

    A file is a frame or a clip:

    - a text file of labels, one per frame, as `save_txt` writes: rows ``class cx cy w h x1 y1 v1 ...``, with the
      confidence in the person and the track after the points, or one of them. A last number that is whole in all rows
      of a file is a track.
    - a JSON file per frame, as `Results.to_json` writes: a list of persons with ``keypoints`` of ``x``, ``y`` and
      ``visible``.
    - a JSON file per clip: a list of such lists, one per frame. The clip's name is its path below `source` without the
      ending. The first file decides whether JSON files are frames or clips.

    Files that are frames are named ``CLIP_FRAME.txt`` or ``CLIP_FRAME.json``, such as ``wave1_12.txt``. Those that
    share folder and CLIP are one clip. If CLIP is empty or repeats the name of the folder, the clip is named as the
    folder. A folder `labels` is no part of the name. YOLO writes no text file where it finds nobody: numbers that are
    missing between others are frames in which all joints are NaN.

    Parameters
    ----------
    {source}
    {picture_size}
    {clip_parameters}
    {person_parameters}
    skeleton : "auto", Skeleton or str, default="auto"
        The joint layout. "auto" is `COCO`, the 17 points of the models that Ultralytics provides.
    {reading_parameters}

    Returns
    -------
    Bunch
        With clips in natural order of their names:

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, 2)
            Coordinates, float32; NaN where a point or a person was not found.
        confidence : list of ndarray of shape (n_frames_i, n_persons * n_joints)
            The confidence in each point, float32; 0 where it was not found, 1 where the files have none.
        skeleton : Skeleton
            The layout of one person.
        {clip_entries}

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no text or JSON file in it.
    ValueError
        If a file is faulty and on_error="raise", if no file is sound, if a clip has no label, or if a parameter has an
        unknown value.

    See Also
    --------
    load_mmpose : Reads the files of MMPose.

    Notes
    -----
    Points at (0, 0) were not found. Persons are followed by their tracks if all have one, and otherwise by their
    positions.

    References
    ----------
    Ultralytics documentation, "Pose estimation" and "Results": the formats of labels and of JSON.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from skeletonlearn.datasets import load_yolo_pose
    >>> person = " ".join(["0 0.5 0.5 0.2 0.8", *["0.25 0.5 0.9"] * 17])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for at in range(1, 13):
    ...         _ = pathlib.Path(folder, f"clip1_{at}.txt").write_text(person)
    ...     bunch = load_yolo_pose(folder, picture_size=(640, 480))
    >>> bunch.sequences[0].shape, bunch.sequences[0][0, 0].tolist(), bunch.name
    ((12, 17, 2), [160.0, 240.0], array(['clip1'], dtype='<U5'))
    """
    options = ClipOptions(labels, segments, fps, untrimmed, on_error, n_jobs, cache, verbose)
    people = DetectionOptions(n_persons, min_confidence, skeleton, check_picture_size(picture_size))
    files = find_clips(source, ("*.txt", "*.json"), "clip1_1.txt")
    if _is_video(files[0]):
        return load_clips("yolo_pose", files, partial(_read_clip, people), options, key=people.key, DESCR=_DESCR)
    return load_frame_files(
        "yolo_pose",
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


def _is_video(file: ClipFile) -> bool:
    """Whether a file holds a list of frames."""
    try:
        value = read_content(file).json() if file.name.endswith(".json") else None
    except SkeletonFileError:
        return False
    return isinstance(value, list) and any(isinstance(one, list) for one in value)


def _read_clip(people: DetectionOptions, content: FileContent) -> Record:
    frames = content.json()
    if not isinstance(frames, list) or not all(isinstance(of_frame, list) for of_frame in frames):
        raise content.fault(f"got {describe(frames)}, expected a list of frames, each a list of persons")
    frame = np.repeat(np.arange(len(frames)), [len(of_frame) for of_frame in frames])
    return people.record(content, _of_json(people, content, list(chain.from_iterable(frames)), frame, len(frames)))


def _read_frame(people: DetectionOptions, content: FileContent) -> FramePeople:
    if not content.name.endswith(".json"):
        return people_of_frame(_of_text(people, content))
    persons = content.json()
    if not isinstance(persons, list):
        raise content.fault(f"got {describe(persons)}, expected a list of persons")
    return people_of_frame(_of_json(people, content, persons, np.zeros(len(persons), dtype=np.intp), 1))


def _of_json(
    people: DetectionOptions, content: FileContent, persons: Sequence[Any], frame: np.ndarray, n_frames: int
) -> Detections:
    """The people of a JSON file."""
    if not persons:
        return Detections(np.empty((0, 1, 2)), None, frame, n_frames)
    try:
        points = [person["keypoints"] for person in persons]
        x, y = (numbers_of(content, [one[key] for one in points], f"{key!r}") for key in ("x", "y"))
        visible = [one.get("visible") or [1.0] * len(one["x"]) for one in points]
        tracks = [person.get("track_id") for person in persons]
    except (TypeError, KeyError, AttributeError):
        raise _faulty_person(content, persons) from None
    confidence = numbers_of(content, visible, "'visible'")
    if not x.shape == y.shape == confidence.shape or x.ndim != 2:
        got = f"got {x.shape[1:]}, {y.shape[1:]} and {confidence.shape[1:]} as shapes of 'x', 'y' and 'visible'"
        raise content.fault(f"{got}, expected a number of each for each point")
    layout = people.layout(content, x.shape[1], _BY_COUNT)
    found = with_confidence(np.stack([x, y], axis=-1), confidence, people.picture_size)
    return Detections(found, layout, frame, n_frames, tracks)


def _faulty_person(content: FileContent, persons: Sequence[Any]) -> SkeletonFileError:
    wanted = "expected an object with 'keypoints' of 'x', 'y' and 'visible'"
    for at, person in enumerate(persons):
        points = person.get("keypoints") if isinstance(person, dict) else None
        if not isinstance(points, dict) or not {"x", "y"} <= points.keys():
            got = describe(person) if points is None else f"'keypoints' with {describe(points)}"
            return content.fault(f"got {got} as person {at}, {wanted}")
    return content.fault(f"got persons that cannot be read, {wanted}")


def _of_text(people: DetectionOptions, content: FileContent) -> Detections:
    """The people of a file of labels."""
    rows = _rows(content)
    if not len(rows):
        return _NOBODY
    n_joints = people.given.n_joints if people.given else COCO.n_joints
    n_values = next((n for n in (3, 2) if 0 <= rows.shape[1] - _N_BOX - n * n_joints <= 2), None)
    if n_values is None:
        wanted = f"expected {_N_BOX} and {n_joints} times x, y and visibility, and up to two more"
        raise content.fault(f"got {rows.shape[1]} numbers per row, {wanted}; name another layout by skeleton=")
    end = _N_BOX + n_values * n_joints
    points = rows[:, _N_BOX:end].reshape(len(rows), n_joints, n_values)
    confidence = points[..., 2] if n_values == 3 else np.ones(points.shape[:2])
    points = with_confidence(points[..., :2], confidence, people.picture_size)
    layout = people.given or COCO
    return Detections(points, layout, np.zeros(len(rows), dtype=np.intp), 1, _tracks(rows[:, end:]))


def _tracks(rest: np.ndarray) -> list[float] | None:
    """The last of the numbers after the points, where they are whole."""
    if not rest.shape[1] or (rest[:, -1] % 1).any() or (rest[:, -1] < 1).any():
        return None
    tracks: list[float] = rest[:, -1].tolist()
    return tracks


def _rows(content: FileContent) -> np.ndarray:
    """The numbers of each line that is not empty."""
    rows = [line.split() for line in content.text().splitlines()]
    full = [(line, row) for line, row in enumerate(rows, start=1) if row]
    try:
        return np.array([row for _, row in full], dtype=np.float64)
    except ValueError:
        raise _faulty_line(content, full) from None


def _faulty_line(content: FileContent, rows: Sequence[tuple[int, list[str]]]) -> SkeletonFileError:
    for line, row in rows:
        try:
            np.array(row, dtype=np.float64)
        except ValueError as error:
            return content.fault(f"got no row of numbers ({error}), expected class, box and points", line)
    first = len(rows[0][1])
    line, n_numbers = next((line, len(row)) for line, row in rows if len(row) != first)
    return content.fault(f"got {n_numbers} numbers, expected {first} as in line {rows[0][0]}", line)
