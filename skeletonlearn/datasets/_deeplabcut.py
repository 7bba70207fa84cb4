"""Reader of what DeepLabCut and SLEAP write: tables of body parts, as CSV or HDF5."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from os import PathLike
from typing import Any, Literal

import numpy as np

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._clip_files import Labels, find_clips
from skeletonlearn.datasets._clip_options import CLIP_TEXTS, ClipOptions
from skeletonlearn.datasets._load_clips import load_clips
from skeletonlearn.datasets._own_joints import BONE_TEXTS, Bones, arrange_joints, check_bones, first_joints, infer_bones
from skeletonlearn.datasets._persons import check_persons, sequence_of_people
from skeletonlearn.datasets._pose_columns import read_columns_csv
from skeletonlearn.datasets._pose_hdf5 import import_h5py, is_hdf5, read_pose_hdf5
from skeletonlearn.datasets._read_files import Record
from skeletonlearn.datasets._source import FileContent, Source

_LAYOUT = "DEEPLABCUT"

_DESCR = """\
Body parts that DeepLabCut or SLEAP found, a file a clip, in pixels of the picture: x to the right, y down. Points that
were triangulated have three coordinates, in the unit of the calibration. Points that were not found are NaN.
"""


@fill_docstring({**CLIP_TEXTS, **BONE_TEXTS})
def load_deeplabcut(  # noqa: D417 - shared texts
    source: Source,
    *,
    bones: Sequence[tuple[str, str]] | None = None,
    labels: Labels = None,
    segments: Any = None,
    fps: float | None = None,
    untrimmed: bool = False,
    n_persons: int = 1,
    min_confidence: float = 0.0,
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 0,
) -> SkeletonBunch:
    """Load clips that DeepLabCut or SLEAP wrote, one from each CSV or HDF5 file.

    A clip's name is its path below `source` without the ending. If a folder has both a CSV and an HDF5 file of one
    name, the CSV file is read. HDF5 needs the package `h5py`: ``pip install 'skeletonlearn[mocap]'``. A file has one of
    these forms:

    - CSV of DeepLabCut: header rows ``scorer``, ``individuals`` (of several animals), ``bodyparts`` and ``coords``
      (``x``, ``y``, ``z`` if triangulated, ``likelihood`` if there is one), then a row per frame;
    - HDF5 of DeepLabCut: the same as a data frame of pandas;
    - HDF5 of SLEAP, exported for analysis: ``tracks``, ``node_names``, ``edge_names`` and ``point_scores``.

    Columns are found by their names, not by their order, which is that of the first file. Individuals, or the tracks of
    SLEAP, keep their identities. Points that DeepLabCut has once per picture (the individual "single") are left out if
    there are other individuals. Filtered files (``_filtered``) are clips of their own: give the files that you want.

    Parameters
    ----------
    {source}
    {bones}
    {clip_parameters}
    {person_parameters}
    {reading_parameters}

    Returns
    -------
    SkeletonBunch
        With clips in natural order of their names:

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, n_channels)
            Coordinates as in the files, float32, 2-D or 3-D; NaN where a point or an individual was not found.
        confidence : list of ndarray of shape (n_frames_i, n_persons * n_joints)
            The likelihood or score of each point, float32; 0 where it was not found. If the files have none, it is 1
            where a point was found.
        skeleton : Skeleton
            The layout of one individual. Names are written as in the catalogue: "leftEar" is "left_ear" if there is a
            "rightEar". The bones of a SLEAP file are its own.
        {clip_entries}

    Raises
    ------
    ImportError
        If a file is HDF5 and h5py is not installed.
    FileNotFoundError
        If there is no such folder, or no such file in it.
    ValueError
        If a file is faulty and on_error="raise", if no file is sound, if a clip has no label, or if a parameter has an
        unknown value. Files of other body parts than the first are faulty.

    See Also
    --------
    sequences_from_table : Reads a table with a row for each frame and joint.

    References
    ----------
    A. Mathis et al. (2018). DeepLabCut: markerless pose estimation of user-defined body parts with deep learning.
    Nature Neuroscience.

    T. D. Pereira et al. (2022). SLEAP: a deep learning system for multi-animal pose tracking. Nature Methods.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from skeletonlearn.datasets import load_deeplabcut
    >>> text = '''scorer,net,net,net,net,net,net
    ... bodyparts,snout,snout,snout,tail,tail,tail
    ... coords,x,y,likelihood,x,y,likelihood
    ... 0,310.5,200.0,0.99,250.0,180.0,0.98
    ... 1,311.0,201.5,0.99,251.0,180.5,0.02'''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "mouse1.csv").write_text(text)
    ...     bunch = load_deeplabcut(folder, min_confidence=0.6)
    >>> bunch.skeleton.joints, bunch.sequences[0][1].tolist()
    (('snout', 'tail'), [[311.0, 201.5], [nan, nan]])
    """
    options = ClipOptions(labels, segments, fps, untrimmed, on_error, n_jobs, cache, verbose)
    check_persons(n_persons, min_confidence)
    pairs = check_bones(bones)
    files = find_clips(source, ("*.csv", "*.h5", "*.hdf5"), "clip1.csv", one_each=True)
    if any(file.name.endswith(("h5", "hdf5")) for file in files):
        import_h5py()
    read = partial(_read_clip, int(n_persons), float(min_confidence), pairs)
    read = partial(read, first=first_joints(files, read))
    key = [int(n_persons), float(min_confidence), pairs]
    bunch = load_clips("deeplabcut", files, read, options, key=key, DESCR=_DESCR)
    return infer_bones(bunch, _LAYOUT, pairs)


def _read_clip(
    n_persons: int, min_confidence: float, bones: Bones, content: FileContent, first: Sequence[str] = ()
) -> Record:
    """One file: its sequence and confidence."""
    table = read_pose_hdf5(content) if is_hdf5(content) else read_columns_csv(content)
    name = "SLEAP" if table.bones else _LAYOUT
    skeleton, order = arrange_joints(content, name, table.joints, bones or table.bones, first)
    people = table.people[:, :, order]
    tracks = [np.arange(people.shape[1])] * len(people)
    sequence, confidence = sequence_of_people(list(people), tracks, n_persons, min_confidence)
    return {"name": content.stem, "sequence": sequence, "confidence": confidence, "skeleton": skeleton}
