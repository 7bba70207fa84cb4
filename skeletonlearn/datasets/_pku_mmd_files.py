"""The files of PKU-MMD: which are recordings, which hold their labels, and which list the parts of a protocol."""

from __future__ import annotations

import re
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TypeVar

from skeletonlearn.datasets._clip_files import ClipFile, natural_key
from skeletonlearn.datasets._errors import cut
from skeletonlearn.datasets._source import FileContent, Source, SourceFile, find_files, read_content, read_contents

TRAIN_VIEWS = ("M", "R")

Labels = list[tuple[int, int, int, float]]
"""Segments of a recording: start, end, class from 0, and the confidence of the label."""

AnyFile = TypeVar("AnyFile", bound=SourceFile)

_RECORDING = re.compile(r"(?P<take>\w+)-(?P<view>[LMR])")
_SPLIT = "cross-subject.txt"
_N_CLASSES = 51
_LARGEST_LABELS = 2**16  # bytes; a line of a label file takes 15
_WANTED = "expected class, start, end and confidence, with commas between them"


def find_recordings(source: Source) -> tuple[list[ClipFile], dict[str, SourceFile]]:
    """Find the recordings and the files of their labels, which have the same names in another folder.

    Parameters
    ----------
    source : path-like or sequence of path-like
        One or more folders or zip archives.

    Returns
    -------
    recordings : list of ClipFile
        In natural order of their names, such as "0002-L".
    labels : dict of str to SourceFile
        The label file of each name.

    Raises
    ------
    FileNotFoundError
        If there are no recordings.
    ValueError
        If a name occurs twice.
    """
    files = [
        file for file in find_files(source, "*.txt", "0002-L.txt", recursive=True) if _RECORDING.fullmatch(file.stem)
    ]
    small = [file for file in files if file.stamp[0] <= _LARGEST_LABELS]
    contents = zip(small, read_contents(small), strict=True)
    labels = [file for file, content in contents if isinstance(content, FileContent) and b"," in content.data[:200]]
    recordings = [file for file in files if file not in labels]
    if not recordings:
        raise FileNotFoundError(f"{source!r} has no recording of PKU-MMD, expected files such as 0002-L.txt.")
    clips = [ClipFile(file.location, file.member, file.stamp, file.stem, "") for file in recordings]
    return sorted(_once(clips), key=lambda clip: natural_key(clip.stem)), {file.stem: file for file in _once(labels)}


def _once(files: Sequence[AnyFile]) -> Sequence[AnyFile]:
    """The same files, each of another name."""
    first: dict[str, SourceFile] = {}
    for file in files:
        if first.setdefault(file.stem, file) is not file:
            raise ValueError(f"Two files are named {file.stem!r}: {first[file.stem]} and {file}; expected one each.")
    return files


def view_of(name: str) -> str:
    """The camera of a recording: "L", "M" or "R"."""
    return name.rpartition("-")[2]


def read_labels(content: FileContent) -> Labels:
    """Read the segments of a recording.

    Parameters
    ----------
    content : FileContent
        The file.

    Returns
    -------
    list of tuple
        One for each line.

    Raises
    ------
    SkeletonFileError
        If a line is none of a segment.
    """
    lines = enumerate(content.text().split("\n"), start=1)
    return [_segment(content, text, line) for line, text in lines if text.strip()]


def _segment(content: FileContent, text: str, line: int) -> tuple[int, int, int, float]:
    words = text.strip().removesuffix(",").split(",")
    try:
        number, start, end, confidence = map(float, words)
    except ValueError:
        raise content.fault(f"got {cut(text.strip(), 60)!r}, {_WANTED}", line) from None
    if number not in range(1, _N_CLASSES + 1) or start % 1 or end % 1 or not abs(confidence) < 1e9:
        raise content.fault(f"got {cut(text.strip(), 60)!r}, {_WANTED}; classes are 1 to {_N_CLASSES}", line)
    return int(start), int(end), int(number) - 1, confidence


def read_training(source: Source, split: str | PathLike[str] | None) -> set[str]:
    """Read which recordings the cross-subject protocol trains on.

    Parameters
    ----------
    source : path-like or sequence of path-like
        One or more folders or archives, in which the list is looked for.
    split : path-like or None
        The list; None looks for "cross-subject.txt".

    Returns
    -------
    set of str
        The names of the recordings.

    Raises
    ------
    ValueError
        If the list is not found, or holds no training videos.
    """
    if split is None:
        found = [file for file in find_files(source, "*.txt", "0002-L.txt", recursive=True) if file.name == _SPLIT]
    else:
        found = find_files(Path(split), "*", _SPLIT)
    if len(found) != 1:
        raise ValueError(
            f"protocol='xsub' needs the list {_SPLIT} of the data set: got {len(found)} such files in {source!r}, "
            "expected one; or give its path as split=."
        )
    content = read_content(found[0])
    parts = re.split(r"(?im)^\s*(train|valid|test)\w*[^\n:]*:", content.text())
    training = [names for kind, names in zip(parts[1::2], parts[2::2], strict=True) if kind.lower() == "train"]
    names = {name.strip() for part in training for name in re.split(r"[,\s]+", part) if name.strip()}
    if not names or not all(map(_RECORDING.fullmatch, names)):
        raise content.fault("got no list of training videos, expected a line 'Training videos:' and names after it")
    return names
