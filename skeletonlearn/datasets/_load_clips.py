"""How readers of clips make a Bunch: files are read or taken from the cache, cut by segments, and labelled."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Any

import numpy as np

from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._clip_cache import gather_clips, own_layout
from skeletonlearn.datasets._clip_files import ClipFile, encode_labels, label_clips
from skeletonlearn.datasets._clip_options import ClipOptions
from skeletonlearn.datasets._clip_segments import Segment, cut_clips, find_segments, read_segments, tabulate
from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._left_out import LeftOut, require_clips
from skeletonlearn.datasets._persons import find_excess
from skeletonlearn.datasets._read_files import Record, iterate_records
from skeletonlearn.datasets._source import FileContent
from skeletonlearn.skeletons._check_layout import warn_of_wrong_layout

Classes = tuple[dict[str, int], list[str]] | None
Read = Callable[[FileContent], Record | Sequence[Record | SkeletonFileError]]


def load_clips(
    reader: str,
    files: Sequence[ClipFile],
    read: Read,
    options: ClipOptions,
    *,
    key: Any,
    DESCR: str,
    several: bool = False,
) -> SkeletonBunch:
    """The Bunch of clips that are each a file, or part of one.

    Parameters
    ----------
    reader : str
        The name of the reader, such as "coco_keypoints".
    files : sequence of ClipFile
        The files.
    read : callable
        From a FileContent to a record, or to a list of records and of the faults of others; it can be pickled, and
        raises SkeletonFileError (`content.fault(...)`) where the whole file is faulty. A record is a dict: `name`,
        `sequence` (n_frames, n_persons * n_joints, n_channels), `skeleton`, and if the format has them `confidence`
        (n_frames, n_persons * n_joints), `label`, `segments` (start, end, label of each) and `extra`, other facts that
        JSON can hold, which become entries of the Bunch.
    options : ClipOptions
        The shared parameters.
    key : object
        The reader's own parameters, on which the records depend, for the cache.
    DESCR : str
        About the data.
    several : bool, default=False
        Whether a file can hold several clips. Otherwise labels are checked before files are read.

    Returns
    -------
    SkeletonBunch
        See the loaders.

    Raises
    ------
    ValueError
        See the loaders.
    """
    table = None if options.segments is None else read_segments(options.segments, options.fps)
    classes = None if several or table else label_clips({file.stem: file.folder for file in files}, options.labels)

    def clips(left_out: LeftOut) -> Generator[Record, None, None]:
        read_file, n_clips = partial(_read_file, read), 0
        outcomes = iterate_records(files, read_file, left_out=left_out, n_jobs=options.n_jobs, verbose=options.verbose)
        with closing(outcomes):
            for of_file in outcomes:
                for clip in _sound(of_file, left_out):
                    n_clips += 1
                    yield clip
        require_clips(n_clips, left_out, len(files), "files")

    stamps = [(file.stem, file.folder, file.stamp) for file in files]
    records, left_out = gather_clips(reader, clips, options, [key, stamps])
    return make_clip_bunch(records, classes, table, options, left_out, n_files=len(files), DESCR=DESCR)


def _sound(of_file: Record, left_out: LeftOut) -> Iterator[Record]:
    """The sound clips of a file, with what is known of the file."""
    for at, outcome in enumerate(of_file["outcomes"]):
        if isinstance(outcome, SkeletonFileError):
            left_out.add(f"{of_file['name']}#{at}", outcome)
        else:
            yield {**outcome, "file": of_file["file"], "folder": of_file["folder"]}


def _read_file(read: Read, content: FileContent) -> Record:
    """The outcomes of one file, with what is known of the file."""
    outcome = read(content)
    outcomes = [outcome] if isinstance(outcome, dict) else list(outcome)
    outcomes = [_without_excess(content, one) for one in outcomes]
    if len(outcomes) == 1 and isinstance(outcomes[0], SkeletonFileError):  # a fault of the file, not of one clip of it
        raise outcomes[0]
    if not outcomes:
        raise content.fault("got no clip, expected at least one")
    file = content.file
    folder = file.folder if isinstance(file, ClipFile) else ""
    return {"outcomes": outcomes, "name": content.stem, "file": str(file), "folder": folder}


def _without_excess(content: FileContent, outcome: Record | SkeletonFileError) -> Record | SkeletonFileError:
    """A record, or its fault if it has numbers that are no coordinates."""
    reason = "" if isinstance(outcome, SkeletonFileError) else find_excess(outcome["sequence"])
    return content.fault(reason) if reason else outcome


def make_clip_bunch(
    records: Sequence[Record],
    classes: Classes,
    table: dict[str, list[Segment]] | None,
    options: ClipOptions,
    left_out: LeftOut,
    *,
    n_files: int,
    DESCR: str,
) -> SkeletonBunch:
    """Cut clips by their segments, label them and lay them in a Bunch.

    Parameters
    ----------
    records : sequence of dict
        The clips, or the recordings that hold them.
    classes : tuple or None
        What `label_clips` gave before the files were read; None where labels are known only now, if at all.
    table : dict or None
        What `read_segments` gave.
    options : ClipOptions
        The shared parameters.
    left_out : LeftOut
        What was left out so far. More may follow.
    n_files : int
        How many files there were.
    DESCR : str
        About the data.

    Returns
    -------
    SkeletonBunch
        See the loaders.

    Raises
    ------
    ValueError
        If a label lacks, or nothing is left.
    """
    segments = find_segments(records, table, options.fps, left_out)
    n_segments, common = 0, {}
    if options.untrimmed:
        common["segments"] = tabulate(segments or [[]])
    elif segments is not None:
        n_segments = sum(map(len, segments))
        records, classes = cut_clips(records, segments, left_out), None
        left_out.require(records, f"{n_files} files has a sound segment, expected at least one")
    records, target = _target(records, classes, options, left_out, cut=bool(n_segments))
    left_out.warn(n_files + n_segments, "files and segments" if n_segments else "files")
    layout = own_layout(records[0]["skeleton"])
    warn_of_wrong_layout([one["sequence"] for one in records], layout)
    return SkeletonBunch(
        **_arrays(records),
        **target,
        **_extras(records),
        **common,
        name=np.array([one["name"] for one in records]),
        skeleton=layout,
        left_out=left_out.by_name,
        DESCR=DESCR,
    )


def _target(
    records: Sequence[Record], classes: Classes, options: ClipOptions, left_out: LeftOut, *, cut: bool
) -> tuple[Sequence[Record], dict[str, Any]]:
    """The records that have a label, if any has, and their classes."""
    if options.labels is not None and not cut:
        classes = classes or label_clips({one["name"]: one["folder"] for one in records}, options.labels)
        codes, names = classes or ({}, [])
        return records, {"target": np.array([codes[one["name"]] for one in records]), "target_names": names}
    labelled = [one for one in records if one.get("label") is not None]
    if not labelled:
        return records, {}
    for one in records:
        if one.get("label") is None:
            reason = f"got no label, expected one as in {labelled[0]['file']}"
            left_out.add(one["name"], SkeletonFileError(one["file"], None, reason))
    target, target_names = encode_labels([one["label"] for one in labelled])
    return labelled, {"target": target, "target_names": target_names}


def _arrays(records: Sequence[Record]) -> dict[str, list[np.ndarray]]:
    sequences = {"sequences": [one["sequence"] for one in records]}
    if not any("confidence" in one for one in records):
        return sequences
    return {**sequences, "confidence": [_confidence(one) for one in records]}


def _confidence(record: Record) -> np.ndarray:
    """The confidence of a clip; 1 for each joint that is there, where its file has none."""
    if "confidence" in record:
        return record["confidence"]
    return (~np.isnan(record["sequence"]).any(axis=-1)).astype(np.float32)


def _extras(records: Sequence[Record]) -> dict[str, Any]:
    """The other facts: arrays of numbers and texts, lists of all else."""
    facts = [{**one.get("extra", {}), **one.get("origin", {})} for one in records]
    return {key: _column([one.get(key) for one in facts]) for key in dict.fromkeys(key for one in facts for key in one)}


def _column(values: list[Any]) -> Any:
    kinds = {str if isinstance(value, str) else int if isinstance(value, int) else type(value) for value in values}
    return np.array(values) if kinds <= {int, float} or kinds == {str} else values
