"""Reader of the Northwestern-UCLA Multiview Action 3D data set."""

from __future__ import annotations

import re
from os import PathLike
from typing import Any, Literal

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._bunch import make_bunch
from skeletonlearn.datasets._clip_options import CLIP_TEXTS
from skeletonlearn.datasets._errors import SUBSETS, check_choice, describe
from skeletonlearn.datasets._file_names import parse_name
from skeletonlearn.datasets._positions import mark_missing, to_sequence
from skeletonlearn.datasets._read_files import read_files
from skeletonlearn.datasets._record_cache import RecordCache
from skeletonlearn.datasets._source import FileContent, Source, find_files
from skeletonlearn.skeletons import KINECT_V1

ACTIONS = {
    1: "pick up with one hand",
    2: "pick up with two hands",
    3: "drop trash",
    4: "walk around",
    5: "sit down",
    6: "stand up",
    8: "donning",
    9: "doffing",
    11: "throw",
    12: "carry",
}
"""Action numbers of the file names; 7 and 10 do not exist, and the label in a file counts 1 to 10 without gaps."""

TRAIN_VIEWS = (1, 2)

_STEM = re.compile(r"a(?P<action>\d{2})_s(?P<subject>\d{2})_e(?P<repetition>\d{2})_v(?P<camera>\d{2})")
_ALLOWED = {"action": tuple(ACTIONS), "subject": range(1, 11), "camera": (1, 2, 3)}

_DESCR = """\
Northwestern-UCLA Multiview Action 3D: ten actions by ten subjects, seen by three Kinect v1 (20 joints, metres).

Cross-view protocol ("xview"): train on views 1 and 2, test on view 3. As commonly distributed, the set leaks: test
clips of "pick up with two hands" and "drop trash" are copies of training clips. `duplicate_of` names the training clip;
report the accuracy on all test clips (standard) and on those with an empty `duplicate_of` (clean) side by side.

Joints at exactly (0, 0, 0) were not seen and are NaN.

Wang, Nie, Xia, Wu & Zhu (2014). Cross-view action modeling, learning and recognition. CVPR.
"""


@fill_docstring(CLIP_TEXTS)
def load_nw_ucla(  # noqa: D417 - shared texts
    folder: Source,
    *,
    protocol: Literal["xview"] = "xview",
    subset: Literal["all", "train", "test"] = "all",
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 0,
) -> Bunch:
    """Load the Northwestern-UCLA Multiview Action 3D data set from its JSON files.

    The set is not downloaded: `folder` holds files ``aAA_sSS_eEE_vVV.json`` (action, subject, repetition, view), each
    with ``{"file_name", "skeletons": (n_frames, 20, 3), "label": 1..10}``.

    Parameters
    ----------
    folder : path-like or sequence of path-like
        The folder, or zip archive, with the JSON files; several of them are read as one.
    protocol : {"xview"}, default="xview"
        Cross-view: views 1 and 2 train, view 3 tests. For others, split by `subject` or `camera` with
        :mod:`skeletonlearn.model_selection`.
    subset : {"all", "train", "test"}, default="all"
        Which part of the protocol to give. Whatever the part, all files are read, since a test clip can only be known
        as a copy beside the training clips.
    on_error : {"raise", "warn", "skip"}, default="raise"
        What to do with a faulty file: raise, leave it out with a warning, or leave it out silently.
    {n_jobs}
    {cache}
    {verbose}

    Returns
    -------
    Bunch
        With samples in order of file name:

        sequences : list of ndarray of shape (n_frames_i, 20, 3)
            Joint positions in metres, float32; NaN where a joint was not seen.
        target : ndarray of int of shape (n_samples,)
            Classes from 0 to 9.
        target_names : list of str
            The names of the classes.
        skeleton : Skeleton
            `KINECT_V1`.
        subject, camera, repetition : ndarray of int of shape (n_samples,)
            From the file names.
        name : ndarray of str of shape (n_samples,)
            File names without suffix.
        duplicate_of : ndarray of str of shape (n_samples,)
            For a test clip that is bit by bit a training clip, the name of that clip; else "".
        left_out : dict of str to str
            What is wrong with each faulty file that was left out, by its name.
        protocol : str
            The protocol.
        train_index, test_index : ndarray of int
            The parts of the protocol, where subset="all".
        DESCR : str
            About the data set.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no JSON file in it.
    ValueError
        If a file is faulty and on_error="raise", if no file is sound, if `subset` has no sample, or if a parameter has
        an unknown value.

    See Also
    --------
    skeletonlearn.model_selection.find_leaks : Finds test clips that repeat training clips.

    References
    ----------
    J. Wang, X. Nie, Y. Xia, Y. Wu and S.-C. Zhu (2014). Cross-view action modeling, learning and recognition. CVPR.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> from skeletonlearn.datasets import load_nw_ucla
    >>> clip = {"file_name": "a08_s01_e00_v03", "skeletons": [[[0.1, 0.2, 3.0]] * 20] * 2, "label": 7}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "a08_s01_e00_v03.json").write_text(json.dumps(clip))
    ...     bunch = load_nw_ucla(folder)
    >>> bunch.sequences[0].shape, bunch.target_names[bunch.target[0]]
    ((2, 20, 3), 'donning')
    """
    check_choice("protocol", protocol, ("xview",))
    check_choice("subset", subset, SUBSETS)
    files = find_files(folder, "*.json", "a01_s01_e00_v01.json")
    cached = RecordCache("nw_ucla", cache)
    records, left_out = read_files(files, _read_clip, on_error=on_error, n_jobs=n_jobs, verbose=verbose, cache=cached)
    per_sample: dict[str, Any] = {key: np.array([record[key] for record in records]) for key in _ARRAYS}
    per_sample["sequences"] = [record["sequence"] for record in records]
    is_train = np.isin(per_sample["camera"], TRAIN_VIEWS)
    per_sample["duplicate_of"] = find_duplicates(per_sample["sequences"], per_sample["name"], is_train)
    common = {
        "target_names": list(ACTIONS.values()),
        "skeleton": KINECT_V1,
        "left_out": left_out,
        "protocol": protocol,
        "DESCR": _DESCR,
    }
    return make_bunch(per_sample, common, is_train, subset)


_ARRAYS = ("target", "subject", "camera", "repetition", "name")


def _read_clip(content: FileContent) -> dict[str, Any]:
    """One file: its sequence, and what its name says."""
    layout = "aAA_sSS_eEE_vVV (action, subject, repetition, view)"
    numbers = parse_name(content, _STEM, layout, _ALLOWED)
    clip = content.json()
    if not isinstance(clip, dict) or not {"skeletons", "label"} <= clip.keys():
        got = describe(clip)
        raise content.fault(f"got {got}, expected an object with 'skeletons' and 'label'")
    target = list(ACTIONS).index(numbers.pop("action"))
    if clip["label"] != target + 1:
        raise content.fault(f"got label {clip['label']!r}, expected {target + 1} from the file name")
    return {"sequence": _sequence(content, clip["skeletons"]), "target": target, "name": content.stem, **numbers}


def _sequence(content: FileContent, skeletons: Any) -> np.ndarray:
    wanted = f"expected frames of {KINECT_V1.n_joints} joints of 3 numbers"
    try:
        sequence = np.array(skeletons, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise content.fault(f"got skeletons that are no array of numbers, {wanted} ({error})") from None
    if sequence.ndim != 3 or sequence.shape[1:] != (KINECT_V1.n_joints, 3) or not len(sequence):
        raise content.fault(f"got skeletons of shape {sequence.shape}, {wanted}")
    return to_sequence(content, mark_missing(sequence))


def find_duplicates(sequences: list[np.ndarray], names: np.ndarray, is_train: np.ndarray) -> np.ndarray:
    """Name, for each test sequence, the first training sequence with the very same bytes.

    Parameters
    ----------
    sequences : list of ndarray
        All sequences.
    names : ndarray of str of shape (n_samples,)
        Their names.
    is_train : ndarray of bool of shape (n_samples,)
        Which are for training.

    Returns
    -------
    ndarray of str of shape (n_samples,)
        "" for training sequences and for test sequences that are like no training sequence.
    """
    seen: dict[tuple[tuple[int, ...], bytes], str] = {}
    for at in np.flatnonzero(is_train):
        seen.setdefault((sequences[at].shape, sequences[at].tobytes()), str(names[at]))
    copies = [
        "" if train else seen.get((one.shape, one.tobytes()), "")
        for one, train in zip(sequences, is_train, strict=True)
    ]
    return np.array(copies, dtype=names.dtype)
