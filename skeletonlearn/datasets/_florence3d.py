"""Reader of the Florence 3D Actions data set."""

from __future__ import annotations

from os import PathLike
from typing import Any, Literal

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._bunch import make_undivided_bunch
from skeletonlearn.datasets._clip_options import CLIP_TEXTS
from skeletonlearn.datasets._errors import SUBSETS, SkeletonFileError, check_choice
from skeletonlearn.datasets._mat import read_mat_variable
from skeletonlearn.datasets._positions import mark_missing, to_sequence
from skeletonlearn.datasets._read_files import Record, read_recordings
from skeletonlearn.datasets._record_cache import RecordCache
from skeletonlearn.datasets._source import FileContent, Source, find_files
from skeletonlearn.skeletons import FLORENCE3D

ACTIONS = (
    *("wave", "drink from a bottle", "answer phone", "clap", "tight lace", "sit down", "stand up", "read watch"),
    "bow",
)

N_SUBJECTS = 10

_FILE = "skeletal_data.mat"
_VARIABLE = "skeletal_data"
_Y_UP = [0, 2, 1]
_DESCR = """\
Florence 3D Actions: nine daily actions by ten subjects, two or three times each, before one Kinect v1 (15 joints);
215 sequences. It is read from skeletal_data.mat, in which y and z are swapped; they are swapped back here, so that y is
up and z is the distance from the sensor, as in the other sets. Positions keep the unit of the file, which is the metre
as far as is known.

The authors' protocol is leave-one-subject-out ("loso"): there are no fixed training and test parts; use
skeletonlearn.model_selection.LeaveOneSubjectOut with groups=bunch.subject.

Joints at exactly (0, 0, 0) were not seen and are NaN.

Seidenari, Varano, Berretti, Del Bimbo & Pala (2013). Recognizing actions from depth cameras as weakly aligned
multi-part bag-of-poses. CVPR Workshops.
"""


@fill_docstring(CLIP_TEXTS)
def load_florence3d(  # noqa: D417 - shared texts
    folder: Source,
    *,
    protocol: Literal["loso"] = "loso",
    subset: Literal["all", "train", "test"] = "all",
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 0,
) -> Bunch:
    """Load the Florence 3D Actions data set from its MATLAB file.

    The set is not downloaded: `folder` holds ``skeletal_data.mat`` with a variable ``skeletal_data``, a cell array or
    array of structs, one for each sequence, with ``original_skeletal_data`` of shape (3, 15, n_frames), ``action``
    (1 to 9) and ``subject`` (1 to 10).

    Parameters
    ----------
    folder : path-like or sequence of path-like
        The folder, or zip archive, with the file, or the file itself.
    protocol : {"loso"}, default="loso"
        Leave-one-subject-out. It has no fixed training and test part: split with
        :class:`~skeletonlearn.model_selection.LeaveOneSubjectOut`.
    subset : {"all"}, default="all"
        Only "all" is possible; it is there because all readers have it.
    on_error : {"raise", "warn", "skip"}, default="raise"
        What to do with a faulty entry of the file: raise, leave it out with a warning, or leave it out silently.
    {n_jobs}
    {cache}
    {verbose}

    Returns
    -------
    Bunch
        With samples in order of the file:

        sequences : list of ndarray of shape (n_frames_i, 15, 3)
            Joint positions, y up, float32; NaN where a joint was not seen.
        target : ndarray of int of shape (n_samples,)
            Classes from 0 to 8.
        target_names : list of str
            The names of the classes.
        skeleton : Skeleton
            `FLORENCE3D`.
        subject : ndarray of int of shape (n_samples,)
            The performers, 1 to 10.
        name : ndarray of str of shape (n_samples,)
            The number of the entry, such as "sequence_001".
        left_out : dict of str to str
            What is wrong with each faulty entry that was left out, by its name.
        protocol : str
            The protocol.
        DESCR : str
            About the data set.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no file of the data set in it.
    ValueError
        If the file is faulty, or one of its entries and on_error="raise"; if no entry is sound; if there are several
        such files; or if a parameter has an unknown value.

    References
    ----------
    L. Seidenari, V. Varano, S. Berretti, A. Del Bimbo and P. Pala (2013). Recognizing actions from depth cameras as
    weakly aligned multi-part bag-of-poses. CVPR Workshops.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> from scipy.io import savemat
    >>> from skeletonlearn.datasets import load_florence3d
    >>> clip = {"original_skeletal_data": np.ones((3, 15, 8)), "action": 9.0, "subject": 2.0}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     savemat(pathlib.Path(folder, "skeletal_data.mat"), {"skeletal_data": [clip]})
    ...     bunch = load_florence3d(folder)
    >>> bunch.sequences[0].shape, bunch.target_names[bunch.target[0]], bunch.subject
    ((8, 15, 3), 'bow', array([2]))
    """
    check_choice("protocol", protocol, ("loso",))
    check_choice("subset", subset, SUBSETS)
    files = find_files(folder, _FILE, _FILE)
    if len(files) > 1:
        raise ValueError(f"folder={folder!r} has {len(files)} files {_FILE}, expected one.")
    cached = RecordCache("florence3d", cache)
    records, left_out = read_recordings(
        files, _read_entries, on_error=on_error, n_jobs=n_jobs, verbose=verbose, cache=cached
    )
    per_sample: dict[str, Any] = {key: np.array([one[key] for one in records]) for key in ("target", "subject", "name")}
    per_sample["sequences"] = [record["sequence"] for record in records]
    common = {
        "target_names": list(ACTIONS),
        "skeleton": FLORENCE3D,
        "left_out": left_out,
        "protocol": protocol,
        "DESCR": _DESCR,
    }
    instead = "split with LeaveOneSubjectOut of skeletonlearn.model_selection, groups=bunch.subject"
    return make_undivided_bunch(per_sample, common, subset, instead)


def _read_entries(content: FileContent) -> dict[str, Record | SkeletonFileError]:
    """Each entry's record, or what is wrong with it, by name."""
    entries = read_mat_variable(content, _VARIABLE)
    if not isinstance(entries, list) or not entries:
        got = "an empty one" if isinstance(entries, list) else "something else"
        raise content.fault(f"got {got} in {_VARIABLE}, expected a cell array or an array of structs")
    outcomes: dict[str, Record | SkeletonFileError] = {}
    for number, entry in enumerate(entries, start=1):
        name = f"sequence_{number:03d}"
        try:
            outcomes[name] = {"name": name, **_read_entry(content, _struct(entry), f"entry {number}: ")}
        except SkeletonFileError as error:
            outcomes[name] = error
    return outcomes


def _struct(entry: Any) -> dict[str, Any]:
    """The fields of an entry: itself in an array of structs, its only item in a cell array."""
    if isinstance(entry, list) and len(entry) == 1:
        entry = entry[0]
    return entry if isinstance(entry, dict) else {}


def _read_entry(content: FileContent, fields: dict[str, Any], where: str) -> Record:
    wanted = ("original_skeletal_data", "action", "subject")
    if not set(wanted) <= fields.keys():
        raise content.fault(f"{where}got fields {sorted(fields)}, expected {', '.join(wanted)}")
    action = _whole_number(content, fields["action"], len(ACTIONS), f"{where}got action")
    subject = _whole_number(content, fields["subject"], N_SUBJECTS, f"{where}got subject")
    positions = fields["original_skeletal_data"]
    if isinstance(positions, np.ndarray) and positions.ndim == 2:  # MATLAB drops the last axis of a single frame
        positions = positions[:, :, None]
    shape = positions.shape if isinstance(positions, np.ndarray) else None
    if shape is None or len(shape) != 3 or shape[:2] != (3, FLORENCE3D.n_joints) or not shape[2]:
        got = "no array of real numbers" if shape is None else f"shape {shape}"
        raise content.fault(f"{where}got {wanted[0]} with {got}, expected (3, {FLORENCE3D.n_joints}, n_frames)")
    joints = mark_missing(positions.transpose(2, 1, 0)[..., _Y_UP])
    return {"sequence": to_sequence(content, joints, where), "target": action - 1, "subject": subject}


def _whole_number(content: FileContent, value: Any, largest: int, got: str) -> int:
    numbers: list[float] = value.ravel().tolist() if isinstance(value, np.ndarray) else []
    if len(numbers) != 1 or numbers[0] not in range(1, largest + 1):
        shown = f"{numbers[0]:g}" if len(numbers) == 1 else f"with {len(numbers)} numbers"
        raise content.fault(f"{got} {shown}, expected a whole number from 1 to {largest}")
    return int(numbers[0])
