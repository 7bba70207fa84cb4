"""The unpickler that runs nothing."""

import copyreg
import functools
import operator
import os
import pickle
import pickletools
import struct
import subprocess
import tracemalloc
import types
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._restricted_pickle import read_pickle
from skeletonlearn.datasets._source import FileContent, SourceFile

PROTOCOLS = [2, 3, 4, 5]


def read(data, n_packed=None):
    return read_pickle(FileContent(SourceFile("file.pkl", "", (0, 0)), bytes(data), n_packed))


def peak_memory(run):
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def same(one, other):
    """Equal in value and in type all the way down, with NaN equal to itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        alike = (one.dtype, one.shape, one.strides) == (other.dtype, other.shape, other.strides)
        return alike and same(one.ravel().tolist(), other.ravel().tolist())
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other or (one != one and other != other)


ARRAYS = {
    "float16": np.arange(6, dtype=np.float16).reshape(1, 2, 3),
    "large": np.arange(3000.0),
    "Fortran order": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "transposed": np.arange(24.0).reshape(2, 3, 4).transpose(1, 0, 2),
    "strided": np.arange(20)[::2],
    "no dimension": np.array(5),
    "empty": np.zeros((0, 3)),
    "big endian": np.arange(3, dtype=">i4"),
    "bool": np.array([True, False]),
    "complex": np.array([1 + 2j]),
    "text": np.array(["a", "élan"]),
    "bytes": np.array([b"a", b"bc"]),
    "objects": np.array([1, "a", None, [1.5], np.arange(2)], dtype=object),
    "NaN": np.array([np.nan, np.inf]),
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_is_read_as_python_reads_it(name, protocol):
    data = pickle.dumps({"array": ARRAYS[name]}, protocol)
    assert same(read(data), pickle.loads(data))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("scalar", [np.float32(1.5), np.int64(-3), np.bool_(True), np.str_("élan"), np.bytes_(b"x")])
def test_a_numpy_scalar_is_read(scalar, protocol):
    assert same(read(pickle.dumps([scalar, scalar], protocol)), [scalar, scalar])


def test_module_paths_from_before_numpy_2_are_read():
    array = np.arange(4.0)
    for protocol in PROTOCOLS:
        new = pickle.dumps(array, protocol=protocol)
        # the frame and text sizes that count the one character less are put right
        old = pickletools.optimize(new).replace(b"numpy._core", b"numpy.core")
        old = old.replace(b"\x8c\x16numpy.core.multiarray", b"\x8c\x15numpy.core.multiarray")
        old = old.replace(b"\x8c\x13numpy.core.numeric", b"\x8c\x12numpy.core.numeric")
        if old[2:3] == pickle.FRAME:
            old = old[:3] + struct.pack("<Q", len(old) - 11) + old[11:]
        assert b"numpy.core" in old
        assert same(read(old), array)


KEYS = st.text(max_size=3) | st.integers() | st.binary(max_size=3) | st.booleans() | st.none()
SCALARS = KEYS | st.floats() | st.complex_numbers(allow_nan=False) | st.binary().map(bytearray)
VALUES = st.recursive(
    SCALARS | st.sets(KEYS) | st.frozensets(KEYS) | st.dictionaries(st.tuples(KEYS, KEYS), SCALARS),
    lambda inner: (
        st.lists(inner) | st.tuples(inner, inner, inner, inner) | st.tuples(inner) | st.dictionaries(KEYS, inner)
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(VALUES, st.sampled_from(PROTOCOLS))
def test_plain_containers_are_read_as_python_reads_them(value, protocol):
    data = pickle.dumps(value, protocol)
    assert same(read(data), pickle.loads(data))


def test_a_container_may_hold_itself():
    for protocol in PROTOCOLS:
        inner = []
        inner.append((1, inner))
        value = read(pickle.dumps(inner, protocol))
        assert value[0][1] is value


def test_a_value_written_once_is_one_object():
    shared = np.arange(3)
    value = read(pickle.dumps([shared, shared]))
    assert value[0] is value[1]


class Calls:
    """Pickles as a call of a function."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


ATTACKS = {
    "posix.system": lambda mark: Calls(os.system, f"touch {mark}"),
    "builtins.eval": lambda mark: Calls(eval, f"open({str(mark)!r}, 'w')"),
    "builtins.exec": lambda mark: Calls(exec, f"open({str(mark)!r}, 'w')"),
    "builtins.getattr": lambda mark: Calls(getattr, Path(mark), "touch"),
    f"{open.__module__}.open": lambda mark: Calls(open, str(mark), "w"),
    "builtins.list": lambda mark: Calls(list, [1]),
    "subprocess.run": lambda mark: Calls(subprocess.run, ["touch", str(mark)]),
    "numpy.load": lambda mark: Calls(np.load, str(mark), None, True),
    "numpy.fromfile": lambda mark: Calls(np.fromfile, str(mark)),
    "numpy.testing._private.utils.runstring": lambda mark: Calls(np.testing.runstring, f"open({str(mark)!r}, 'w')", {}),
    "copyreg._reconstructor": lambda mark: Calls(copyreg._reconstructor, list, list, [1]),
    "functools.partial": lambda mark: Calls(functools.partial, os.system, f"touch {mark}"),
    "operator.attrgetter": lambda mark: Calls(operator.attrgetter, "system"),
    "types.SimpleNamespace": lambda mark: types.SimpleNamespace(a=1),
    "numpy.ma.": lambda mark: np.ma.masked_array([1.0], [True]),
    "numpy.rec": lambda mark: np.zeros(2).view(np.recarray),
    "pathlib.": lambda mark: Path(mark),
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", ATTACKS)
def test_whatever_is_no_plain_data_is_refused_and_nothing_runs(name, protocol, tmp_path):
    mark = tmp_path / "was_run"
    for value in (ATTACKS[name](mark), {"annotations": [{"keypoint": (1, [ATTACKS[name](mark)])}]}):
        data = pickle.dumps(value, protocol)
        with pytest.raises(SkeletonFileError, match="expected nothing but NumPy arrays and plain containers") as error:
            read(data)
        assert f"got {name}" in str(error.value) or protocol == 2  # which writes Python 2's names
    assert not mark.exists()


def test_the_attack_would_work_on_pickle_itself(tmp_path):
    mark = tmp_path / "was_run"
    pickle.loads(pickle.dumps(ATTACKS["posix.system"](mark)))
    assert mark.exists()


@pytest.mark.parametrize("name", ["os.system", "builtins.eval", "numpy.load", "numpy._core.multiarray.fromstring"])
def test_a_refused_name_is_told(name):
    module, _, attribute = name.rpartition(".")
    data = b"\x80\x02c" + f"{module}\n{attribute}\n".encode() + b"."
    with pytest.raises(SkeletonFileError, match=f"file.pkl: got {name}, expected nothing but NumPy arrays"):
        read(data)


def test_a_dotted_name_reaches_nothing_through_an_admitted_module():
    with pytest.raises(SkeletonFileError, match=r"got numpy\.f2py\.os\.system, expected"):
        read(b"\x80\x04\x8c\x05numpy\x8c\x0ef2py.os.system\x93.")


OPERATIONS = {
    "INST": b"\x80\x02(X\x02\x00\x00\x00lsios\nsystem\n.",
    "OBJ": b"\x80\x02(cbuiltins\nset\no.",
    "NEWOBJ": b"\x80\x02cbuiltins\nset\n)\x81.",
    "NEWOBJ_EX": b"\x80\x04cbuiltins\nset\n)}\x92.",
    "EXT1": b"\x80\x02\x82\x01.",
    "EXT2": b"\x80\x02\x83\x01\x00.",
    "EXT4": b"\x80\x02\x84\x01\x00\x00\x00.",
    "PERSID": b"\x80\x02Pname\n.",
    "BINPERSID": b"\x80\x02X\x01\x00\x00\x00aQ.",
    "NEXT_BUFFER": b"\x80\x05\x97.",
    "DUP": b"\x80\x02N2.",
    "STRING": b"\x80\x02S'a'\n.",
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_that_plain_data_does_not_need_is_refused_by_name(name):
    with pytest.raises(SkeletonFileError, match=f"got the operation {name}, expected"):
        read(OPERATIONS[name])


def text(value):
    return pickle.BINUNICODE + struct.pack("<I", len(value)) + value.encode()


def small(*numbers):
    return b"".join(pickle.BININT + struct.pack("<i", number) for number in numbers)


NDARRAY, RECONSTRUCT = b"cnumpy\nndarray\n", b"cnumpy._core.multiarray\n_reconstruct\n"
NEW_ARRAY = RECONSTRUCT + NDARRAY + small(0) + b"\x85C\x01b\x87R"


def dtype(code, order="<", middle=b"NNN"):
    start = b"cnumpy\ndtype\n" + text(code) + b"\x89\x88\x87R"
    return start + b"(" + small(3) + text(order) + middle + small(-1, -1, 0) + b"tb"


def array_state(shape=b"K\x02\x85", kind=None, content=b"C\x08" + bytes(8), order=b"\x89", version=b"K\x01"):
    return b"(" + version + shape + (dtype("f4") if kind is None else kind) + order + content + b"tb"


def test_the_crafted_array_is_sound_where_nothing_is_changed():
    np.testing.assert_array_equal(read(b"\x80\x04" + NEW_ARRAY + array_state() + b"."), np.zeros(2, np.float32))


CRAFTED = {
    "a shape beyond the content": (array_state(shape=b"J\xff\xff\xff\x7f\x85"), "got 8 bytes of array content"),
    "a shape short of the content": (array_state(shape=b"K\x01\x85"), "got 8 bytes of array content, expected 4"),
    "a shape beyond all memory": (array_state(shape=b"\x8a\x09" + b"\xff" * 8 + b"\x00\x85"), "bytes of array content"),
    "a shape whose product overflows": (array_state(shape=(b"\x8a\x08" + bytes(7) + b"\x40") * 2 + b"\x86"), "content"),
    "a negative shape": (array_state(shape=small(-2) + b"\x85"), "without a proper shape"),
    "a shape that is no tuple": (array_state(shape=b"K\x02"), "without a proper shape"),
    "too many axes": (array_state(shape=b"(" + b"K\x01" * 65 + b"t"), "a tuple of at most 64 sizes"),
    "objects made of bytes": (array_state(kind=dtype("O8", "|")), "an object array without its items, expected 2"),
    "numbers made of objects": (array_state(content=b"](K\x01K\x02e"), "array content in a list, expected bytes"),
    "too few objects": (array_state(kind=dtype("O8", "|"), content=b"](K\x01e"), "without its items"),
    "content in a text": (array_state(content=text("12345678")), "array content in a str"),
    "another version": (array_state(version=b"K\x02"), "another version"),
    "no type": (array_state(kind=b"N"), "got a NoneType as the type of numbers"),
    "an order that is no flag": (array_state(order=b"N"), "an array of unclear order"),
    "a state of four parts": (b"(K\x01K\x02\x85NNtb", "another state"),
    "a state that is no tuple": (b"}b", "another state"),
    "text that is no Unicode": (
        array_state(shape=b"K\x01\x85", kind=dtype("U1"), content=b"C\x04" + b"\xff" * 4),
        "no text, expected Unicode",
    ),
}


@pytest.mark.parametrize("name", CRAFTED)
def test_a_crafted_array_is_refused(name):
    state, message = CRAFTED[name]
    with pytest.raises(SkeletonFileError, match=message):
        read(b"\x80\x04" + NEW_ARRAY + state + b".")


FROM_BUFFER, SCALAR = b"cnumpy._core.numeric\n_frombuffer\n", b"cnumpy._core.multiarray\nscalar\n"
CALLS = {
    "a subclass": (RECONSTRUCT + b"cnumpy\ndtype\n" + small(0) + b"\x85C\x01b\x87R", "a subclass of numpy.ndarray"),
    "a large new array": (RECONSTRUCT + NDARRAY + small(2**30) + b"\x85C\x01b\x87R", "a new array with a shape"),
    "a call of ndarray": (NDARRAY + small(2**30) + b"\x85\x85R", "malformed pickle"),
    "a call of a value": (b"K\x01)R", "malformed pickle"),
    "arguments in a list": (RECONSTRUCT + b"]R", "malformed pickle"),
    "too few arguments": (RECONSTRUCT + b")R", "malformed pickle"),
    "a new array filled twice": (NEW_ARRAY + array_state() + array_state(), "a state for a ndarray"),
    "a state for a list": (b"]}b", "a state for a list"),
    "a state for nothing": (b"}b", "malformed pickle"),
    "a composite type": (dtype("f4", middle=b"N(K\x01t}"), "a composite type"),
    "dates": (dtype("M8"), "got numbers of type M8"),
    "a void type": (dtype("V9"), "got numbers of type V9"),
    "text without length": (dtype("U0"), "got numbers of type U0"),
    "a list of fields": (b"cnumpy\ndtype\n]\x89\x88\x87R", "got numbers of type list"),
    "an array over too few bytes": (
        FROM_BUFFER + b"(C\x04" + bytes(4) + dtype("f4") + b"K\x02\x85" + text("C") + b"tR",
        "got 4 bytes of array content, expected 8",
    ),
    "objects over bytes": (
        FROM_BUFFER + b"(C\x08" + bytes(8) + dtype("O8", "|") + b"K\x01\x85" + text("C") + b"tR",
        "an object array made of bytes",
    ),
    "an unclear order": (
        FROM_BUFFER + b"(C\x04" + bytes(4) + dtype("f4") + b"K\x01\x85" + text("A") + b"tR",
        "unclear",
    ),
    "axes that are none": (
        FROM_BUFFER + b"(C\x04" + bytes(4) + dtype("f4") + b"K\x01\x85" + text("K") + b"K\x05\x85tR",
        "unclear axes",
    ),
    "a scalar object": (
        SCALAR + dtype("O8", "|") + b"C\x08" + bytes(8) + b"\x86R",
        "object",
    ),
    "a short scalar": (
        SCALAR + dtype("f8") + b"C\x04" + bytes(4) + b"\x86R",
        "got 4 bytes",
    ),
    "another encoding": (b"c_codecs\nencode\n" + text("abc") + text("rot13") + b"\x86R", "_codecs.encode"),
    "a set of a text": (b"cbuiltins\nset\n" + text("abc") + b"\x85R", "a set made of a str"),
    "a bytearray of a size": (b"cbuiltins\nbytearray\n" + small(2**30) + b"\x85R", "a bytearray made of a int"),
    "bytes of a size": (b"cbuiltins\nbytes\n" + small(2**30) + b"\x85R", "malformed pickle"),
    "a complex number of text": (b"cbuiltins\ncomplex\n" + text("1") + text("2") + b"\x86R", "without its parts"),
    "a function as a value": (b"](" + RECONSTRUCT + b"e", "a function or type among the values"),
    "a type as a value": (b"}" + text("a") + dtype("f4") + b"\x85s", "a function or type among the values"),
    "a list as a key": (b"}]Ns", "got a list as a key"),
    "a deep tuple as a key": (b"})" + b"\x85" * 3 + b"Ns", "got a tuple as a key"),
    "an array in a set": (b"\x8f(" + NEW_ARRAY + b"\x90", "got a ndarray as a key or in a set"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_crafted_call_is_refused(name):
    program, message = CALLS[name]
    with pytest.raises(SkeletonFileError, match=message):
        read(b"\x80\x04" + program + b".")


def test_an_object_array_that_holds_itself_does_no_harm():
    program = NEW_ARRAY + b"\x94" + array_state(shape=b"K\x01\x85", kind=dtype("O8", "|"), content=b"]h\x00a")
    value = read(b"\x80\x04" + program + b".")
    assert value[0] is value
    value[0] = None  # break the circle


def test_a_deep_tuple_is_no_key_since_its_hash_would_overflow_the_stack():
    with pytest.raises(SkeletonFileError, match="got a tuple as a key"):
        read(b"\x80\x04})" + b"\x85" * 300_000 + b"Ns.")


def test_nesting_as_deep_as_the_file_is_long_ends():
    depth = 50_000
    value = read(b"\x80\x04" + b"]" * depth + b"a" * (depth - 1) + b".")
    assert len(value) == 1
    with pytest.raises(SkeletonFileError, match="malformed pickle"):
        read(b"\x80\x04" + b"(" * depth + b".")


BOMBS = {
    "a large reference": (b"\x80\x02Nr\xff\xff\xff\xffh\x00.", "Memo value not found at index 0"),
    "a large number": (b"\x80\x02\x8b\xff\xff\xff\x7f.", "got the operation LONG4"),
    "a negative size": (b"\x80\x02\x8b\xff\xff\xff\xff.", "got the operation LONG4"),
    "large bytes": (b"\x80\x04\x8e" + b"\xff" * 7 + b"\x7fabc.", "cut short"),
    "large text": (b"\x80\x04\x8d" + b"\xff" * 7 + b"\x7fabc.", "cut short"),
    "a large bytearray": (b"\x80\x05\x96" + b"\xff" * 7 + b"\x7fabc.", "cut short"),
    "a set copied over and over": (
        b"\x80\x02]("
        + b"".join(b"M" + struct.pack("<H", n) for n in range(1000))
        + b"eq\x00cbuiltins\nset\nq\x01]"
        + b"h\x01h\x00\x85Ra" * 1000
        + b".",
        "got one value copied over and over",
    ),
    "bytes copied over and over": (
        b"\x80\x02"
        + text("a" * 10_000)
        + b"q\x00"
        + text("latin1")
        + b"q\x01c_codecs\nencode\nq\x02]"
        + b"h\x02h\x00h\x01\x86Ra" * 1000
        + b".",
        "got one value copied over and over",
    ),
    "an array copied over and over": (
        b"\x80\x03]B\x10\x27\x00\x00"
        + bytes(10_000)
        + b"q\x00"
        + RECONSTRUCT
        + b"q\x01"
        + NDARRAY
        + b"q\x02"
        + dtype("u1", "|")
        + b"q\x03]"
        + (b"h\x01h\x02K\x00\x85C\x01b\x87R(K\x01M\x10\x27\x85h\x03\x89h\x00tba" * 1000)
        + b".",
        "got one value copied over and over",
    ),
}


def test_a_claimed_memo_or_frame_takes_no_memory():
    claims = b"\x80\x04\x95" + b"\xff" * 8 + b"Nr\xff\xff\xff\xff."
    assert read(claims) is None
    assert peak_memory(lambda: read(claims)) < 2**20


def test_few_compressed_bytes_may_not_be_many_values():
    data = b"\x80\x04(" + b"N" * 300_000 + b"t."
    assert read(data) == (None,) * 300_000
    with pytest.raises(SkeletonFileError, match="got 1,000 compressed bytes that unpack to 300,005 of many values"):
        read(data, n_packed=1_000)


def test_few_compressed_bytes_may_be_a_large_array():
    array = np.zeros(10**6)
    assert read(pickle.dumps(array), n_packed=1_000).shape == array.shape


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(name):
    data, message = BOMBS[name]
    with pytest.raises(SkeletonFileError, match=message):
        read(data)


MALFORMED = {
    "empty": (b"", "got an empty file, expected a pickle of protocol 2 to 5"),
    "text": (b"hello", "bytes that are no pickle"),
    "protocol 0": (pickle.dumps([1], 0), "bytes that are no pickle"),
    "a later protocol": (b"\x80\x06N.", "got pickle protocol 6, expected 2 to 5"),
    "no operation": (b"\x80\x02\xff.", "got the byte 0xff, which is no operation"),
    "no end": (b"\x80\x02N", "cut short, expected 1 bytes more"),
    "no value": (b"\x80\x02.", "malformed pickle"),
    "more after the end": (b"\x80\x02N.N", "got 1 bytes after the end of the pickle"),
    "a memo of nothing": (b"\x80\x02q\x00.", "malformed pickle"),
    "an unknown reference": (b"\x80\x02h\x05.", "Memo value not found at index 5"),
    "no group": (b"\x80\x02]e.", "malformed pickle"),
    "items without a list": (b"\x80\x02N(K\x01e.", "malformed pickle"),
    "items without a dict": (b"\x80\x02](K\x01K\x02u.", "got a list, expected a dict to put items into"),
    "items without a set": (b"\x80\x04](K\x01\x90.", "got a list, expected a set to put items into"),
    "a key without a value": (b"\x80\x02}(K\x01u.", "malformed pickle"),
    "a tuple without items": (b"\x80\x02N\x86.", "malformed pickle"),
    "a name without end": (b"\x80\x02cos", "cut short"),
    "a name that is no text": (b"\x80\x04NN\x93.", "malformed pickle"),
    "bytes that are no text": (b"\x80\x02X\x01\x00\x00\x00\xff.", "malformed pickle"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_pickle_is_refused(name):
    data, message = MALFORMED[name]
    with pytest.raises(SkeletonFileError, match=message) as error:
        read(data)
    assert error.value.path == "file.pkl"


SOUND = [
    pickle.dumps(
        {"split": {"train": ["a"]}, "annotations": [{"frame_dir": "a", "label": 1, "keypoint": np.ones((1, 2, 3))}]},
        protocol,
    )
    for protocol in PROTOCOLS
] + [pickle.dumps([np.array(["a", None], object), np.float32(1), {1}, b"\xff"], protocol) for protocol in PROTOCOLS]


@pytest.mark.parametrize("data", SOUND)
def test_a_pickle_cut_anywhere_is_refused(data):
    for end in range(len(data)):
        with pytest.raises(SkeletonFileError):
            read(data[:end])


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_changed_pickle_is_read_or_refused_and_nothing_else(data):
    changed = bytearray(data.draw(st.sampled_from(SOUND)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed) - 1))
        kind = data.draw(st.sampled_from(["set", "insert", "delete", "move"]))
        if kind == "set":
            changed[at] = data.draw(st.integers(0, 255))
        elif kind == "insert":
            changed[at:at] = data.draw(st.binary(min_size=1, max_size=5))
        elif kind == "delete":
            del changed[at : at + data.draw(st.integers(1, 10))]
        else:
            start = data.draw(st.integers(0, len(changed) - 1))
            changed[at:at] = changed[start : start + data.draw(st.integers(1, 40))]
        if not changed:
            break
    with suppress(SkeletonFileError):
        read(changed)


CODES = [*(operation.code.encode("latin1") for operation in pickletools.opcodes), b"\x00", b"\x01"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(CODES), max_size=60))
def test_any_sequence_of_operations_is_read_or_refused(operations):
    with suppress(SkeletonFileError):
        read(b"\x80\x04" + b"".join(operations))
