"""What every reader of a folder does alike: find the files, read them, treat the faulty ones, choose a subset."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.utils import Bunch

ON_ERROR = ("raise", "warn", "skip")
SUBSETS = ("all", "train", "test")


def check_choice(name: str, value: Any, choices: Sequence[Any]) -> None:
    """Refuse a parameter value that is not among the choices.

    Raises
    ------
    ValueError
        If it is not; the text says got and wanted.
    """
    if value not in choices:
        raise ValueError(f"{name}={value!r} must be one of {', '.join(repr(choice) for choice in choices)}.")


def list_files(folder: str | PathLike[str], pattern: str, example: str) -> list[Path]:
    """The files of `folder` that match `pattern`, sorted by name.

    Parameters
    ----------
    folder : path-like
        The folder, without its subfolders.
    pattern : str
        A glob pattern.
    example : str
        A file name of the data set, for the error.

    Returns
    -------
    list of Path
        At least one path.

    Raises
    ------
    FileNotFoundError
        If there is no such folder or no such file in it.
    """
    path = Path(folder)
    wanted = f"expected a folder with files {pattern} such as {example}"
    if not path.is_dir():
        what = "is a file" if path.exists() else "does not exist"
        raise FileNotFoundError(f"folder={str(folder)!r} {what}; {wanted}.")
    paths = sorted(path.glob(pattern), key=lambda one: one.name)
    if not paths:
        raise FileNotFoundError(f"folder={str(folder)!r} has no file {pattern}; {wanted}.")
    return paths


def parse_name(
    path: Path, pattern: re.Pattern[str], layout: str, allowed: Mapping[str, Sequence[int]]
) -> dict[str, int]:
    """Read the numbers in a file name, such as ``a01_s02_e00_v03``.

    Parameters
    ----------
    path : Path
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
    ValueError
        If the name has another layout or a number that the data set does not know.
    """
    match = pattern.fullmatch(path.stem)
    if match is None:
        raise ValueError(f"{path.name}: got the file name {path.stem!r}, expected {layout}.")
    numbers = {name: int(digits) for name, digits in match.groupdict().items()}
    for name, known in allowed.items():
        if numbers[name] not in known:
            listed = ", ".join(str(number) for number in known)
            raise ValueError(f"{path.name}: got {name} {numbers[name]} in the file name, expected one of {listed}.")
    return numbers


def read_files(
    paths: Sequence[Path], read_one: Callable[[Path], dict[str, Any]], *, on_error: str, n_jobs: int | None
) -> tuple[list[dict[str, Any]], list[str]]:
    """Read files one by one, treating the faulty ones as the caller chose.

    Parameters
    ----------
    paths : sequence of Path
        The files.
    read_one : callable
        From a path to a record; raises ValueError or OSError where the file is faulty.
    on_error : {"raise", "warn", "skip"}
        What to do with a faulty file: raise its error, warn and leave it out, or leave it out silently.
    n_jobs : int or None
        Number of joblib workers.

    Returns
    -------
    records : list of dict
        The records of sound files, in the order of `paths`.
    left_out : list of str
        The stems of the others.

    Raises
    ------
    ValueError
        If a file is faulty and `on_error` is "raise", or if no file is sound.
    """
    check_choice("on_error", on_error, ON_ERROR)
    if n_jobs is None:
        outcomes = (_attempt(read_one, path) for path in paths)  # lazy: "raise" stops at the first fault
    else:
        outcomes = Parallel(n_jobs=n_jobs, batch_size=64)(delayed(_attempt)(read_one, path) for path in paths)
    records, left_out, fault = [], [], ""
    for path, outcome in zip(paths, outcomes, strict=True):
        if isinstance(outcome, dict):
            records.append(outcome)
            continue
        fault = outcome
        if on_error == "raise":
            raise ValueError(fault)
        if on_error == "warn":
            warnings.warn(f"left out: {fault}", UserWarning, stacklevel=3)
        left_out.append(path.stem)
    if not records:
        raise ValueError(f"None of {len(paths)} files could be read, expected at least one; the last fault: {fault}")
    return records, left_out


def _attempt(read_one: Callable[[Path], dict[str, Any]], path: Path) -> dict[str, Any] | str:
    """The record of a file, or in words what is wrong with it (an exception would end the whole joblib call)."""
    try:
        return read_one(path)
    except (ValueError, OSError, RecursionError) as error:
        text = str(error)
        return text if path.name in text else f"{path.name}: {text}"


def zeros_to_nan(sequence: np.ndarray) -> np.ndarray:
    """Mark joints at exactly (0, 0, 0), which is how a sensor says "not seen", by NaN, in place.

    Parameters
    ----------
    sequence : ndarray of shape (n_frames, n_joints, n_channels)
        The joints.

    Returns
    -------
    ndarray of shape (n_frames, n_joints, n_channels)
        The same array.
    """
    sequence[~sequence.any(axis=-1)] = np.nan
    return sequence


def make_bunch(per_sample: dict[str, Any], common: dict[str, Any], is_train: np.ndarray, subset: str) -> Bunch:
    """A Bunch of the training or the test part, or of all samples, saying which is which.

    Parameters
    ----------
    per_sample : dict of str to list or ndarray
        Entries with one item for each sample.
    common : dict
        The other entries.
    is_train : ndarray of bool of shape (n_samples,)
        Which samples the protocol trains on.
    subset : {"all", "train", "test"}
        What to keep.

    Returns
    -------
    Bunch
        With "all", it has `train_index` and `test_index` too.

    Raises
    ------
    ValueError
        If nothing is left.
    """
    if subset == "all":
        index = {"train_index": np.flatnonzero(is_train), "test_index": np.flatnonzero(~is_train)}
        return Bunch(**per_sample, **common, **index)
    keep = np.flatnonzero(is_train if subset == "train" else ~is_train)
    if not len(keep):
        raise ValueError(
            f"subset={subset!r} is empty: got {len(is_train)} samples, none of them in the {subset} part of "
            f"protocol={common['protocol']!r}."
        )
    return Bunch(**{name: take(values, keep) for name, values in per_sample.items()}, **common)


def take(values: list[Any] | np.ndarray, keep: np.ndarray) -> list[Any] | np.ndarray:
    """The items of a list or an array at the indices `keep`."""
    return values[keep] if isinstance(values, np.ndarray) else [values[at] for at in keep]
