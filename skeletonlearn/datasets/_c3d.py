"""Reader of C3D files: the markers of motion capture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from os import PathLike
from typing import Any, Literal

from sklearn.utils import Bunch

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._c3d_capture import import_c3d, read_capture
from skeletonlearn.datasets._clip_files import Labels, find_clips
from skeletonlearn.datasets._clip_options import CLIP_TEXTS, ClipOptions
from skeletonlearn.datasets._errors import cut
from skeletonlearn.datasets._load_clips import load_clips
from skeletonlearn.datasets._own_joints import BONE_TEXTS, Bones, arrange_joints, check_bones, infer_bones
from skeletonlearn.datasets._positions import mark_missing, to_sequence
from skeletonlearn.datasets._read_files import Record
from skeletonlearn.datasets._source import FileContent, Source

_DESCR = """\
Motion capture from C3D files, a file a clip: the positions of markers in metres. If a file names the axes of the
screen, x is to the right and y is up; otherwise, the axes are those of the file. Markers that were not seen are NaN.
"""


@fill_docstring({**CLIP_TEXTS, **BONE_TEXTS})
def load_c3d(  # noqa: D417 - shared texts
    source: Source,
    *,
    markers: Sequence[str] | None = None,
    bones: Sequence[tuple[str, str]] | None = None,
    labels: Labels = None,
    segments: Any = None,
    fps: float | None = None,
    untrimmed: bool = False,
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 0,
) -> Bunch:
    """Load the markers of motion capture from C3D files.

    This needs the package `c3d`: ``pip install 'skeletonlearn[mocap]'``. A clip's name is its path below `source`
    without the ending, such as ``"walk/trial1"``.

    Points without a name, or with a name that starts with ``*``, are not markers and are left out. So are the points
    that the file lists as computed: angles, forces, moments, powers and scalars. Positions are converted to metres; a
    file that names no unit is in millimetres. If the file names the axes of the screen (``X_SCREEN`` and ``Y_SCREEN``),
    positions are turned so that y is up.

    Parameters
    ----------
    {source}
    markers : sequence of str or None, default=None
        The markers to load, by their labels in the files, in this order. None loads all, in the order of the file. A
        subject's name before a colon, as in ``"Anna:LASI"``, can be left out. Files with different sets of markers need
        this parameter.
    {bones}
    {clip_parameters}
    {reading_parameters}

    Returns
    -------
    Bunch
        With clips in natural order of their names:

        sequences : list of ndarray of shape (n_frames_i, n_markers, 3)
            Positions in metres, float32; NaN where a marker was not seen.
        skeleton : Skeleton
            The layout of the markers. Names are written as in the catalogue: "LWrist" is "left_wrist".
        frame_rate : ndarray of float of shape (n_samples,)
            Frames per second.
        {clip_entries}

    Raises
    ------
    ImportError
        If c3d is not installed.
    FileNotFoundError
        If there is no such folder, or no C3D file in it.
    ValueError
        If a file is faulty and on_error="raise", if no file is sound, if a clip has no label, or if a parameter has an
        unknown value. Files of other markers than the first are faulty.

    See Also
    --------
    load_bvh : Loads motion capture that is stored as rotations of joints.

    References
    ----------
    The C3D file format user guide, Motion Lab Systems: parameters, units, residuals and screen axes.

    Examples
    --------
    >>> from skeletonlearn.datasets import load_c3d
    >>> bunch = load_c3d("captures", labels="folder")  # doctest: +SKIP
    >>> bunch.sequences[0].shape, bunch.skeleton.joints[:2]  # doctest: +SKIP
    ((1200, 39, 3), ('left_fhd', 'right_fhd'))
    """
    options = ClipOptions(labels, segments, fps, untrimmed, on_error, n_jobs, cache, verbose)
    wanted, pairs = _check_markers(markers), check_bones(bones)
    import_c3d()
    files = find_clips(source, ("*.c3d", "*.C3D"), "trial1.c3d")
    read = partial(_read_clip, wanted, pairs)
    return infer_bones(load_clips("c3d", files, read, options, key=[wanted, pairs], DESCR=_DESCR), pairs)


def _check_markers(markers: Sequence[str] | None) -> list[str] | None:
    if markers is None:
        return None
    names = [] if isinstance(markers, str) else list(markers)
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise ValueError(f"markers={markers!r} must be a sequence of different names, or None.")
    return names


def _read_clip(markers: list[str] | None, bones: Bones, content: FileContent) -> Record:
    """One file: the positions of its markers."""
    capture = read_capture(content)
    places = _find_markers(content, capture.labels, markers)
    skeleton, order = arrange_joints(content, "C3D", [capture.labels[at] for at in places], bones)
    positions = mark_missing(capture.points[:, [places[at] for at in order]])
    extra = {"frame_rate": capture.frame_rate}
    return {"name": content.stem, "sequence": to_sequence(content, positions), "skeleton": skeleton, "extra": extra}


def _find_markers(content: FileContent, labels: list[str], markers: list[str] | None) -> list[int]:
    if markers is None:
        return list(range(len(labels)))
    plain = [label.rpartition(":")[2] for label in labels]
    for marker in markers:
        if marker not in labels and plain.count(marker) != 1:
            known = cut(", ".join(labels), 120)
            raise content.fault(f"got {plain.count(marker)} markers {cut(marker, 60)!r}, expected one; it has {known}")
    return [labels.index(marker) if marker in labels else plain.index(marker) for marker in markers]
