"""Recordings in memory, cut into clips by a table of labelled segments."""

from __future__ import annotations

from typing import Any

import numpy as np

from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._clip_files import encode_labels
from skeletonlearn.datasets._clip_options import ClipOptions
from skeletonlearn.datasets._clip_segments import Segment, find_segments, read_segments, tabulate
from skeletonlearn.datasets._read_files import LeftOut
from skeletonlearn.datasets._sequence_list import SequenceList


def cut_bunch(recordings: SkeletonBunch, segments: Any, fps: float | None, untrimmed: bool) -> SkeletonBunch:
    """Cut the sequences of a Bunch by segments.

    Parameters
    ----------
    recordings : SkeletonBunch
        The recordings, with distinct names.
    segments : DataFrame, mapping, path-like or None
        The table: recording, start, end and label. None leaves the recordings as they are.
    fps : float or None
        Frames per second, where start and end are seconds.
    untrimmed : bool
        Whether recordings stay whole, with the table as the entry `segments`.

    Returns
    -------
    SkeletonBunch
        A clip per segment, with all that is known of its recording; or the recordings.

    Raises
    ------
    ValueError
        If the table is faulty, or does not fit the recordings.
    """
    ClipOptions(segments=segments, fps=fps, untrimmed=untrimmed)  # checks them
    if segments is None:
        return recordings
    names = [str(name) for name in recordings["name"]]
    if len(set(names)) < len(names):
        raise ValueError("name has the same name twice, but segments need a name for each recording.")
    sequences = recordings["sequences"]
    records = [{"name": name, "sequence": one, "file": name} for name, one in zip(names, sequences, strict=True)]
    found = find_segments(records, read_segments(segments, fps), fps, LeftOut("raise")) or []
    if untrimmed:
        return SkeletonBunch(**{**recordings, "segments": tabulate(found)})
    return _clips(recordings, names, found)


def _clips(recordings: SkeletonBunch, names: list[str], found: list[list[Segment]]) -> SkeletonBunch:
    own = [(at, place, one) for at, segments in enumerate(found) for place, one in enumerate(segments)]
    clips = recordings.take([at for at, _, _ in own])
    for key in ("sequences", "confidence"):
        if key in clips:
            clips[key] = SequenceList(recordings[key][at][one.start : one.end] for at, _, one in own)
    clips["name"] = np.array([f"{names[at]}#{place}" for at, place, _ in own])
    clips["recording"] = np.array([names[at] for at, _, _ in own])
    clips["start"], clips["end"] = (np.array([getattr(one, key) for _, _, one in own]) for key in ("start", "end"))
    clips["target"], clips["target_names"] = encode_labels([one.label for _, _, one in own])
    clips["left_out"] = {name: "has no segment" for name, segments in zip(names, found, strict=True) if not segments}
    return clips
