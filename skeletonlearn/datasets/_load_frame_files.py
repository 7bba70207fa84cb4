"""How readers of files that are a frame each make a Bunch of clips."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn.datasets._clip_cache import gather_clips
from skeletonlearn.datasets._clip_files import ClipFile, label_clips, natural_key
from skeletonlearn.datasets._clip_options import ClipOptions
from skeletonlearn.datasets._clip_segments import read_segments
from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._image_frames import place_frames
from skeletonlearn.datasets._load_clips import make_clip_bunch, require_clips
from skeletonlearn.datasets._persons import find_excess, sequence_of_detections
from skeletonlearn.datasets._read_files import LeftOut, Record, iterate_records
from skeletonlearn.datasets._source import FileContent
from skeletonlearn.skeletons import Skeleton


class FramePeople(NamedTuple):
    """The people of one frame, as its file has them.

    Parameters
    ----------
    people : ndarray of shape (n_people, n_joints, n_channels + 1)
        Coordinates, then the confidence.
    skeleton : Skeleton or None
        Their layout; None where nobody is.
    tracks : ndarray of int of shape (n_people,) or None, default=None
        The number of each person, if the file has one for everybody.
    """

    people: np.ndarray
    skeleton: Skeleton | None
    tracks: np.ndarray | None = None


NOBODY = FramePeople(np.empty((0, 1, 2)), None, np.empty(0, dtype=np.intp))

ClipAndFrame = Callable[[ClipFile], tuple[str, int] | None]
ReadFrame = Callable[[FileContent], FramePeople]
FramesOfClips = dict[str, dict[int, ClipFile]]
"""The file of each frame, by the clip's name and the frame's number."""


def load_frame_files(
    reader: str,
    files: Sequence[ClipFile],
    clip_and_frame: ClipAndFrame,
    read_frame: ReadFrame,
    options: ClipOptions,
    *,
    n_persons: int,
    min_confidence: float,
    key: Any,
    DESCR: str,
    has_gaps: bool = False,
) -> Bunch:
    """The Bunch of clips whose frames are a file each.

    Parameters
    ----------
    reader : str
        The name of the reader, such as "openpose".
    files : sequence of ClipFile
        The files.
    clip_and_frame : callable
        From a file to the name of its clip and its frame's number, from the file name; None where that has no number.
        Frames come in order of their numbers.
    read_frame : callable
        From a FileContent to FramePeople, `NOBODY` where nobody is; it can be pickled.
    options : ClipOptions
        The shared parameters.
    n_persons : int
        How many persons a sequence has.
    min_confidence : float
        Joints with less confidence are NaN.
    key : object
        The reader's own parameters, on which the frames depend, for the cache.
    DESCR : str
        About the data.
    has_gaps : bool, default=False
        Whether numbers that are missing between others are frames too, in which nobody is.

    Returns
    -------
    Bunch
        See the loaders. A faulty frame is NaN, and noted in `left_out`.

    Raises
    ------
    ValueError
        See the loaders.
    """
    names = LeftOut(options.on_error)
    frame_files = _group(files, clip_and_frame, names)
    table = None if options.segments is None else read_segments(options.segments, options.fps)
    folders = {name: next(iter(frames.values())).folder for name, frames in frame_files.items()}
    classes = None if table else label_clips(folders, options.labels)

    def clips(left_out: LeftOut) -> Generator[Record, None, None]:
        people = _PeopleOfClips(frame_files, n_persons, min_confidence, left_out, has_gaps)
        with closing(_read_frames(people.files, read_frame, options, left_out)) as frames:
            yield from people.assemble(frames)

    stamps = [(name, [(file.stem, file.stamp) for file in frames.values()]) for name, frames in frame_files.items()]
    key = [key, int(n_persons), float(min_confidence), stamps, folders]
    records, left_out = gather_clips(reader, clips, options, key)
    for name, fault in names.faults.items():
        left_out.add(name, fault)
    return make_clip_bunch(records, classes, table, options, left_out, n_files=len(files), DESCR=DESCR)


def _group(files: Sequence[ClipFile], clip_and_frame: ClipAndFrame, left_out: LeftOut) -> FramesOfClips:
    """The files of each clip, in order; those with faulty names are left out."""
    clips: dict[str, dict[int, ClipFile]] = {}
    for file in files:
        found = clip_and_frame(file)
        if found is None:
            stem = file.stem.rpartition("/")[2]
            fault = f"got the file name {stem!r}, expected a frame's number in it"
        else:
            name, number = found
            first = clips.setdefault(name, {}).setdefault(number, file)
            if first is file:
                continue
            fault = f"got frame {number} of the clip {name!r} again, expected it once, as {first}"
        left_out.add(file.stem, SkeletonFileError(str(file), None, fault))
    left_out.require(clips, f"{len(files)} files could be read, expected at least one")
    in_order = sorted(clips, key=natural_key)
    return {name: {at: clips[name][at] for at in sorted(clips[name])} for name in in_order}


def _read_frames(
    files: Sequence[ClipFile], read_frame: ReadFrame, options: ClipOptions, left_out: LeftOut
) -> Generator[Record, None, None]:
    read, n_sound = partial(_read_people, read_frame), 0
    frames = iterate_records(files, read, left_out=left_out, n_jobs=options.n_jobs, verbose=options.verbose)
    with closing(frames):
        for frame in frames:
            n_sound += 1
            yield frame
    require_clips(n_sound, left_out, len(files), "files")


def _read_people(read_frame: ReadFrame, content: FileContent) -> Record:
    return {"file": str(content.file), "stem": content.stem, "people": read_frame(content)}


class _PeopleOfClips:
    """Frames on their way to clips, one clip after another.

    Parameters
    ----------
    clips : dict of str to dict of int to ClipFile
        The files of each clip, in order.
    n_persons : int
        How many persons a sequence has.
    min_confidence : float
        Joints with less confidence are NaN.
    left_out : LeftOut
        Takes the faults.
    has_gaps : bool
        Whether numbers that are missing are frames too.
    """

    def __init__(
        self, clips: FramesOfClips, n_persons: int, min_confidence: float, left_out: LeftOut, has_gaps: bool
    ) -> None:
        self._clips, self._n_persons, self._min_confidence, self._left_out = clips, n_persons, min_confidence, left_out
        self._has_gaps = has_gaps
        self.files = [file for frames in clips.values() for file in frames.values()]
        self._clip_of = {str(file): name for name, frames in clips.items() for file in frames.values()}
        self._skeleton: Skeleton | None = None
        self._first = ""

    def assemble(self, frames: Iterator[Record]) -> Iterator[Record]:
        """The record of each clip from its frames, which come in the order of `files`."""
        n_clips, silent = 0, set(self._clips)
        for name, own in groupby(frames, lambda frame: self._clip_of[frame["file"]]):
            silent.remove(name)
            record = self._record(name, self._sound(list(own)))
            n_clips += record is not None
            if record is not None:
                yield record
        for name in sorted(silent, key=natural_key):
            self._leave_out(name, "got no sound frame, expected one")
        require_clips(n_clips, self._left_out, len(self._clips), "clips")

    def _sound(self, frames: list[Record]) -> list[Record]:
        """The frames of the layout of the first of all, with coordinates; notes the faults of the others."""
        sound = [frame for frame in frames if self._has_layout(frame)]
        if not find_excess(self._people(sound)):
            return sound
        for frame in sound:
            if reason := find_excess(frame["people"].people):
                self._left_out.add(frame["stem"], SkeletonFileError(frame["file"], None, reason))
        return [frame for frame in sound if not find_excess(frame["people"].people)]

    def _has_layout(self, frame: Record) -> bool:
        skeleton = frame["people"].skeleton
        if skeleton is None or skeleton is self._skeleton:
            return True
        if self._skeleton is None:
            self._skeleton, self._first = skeleton, frame["file"]
        if skeleton == self._skeleton:
            return True
        reason = f"got {_points(skeleton)} a person, expected {_points(self._skeleton)} as in {self._first}"
        self._left_out.add(frame["stem"], SkeletonFileError(frame["file"], None, reason))
        return False

    @staticmethod
    def _people(frames: Sequence[Record]) -> np.ndarray:
        people = [frame["people"].people for frame in frames if frame["people"].skeleton is not None]
        return np.concatenate(people or [NOBODY.people])

    def _record(self, name: str, frames: Sequence[Record]) -> Record | None:
        files = self._clips[name]
        places, n_frames = place_frames(list(files)) if self._has_gaps else (np.arange(len(files)), len(files))
        place_of = dict(zip(map(str, files.values()), places.tolist(), strict=True))
        peopled = [frame for frame in frames if frame["people"].skeleton is not None]
        frame = [place_of[one["file"]] for one in peopled]
        try:
            sequence, confidence = self._sequence(peopled, np.array(frame, dtype=np.intp), n_frames)
        except ValueError as error:
            self._leave_out(name, str(error) if frames else "got no sound frame, expected one")
            return None
        folder, file = next(iter(files.values())).folder, self._path(name)
        arrays = {"sequence": sequence, "confidence": confidence}
        return {"name": name, "file": file, "folder": folder, "skeleton": self._skeleton, **arrays}

    def _sequence(self, frames: Sequence[Record], places: np.ndarray, n_frames: int) -> tuple[np.ndarray, np.ndarray]:
        frame = np.repeat(places, [len(one["people"].people) for one in frames])
        tracks = [one["people"].tracks for one in frames]
        person = np.concatenate(tracks) if tracks and all(one is not None for one in tracks) else None
        people = self._people(frames)
        return sequence_of_detections(people, frame, n_frames, person, self._n_persons, self._min_confidence)

    def _leave_out(self, name: str, reason: str) -> None:
        self._left_out.add(name, SkeletonFileError(self._path(name), None, reason))

    def _path(self, name: str) -> str:
        return str(Path(str(next(iter(self._clips[name].values())))).parent / name.rpartition("/")[2])


def _points(skeleton: Skeleton) -> str:
    return f"{skeleton.n_joints} points of {skeleton.name}"
