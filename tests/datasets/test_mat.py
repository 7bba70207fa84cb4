"""Variables of MATLAB files, against SciPy's reader where that is safe."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import loadmat, savemat

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._mat import read_mat_variable
from skeletonlearn.datasets._source import FileContent, SourceFile


def content(data):
    return FileContent(SourceFile("some.mat", "", (0, 0)), data)


def mat(variables, **options):
    stream = io.BytesIO()
    savemat(stream, variables, **options)
    return stream.getvalue()


def cells(*values):
    array = np.empty((1, len(values)), dtype=object)
    for at, value in enumerate(values):
        array[0, at] = value
    return array


def element(kind, data, order="<"):
    return struct.pack(order + "II", kind, len(data)) + data + b"\0" * (-len(data) % 8)


def matrix(kind, shape, *parts, order="<", name=b"x"):
    head = element(6, struct.pack(order + "II", kind, 0), order)
    shape = element(5, struct.pack(f"{order}{len(shape)}i", *shape), order)
    return element(14, head + shape + element(1, name, order) + b"".join(parts), order)


def header(order="<"):
    return b"MATLAB 5.0".ljust(124) + struct.pack(order + "H", 0x0100) + {"<": b"IM", ">": b"MI"}[order]


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"])
def test_numbers_of_all_kinds_are_those_that_scipy_reads(dtype, compressed):
    values = np.arange(24).reshape(2, 3, 4).astype(dtype)
    data = mat({"before": np.ones(3), "x": values}, do_compression=compressed)
    read = read_mat_variable(content(data), "x")
    assert read.dtype == np.float64
    np.testing.assert_array_equal(read, loadmat(io.BytesIO(data))["x"])


def test_a_cell_array_becomes_a_list_and_a_struct_a_dict():
    data = mat({"x": cells(np.eye(2), {"one": 1.0, "two": cells(5.0)}, "text")})
    eye, clip, text = read_mat_variable(content(data), "x")
    np.testing.assert_array_equal(eye, np.eye(2))
    assert clip == [{"one": 1.0, "two": [5.0]}]
    assert text is None


def test_an_array_of_structs_becomes_a_list_of_dicts():
    structs = np.zeros((1, 3), dtype=[("number", object), ("empty", object)])
    for at in range(3):
        structs[0, at] = (float(at), np.zeros((0, 0)))
    read = read_mat_variable(content(mat({"x": structs})), "x")
    assert [one["number"].item() for one in read] == [0, 1, 2]
    assert all(one["empty"].size == 0 for one in read)


def test_big_endian_files_and_small_elements_are_read():
    small = struct.pack(">I", (2 << 16) | 3) + struct.pack(">h", -7) + b"\0\0"
    data = header(">") + matrix(6, (1, 1), small, order=">")
    np.testing.assert_array_equal(read_mat_variable(content(data), "x"), [[-7.0]])


def test_a_cell_array_without_cells_is_an_empty_list():
    assert read_mat_variable(content(mat({"x": np.empty((0, 0), dtype=object)})), "x") == []


def test_an_element_without_bytes_is_an_empty_array():
    (empty,) = read_mat_variable(content(header() + matrix(1, (1, 1), element(14, b""))), "x")
    assert empty.shape == (0, 0)


DOUBLE = element(9, struct.pack("<d", 1.0))
BAD = {
    "nothing": (b"", "no header"),
    "a header alone": (header(), "got variables [], expected 'x'"),
    "MATLAB 4": (struct.pack("<5I", 0, 1, 1, 0, 2) + b"x\0" + bytes(200), "no header of a MATLAB 5 file"),
    "a tag cut short": (header() + b"\x0e\0\0", "3 bytes more, expected a tag of 8"),
    "a size beyond the end": (header() + struct.pack("<II", 14, 10**9), "claims 1,000,000,000 bytes"),
    "no variable at the top": (header() + DOUBLE, "element of type 9, expected a variable"),
    "no compressed bytes": (header() + struct.pack("<II", 15, 5) + b"abcde", "cannot be unpacked"),
    "compressed, cut short": (header() + struct.pack("<II", 15, 9) + zlib.compress(bytes(99))[:9], "cut short"),
    "a huge cell array": (header() + matrix(1, (2**31 - 1, 2**31 - 1)), "expected at least 8 for each"),
    "a huge array": (header() + matrix(6, (2**31 - 1, 2**31 - 1), DOUBLE), "got 1 numbers, expected 46116860"),
    "a negative size": (header() + matrix(6, (-1, 1), DOUBLE), "shape (-1, 1)"),
    "one size": (header() + matrix(6, (1,), DOUBLE), "expected two sizes or more"),
    "half a number": (header() + matrix(6, (1, 1), element(9, b"12345")), "numbers of 8 bytes each"),
    "text for numbers": (header() + matrix(6, (1, 1), element(16, b"12345678")), "type 16, expected numbers"),
    "a number for a cell": (header() + matrix(1, (1, 1), DOUBLE), "cell or field of type 9"),
    "field names of no length": (header() + matrix(2, (1, 1), element(5, bytes(4)), element(1, b"ab")), "field names"),
    "sizes that are no integers": (header() + matrix(2, (1, 1), DOUBLE, element(1, b"ab")), "expected integers"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_damaged_file_is_named_with_got_and_wanted(bad):
    data, text = BAD[bad]
    with pytest.raises(SkeletonFileError, match=r"^some.mat: got") as error:
        read_mat_variable(content(data), "x")
    assert text in str(error.value)


def test_arrays_in_arrays_without_end_are_refused():
    value = matrix(6, (1, 1), DOUBLE)
    for _ in range(200):
        value = matrix(1, (1, 1), value)
    with pytest.raises(SkeletonFileError, match="at most 16 levels"):
        read_mat_variable(content(header() + value), "x")


@pytest.mark.parametrize("n_variables", [1, 30])
def test_variables_that_unpack_to_far_more_than_the_file_are_refused(n_variables):
    packed = zlib.compress(matrix(6, (10**5, 1), element(9, bytes(8 * 10**5)), name=b"other"))
    variable = struct.pack("<II", 15, len(packed)) + packed
    data = header() + variable * n_variables
    if n_variables == 1:
        with pytest.raises(SkeletonFileError, match="got variables \\['other'\\], expected 'x'"):
            read_mat_variable(content(data), "x")
    else:
        with pytest.raises(SkeletonFileError, match="larger than allowed, expected at most"):
            read_mat_variable(content(data), "x")


CLIP = {"original": np.ones((3, 5, 2)), "action": 1.0}
SOUND = [mat({"x": cells(CLIP, CLIP)}), mat({"x": [CLIP, CLIP]}), mat({"x": np.ones((4, 3, 2))}, do_compression=True)]
CHANGES = st.lists(
    st.tuples(
        st.integers(100, 900), st.sampled_from([b"", b"\0", b"\xff", b"\xff\xff\xff\x7f"]) | st.binary(max_size=5)
    ),
    min_size=1,
    max_size=3,
)


@given(st.sampled_from(SOUND), CHANGES, st.booleans())
@settings(max_examples=400, deadline=None)
def test_changed_bytes_give_a_value_or_a_fault_and_nothing_else(data, changes, cut):
    for at, new in changes:
        data = data[:at] + new + (b"" if cut else data[at + len(new) :])
    try:
        value = read_mat_variable(content(data), "x")
    except SkeletonFileError:
        return
    assert value is None or isinstance(value, (list, np.ndarray))
