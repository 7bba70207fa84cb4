"""Reader of MediaPipe poses that users saved as CSV or JSON."""

from __future__ import annotations

from functools import partial
from os import PathLike
from typing import Any, Literal

import numpy as np

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._clip_files import Labels, find_clips
from skeletonlearn.datasets._clip_options import CLIP_TEXTS, ClipOptions
from skeletonlearn.datasets._load_clips import load_clips
from skeletonlearn.datasets._mediapipe_csv import read_csv_frames
from skeletonlearn.datasets._mediapipe_json import read_json_frames
from skeletonlearn.datasets._persons import check_persons, sequence_of_people
from skeletonlearn.datasets._positions import mark_missing
from skeletonlearn.datasets._read_files import Record
from skeletonlearn.datasets._source import FileContent, Source
from skeletonlearn.skeletons import MEDIAPIPE_POSE

_DESCR = """\
Poses that MediaPipe estimated, a CSV or JSON file a clip: 33 landmarks. Landmarks in the picture have x to the right
and y down as fractions of its width and height, and z, the depth, smaller towards the camera and on the scale of x;
world landmarks are in metres from the middle of the hips. Landmarks that were not found are NaN.
"""


@fill_docstring(CLIP_TEXTS)
def load_mediapipe(  # noqa: D417 - shared texts
    source: Source,
    *,
    world: bool = False,
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
    """Load clips of MediaPipe pose landmarks, one from each CSV or JSON file.

    A clip's name is its path below `source` without the ending, such as ``"wave/clip1"``. MediaPipe defines no file
    format; these are read:

    - CSV, wide: a row a frame, with a header. Columns are named by landmark and x, y, z or visibility, in either
      order: ``left_shoulder_x``, ``LEFT_SHOULDER_X``, ``X_LEFT_SHOULDER``, ``landmark_11_x``, ``x11``, ``v11``.
      Landmarks are MediaPipe's names or numbers, from 0 to 32 or from 1 to 33. The visibility (``visibility``, ``vis``,
      ``v``, ``confidence`` or ``score``) may lack. A column ``frame`` (``frame_number``, ``frame_id`` ...) puts the
      rows in order; other columns are not looked at.
    - CSV, wide, without a header: 132 numbers a row (x, y, z, visibility of each landmark) or 99 (without visibility),
      and perhaps the frame's number before them. A row that counts the columns (0, 1, 2 ...) may stand above.
    - CSV, long: a row a landmark, with a header that has the columns ``frame`` (else ``timestamp`` or ``time``),
      ``landmark`` (or ``landmark_id``, ``landmark_name``, ``joint`` ...), ``x``, ``y``, ``z`` and perhaps
      ``visibility``. Landmarks of a frame that have no row are NaN.
    - JSON: a list of frames, or an object that has it as ``frames``. A frame is a list of 33 landmarks, a list of
      such poses (as the PoseLandmarker gives them), an object that has either as ``pose_landmarks`` or
      ``pose_world_landmarks`` (or ``landmarks`` and ``worldLandmarks``; ``poseLandmarks`` too), or, where nobody was
      found, null or an empty list. A landmark is ``{"x", "y", "z", "visibility"}`` or ``[x, y, z, visibility]``, the
      visibility optional. An object with a list of frames as ``pose_landmarks`` is read too.

    CSV is separated by commas, semicolons or tabs. Landmarks that are empty, nan, null, exactly (0, 0, 0) or of
    visibility 0 were not found. Frames that are missing leave no gap.

    Parameters
    ----------
    {source}
    world : bool, default=False
        Which landmarks to read from JSON objects that name them: those in the picture, or the world landmarks. Lists
        and CSV files are read as what they are.
    {clip_parameters}
    {person_parameters}
    {reading_parameters}

    Returns
    -------
    SkeletonBunch
        With clips in natural order of their names:

        sequences : list of ndarray of shape (n_frames_i, n_persons * 33, 3)
            Coordinates as in the files, float32; NaN where a landmark was not found.
        confidence : list of ndarray of shape (n_frames_i, n_persons * 33)
            The visibility of each landmark, float32; without one in the file, 1. It is 0 where it was not found.
        skeleton : Skeleton
            `MEDIAPIPE_POSE`.
        {clip_entries}

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no such file in it.
    ValueError
        If a file is faulty and on_error="raise", if no file is sound, if a clip has no label, or if a parameter has an
        unknown value.

    See Also
    --------
    sequences_from_table : Reads a table with a row for each frame and joint.

    References
    ----------
    MediaPipe documentation, "Pose landmark detection": the 33 landmarks and their coordinates.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from skeletonlearn.datasets import load_mediapipe
    >>> header = ",".join(f"x{at},y{at},z{at},v{at}" for at in range(33))
    >>> row = ",".join(["0.5,0.4,-0.1,0.99"] * 33)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "clip1.csv").write_text("\\n".join([header, row, row]))
    ...     bunch = load_mediapipe(folder, labels={"clip1": "wave"})
    >>> bunch.sequences[0].shape, bunch.target_names
    ((2, 33, 3), ['wave'])
    """
    options = ClipOptions(labels, segments, fps, untrimmed, on_error, n_jobs, cache, verbose)
    check_persons(n_persons, min_confidence)
    if not isinstance(world, bool | np.bool_):
        raise ValueError(f"world={world!r} must be True or False.")
    files = find_clips(source, ("*.csv", "*.json"), "clip1.csv or clip1.json")
    read_one = partial(_read_clip, n_persons, world, min_confidence)
    return load_clips("mediapipe", files, read_one, options, key=[n_persons, world, min_confidence], DESCR=_DESCR)


def _read_clip(n_persons: int, world: bool, min_confidence: float, content: FileContent) -> Record:
    """One file: its sequence and confidence."""
    poses = read_csv_frames(content) if content.name.endswith(".csv") else read_json_frames(content, world)
    frames = [_with_confidence(people) for people in poses]
    sequence, confidence = sequence_of_people(frames, _one_alone(frames), n_persons, min_confidence)
    return {"name": content.stem, "sequence": sequence, "confidence": confidence, "skeleton": MEDIAPIPE_POSE}


def _one_alone(frames: list[np.ndarray]) -> list[np.ndarray] | None:
    """The number of each person: MediaPipe follows people by itself, one alone is always the same."""
    if any(len(people) > 1 for people in frames):
        return None
    return [np.zeros(len(people), dtype=np.intp) for people in frames]


def _with_confidence(people: np.ndarray) -> np.ndarray:
    """Poses, (n_people, 33, 4), with landmarks at zero as missing and a visibility of 1 where there is none."""
    coordinates, visibility = mark_missing(people[..., :3].copy()), people[..., 3:]
    return np.concatenate([coordinates, np.where(np.isnan(visibility), 1.0, visibility)], axis=-1)
