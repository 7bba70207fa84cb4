"""Reader of BVH files: joint positions from the offsets and rotations of a tree of joints.

The packages that read BVH open paths only, not archives, and need a viewer or exact versions of other packages. So the
parser is our own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from os import PathLike
from typing import Any, Literal

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._bvh_hierarchy import BvhJoint, read_hierarchy
from skeletonlearn.datasets._clip_files import Labels, find_clips
from skeletonlearn.datasets._clip_options import CLIP_TEXTS, ClipOptions
from skeletonlearn.datasets._errors import cut
from skeletonlearn.datasets._load_clips import load_clips
from skeletonlearn.datasets._persons import find_excess
from skeletonlearn.datasets._positions import to_sequence
from skeletonlearn.datasets._read_files import Record
from skeletonlearn.datasets._source import FileContent, Source
from skeletonlearn.skeletons._named_layout import layout_of_names

_DESCR = """\
Motion capture from BVH files, a file a clip. Positions are those of the joints, computed from the offsets and rotations
of the file, in its unit and its axes, which BVH does not name: often centimetres, y up.
"""


@fill_docstring(CLIP_TEXTS)
def load_bvh(  # noqa: D417 - shared texts
    source: Source,
    *,
    end_sites: bool = False,
    labels: Labels = None,
    segments: Any = None,
    fps: float | None = None,
    untrimmed: bool = False,
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 0,
) -> Bunch:
    """Load motion capture from BVH files (Biovision Hierarchy).

    A file holds a tree of joints, with an offset from each parent, and the rotations of each joint in each frame. The
    positions are computed by forward kinematics: a joint is at the position of its parent, plus its offset turned by
    the rotations of all joints above it. The rotations of a joint apply in the order of its channels. If a joint has
    position channels, they take the place of its offset.

    A clip's name is its path below `source` without the ending, such as ``"walk/take1"``.

    Parameters
    ----------
    {source}
    end_sites : bool, default=False
        Whether the ends of the last bones are joints too, such as fingertips. They are named after their parents:
        ``"head_end"``.
    {clip_parameters}
    {reading_parameters}

    Returns
    -------
    Bunch
        With clips in natural order of their names:

        sequences : list of ndarray of shape (n_frames_i, n_joints, 3)
            Joint positions in the unit and the axes of the file, float32.
        skeleton : Skeleton
            The layout that the files hold. Names are written as in the catalogue: "LeftHand" is "left_hand". The roles
            follow from the names.
        frame_rate : ndarray of float of shape (n_samples,)
            Frames per second.
        {clip_entries}

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no BVH file in it.
    ValueError
        If a file is faulty and on_error="raise", if no file is sound, if a clip has no label, or if a parameter has an
        unknown value. Files of other joints than the first are faulty.

    See Also
    --------
    load_c3d : Loads the markers of motion capture.

    References
    ----------
    M. Meredith and S. Maddock (2001). Motion capture file formats explained. University of Sheffield, CS-01-11.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from skeletonlearn.datasets import load_bvh
    >>> text = '''HIERARCHY
    ... ROOT Hips
    ... {
    ...   OFFSET 0 0 0
    ...   CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
    ...   JOINT Chest
    ...   {
    ...     OFFSET 0 20 0
    ...     CHANNELS 3 Zrotation Xrotation Yrotation
    ...     End Site
    ...     {
    ...       OFFSET 0 10 0
    ...     }
    ...   }
    ... }
    ... MOTION
    ... Frames: 2
    ... Frame Time: 0.04
    ... 0 90 0  0 0 0  0 0 0
    ... 0 90 0  90 0 0  0 0 0'''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "bow.bvh").write_text(text)
    ...     bunch = load_bvh(folder)
    >>> bunch.skeleton.joints, bunch.sequences[0][:, 1].round().tolist(), bunch.frame_rate
    (('hips', 'chest'), [[0.0, 110.0, 0.0], [-20.0, 90.0, 0.0]], array([25.]))
    """
    options = ClipOptions(labels, segments, fps, untrimmed, on_error, n_jobs, cache, verbose)
    if not isinstance(end_sites, bool | np.bool_):
        raise ValueError(f"end_sites={end_sites!r} must be True or False.")
    files = find_clips(source, ("*.bvh", "*.BVH"), "take1.bvh")
    read = partial(_read_clip, bool(end_sites))
    return load_clips("bvh", files, read, options, key=[bool(end_sites)], DESCR=_DESCR)


def _read_clip(end_sites: bool, content: FileContent) -> Record:
    """One file: the positions of its joints."""
    lines = content.text().splitlines()
    joints, at = read_hierarchy(content, lines)
    seconds, values = _read_motion(content, lines, at, sum(len(joint.channels) for joint in joints))
    kept = [place for place, joint in enumerate(joints) if end_sites or not joint.is_end]
    names = [joint.name for joint in joints]
    bones = [(names[place], names[joints[place].parent]) for place in kept if joints[place].parent >= 0]
    try:
        skeleton = layout_of_names("BVH", [names[place] for place in kept], bones)
    except ValueError as error:
        raise content.fault(str(error)) from None
    sequence = to_sequence(content, _positions(joints, values)[:, kept])
    extra = {"frame_rate": 1.0 / seconds}
    return {"name": content.stem, "sequence": sequence, "skeleton": skeleton, "extra": extra}


def _read_motion(content: FileContent, lines: list[str], at: int, n_channels: int) -> tuple[float, np.ndarray]:
    """Seconds per frame, and the channels of each frame."""
    rows = ((line, words) for line, text in enumerate(lines[at + 1 :], start=at + 2) if (words := text.split()))
    n_frames, seconds = _number(content, rows, "Frames:"), _number(content, rows, "Frame Time:")
    if not 0 < seconds < np.inf:
        raise content.fault(f"got the frame time {seconds:g}, expected seconds above 0")
    if not n_channels:
        raise content.fault("got a hierarchy without CHANNELS, expected at least those of the root")
    values = [_channels(content, line, words, n_channels) for line, words in rows]
    if not values or len(values) != n_frames:
        wanted = f"expected {n_frames:g} as the line Frames: says, and at least one"
        raise content.fault(f"got {len(values)} frames, {wanted}; is the file cut short?")
    return seconds, np.stack(values)


def _number(content: FileContent, rows: Iterator[tuple[int, list[str]]], head: str) -> float:
    """The number after some words, which begin the next line."""
    line, words = next(rows, (None, []))
    if [word.lower() for word in words[:-1]] == head.lower().split():
        with suppress(ValueError):
            return float(words[-1])
    raise content.fault(f"got {cut(' '.join(words), 60)!r}, expected a line of {head!r} and a number", line)


def _channels(content: FileContent, line: int, words: list[str], n_channels: int) -> np.ndarray:
    wanted = f"expected {n_channels} numbers: the channels of a frame"
    if len(words) != n_channels:
        raise content.fault(f"got {len(words)} numbers, {wanted}", line)
    try:
        values = np.array(words, dtype=np.float64)
    except ValueError as error:
        raise content.fault(f"got text that is no number, {wanted} ({error})", line) from None
    if reason := find_excess(values):
        raise content.fault(f"{reason} and angles", line)
    return values


def _positions(joints: list[BvhJoint], values: np.ndarray) -> np.ndarray:
    """The positions of all joints by forward kinematics, (n_frames, n_joints, 3)."""
    columns = iter(values.T)
    positions = [np.zeros((len(values), 3))]  # the world first, from which the root hangs
    turns = [np.broadcast_to(np.eye(3), (len(values), 3, 3))]
    for joint in joints:
        place, turn = _pose(joint, columns, len(values))
        above = joint.parent + 1
        positions.append(positions[above] + np.einsum("fij,fj->fi", turns[above], place))
        turns.append(turns[above] @ turn)
    return np.stack(positions[1:], axis=1)


def _pose(joint: BvhJoint, columns: Iterator[np.ndarray], n_frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Where a joint is from its parent, (n_frames, 3), and how it is turned, (n_frames, 3, 3)."""
    place, turn = np.tile(joint.offset, (n_frames, 1)), np.eye(3)
    for channel in joint.channels:
        axis = "XYZ".index(channel[0])
        if channel.endswith("position"):
            place[:, axis] = next(columns)
        else:
            turn = turn @ _turn(axis, next(columns))
    return place, turn


def _turn(axis: int, degrees: np.ndarray) -> np.ndarray:
    """Rotations around an axis for column vectors, (n_frames, 3, 3)."""
    angle = np.deg2rad(degrees)
    turn = np.zeros((len(angle), 3, 3))
    turn[:, axis, axis] = 1.0
    one, other = (axis + 1) % 3, (axis + 2) % 3
    turn[:, one, one] = turn[:, other, other] = np.cos(angle)
    turn[:, other, one] = np.sin(angle)
    turn[:, one, other] = -np.sin(angle)
    return turn
