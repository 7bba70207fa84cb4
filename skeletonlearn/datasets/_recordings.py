"""Files that hold several recordings each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._reading import LeftOut, Record, iterate_records
from skeletonlearn.datasets._source import FileContent, SourceFile

ReadSeveral = Callable[[FileContent], dict[str, Any]]


def read_recordings(
    files: Sequence[SourceFile],
    read_several: ReadSeveral,
    *,
    on_error: str,
    n_jobs: int | None = None,
    faults: Mapping[str, SkeletonFileError] | None = None,
) -> tuple[list[Record], dict[str, str]]:
    """Read files of several recordings, each of which may be faulty on its own.

    Parameters
    ----------
    files : sequence of SourceFile
        The files.
    read_several : callable
        From a FileContent to a dict of records, or of what is wrong with them, by name; raises SkeletonFileError where
        the whole file is faulty.
    on_error : {"raise", "warn", "skip"}
        What to do with a faulty recording or file.
    n_jobs : int or None, default=None
        Number of joblib workers; None is 1.
    faults : mapping of str to SkeletonFileError or None, default=None
        Faults known beforehand, by name.

    Returns
    -------
    records : list of dict
        The sound ones, in the order of the files.
    left_out : dict of str to str
        What is wrong with each of the others, by the name of the recording or the stem of the file.

    Raises
    ------
    SkeletonFileError
        If something is faulty and `on_error` is "raise".
    ValueError
        If nothing is sound.
    """
    left_out = LeftOut(on_error)
    for name, fault in (faults or {}).items():
        left_out.add(name, fault)
    per_file = list(iterate_records(files, read_several, left_out=left_out, n_jobs=n_jobs))
    left_out.require(per_file, f"{len(files)} files could be read, expected at least one")
    records = []
    for name, outcome in (one for of_file in per_file for one in of_file.items()):
        if isinstance(outcome, SkeletonFileError):
            left_out.add(name, outcome)
        else:
            records.append(outcome)
    left_out.warn(len(records) + len(left_out.by_name), "recordings")
    left_out.require(records, f"{len(files)} files has a recording, expected at least one")
    return records, left_out.by_name
