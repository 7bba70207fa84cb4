"""Reader of what Azure Kinect's body tracking writes: JSON, and tables with a column per joint."""

from __future__ import annotations

from functools import partial
from os import PathLike
from typing import Any, Literal

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn.datasets._azure_kinect_csv import Body, order_joints, read_csv
from skeletonlearn.datasets._clip_files import Labels, find_clips
from skeletonlearn.datasets._clip_options import CLIP_TEXTS, ClipOptions
from skeletonlearn.datasets._errors import describe
from skeletonlearn.datasets._load_clips import load_clips
from skeletonlearn.datasets._persons import check_persons, number_tracks, sequence_of_people
from skeletonlearn.datasets._read_files import Record
from skeletonlearn.datasets._source import FileContent, Source
from skeletonlearn.skeletons import AZURE_KINECT

_METRES = 1e-3

_DESCR = """\
Bodies that Azure Kinect's body tracking found, a file a clip: 32 joints in metres, x to the right, y down, z away from
the camera. Joints at exactly (0, 0, 0) were not seen and are NaN.
"""


@fill_docstring(CLIP_TEXTS)
def load_azure_kinect(  # noqa: D417 - shared texts
    source: Source,
    *,
    labels: Labels = None,
    segments: Any = None,
    fps: float | None = None,
    untrimmed: bool = False,
    n_persons: int = 1,
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
    cache: str | PathLike[str] | None = None,
    verbose: int = 0,
) -> Bunch:
    """Load clips that Azure Kinect's body tracking wrote, one from each JSON or CSV file.

    A clip's name is its path below `source` without the ending, such as ``"wave/clip1"``. Files hold millimetres, and
    have one of two forms:

    - JSON, as the offline processor of the sensor's samples writes it: ``{"joint_names": [...], "frames": [{"bodies":
      [{"body_id", "joint_positions": [[x, y, z], ...]}]}]}``. The joints are found by ``joint_names``; without it, they
      are in the sensor's order;
    - CSV: a column per joint, whose cells hold ``x y z``, and a row per frame. If there is a column ``body_id``,
      consecutive rows with different bodies and the same value in a column ``frame`` or ``timestamp`` are one frame. A
      column ``label`` holds the label of the clip.

    Parameters
    ----------
    {source}
    {clip_parameters}
    {n_persons}
    {reading_parameters}

    Returns
    -------
    Bunch
        With clips in natural order of their names:

        sequences : list of ndarray of shape (n_frames_i, n_persons * 32, 3)
            Joint positions in metres, float32: x to the right, y down, z away from the camera. NaN where a joint or a
            person was not seen.
        skeleton : Skeleton
            `AZURE_KINECT`.
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
    load_ntu_rgbd : Loads recordings of Kinect v2.

    References
    ----------
    Azure Kinect documentation, "Body tracking joints": the joints, their order and their axes.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> from skeletonlearn.datasets import load_azure_kinect
    >>> body = {"body_id": 1, "joint_positions": [[120.0, -340.0, 2100.0]] * 32}
    >>> clip = {"frames": [{"bodies": [body]}, {"bodies": []}, {"bodies": [body]}]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "clip1.json").write_text(json.dumps(clip))
    ...     bunch = load_azure_kinect(folder)
    >>> bunch.sequences[0].shape, bunch.sequences[0][0, 0]
    ((3, 32, 3), array([ 0.12, -0.34,  2.1 ], dtype=float32))
    """
    options = ClipOptions(labels, segments, fps, untrimmed, on_error, n_jobs, cache, verbose)
    check_persons(n_persons, 0.0)
    files = find_clips(source, ("*.json", "*.csv"), "clip1.json")
    read = partial(_read_clip, int(n_persons))
    return load_clips("azure_kinect", files, read, options, key=[int(n_persons)], DESCR=_DESCR)


def _read_clip(n_persons: int, content: FileContent) -> Record:
    """One file: its sequence."""
    is_json = content.text().lstrip()[:1] in ("{", "[", "")
    frames, label = (_read_json(content), None) if is_json else read_csv(content)
    sequence, _ = sequence_of_people(
        [np.array([_with_confidence(joints) for _, joints in bodies]) for bodies in frames],
        number_tracks([[body for body, _ in bodies] for bodies in frames]),
        n_persons,
    )
    return {"name": content.stem, "sequence": sequence, "skeleton": AZURE_KINECT, "label": label}


def _with_confidence(joints: np.ndarray) -> np.ndarray:
    """Joints in metres, and a confidence of 1 for each that was seen; (32, 3) to (32, 4)."""
    return np.column_stack([joints * _METRES, joints.any(axis=-1)])


def _read_json(content: FileContent) -> list[list[Body]]:
    """The bodies of each frame."""
    value = content.json()
    frames = value.get("frames") if isinstance(value, dict) else None
    if not isinstance(frames, list):
        raise content.fault(f"got {describe(value)}, expected an object with a list 'frames'")
    names = value.get("joint_names")
    if names is not None and not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise content.fault("got 'joint_names' that are no list of names, expected one or none")
    order = None if names is None else order_joints(content, names)
    return [
        [_body(content, body, order, at) for body in _bodies(content, frame, at)] for at, frame in enumerate(frames)
    ]


def _bodies(content: FileContent, frame: Any, at: int) -> list[Any]:
    bodies = frame.get("bodies") if isinstance(frame, dict) else None
    if not isinstance(bodies, list):
        raise content.fault(f"got {describe(frame)} as frame {at}, expected an object with a list 'bodies'")
    return bodies


def _body(content: FileContent, body: Any, order: list[int] | None, at: int) -> Body:
    if not isinstance(body, dict) or "joint_positions" not in body:
        raise content.fault(f"got {describe(body)} as a body of frame {at}, expected an object with 'joint_positions'")
    wanted = f"expected x, y and z of {AZURE_KINECT.n_joints} joints"
    try:
        joints = np.array(body["joint_positions"], dtype=np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise content.fault(f"got joint_positions in frame {at} that are no numbers ({error}), {wanted}") from None
    if joints.shape != (AZURE_KINECT.n_joints, 3):
        raise content.fault(f"got joint_positions of shape {joints.shape} in frame {at}, {wanted}")
    return body.get("body_id"), joints if order is None else joints[order]
