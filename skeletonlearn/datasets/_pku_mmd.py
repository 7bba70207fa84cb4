"""Reader of PKU-MMD: long recordings, and the actions that are in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from os import PathLike
from typing import Any, Literal

import numpy as np

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._bunch import SkeletonBunch, make_bunch
from skeletonlearn.datasets._clip_files import ClipFile
from skeletonlearn.datasets._clip_options import CLIP_TEXTS, ClipOptions
from skeletonlearn.datasets._errors import SUBSETS, SkeletonFileError, check_choice
from skeletonlearn.datasets._load_clips import load_clips
from skeletonlearn.datasets._pku_mmd_files import TRAIN_VIEWS, find_recordings, read_labels, read_training, view_of
from skeletonlearn.datasets._positions import mark_missing, read_rows, to_sequence
from skeletonlearn.datasets._read_files import Record
from skeletonlearn.datasets._source import FileContent, Source, SourceFile, read_content
from skeletonlearn.skeletons import NTU_RGBD

ACTIONS = (
    *("bow", "brushing hair", "brushing teeth", "check time (from watch)", "cheer up", "clapping"),
    *("cross hands in front (say stop)", "drink water", "drop", "eat meal/snack", "falling"),
    *("giving something to other person", "hand waving", "handshaking", "hopping (one foot jumping)"),
    *("hugging other person", "jump up", "kicking other person", "kicking something"),
    *("make a phone call/answer phone", "pat on back of other person", "pickup", "playing with phone/tablet"),
    *("point finger at the other person", "pointing to something with finger", "punching/slapping other person"),
    *("pushing other person", "put on a hat/cap", "put something inside pocket", "reading"),
    *("rub two hands together", "salute", "sitting down", "standing up", "take off a hat/cap", "take off glasses"),
    *("take off jacket", "take out something from pocket", "taking a selfie", "tear up paper", "throw"),
    *("touch back (backache)", "touch chest (stomachache/heart pain)", "touch head (headache)"),
    *("touch neck (neckache)", "typing on a keyboard", "use a fan (with hand or paper)/feeling warm"),
    *("wear jacket", "wear on glasses", "wipe face", "writing"),
)
"""The names of the classes, which the label files count from 1."""

_PERSONS = 2
_ROW = "x, y, z of 25 joints of two persons"

_DESCR = """\
PKU-MMD: recordings of three to four minutes, each seen by three Kinect v2 (25 joints, metres), with about twenty
actions of 51 classes in each. Joints at exactly (0, 0, 0) were not seen and are NaN.

Cross-view protocol ("xview"): train on the cameras M and R, test on L. Cross-subject protocol ("xsub"): train on the
recordings that cross-subject.txt lists, test on all others.

Liu, Hu, Li, Song & Liu (2017). PKU-MMD: a large scale benchmark for continuous multi-modal human action understanding.
"""


@fill_docstring(CLIP_TEXTS)
def load_pku_mmd(  # noqa: D417 - shared texts
    source: Source,
    *,
    protocol: Literal["xview", "xsub"] = "xview",
    subset: Literal["all", "train", "test"] = "all",
    split: str | PathLike[str] | None = None,
    untrimmed: bool = False,
    n_persons: Literal[1, 2] = 2,
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 0,
) -> SkeletonBunch:
    """Load the PKU-MMD data set from its text files.

    The set is not downloaded. Recordings are files such as ``0002-L.txt`` (recording, camera) with 150 numbers per
    line, one line per frame. Their labels are files of the same names in another folder, with lines ``class, start,
    end, confidence``. Each of these segments becomes a sample, or the recordings stay whole. Label files without a
    recording are not used.

    Parameters
    ----------
    source : path-like or sequence of path-like
        The folder, or zip archive, that holds both kinds of files in its subfolders; or several of them.
    protocol : {"xview", "xsub"}, default="xview"
        Cross-view trains on the cameras M and R, and tests on L. Cross-subject needs the list of the data set.
    subset : {"all", "train", "test"}, default="all"
        Which part of the protocol is loaded. Files of the other part are not read.
    split : path-like or None, default=None
        The list of training videos of the cross-subject protocol, such as ``Split/cross-subject.txt``. None looks for
        a file of that name in `source`.
    untrimmed : bool, default=False
        Whether recordings stay whole. If True, the Bunch holds the labels as `segments`: arrays `recording` (indices of
        the sequences), `start`, `end` (frames) and `label`.
    n_persons : {1, 2}, default=2
        The number of persons in each sequence. In actions of one person, the second is missing.
    {reading_parameters}

    Returns
    -------
    SkeletonBunch
        With samples in order of recording, camera and start:

        sequences : list of ndarray of shape (n_frames_i, n_persons * 25, 3)
            Joint positions in metres, float32; NaN where a joint or a person was not seen.
        target : ndarray of int of shape (n_samples,)
            Classes from 0 to 50, unless `untrimmed`.
        target_names : list of str
            The names of all 51 classes.
        skeleton : Skeleton
            `NTU_RGBD`.
        name : ndarray of str of shape (n_samples,)
            The recording and the place among its segments, such as "0002-L#0"; the recording, if `untrimmed`.
        recording : ndarray of str of shape (n_samples,)
            The recording that a sample is from, unless `untrimmed`.
        start, end : ndarray of int of shape (n_samples,)
            The frames of the recording, from 0, the end exclusive, unless `untrimmed`.
        label_confidence : ndarray of float of shape (n_samples,)
            How sure the annotators were, as in the label file, unless `untrimmed`.
        camera : ndarray of str of shape (n_samples,)
            "L", "M" or "R".
        {left_out}
        protocol : str
            The protocol.
        train_index, test_index : ndarray of int
            The parts of the protocol, if subset="all".
        {DESCR}

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no recording in it.
    ValueError
        If a file is faulty and on_error="raise", if no file is sound, if `subset` is empty, if the list of the protocol
        is not found, or if a parameter has an unknown value.

    See Also
    --------
    load_ntu_rgbd : Loads trimmed clips of the same sensor.

    References
    ----------
    C. Liu, Y. Hu, Y. Li, S. Song and J. Liu (2017). PKU-MMD: a large scale benchmark for continuous multi-modal human
    action understanding. ACM Multimedia Workshops.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from skeletonlearn.datasets import load_pku_mmd
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for kind in ("skeleton", "label"):
    ...         pathlib.Path(folder, kind).mkdir()
    ...     row = " ".join(["0.1 0.2 3.0"] * 25 + ["0 0 0"] * 25)
    ...     _ = pathlib.Path(folder, "skeleton", "0002-L.txt").write_text("\\n".join([row] * 40))
    ...     _ = pathlib.Path(folder, "label", "0002-L.txt").write_text("8,5,15,2\\n13,20,36,1\\n")
    ...     bunch = load_pku_mmd(folder)
    >>> [len(sequence) for sequence in bunch.sequences], [bunch.target_names[at] for at in bunch.target]
    ([10, 16], ['drink water', 'hand waving'])
    """
    check_choice("protocol", protocol, ("xview", "xsub"))
    check_choice("subset", subset, SUBSETS)
    check_choice("n_persons", n_persons, (1, 2))
    options = ClipOptions(untrimmed=untrimmed, on_error=on_error, n_jobs=n_jobs, cache=cache, verbose=verbose)
    files, labels = find_recordings(source)
    training = read_training(source, split) if protocol == "xsub" else {*_of_views(files, TRAIN_VIEWS)}
    files = [file for file in files if subset == "all" or (file.stem in training) == (subset == "train")]
    if not files:
        raise ValueError(f"subset={subset!r} is empty: got no recording of the {subset} part of {protocol!r}.")
    stamps = [(name, file.stamp) for name, file in sorted(labels.items())]
    read = partial(_read_recording, labels, int(n_persons), bool(untrimmed))
    key = [int(n_persons), bool(untrimmed), stamps]
    bunch = load_clips("pku_mmd", files, read, options, key=key, DESCR=_DESCR)
    per_sample, common = _finish(bunch, protocol)
    names = per_sample["recording"] if "recording" in per_sample else per_sample["name"]
    is_train = np.array([name in training for name in names])
    return make_bunch(per_sample, common, is_train, "all") if subset == "all" else SkeletonBunch(**per_sample, **common)


def _of_views(files: Sequence[ClipFile], views: Sequence[str]) -> list[str]:
    return [file.stem for file in files if view_of(file.stem) in views]


def _read_recording(labels: Mapping[str, SourceFile], n_persons: int, untrimmed: bool, content: FileContent) -> Record:
    """One file: the recording and its segments."""
    if content.stem not in labels and not untrimmed:
        raise content.fault(f"got no file of labels {content.stem}.txt in another folder, expected one")
    found = read_labels(read_content(labels[content.stem])) if content.stem in labels else []
    if not found and not untrimmed:
        raise SkeletonFileError(str(labels[content.stem]), None, "got an empty file, expected a segment per line")
    rows = read_rows(content, _PERSONS * NTU_RGBD.n_joints * 3, _ROW)
    joints = mark_missing(rows.reshape(len(rows), _PERSONS * NTU_RGBD.n_joints, 3))
    if np.isnan(joints).all():
        raise content.fault(f"got nobody in {len(joints)} frames, expected a person in one of them at least")
    confidence = {_key(start, end, number): sure for start, end, number, sure in found}
    return {
        "name": content.stem,
        "sequence": to_sequence(content, joints[:, : n_persons * NTU_RGBD.n_joints]),
        "skeleton": NTU_RGBD,
        "segments": [(start, end, ACTIONS[number]) for start, end, number, _ in found],
        "extra": {"camera": view_of(content.stem), "label_confidence": confidence},
    }


def _key(start: int, end: int, number: int) -> str:
    return f"{start} {end} {number}"


def _finish(bunch: SkeletonBunch, protocol: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What belongs to each sample, with the classes of the data set, and the other entries."""
    common = {name: bunch[name] for name in ("skeleton", "left_out", "DESCR", "segments") if name in bunch}
    common |= {"target_names": list(ACTIONS), "protocol": protocol}
    per_sample = {name: bunch[name] for name in ("sequences", "name", "camera")}
    if "segments" in bunch:
        return per_sample, common
    number = np.array([ACTIONS.index(name) for name in bunch.target_names])
    per_sample |= {"target": number[bunch.target], **{name: bunch[name] for name in ("recording", "start", "end")}}
    places = zip(bunch.start.tolist(), bunch.end.tolist(), per_sample["target"].tolist(), strict=True)
    sure = [of_file[_key(*place)] for of_file, place in zip(bunch.label_confidence, places, strict=True)]
    return {**per_sample, "label_confidence": np.array(sure, dtype=np.float64)}, common
