"""Reader of Human3.6M poses in the archives of VideoPose3D."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from skeletonlearn.datasets._bunch import SkeletonBunch, make_bunch
from skeletonlearn.datasets._clip_files import encode_labels
from skeletonlearn.datasets._errors import SUBSETS, SkeletonFileError, check_choice, cut
from skeletonlearn.datasets._restricted_pickle import read_pickle
from skeletonlearn.datasets._source import FileContent, list_members, read_content
from skeletonlearn.skeletons import H36M

_TEST_SUBJECTS = (9, 11)
_KEYS = {"positions_3d": 3, "positions_2d": 2}
_MOVING = (0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27)
"""Of the 32 joints of the motion capture, those that move apart from others."""
_WANTED = "expected positions_3d[subject][action] or positions_2d[subject][action][camera]"

_DESCR = """\
Human3.6M: 15 actions by 7 subjects, 50 frames per second, 17 joints. Positions are in the world, in metres, or in the
pictures of four cameras. Subjects 1, 5, 6, 7 and 8 train, 9 and 11 test.

Ionescu, Papava, Olaru & Sminchisescu (2014). Human3.6M: large scale datasets and predictive methods for 3D human
sensing in natural environments. IEEE TPAMI.
"""


def load_human36m(
    path: str | PathLike[str],
    protocol: Literal["xsub"] = "xsub",
    *,
    subset: Literal["all", "train", "test"] = "all",
) -> SkeletonBunch:
    """Load Human3.6M poses from an archive of VideoPose3D, such as ``data_3d_h36m.npz``.

    The archive holds a dictionary of subjects, of dictionaries of actions, of positions (n_frames, n_joints, 3), or of
    lists of positions (n_frames, n_joints, 2), one per camera. These dictionaries are pickles. Unlike ``numpy.load``,
    nothing in the file can run: anything but arrays and plain containers is refused by its name.

    Parameters
    ----------
    path : path-like
        The ``.npz`` archive, with `positions_3d` or `positions_2d`.
    protocol : {"xsub"}, default="xsub"
        Cross-subject: subjects 9 and 11 test, the others train. For others, split by `subject` with
        :mod:`skeletonlearn.model_selection`.
    subset : {"all", "train", "test"}, default="all"
        Which part of the protocol to give.

    Returns
    -------
    SkeletonBunch
        With samples in the order of the file:

        sequences : list of ndarray of shape (n_frames_i, 17, 3) or (n_frames_i, 17, 2)
            Joint positions, in metres or pixels as in the file, float32. Of 32 joints, those that stand still or
            double others are left out. NaN where a joint is NaN.
        target : ndarray of int of shape (n_samples,)
            The action.
        target_names : list of str
            The names of the actions, without the number of the repetition.
        skeleton : Skeleton
            `H36M`.
        subject, repetition : ndarray of int of shape (n_samples,)
            The subject, and the number after the action, 0 without one.
        camera : ndarray of int of shape (n_samples,)
            The camera from 1; 0 for positions in the world.
        name : ndarray of str of shape (n_samples,)
            Subject, action and camera.
        protocol : str
            The protocol.
        train_index, test_index : ndarray of int
            The parts of the protocol, where subset="all".
        DESCR : str
            About the data set.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    SkeletonFileError
        If the file is no such archive, or holds anything but plain data.
    ValueError
        If a part of the protocol is empty, or a parameter has an unknown value.

    See Also
    --------
    sequences_from_array : Takes archives of plain arrays.

    References
    ----------
    C. Ionescu, D. Papava, V. Olaru and C. Sminchisescu (2014). Human3.6M: large scale datasets and predictive methods
    for 3D human sensing in natural environments. IEEE TPAMI.

    D. Pavllo, C. Feichtenhofer, D. Grangier and M. Auli (2019). 3D human pose estimation in video with temporal
    convolutions and semi-supervised training. CVPR.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> from skeletonlearn.datasets import load_human36m
    >>> positions = {"S1": {"Walking 1": np.ones((50, 32, 3))}, "S9": {"Sitting": np.ones((70, 32, 3))}}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "data_3d_h36m.npz")
    ...     np.savez_compressed(path, positions_3d=positions)
    ...     bunch = load_human36m(path)
    >>> [one.shape for one in bunch.sequences], bunch.target_names, bunch.test_index
    ([(50, 17, 3), (70, 17, 3)], ['Sitting', 'Walking'], array([1]))
    """
    check_choice("protocol", protocol, ("xsub",))
    check_choice("subset", subset, SUBSETS)
    content, n_channels = _open(Path(path))
    clips = list(_clips_in(content, _dictionary_in(content), n_channels))
    target, target_names = encode_labels([clip.action for clip in clips])
    subject = np.array([clip.subject for clip in clips])
    per_sample = {
        "sequences": [clip.sequence for clip in clips],
        "target": target,
        "subject": subject,
        "repetition": np.array([clip.repetition for clip in clips]),
        "camera": np.array([clip.camera for clip in clips]),
        "name": np.array([clip.name for clip in clips]),
    }
    common = {"target_names": target_names, "skeleton": H36M, "protocol": protocol, "DESCR": _DESCR}
    return make_bunch(per_sample, common, ~np.isin(subject, _TEST_SUBJECTS), subset)


class _Clip(NamedTuple):
    """One performance, seen by one camera."""

    sequence: np.ndarray
    subject: int
    action: str
    repetition: int
    camera: int
    name: str


def _open(path: Path) -> tuple[FileContent, int]:
    """The array of positions, and how many channels it should have."""
    if not path.exists():
        raise FileNotFoundError(f"{str(path)!r} does not exist; expected an archive such as data_3d_h36m.npz.")
    members = {file.inner.stem: file for file in list_members(path)}
    key = next((key for key in _KEYS if key in members), None)
    if key is None:
        raise SkeletonFileError(path, None, f"got {cut(', '.join(members) or 'no arrays', 200)}, {_WANTED}")
    return read_content(members[key]), _KEYS[key]


def _dictionary_in(content: FileContent) -> dict[Any, Any]:
    """The dictionary in an array of objects, whose pickle is read as plain data."""
    stream = io.BytesIO(content.data)
    try:
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(stream)
    except (ValueError, EOFError) as error:
        raise content.fault(f"got an unreadable array ({cut(str(error), 200)}), {_WANTED}") from None
    if shape != () or not dtype.hasobject:
        raise content.fault(f"got an array of shape {shape} and type {dtype}, {_WANTED}")
    value = read_pickle(FileContent(content.file, content.data[stream.tell() :], content.n_packed))
    if isinstance(value, np.ndarray) and value.shape == ():
        value = value.item()
    if not isinstance(value, dict) or not value:
        raise content.fault(f"got {type(value).__name__}, {_WANTED}")
    return value


def _clips_in(content: FileContent, positions: dict[Any, Any], n_channels: int) -> Iterator[_Clip]:
    for subject, actions in positions.items():
        number = re.fullmatch(r"S([0-9]{1,3})", subject) if isinstance(subject, str) else None
        if number is None or not isinstance(actions, dict):
            raise content.fault(f"got the subject {cut(repr(subject), 60)}, {_WANTED} with subjects S1, S5 and so on")
        for action, value in actions.items():
            name, _, last = str(action).rpartition(" ")
            label, repetition = (name, int(last)) if name and re.fullmatch("[0-9]{1,3}", last) else (str(action), 0)
            views = list(enumerate(value, 1)) if isinstance(value, list) else [(0, value)]
            for camera, one in views:
                place = f"{subject}/{cut(str(action), 60)}" + (f"/{camera}" if camera else "")
                sequence = _sequence(content, one, n_channels, place)
                yield _Clip(sequence, int(number[1]), label, repetition, camera, place)


def _sequence(content: FileContent, value: Any, n_channels: int, place: str) -> np.ndarray:
    array: np.ndarray = value if isinstance(value, np.ndarray) else np.empty(0)
    fits = array.ndim == 3 and len(array) and array.shape[1] in (17, 32) and array.shape[2] == n_channels
    if not fits or array.dtype.kind not in "fiu":
        got = f"shape {array.shape} and type {array.dtype}" if array is value else type(value).__name__
        raise content.fault(f"got {got} for {place!r}, expected (n_frames, 17 or 32 joints, {n_channels})")
    with np.errstate(over="ignore"):
        sequence = np.array(array if array.shape[1] == 17 else array[:, _MOVING], dtype=np.float32)
    if np.isinf(sequence).any():
        raise content.fault(f"got infinite numbers for {place!r}, expected finite ones of float32, or NaN")
    return sequence
