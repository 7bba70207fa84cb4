"""Clips in a user's own folders: which files, what each is called, and what its label is."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np

from skeletonlearn.datasets._source import Source, SourceFile, find_files, list_paths

_NUMBER = re.compile(r"([0-9]+)")

Labels = str | Mapping[str, Any] | Callable[[str], Any] | None


@dataclass(frozen=True)
class ClipFile(SourceFile):
    """A file that is told from all others by its path below the source.

    Parameters
    ----------
    below : str
        The path below the source without ending, such as "wave/clip1"; it takes the place of the stem.
    folder : str
        The uppermost folder below the source that holds the file; "" for a file that lies in the source itself.
    """

    below: str
    folder: str

    @property
    def stem(self) -> str:
        """The path below the source without ending."""
        return self.below


def natural_key(text: Any) -> tuple[list[Any], str]:
    """The key that sorts texts as people do: "clip2" before "clip10".

    Parameters
    ----------
    text : object
        The text, or what becomes one.

    Returns
    -------
    tuple
        Texts and numbers by turns, then the whole, which tells "clip2" from "clip02".
    """
    parts = _NUMBER.split(str(text))
    return [int(part) if at % 2 else part for at, part in enumerate(parts)], str(text)


def find_clips(source: Source, patterns: Sequence[str], example: str) -> list[ClipFile]:
    """The files of a folder or a zip archive and all folders below, in natural order of their path below it.

    Parameters
    ----------
    source : path-like or sequence of path-like
        A folder, a zip archive, one file, or several of these. Of several folders and archives, the path starts with
        the name of the one that holds the file. The path in an archive, and that of several files which are given one
        by one, starts below the folder that all share.
    patterns : sequence of str
        Glob patterns for the file name.
    example : str
        File names, for the error.

    Returns
    -------
    list of ClipFile
        At least one.

    Raises
    ------
    FileNotFoundError
        If there is no such folder or archive, or no such file in it.
    ValueError
        If two files have the same path below their sources.
    """
    paths = list_paths(source)
    files = [(path, find_files(path, patterns, example, recursive=True, any_ending=True)) for path in paths]
    found = _name_loose(files) or [
        clip for path, of_path in files for clip in _name_below(path, of_path, path.stem if len(paths) > 1 else "")
    ]
    if not found:
        raise FileNotFoundError("got an empty list, expected at least one folder or archive.")
    repeated = [below for below, count in Counter(clip.below for clip in found).items() if count > 1]
    if repeated:
        raise ValueError(f"Two files are named {repeated[0]!r} without their endings: expected one file a name.")
    return sorted(found, key=lambda clip: natural_key(clip.below))


def _name_loose(files: Sequence[tuple[Path, Sequence[SourceFile]]]) -> list[ClipFile]:
    """Several files that are given by their own paths; none where one of the paths is a folder or an archive."""
    if len(files) < 2 or not all(_is_loose(path, of_path[0]) for path, of_path in files):
        return []
    shared = os.path.commonpath([path.absolute().parent for path, _ in files])
    return [_name_clip(file, path.absolute().relative_to(shared).parts[:-1]) for path, (file,) in files]


def _is_loose(path: Path, file: SourceFile) -> bool:
    return not file.member and file.location == str(path)


def _name_below(path: Path, files: Sequence[SourceFile], prefix: str) -> Iterator[ClipFile]:
    levels = zip(*(file.inner.parent.parts for file in files if file.member), strict=False)
    n_shared = sum(1 for _ in takewhile(lambda names: len(set(names)) == 1, levels))
    root = os.path.join(path, "")
    for file in files:
        if file.member:
            yield _name_clip(file, file.inner.parent.parts[n_shared:], prefix)
        elif _is_loose(path, file):
            yield _name_clip(file, ())
        else:
            yield _name_clip(file, file.location.removeprefix(root).split(os.sep)[:-1], prefix)


def _name_clip(file: SourceFile, folders: Sequence[str], prefix: str = "") -> ClipFile:
    below = "/".join([prefix, *folders, file.stem] if prefix else [*folders, file.stem])
    return ClipFile(file.location, file.member, file.stamp, below, folders[0] if folders else "")


def label_clips(folders: Mapping[str, str], labels: Labels) -> tuple[dict[str, int], list[str]] | None:
    """The class of each clip, as the caller gives it.

    Parameters
    ----------
    folders : mapping of str to str
        The uppermost folder of each clip, by the clip's name.
    labels : "folder", mapping of str to label, callable or None
        See the loaders.

    Returns
    -------
    classes : dict of str to int
        The class of each clip, from 0.
    names : list of str
        The names of the classes, in natural order.

    Raises
    ------
    ValueError
        If a clip has no label; the text names it.
    """
    check_labels(labels)
    if labels is None:
        return None
    given = {name: _label_of(name, folder, labels) for name, folder in folders.items()}
    codes, names = encode_labels(given.values())
    return dict(zip(given, codes.tolist(), strict=True)), names


def check_labels(labels: Any) -> None:
    """Refuse labels of an unknown kind.

    Parameters
    ----------
    labels : object
        What the caller gave.

    Raises
    ------
    ValueError
        If it is none of the four kinds.
    """
    is_folder = isinstance(labels, str) and labels == "folder"
    if not (labels is None or is_folder or isinstance(labels, Mapping) or callable(labels)):
        raise ValueError(f"labels={labels!r} must be 'folder', a mapping of names to labels, a callable, or None.")


def _label_of(name: str, folder: str, labels: Labels) -> Any:
    if isinstance(labels, Mapping):
        label, source = labels.get(name), "labels has none of this name"
    elif callable(labels):
        label, source = labels(name), "labels gave none for this name"
    else:
        label, source = folder or None, "it lies in no folder below the source"
    if label is None or label != label:  # NaN, where a table has no entry
        raise ValueError(f"clip {name!r} has no label: {source}.")
    return label


def encode_labels(labels: Iterable[Hashable]) -> tuple[np.ndarray, list[str]]:
    """Classes from 0, and their names in natural order.

    Parameters
    ----------
    labels : iterable
        A label for each sample; labels with the same text are the same class.

    Returns
    -------
    codes : ndarray of int of shape (n_samples,)
        The classes.
    names : list of str
        The name of each class.
    """
    texts = [str(label) for label in labels]
    names = sorted(set(texts), key=natural_key)
    code = {name: at for at, name in enumerate(names)}
    return np.array([code[text] for text in texts], dtype=np.int64), names
