"""What every reader of clips takes: labels, segments, faults, workers, the cache; and the texts about them."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from os import PathLike
from typing import Any

import numpy as np

from skeletonlearn._docstrings import Texts
from skeletonlearn.datasets._clip_files import Labels, check_labels
from skeletonlearn.datasets._errors import ON_ERROR, check_choice


@dataclass(frozen=True)
class ClipOptions:
    """The parameters that all readers of clips share; `CLIP_TEXTS` describes them.

    Parameters
    ----------
    labels : "folder", mapping of str to label, callable or None, default=None
        The label of each clip.
    segments : DataFrame, mapping, path-like or None, default=None
        The table of labelled segments.
    fps : float or None, default=None
        Frames per second, where segments are in seconds.
    untrimmed : bool, default=False
        Whether recordings stay whole.
    on_error : {"raise", "warn", "skip"}, default="raise"
        What to do with what is faulty.
    n_jobs : int or None, default=None
        Number of joblib workers.
    cache : path-like or None, default=None
        The folder of the cache.
    verbose : int, default=0
        Whether to show progress.

    Raises
    ------
    ValueError
        If a parameter has an unknown value.
    """

    labels: Labels = None
    segments: Any = None
    fps: float | None = None
    untrimmed: bool = False
    on_error: str = "raise"
    n_jobs: int | None = None
    cache: str | PathLike[str] | None = None
    verbose: int = 0

    def __post_init__(self) -> None:
        check_choice("on_error", self.on_error, ON_ERROR)
        check_labels(self.labels)
        if not isinstance(self.untrimmed, bool | np.bool_):
            raise ValueError(f"untrimmed={self.untrimmed!r} must be True or False.")
        if self.fps is not None and not (isinstance(self.fps, Real) and 0 < self.fps < np.inf):
            raise ValueError(f"fps={self.fps!r} must be a positive number, or None where segments are in frames.")
        if self.fps is not None and self.segments is None:
            raise ValueError(f"fps={self.fps!r} is the unit of segments, but segments is None: give both or none.")


CLIP_TEXTS: Texts = {
    "source": """\
source : path-like or sequence of path-like
    The folder, or zip archive, with the files, in subfolders or not; or one file, whatever its ending. Of several
    folders and archives, names start with theirs. Several files are named from the folder that holds them all.""",
    "labels": """\
labels : "folder", mapping of str to label, callable or None
    The label of each clip. With "folder", it is the uppermost folder below the source that holds the clip. A mapping or
    a callable gives it by the clip's name. With None, it is the label that the files hold, if they hold one.""",
    "segments": """\
segments : DataFrame, mapping of str to array-like, path-like or None
    A table of labelled segments, or the path of a CSV file that holds one: columns `recording` (a clip's name),
    `start`, `end` (exclusive) and `label`. Each segment becomes a clip, named ``"wave1#0"`` for the first segment of
    the recording "wave1". Segments may overlap.""",
    "fps": """\
fps : float or None
    Frames per second. If given, `start` and `end` are seconds; otherwise they are frames, counted from 0.""",
    "untrimmed": """\
untrimmed : bool
    Whether recordings stay whole. If True, the Bunch holds the table as `segments`: arrays `recording` (indices of the
    sequences), `start`, `end` (frames) and `label`.""",
    "n_persons": """\
n_persons : int
    The number of persons in each sequence. The persons with the most confidence, summed over joints and frames, are
    kept, the most confident first. If the file has no track for everybody, persons are followed by their positions.
    Somebody who was lost and found again keeps their place.""",
    "min_confidence": """\
min_confidence : float
    Joints with a lower confidence are NaN. Joints with a confidence of 0 always are.""",
    "on_error": """\
on_error : {"raise", "warn", "skip"}
    How a faulty file or segment is handled: raise its error, leave it out with a warning, or leave it out silently. A
    file in which nobody is ever seen is faulty.""",
    "n_jobs": """\
n_jobs : int or None
    The number of joblib workers that read files. None is 1 unless a `joblib.parallel_config` says otherwise.""",
    "cache": """\
cache : path-like or None
    A folder that keeps what was read; it is made if absent. The next call with the same files and parameters maps the
    sequences into memory, read-only.""",
    "verbose": """\
verbose : int
    1 shows progress and the time left: a bar in terminals and notebooks if `tqdm` is installed, otherwise lines. 2
    shows a line per file.""",
    "clip_parameters": ["labels", "segments", "fps", "untrimmed"],
    "person_parameters": ["n_persons", "min_confidence"],
    "reading_parameters": ["on_error", "n_jobs", "cache", "verbose"],
    "target": """\
target : ndarray of int of shape (n_samples,)
    Classes, from 0, if there are labels.
target_names : list of str
    The names of the classes in natural order, if there are labels.""",
    "name": """\
name : ndarray of str of shape (n_samples,)
    The clips' names. Clips that were cut from segments also have `recording`, `start` and `end`: the name of the
    recording, and the frames of it.""",
    "left_out": """\
left_out : dict of str to str
    The faults of the files, clips and segments that were left out, by name.""",
    "DESCR": """\
DESCR : str
    About the data.""",
    "clip_entries": ["target", "name", "left_out", "DESCR"],
}
"""The texts of the shared parameters, and of the entries of the Bunch, for `fill_docstring`."""
