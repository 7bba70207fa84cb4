"""Records of sequences, as they are read or from a cache file that holds them."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, fields, replace
from os import PathLike
from typing import Any

import numpy as np

from skeletonlearn.datasets._cache import load_cached
from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._left_out import LeftOut
from skeletonlearn.datasets._source import SourceFile
from skeletonlearn.skeletons import Skeleton

Record = dict[str, Any]
Records = Callable[[LeftOut], Generator[Record, None, None]]

_VERSION = 1  # of what readers make of a file: another number makes old caches unknown
_ARRAYS = ("sequence", "confidence")


@dataclass(frozen=True)
class RecordCache:
    """Where records are kept.

    Parameters
    ----------
    title : str
        The beginning of the file's name.
    folder : path-like or None
        The folder; None keeps nothing.
    key : object, default=()
        What the records depend on apart from the files: numbers, texts, layouts, and lists and dicts of these.
    """

    title: str
    folder: str | PathLike[str] | None
    key: Any = ()

    def of(self, files: Sequence[SourceFile]) -> RecordCache:
        """The cache whose key includes the files."""
        return replace(self, key=[self.key, [(file.stem, file.stamp) for file in files]])


def gather_records(records: Records, on_error: str, cache: RecordCache | None) -> tuple[list[Record], LeftOut]:
    """All records, read now or taken from a cache.

    Parameters
    ----------
    records : callable
        From a LeftOut, which takes the faults, to the sound records one by one. A record is a dict of arrays `sequence`
        and perhaps `confidence`, perhaps a layout `skeleton`, and facts that JSON can hold.
    on_error : {"raise", "warn", "skip"}
        What to do with what is faulty.
    cache : RecordCache or None
        Where they are kept.

    Returns
    -------
    records : list of dict
        The sound ones.
    left_out : LeftOut
        What is wrong with the others.

    Raises
    ------
    SkeletonFileError
        If something is faulty, or was when the cache was made, and `on_error` is "raise".
    """
    left_out = LeftOut(on_error)
    if cache is None or cache.folder is None:
        with closing(records(left_out)) as found:
            return list(found), left_out

    def build(info: dict[str, Any]) -> Iterator[np.ndarray]:
        faulty = LeftOut(on_error)
        with closing(records(faulty)) as found:
            yield from _flatten(found, info)
        info["left_out"] = {name: [one.path, one.line, one.reason] for name, one in faulty.faults.items()}

    arrays, info = load_cached(cache.folder, cache.title, plain([_VERSION, cache.key]), build)
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
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be kept in a cache.")


def _flatten(records: Iterator[Record], info: dict[str, Any]) -> Iterator[np.ndarray]:
    """The arrays of the records as columns of numbers, and all else in `info`."""
    info |= {"records": [], "layouts": []}
    places: dict[Skeleton, int] = {}
    for record in records:
        arrays = {name: record[name] for name in _ARRAYS if name in record}
        facts = {key: value for key, value in record.items() if key not in (*_ARRAYS, "skeleton")}
        layout = record.get("skeleton")
        place = None if layout is None else places.setdefault(layout, len(places))
        shapes = {name: array.shape for name, array in arrays.items()}
        info["records"].append({"facts": plain(facts), "layout": place, "shapes": shapes})
        for array in arrays.values():
            yield array.reshape(-1, 1, 1)
    info["layouts"] = [plain(layout) for layout in places]


def _restore(arrays: list[np.ndarray], info: dict[str, Any]) -> list[Record]:
    """The records from what `_flatten` made of them."""
    layouts = [Skeleton(**layout) for layout in info["layouts"]]
    columns = iter(arrays)
    return [
        {
            **one["facts"],
            **{name: next(columns).reshape(shape) for name, shape in one["shapes"].items()},
            **({} if one["layout"] is None else {"skeleton": layouts[one["layout"]]}),
        }
        for one in info["records"]
    ]
