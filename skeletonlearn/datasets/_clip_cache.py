"""The clips of a reader, as they are read or from the cache."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Any

import numpy as np

from skeletonlearn.datasets._cache import load_cached
from skeletonlearn.datasets._clip_options import ClipOptions
from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._read_files import LeftOut, Record
from skeletonlearn.skeletons import Skeleton, get_skeleton, list_skeletons

_VERSION = 1  # of what the mechanism makes of a file: another number makes old caches unknown
_ARRAYS = ("sequence", "confidence")

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
    left_out = LeftOut(options.on_error)
    if options.cache is None:
        with closing(clips(left_out)) as found:
            return list(_alike(found, left_out)), left_out

    def build(info: dict[str, Any]) -> Iterator[np.ndarray]:
        faulty = LeftOut(options.on_error)
        with closing(clips(faulty)) as found:
            yield from _flatten(_alike(found, faulty), info)
        info["left_out"] = {name: [one.path, one.line, one.reason] for name, one in faulty.faults.items()}

    arrays, info = load_cached(options.cache, reader, plain([_VERSION, key]), build)
    for name, fault in info["left_out"].items():
        left_out.add(name, SkeletonFileError(*fault))
    return _restore(arrays, info), left_out


def plain(value: Any) -> Any:
    """A value as JSON gives it back, so that it is the same with and without a cache.

    Parameters
    ----------
    value : object
        Numbers, texts, None, layouts, arrays, and lists and dicts of these.

    Returns
    -------
    object
        The value, arrays and tuples as lists, layouts as dicts.
    """
    return json.loads(json.dumps(value, default=_as_plain))


def _as_plain(value: Any) -> Any:
    if isinstance(value, Skeleton):
        return {"name": value.name, "joints": value.joints, "bones": value.bones, "roles": value.roles}
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be kept in a cache.")


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


def _flatten(clips: Iterator[Record], info: dict[str, Any]) -> Iterator[np.ndarray]:
    """The arrays of the clips as columns of numbers, and all else in `info`."""
    info["clips"] = []
    for clip in clips:
        info["skeleton"] = plain(clip["skeleton"])
        arrays = {name: clip[name] for name in _ARRAYS if name in clip}
        facts = {key: value for key, value in clip.items() if key not in (*_ARRAYS, "skeleton")}
        info["clips"].append({**facts, "shapes": {name: array.shape for name, array in arrays.items()}})
        for array in arrays.values():
            yield array.reshape(-1, 1, 1)


def _restore(arrays: list[np.ndarray], info: dict[str, Any]) -> list[Record]:
    """The clips from what `_flatten` made of them."""
    skeleton = Skeleton(**info["skeleton"])
    columns = iter(arrays)
    return [
        {
            **{key: value for key, value in facts.items() if key != "shapes"},
            **{name: next(columns).reshape(shape) for name, shape in facts["shapes"].items()},
            "skeleton": skeleton,
        }
        for facts in info["clips"]
    ]


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
