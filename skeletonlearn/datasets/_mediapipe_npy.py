"""The arrays in which users save MediaPipe landmarks."""

from __future__ import annotations

import numpy as np

from skeletonlearn.datasets._mediapipe_landmarks import N_LANDMARKS, Recording, split_landmarks, split_numbers
from skeletonlearn.datasets._npy import read_npy
from skeletonlearn.datasets._source import FileContent

_WANTED = (
    "expected a frame's numbers (n_numbers,), or a clip as (n_frames, n_numbers) or (n_frames, n_landmarks, 2 to 4), "
    "of a pose (33 landmarks), of hands (21 or 42), or of both without or with a face"
)


def read_array(content: FileContent) -> Recording:
    """The recording, or the one frame, of a file that `numpy.save` wrote.

    Parameters
    ----------
    content : FileContent
        The file.

    Returns
    -------
    Recording
        Its frames in order; a row of numbers is one frame.

    Raises
    ------
    SkeletonFileError
        If the file cannot be read, or has another shape.
    """
    array = read_npy(content)
    rows = array[None] if array.ndim == 1 else array
    parts = _by_part(rows) if rows.size else None
    if parts is None:
        raise content.fault(f"got an array of shape {array.shape}, {_WANTED}")
    return Recording("", {part: list(values[:, None]) for part, values in parts.items() if part in N_LANDMARKS})


def _by_part(rows: np.ndarray) -> dict[str, np.ndarray] | None:
    """By part the landmarks of each frame, (n_frames, n_landmarks, 4); None for another shape."""
    if rows.ndim == 2:
        return split_numbers(rows)
    spans = split_landmarks(rows.shape[1]) if rows.ndim == 3 and rows.shape[2] in (2, 3, 4) else None
    if spans is None:
        return None
    points = np.full((*rows.shape[:2], 4), np.nan)
    points[..., : rows.shape[2]] = rows
    return {part: points[:, span] for part, span in spans.items()}
