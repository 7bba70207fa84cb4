"""Arrays in files of NumPy: mapped into memory, or read sample by sample out of archives."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from os import PathLike, fspath
from typing import Any, NamedTuple

import numpy as np

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._source import most_unpacked

_PARTS = {"train": "train", "val": "val", "valid": "val", "test": "test"}
_SAMPLES = ("x", "data", "x_data", "sequences", "skeletons", "keypoints", "poses")
_LABELS = ("y", "label", "labels", "y_data", "target", "targets")
_DAMAGED = (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zlib.error, zipfile.BadZipFile)
_NO_OBJECTS = "expected plain numbers: objects are pickles, which can run code"


class ArrayPart(NamedTuple):
    """The samples and labels of one part of a data set.

    Parameters
    ----------
    name : str
        "train", "val", "test", or "" for a set without parts.
    samples : ndarray or StoredArray
        The samples.
    labels : ndarray or StoredArray or None
        Their labels.
    """

    name: str
    samples: Any
    labels: Any


class StoredArray:
    """An array in an ``.npz`` archive, of which only one item of the first axis is in memory at a time.

    Parameters
    ----------
    path : path-like
        The archive.
    key : str
        The name of the array.
    """

    def __init__(self, path: str | PathLike[str], key: str) -> None:
        self._path, self._key = path, key
        try:
            with zipfile.ZipFile(path) as archive, archive.open(f"{key}.npy") as stream:
                self.shape, self._is_fortran, self.dtype = _read_header(stream)
                info, n_header = archive.getinfo(f"{key}.npy"), stream.tell()
        except (*_DAMAGED, KeyError) as error:
            raise self._fault(error) from None
        self._check(info.file_size - n_header, info.compress_size)

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[np.ndarray]:
        try:
            with zipfile.ZipFile(self._path) as archive, archive.open(f"{self._key}.npy") as stream:
                if self._is_fortran or not self.shape:
                    yield from np.atleast_1d(np.lib.format.read_array(stream, allow_pickle=False))
                    return
                _read_header(stream)
                for _ in range(self.shape[0]):
                    yield self._read_item(stream)
        except _DAMAGED as error:
            raise self._fault(error) from None

    def _read_item(self, stream: Any) -> np.ndarray:
        n_bytes = int(np.prod(self.shape[1:], dtype=np.int64)) * self.dtype.itemsize
        data = stream.read(n_bytes)
        if len(data) < n_bytes:
            raise EOFError(f"{n_bytes - len(data)} bytes are missing")
        return np.frombuffer(data, self.dtype).reshape(self.shape[1:])

    def _check(self, n_held: int, n_packed: int) -> None:
        n_bytes = int(np.prod(self.shape, dtype=object)) * self.dtype.itemsize
        if self.dtype.hasobject:
            raise self._fault(f"got an array of objects, {_NO_OBJECTS}")
        if n_held != n_bytes or min(self.shape, default=0) < 0:
            raise self._fault(f"got {n_held} bytes, expected {n_bytes} for the shape {self.shape}")
        item = n_bytes // max(self.shape[0] if self.shape else 1, 1)
        if max(item, n_bytes if self._is_fortran else 0) > most_unpacked(n_packed):
            raise self._fault(f"got {n_packed} compressed bytes for an item of {item}; decompress it first")

    def _fault(self, reason: object) -> SkeletonFileError:
        text = f"got an unreadable array ({reason})" if isinstance(reason, Exception) else str(reason)
        return SkeletonFileError(f"{fspath(self._path)}/{self._key}", None, text[:300])


def _read_header(stream: Any) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = np.lib.format.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"got version {version} of the format, expected 1.0 or 2.0")
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    return read(stream)


def open_arrays(X: Any) -> list[ArrayPart]:
    """Find the samples, and labels beside them, in what a user passed.

    Parameters
    ----------
    X : array-like, mapping of str to array, or path-like
        The samples; or arrays by name, such as `x_train` and `y_train`; or an ``.npy`` or ``.npz`` file of these.

    Returns
    -------
    list of ArrayPart
        One or more.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    SkeletonFileError
        If a file cannot be read.
    ValueError
        If it is unclear which array holds the samples.
    """
    if isinstance(X, str | PathLike):
        return _open_file(X)
    if isinstance(X, Mapping):
        return [ArrayPart(part, X[samples], X[labels] if labels else None) for part, samples, labels in _pair_keys(X)]
    return [ArrayPart("", X, None)]


def _open_file(path: str | PathLike[str]) -> list[ArrayPart]:
    with open(path, "rb") as file:
        start = file.read(6)
    if start == np.lib.format.MAGIC_PREFIX:
        return [ArrayPart("", _map_file(path), None)]
    if not start.startswith(b"PK"):
        raise SkeletonFileError(path, None, "got a file that is no array, expected .npy or .npz of NumPy")
    try:
        with zipfile.ZipFile(path) as archive:
            keys = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
    except _DAMAGED as error:
        raise SkeletonFileError(path, None, f"got an unreadable archive ({error})"[:300]) from None
    try:
        pairs = _pair_keys(keys)
    except ValueError as error:
        raise SkeletonFileError(path, None, str(error)) from None
    return [
        ArrayPart(part, StoredArray(path, samples), StoredArray(path, labels) if labels else None)
        for part, samples, labels in pairs
    ]


def _map_file(path: str | PathLike[str]) -> np.ndarray:
    try:
        with open(path, "rb") as file:
            _, _, dtype = _read_header(file)
        if dtype.hasobject:
            raise ValueError(f"got an array of objects, {_NO_OBJECTS}")
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except _DAMAGED as error:
        raise SkeletonFileError(path, None, f"got an unreadable array ({error})"[:300]) from None


def _pair_keys(keys: Iterable[str]) -> list[tuple[str, str, str | None]]:
    """Part, name of the samples and name of the labels."""
    known = {str(key).lower(): str(key) for key in keys}
    parts = [part for part in _PARTS if f"x_{part}" in known]
    if parts:
        return [(_PARTS[part], known[f"x_{part}"], known.get(f"y_{part}")) for part in parts]
    labels = next((known[key] for key in _LABELS if key in known), None)
    others = [key for key in known.values() if key != labels]
    samples = [known[key] for key in _SAMPLES if key in known] or (others if len(others) == 1 else [])
    if not samples:
        names = ", ".join(list(known.values())[:8]) or "none"
        raise ValueError(f"got arrays named {names}, expected x_train, x_test or x; pass one of the arrays")
    return [("", samples[0], labels)]
