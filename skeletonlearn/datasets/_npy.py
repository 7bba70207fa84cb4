"""Reader of NumPy's own files: one array of numbers, checked before memory is taken for it."""

from __future__ import annotations

import io
from math import prod
from tokenize import TokenError

import numpy as np

from skeletonlearn.datasets._source import FileContent

_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


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
    stream = io.BytesIO(content.data)
    try:
        version = np.lib.format.read_magic(stream)
        shape, is_fortran, dtype = _HEADERS[version](stream)
    except (ValueError, TypeError, KeyError, SyntaxError, TokenError, RecursionError, MemoryError) as error:
        raise content.fault(f"got no file of numpy.save ({error})") from None
    if dtype.kind not in "fiub" or dtype.itemsize > 8:
        raise content.fault(f"got an array of {dtype}, expected numbers")
    rest = len(content.data) - stream.tell()
    if rest != prod(shape) * dtype.itemsize:
        reason = f"got {rest} bytes for an array of shape {shape} and {dtype}, expected as many as it takes"
        raise content.fault(reason)
    array = np.frombuffer(content.data, dtype, offset=stream.tell())
    return array.reshape(shape, order="F" if is_fortran else "C").astype(np.float64)
