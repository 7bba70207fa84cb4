"""Files that hold several recordings each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from skeletonlearn.datasets._choices import ON_ERROR, check_choice
from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._reading import Record, read_files, report_left_out
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
    check_choice("on_error", on_error, ON_ERROR)
    wrong = dict(faults or {})
    if on_error == "raise" and wrong:
        raise next(iter(wrong.values()))
    # one warning at the end for files and recordings together, so none by read_files
    per_file, left_out = read_files(
        files, read_several, on_error="raise" if on_error == "raise" else "skip", n_jobs=n_jobs
    )
    outcomes = [(name, outcome) for of_file in per_file for name, outcome in of_file.items()]
    wrong |= {name: outcome for name, outcome in outcomes if isinstance(outcome, SkeletonFileError)}
    if on_error == "raise" and wrong:
        raise next(iter(wrong.values()))
    left_out |= {name: str(error) for name, error in wrong.items()}
    records = [outcome for _, outcome in outcomes if not isinstance(outcome, SkeletonFileError)]
    report_left_out(left_out, len(records) + len(left_out), on_error, what="recordings")
    if not records:
        last = f"; the last fault: {list(left_out.values())[-1]}" if left_out else ""
        raise ValueError(f"None of {len(files)} files has a recording, expected at least one{last}")
    return records, left_out
