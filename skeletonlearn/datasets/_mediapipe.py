"""Reader of MediaPipe bodies and hands that users saved as tables, JSON or arrays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._clip_files import ClipFile, Labels, find_clips
from skeletonlearn.datasets._clip_options import CLIP_TEXTS, ClipOptions
from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._load_clips import load_clips
from skeletonlearn.datasets._load_frame_files import NOBODY, FramePeople, load_frame_files
from skeletonlearn.datasets._mediapipe_csv import Target, read_table
from skeletonlearn.datasets._mediapipe_json import read_json
from skeletonlearn.datasets._mediapipe_landmarks import HANDS, Recording, choose_parts, people_of_parts
from skeletonlearn.datasets._mediapipe_npy import read_array
from skeletonlearn.datasets._npy import read_npy
from skeletonlearn.datasets._persons import check_persons, sequence_of_people
from skeletonlearn.datasets._read_files import Record
from skeletonlearn.datasets._source import FileContent, Source, read_content
from skeletonlearn.skeletons import MEDIAPIPE_HAND, MEDIAPIPE_HOLISTIC, MEDIAPIPE_POSE, Skeleton

_PATTERNS = ("*.csv", "*.json", "*.jsonl", "*.ndjson", "*.npy", "*.txt")
_FRAME = re.compile(r"(?P<clip>.*?)[-_. ]*(?:frame)?[-_. ]*(?P<frame>[0-9]{1,18})", re.IGNORECASE)
_N_LOOKS = 10  # damaged arrays after which those that follow are not looked at

_DESCR = """\
Bodies and hands that MediaPipe estimated. Landmarks in the picture have x to the right and y down as fractions of its
width and height, and z, the depth, smaller towards the camera and on the scale of x. The z of a body counts from the
hips, that of a hand from its wrist. World landmarks are in metres from the middle of the hips, or of the hand.
Landmarks that were not found are NaN.
"""


@fill_docstring(CLIP_TEXTS)
def load_mediapipe(  # noqa: D417 - shared texts
    source: Source,
    *,
    parts: str | Sequence[str] = "auto",
    target: str | int | None = "auto",
    clip: str | int | None = "auto",
    world: bool = False,
    labels: Labels = None,
    segments: Any = None,
    fps: float | None = None,
    untrimmed: bool = False,
    n_persons: int = 1,
    min_confidence: float = 0.0,
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 0,
) -> SkeletonBunch:
    """Load clips of MediaPipe landmarks of bodies, hands or both, as users save them.

    MediaPipe defines no file format. A file holds one clip, or a table of many. A clip's name is the path of its file
    below `source` without the ending, such as ``"wave/clip1"``. The landmarks of a frame are those of a body (33), of
    a hand (21), of two hands (42), of a body and two hands (75), and each of those with a body can have a face (468 or
    478) after the body. Faces are left out.

    - Table, a row per frame, with a header: CSV, or text that is CSV. Columns are named by landmark and axis, in
      either order: ``left_shoulder_x``, ``X_LEFT_SHOULDER``, ``left_hand_4_x``, ``right_hand_index_finger_tip_y``,
      ``x11``. Numbers count from 0 or from 1. Columns without a part of the body, such as ``x1`` to ``x543``, are all
      landmarks of a frame. A column ``frame`` (``frame_number``, ``frame_id`` ...) puts the rows of a clip in order.
    - Table, a row per frame, without a header: as many numbers as the landmarks have, each x, y, z and visibility, or
      x, y and z, or x and y. Or those of the body have four and the others three (1,662 numbers with hands and face,
      258 without a face). The class or the number of the frame can stand before them. A row that counts the columns
      (0, 1, 2 ...) can stand above.
    - Table, a row per landmark: columns ``frame`` (else ``timestamp`` or ``time``), ``landmark`` (or
      ``landmark_index``, ``joint`` ...), ``x`` and ``y``, and if there are any ``z``, ``visibility``, and ``type`` (or
      ``part``, ``handedness``), the part of the body. Landmarks without a row are NaN.
    - JSON: a list of frames, an object that has it as ``frames``, an object with a frame under each number, an object
      with a list of frames for each part or landmark; or a frame on each line (``.jsonl``). A frame is a list of
      landmarks, a list of several bodies or hands, an object with a landmark under each name, all numbers in a row,
      or an object with these under names such as ``pose_landmarks``, ``leftHandLandmarks``, ``hand_landmarks`` beside
      ``handedness``, or ``landmarks``. A landmark is ``{"x", "y", "z", "visibility"}`` or ``[x, y, z, visibility]``,
      z and the visibility optional. A ``label`` of the file is the label of the clip.
    - Arrays that `numpy.save` wrote: (n_frames, n_numbers), (n_frames, n_landmarks, 2 or 3 or 4), or a file per frame
      with its numbers, in folders such as ``class/clip/0.npy``. The files of one folder are then a clip.

    Tables are separated by commas, semicolons or tabs. Landmarks of a body that are empty, nan, null, exactly
    (0, 0, 0) or of visibility 0 were not found, as were hands that are all zeros. Frames that are missing leave no gap.

    Parameters
    ----------
    {source}
    parts : "auto", str or sequence of str, default="auto"
        What to read: one or more of ``"body"``, ``"left_hand"`` and ``"right_hand"``, or ``"hand"``. With "auto", it is
        all that a file holds. Give the parts if some clips lack one; it is NaN in these. With ``"hand"``, each hand of
        either side is a person: `n_persons=2` keeps two hands, first the one that is seen in more frames.
    target : str, int or None, default="auto"
        The column of a table with the class of each frame, by name or by number. A clip ends where it changes. With
        "auto", it is the column ``class``, ``label``, ``action``, ``gesture``, ``sign`` or ``target``, if there is
        one. With None, no column is.
    clip : str, int or None, default="auto"
        The column of a table with the name of the clip, or its number. With "auto", it is the column ``clip``,
        ``video``, ``recording``, ``sequence``, ``sample`` or ``file`` (``clip_id``, ``file_name`` ...), if there is
        one. Without such a column, a table with classes starts a new clip where the numbers of frames start anew.
    world : bool, default=False
        Which landmarks to read from JSON objects that name them: those in the picture, or the world landmarks. Lists,
        tables and arrays are read as what they are.
    {clip_parameters}
    {person_parameters}
    {reading_parameters}

    Returns
    -------
    SkeletonBunch
        With clips in natural order of the names of their files:

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, n_channels)
            Coordinates as in the files, float32; NaN where a landmark was not found. Files without z have 2 channels.
            Of two hands without a body, the left one has the first 21 landmarks.
        confidence : list of ndarray of shape (n_frames_i, n_persons * n_joints)
            The visibility of each landmark of a body, float32; without one in the file, and for hands, 1. It is 0 where
            the landmark was not found.
        skeleton : Skeleton
            `MEDIAPIPE_POSE`, `MEDIAPIPE_HAND`, or the parts that were read of `MEDIAPIPE_HOLISTIC`.
        {clip_entries}

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no such file in it.
    ValueError
        If a file is faulty and on_error="raise", if no file is sound, if a clip has no label, or if a parameter has an
        unknown value. A table with a column that may hold classes is faulty unless `target`, `clip` or `labels` say
        what it is.

    See Also
    --------
    load_openpose : Load what OpenPose writes, bodies and hands.
    sequences_from_table : Read a table with a row for each frame and joint.

    References
    ----------
    MediaPipe documentation, "Pose landmark detection", "Hand landmarks detection" and "Holistic landmarks detection":
    the landmarks and their coordinates.

    Examples
    --------
    A table of many clips, a row per frame:

    >>> import pathlib, tempfile
    >>> from skeletonlearn.datasets import load_mediapipe
    >>> header = ",".join(["class", *(f"x{at},y{at},z{at},v{at}" for at in range(1, 34))])
    >>> row = ",".join(["0.5,0.4,-0.1,0.99"] * 33)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = pathlib.Path(folder, "poses.csv")
    ...     _ = table.write_text("\\n".join([header, f"wave,{row}", f"wave,{row}", f"kick,{row}"]))
    ...     bunch = load_mediapipe(table)
    >>> [sequence.shape for sequence in bunch.sequences], bunch.target_names, bunch.target
    ([(2, 33, 3), (1, 33, 3)], ['kick', 'wave'], array([1, 0]))
    """
    options = ClipOptions(labels, segments, fps, untrimmed, on_error, n_jobs, cache, verbose)
    check_persons(n_persons, min_confidence)
    if not isinstance(world, bool | np.bool_):
        raise ValueError(f"world={world!r} must be True or False.")
    for name, value in {"target": target, "clip": clip}.items():
        if not isinstance(value, str | int | None) or isinstance(value, bool):
            raise ValueError(f"{name}={value!r} must be the name or the number of a column, 'auto', or None.")
    has_labels = labels is not None or segments is not None
    choice = _Choice(_check_parts(parts, world), target, clip, bool(world), has_labels, n_persons, min_confidence)
    files = find_clips(source, _PATTERNS, "clip1.csv, clip1.json or clip1.npy")
    key = list(astuple(choice))
    if _are_frames(files):
        return load_frame_files(
            *("mediapipe", files, _clip_and_frame, partial(_read_frame, choice), options),
            n_persons=n_persons,
            min_confidence=min_confidence,
            key=key,
            DESCR=_DESCR,
        )
    read = partial(_read_clips, choice)
    return load_clips("mediapipe", files, read, options, key=key, DESCR=_DESCR, several=True)


@dataclass(frozen=True)
class _Choice:
    """What is read of a file.

    Parameters
    ----------
    parts : "auto" or tuple of str
        The parts of the body.
    target, clip : str, int or None
        The columns of a table with classes and with clips.
    world : bool
        Whether world landmarks are read.
    has_labels : bool
        Whether the caller gives labels, so that the file's own would be lost.
    n_persons : int
        How many persons a sequence has.
    min_confidence : float
        Landmarks with less are missing.
    """

    parts: str | tuple[str, ...]
    target: Target
    clip: Target
    world: bool
    has_labels: bool
    n_persons: int
    min_confidence: float


def _check_parts(parts: Any, world: bool) -> str | tuple[str, ...]:
    """The parts in the order of the layout."""
    given = list(parts) if isinstance(parts, Iterable) and not isinstance(parts, str) else [parts]
    if given == ["auto"]:
        return "auto"
    known = ("body", *HANDS)
    if not given or (given != ["hand"] and not all(part in known for part in given)):
        raise ValueError(f"parts={parts!r} must be 'auto', ('hand',), or some of {', '.join(map(repr, known))}.")
    if world and "body" in given and len(given) > 1:
        raise ValueError(
            f"parts={parts!r} with world=True: the world landmarks of a body count from its hips, and those of a hand "
            "from its own middle. Give world=False, or read the parts in two calls."
        )
    return tuple(part for part in (*known, "hand") if part in given)


def _are_frames(files: Sequence[ClipFile]) -> bool:
    """Whether arrays are a frame each, which their shapes tell: the first sound one speaks for all."""
    for file in [file for file in files if file.name.lower().endswith(".npy")][:_N_LOOKS]:
        try:
            return read_npy(read_content(file)).ndim == 1
        except SkeletonFileError:
            continue
    return False


def _clip_and_frame(file: ClipFile) -> tuple[str, int] | None:
    """The clip of a file that is a frame, and its number."""
    folder, _, stem = file.below.rpartition("/")
    match = _FRAME.fullmatch(stem)
    if match is None:
        return None
    name = "/".join(filter(None, (folder, match["clip"])))
    return name or Path(file.path if file.member else file.path.parent).stem, int(match["frame"])


def _read_frame(choice: _Choice, content: FileContent) -> FramePeople:
    """The people of a file that is a frame."""
    recording = read_array(content)
    if recording.n_frames != 1:
        raise content.fault(f"got an array of {recording.n_frames} frames, expected one as in the files beside it")
    chosen = choose_parts(content, recording.parts, choice.parts)
    (people,) = people_of_parts(recording, chosen)
    return FramePeople(people, _layout(chosen)) if np.isfinite(people[..., :2]).any() else NOBODY


def _read_clips(choice: _Choice, content: FileContent) -> list[Record | SkeletonFileError]:
    """The recordings of one file."""
    return [_read_clip(choice, content, one) for one in _recordings(choice, content)]


def _recordings(choice: _Choice, content: FileContent) -> list[Recording]:
    kind = content.name.lower().rpartition(".")[2]
    start = content.data[:64].lstrip()[:1]
    if kind == "npy" or content.data.startswith(b"\x93NUMPY"):
        return [read_array(content)]
    if kind in ("json", "jsonl", "ndjson") or (kind not in ("csv", "txt") and start in (b"{", b"[")):
        return [read_json(content, choice.world)]
    return read_table(content, choice.target, choice.clip)


def _read_clip(choice: _Choice, content: FileContent, recording: Recording) -> Record | SkeletonFileError:
    """The record of a recording, or what is wrong with it."""
    name = "/".join(filter(None, (content.stem, recording.name)))
    if recording.classes is not None and choice.has_labels:
        raise content.fault(
            "got a column of classes beside labels= or segments=, expected one of them: give target=None to leave the "
            "column out, or neither labels nor segments to use it"
        )
    try:
        chosen = choose_parts(content, recording.parts, choice.parts)
        frames = people_of_parts(recording, chosen)
        sequence, confidence = sequence_of_people(frames, _one_alone(frames), choice.n_persons, choice.min_confidence)
    except SkeletonFileError as fault:
        return fault
    except ValueError as error:
        return content.fault(str(error))
    record = {"name": name, "sequence": sequence, "confidence": confidence, "skeleton": _layout(chosen)}
    record |= {} if recording.label is None else {"label": recording.label}
    return record | ({} if recording.classes is None else {"segments": recording.segments()})


def _layout(parts: tuple[str, ...]) -> Skeleton:
    if parts == ("body",):
        return MEDIAPIPE_POSE
    if "body" not in parts:
        return MEDIAPIPE_HAND
    return MEDIAPIPE_HOLISTIC if len(parts) == 3 else MEDIAPIPE_HOLISTIC.part(*parts)


def _one_alone(frames: Sequence[np.ndarray]) -> list[np.ndarray] | None:
    """Tracks where there is never more than one person: MediaPipe follows people by itself, one is always the same."""
    if any(len(people) > 1 for people in frames):
        return None
    return [np.zeros(len(people), dtype=np.intp) for people in frames]
