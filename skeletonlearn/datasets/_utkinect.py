"""Reader of the UTKinect-Action3D data set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import Any, Literal

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._bunch import make_undivided_bunch
from skeletonlearn.datasets._clip_options import CLIP_TEXTS
from skeletonlearn.datasets._errors import SUBSETS, SkeletonFileError, check_choice
from skeletonlearn.datasets._file_names import parse_name
from skeletonlearn.datasets._positions import mark_missing, read_rows, to_sequence
from skeletonlearn.datasets._read_files import Record, read_recordings
from skeletonlearn.datasets._record_cache import RecordCache
from skeletonlearn.datasets._source import FileContent, Source, SourceFile, find_files, read_content
from skeletonlearn.skeletons import KINECT_V1

ACTIONS = {
    "walk": "walk",
    "sitDown": "sit down",
    "standUp": "stand up",
    "pickUp": "pick up",
    "carry": "carry",
    "throw": "throw",
    "push": "push",
    "pull": "pull",
    "waveHands": "wave hands",
    "clapHands": "clap hands",
}
"""The words of the label file and the names of the classes."""

_LABELS = "actionLabel.txt"
_STEM = re.compile(r"joints_s(?P<subject>\d{2})_e(?P<repetition>\d{2})")
_ALLOWED = {"subject": range(1, 11), "repetition": (1, 2)}
_HEAD = re.compile(r"s(0[1-9]|10)_e0[12]")
_SEGMENT = re.compile(r"(?P<action>\w+)\s*:\s*(?P<first>\d{1,9}|NaN)\s+(?P<last>\d{1,9}|NaN)")
_ROW = "frame number, then x, y, z of 20 joints"

_DESCR = """\
UTKinect-Action3D: ten actions by ten subjects, twice each, before one Kinect v1 (20 joints, metres). Each of the 20
recordings holds all ten actions; actionLabel.txt says where they are. One of the 200 does not exist (the carry of
s10_e02), and the label of one is mistyped as distributed (the push of s03_e01, 2556 for 3556), so that 198 sequences
can be read, and 199 where the label was put right.

Frames in which nobody was tracked are not in the files; of rows that repeat a frame number the first is kept.

The usual protocols leave out one sequence or one subject ("loso"): there are no fixed training and test parts; use
skeletonlearn.model_selection.LeaveOneSubjectOut with groups=bunch.subject.

Joints at exactly (0, 0, 0) were not seen and are NaN.

Xia, Chen & Aggarwal (2012). View invariant human action recognition using histograms of 3D joints. CVPR Workshops.
"""


@fill_docstring(CLIP_TEXTS)
def load_utkinect(  # noqa: D417 - shared texts
    folder: Source,
    *,
    protocol: Literal["loso"] = "loso",
    subset: Literal["all", "train", "test"] = "all",
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 0,
) -> Bunch:
    """Load the UTKinect-Action3D data set from its text files.

    The set is not downloaded: `folder` holds ``actionLabel.txt`` and, beside it or in a subfolder, files
    ``joints_sSS_eEE.txt`` (subject, repetition) with rows ``frame x1 y1 z1 ... x20 y20 z20``. The label file has blocks
    of a line ``sSS_eEE`` and lines ``action: first last``, frame numbers that both belong to the action. Each of these
    segments is a sample. A segment ``NaN NaN`` does not exist and is no fault.

    Parameters
    ----------
    folder : path-like or sequence of path-like
        The folder, or zip archive, with both kinds of file; or several, such as joints.zip and actionLabel.txt.
    protocol : {"loso"}, default="loso"
        Leave-one-subject-out. It has no fixed training and test part: split with
        :class:`~skeletonlearn.model_selection.LeaveOneSubjectOut`.
    subset : {"all"}, default="all"
        Only "all" is possible; it is there because all readers have it.
    on_error : {"raise", "warn", "skip"}, default="raise"
        What to do with a faulty file or segment: raise, leave it out with a warning, or leave it out silently. A
        segment is faulty that ends before it begins, begins or ends outside of the frames of its file, or holds another
        segment whole (the trace of a mistyped number); the other segments of its file are read. A label file with a
        line that cannot be read is always an error.
    {n_jobs}
    {cache}
    {verbose}

    Returns
    -------
    Bunch
        With samples in order of subject, repetition and action:

        sequences : list of ndarray of shape (n_frames_i, 20, 3)
            Joint positions in metres, y up, float32; NaN where a joint was not seen.
        target : ndarray of int of shape (n_samples,)
            Classes from 0 to 9.
        target_names : list of str
            The names of the classes.
        skeleton : Skeleton
            `KINECT_V1`.
        subject, repetition : ndarray of int of shape (n_samples,)
            From the file names.
        name : ndarray of str of shape (n_samples,)
            Subject, repetition and action, such as "s01_e02_walk".
        left_out : dict of str to str
            What is wrong with each segment that was left out, by that name, or with each file; and those ``NaN NaN``.
        protocol : str
            The protocol.
        DESCR : str
            About the data set.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no label file or joints file in it.
    ValueError
        If the label file is faulty, or a file or segment and on_error="raise"; if no segment is sound; if there are
        several label files; or if a parameter has an unknown value.

    References
    ----------
    L. Xia, C.-C. Chen and J. K. Aggarwal (2012). View invariant human action recognition using histograms of 3D joints.
    CVPR Workshops.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from skeletonlearn.datasets import load_utkinect
    >>> rows = [f"{frame} " + "0.1 0.2 3.0 " * 20 for frame in (8, 10, 12, 14)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "joints_s01_e02.txt").write_text("\\n".join(rows))
    ...     _ = pathlib.Path(folder, "actionLabel.txt").write_text("s01_e02\\nsitDown: 8 12\\nthrow: NaN NaN")
    ...     bunch = load_utkinect(folder)
    >>> bunch.sequences[0].shape, bunch.name, list(bunch.left_out)
    ((3, 20, 3), array(['s01_e02_sitDown'], dtype='<U15'), ['s01_e02_throw'])
    """
    check_choice("protocol", protocol, ("loso",))
    check_choice("subset", subset, SUBSETS)
    found = find_files(folder, "*.txt", "joints_s01_e01.txt", recursive=True)
    labels = _read_labels(folder, [file for file in found if file.name == _LABELS])
    files = [file for file in found if file.name.startswith("joints_")]
    if not files:
        raise FileNotFoundError(f"folder={folder!r} has no file joints_*.txt; expected such as joints_s01_e01.txt.")
    cached = RecordCache("utkinect", cache, [labels.content.file.stamp])
    records, left_out = read_recordings(
        files,
        partial(_read_segments, labels=labels),
        on_error=on_error,
        n_jobs=n_jobs,
        verbose=verbose,
        cache=cached,
        faults=labels.missing(files),
    )
    per_sample: dict[str, Any] = {key: np.array([record[key] for record in records]) for key in _ARRAYS}
    per_sample["sequences"] = [record["sequence"] for record in records]
    common = {
        "target_names": list(ACTIONS.values()),
        "skeleton": KINECT_V1,
        "left_out": left_out | labels.absent,
        "protocol": protocol,
        "DESCR": _DESCR,
    }
    instead = "split with LeaveOneSubjectOut of skeletonlearn.model_selection, groups=bunch.subject"
    return make_undivided_bunch(per_sample, common, subset, instead)


_ARRAYS = ("target", "subject", "repetition", "name")


@dataclass(frozen=True)
class _Segment:
    """Where an action is in its file: the numbers of its first and last frame, None for NaN."""

    action: str
    first: int | None
    last: int | None
    line: int

    def __str__(self) -> str:
        return (
            f"{self.action}: {'NaN' if self.first is None else self.first} {'NaN' if self.last is None else self.last}"
        )

    @property
    def is_absent(self) -> bool:
        return self.first is None and self.last is None

    def holds(self, other: _Segment) -> bool:
        """Whether another segment lies within this one."""
        if self.first is None or self.last is None or other.first is None or other.last is None:
            return False
        return other is not self and self.first <= other.first <= other.last <= self.last


@dataclass(frozen=True)
class _Recording:
    """A block of the label file: the line of its name, and its segments."""

    line: int
    segments: list[_Segment]


@dataclass(frozen=True)
class _Labels:
    """The label file: its recordings by name."""

    content: FileContent
    recordings: dict[str, _Recording]

    @property
    def absent(self) -> dict[str, str]:
        """The segments that do not exist, by name."""
        return {
            f"{name}_{one.action}": f"{self.content.file}, line {one.line}: does not exist ({one})"
            for name, recording in self.recordings.items()
            for one in recording.segments
            if one.is_absent
        }

    def missing(self, files: list[SourceFile]) -> dict[str, SkeletonFileError]:
        """The recordings without a file."""
        there = {file.stem for file in files}
        return {
            f"joints_{name}": self.content.fault(f"got no file joints_{name}.txt, expected one", recording.line)
            for name, recording in self.recordings.items()
            if f"joints_{name}" not in there
        }


def _read_labels(folder: Source, files: list[SourceFile]) -> _Labels:
    if len(files) != 1:
        wanted = "expected one, beside the joints files or above their folder"
        error = ValueError if files else FileNotFoundError
        raise error(f"folder={folder!r} has {len(files)} files {_LABELS}; {wanted}.")
    content = read_content(files[0])
    recordings: dict[str, _Recording] = {}
    for line, text in enumerate(content.text().split("\n"), start=1):
        text = text.strip()
        if _HEAD.fullmatch(text) and text not in recordings:
            recordings[text] = _Recording(line, [])
        elif text:
            segments = next(reversed(recordings.values())).segments if recordings else None
            _add_segment(content, segments, text, line)
    if not recordings:
        raise content.fault("got an empty file, expected blocks of a line sSS_eEE and lines action: first last")
    return _Labels(content, recordings)


def _add_segment(content: FileContent, segments: list[_Segment] | None, text: str, line: int) -> None:
    match = _SEGMENT.fullmatch(text)
    if match is None or segments is None or match["action"] not in ACTIONS:
        wanted = f"expected a new line sSS_eEE, or below one action: first last, actions {', '.join(ACTIONS)}"
        raise content.fault(f"got {text[:60]!r}, {wanted}", line)
    if match["action"] in [one.action for one in segments]:
        raise content.fault(f"got {match['action']} again, expected each action once in a recording", line)
    first, last = (None if number == "NaN" else int(number) for number in match.group("first", "last"))
    segments.append(_Segment(match["action"], first, last, line))


def _read_segments(content: FileContent, *, labels: _Labels) -> dict[str, Record | SkeletonFileError]:
    """The record of each segment of a file, or what is wrong with it, by name."""
    numbers = parse_name(content, _STEM, "joints_sSS_eEE (subject, repetition)", _ALLOWED)
    name = content.stem.removeprefix("joints_")
    if name not in labels.recordings:
        raise content.fault(f"got no line {name} in {_LABELS}, expected one")
    segments = labels.recordings[name].segments
    frames, joints = _read_frames(content)
    outcomes: dict[str, Record | SkeletonFileError] = {}
    for segment in sorted(segments, key=lambda one: list(ACTIONS).index(one.action)):
        if segment.is_absent:
            continue
        key = f"{name}_{segment.action}"
        reason = _inconsistency(segment, segments, frames)
        if reason:
            outcomes[key] = labels.content.fault(f"got {segment} in {name}, {reason}", segment.line)
            continue
        within = (frames >= segment.first) & (frames <= segment.last)
        target = list(ACTIONS).index(segment.action)
        sequence = to_sequence(content, joints[within])
        outcomes[key] = {"sequence": sequence, "target": target, "name": key, **numbers}
    return outcomes


def _read_frames(content: FileContent) -> tuple[np.ndarray, np.ndarray]:
    """Frame numbers in ascending order, and the joints of these frames."""
    rows = read_rows(content, 1 + KINECT_V1.n_joints * 3, _ROW)
    frames, first_rows = np.unique(rows[:, 0], return_index=True)  # the first of rows that repeat a number
    if not (frames == np.floor(frames)).all() or frames[0] < 0:
        raise content.fault("got frame numbers that are not whole or are below 0, expected 0, 1, 2, ...")
    return frames, mark_missing(rows[first_rows, 1:].reshape(len(frames), KINECT_V1.n_joints, 3))


def _inconsistency(segment: _Segment, segments: list[_Segment], frames: np.ndarray) -> str:
    """Why a segment cannot be right, or ""."""
    if segment.first is None or segment.last is None:
        return "expected two frame numbers, or NaN NaN"
    if segment.last < segment.first:
        return "expected it to end after it begins"
    if segment.first < frames[0] or segment.last > frames[-1]:
        return f"expected it within frames {frames[0]:.0f} to {frames[-1]:.0f} of its file"
    if not ((frames >= segment.first) & (frames <= segment.last)).any():
        return "expected at least one frame in it"
    within = next((other for other in segments if segment.holds(other)), None)
    return f"expected that it does not hold another one whole ({within})" if within else ""
