"""Reader of one raw file of NTU RGB+D."""

from __future__ import annotations

import os
from os import PathLike

from skeletonlearn.datasets._ntu._parse_arrays import parse_arrays
from skeletonlearn.datasets._ntu._parse_lines import parse_lines
from skeletonlearn.datasets._ntu._recording import NTURecording
from skeletonlearn.datasets._source import FileContent, SourceFile, read_content

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def parse_ntu_skeleton(
    content: FileContent, *, tracking_states: bool = True, image_positions: bool = False
) -> NTURecording:
    """Parse a raw file of NTU RGB+D.

    Numbers are parted by blanks or tabs, lines end with LF or CR LF, and blank lines may follow the last frame but
    stand nowhere else. Columns that are not read (orientation, lean, hands) must be made of the characters of numbers,
    or be nan or inf, and are not looked at further.

    Parameters
    ----------
    content : FileContent
        The file.
    tracking_states : bool, default=True
        Whether to read the tracking states of joints.
    image_positions : bool, default=False
        Whether to read the pixels of joints in the depth and the colour image.

    Returns
    -------
    NTURecording
        At least one frame and one body.

    Raises
    ------
    SkeletonFileError
        If the file is not of the format, with the line of the first fault.
    """
    data = content.data.removeprefix(_BYTE_ORDER_MARK)
    recording = parse_arrays(data, tracking_states, image_positions)
    return recording or parse_lines(content, data, tracking_states, image_positions)


def read_ntu_skeleton(path: str | PathLike[str], *, image_positions: bool = False) -> NTURecording:
    """Read one raw file of NTU RGB+D (``.skeleton``), whole: all bodies that the sensor followed, uncleaned.

    For the whole data set, cleaned and with its classes, see :func:`load_ntu_rgbd`.

    Parameters
    ----------
    path : path-like
        The file, plain or compressed by gzip.
    image_positions : bool, default=False
        Whether to read the pixels of joints in the depth and the colour image too.

    Returns
    -------
    NTURecording
        Its number of frames, and its bodies in the order in which they first appear, each with

        body_id : int
            The sensor's number of the body.
        frames : ndarray of int of shape (n,)
            The frames that show it, from 0; they may have gaps.
        joints : ndarray of shape (n, 25, 3)
            Metres along the camera's axes, float32. The sensor's joints, in the order of `NTU_RGBD`.
        tracking_states : ndarray of shape (n, 25)
            0 not tracked, 1 inferred, 2 tracked, int8.
        depth, color : ndarray of shape (n, 25, 2) or None
            Pixels, float32, NaN where the sensor had none.

    Raises
    ------
    SkeletonFileError
        If the file cannot be read, or is not of the format: it names the line, what it has and what was expected.

    See Also
    --------
    load_ntu_rgbd : Reads all files, denoised.
    write_ntu_skeleton : Writes such files.

    References
    ----------
    A. Shahroudy, J. Liu, T.-T. Ng and G. Wang (2016). NTU RGB+D: A large scale dataset for 3D human activity analysis.
    CVPR.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from skeletonlearn.datasets import read_ntu_skeleton
    >>> body = ["72057594037944738 0 1 1 1 1 0 0.01 -0.25 2", "25"] + ["0.2 0.1 3.7 277 191 1036 519 0 0 0 1 2"] * 25
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "S001C001P001R001A001.skeleton")
    ...     _ = path.write_text("\\n".join(["3", "0", "1", *body, "1", *body]))
    ...     recording = read_ntu_skeleton(path)
    >>> recording.n_frames, recording.bodies[0].frames, recording.bodies[0].joints[0, 0]
    (3, array([1, 2]), array([0.2, 0.1, 3.7], dtype=float32))
    """
    content = read_content(SourceFile(os.fspath(path), "", stamp=(0, 0)))
    return parse_ntu_skeleton(content, image_positions=image_positions)
