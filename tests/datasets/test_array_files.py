"""Arrays in files of NumPy."""

import io
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._array_files import StoredArray, open_arrays

X = np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 3, 4)
Y = np.array([1, 0])


def names_of(source):
    return [(part.name, len(part.samples), part.labels is not None) for part in open_arrays(source)]


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_in_an_archive_is_read_item_by_item(tmp_path, save, order):
    save(tmp_path / "a.npz", x=np.asarray(X, order=order), y=Y)
    ((_, samples, labels),) = open_arrays(tmp_path / "a.npz")
    assert (samples.shape, samples.dtype, len(samples)) == (X.shape, X.dtype, 2)
    np.testing.assert_array_equal(list(samples), X)
    np.testing.assert_array_equal(list(samples), X, "a second time")
    assert list(labels) == [1, 0]


def test_a_file_with_one_array_is_mapped_into_memory(tmp_path):
    np.save(tmp_path / "a.npy", X)
    ((part, samples, labels),) = open_arrays(str(tmp_path / "a.npy"))
    assert isinstance(samples, np.memmap)
    assert (part, labels) == ("", None)
    np.testing.assert_array_equal(samples, X)


KEYS = {
    "two parts": (
        {"x_train": X, "y_train": Y, "x_test": X[:1], "y_test": Y[:1]},
        [("train", 2, True), ("test", 1, True)],
    ),
    "three parts in any order": (
        {"x_test": X, "x_valid": X, "X_train": X[:1], "y_train": Y[:1]},
        [("train", 1, True), ("val", 2, False), ("test", 2, False)],
    ),
    "samples and labels": ({"data": X, "label": Y}, [("", 2, True)]),
    "capital letters": ({"X": X, "Y": Y}, [("", 2, True)]),
    "a single array": ({"arr_0": X}, [("", 2, False)]),
    "one besides the labels": ({"mine": X, "labels": Y}, [("", 2, True)]),
    "known among others": ({"x": X, "fps": Y}, [("", 2, False)]),
}


@pytest.mark.parametrize("kind", KEYS)
def test_parts_and_labels_are_found_by_their_names(tmp_path, kind):
    arrays, wanted = KEYS[kind]
    np.savez(tmp_path / "a.npz", **arrays)
    assert names_of(arrays) == names_of(tmp_path / "a.npz") == wanted
    with np.load(tmp_path / "a.npz") as opened:
        assert names_of(opened) == wanted


def test_unclear_names_are_an_error():
    with pytest.raises(ValueError, match="got arrays named a, b, expected x_train, x_test or x"):
        open_arrays({"a": X, "b": X})


def save_bytes(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def objects():
    file = io.BytesIO()
    np.savez(file, x=np.array([{}], dtype=object))
    return file.getvalue()


def claims(shape, n_bytes):
    """An archive whose array claims a shape."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": shape})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", header.getvalue() + bytes(n_bytes))
    return file.getvalue()


FAULTY = {
    "nothing": (b"", "got a file that is no array, expected .npy or .npz"),
    "text": (b"1,2,3\n", "got a file that is no array"),
    "a pickle": (pickle.dumps(X), "got a file that is no array"),
    "half an archive": (save_bytes(x=X)[:-60], "got an unreadable archive"),
    "no array in it": (b"PK\x05\x06" + bytes(18), "got arrays named none, expected x_train"),
    "unclear names": (save_bytes(a=X, b=X), "got arrays named a, b, expected x_train"),
    "objects": (objects(), "got an array of objects, expected plain numbers"),
    "too few bytes": (claims((2, 3), 20), r"got \d+ bytes, expected 24 for the shape"),
    "too many bytes": (claims((2, 3), 10**6), r"got \d+ bytes, expected 24 for the shape"),
    "a huge shape": (claims((10**9, 10**9), 24), r"expected 4000000000000000000 for the shape"),
    "a negative shape": (claims((-2, 3), 24), "expected -24 for the shape"),
    "a bomb": (claims((1, 10**7), 4 * 10**7), "compressed bytes for an item of 40000000; decompress it first"),
}


@pytest.mark.parametrize("fault", FAULTY)
def test_a_faulty_file_is_an_error_that_names_it(tmp_path, fault):
    content, reason = FAULTY[fault]
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    with pytest.raises(SkeletonFileError, match=reason) as error:
        open_arrays(path)
    assert error.value.path.startswith(str(path))
    assert len(str(error.value)) < 500 + len(str(path))


@pytest.mark.parametrize("save", [np.save, np.savez, np.savez_compressed])
@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_is_no_other_error(tmp_path, save, seed):
    rng = np.random.default_rng(seed)
    file = io.BytesIO()
    save(file, X)
    content = bytearray(file.getvalue())
    for at in rng.integers(len(content), size=3):
        content[at] = rng.integers(256)
    (tmp_path / "a.npz").write_bytes(content[: len(content) if seed % 2 else rng.integers(len(content))])
    try:
        for part in open_arrays(tmp_path / "a.npz"):
            list(part.samples)
    except SkeletonFileError:
        pass


def test_objects_in_a_single_file_are_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(SkeletonFileError, match="got an array of objects"):
        open_arrays(tmp_path / "a.npy")


def test_a_file_that_is_absent_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        open_arrays(tmp_path / "absent.npz")


def test_only_one_item_is_in_memory(tmp_path):
    large = np.random.default_rng(0).random((50, 100_000), dtype=np.float32)
    np.savez(tmp_path / "a.npz", x=large)
    tracemalloc.start()
    try:
        n_items = sum(1 for _ in StoredArray(tmp_path / "a.npz", "x"))
        assert (n_items, tracemalloc.get_traced_memory()[1] < large.nbytes / 5) == (50, True)
    finally:
        tracemalloc.stop()
