"""Reader of what OpenPose writes: a JSON file for each frame."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from os import PathLike
from typing import Any, Literal

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._clip_files import Labels, find_clips
from skeletonlearn.datasets._clip_options import CLIP_TEXTS, ClipOptions
from skeletonlearn.datasets._errors import check_choice
from skeletonlearn.datasets._frame_names import clip_and_frame
from skeletonlearn.datasets._load_frame_files import load_frame_files
from skeletonlearn.datasets._openpose_parts import FrameReader, choose_parts
from skeletonlearn.datasets._persons import check_persons
from skeletonlearn.datasets._source import Source
from skeletonlearn.skeletons import Skeleton, get_skeleton

_DESCR = """\
Poses that OpenPose estimated, a JSON file a frame. Coordinates are what it was told to write (pixels of the picture by
default): x to the right, y down. Points and persons that were not seen are NaN.
"""


@fill_docstring(CLIP_TEXTS)
def load_openpose(  # noqa: D417 - shared texts
    source: Source,
    *,
    parts: Sequence[str] = ("body",),
    dimensions: Literal[2, 3] = 2,
    labels: Labels = None,
    segments: Any = None,
    fps: float | None = None,
    untrimmed: bool = False,
    n_persons: int = 1,
    min_confidence: float = 0.0,
    skeleton: Skeleton | str = "auto",
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 0,
) -> SkeletonBunch:
    """Load clips from the JSON files that OpenPose writes, one for each frame.

    Files are named ``CLIP_FRAME_keypoints.json``, such as ``wave1_000000000012_keypoints.json``; other files are not
    looked at. Those that share folder and CLIP are one clip, its frames in order of their numbers. Numbers that are
    missing leave no gap. The clip's name is its path below `source`: ``"wave/wave1"`` for files in the folder `wave`;
    if CLIP is empty or repeats the name of the folder that holds the files, the path of that folder.

    A faulty file makes its frame NaN, if `on_error` is not "raise". A clip without a sound frame, or in which nobody is
    ever seen, is left out.

    Parameters
    ----------
    {source}
    parts : sequence of {"body", "left_hand", "right_hand", "face"}, default=("body",)
        The parts to read. Their points are joined into one layout, in this order. OpenPose writes hands and faces if it
        is called with ``--hand`` and ``--face``. A part that was not found is NaN.
    dimensions : {2, 3}, default=2
        Whether to read ``pose_keypoints_2d`` or ``pose_keypoints_3d``, and so on. Files of version 1.1, which has
        ``pose_keypoints``, are read as 2-D.
    {clip_parameters}
    {person_parameters}
    skeleton : "auto", Skeleton or str, default="auto"
        The joint layout of all parts together. "auto" is `OPENPOSE_BODY25` for bodies of 25 points and
        `OPENPOSE_COCO18` for the 18 of OpenPose's older model COCO. With both hands it is `OPENPOSE_BODY25_HANDS`, and
        with the face too it is `OPENPOSE_WHOLEBODY`.
    {reading_parameters}

    Returns
    -------
    SkeletonBunch
        With clips in natural order of their names:

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, dimensions)
            Coordinates as in the files, float32; NaN where a point or a person was not seen.
        confidence : list of ndarray of shape (n_frames_i, n_persons * n_joints)
            The confidence in each point, float32; 0 where it was not seen.
        skeleton : Skeleton
            The layout of one person.
        {clip_entries}

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no such file in it.
    ValueError
        If a file or clip is faulty and on_error="raise", if no clip is left, if a clip has no label, or if a parameter
        has an unknown value.

    See Also
    --------
    sequences_from_table : Reads a table with a row for each frame and joint.

    References
    ----------
    OpenPose documentation, "Output": the JSON format and the order of the points.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> from skeletonlearn.datasets import load_openpose
    >>> frame = {"people": [{"pose_keypoints_2d": [310.5, 200.0, 0.9] * 25}]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pathlib.Path(folder, "wave").mkdir()
    ...     for at in range(3):
    ...         path = pathlib.Path(folder, "wave", f"clip1_{at:012}_keypoints.json")
    ...         _ = path.write_text(json.dumps(frame))
    ...     bunch = load_openpose(folder, labels="folder")
    >>> bunch.sequences[0].shape, bunch.name, bunch.target_names
    ((3, 25, 2), array(['wave/clip1'], dtype='<U10'), ['wave'])
    """
    options = ClipOptions(labels, segments, fps, untrimmed, on_error, n_jobs, cache, verbose)
    check_persons(n_persons, min_confidence)
    check_choice("dimensions", dimensions, (2, 3))
    given = None if isinstance(skeleton, str) and skeleton == "auto" else get_skeleton(skeleton)
    reader = FrameReader.of(choose_parts(parts), dimensions, given)
    return load_frame_files(
        "openpose",
        find_clips(source, ("*_keypoints.json",), "clip1_000000000000_keypoints.json"),
        partial(clip_and_frame, suffix="_keypoints"),
        reader,
        options,
        n_persons=n_persons,
        min_confidence=min_confidence,
        key=[dimensions, reader.parts, list(reader.layouts.values())],
        DESCR=_DESCR,
    )
