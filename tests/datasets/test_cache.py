"""The cache of ragged sequences in one file."""

import errno
import json
import os
import pickle
import subprocess
import sys
import time
import tracemalloc

import numpy as np
import pytest
from joblib import Parallel, delayed, parallel_config

from skeletonlearn.datasets import _cache
from skeletonlearn.datasets._cache import load_cached

KEY = {"files": [["a.skeleton", 100, 1_700_000_000_000_000_000]], "n_persons": 2}
LENGTHS = (3, 1, 0, 40)


def sequences(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(length, 5, 3)).astype(np.float32) for length in LENGTHS]


def build(info):
    yield from sequences()
    info["name"] = ["a", "b", "c", "d"]


def never(info):
    raise AssertionError("built anew")


def assert_same(got, expected):
    assert [one.shape for one in got] == [one.shape for one in expected]
    assert all(one.dtype == np.float32 for one in got)
    assert [one.tobytes() for one in got] == [one.tobytes() for one in expected]


def only_file(folder):
    (path,) = folder.iterdir()
    return path


def test_what_was_built_comes_back_with_its_facts(tmp_path):
    got, info = load_cached(tmp_path, "ntu", KEY, build)
    assert_same(got, sequences())
    assert info == {"name": ["a", "b", "c", "d"]}


def test_the_second_call_reads_the_file_and_builds_nothing(tmp_path):
    load_cached(tmp_path, "ntu", KEY, build)
    got, info = load_cached(tmp_path, "ntu", json.loads(json.dumps(KEY)), never)
    assert_same(got, sequences())
    assert info == {"name": ["a", "b", "c", "d"]}


def test_the_first_call_gives_facts_as_the_second_does(tmp_path):
    def build(info):
        info["shape"] = (1, 2)
        yield from sequences()

    assert load_cached(tmp_path, "ntu", KEY, build)[1] == load_cached(tmp_path, "ntu", KEY, never)[1]


@pytest.mark.parametrize("key", [KEY | {"n_persons": 1}, KEY | {"files": []}, None])
def test_another_key_has_a_file_of_its_own(tmp_path, key):
    load_cached(tmp_path, "ntu", KEY, build)
    got, _ = load_cached(tmp_path, "ntu", key, lambda info: iter(sequences(seed=1)))
    assert_same(got, sequences(seed=1))
    assert_same(load_cached(tmp_path, "ntu", KEY, never)[0], sequences())
    assert len(list(tmp_path.glob("ntu-*.cache"))) == len(list(tmp_path.iterdir())) == 2


def test_the_order_of_options_in_the_key_does_not_matter(tmp_path):
    load_cached(tmp_path, "ntu", KEY, build)
    load_cached(tmp_path, "ntu", dict(reversed(KEY.items())), never)


def test_nan_keeps_its_payload_and_zero_its_sign(tmp_path):
    bits = np.array([0x7FC00001, 0xFFC12345, 0x7F800001, 0x80000000, 0x7F800000, 0x00000001], dtype=np.uint32)
    load_cached(tmp_path, "ntu", KEY, lambda info: iter([bits.view(np.float32).reshape(2, 1, 3)]))
    (got,), _ = load_cached(tmp_path, "ntu", KEY, never)
    assert got.view(np.uint32).ravel().tolist() == bits.tolist()


@pytest.mark.parametrize("lengths", [(), (0,), (0, 0)])
def test_a_cache_without_a_frame_comes_back(tmp_path, lengths):
    empty = [np.zeros((length, 25, 3), np.float32) for length in lengths]
    load_cached(tmp_path, "ntu", KEY, lambda info: iter(empty))
    assert_same(load_cached(tmp_path, "ntu", KEY, never)[0], empty)


def test_arrays_in_any_memory_order_come_back(tmp_path):
    frames = np.arange(120, dtype=np.float32).reshape(8, 5, 3)
    given = [np.asfortranarray(frames), frames[::2], frames[::-1]]
    assert_same(load_cached(tmp_path, "ntu", KEY, lambda info: iter(given))[0], given)


def test_the_folder_is_made(tmp_path):
    load_cached(str(tmp_path / "some" / "where"), "ntu", KEY, build)
    assert only_file(tmp_path / "some" / "where").name.startswith("ntu-")


def test_sequences_are_plain_arrays_on_one_map_that_cannot_be_written_to(tmp_path):
    got, _ = load_cached(tmp_path, "ntu", KEY, build)
    assert all(type(one) is np.ndarray for one in got)
    assert all(one.base is got[0].base for one in got)
    assert all(one.ctypes.data % 4 == 0 for one in got)
    with pytest.raises(ValueError, match="read-only"):
        got[0][0] = 0.0
    with pytest.raises(ValueError, match="cannot set WRITEABLE flag to True"):
        got[0].flags.writeable = True


def test_one_sequence_keeps_the_map_open(tmp_path):
    last = load_cached(tmp_path, "ntu", KEY, build)[0][-1]
    only_file(tmp_path).unlink()
    np.testing.assert_array_equal(last, sequences()[-1])


def test_sequences_pickle(tmp_path):
    got, _ = load_cached(tmp_path, "ntu", KEY, build)
    assert_same(pickle.loads(pickle.dumps(got)), sequences())


@pytest.mark.parametrize("backend", ["loky", "multiprocessing", "threading"])
def test_sequences_go_to_workers(tmp_path, backend):
    long = [np.full((100_000, 5, 3), 2.0, np.float32), *sequences()]  # beyond what joblib passes by value
    got, _ = load_cached(tmp_path, "ntu", KEY, lambda info: iter(long))
    with parallel_config(backend=backend, n_jobs=2):
        assert_same(Parallel()(delayed(np.negative)(one) for one in got), [-one for one in long])


# -- faulty builders


@pytest.mark.parametrize(
    ("second", "text"),
    [
        (np.zeros((2, 5, 3)), "Sequence 1 is float64 of shape (2, 5, 3), expected float32"),
        (np.zeros((2, 5, 3), ">f4"), "Sequence 1 is >f4"),
        (np.zeros((2, 6, 3), np.float32), "shape (2, 6, 3), expected"),
        (np.zeros((2, 5, 2), np.float32), "of the first, (5, 3)"),
        (np.zeros((5, 3), np.float32), "shape (5, 3), expected"),
    ],
)
def test_arrays_of_another_kind_are_errors(tmp_path, second, text):
    with pytest.raises(ValueError, match="expected float32") as error:
        load_cached(tmp_path, "ntu", KEY, lambda info: iter([np.zeros((2, 5, 3), np.float32), second]))
    assert text in str(error.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", [KeyError, KeyboardInterrupt, MemoryError])
def test_a_builder_that_fails_leaves_nothing_and_disturbs_nothing(tmp_path, kind):
    def fail(info):
        yield from sequences()
        raise kind("stopped")

    load_cached(tmp_path, "ntu", None, build)
    with pytest.raises(kind, match="stopped"):
        load_cached(tmp_path, "ntu", KEY, fail)
    only_file(tmp_path)
    assert_same(load_cached(tmp_path, "ntu", None, never)[0], sequences())


def test_facts_that_json_does_not_take_leave_nothing(tmp_path):
    def build(info):
        info["name"] = {1, 2}
        yield from sequences()

    with pytest.raises(TypeError, match="not JSON serializable"):
        load_cached(tmp_path, "ntu", KEY, build)
    assert not list(tmp_path.iterdir())


class FullDisk:
    """A file that takes its first 100 bytes only."""

    def __init__(self, file):
        self.file = file

    def write(self, data):
        if self.file.tell() > 100:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.file.write(data)


@pytest.mark.parametrize("late", [False, True])
def test_a_full_disk_leaves_nothing_and_disturbs_nothing(tmp_path, monkeypatch, late):
    def refuse(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    load_cached(tmp_path, "ntu", None, build)
    if late:
        monkeypatch.setattr("os.fsync", refuse)
    else:
        write = _cache._write
        monkeypatch.setattr(_cache, "_write", lambda file, *rest: write(FullDisk(file), *rest))
    closed = []

    def build_and_say_when_closed(info):
        try:
            yield from sequences()
        finally:
            closed.append(True)

    with pytest.raises(OSError, match="No space left on device") as error:
        load_cached(tmp_path, "ntu", KEY, build_and_say_when_closed)
    assert error.value.errno == errno.ENOSPC
    assert closed == [True]
    only_file(tmp_path)
    assert_same(load_cached(tmp_path, "ntu", None, never)[0], sequences())


@pytest.mark.parametrize("inner", ["", "inner", "inner/most"])
def test_a_folder_that_is_a_file_is_an_error(tmp_path, inner):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="is a file or in one, expected a folder"):
        load_cached(tmp_path / "file" / inner, "ntu", KEY, never)


# -- damaged files


def flip(path, at):
    raw = bytearray(path.read_bytes())
    raw[at] ^= 0x20
    path.write_bytes(raw)


def exchange(raw, one, other):
    changed = bytearray(raw)
    changed[one : one + 4], changed[other : other + 4] = raw[other : other + 4], raw[one : one + 4]
    return changed


DAMAGE = {
    "empty": lambda path: path.write_bytes(b""),
    "cut short by a byte": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "without its trailer": lambda path: path.write_bytes(path.read_bytes()[: -_cache._TRAILER.size]),
    "cut in its numbers": lambda path: path.write_bytes(path.read_bytes()[:100]),
    "cut in its header": lambda path: path.write_bytes(path.read_bytes()[:20]),
    "a byte too long": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "without some of its numbers": lambda path: path.write_bytes(path.read_bytes()[:100] + path.read_bytes()[112:]),
    "of another program": lambda path: path.write_bytes(np.zeros(10_000).tobytes()),
    "flipped in its first number": lambda path: flip(path, 64),
    "flipped in its last number": lambda path: flip(path, 64 + 4 * sum(LENGTHS) * 5 * 3 - 1),
    "with two numbers exchanged": lambda path: path.write_bytes(exchange(path.read_bytes(), 64, 68)),
    "of another version": lambda path: flip(path, 24),
    "flipped in its footer": lambda path: flip(path, -_cache._TRAILER.size - 30),
    "flipped in its checksum": lambda path: flip(path, -30),
    "flipped in its place of the footer": lambda path: flip(path, -_cache._TRAILER.size + 6),
    "placed at its start": lambda path: path.write_bytes(path.read_bytes()[: -_cache._TRAILER.size] + bytes(40)),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_built_anew(tmp_path, damage):
    load_cached(tmp_path, "ntu", KEY, build)
    DAMAGE[damage](only_file(tmp_path))
    assert_same(load_cached(tmp_path, "ntu", KEY, lambda info: iter(sequences(seed=1)))[0], sequences(seed=1))
    assert_same(load_cached(tmp_path, "ntu", KEY, never)[0], sequences(seed=1))
    only_file(tmp_path)


def test_a_file_of_another_key_under_this_name_is_built_anew(tmp_path):
    load_cached(tmp_path / "one", "ntu", KEY, build)
    load_cached(tmp_path / "other", "ntu", None, build)
    os.replace(only_file(tmp_path / "other"), only_file(tmp_path / "one"))
    assert_same(load_cached(tmp_path / "one", "ntu", KEY, lambda info: iter(sequences(seed=1)))[0], sequences(seed=1))


# -- several processes

BUILDER = """
import os, sys
import numpy as np
from skeletonlearn.datasets._cache import load_cached

def build(info):
    rng = np.random.default_rng(0)
    for at, length in enumerate((3, 1, 0, 40)):
        if at == 2:
            os.write(1, b"half")     # says that it is at work,
            sys.stdin.readline()     # and goes on when told so
        yield rng.normal(size=(length, 5, 3)).astype(np.float32)
    info["builder"] = os.getpid()

folder = sys.argv[1]
key = {"files": [["a.skeleton", 100, 1_700_000_000_000_000_000]], "n_persons": 2}
got, info = load_cached(folder, "ntu", key, build)
os.write(1, b"".join(one.tobytes() for one in got))
"""


def start_builder(folder):
    command = [sys.executable, "-c", BUILDER, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_a_killed_builder_is_no_harm_and_what_it_left_goes_when_it_is_old(tmp_path):
    with start_builder(tmp_path) as builder:
        assert builder.stdout.read(4) == b"half"
        builder.kill()
    left = only_file(tmp_path)
    assert left.name.endswith(".part")
    assert_same(load_cached(tmp_path, "ntu", KEY, build)[0], sequences())
    assert left.exists()  # it could be at work still
    other = left.with_name(left.name.replace("ntu", "ntu-120"))
    other.touch()
    for path in (left, other):
        os.utime(path, (time.time() - 3700,) * 2)
    load_cached(tmp_path, "ntu", None, build)
    assert not left.exists()
    assert other.exists()
    assert len(list(tmp_path.glob("ntu-*.cache"))) == 2


def test_two_builders_at_once_both_get_what_they_asked_for(tmp_path):
    expected = b"".join(one.tobytes() for one in sequences())
    with start_builder(tmp_path) as one, start_builder(tmp_path) as other:
        assert [builder.stdout.read(4) for builder in (one, other)] == [b"half"] * 2
        assert len(list(tmp_path.glob(".ntu-*.part"))) == 2
        assert [builder.communicate(b"go\n")[0] for builder in (one, other)] == [expected] * 2
    assert one.returncode == other.returncode == 0
    only_file(tmp_path)
    got, info = load_cached(tmp_path, "ntu", KEY, never)
    assert_same(got, sequences())
    assert info == {"builder": other.pid}


def test_a_builder_may_not_replace_but_take_the_file_of_a_faster_one(tmp_path, monkeypatch):
    def build_while_another_does(info):
        load_cached(tmp_path, "ntu", KEY, build)
        monkeypatch.setattr("os.replace", refuse)
        yield from sequences()

    def refuse(source, target):
        raise PermissionError(errno.EACCES, "Access is denied", str(target))

    got, info = load_cached(tmp_path, "ntu", KEY, build_while_another_does)
    assert_same(got, sequences())
    assert info == {"name": ["a", "b", "c", "d"]}
    only_file(tmp_path)


def test_without_a_faster_builder_a_refusal_is_an_error(tmp_path, monkeypatch):
    def refuse(source, target):
        raise PermissionError(errno.EACCES, "Access is denied", str(target))

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(PermissionError, match="Access is denied"):
        load_cached(tmp_path, "ntu", KEY, build)
    assert not list(tmp_path.iterdir())


# -- size


def test_memory_holds_one_sequence_at_a_time_while_building_and_none_while_opening(tmp_path):
    def build(info):
        for at in range(200):
            yield np.full((1000, 10, 3), at, np.float32)  # 120 kB, 24 MB together

    tracemalloc.start()
    try:
        load_cached(tmp_path, "ntu", KEY, build)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1e6
    assert load_cached(tmp_path, "ntu", KEY, never)[0][150][7, 3, 1] == 150.0


def test_the_file_has_no_padding(tmp_path):
    lengths = [1] * 50 + [2000]
    load_cached(tmp_path, "ntu", KEY, lambda info: (np.zeros((length, 25, 3), np.float32) for length in lengths))
    assert 0 < only_file(tmp_path).stat().st_size - sum(lengths) * 25 * 3 * 4 < 1000
