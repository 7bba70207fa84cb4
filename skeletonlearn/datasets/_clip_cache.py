"""The clips of a reader, as they are read or from the cache."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Any

from skeletonlearn.datasets._clip_options import ClipOptions
from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._left_out import LeftOut
from skeletonlearn.datasets._record_cache import Record, RecordCache, gather_records, plain
from skeletonlearn.skeletons import Skeleton, get_skeleton, list_skeletons

Clips = Callable[[LeftOut], Generator[Record, None, None]]


def gather_clips(reader: str, clips: Clips, options: ClipOptions, key: Any) -> tuple[list[Record], LeftOut]:
    """All clips of a reader, read now or taken from the cache.

    Parameters
    ----------
    reader : str
        The name of the reader, which begins the name of the cache file.
    clips : callable
        From a LeftOut, which takes the faults, to the records of the sound clips one by one.
    options : ClipOptions
        The shared parameters.
    key : object
        All that the content depends on: the files and the reader's own parameters.

    Returns
    -------
    records : list of dict
        The clips. Those that differ in layout from the first are left out.
    left_out : LeftOut
        What is wrong with the others.

    Raises
    ------
    SkeletonFileError
        If something is faulty and `on_error` is "raise".
    """

    def alike(left_out: LeftOut) -> Generator[Record, None, None]:
        with closing(clips(left_out)) as found:
            yield from _alike(found, left_out)

    return gather_records(alike, options.on_error, RecordCache(reader, options.cache, key))


def _alike(clips: Iterator[Record], left_out: LeftOut) -> Iterator[Record]:
    """The clips, their facts as JSON takes them, without those that differ from the first or repeat a name."""
    first: Record = {}
    names: set[str] = set()
    for clip in clips:
        first = first or {"file": clip["file"], "skeleton": clip["skeleton"], "shape": clip["sequence"].shape}
        reason = _difference(clip, first, names)
        if reason:
            fault = SkeletonFileError(clip["file"], None, reason)
            left_out.add(clip["name"], fault, otherwise=f"{clip['file']}: {clip['name']}")
        else:
            names.add(clip["name"])
            yield {**clip, **plain({key: clip[key] for key in ("label", "segments", "extra") if key in clip})}


def _difference(clip: Record, first: Record, names: set[str]) -> str:
    """What keeps a clip from standing beside the first; "" for nothing."""
    if clip["name"] in names:
        return f"got the clip {clip['name']!r} again, expected each name once"
    layout, expected = clip["skeleton"], first["skeleton"]
    if layout != expected:
        got = f"{layout.name} with {layout.n_joints} joints"
        return f"got the layout {got}, expected {expected.name} with {expected.n_joints} as in {first['file']}"
    shape, row = clip["sequence"].shape, first["shape"]
    if shape[1:] != row[1:]:
        return f"got {shape[1]} joints of {shape[2]} channels, expected {row[1]} of {row[2]} as in {first['file']}"
    return ""


def own_layout(skeleton: Skeleton) -> Skeleton:
    """The layout of the catalogue that equals a layout, which may come from a worker or a cache; else the layout.

    Parameters
    ----------
    skeleton : Skeleton
        The layout.

    Returns
    -------
    Skeleton
        An equal one.
    """
    known = skeleton.name in list_skeletons() and get_skeleton(skeleton.name)
    return known if known and known == skeleton else skeleton
