"""How every reader reads its files: in parallel, in order, the faulty ones treated as the caller chose."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from numbers import Integral
from operator import attrgetter
from typing import Any

from joblib import Parallel, delayed, effective_n_jobs

from skeletonlearn._progress import Progress
from skeletonlearn.datasets._choices import ON_ERROR, check_choice
from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._source import FileContent, SourceFile, read_contents

Record = dict[str, Any]
ReadOne = Callable[[FileContent], Record]
NameOf = Callable[[SourceFile], str]

_TASK = 64  # files a joblib task
_TASKS_OF_MEMBERS = 100  # at most: opening an archive takes as long as reading a few of a thousand members
_TASKS_AHEAD = 2  # tasks a worker and round: what is read ahead of the consumer stays small


def parse_name(
    file: SourceFile | FileContent, pattern: re.Pattern[str], layout: str, allowed: Mapping[str, Sequence[int]]
) -> dict[str, int]:
    """Read the numbers in a file name, such as ``a01_s02_e00_v03``.

    Parameters
    ----------
    file : SourceFile or FileContent
        The file.
    pattern : re.Pattern
        Matches the whole stem; each named group is a number.
    layout : str
        The layout in words, for the error.
    allowed : mapping of str to sequence of int
        The numbers that some groups may have.

    Returns
    -------
    dict of str to int
        The numbers by group name.

    Raises
    ------
    SkeletonFileError
        If the name has another layout or a number that the data set does not know.
    """
    path = str(file.file if isinstance(file, FileContent) else file)
    match = pattern.fullmatch(file.stem)
    if match is None:
        raise SkeletonFileError(path, None, f"got the file name {file.stem!r}, expected {layout}")
    numbers = {name: int(digits) for name, digits in match.groupdict().items()}
    for name, known in allowed.items():
        if numbers[name] not in known:
            listed = f"{known[0]} to {known[-1]}" if isinstance(known, range) else ", ".join(map(str, known))
            reason = f"got {name} {numbers[name]} in the file name, expected one of {listed}"
            raise SkeletonFileError(path, None, reason)
    return numbers


def read_files(
    files: Sequence[SourceFile],
    read_one: ReadOne,
    *,
    on_error: str,
    n_jobs: int | None = None,
    verbose: int = 0,
    name_of: NameOf = attrgetter("stem"),
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
    left_out: dict[str, str] = {}
    records = iterate_records(
        files, read_one, left_out=left_out, on_error=on_error, n_jobs=n_jobs, verbose=verbose, name_of=name_of
    )
    return list(records), left_out


def iterate_records(
    files: Sequence[SourceFile],
    read_one: ReadOne,
    *,
    left_out: dict[str, str],
    on_error: str,
    n_jobs: int | None = None,
    verbose: int = 0,
    name_of: NameOf = attrgetter("stem"),
) -> Iterator[Record]:
    """As `read_files`, one record after another, so that a consumer can write them away.

    Parameters
    ----------
    files, read_one, on_error, n_jobs, verbose, name_of
        As in `read_files`.
    left_out : dict of str to str
        Receives what is wrong with each faulty file, by its name.

    Yields
    ------
    dict
        The record of the next sound file.
    """
    check_choice("on_error", on_error, ON_ERROR)
    if n_jobs is not None and (not isinstance(n_jobs, Integral) or n_jobs == 0):
        raise ValueError(f"n_jobs={n_jobs!r} must be a positive or negative integer, or None.")
    n_sound = 0
    # closing: a fault must end the workers now, not when its traceback is dropped
    with (
        Progress("reading", "file", len(files), verbose) as progress,
        closing(_outcomes(files, read_one, n_jobs)) as outcomes,
    ):
        for done, (file, outcome) in enumerate(zip(files, outcomes, strict=True), start=1):
            if isinstance(outcome, SkeletonFileError):
                if on_error == "raise":
                    raise outcome
                name = name_of(file)
                left_out[str(file) if name in left_out else name] = str(outcome)
            else:
                n_sound += 1
                yield outcome
            progress.done(done, {"left out": len(left_out)})
    report_left_out(left_out, len(files), on_error)
    if not n_sound:
        fault = next(reversed(left_out.values()), "there was no file")
        raise ValueError(f"None of {len(files)} files could be read, expected at least one; the last fault: {fault}")


def report_left_out(left_out: Mapping[str, str], total: int, on_error: str, *, what: str = "files") -> None:
    """Say in one warning what was left out, if the caller wants to be warned.

    Parameters
    ----------
    left_out : mapping of str to str
        What is wrong with each faulty file.
    total : int
        How many there are.
    on_error : {"raise", "warn", "skip"}
        Only "warn" warns.
    what : str, default="files"
        What is counted.
    """
    if left_out and on_error == "warn":
        shown = list(left_out.values())[:10]
        more = f"; and {len(left_out) - len(shown)} more (see left_out)" if len(left_out) > len(shown) else ""
        text = f"left out {len(left_out)} of {total} {what}: {'; '.join(shown)}{more}"
        warnings.warn(text, UserWarning, stacklevel=2)


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
