"""Sequences from arrays with their axes in any order, padded with zeros or NaN."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Literal

import numpy as np

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn._warnings import warn_user
from skeletonlearn.datasets._array_clips import ArrayClip, ArrayReader
from skeletonlearn.datasets._array_files import ArrayPart, StoredArray, open_arrays
from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._clip_options import CLIP_TEXTS
from skeletonlearn.datasets._cut_bunch import cut_bunch
from skeletonlearn.datasets._errors import check_choice
from skeletonlearn.datasets._given_labels import read_labels
from skeletonlearn.skeletons import Skeleton, get_skeleton
from skeletonlearn.skeletons._check_layout import warn_of_wrong_layout

_ZEROS = ("persons", "joints", "keep")

_DESCR = """\
Sequences from an array with the axes {axes}. Coordinates are what the array has; what was missing or padded is NaN or
trimmed.
"""


@fill_docstring(CLIP_TEXTS)
def sequences_from_array(  # noqa: D417 - shared texts
    X: Any,
    axes: str | None = None,
    *,
    target: Any = None,
    target_names: Sequence[str] | None = None,
    name: Any = None,
    skeleton: Skeleton | str | None = None,
    n_channels: int | None = None,
    confidence_channel: int | None = None,
    n_persons: int | None = None,
    zeros: Literal["persons", "joints", "keep"] = "persons",
    trim: bool = True,
    segments: Any = None,
    fps: float | None = None,
    untrimmed: bool = False,
) -> SkeletonBunch:
    """Make sequences from an array whose axes have any order.

    Padding is not recording: frames at either end in which nobody is are trimmed, and persons whom no sample has are
    left out. Samples are read one by one, so that an array in a file need not fit into memory with its padding.

    Parameters
    ----------
    X : array-like, list of array-like, mapping of str to array-like, or path-like
        The samples. A list may hold samples of different lengths; `axes` then starts with N all the same. A mapping,
        or an ``.npz`` file, has arrays `x_train` and `y_train`, `x_test` and `y_test`, and so on, or `x` and `y`; an
        ``.npy`` file has one array. Masked values are missing.
    axes : str or None, default=None
        A letter for each axis of X: N samples, C channels, T frames, V joints, M persons. Axes that X lacks are left
        out. Letters in parentheses share an axis of X, the last one fastest: ``"NT(MVC)"`` has persons x joints x
        channels as its third axis. None is ``"NCTVM"`` for five axes, as ST-GCN writes, ``"NT(MV)C"`` for four, as
        this package does, and ``"NT(MVC)"`` for three, as CTR-GCN does.
    target : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
        Labels: integers, texts or one-hot rows. With None, they are those that the mapping or file holds, if any.
    target_names : sequence of str or None, default=None
        The names of the classes. None is "0", "1", and so on, or the texts in natural order.
    name : array-like of str of shape (n_samples,), default=None
        The names of the samples. None is "sample_00000" and so on, or "train_00000" in a set with parts.
    skeleton : Skeleton, str or None, default=None
        The layout of one person, or its name.
    n_channels : int or None, default=None
        The number of channels, where they share an axis with others. None is 3 if that fits, else 2.
    confidence_channel : int or None, default=None
        The channel that is a confidence instead of a coordinate, such as 2 or -1. Joints of confidence 0 are missing.
    n_persons : int or None, default=None
        The number of persons in each sequence, the first of each sample. None is the largest number in a sample.
    zeros : {"persons", "joints", "keep"}, default="persons"
        Which zeros are missing values: those of a person all of whose joints are zero in a frame; also those of a
        joint all of whose coordinates are zero; or none. A joint at the origin of centred data is a zero as well.
    trim : bool, default=True
        Whether to leave out frames at both ends in which nobody is. Frames between others always stay. With segments,
        which count frames, no frames are left out.
    {segments}
    {fps}
    {untrimmed}

    Returns
    -------
    SkeletonBunch
        With samples in the order of X; the part "train" comes first, then "val" and "test":

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, n_channels)
            The coordinates, float32; NaN where a joint is missing.
        confidence : list of ndarray of shape (n_frames_i, n_persons * n_joints)
            The confidence, float32, if there is a `confidence_channel`; 0 where a joint is missing.
        target : ndarray of int of shape (n_samples,)
            The classes, if there are labels.
        target_names : list of str
            The names of the classes, if there are labels.
        skeleton : Skeleton or None
            The layout of one person, if given.
        name : ndarray of str of shape (n_samples,)
            The names.
        train_index, val_index, test_index : ndarray of int
            The parts that the mapping or file has.
        recording, start, end : ndarray of shape (n_samples,)
            If clips were cut by segments: the name of the recording, and the frames of it. The labels are those of the
            segments.
        left_out : dict of str to str
            If clips were cut by segments: the recordings without any segment.
        DESCR : str
            About the data.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    SkeletonFileError
        If a file cannot be read as arrays of numbers.
    ValueError
        If `axes` does not fit the array, if a sample has infinite numbers, or if labels or names do not fit the
        samples. The text gives the size of each axis.

    Warns
    -----
    UserWarning
        If samples show nobody. They have one frame, which is missing.

    See Also
    --------
    sequences_from_table : Takes tables.
    load_pyskl : Reads pickles of pyskl.

    References
    ----------
    S. Yan, Y. Xiong and D. Lin (2018). Spatial temporal graph convolutional networks for skeleton-based action
    recognition. AAAI.

    Y. Chen et al. (2021). Channel-wise topology refinement graph convolution for skeleton-based action recognition.
    ICCV.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.datasets import sequences_from_array
    >>> X = np.zeros((2, 3, 300, 25, 2))
    >>> X[0, :, :80, :, 0] = X[1, :, :120] = 1.0
    >>> bunch = sequences_from_array(X, "NCTVM", target=[4, 0], skeleton="NTU_RGBD")
    >>> [one.shape for one in bunch.sequences], bunch.target
    ([(80, 50, 3), (120, 50, 3)], array([4, 0]))
    """
    check_choice("zeros", zeros, _ZEROS)
    if n_persons is not None and (not isinstance(n_persons, Integral) or isinstance(n_persons, bool) or n_persons < 1):
        raise ValueError(f"n_persons={n_persons!r} must be a positive integer or None.")
    layout = None if skeleton is None else get_skeleton(skeleton)
    n_joints, trim = None if layout is None else layout.n_joints, bool(trim) and segments is None
    reader = ArrayReader(axes, n_joints, n_channels, confidence_channel, zeros, trim)
    parts = open_arrays(X)
    clips = [list(reader.read(part)) for part in parts]
    entries = _join(_number_of_persons(clips, n_persons), [clip for own in clips for clip in own])
    names = _names_of(name, parts, clips)
    _warn_of_nobody(entries["sequences"], names)
    if layout is not None:
        warn_of_wrong_layout(entries["sequences"], layout)
    given = _labels_of(target, parts, clips)
    if given is not None:
        entries["target"], entries["target_names"] = read_labels(given, len(names), target_names)
    index = _indices_of(parts, clips)
    common = {"skeleton": layout, "name": names, "DESCR": _DESCR.format(axes=reader.used)}
    return cut_bunch(SkeletonBunch(**entries, **common, **index), segments, fps, untrimmed)


def _number_of_persons(clips: list[list[ArrayClip]], n_persons: int | None) -> int:
    return n_persons or max((clip.n_persons for own in clips for clip in own), default=1)


def _join(n_persons: int, clips: list[ArrayClip]) -> dict[str, Any]:
    """The sequences and confidences, each with so many persons on the axis of joints."""
    kinds = {clip.points.shape[2:] for clip in clips}
    if len(kinds) > 1:
        got = " and ".join(f"{joints} joints of {channels} channels" for joints, channels in sorted(kinds)[:2])
        raise ValueError(f"X has samples with {got}, expected the same number of joints and channels in each.")
    entries = {"sequences": [_flat(clip.points, n_persons, np.nan) for clip in clips]}
    scores = [clip.confidence for clip in clips if clip.confidence is not None]
    if scores:
        entries["confidence"] = [_flat(one[..., None], n_persons, 0.0)[..., 0] for one in scores]
    return entries


def _flat(values: np.ndarray, n_persons: int, fill: float) -> np.ndarray:
    n_frames, n_given, n_joints, n_channels = values.shape
    persons = values[:, :n_persons]
    if n_given < n_persons:
        rest = np.full((n_frames, n_persons - n_given, n_joints, n_channels), fill, dtype=np.float32)
        persons = np.concatenate([persons, rest], axis=1)
    return np.ascontiguousarray(persons).reshape(n_frames, -1, n_channels)


def _names_of(name: Any, parts: list[ArrayPart], clips: list[list[ArrayClip]]) -> np.ndarray:
    n_samples = sum(map(len, clips))
    if name is None:
        each = zip(parts, clips, strict=True)
        return np.array([f"{part.name or 'sample'}_{at:05}" for part, own in each for at in range(len(own))])
    names = np.asarray(name)
    if names.shape != (n_samples,):
        raise ValueError(f"name has shape {names.shape}, expected a name for each of {n_samples} samples.")
    return names


def _labels_of(target: Any, parts: list[ArrayPart], clips: list[list[ArrayClip]]) -> Any:
    """The labels of all parts; None where a part has none."""
    if target is not None:
        return target
    own = [part.labels for part in parts]
    if any(labels is None for labels in own):
        return None
    labels = [np.stack(list(one)) if isinstance(one, StoredArray) else np.asarray(one) for one in own]
    for part, one, clip in zip(parts, labels, clips, strict=True):
        if len(one) != len(clip):
            what = f"y_{part.name}" if part.name else "y"
            raise ValueError(f"{what} has {len(one)} labels, expected one for each of {len(clip)} samples.")
    if len({one.shape[1:] for one in labels}) > 1:
        raise ValueError(f"The labels of the parts have shapes {[one.shape for one in labels]}, expected alike ones.")
    return np.concatenate(labels)


def _indices_of(parts: list[ArrayPart], clips: list[list[ArrayClip]]) -> dict[str, np.ndarray]:
    ends = np.cumsum([len(own) for own in clips])
    each = zip(parts, ends, clips, strict=True)
    return {f"{part.name}_index": np.arange(end - len(own), end) for part, end, own in each if part.name}


def _warn_of_nobody(sequences: list[np.ndarray], names: np.ndarray) -> None:
    empty = [str(name) for name, one in zip(names, sequences, strict=True) if np.isnan(one).all()]
    if empty:
        more = f" and {len(empty) - 5} more" if len(empty) > 5 else ""
        warn_user(f"Nobody is seen in {len(empty)} of {len(names)} samples: {', '.join(empty[:5])}{more}.")
