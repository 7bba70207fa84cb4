"""Reader of the NTU RGB+D and NTU RGB+D 120 data sets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from os import PathLike
from typing import Any, Literal

import numpy as np

from skeletonlearn.datasets._bunch import SkeletonBunch, make_bunch
from skeletonlearn.datasets._cache import load_cached
from skeletonlearn.datasets._errors import SUBSETS, SkeletonFileError, check_choice
from skeletonlearn.datasets._ntu._action_names import ACTIONS, MUTUAL_ACTIONS
from skeletonlearn.datasets._ntu._denoise import clean_recording
from skeletonlearn.datasets._ntu._parse import parse_ntu_skeleton
from skeletonlearn.datasets._ntu._protocols import N_ACTIONS, PROTOCOLS, find_dataset, find_training
from skeletonlearn.datasets._ntu._sample_files import Samples, name_samples, select_samples
from skeletonlearn.datasets._read_files import LeftOut, ReadOne, iterate_records
from skeletonlearn.datasets._source import FileContent, Source, find_files
from skeletonlearn.skeletons import NTU_RGBD

_VERSION = 1  # of what reading and cleaning give: another number makes old caches unknown

_DESCR = """\
NTU RGB+D: 60 actions by 40 subjects, seen by three Kinect v2 at once, in 17 setups (25 joints, metres); 56,880 samples.
NTU RGB+D 120 adds 60 actions, 66 subjects and 15 setups; 114,480 samples. Officially 302 and 535 of these are to be
left out, as their skeletons are missing or incomplete.

Protocols: cross-subject ("xsub", 40,091 samples train and 16,487 test; of NTU RGB+D 120 63,026 and 50,919), cross-view
("xview", NTU RGB+D only: cameras 2 and 3 train, camera 1 tests; 37,646 and 18,932), cross-setup ("xset", NTU RGB+D 120
only: even setups train; 54,468 and 59,477).

Bodies that the sensor saw in chairs and shadows are dropped, the others belong to actor 1 (who moves most) and actor 2,
whose joints come after those of actor 1. The origin is the middle of actor 1's spine where it is first seen. Joints,
frames and actors that were not seen are NaN, a second actor in an action of one person included.

Shahroudy, Liu, Ng & Wang (2016). NTU RGB+D: a large scale dataset for 3D human activity analysis. CVPR.
Liu, Shahroudy, Perez, Wang, Duan & Kot (2020). NTU RGB+D 120: a large-scale benchmark for 3D human activity
understanding. IEEE TPAMI.
"""


def load_ntu_rgbd(
    folder: Source,
    protocol: Literal["xsub", "xview", "xset"] = "xsub",
    *,
    subset: Literal["all", "train", "test"] = "all",
    dataset: Literal["auto", "ntu60", "ntu120"] = "auto",
    n_persons: Literal[1, 2] = 2,
    denoise: bool = True,
    exclude_mutual: bool = False,
    exclude_missing: bool = True,
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    on_error: Literal["raise", "warn", "skip"] = "raise",
    verbose: int = 0,
) -> SkeletonBunch:
    """Load NTU RGB+D or NTU RGB+D 120 from the raw ``.skeleton`` files.

    The sets are not downloaded: `folder` holds files ``SsssCcccPpppRrrrAaaa.skeleton`` (setup, camera, performer,
    repetition, action), loose or in the zip archives in which they are distributed.

    Parameters
    ----------
    folder : path-like or sequence of path-like
        The folder, searched with its subfolders, or zip archive with the files; several of them are read as one. Files
        may be compressed by gzip.
    protocol : {"xsub", "xview", "xset"}, default="xsub"
        Cross-subject, cross-view (NTU RGB+D only) or cross-setup (NTU RGB+D 120 only).
    subset : {"all", "train", "test"}, default="all"
        Which part of the protocol to give. Without a cache, the files of the other part are not read.
    dataset : {"auto", "ntu60", "ntu120"}, default="auto"
        With "ntu60", files of other setups and actions than those of NTU RGB+D are passed over. "auto" is the data set
        that the protocol belongs to; with "xsub" it is "ntu120" if any file has a setup or action of that set only.
    n_persons : {1, 2}, default=2
        How many actors to give; with 1, only frames that show actor 1 are kept.
    denoise : bool, default=True
        Whether to drop the bodies that are no persons: those seen in 11 frames or fewer, and those that are mostly too
        wide for their height. Whichever, bodies become actors in the order of their motion.
    exclude_mutual : bool, default=False
        Whether to leave out the actions of two persons, A050 to A060 and A106 to A120.
    exclude_missing : bool, default=True
        Whether to leave out the 302 or 535 samples on the official list of the data set.
    n_jobs : int or None, default=None
        Number of joblib workers that read files; None is 1 unless a `joblib.parallel_config` says otherwise.
    cache : path-like or None, default=None
        A folder in which to keep what was read; made if absent. The next call with the same files, `dataset`,
        exclusions, `n_persons` and `denoise` maps it into memory, whatever the protocol and the subset. For that, all
        parts are read at first.
    on_error : {"raise", "warn", "skip"}, default="raise"
        What to do with a faulty file, or a file name that is none of the data set: raise, leave it out with a warning,
        or leave it out silently.
    verbose : int, default=0
        1 shows progress and the time left: a bar in terminals and notebooks if `tqdm` is installed, else lines. 2 shows
        a line per file.

    Returns
    -------
    SkeletonBunch
        With samples in order of file name:

        sequences : list of ndarray of shape (n_frames_i, n_persons * 25, 3)
            Joint positions in metres from the middle of actor 1's spine at the beginning, float32, actor 1's joints
            before actor 2's; NaN where a joint or an actor was not seen. With a cache, read-only.
        target : ndarray of int of shape (n_samples,)
            Classes, from 0.
        target_names : list of str
            The names of the classes.
        skeleton : Skeleton
            `NTU_RGBD`.
        subject, camera, setup, repetition : ndarray of int of shape (n_samples,)
            From the file names.
        name : ndarray of str of shape (n_samples,)
            File names without suffix.
        left_out : dict of str to str
            What is wrong with each faulty file that was left out, by its name (a second file of one name by its path);
            with a cache, of all parts of the protocol.
        missing : list of str
            The names that are there and were left out because they are on the official list.
        protocol, dataset : str
            The protocol, and the data set that was found.
        train_index, test_index : ndarray of int
            The parts of the protocol, where subset="all".
        DESCR : str
            About the data set.

    Raises
    ------
    FileNotFoundError
        If there is no such folder or archive, or no such file in it.
    ValueError
        If a file is faulty and on_error="raise", if no file is sound, if `subset` has no sample, if `protocol` is not
        defined for `dataset`, or if a parameter has an unknown value.

    See Also
    --------
    read_ntu_skeleton : Reads one file as it is.
    write_ntu_skeleton : Writes such files.

    References
    ----------
    A. Shahroudy, J. Liu, T.-T. Ng and G. Wang (2016). NTU RGB+D: a large scale dataset for 3D human activity analysis.
    CVPR.

    J. Liu, A. Shahroudy, M. Perez, G. Wang, L.-Y. Duan and A. C. Kot (2020). NTU RGB+D 120: a large-scale benchmark
    for 3D human activity understanding. IEEE TPAMI.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> from skeletonlearn.datasets import NTUBody, NTURecording, load_ntu_rgbd, write_ntu_skeleton
    >>> joints = np.random.default_rng(0).normal(size=(30, 25, 3)).astype(np.float32)
    >>> recording = NTURecording(30, [NTUBody(72057594037944738, np.arange(30), joints)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_ntu_skeleton(pathlib.Path(folder, "S001C002P003R002A013.skeleton"), recording)
    ...     bunch = load_ntu_rgbd(folder, protocol="xview")
    >>> bunch.sequences[0].shape, bunch.target_names[bunch.target[0]], bunch.train_index
    ((30, 50, 3), 'tear up paper', array([0]))
    """
    _check(protocol=protocol, subset=subset, dataset=dataset, n_persons=n_persons)
    _check(denoise=denoise, exclude_mutual=exclude_mutual, exclude_missing=exclude_missing)
    left_out = LeftOut(on_error)
    files = find_files(folder, "*.skeleton", "S001C001P001R001A001.skeleton", recursive=True)
    samples = name_samples(files, left_out)
    dataset_ = find_dataset(dataset, protocol, samples.numbers)
    samples, missing = select_samples(samples, dataset_, exclude_mutual=exclude_mutual, exclude_missing=exclude_missing)
    if cache is None:
        samples = _take_part(samples, protocol, dataset_, subset)
    options = {"n_persons": int(n_persons), "denoise": bool(denoise)}
    sequences, names = _read(samples, options, cache, left_out, n_jobs=n_jobs, verbose=verbose)
    left_out.warn(len(files))
    at = {name: row for row, name in enumerate(samples.names)}
    samples = samples.take(np.array([at[name] for name in names], dtype=np.intp))
    actions = _list_actions(dataset_, exclude_mutual)
    return make_bunch(
        {
            "sequences": sequences,
            "target": np.searchsorted(actions, samples.numbers["action"]),
            **{key: samples.numbers[key] for key in ("subject", "camera", "setup", "repetition")},
            "name": np.array(names),
        },
        {
            "target_names": [ACTIONS[action - 1] for action in actions],
            "skeleton": NTU_RGBD,
            "left_out": left_out.by_name,
            "missing": missing,
            "protocol": protocol,
            "dataset": dataset_,
            "DESCR": _DESCR,
        },
        find_training(protocol, dataset_, samples.numbers),
        subset,
    )


def _check(**choices: Any) -> None:
    allowed = {
        "protocol": tuple(PROTOCOLS),
        "subset": SUBSETS,
        "dataset": ("auto", *N_ACTIONS),
        "n_persons": (1, 2),
        **dict.fromkeys(("denoise", "exclude_mutual", "exclude_missing"), (True, False)),
    }
    for name, value in choices.items():
        check_choice(name, value, allowed[name])


def _list_actions(dataset: str, exclude_mutual: bool) -> list[int]:
    """The numbers, from 1, of the actions that become classes."""
    numbers = range(1, N_ACTIONS[dataset] + 1)
    return [action for action in numbers if not (exclude_mutual and action in MUTUAL_ACTIONS)]


def _take_part(samples: Samples, protocol: str, dataset: str, subset: str) -> Samples:
    """The samples of one part of the protocol, so that no others are read."""
    if subset == "all":
        return samples
    is_train = find_training(protocol, dataset, samples.numbers)
    part = samples.take(is_train if subset == "train" else ~is_train)
    if not part.files:
        raise ValueError(
            f"subset={subset!r} is empty: got {len(samples.files)} samples, none of them in the {subset} part of "
            f"protocol={protocol!r}."
        )
    return part


def _read(
    samples: Samples, options: dict[str, Any], cache: str | PathLike[str] | None, left_out: LeftOut, **how: Any
) -> tuple[list[np.ndarray], list[str]]:
    """The sequences and names of the sound files."""
    read_one: ReadOne = partial(_read_sample, **options)

    def read(names: list[str], faulty: LeftOut) -> Iterator[np.ndarray]:
        for record in iterate_records(samples.files, read_one, left_out=faulty, **how):
            names.append(record["name"])
            yield record["sequence"]
        faulty.require(names, f"{len(samples.files)} files could be read, expected at least one")

    def build(info: dict[str, Any]) -> Iterator[np.ndarray]:
        faulty = LeftOut(left_out.on_error)  # apart from faulty names, which are none of the cache's content
        info |= {"names": [], "left_out": faulty.by_name}
        return read(info["names"], faulty)

    if cache is None:
        names: list[str] = []
        return list(read(names, left_out)), names
    key = {
        "version": _VERSION,
        **options,
        "files": [(name, file.stamp) for name, file in zip(samples.names, samples.files, strict=True)],
    }
    sequences, info = load_cached(cache, "ntu_rgbd", key, build)
    if info["left_out"] and left_out.on_error == "raise":
        stem, text = next(iter(info["left_out"].items()))
        path = str(samples.files[samples.names.index(stem)])
        raise SkeletonFileError(path, None, f"was left out of the cache, expected a sound file; the fault: {text}")
    left_out.by_name |= info["left_out"]
    return sequences, info["names"]


def _read_sample(content: FileContent, *, n_persons: int, denoise: bool) -> dict[str, Any]:
    """One file: its name and its actors."""
    recording = parse_ntu_skeleton(content, tracking_states=False)
    try:
        with np.errstate(over="raise"):
            sequence = clean_recording(recording, n_persons=n_persons, denoise=denoise)
    except FloatingPointError:
        raise content.fault("got joints too far apart for float32, expected metres") from None
    if not len(sequence):
        raise content.fault(f"got {recording.n_frames} frames without a body, expected at least one frame with a body")
    return {"name": content.stem, "sequence": sequence}
