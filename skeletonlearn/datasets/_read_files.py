"""How every reader reads its files: in parallel, in order, the faulty ones treated as the caller chose."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from numbers import Integral
from operator import attrgetter
from typing import Any

from joblib import Parallel, delayed, effective_n_jobs

from skeletonlearn._progress import Progress
from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._left_out import LeftOut, require_clips
from skeletonlearn.datasets._record_cache import Record, RecordCache, gather_records
from skeletonlearn.datasets._source import FileContent, SourceFile, read_contents

ReadOne = Callable[[FileContent], Record]
NameOf = Callable[[SourceFile], str]
ReadSeveral = Callable[[FileContent], dict[str, Any]]

_TASK = 64  # files a joblib task
_TASKS_OF_MEMBERS = 100  # at most: opening an archive takes as long as reading a few of a thousand members
_TASKS_AHEAD = 2  # tasks a worker and round: what is read ahead of the consumer stays small


def read_files(
    files: Sequence[SourceFile],
    read_one: ReadOne,
    *,
    on_error: str,
    n_jobs: int | None = None,
    verbose: int = 0,
    name_of: NameOf = attrgetter("stem"),
    cache: RecordCache | None = None,
) -> tuple[list[Record], dict[str, str]]:
    """Read files into records, treating the faulty ones as the caller chose.

    Parameters
    ----------
    files : sequence of SourceFile
        The files.
    read_one : callable
        From a FileContent to a record; raises SkeletonFileError (`content.fault(...)`) where the file is faulty.
    on_error : {"raise", "warn", "skip"}
        What to do with a faulty file: raise its error, leave it out with one warning at the end for all of them, or
        leave it out silently.
    n_jobs : int or None, default=None
        Number of joblib workers; None is 1 unless a `joblib.parallel_config` says otherwise.
    verbose : int, default=0
        Whether to show progress.
    name_of : callable, default=attrgetter("stem")
        From a SourceFile to its name in `left_out`; for data sets whose files all have the same stem.
    cache : RecordCache or None, default=None
        Where the records are kept.

    Returns
    -------
    records : list of dict
        The records of sound files, in the order of `files`.
    left_out : dict of str to str
        What is wrong with each of the others, by its name; by its path where another has the same name.

    Raises
    ------
    SkeletonFileError
        If a file is faulty and `on_error` is "raise".
    ValueError
        If no file is sound.
    """

    def read(left_out: LeftOut) -> Generator[Record, None, None]:
        n_sound = 0
        found = iterate_records(files, read_one, left_out=left_out, n_jobs=n_jobs, verbose=verbose, name_of=name_of)
        with closing(found):
            for record in found:
                n_sound += 1
                yield record
        require_clips(n_sound, left_out, len(files), "files")

    records, left_out = gather_records(read, on_error, cache and cache.of(files))
    left_out.warn(len(files))
    return records, left_out.by_name


def read_recordings(
    files: Sequence[SourceFile],
    read_several: ReadSeveral,
    *,
    on_error: str,
    n_jobs: int | None = None,
    verbose: int = 0,
    cache: RecordCache | None = None,
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
    verbose : int, default=0
        Whether to show progress.
    cache : RecordCache or None, default=None
        Where the records are kept.
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

    def read(left_out: LeftOut) -> Generator[Record, None, None]:
        for name, fault in (faults or {}).items():
            left_out.add(name, fault)
        found = iterate_records(files, read_several, left_out=left_out, n_jobs=n_jobs, verbose=verbose)
        n_files = n_sound = 0
        with closing(found):
            for of_file in found:
                n_files += 1
                for record in _sound(of_file, left_out):
                    n_sound += 1
                    yield record
        left_out.require(range(n_files), f"{len(files)} files could be read, expected at least one")
        left_out.require(range(n_sound), f"{len(files)} files has a recording, expected at least one")

    records, left_out = gather_records(read, on_error, cache and cache.of(files))
    left_out.warn(len(records) + len(left_out.by_name), "recordings")
    return records, left_out.by_name


def _sound(outcomes: Mapping[str, Record | SkeletonFileError], left_out: LeftOut) -> Iterator[Record]:
    """The sound recordings of a file."""
    for name, outcome in outcomes.items():
        if isinstance(outcome, SkeletonFileError):
            left_out.add(name, outcome)
        else:
            yield outcome


def iterate_records(
    files: Sequence[SourceFile],
    read_one: ReadOne,
    *,
    left_out: LeftOut,
    n_jobs: int | None = None,
    verbose: int = 0,
    name_of: NameOf = attrgetter("stem"),
) -> Generator[Record, None, None]:
    """Read files as `read_files` does, one record after another, so that a consumer can write them away.

    The consumer warns of what was left out, and refuses a result without any record: it may leave out more.

    Parameters
    ----------
    files, read_one, n_jobs, verbose, name_of
        As in `read_files`.
    left_out : LeftOut
        Receives the faulty files.

    Yields
    ------
    dict
        The record of the next sound file.
    """
    if n_jobs is not None and (not isinstance(n_jobs, Integral) or n_jobs == 0):
        raise ValueError(f"n_jobs={n_jobs!r} must be a positive or negative integer, or None.")
    # closing: a fault must end the workers now, not when its traceback is dropped
    with (
        Progress("reading", "file", len(files), verbose) as progress,
        closing(_outcomes(files, read_one, n_jobs)) as outcomes,
    ):
        for done, (file, outcome) in enumerate(zip(files, outcomes, strict=True), start=1):
            if isinstance(outcome, SkeletonFileError):
                left_out.add(name_of(file), outcome, otherwise=str(file))
            else:
                yield outcome
            progress.done(done, {"left out": len(left_out.by_name)})


def _outcomes(
    files: Sequence[SourceFile], read_one: ReadOne, n_jobs: int | None
) -> Generator[Record | SkeletonFileError, None, None]:
    """The outcome of each file in order, read by any joblib backend, a few tasks a worker ahead."""
    n_workers = effective_n_jobs(n_jobs)
    if n_workers == 1:  # read lazily: "raise" stops at the first fault
        yield from map(partial(_attempt, read_one), read_contents(files))
        return
    size = max(_TASK, len(files) // _TASKS_OF_MEMBERS) if any(file.member for file in files) else _TASK
    tasks = [files[at : at + size] for at in range(0, len(files), size)]
    with Parallel(n_jobs=n_jobs) as parallel:
        ahead = _TASKS_AHEAD * n_workers
        for start in range(0, len(tasks), ahead):
            for outcomes in parallel(delayed(_read_task)(task, read_one) for task in tasks[start : start + ahead]):
                yield from outcomes


def _read_task(files: Sequence[SourceFile], read_one: ReadOne) -> list[Record | SkeletonFileError]:
    return [_attempt(read_one, content) for content in read_contents(files)]


def _attempt(read_one: ReadOne, content: FileContent | SkeletonFileError) -> Record | SkeletonFileError:
    """The record of a file, or what is wrong with it (an exception would end the whole joblib call)."""
    if isinstance(content, SkeletonFileError):
        return content
    try:
        return read_one(content)
    except SkeletonFileError as error:
        return error
    except (ValueError, RecursionError, OverflowError) as error:
        return content.fault(str(error) or type(error).__name__)
