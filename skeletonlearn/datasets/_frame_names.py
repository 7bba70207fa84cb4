"""Clips and frames by the names of files that are a frame each."""

from __future__ import annotations

import re
from pathlib import Path

from skeletonlearn.datasets._clip_files import ClipFile

_STEM = re.compile(r"(?P<clip>.*?)[-_. ]*(?P<frame>[0-9]+)")


def clip_and_frame(file: ClipFile, suffix: str = "", folder: str | None = None) -> tuple[str, int] | None:
    """The clip and the number of a frame, by its file's name ``CLIP_FRAME``.

    Parameters
    ----------
    file : ClipFile
        The file.
    suffix : str, default=""
        What follows the number.
    folder : str or None, default=None
        The name that the estimator gives to the folder of the files. It is no part of the clip's name.

    Returns
    -------
    clip : str
        The path below the source: that of the file without the number; or that of its folder, if CLIP is empty or
        repeats the folder's name.
    frame : int
        The number.
    """
    above, _, stem = file.below.rpartition("/")
    if folder is not None and above.rpartition("/")[2] == folder:
        above = above.rpartition("/")[0]
    match = _STEM.fullmatch(stem.removesuffix(suffix)) if stem.endswith(suffix) else None
    if match is None:
        return None
    clip = match["clip"]
    name = above if clip in ("", above.rpartition("/")[2]) else f"{above}/{clip}".removeprefix("/")
    return name or Path(file.path if file.member else file.path.parent).stem, int(match["frame"])
