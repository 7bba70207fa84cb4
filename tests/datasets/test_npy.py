"""Arrays as NumPy writes them, checked before memory is taken for them."""

import io
import re

import numpy as np
import pytest

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._npy import read_npy
from skeletonlearn.datasets._source import FileContent, SourceFile


def content(data):
    return FileContent(SourceFile("clip.npy", "", ()), data)


def saved(array, version=None):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version)
    return stream.getvalue()


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", ">f4", "i2", "u1", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("version", [(1, 0), (2, 0), None])
def test_numbers_of_every_kind_are_read_as_they_were_saved(dtype, order, version):
    array = np.asarray(np.arange(24).reshape(2, 3, 4), dtype, order=order)
    read = read_npy(content(saved(array, version)))
    np.testing.assert_array_equal(read, array)
    assert read.dtype == np.float64


def test_a_nan_that_signals_is_nan_without_a_warning():
    data = saved(np.zeros(1, np.float32))[:-4] + b"\x01\x00\xa0\x7f"
    assert np.isnan(read_npy(content(data))).all()


SOUND = saved(np.arange(6.0))
FAULTS = {
    "empty": (b"", "got no file of numpy.save"),
    "text": (b"x,y,z\n1,2,3\n", "got no file of numpy.save"),
    "an unknown version": (SOUND[:6] + b"\x09\x00" + SOUND[8:], "got no file of numpy.save"),
    "a header of Python 2": (SOUND.replace(b"(6,)", b"(6L)"), "got no file of numpy.save"),
    "a cut header": (SOUND[:40], "got no file of numpy.save"),
    "cut numbers": (SOUND[:-1], "got 47 bytes for an array of shape (6,)"),
    "too many numbers": (SOUND + b"\0", "got 49 bytes"),
    "objects": (saved(np.array([{}], dtype=object)), "got an array of '|O', expected numbers"),
    "texts": (saved(np.array(["a"])), "got an array of '<U1', expected numbers"),
    "complex numbers": (saved(np.array([1j])), "got an array of '<c16', expected numbers"),
    "records": (saved(np.zeros(2, dtype="f4,i4")), "expected numbers"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_array_of_numbers_is_an_error(fault):
    data, reason = FAULTS[fault]
    with pytest.raises(SkeletonFileError, match=r"clip\.npy") as error:
        read_npy(content(data))
    assert reason in str(error.value)


@pytest.mark.parametrize("shape", ["(1000000, 1000000)", "(0, 1" + "0" * 100 + ")"])
def test_a_shape_that_claims_terabytes_takes_no_memory(shape):
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode()
    data = b"\x93NUMPY\x01\x00" + (len(header) + 1).to_bytes(2, "little") + header + b"\n"
    with pytest.raises(SkeletonFileError, match=rf"got 0 bytes for an array of shape {re.escape(shape)}"):
        read_npy(content(data))
