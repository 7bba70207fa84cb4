"""Reader of the UTD Multimodal Human Action data set."""

from __future__ import annotations

import re
from os import PathLike
from typing import Any, Literal

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._bunch import make_bunch
from skeletonlearn.datasets._clip_options import CLIP_TEXTS
from skeletonlearn.datasets._errors import SUBSETS, check_choice
from skeletonlearn.datasets._file_names import parse_name
from skeletonlearn.datasets._mat import read_mat_variable
from skeletonlearn.datasets._positions import mark_missing, to_sequence
from skeletonlearn.datasets._read_files import read_files
from skeletonlearn.datasets._record_cache import RecordCache
from skeletonlearn.datasets._source import FileContent, Source, find_files
from skeletonlearn.skeletons import UTD_MHAD

ACTIONS = (
    *("right arm swipe to the left", "right arm swipe to the right", "right hand wave", "two hand front clap"),
    *("right arm throw", "cross arms in the chest", "basketball shoot", "right hand draw x"),
    *("right hand draw circle (clockwise)", "right hand draw circle (counter clockwise)", "draw triangle"),
    *("bowling (right hand)", "front boxing", "baseball swing from right", "tennis right hand forehand swing"),
    *("arm curl (two arms)", "tennis serve", "two hand push", "right hand knock on door"),
    *("right hand catch an object", "right hand pick up and throw", "jogging in place", "walking in place"),
    *("sit to stand", "stand to sit", "forward lunge (left foot forward)", "squat (two arms stretch out)"),
)

TRAIN_SUBJECTS = (1, 3, 5, 7)

_STEM = re.compile(r"a(?P<action>\d{1,2})_s(?P<subject>\d{1,2})_t(?P<repetition>\d{1,2})_skeleton")
_ALLOWED = {"action": range(1, 28), "subject": range(1, 9), "repetition": range(1, 5)}

_DESCR = """\
UTD-MHAD: 27 actions by eight subjects, four times each, before one Kinect v1 (20 joints, metres); 861 recordings, since
three damaged ones were removed by the authors. The skeletons are read; video, depth and inertial signals are not.

Cross-subject protocol ("xsub"): train on subjects 1, 3, 5, 7, test on 2, 4, 6, 8.

Joints at exactly (0, 0, 0) were not seen and are NaN.

Chen, Jafari & Kehtarnavaz (2015). UTD-MHAD: a multimodal dataset for human action recognition utilizing a depth camera
and a wearable inertial sensor. ICIP.
"""


@fill_docstring(CLIP_TEXTS)
def load_utd_mhad(  # noqa: D417 - shared texts
    folder: Source,
    *,
    protocol: Literal["xsub"] = "xsub",
    subset: Literal["all", "train", "test"] = "all",
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 0,
) -> Bunch:
    """Load the skeletons of the UTD Multimodal Human Action data set from its MATLAB files.

    The set is not downloaded: `folder` holds files ``aA_sS_tT_skeleton.mat`` (action, subject, trial; without leading
    zeros), in subfolders or not, each with a variable ``d_skel`` of shape (20, 3, n_frames). Other files in it are not
    looked at.

    Parameters
    ----------
    folder : path-like or sequence of path-like
        The folder, or zip archive, with the MATLAB files; several of them are read as one.
    protocol : {"xsub"}, default="xsub"
        Cross-subject: odd subjects train, even ones test.
    subset : {"all", "train", "test"}, default="all"
        Which part of the protocol to give.
    on_error : {"raise", "warn", "skip"}, default="raise"
        What to do with a faulty file: raise, leave it out with a warning, or leave it out silently.
    {n_jobs}
    {cache}
    {verbose}

    Returns
    -------
    Bunch
        With samples in order of action, subject and trial:

        sequences : list of ndarray of shape (n_frames_i, 20, 3)
            Joint positions in metres, y up, float32; NaN where a joint was not seen.
        target : ndarray of int of shape (n_samples,)
            Classes from 0 to 26.
        target_names : list of str
            The names of the classes.
        skeleton : Skeleton
            `UTD_MHAD`.
        subject, repetition : ndarray of int of shape (n_samples,)
            From the file names; the repetition is the trial, 1 to 4.
        name : ndarray of str of shape (n_samples,)
            File names up to the trial, such as "a1_s1_t1".
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
        If there is no such folder, or no file of the data set in it.
    ValueError
        If a file is faulty and on_error="raise", if no file is sound, if `subset` has no sample, or if a parameter has
        an unknown value.

    References
    ----------
    C. Chen, R. Jafari and N. Kehtarnavaz (2015). UTD-MHAD: a multimodal dataset for human action recognition utilizing
    a depth camera and a wearable inertial sensor. ICIP.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> from scipy.io import savemat
    >>> from skeletonlearn.datasets import load_utd_mhad
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     savemat(pathlib.Path(folder, "a27_s2_t1_skeleton.mat"), {"d_skel": np.ones((20, 3, 5))})
    ...     bunch = load_utd_mhad(folder)
    >>> bunch.sequences[0].shape, bunch.target_names[bunch.target[0]], bunch.test_index
    ((5, 20, 3), 'squat (two arms stretch out)', array([0]))
    """
    check_choice("protocol", protocol, ("xsub",))
    check_choice("subset", subset, SUBSETS)
    files = find_files(folder, "*_skeleton.mat", "a1_s1_t1_skeleton.mat", recursive=True)
    cached = RecordCache("utd_mhad", cache)
    records, left_out = read_files(files, _read_clip, on_error=on_error, n_jobs=n_jobs, verbose=verbose, cache=cached)
    # numbers without leading zeros: a10 would come before a1 in order of file name
    records.sort(key=lambda record: (record["target"], record["subject"], record["repetition"]))
    per_sample: dict[str, Any] = {key: np.array([record[key] for record in records]) for key in _ARRAYS}
    per_sample["sequences"] = [record["sequence"] for record in records]
    common = {
        "target_names": list(ACTIONS),
        "skeleton": UTD_MHAD,
        "left_out": left_out,
        "protocol": protocol,
        "DESCR": _DESCR,
    }
    return make_bunch(per_sample, common, np.isin(per_sample["subject"], TRAIN_SUBJECTS), subset)


_ARRAYS = ("target", "subject", "repetition", "name")


def _read_clip(content: FileContent) -> dict[str, Any]:
    """One file: its sequence, and what its name says."""
    numbers = parse_name(content, _STEM, "aA_sS_tT_skeleton (action, subject, trial)", _ALLOWED)
    positions = read_mat_variable(content, "d_skel")
    if isinstance(positions, np.ndarray) and positions.ndim == 2:  # MATLAB drops the last axis of a single frame
        positions = positions[:, :, None]
    shape = positions.shape if isinstance(positions, np.ndarray) else None
    if shape is None or len(shape) != 3 or shape[:2] != (UTD_MHAD.n_joints, 3) or not shape[2]:
        got = "no array of real numbers" if shape is None else f"shape {shape}"
        raise content.fault(f"got d_skel with {got}, expected ({UTD_MHAD.n_joints}, 3, n_frames)")
    return {
        "sequence": to_sequence(content, mark_missing(positions.transpose(2, 0, 1))),
        "target": numbers.pop("action") - 1,
        "name": content.stem.removesuffix("_skeleton"),
        **numbers,
    }
