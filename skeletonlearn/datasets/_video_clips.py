"""The clip of each video: poses are estimated or taken from the cache, and persons are followed."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from copy import copy
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs

from skeletonlearn._progress import Progress
from skeletonlearn.datasets._cache import load_cached
from skeletonlearn.datasets._clip_files import ClipFile
from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._load_clips import require_clips
from skeletonlearn.datasets._persons import mark_unseen, number_persons, sequence_of_detections
from skeletonlearn.datasets._read_files import LeftOut, Record
from skeletonlearn.datasets._video_estimators import PoseSource
from skeletonlearn.datasets._video_frames import open_video

_VERSION = 1  # of how poses are found: another number makes old caches unknown


@dataclass(frozen=True)
class VideoReader:
    """What a video is read with.

    Parameters
    ----------
    source : PoseSource
        Finds the poses.
    fps : float or None
        Frames per second, or every frame.
    n_persons : int
        How many persons a sequence has.
    min_confidence : float
        Joints with less are NaN.
    cache : path-like or None
        The folder that keeps poses.
    verbose : int
        Whether to show the progress over the frames of a video.
    """

    source: PoseSource
    fps: float | None
    n_persons: int
    min_confidence: float
    cache: str | PathLike[str] | None
    verbose: int

    def clip(self, file: ClipFile) -> Record | SkeletonFileError:
        """The record of one video, or what is wrong with it."""
        try:
            poses, facts = self._poses(file)
            sequence, confidence = self._follow(file, poses)
        except SkeletonFileError as fault:
            return fault
        names = {"name": file.stem, "file": str(file), "folder": file.folder, "skeleton": self.source.skeleton}
        return {**names, "sequence": sequence, "confidence": confidence, "extra": facts}

    def _poses(self, file: ClipFile) -> tuple[Sequence[np.ndarray], dict[str, Any]]:
        """The people of each frame, and the times of the frames."""
        if self.cache is None:
            return self._estimate(file)

        def build(info: dict[str, Any]) -> Iterator[np.ndarray]:
            poses, facts = self._estimate(file)
            info.update(facts)
            yield from poses

        key = [_VERSION, file.stem, file.stamp, self.source.key(), self.fps]
        return load_cached(self.cache, "video", key, build)

    def _estimate(self, file: ClipFile) -> tuple[list[np.ndarray], dict[str, Any]]:
        poses: list[np.ndarray] = []
        times: list[float] = []
        before, people = None, np.empty(0)
        with open_video(file) as video, self.source.of_video() as estimate:
            n_frames = video.count(self.fps)
            with Progress(f"poses of {file.stem}", "frame", n_frames, self.verbose) as progress:
                for picture, seconds in video.frames(self.fps):
                    if picture is not before:
                        people = estimate(picture, seconds).astype(np.float32)
                    before = picture
                    poses.append(people)
                    times.append(round(seconds, 6))
                    progress.done(len(poses), {"people": len(people)})
            rate = self.fps or ((len(times) - 1) / times[-1] if times[-1] > 0 else video.rate)
        return _of_one_width(poses), {"fps": round(float(rate), 6), "seconds": times}

    def _follow(self, file: ClipFile, poses: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """The sequence and the confidence of the persons wanted."""
        if not any(len(people) for people in poses):
            raise SkeletonFileError(str(file), None, f"got nobody in {len(poses)} frames, expected a person in one")
        frame = np.repeat(np.arange(len(poses)), [len(people) for people in poses])
        try:
            people, is_seen = mark_unseen(np.concatenate(poses), 0.0)
            people, frame = people[is_seen], frame[is_seen]
            person = number_persons(people[..., [0, 1, -1]], frame) if len(people) else frame
            finished = self._finish(people, person)
            return sequence_of_detections(finished, frame, len(poses), person, self.n_persons, self.min_confidence)
        except ValueError as error:  # nobody is seen, or as surely as wanted
            raise SkeletonFileError(str(file), None, str(error)) from None

    def _finish(self, people: np.ndarray, person: np.ndarray) -> np.ndarray:
        """The wanted numbers of each person."""
        finished = np.empty((*people.shape[:2], self.source.finish(people[:1]).shape[2]))
        for number in np.unique(person):
            finished[person == number] = self.source.finish(people[person == number])
        return finished


def _of_one_width(poses: list[np.ndarray]) -> list[np.ndarray]:
    """Frames without anybody get as many numbers a joint as the others."""
    shape = next((people.shape[1:] for people in poses if len(people)), (1, 1))
    return [people if len(people) else np.empty((0, *shape), dtype=np.float32) for people in poses]


def read_videos(
    files: Sequence[ClipFile], reader: VideoReader, left_out: LeftOut, n_jobs: int | None, verbose: int
) -> list[Record]:
    """Read videos one after another, or several at once, each worker with an estimator of its own.

    Parameters
    ----------
    files : sequence of ClipFile
        The videos.
    reader : VideoReader
        Reads one.
    left_out : LeftOut
        Takes the faults.
    n_jobs : int or None
        Number of joblib workers.
    verbose : int
        Whether to show the progress over the videos, where several are read at once.

    Returns
    -------
    list of dict
        The records of the sound videos, in order.

    Raises
    ------
    SkeletonFileError
        If a video is faulty and `left_out` raises.
    ValueError
        If no video is sound.
    """
    records = []
    several = effective_n_jobs(n_jobs) > 1
    with (
        Progress("videos", "video", len(files), verbose if several else 0) as progress,
        closing(_outcomes(files, reader, n_jobs)) as outcomes,  # a fault ends workers and processes now
    ):
        for done, (file, outcome) in enumerate(zip(files, outcomes, strict=True), start=1):
            if isinstance(outcome, SkeletonFileError):
                left_out.add(file.stem, outcome)
            else:
                records.append(outcome)
            progress.done(done, {"left out": len(left_out.by_name)})
    require_clips(len(records), left_out, len(files), "files")
    return records


def _outcomes(
    files: Sequence[ClipFile], reader: VideoReader, n_jobs: int | None
) -> Generator[Record | SkeletonFileError, None, None]:
    if effective_n_jobs(n_jobs) == 1:
        with reader.source:
            yield from map(reader.clip, files)
    else:
        with Parallel(n_jobs=n_jobs, return_as="generator") as parallel:
            yield from parallel(delayed(_read_alone)(reader, file) for file in files)


def _read_alone(reader: VideoReader, file: ClipFile) -> Record | SkeletonFileError:
    source = copy(reader.source)  # threads share the reader
    with source:
        return replace(reader, source=source, verbose=0).clip(file)
