"""Reader and writer of the annotation pickles of pyskl and mmaction2."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, Literal

import numpy as np

from skeletonlearn._files import write_whole
from skeletonlearn.datasets._bunch import SkeletonBunch, make_bunch, take
from skeletonlearn.datasets._errors import ON_ERROR, SUBSETS, check_choice
from skeletonlearn.datasets._pyskl_annotations import (
    find_layout,
    kind_of,
    per_sample_of,
    read_annotations,
)
from skeletonlearn.datasets._pyskl_document import make_document
from skeletonlearn.datasets._restricted_pickle import read_pickle
from skeletonlearn.datasets._source import FileContent, find_files, read_content
from skeletonlearn.skeletons import Skeleton

_DESCR = """\
Annotations of pyskl or mmaction2: {n_samples} clips of {skeleton}, {n_persons} person(s), {n_channels} channels.

A point at the origin in all channels, or with a score of 0, was not seen and is NaN, and so are persons that a clip
does not have. Splits of the file: {splits}.

Duan, Wang, Chen & Lin (2022). PYSKL: towards good practices for skeleton action recognition. ACM Multimedia.
"""


def load_pyskl(
    path: str | PathLike[str],
    *,
    protocol: str | tuple[str, str] | None = None,
    subset: Literal["all", "train", "test"] = "all",
    n_persons: int | None = None,
    skeleton: Skeleton | str = "auto",
    target_names: Sequence[str] | None = None,
    on_error: Literal["raise", "warn", "skip"] = "raise",
) -> SkeletonBunch:
    """Load an annotation pickle of pyskl or mmaction2.

    The file holds a dict with `annotations`, a list of dicts with `frame_dir`, `label`, `keypoint` (persons, frames,
    joints, channels) and mostly `total_frames` and `keypoint_score` (persons, frames, joints), and `split`, a dict of
    lists of `frame_dir`; older files hold the list alone. Unlike ``pickle.load``, nothing in the file can run:
    anything but NumPy arrays and plain containers is refused by its name.

    Parameters
    ----------
    path : path-like
        The pickle (``.pkl`` or ``.pickle``), also compressed with gzip, or a folder or zip archive with one pickle.
    protocol : str, (str, str) or None, default=None
        Which splits train and test. "xsub" stands for ``xsub_train`` and ``xsub_val`` or ``xsub_test``; a pair names
        the two, such as ``("train1", "test1")``. Clips in neither are not given. None gives all clips and no parts.
    subset : {"all", "train", "test"}, default="all"
        Which part of the protocol to give.
    n_persons : int or None, default=None
        How many persons each sequence has: the first ones of each clip. None is the most of any clip in the file,
        whatever the subset.
    skeleton : Skeleton or str, default="auto"
        The layout, or its catalogue name. "auto" takes 17 joints for `COCO`, 25 joints in 3 dimensions for
        `NTU_RGBD` and 25 joints in 2 dimensions for `OPENPOSE_BODY25`; name it where a file means another one.
    target_names : sequence of str or None, default=None
        The names of the classes; None is "0", "1", and so on up to the largest label.
    on_error : {"raise", "warn", "skip"}, default="raise"
        What to do with a faulty annotation: raise, leave it out with a warning, or leave it out silently. A file that
        cannot be read as a whole always raises.

    Returns
    -------
    SkeletonBunch
        With samples in order of the file:

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, n_channels)
            Joint positions, in pixels or metres as in the file, float32; NaN where a joint was not seen.
        confidence : list of ndarray of shape (n_frames_i, n_persons * n_joints)
            The scores, float32, 0 where a joint is NaN; only if some clip has scores. Clips without have 1 for seen
            joints.
        target : ndarray of int of shape (n_samples,)
            The labels.
        target_names : list of str
            The names of the classes.
        skeleton : Skeleton
            The layout of one person.
        name : ndarray of str of shape (n_samples,)
            `frame_dir` of each clip.
        setup, camera, subject, repetition : ndarray of int of shape (n_samples,)
            From the names, if all are NTU RGB+D's (``SsssCcccPpppRrrrAaaa``).
        splits : dict of str to ndarray of int
            Indices of the samples in each split of the file. Names in a split without annotation are ignored.
        left_out : dict of str to str
            What is wrong with each annotation that was left out, by `frame_dir`.
        protocol : str, (str, str) or None
            The protocol.
        train_index, test_index : ndarray of int
            The parts of the protocol, where there is one and subset="all".
        DESCR : str
            About the data set.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    SkeletonFileError
        If the file is no pickle of that form, or holds anything but plain data.
    ValueError
        If an annotation is faulty and on_error="raise", if none is sound, if the file has no such splits, or if a
        parameter has a wrong value.

    See Also
    --------
    save_pyskl : Writes such files.

    References
    ----------
    H. Duan, J. Wang, K. Chen and D. Lin (2022). PYSKL: towards good practices for skeleton action recognition.
    ACM Multimedia.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from skeletonlearn.datasets import load_pyskl, make_actions, save_pyskl
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "motions.pkl")
    ...     save_pyskl(path, make_actions(6, skeleton="NTU_RGBD", random_state=0))
    ...     bunch = load_pyskl(path)
    >>> len(bunch.sequences), bunch.skeleton, bunch.target_names
    (6, <Skeleton NTU_RGBD: 25 joints>, ['0', '1', '2', '3', '4', '5'])
    """
    check_choice("subset", subset, SUBSETS)
    check_choice("on_error", on_error, ON_ERROR)
    if subset != "all" and protocol is None:
        raise ValueError(f"subset={subset!r} needs a protocol that names the splits, got protocol=None.")
    if n_persons is not None and (not isinstance(n_persons, int) or isinstance(n_persons, bool) or n_persons < 1):
        raise ValueError(f"n_persons={n_persons!r} must be a positive integer or None.")
    content = _read_file(path)
    annotations, splits = _annotations_and_splits(content)
    layout = find_layout(content, annotations, skeleton, target_names)
    records, left_out = read_annotations(content, annotations, layout, on_error)
    per_sample = per_sample_of(records, n_persons)
    n_classes = max(record["target"] for record in records) + 1
    common = {
        "target_names": list(map(str, range(n_classes)) if target_names is None else target_names),
        "skeleton": layout.skeleton,
        "left_out": left_out,
        "protocol": protocol,
    }
    bunch = _choose(content, per_sample, common, splits, subset)
    at = {name: index for index, name in enumerate(bunch.name.tolist())}
    bunch.splits = {split: _indices(names, at) for split, names in splits.items()}
    bunch.DESCR = _DESCR.format(
        n_samples=len(at),
        skeleton=layout.skeleton.name,
        n_persons=layout.skeleton.n_persons(bunch.sequences[0].shape[1]),
        n_channels=layout.n_channels,
        splits=", ".join(splits) or "none",
    )
    return bunch


def _indices(names: frozenset[str], at: Mapping[str, int]) -> np.ndarray:
    return np.array(sorted(at[name] for name in names if name in at), dtype=int)


def _read_file(path: str | PathLike[str]) -> FileContent:
    if not isinstance(path, str | PathLike):
        raise ValueError(f"path={path!r} must be the path of a pickle, got {type(path).__name__}.")
    files = find_files(path, "*.p*kl*", "ntu60_3danno.pkl")
    if len(files) > 1:
        raise ValueError(
            f"path={str(path)!r} has {len(files)} pickles, expected one; give the path of the one to load."
        )
    return read_content(files[0])


def _annotations_and_splits(content: FileContent) -> tuple[list[Any], dict[str, frozenset[str]]]:
    document = read_pickle(content)
    wanted = "expected a dict with 'annotations' and 'split', or a list of annotations"
    if isinstance(document, dict):
        if "annotations" not in document:
            raise content.fault(f"got a dict without 'annotations', {wanted}")
        annotations, splits = document["annotations"], document.get("split", {})
    else:
        annotations, splits = document, {}
    if not isinstance(annotations, list) or not annotations:
        raise content.fault(f"got {kind_of(annotations)} of annotations, {wanted}")
    if not isinstance(splits, dict):
        raise content.fault(f"got {kind_of(splits)} as 'split', expected a dict of lists of names")
    return annotations, {_split_name(content, name): _members(content, splits[name]) for name in splits}


def _split_name(content: FileContent, name: Any) -> str:
    if not isinstance(name, str):
        raise content.fault(f"got {kind_of(name)} as the name of a split, expected text")
    return str(name)


def _members(content: FileContent, members: Any) -> frozenset[str]:
    names = members.ravel().tolist() if isinstance(members, np.ndarray) else members
    if not isinstance(names, list | tuple | set | frozenset) or not all(isinstance(name, str) for name in names):
        raise content.fault(f"got {kind_of(members)} as the members of a split, expected a list of names")
    return frozenset(map(str, names))


def _choose(
    content: FileContent,
    per_sample: dict[str, Any],
    common: dict[str, Any],
    splits: Mapping[str, frozenset[str]],
    subset: str,
) -> SkeletonBunch:
    """All samples or, with a protocol, those of its two splits or of one of them."""
    if common["protocol"] is None:
        return SkeletonBunch(**per_sample, **common)
    train, test = (splits[name] for name in _split_pair(common["protocol"], splits))
    names = per_sample["name"].tolist()
    both = [name for name in names if name in train and name in test]
    if both:
        raise content.fault(f"got {len(both)} names for training and testing (the first: {both[0]}), expected none")
    keep = np.array([at for at, name in enumerate(names) if name in train or name in test], dtype=int)
    if not len(keep):
        raise ValueError(
            f"protocol={common['protocol']!r} has no sample: got {len(names)}, none of them in its splits."
        )
    chosen = {key: take(values, keep) for key, values in per_sample.items()}
    return make_bunch(chosen, common, np.array([names[at] in train for at in keep]), subset)


def _split_pair(protocol: str | tuple[str, str], splits: Mapping[str, Any]) -> tuple[str, str]:
    """The names of the split for training and of the one for testing."""
    if isinstance(protocol, str):
        train = f"{protocol}_train"
        test = f"{protocol}_test" if f"{protocol}_test" in splits else f"{protocol}_val"
    elif isinstance(protocol, tuple) and len(protocol) == 2:
        train, test = protocol
    else:
        raise ValueError(f"protocol={protocol!r} must be text, a pair of split names or None.")
    absent = [name for name in (train, test) if name not in splits]
    if absent:
        known = ", ".join(map(repr, splits)) or "no splits"
        raise ValueError(f"protocol={protocol!r} needs a split {absent[0]!r}, but the file has {known}.")
    return train, test


def save_pyskl(
    path: str | PathLike[str], bunch: Mapping[str, Any], *, img_shape: tuple[int, int] | None = None
) -> None:
    """Save a Bunch as an annotation pickle of pyskl and mmaction2.

    The file holds plain dicts and NumPy arrays only, so that :func:`load_pyskl` gives the same sequences, scores,
    targets, names and splits back. It takes its place only once it is whole.

    Parameters
    ----------
    path : path-like
        The file to write or to replace, such as ``motions.pkl``.
    bunch : Bunch or mapping
        What any ``load_*`` of this package gives, or a dict with:

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, n_channels)
            The sequences, of 2 or 3 channels; NaN where a joint is missing.
        target : array-like of int of shape (n_samples,)
            Labels of 0 or more.
        skeleton : Skeleton or str
            The layout of one person, or its name.
        name : array-like of str of shape (n_samples,), optional
            Distinct names; otherwise "sample_00000", "sample_00001", and so on.
        confidence : list of ndarray of shape (n_frames_i, n_persons * n_joints), optional
            Scores.
        splits : dict of str to array-like of int, optional
            Indices of samples. Where there are none but `train_index` and `test_index`, these are saved as
            ``xsub_train`` and ``xsub_val``, the first part being the Bunch's `protocol`.
    img_shape : (int, int) or None, default=None
        Height and width of the images in pixels, written to each annotation: models of 2-D joints ask for it.

    Raises
    ------
    TypeError
        If `bunch` is no mapping, or an entry is no list or array.
    ValueError
        If an entry is missing, has another shape, or holds infinite numbers or names that are not distinct.

    See Also
    --------
    load_pyskl : Reads what this writes.

    Notes
    -----
    The format marks a missing joint by zeros in all channels and a score of 0. So a joint with NaN in any channel is
    written in this way, and a seen joint at exactly the origin, or with a score of exactly 0, gets the smallest
    normal float32, 1.2e-38, in its first channel or as its score. The file is read by NumPy 1.26 and later.

    References
    ----------
    H. Duan, J. Wang, K. Chen and D. Lin (2022). PYSKL: towards good practices for skeleton action recognition.
    ACM Multimedia.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> from skeletonlearn.datasets import load_pyskl, save_pyskl
    >>> clip = np.ones((30, 17, 2), dtype=np.float32)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "clips.pkl")
    ...     save_pyskl(path, {"sequences": [clip], "target": [4], "skeleton": "COCO"}, img_shape=(1080, 1920))
    ...     bunch = load_pyskl(path)
    >>> bunch.sequences[0].shape, bunch.target, bunch.name
    ((30, 17, 2), array([4]), array(['sample_00000'], dtype='<U12'))
    """
    document = make_document(bunch, img_shape)
    with write_whole(path) as file:
        pickle.dump(document, file, protocol=4)
