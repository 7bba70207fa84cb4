"""Loader of videos: the poses of the people in each frame become a sequence."""

from __future__ import annotations

from numbers import Real
from os import PathLike
from typing import Any, Literal

import numpy as np

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._clip_files import Labels, find_clips, label_clips
from skeletonlearn.datasets._clip_options import CLIP_TEXTS, ClipOptions
from skeletonlearn.datasets._clip_segments import read_segments
from skeletonlearn.datasets._load_clips import make_clip_bunch
from skeletonlearn.datasets._persons import check_persons
from skeletonlearn.datasets._pose_landmarker import MODELS
from skeletonlearn.datasets._read_files import LeftOut
from skeletonlearn.datasets._source import Source
from skeletonlearn.datasets._video_clips import VideoReader, read_videos
from skeletonlearn.datasets._video_estimators import CallableSource, Estimator, LandmarkerSource, PoseSource
from skeletonlearn.datasets._video_frames import check_decoder
from skeletonlearn.skeletons import Skeleton

_ENDINGS = ("mp4", "mov", "m4v", "avi", "mkv", "webm", "mpg", "mpeg", "wmv", "3gp", "mts")
_PATTERNS = tuple(f"*.{ending}" for name in _ENDINGS for ending in (name, name.upper()))

_DESCR = """\
Poses in videos, a file a clip. World coordinates are in metres from the middle of the hips, x to the right of the
picture, y down, z away from the camera. Coordinates in the picture are in pixels from its upper left corner.
"""


@fill_docstring(CLIP_TEXTS)
def load_video(  # noqa: D417 - shared texts
    source: Source,
    *,
    model: str | PathLike[str] | None = None,
    estimator: Estimator | None = None,
    skeleton: Skeleton | str | None = None,
    world: bool = True,
    fps: float | None = None,
    labels: Labels = None,
    segments: Any = None,
    untrimmed: bool = False,
    n_persons: int = 1,
    min_confidence: float = 0.0,
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 0,
) -> SkeletonBunch:
    """Load videos as sequences of the poses that an estimator finds in their frames.

    A clip's name is its path below `source` without the ending, such as ``"wave/clip1"``. Frames are decoded one by
    one, and turned as the video is to be displayed. A video that ends early or is damaged is faulty as a whole.

    Poses are found by MediaPipe, with the model that you name, or by an estimator of your own. With MediaPipe, people
    are first searched in the whole picture and in parts of it. Then each person is followed in the part of the picture
    around them. If left and right swap within a few frames and back, they are put right in these frames.

    Parameters
    ----------
    {source}
    model : path-like or None, default=None
        The file of MediaPipe's pose landmarker, such as ``pose_landmarker_full.task``. Give either a model or an
        estimator. Nothing is downloaded.
    estimator : callable or None, default=None
        A function of a frame and its time that finds the poses: ``estimator(frame, seconds)``. The frame is an RGB
        array of uint8 of shape (height, width, 3). The answer has shape (n_persons, n_joints, 3): x and y in pixels,
        and a confidence. It may also hold x and y only, or x, y, z and a confidence. NaN is a missing joint. The order
        of persons is free. If the estimator has a method `reset`, it is called before each video.
    skeleton : Skeleton, str or None, default=None
        The layout of one person that `estimator` finds. None takes its attribute `skeleton`.
    world : bool, default=True
        Whether MediaPipe's coordinates are metres from the middle of the hips. If False, they are x, y and z in pixels
        of the displayed picture.
    fps : float or None, default=None
        Frames per second of the sequences: for each moment the frame that is nearest in time. It evens out variable
        frame rates, and fewer frames take less time. None takes every frame once. If given, `start` and `end` of
        segments are seconds; otherwise they are frames, counted from 0.
    {labels}
    {segments}
    {untrimmed}
    {n_persons}
    {min_confidence}
    {on_error}
    n_jobs : int or None, default=None
        The number of joblib workers, each of which reads a video at a time. None is 1 unless a
        `joblib.parallel_config` says otherwise. Estimators of your own must then be picklable.
    cache : path-like or None, default=None
        A folder that keeps the poses of each video, such as the folder of the videos. It is made if absent. Poses are
        found again if the video, the model, `fps` or `n_persons` changes. An estimator of your own needs an attribute
        `cache_key`, a text that names its model and settings.
    verbose : int, default=0
        1 shows progress over the frames of each video, and the time left: a bar in terminals and notebooks if `tqdm` is
        installed, otherwise lines. With several workers, it shows progress over the videos.

    Returns
    -------
    SkeletonBunch
        With clips in natural order of their names:

        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, n_channels)
            Coordinates, float32; NaN where a joint or a person was not seen.
        confidence : list of ndarray of shape (n_frames_i, n_persons * n_joints)
            The visibility or confidence of each joint, float32; 0 where it was not seen.
        skeleton : Skeleton
            The layout of one person, `MEDIAPIPE_POSE` with a model.
        fps : ndarray of shape (n_samples,)
            Frames per second. For a variable rate, it is the average.
        seconds : list of list of float
            The time of each frame in its video.
        {clip_entries}

    Raises
    ------
    FileNotFoundError
        If there is no such source, no video in it, or no such model.
    ImportError
        If the packages of the extra `video` are not installed.
    SkeletonFileError
        If a video is faulty and on_error="raise".
    ValueError
        If no video is sound, if a clip has no label, if a parameter has an unknown value, or if the estimator gives an
        array of another shape.

    See Also
    --------
    load_mediapipe : Reads landmarks that were saved before.

    Notes
    -----
    MediaPipe by itself reports to Google over the network that it is used; pictures are not sent. Here it runs in a
    process of its own whose reports are blocked.

    References
    ----------
    V. Bazarevsky et al. (2020). BlazePose: on-device real-time body pose tracking. CVPR workshops.

    Examples
    --------
    An estimator can be any function; this one finds the brightest point of the picture.

    >>> import tempfile
    >>> import av, numpy as np
    >>> from skeletonlearn.datasets import load_video
    >>> from skeletonlearn.skeletons import Skeleton
    >>> def brightest(frame, seconds):
    ...     y, x = np.unravel_index(frame.sum(axis=2).argmax(), frame.shape[:2])
    ...     return [[[x, y, 1.0]]]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with av.open(f"{folder}/lamp.mp4", "w") as file:
    ...         stream = file.add_stream("mpeg4", rate=30, width=64, height=48)
    ...         for _ in range(15):
    ...             frame = av.VideoFrame.from_ndarray(np.eye(48, 64, dtype=np.uint8)[..., None].repeat(3, 2) * 255)
    ...             file.mux(stream.encode(frame))
    ...         file.mux(stream.encode())
    ...     bunch = load_video(folder, estimator=brightest, skeleton=Skeleton("lamp", ["lamp"], []), fps=10)
    >>> bunch.sequences[0].shape, bunch.name, bunch.fps
    ((5, 1, 2), array(['lamp'], dtype='<U4'), array([10.]))
    """
    options = ClipOptions(labels, segments, None if segments is None else fps, untrimmed, on_error, n_jobs, cache)
    check_persons(n_persons, min_confidence)
    _check_rate(fps)
    files = find_clips(source, _PATTERNS, "clip1.mp4")
    check_decoder()
    poses = _pose_source(model, estimator, skeleton, world, n_persons)
    table = None if segments is None else read_segments(segments, options.fps)
    classes = None if table else label_clips({file.stem: file.folder for file in files}, labels)
    left_out = LeftOut(on_error)
    reader = VideoReader(poses, fps, n_persons, min_confidence, cache, verbose)
    records = read_videos(files, reader, left_out, n_jobs, verbose)
    return make_clip_bunch(records, classes, table, options, left_out, n_files=len(files), DESCR=_DESCR)


def _check_rate(fps: Any) -> None:
    if fps is not None and not (isinstance(fps, Real) and not isinstance(fps, bool) and 0 < float(fps) <= 1000):
        raise ValueError(f"fps={fps!r} must be a positive number of frames per second up to 1000, or None.")


def _pose_source(
    model: str | PathLike[str] | None,
    estimator: Estimator | None,
    skeleton: Skeleton | str | None,
    world: Any,
    n_persons: int,
) -> PoseSource:
    """What finds the poses, of the two ways that the caller can choose."""
    if (model is None) == (estimator is None):
        given = "neither" if model is None else "both"
        raise ValueError(
            f"Got {given} of model= and estimator=, expected one: the file of MediaPipe's pose landmarker, which is "
            f"downloaded from {MODELS}, or a callable (frame, seconds) -> (n_persons, n_joints, 3)."
        )
    if not isinstance(world, bool | np.bool_):
        raise ValueError(f"world={world!r} must be True or False.")
    if estimator is not None:
        return CallableSource(estimator, skeleton)
    if skeleton is not None:
        raise ValueError(f"skeleton={skeleton!r} is the layout of estimator=; with model=, expected None.")
    assert model is not None
    return LandmarkerSource(model, n_persons, bool(world))
