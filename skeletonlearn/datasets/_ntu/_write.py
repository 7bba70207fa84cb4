"""Writer of raw files of NTU RGB+D, for tests, and for skeletons from elsewhere in tools that read this format."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike

import numpy as np

from skeletonlearn._files import write_whole
from skeletonlearn.datasets._ntu._recording import N_JOINTS, NTUBody, NTURecording

# After the body id: clipped edges, confidence and state of the left and of the right hand (unknown), restricted, lean x
# and y, tracking state (tracked)
_INFO = "0 0 0 0 0 0 0 0 2"
_ORIENTATION = "0 0 0 0"
_TRACKED = 2


def write_ntu_skeleton(path: str | PathLike[str], recording: NTURecording) -> None:
    """Write one raw file of NTU RGB+D (``.skeleton``).

    What :func:`read_ntu_skeleton` reads comes back bit by bit: numbers are the shortest decimals that give the same
    float32. What a recording does not hold is written as the sensor writes unknown values: the states of the hands, the
    lean of the body, the orientation of joints and, where they are None, pixels are 0. Joints without tracking states
    are tracked.

    Parameters
    ----------
    path : path-like
        The file. It appears when it is whole; one that is there is replaced.
    recording : NTURecording
        At least one frame and one body. Joints in metres, finite; pixels may be NaN.

    Raises
    ------
    TypeError
        If `recording` is not an NTURecording.
    ValueError
        If the recording has something that the format cannot hold.

    See Also
    --------
    read_ntu_skeleton : Reads what this writes.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> from skeletonlearn.datasets import NTUBody, NTURecording, read_ntu_skeleton, write_ntu_skeleton
    >>> joints = np.random.default_rng(0).normal(size=(3, 25, 3)).astype(np.float32)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "S001C001P001R001A001.skeleton")
    ...     write_ntu_skeleton(path, NTURecording(5, [NTUBody(72057594037944738, np.array([0, 2, 4]), joints)]))
    ...     (body,) = read_ntu_skeleton(path).bodies
    >>> body.frames, np.array_equal(body.joints, joints)
    (array([0, 2, 4]), True)
    """
    _check(recording)
    shown: list[list[str]] = [[] for _ in range(recording.n_frames)]
    for body in recording.bodies:
        for frame, block in zip(body.frames, _blocks(body), strict=True):
            shown[frame].append(block)
    frames = ("\n".join([str(len(blocks)), *blocks]) for blocks in shown)
    text = "\n".join([str(recording.n_frames), *frames, ""])
    with write_whole(path) as file:
        file.write(text.encode("ascii"))


def _blocks(body: NTUBody) -> Iterator[str]:
    """The lines of a body, frame by frame."""
    n = len(body.frames)
    unknown = np.zeros((n, N_JOINTS, 2))
    pixels = [unknown if given is None else given for given in (body.depth, body.color)]
    positions = np.concatenate([body.joints, *pixels], axis=2, dtype=np.float32, casting="same_kind")
    states = np.full((n, N_JOINTS), _TRACKED) if body.tracking_states is None else body.tracking_states.astype(int)
    for frame_positions, frame_states in zip(positions, states.tolist(), strict=True):
        rows = [
            f"{' '.join(map(_shortest, row))} {_ORIENTATION} {state}"
            for row, state in zip(frame_positions, frame_states, strict=True)
        ]
        yield "\n".join([f"{body.body_id} {_INFO}", str(N_JOINTS), *rows])


def _shortest(value: np.float32) -> str:
    return str(value).removesuffix(".0")


def _check(recording: NTURecording) -> None:
    """Refuse what cannot be written, or would not be read again."""
    if not isinstance(recording, NTURecording):
        raise TypeError(f"recording: got {type(recording).__name__}, expected an NTURecording of one or more NTUBody.")
    if recording.n_frames < 1 or not recording.bodies:
        got = f"{recording.n_frames} frames and {len(recording.bodies)} bodies"
        raise ValueError(f"recording: got {got}, expected at least one of each.")
    ids = [body.body_id for body in recording.bodies]
    if len(set(ids)) < len(ids) or not all(0 <= body_id < 2**64 for body_id in ids):
        raise ValueError(f"recording: got the body ids {ids}, expected different ones from 0 to 2**64 - 1.")
    for body in recording.bodies:
        _check_body(body, recording.n_frames)


def _check_body(body: NTUBody, n_frames: int) -> None:
    name, n = f"body {body.body_id}", len(body.frames)
    frames = np.asarray(body.frames)
    if not n or frames[0] < 0 or frames[-1] >= n_frames or (np.diff(frames) <= 0).any():
        raise ValueError(f"{name}: got the frames {frames}, expected some, ascending, from 0 to {n_frames - 1}.")
    shapes = {"joints": (n, N_JOINTS, 3), "depth": (n, N_JOINTS, 2), "color": (n, N_JOINTS, 2)}
    for part, shape in (shapes | {"tracking_states": (n, N_JOINTS)}).items():
        given = getattr(body, part)
        if given is not None and given.shape != shape:
            raise ValueError(f"{name}: got {part} of shape {given.shape}, expected {shape}.")
    if not np.isfinite(_to_float32(body.joints)).all():
        raise ValueError(f"{name}: got joints that are NaN or infinite, expected metres.")
    if any(np.isinf(_to_float32(given)).any() for given in (body.depth, body.color) if given is not None):
        raise ValueError(f"{name}: got infinite pixels, expected numbers or NaN.")
    if body.tracking_states is not None and not np.isin(body.tracking_states, (0, 1, 2)).all():
        raise ValueError(f"{name}: got the tracking states {np.unique(body.tracking_states)}, expected 0, 1 or 2.")


def _to_float32(given: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return given.astype(np.float32)
