"""The cache of readers of research sets."""

import json

import numpy as np
import pytest
from joblib import parallel_config
from scipy.io import savemat

from skeletonlearn.datasets import (
    SkeletonFileError,
    load_florence3d,
    load_msr_action3d,
    load_nw_ucla,
    load_sbu,
    load_utd_mhad,
    load_utkinect,
)


def rows(n_rows, n_columns, first, *, separator=" ", numbered=False):
    numbers = first + np.arange(n_rows * n_columns).reshape(n_rows, n_columns)
    if numbered:
        numbers = np.column_stack([np.arange(1, n_rows + 1), numbers])
    return "\n".join(separator.join(map(str, row)) for row in numbers.tolist())


def write_nw_ucla(folder, number, first):
    clip = {"skeletons": (first + np.arange(120.0)).reshape(2, 20, 3).tolist(), "label": 1}
    (folder / f"a01_s0{number}_e00_v0{number}.json").write_text(json.dumps(clip))


def write_msr_action3d(folder, number, first):
    (folder / f"a01_s0{number}_e01_skeleton3D.txt").write_text(rows(40, 4, first))


def write_utkinect(folder, number, first):
    (folder / f"joints_s01_e0{number}.txt").write_text(rows(3, 60, first, numbered=True))
    (folder / "actionLabel.txt").write_text("s01_e01\nwalk: 1 2\ns01_e02\nwalk: 1 3\nsitDown: 2 9\n")


def write_sbu(folder, number, first):
    path = folder / "s01s02" / "01" / f"00{number}"
    path.mkdir(parents=True, exist_ok=True)
    (path / "skeleton_pos.txt").write_text(rows(2, 90, first, separator=",", numbered=True))


def write_utd_mhad(folder, number, first):
    savemat(folder / f"a1_s{number}_t1_skeleton.mat", {"d_skel": first + np.arange(180.0).reshape(20, 3, 3)})


def write_florence3d(folder, number, first):
    entries = np.empty((1, 2), dtype=object)
    for at in range(2):
        positions = first + at + np.arange(90.0).reshape(3, 15, 2)
        entries[0, at] = {"original_skeletal_data": positions, "action": 1, "subject": 1 + at}
    savemat(folder / "skeletal_data.mat", {"skeletal_data": entries})


READERS = {
    load_nw_ucla: write_nw_ucla,
    load_msr_action3d: write_msr_action3d,
    load_utkinect: write_utkinect,
    load_sbu: write_sbu,
    load_utd_mhad: write_utd_mhad,
    load_florence3d: write_florence3d,
}
every_reader = pytest.mark.parametrize("load", READERS)


@pytest.fixture
def folder(tmp_path, load):
    (tmp_path / "data").mkdir()
    for number in (1, 2):
        READERS[load](tmp_path / "data", number, 100 * number)
    return tmp_path / "data"


def read(load, folder, **how):
    return load(folder, **{"on_error": "skip", "cache": folder.parent / "cache", **how})


def assert_same(one, other):
    assert set(one) == set(other)
    for key, value in one.items():
        if isinstance(value, list) and isinstance(value[0], np.ndarray):
            for mine, its in zip(value, other[key], strict=True):
                np.testing.assert_array_equal(mine, its)
        elif isinstance(value, np.ndarray):
            assert value.dtype == other[key].dtype
            np.testing.assert_array_equal(value, other[key])
        else:
            assert value == other[key]


@every_reader
def test_the_second_call_reads_no_recording(folder, load, monkeypatch):
    plain = read(load, folder, cache=None)
    assert_same(read(load, folder), plain)
    monkeypatch.setattr("skeletonlearn.datasets._read_files.read_contents", None)
    assert_same(read(load, folder), plain)


@every_reader
def test_workers_fill_the_cache_with_the_same(folder, load):
    with parallel_config(backend="threading"):
        cold = read(load, folder, n_jobs=2)
    assert_same(cold, read(load, folder, cache=None))
    assert_same(cold, read(load, folder))


@every_reader
def test_a_changed_file_is_read_again(folder, load):
    before = read(load, folder)
    READERS[load](folder, 2, 777)
    after = read(load, folder)
    assert_same(after, read(load, folder, cache=None))
    assert any((one != other).any() for one, other in zip(before.sequences, after.sequences, strict=True))


@pytest.mark.parametrize("load", [load_sbu])
def test_normalised_and_plain_coordinates_have_caches_of_their_own(folder, load):
    one, other = read(load, folder, normalised=True), read(load, folder, normalised=False)
    assert (one.sequences[0] != other.sequences[0]).any()


@pytest.mark.parametrize("load", [load_utkinect])
def test_changed_labels_and_kept_faults_count(folder, load):
    kept = read(load, folder)
    assert list(kept.left_out) == ["s01_e02_sitDown"]
    with pytest.raises(SkeletonFileError, match="got sitDown: 2 9 in s01_e02"):
        read(load, folder, on_error="raise")
    (folder / "actionLabel.txt").write_text("s01_e01\nwalk: 1 2\ns01_e02\nwalk: 1 1\nsitDown: 2 2\n")
    assert read(load, folder).left_out == {}
