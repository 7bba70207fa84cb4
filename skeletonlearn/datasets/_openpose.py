"""Reader of what OpenPose writes: a JSON file for each frame."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._clip_files import ClipFile, Labels, bunch_of_clips, find_clips, label_clips
from skeletonlearn.datasets._errors import SkeletonFileError, check_choice
from skeletonlearn.datasets._persons import check_persons, keep_persons, number_persons, seen_people
from skeletonlearn.datasets._read_files import LeftOut, Record, iterate_records
from skeletonlearn.datasets._source import FileContent, Source
from skeletonlearn.skeletons import OPENPOSE_BODY25, Skeleton, get_skeleton

OPENPOSE_COCO18 = Skeleton(
    "OPENPOSE_COCO18",
    (
        *("nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist"),
        *("right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle"),
        *("right_eye", "left_eye", "right_ear", "left_ear"),
    ),
    (
        ("nose", "neck"),
        *((f"{side}_eye", "nose") for side in ("left", "right")),
        *(
            (f"{side}_{child}", f"{side}_{parent}")
            for side in ("left", "right")
            for child, parent in (("ear", "eye"), ("elbow", "shoulder"), ("wrist", "elbow"), ("knee", "hip"))
        ),
        *((f"{side}_ankle", f"{side}_knee") for side in ("left", "right")),
        *((f"{side}_{part}", "neck") for side in ("left", "right") for part in ("shoulder", "hip")),
    ),
    {"hip": ("left_hip", "right_hip"), "spine": ("left_hip", "right_hip", "neck", "neck")},
)
"""The 18 points of OpenPose's model COCO: those of COCO and the neck, in an order of their own."""

_BY_COUNT = {layout.n_joints: layout for layout in (OPENPOSE_BODY25, OPENPOSE_COCO18)}
_STEM = re.compile(r"(?P<clip>.*?)[-_. ]*(?P<frame>[0-9]+)_keypoints")

_DESCR = """\
Poses that OpenPose estimated, a JSON file a frame. Coordinates are what it was told to write (pixels of the picture by
default): x to the right, y down. Points and persons that were not seen are NaN.
"""


def load_openpose(
    folder: Source,
    *,
    labels: Labels = None,
    n_persons: int = 1,
    dimensions: Literal[2, 3] = 2,
    min_confidence: float = 0.0,
    skeleton: Skeleton | str = "auto",
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
) -> SkeletonBunch:
    """Load clips from the JSON files that OpenPose writes, one for each frame.

    Files are named ``CLIP_FRAME_keypoints.json``, such as ``wave1_000000000012_keypoints.json``; other files are not
    looked at. Those that share folder and CLIP are one clip, its frames in order of their numbers. Numbers that are
    missing leave no gap. The clip's name is its path below `folder`: ``"wave/wave1"`` for files in the folder `wave`;
    if CLIP is empty or repeats the name of the folder that holds the files, the path of that folder.

    Parameters
    ----------
    folder : path-like or sequence of path-like
        The folder, or zip archive, with the files, in subfolders or not; several of them are read as one, and names
        then start with theirs.
    labels : "folder", mapping of str to label, callable or None, default=None
        The label of each clip: "folder", the uppermost folder below `folder` that holds it; else by the clip's name.
        None gives no target.
    n_persons : int, default=1
        How many persons a sequence has: those with the most confidence, summed over joints and frames, most first.
        OpenPose lists the people of a frame in any order; who is who is told by where they were in the frames before.
        Somebody seen in none of their frames, and at least half as surely, goes on in their place, as one who was lost
        and found again.
    dimensions : {2, 3}, default=2
        Whether to read ``pose_keypoints_2d`` or ``pose_keypoints_3d``.
    min_confidence : float, default=0.0
        Points with less confidence are NaN. Points with a confidence of 0, which OpenPose did not find, always are.
    skeleton : "auto", Skeleton or str, default="auto"
        The joint layout. "auto" is `OPENPOSE_BODY25` for 25 points, and for the 18 of OpenPose's older model COCO a
        layout of the name "OPENPOSE_COCO18".
    on_error : {"raise", "warn", "skip"}, default="raise"
        What to do with a faulty file: raise, or make its frame NaN, with a warning or silently. A clip without a sound
        frame or in which nobody is ever seen is a fault too, and left out.
    n_jobs : int or None, default=None
        Number of joblib workers that read files; None is 1.

    Returns
    -------
    SkeletonBunch
        With clips in natural order of their names:

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, dimensions)
            Coordinates as in the files, float32; NaN where a point or a person was not seen.
        confidence : list of ndarray of shape (n_frames_i, n_persons * n_joints)
            The confidence in each point, float32; 0 where it was not seen.
        target : ndarray of int of shape (n_samples,)
            Classes, from 0, where there are labels.
        target_names : list of str
            The names of the classes in natural order, where there are labels.
        skeleton : Skeleton
            The layout of one person.
        name : ndarray of str of shape (n_samples,)
            The clips' names.
        left_out : dict of str to str
            What is wrong with each faulty frame, by its path below `folder`, and with each clip that was left out.
        DESCR : str
            About the data.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no such file in it.
    ValueError
        If a file or clip is faulty and on_error="raise", if no clip is left, if a clip has no label, or if a parameter
        has an unknown value.

    See Also
    --------
    sequences_from_table : Reads a table with a row for each frame and joint.

    References
    ----------
    OpenPose documentation, "Output": the JSON format and the order of the points.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> from skeletonlearn.datasets import load_openpose
    >>> frame = {"people": [{"pose_keypoints_2d": [310.5, 200.0, 0.9] * 25}]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pathlib.Path(folder, "wave").mkdir()
    ...     for at in range(3):
    ...         path = pathlib.Path(folder, "wave", f"clip1_{at:012}_keypoints.json")
    ...         _ = path.write_text(json.dumps(frame))
    ...     bunch = load_openpose(folder, labels="folder")
    >>> bunch.sequences[0].shape, bunch.name, bunch.target_names
    ((3, 25, 2), array(['wave/clip1'], dtype='<U10'), ['wave'])
    """
    check_persons(n_persons, min_confidence)
    check_choice("dimensions", dimensions, (2, 3))
    left_out = LeftOut(on_error)
    given = None if isinstance(skeleton, str) and skeleton == "auto" else get_skeleton(skeleton)
    files = find_clips(folder, ("*_keypoints.json",), "clip1_000000000000_keypoints.json")
    clips = _group(files, left_out)
    classes = label_clips({name: frames[0].folder for name, frames in clips.items()}, labels)
    counts = tuple(_BY_COUNT) if given is None else (given.n_joints,)
    read_one = partial(_read_frame, dimensions, min_confidence, counts)
    in_order = [file for frames in clips.values() for file in frames]
    records = list(iterate_records(in_order, read_one, left_out=left_out, n_jobs=n_jobs))
    left_out.require(records, f"{len(in_order)} files could be read, expected at least one")
    sequences = _sequences(clips, _of_one_layout(records, left_out), n_persons, left_out)
    left_out.warn(len(files))
    left_out.require(sequences, f"{len(clips)} clips could be read, expected at least one")
    n_joints = sequences[0]["sequence"].shape[1] // n_persons
    layout = _BY_COUNT[n_joints] if given is None else given
    return bunch_of_clips(sequences, classes, skeleton=layout, left_out=left_out.by_name, DESCR=_DESCR)


def _group(files: Sequence[ClipFile], left_out: LeftOut) -> dict[str, list[ClipFile]]:
    """The files of each clip by its name, frames in order; those with faulty names are left out."""
    clips: dict[str, dict[int, ClipFile]] = {}
    for file in files:
        folder, _, stem = file.below.rpartition("/")
        match = _STEM.fullmatch(stem)
        if match is None:
            fault = f"got the file name {stem!r}, expected a frame's number before _keypoints"
        else:
            name = _clip_name(folder, match["clip"]) or Path(file.path if file.member else file.path.parent).stem
            number = int(match["frame"])
            first = clips.setdefault(name, {}).setdefault(number, file)
            if first is file:
                continue
            fault = f"got frame {number} of the clip {name!r} again, expected it once, as {first}"
        left_out.add(file.stem, SkeletonFileError(str(file), None, fault))
    left_out.require(clips, f"{len(files)} files could be read, expected at least one")
    return {name: [frames[at] for at in sorted(frames)] for name, frames in clips.items()}


def _clip_name(folder: str, clip: str) -> str:
    """The path of a clip; one that has a folder of its own is called as the folder is."""
    return folder if clip in ("", folder.rpartition("/")[2]) else f"{folder}/{clip}".removeprefix("/")


def _read_frame(dimensions: int, min_confidence: float, counts: Sequence[int], content: FileContent) -> Record:
    """One file: the people that were seen in it."""
    frame = content.json()
    people = frame.get("people") if isinstance(frame, dict) else None
    if not isinstance(people, list):
        got = f"keys {sorted(frame)}" if isinstance(frame, dict) else type(frame).__name__
        raise content.fault(f"got {got}, expected an object with a list 'people'")
    key = f"pose_keypoints_{dimensions}d"
    values = [_numbers(content, person, key) for person in people]
    values = [one for one in values if one.size]  # of a hand or a face alone there is no pose
    wanted = " or ".join(str(count * (dimensions + 1)) for count in counts)
    for one in values:
        if one.size not in [count * (dimensions + 1) for count in counts] or one.size != values[0].size:
            raise content.fault(f"got {one.size} numbers in {key!r}, expected {wanted} (a confidence after each point)")
    rows = np.stack(values).reshape(len(values), -1, dimensions + 1) if values else None
    seen = None if rows is None else seen_people(rows, min_confidence)
    return {"file": str(content.file), "stem": content.stem, "people": seen}


def _numbers(content: FileContent, person: Any, key: str) -> np.ndarray:
    numbers = person.get(key) if isinstance(person, dict) else None
    if not isinstance(numbers, list):
        got = f"keys {sorted(person)}" if isinstance(person, dict) else type(person).__name__
        raise content.fault(f"got a person with {got}, expected an object with a list {key!r}")
    try:
        return np.array(numbers, dtype=np.float64).ravel()
    except (ValueError, TypeError) as error:
        raise content.fault(f"got {key!r} that is no list of numbers ({error})") from None


def _of_one_layout(records: Sequence[Record], left_out: LeftOut) -> dict[str, np.ndarray]:
    """The people of each frame by its file; frames of another layout than the first are left out."""
    posed = [record for record in records if record["people"] is not None]
    n_joints, n_values = posed[0]["people"].shape[1:] if posed else (0, 0)
    nobody = np.empty((0, n_joints, n_values))
    people = {}
    for record in records:
        seen = nobody if record["people"] is None else record["people"]
        if seen.shape[1] != n_joints:
            reason = f"got {seen.shape[1]} points a person, expected {n_joints} as in {posed[0]['file']}"
            left_out.add(record["stem"], SkeletonFileError(record["file"], None, reason))
        else:
            people[record["file"]] = seen
    return people


def _sequences(
    clips: Mapping[str, Sequence[ClipFile]], people: Mapping[str, np.ndarray], n_persons: int, left_out: LeftOut
) -> list[Record]:
    """The sequence of each clip; those that have none are left out."""
    records = []
    for name, files in clips.items():
        sound = [people[str(file)] for file in files if str(file) in people]
        if not any(len(one) for one in sound):
            reason = "got nobody in any frame, expected a person" if sound else "got no sound frame, expected one"
            path = Path(str(files[0])).parent / name.rpartition("/")[2]
            left_out.add(name, SkeletonFileError(path, None, reason))
            continue
        nobody = sound[0][:0]
        frames = [people.get(str(file), nobody) for file in files]
        sequence, confidence = keep_persons(frames, number_persons(frames), n_persons)
        records.append({"name": name, "sequence": sequence, "confidence": confidence})
    return records
