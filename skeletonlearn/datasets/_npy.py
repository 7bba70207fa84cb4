"""Reader of NumPy's own files: one array of numbers, checked before memory is taken for it."""

from __future__ import annotations

import re
from math import prod

import numpy as np

from skeletonlearn.datasets._source import FileContent

_START = re.compile(rb"\x93NUMPY([\x01-\x03])\x00", re.DOTALL)
# numpy.save writes the keys in this order; a pattern runs no code and warns of nothing, other than its own reader
_HEADER = re.compile(
    r"\{'descr': (?P<dtype>'[^']*'|\[.*\]), 'fortran_order': (?P<order>True|False), "
    r"'shape': \((?P<shape>[0-9, ]{0,200})\),? *\}\s*",
    re.DOTALL,
)
_NUMBERS = re.compile(r"'[<>|=]?(f[248]|[iu][1248]|b1)'")
_LONGEST_HEADER = 10_000


def read_npy(content: FileContent) -> np.ndarray:
    """The array of a file that `numpy.save` wrote.

    Parameters
    ----------
    content : FileContent
        The file.

    Returns
    -------
    ndarray
        Numbers as float64.

    Raises
    ------
    SkeletonFileError
        If the file is no such file, is cut short, or holds something other than numbers.
    """
    header, start = _read_header(content)
    if not _NUMBERS.fullmatch(header["dtype"]):
        raise content.fault(f"got an array of {header['dtype']}, expected numbers")
    dtype = np.dtype(header["dtype"].strip("'"))
    shape = tuple(int(size) for size in header["shape"].replace(" ", "").split(",") if size)
    rest = len(content.data) - start
    if rest != prod(shape) * dtype.itemsize or max(shape, default=0) > len(content.data):
        raise content.fault(f"got {rest} bytes for an array of shape {shape} and {dtype}, expected as many as it takes")
    array = np.frombuffer(content.data, dtype, offset=start)
    with np.errstate(invalid="ignore"):  # signalling NaN
        return array.reshape(shape, order="F" if header["order"] == "True" else "C").astype(np.float64)


def _read_header(content: FileContent) -> tuple[dict[str, str], int]:
    """What the header says of the array, and where its numbers start."""
    magic = _START.match(content.data)
    n_bytes = 2 if magic and magic[1] == b"\x01" else 4
    start = 8 + n_bytes + int.from_bytes(content.data[8 : 8 + n_bytes], "little")
    text = content.data[8 + n_bytes : start] if start < _LONGEST_HEADER else b""
    header = _HEADER.fullmatch(text.decode("latin-1")) if magic else None
    if header is None or len(content.data) < start:
        raise content.fault("got no file of numpy.save, or one whose header is damaged; expected an array of numbers")
    return header.groupdict(), start
