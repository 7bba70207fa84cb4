"""Reader of the SBU Kinect Interaction data set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import Any, Literal

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._bunch import make_bunch, make_undivided_bunch
from skeletonlearn.datasets._clip_options import CLIP_TEXTS
from skeletonlearn.datasets._errors import SUBSETS, check_choice
from skeletonlearn.datasets._file_names import parse_name
from skeletonlearn.datasets._positions import mark_missing, read_rows, to_sequence
from skeletonlearn.datasets._read_files import read_files
from skeletonlearn.datasets._record_cache import RecordCache
from skeletonlearn.datasets._source import FileContent, Source, SourceFile, find_files
from skeletonlearn.skeletons import SBU

ACTIONS = (
    *("approaching", "departing", "kicking", "pushing", "shaking hands", "hugging", "exchanging objects"),
    "punching",
)

FOLDS = (
    ("s01s02", "s03s04", "s05s02", "s06s04"),
    ("s02s03", "s02s07", "s03s05", "s05s03"),
    ("s01s03", "s01s07", "s07s01", "s07s03"),
    ("s02s01", "s02s06", "s03s02", "s03s06"),
    ("s04s02", "s04s03", "s04s06", "s06s02", "s06s03"),
)
"""The pairs of subjects in each of the authors' five folds."""

N_PERSONS = 2

_FOLD_OF = {pair: number for number, pairs in enumerate(FOLDS) for pair in pairs}
_STEM = re.compile(r"s(?P<subject>\d{2})s(?P<partner>\d{2})_(?P<action>\d{2})_(?P<repetition>\d{3})")
_ALLOWED = {"action": range(1, 9), "subject": range(1, 8), "partner": range(1, 8)}
_COLUMNS = 1 + N_PERSONS * SBU.n_joints * 3
_ROW = "frame number, then x, y, z of 15 joints of one person and of 15 of the other"

_DESCR = """\
SBU Kinect Interaction: eight interactions of two persons, 21 ordered pairs of seven subjects, before one Kinect v1 (15
joints a person); 282 recordings in the clean version. The name of a pair begins with the one who acts.

Five-fold protocol ("5fold"): the authors' folds keep each pair in one fold; the mean accuracy over the five is
reported. Both orders of two subjects and other pairs of the same subject may be in other folds.

Coordinates are normalised in the files: x and y are fractions of the image, y downwards, z is depth. The authors'
formula turns them back: x = 1280 - 2560 x, y = 960 - 1920 y (upwards), z = 10000 z / 7.8125 (millimetres).

Joints at exactly (0, 0, 0) in the file were not seen and are NaN.

Yun, Honorio, Chattopadhyay, Berg & Samaras (2012). Two-person interaction detection using body-pose features and
multiple instance learning. CVPR Workshops.
"""


@fill_docstring(CLIP_TEXTS)
def load_sbu(  # noqa: D417 - shared texts
    folder: Source,
    *,
    protocol: Literal["5fold"] = "5fold",
    test_fold: Literal[0, 1, 2, 3, 4] | None = None,
    subset: Literal["all", "train", "test"] = "all",
    normalised: bool = True,
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 0,
) -> Bunch:
    """Load the SBU Kinect Interaction data set from its text files.

    The set is not downloaded: `folder` holds, at any depth, files ``sXXsYY/AA/RRR/skeleton_pos.txt`` (pair of subjects,
    action, repetition) with comma-separated rows of the frame number and ``x, y, z`` of 15 joints of either person.

    Parameters
    ----------
    folder : path-like or sequence of path-like
        The folder, or zip archive, with the text files; several of them are read as one.
    protocol : {"5fold"}, default="5fold"
        The authors' five folds by pair of subjects. For all five, split with
        ``sklearn.model_selection.PredefinedSplit(bunch.fold)``.
    test_fold : {0, 1, 2, 3, 4} or None, default=None
        The fold that tests, while the others train; None makes no parts.
    subset : {"all", "train", "test"}, default="all"
        Which part to give; others than "all" need `test_fold`.
    normalised : bool, default=True
        Whether to keep the coordinates as they are in the files: x and y as fractions of the image, y downwards.
        False turns them back by the formula of the data set: y upwards, z in millimetres.
    on_error : {"raise", "warn", "skip"}, default="raise"
        What to do with a faulty file: raise, leave it out with a warning, or leave it out silently.
    {n_jobs}
    {cache}
    {verbose}

    Returns
    -------
    Bunch
        With samples in order of path:

        sequences : list of ndarray of shape (n_frames_i, 30, 3)
            Joint positions, float32, the joints of the second person after those of the first; NaN where a joint was
            not seen.
        target : ndarray of int of shape (n_samples,)
            Classes from 0 to 7.
        target_names : list of str
            The names of the classes.
        skeleton : Skeleton
            `SBU`, of one person.
        subject, partner : ndarray of int of shape (n_samples,)
            The subjects of the pair, in the order of its name.
        repetition : ndarray of int of shape (n_samples,)
            From the path.
        fold : ndarray of int of shape (n_samples,)
            The fold, from 0 to 4.
        name : ndarray of str of shape (n_samples,)
            Pair, action and repetition, such as "s01s02_01_001".
        left_out : dict of str to str
            What is wrong with each faulty file that was left out, by that name.
        protocol : str
            The protocol.
        test_fold : int or None
            The fold that tests.
        train_index, test_index : ndarray of int
            The parts, where subset="all" and `test_fold` is given.
        DESCR : str
            About the data set.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no file of the data set in it.
    ValueError
        If a file is faulty and on_error="raise", if no file is sound, if `subset` has no sample or needs `test_fold`,
        or if a parameter has an unknown value.

    References
    ----------
    K. Yun, J. Honorio, D. Chattopadhyay, T. L. Berg and D. Samaras (2012). Two-person interaction detection using
    body-pose features and multiple instance learning. CVPR Workshops.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from skeletonlearn.datasets import load_sbu
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = pathlib.Path(folder, "s02s03", "08", "001")
    ...     place.mkdir(parents=True)
    ...     _ = (place / "skeleton_pos.txt").write_text("1" + ",0.5" * 90)
    ...     bunch = load_sbu(folder)
    >>> bunch.sequences[0].shape, bunch.target_names[bunch.target[0]], bunch.fold
    ((1, 30, 3), 'punching', array([1]))
    """
    check_choice("protocol", protocol, ("5fold",))
    check_choice("test_fold", test_fold, (None, *range(len(FOLDS))))
    check_choice("subset", subset, SUBSETS)
    check_choice("normalised", normalised, (True, False))
    found = find_files(folder, "skeleton_pos.txt", "s01s02/01/001/skeleton_pos.txt", recursive=True)
    files = sorted((_PairFile(file.location, file.member, file.stamp) for file in found), key=lambda file: file.stem)
    read_one = partial(_read_interaction, normalised=normalised)
    cached = RecordCache("sbu", cache, [bool(normalised)])
    records, left_out = read_files(files, read_one, on_error=on_error, n_jobs=n_jobs, verbose=verbose, cache=cached)
    per_sample: dict[str, Any] = {key: np.array([record[key] for record in records]) for key in _ARRAYS}
    per_sample["sequences"] = [record["sequence"] for record in records]
    common = {
        "target_names": list(ACTIONS),
        "skeleton": SBU,
        "left_out": left_out,
        "protocol": protocol,
        "test_fold": test_fold,
        "DESCR": _DESCR,
    }
    if test_fold is None:
        return make_undivided_bunch(per_sample, common, subset, f"give test_fold, from 0 to {len(FOLDS) - 1}")
    return make_bunch(per_sample, common, per_sample["fold"] != test_fold, subset)


_ARRAYS = ("target", "subject", "partner", "repetition", "fold", "name")


@dataclass(frozen=True)
class _PairFile(SourceFile):
    """A file that is named by its three folders, since all of them are called skeleton_pos.txt."""

    @property
    def stem(self) -> str:
        folders = (self.inner if self.member else self.path.absolute()).parent.parts
        return "_".join(folders[-3:])


def _read_interaction(content: FileContent, *, normalised: bool) -> dict[str, Any]:
    """One file: its sequence, and what its path says."""
    numbers = parse_name(content, _STEM, "sXXsYY/AA/RRR (pair, action, repetition) in its path", _ALLOWED)
    pair = content.stem[:6]
    if pair not in _FOLD_OF:
        raise content.fault(f"got the pair {pair}, expected one of {', '.join(sorted(_FOLD_OF))}")
    rows = read_rows(content, _COLUMNS, _ROW, separator=",")
    if not (np.diff(rows[:, 0]) > 0).all() or np.isnan(rows[:, 0]).any():
        raise content.fault("got frame numbers that do not increase, expected each frame once and in order")
    joints = mark_missing(rows[:, 1:].reshape(len(rows), N_PERSONS * SBU.n_joints, 3))
    return {
        "sequence": to_sequence(content, joints if normalised else _turn_back(joints)),
        "target": numbers.pop("action") - 1,
        "fold": _FOLD_OF[pair],
        "name": content.stem,
        **numbers,
    }


def _turn_back(joints: np.ndarray) -> np.ndarray:
    """Undo the normalisation, by the formula that comes with the data set."""
    x, y, z = np.moveaxis(joints, -1, 0)
    return np.stack([1280 - 2560 * x, 960 - 1920 * y, z * 10000 / 7.8125], axis=-1)
