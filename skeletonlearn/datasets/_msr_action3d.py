"""Reader of the MSR-Action3D data set."""

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
from skeletonlearn.datasets._positions import mark_missing, read_rows, to_sequence
from skeletonlearn.datasets._read_files import read_files
from skeletonlearn.datasets._record_cache import RecordCache
from skeletonlearn.datasets._source import FileContent, Source, find_files
from skeletonlearn.skeletons import MSR_ACTION3D

ACTIONS = (
    *("high arm wave", "horizontal arm wave", "hammer", "hand catch", "forward punch", "high throw", "draw x"),
    *("draw tick", "draw circle", "hand clap", "two hand wave", "side-boxing", "bend", "forward kick", "side kick"),
    *("jogging", "tennis swing", "tennis serve", "golf swing", "pick up & throw"),
)

ACTION_SETS = {
    "AS1": (2, 3, 5, 6, 10, 13, 18, 20),
    "AS2": (1, 4, 7, 8, 9, 11, 12, 14),
    "AS3": (6, 14, 15, 16, 17, 18, 19, 20),
}
"""Action numbers (from 1) of the three subsets of Li, Zhang & Liu (2010)."""

TRAIN_SUBJECTS = (1, 3, 5, 7, 9)

_STEM = re.compile(r"a(?P<action>\d{2})_s(?P<subject>\d{2})_e(?P<repetition>\d{2})_skeleton3D")
_ALLOWED = {"action": range(1, 21), "subject": range(1, 11)}

_DESCR = """\
MSR-Action3D: twenty gaming actions by ten subjects, up to three times each, before one depth sensor (20 joints).

Cross-subject protocol ("xsub"): train on subjects 1, 3, 5, 7, 9, test on 2, 4, 6, 8, 10; on all twenty actions, or on
one of the sets AS1, AS2 and AS3 of eight actions each.

Joints at exactly (0, 0, 0) were not seen and are NaN, whole frames included. A file without any seen joint is left out
(of the distributed 567, that is a13_s09_e02).

Li, Zhang & Liu (2010). Action recognition based on a bag of 3D points. CVPR Workshops.
"""


@fill_docstring(CLIP_TEXTS)
def load_msr_action3d(  # noqa: D417 - shared texts
    folder: Source,
    *,
    protocol: Literal["xsub"] = "xsub",
    subset: Literal["all", "train", "test"] = "all",
    action_set: Literal["AS1", "AS2", "AS3"] | None = None,
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 0,
) -> Bunch:
    """Load the MSR-Action3D data set from its text files.

    The set is not downloaded: `folder` holds files ``aAA_sSS_eEE_skeleton3D.txt`` (action, subject, repetition) with
    rows ``x y z confidence``, 20 rows a frame. Other files in it are not looked at.

    Parameters
    ----------
    folder : path-like or sequence of path-like
        The folder, or zip archive, with the text files; several of them are read as one.
    protocol : {"xsub"}, default="xsub"
        Cross-subject: odd subjects train, even ones test.
    subset : {"all", "train", "test"}, default="all"
        Which part of the protocol to give.
    action_set : {"AS1", "AS2", "AS3"} or None, default=None
        Keep the eight actions of this set only, as classes 0 to 7; None keeps all twenty.
    on_error : {"raise", "warn", "skip"}, default="raise"
        What to do with a faulty file: raise, leave it out with a warning, or leave it out silently. A sound
        file without any seen joint is no fault: it is always left out.
    {n_jobs}
    {cache}
    {verbose}

    Returns
    -------
    Bunch
        With samples in order of file name:

        sequences : list of ndarray of shape (n_frames_i, 20, 3)
            Joint positions in metres, float32; NaN where a joint was not seen.
        confidence : list of ndarray of shape (n_frames_i, 20)
            The sensor's confidence in each joint, between 0 and 1, float32.
        target : ndarray of int of shape (n_samples,)
            Classes, from 0.
        target_names : list of str
            The names of the classes.
        skeleton : Skeleton
            `MSR_ACTION3D`.
        subject, repetition : ndarray of int of shape (n_samples,)
            From the file names.
        name : ndarray of str of shape (n_samples,)
            File names up to the repetition, such as "a01_s01_e01".
        left_out : dict of str to str
            What is wrong with each file that was left out, by its name: faulty ones, and those without any seen joint.
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
        If a file is faulty and on_error="raise", if no file is sound, if `subset` or `action_set` has no sample, or if
        a parameter has an unknown value.

    References
    ----------
    W. Li, Z. Zhang and Z. Liu (2010). Action recognition based on a bag of 3D points. CVPR Workshops.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from skeletonlearn.datasets import load_msr_action3d
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "a13_s02_e01_skeleton3D.txt").write_text("0.1 0.2 3.0 1.0\\n" * 40)
    ...     bunch = load_msr_action3d(folder)
    >>> bunch.sequences[0].shape, bunch.target_names[bunch.target[0]], bunch.test_index
    ((2, 20, 3), 'bend', array([0]))
    """
    check_choice("protocol", protocol, ("xsub",))
    check_choice("subset", subset, SUBSETS)
    check_choice("action_set", action_set, (None, *ACTION_SETS))
    files = find_files(folder, "*_skeleton3D.txt", "a01_s01_e01_skeleton3D.txt")
    cached = RecordCache("msr_action3d", cache)
    records, left_out = read_files(files, _read_clip, on_error=on_error, n_jobs=n_jobs, verbose=verbose, cache=cached)
    untracked = {record["name"]: "no joint was seen" for record in records if np.isnan(record["sequence"]).all()}
    wanted = np.array(ACTION_SETS[action_set]) if action_set else np.arange(1, len(ACTIONS) + 1)
    records = [record for record in records if record["name"] not in untracked and record["action"] in wanted]
    if not records:
        raise ValueError(f"No sample is left: got {len(files)} files, expected some with actions {wanted.tolist()}.")
    return make_bunch(
        _per_sample(records, wanted),
        {
            "target_names": [ACTIONS[action - 1] for action in wanted],
            "skeleton": MSR_ACTION3D,
            "left_out": left_out | untracked,
            "protocol": protocol,
            "DESCR": _DESCR,
        },
        np.array([record["subject"] in TRAIN_SUBJECTS for record in records]),
        subset,
    )


def _per_sample(records: list[dict[str, Any]], wanted: np.ndarray) -> dict[str, Any]:
    arrays = {key: np.array([record[key] for record in records]) for key in ("subject", "repetition", "name")}
    lists = {"sequences": [one["sequence"] for one in records], "confidence": [one["confidence"] for one in records]}
    return {**lists, "target": np.searchsorted(wanted, [one["action"] for one in records]), **arrays}


def _read_clip(content: FileContent) -> dict[str, Any]:
    """One file: its sequence and confidence, and what its name says."""
    layout = "aAA_sSS_eEE_skeleton3D (action, subject, repetition)"
    numbers = parse_name(content, _STEM, layout, _ALLOWED)
    rows = read_rows(content, 4, "x y z confidence")
    if len(rows) % MSR_ACTION3D.n_joints:
        raise content.fault(f"got {len(rows)} rows, expected {MSR_ACTION3D.n_joints} rows a frame")
    frames = rows.reshape(-1, MSR_ACTION3D.n_joints, 4)
    return {
        "sequence": to_sequence(content, mark_missing(frames[..., :3])),
        "confidence": np.ascontiguousarray(frames[..., 3], dtype=np.float32),
        "name": content.stem.removesuffix("_skeleton3D"),
        **numbers,
    }
