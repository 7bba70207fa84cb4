"""How every reader reads its files."""

import logging
import multiprocessing
import re
import warnings
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from joblib import parallel_config

from skeletonlearn import _progress
from skeletonlearn.datasets import (
    SkeletonFileError,
    _read_files,
    load_azure_kinect,
    load_bvh,
    load_c3d,
    load_coco_keypoints,
    load_deeplabcut,
    load_frame_graphs,
    load_mediapipe,
    load_msr_action3d,
    load_ntu_rgbd,
    load_nw_ucla,
    load_openpose,
    load_pku_mmd,
    load_pyskl,
    load_utd_mhad,
)
from skeletonlearn.datasets._read_files import LeftOut, iterate_records, read_files
from skeletonlearn.datasets._source import find_files

BACKENDS = ["loky", "multiprocessing", "threading"]


def read_number(content):
    """A record with the number that the file holds."""
    words = content.text().split()
    if len(words) != 1:
        raise content.fault(f"got {len(words)} words, expected one", line=1)
    return {"number": int(words[0]), "name": content.stem}


def read_with_a_bug(content):
    raise TypeError("a bug, not a fault of the file")


@pytest.fixture
def folder(tmp_path):
    for number in range(200):  # several tasks a worker
        (tmp_path / f"n{number:03}.txt").write_text(str(number))
    return tmp_path


def find(folder, **options):
    return find_files(folder, "n*.txt", "n000.txt", **options)


def spoil(folder, *numbers):
    for number in numbers:
        (folder / f"n{number:03}.txt").write_text("two words")


def numbers(records):
    return [record["number"] for record in records]


# -- order and workers


@pytest.mark.parametrize("n_jobs", [None, 1, 2])
def test_records_come_in_the_order_of_the_files(folder, n_jobs):
    files = find(folder)[::-1]
    records, left_out = read_files(files, read_number, on_error="raise", n_jobs=n_jobs)
    assert numbers(records) == list(range(199, -1, -1))
    assert left_out == {}


@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize("backend", BACKENDS)
def test_every_backend_of_joblib_gives_the_same(folder, backend, n_jobs):
    spoil(folder, 3, 150)
    with parallel_config(backend=backend, n_jobs=2):
        records, left_out = read_files(find(folder), read_number, on_error="skip", n_jobs=n_jobs)
    assert numbers(records) == [number for number in range(200) if number not in (3, 150)]
    assert list(left_out) == ["n003", "n150"]
    assert left_out["n003"] == f"{folder / 'n003.txt'}, line 1: got 2 words, expected one"


def test_the_number_of_workers_is_that_of_the_parallel_config(folder, monkeypatch):
    asked = []

    class Spy(_read_files.Parallel):
        def __init__(self, n_jobs):
            super().__init__(n_jobs)
            asked.append(self._effective_n_jobs())

    monkeypatch.setattr(_read_files, "Parallel", Spy)
    with parallel_config(backend="threading", n_jobs=3):
        read_files(find(folder), read_number, on_error="raise")
        read_files(find(folder), read_number, on_error="raise", n_jobs=2)
        read_files(find(folder), read_number, on_error="raise", n_jobs=1)
    read_files(find(folder), read_number, on_error="raise")
    assert asked == [3, 2]


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_members_of_an_archive_are_read_like_files(folder, tmp_path, n_jobs):
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        for path in folder.glob("*.txt"):
            archive.write(path, f"data/{path.name}")
    with parallel_config(backend="threading"):
        records, _ = read_files(find(tmp_path / "data.zip"), read_number, on_error="raise", n_jobs=n_jobs)
    assert numbers(records) == list(range(200))


@pytest.mark.parametrize(("n_jobs", "most"), [(1, 1), (2, 2)])
def test_an_archive_is_opened_once_a_task(folder, tmp_path, monkeypatch, n_jobs, most):
    opened = []

    class Spy(zipfile.ZipFile):
        def __init__(self, path):
            opened.append(path)
            super().__init__(path)

    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        for path in sorted(folder.glob("*.txt"))[:128]:
            archive.write(path, path.name)
    files = find(tmp_path / "data.zip")
    monkeypatch.setattr(zipfile, "ZipFile", Spy)
    with parallel_config(backend="threading"):
        read_files(files, read_number, on_error="raise", n_jobs=n_jobs)
    assert len(opened) == most


# -- how much is read, and when


def count_reads(counted):
    def read(content):
        counted.append(content.stem)
        return read_number(content)

    return read


def test_one_worker_reads_no_further_than_asked(folder):
    counted = []
    records = iterate_records(find(folder), count_reads(counted), left_out=LeftOut("raise"))
    assert next(records)["number"] == 0
    assert counted == ["n000"]


def test_an_error_stops_the_reading(folder):
    spoil(folder, 5)
    counted = []
    with pytest.raises(SkeletonFileError, match="n005"):
        read_files(find(folder), count_reads(counted), on_error="raise")
    assert len(counted) == 6


def test_workers_read_no_more_than_some_tasks_ahead(folder, monkeypatch):
    monkeypatch.setattr(_read_files, "_TASK", 5)
    counted = []
    with parallel_config(backend="threading", n_jobs=2):
        records = iterate_records(find(folder), count_reads(counted), left_out=LeftOut("raise"))
        next(records)
        assert len(counted) == 20  # two workers, two tasks each, five files a task
        assert numbers(records) == list(range(1, 200))
    assert len(counted) == 200


@pytest.fixture
def workers():
    """A function that gives the processes started since; other tests may have left idle workers of loky."""
    before = set(multiprocessing.active_children())
    return lambda: set(multiprocessing.active_children()) - before


def test_workers_end_when_the_consumer_stops(folder, workers):
    with parallel_config(backend="multiprocessing", n_jobs=2):
        records = iterate_records(find(folder), read_number, left_out=LeftOut("raise"))
        next(records)
        assert workers()
        records.close()
    assert not workers()


def test_workers_end_at_an_error_while_its_traceback_lives(folder, workers):
    spoil(folder, 0)
    with (
        parallel_config(backend="multiprocessing", n_jobs=2),
        pytest.raises(SkeletonFileError) as error,
    ):
        read_files(find(folder), read_number, on_error="raise")
    assert not workers()
    assert error.traceback


# -- faults


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_raise_gives_the_error_of_the_first_faulty_file(folder, n_jobs):
    spoil(folder, 70, 7, 190)
    with (
        parallel_config(backend="loky"),
        pytest.raises(SkeletonFileError, match=r"n007\.txt, line 1: got 2 words") as error,
    ):
        read_files(find(folder), read_number, on_error="raise", n_jobs=n_jobs)
    assert (error.value.path, error.value.line) == (str(folder / "n007.txt"), 1)


def test_warn_names_all_faulty_files_in_one_warning(folder):
    spoil(folder, 1, 2)
    with pytest.warns(UserWarning, match="left out 2 of 200 files") as caught:
        records, left_out = read_files(find(folder), read_number, on_error="warn")
    assert len(records) == 198
    assert list(left_out) == ["n001", "n002"]
    assert len(caught) == 1
    assert str(caught[0].message) == f"left out 2 of 200 files: {left_out['n001']}; {left_out['n002']}"


def test_skip_says_nothing(folder):
    spoil(folder, 1, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        records, left_out = read_files(find(folder), read_number, on_error="skip")
    assert (len(records), len(left_out)) == (198, 2)


@pytest.mark.parametrize(("n_faults", "more"), [(10, ""), (11, "; and 1 more (see left_out)"), (25, "; and 15 more")])
def test_the_warning_lists_ten_files_at_most(n_faults, more):
    left_out = LeftOut("warn")
    for number in range(n_faults):
        left_out.add(f"n{number:03}", SkeletonFileError(f"n{number:03}.txt", None, "faulty"))
    with pytest.warns(UserWarning, match="left out") as caught:
        left_out.warn(30)
    text = str(caught[0].message)
    assert text.count("faulty") == 10
    assert more in text
    assert ("more" in text) is bool(more)


@pytest.mark.parametrize(("faults", "on_error"), [({}, "warn"), ({"a": "faulty"}, "skip"), ({"a": "faulty"}, "raise")])
def test_there_is_no_warning_without_need(faults, on_error):
    left_out = LeftOut(on_error)
    left_out.by_name |= faults
    left_out.warn(3)  # a warning would be an error here


def test_a_fault_is_raised_where_it_is_met():
    left_out, fault = LeftOut("raise"), SkeletonFileError("a.txt", None, "faulty")
    with pytest.raises(SkeletonFileError) as error:
        left_out.add("a", fault)
    assert error.value is fault
    assert left_out.by_name == {}


def test_a_second_fault_of_one_name_goes_by_the_other_name():
    left_out = LeftOut("skip")
    for number in range(2):
        left_out.add("a", SkeletonFileError("a.txt", number, "faulty"), otherwise=f"a{number}")
    assert left_out.by_name == {"a": "a.txt, line 0: faulty", "a1": "a.txt, line 1: faulty"}


def test_a_result_with_something_in_it_is_accepted():
    LeftOut("skip").require(["a"], "1 files could be read")


def test_an_empty_result_without_any_fault_is_refused_too():
    with pytest.raises(ValueError, match=r"^None of 0 files could be read$"):
        LeftOut("skip").require([], "0 files could be read")


def test_no_sound_file_is_an_error_that_tells_the_last_fault(folder):
    spoil(folder, *range(200))
    with pytest.raises(ValueError, match=r"None of 200 files could be read, expected at least one; .*n199.txt, line 1"):
        read_files(find(folder), read_number, on_error="skip")


def test_no_file_is_an_error():
    with pytest.raises(ValueError, match="None of 0 files could be read"):
        read_files([], read_number, on_error="raise")


def test_a_file_that_cannot_be_read_is_a_fault_like_others(folder):
    (folder / "n003.txt").unlink()
    (folder / "n003.txt").symlink_to(folder / "nowhere")
    _, left_out = read_files(find(folder), read_number, on_error="skip")
    assert list(left_out) == ["n003"]
    assert "unreadable" in left_out["n003"]


def fail(content):
    return {"recursion": descend, "overflow": overflow, "value": convert, "empty": refuse}[content.text()](content)


def descend(content):
    return descend(content)


def overflow(content):
    return {"number": np.zeros(1, np.int8) + int(float("inf"))}


def convert(content):
    return {"number": int("many")}


def refuse(content):
    raise ValueError


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("recursion", "maximum recursion depth exceeded"),
        ("overflow", "cannot convert float infinity to integer"),
        ("value", "invalid literal for int() with base 10: 'many'"),
        ("empty", "ValueError"),
    ],
)
def test_errors_that_odd_values_cause_are_faults_of_the_file(tmp_path, text, reason):
    (tmp_path / "n000.txt").write_text(text)
    with pytest.raises(SkeletonFileError) as error:
        read_files(find(tmp_path), fail, on_error="raise")
    assert error.value.path == str(tmp_path / "n000.txt")
    assert reason in error.value.reason
    assert error.value.reason.startswith("got content that cannot be read")


@pytest.mark.parametrize("on_error", ["raise", "warn", "skip"])
def test_a_bug_is_no_fault_of_a_file_and_is_not_hidden(folder, on_error):
    with pytest.raises(TypeError, match="a bug, not a fault of the file"):
        read_files(find(folder), read_with_a_bug, on_error=on_error)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_bug_is_not_hidden_by_workers(folder, backend):
    with (
        parallel_config(backend=backend, n_jobs=2),
        pytest.raises(TypeError, match="a bug, not a fault of the file"),
    ):
        read_files(find(folder), read_with_a_bug, on_error="skip")


def test_lack_of_memory_is_no_fault_of_a_file(folder):
    def exhaust(content):
        raise MemoryError

    with pytest.raises(MemoryError):
        read_files(find(folder), exhaust, on_error="skip")


@pytest.mark.parametrize("on_error", ["ignore", None, "RAISE"])
def test_an_unknown_treatment_of_faults_is_an_error(folder, on_error):
    with pytest.raises(ValueError, match=re.escape(f"on_error={on_error!r} must be one of 'raise', 'warn', 'skip'")):
        read_files(find(folder), read_number, on_error=on_error)


# -- names of what was left out


@pytest.fixture
def same_names(tmp_path):
    """Two faulty files of one name, and a sound one."""
    for inner, text in (("a", "two words"), ("b", "two words"), ("c", "7")):
        (tmp_path / inner).mkdir()
        (tmp_path / inner / "n000.txt").write_text(text)
    return find(tmp_path, recursive=True)


def test_faulty_files_of_one_name_are_both_told(same_names):
    _, left_out = read_files(same_names, read_number, on_error="skip")
    assert list(left_out) == ["n000", str(same_names[1])]


def test_the_caller_may_name_the_files(same_names):
    _, left_out = read_files(same_names, read_number, on_error="skip", name_of=lambda file: file.path.parent.name)
    assert list(left_out) == ["a", "b"]


def test_what_was_left_out_before_stays(same_names):
    left_out = LeftOut("skip")
    left_out.by_name["n000"] = "on the list of samples to leave out"
    list(iterate_records(same_names, read_number, left_out=left_out))
    assert left_out.by_name["n000"] == "on the list of samples to leave out"
    assert len(left_out.by_name) == 3


# -- progress


@pytest.mark.parametrize(("verbose", "lines"), [(0, 0), (1, 10), (2, 200)])
def test_verbose_tells_how_far_the_reading_is(folder, caplog, monkeypatch, verbose, lines):
    monkeypatch.setattr(_progress, "find_spec", lambda name: None)  # as without tqdm
    spoil(folder, 30)
    with caplog.at_level(logging.INFO, logger="skeletonlearn"):
        read_files(find(folder), read_number, on_error="skip", verbose=verbose)
    assert len(caplog.messages) == lines
    assert all(line.startswith("reading: file 200 of 200: left out 1; took ") for line in caplog.messages[-1:])


# -- where a warning points

FAULTY_FILES = {
    load_nw_ucla: "a01_s01_e00_v01.json",
    load_msr_action3d: "a01_s01_e01_skeleton3D.txt",
    load_utd_mhad: "a1_s1_t1_skeleton.mat",
    load_mediapipe: "clip1.csv",
    load_coco_keypoints: "clip1.json",
    load_azure_kinect: "clip1.csv",
    load_bvh: "clip1.bvh",
    load_c3d: "clip1.c3d",
    load_deeplabcut: "clip1.h5",
}


@pytest.mark.parametrize("load", FAULTY_FILES)
def test_a_warning_points_at_the_line_that_called_the_loader(tmp_path, load):
    (tmp_path / FAULTY_FILES[load]).write_text("nothing that can be read")
    with pytest.warns(UserWarning, match="left out 1 of 1 files") as caught, suppress(ValueError):
        load(tmp_path, on_error="warn")
    assert [warning.filename for warning in caught] == [__file__]


# -- errors that name what is wrong


@pytest.mark.parametrize(
    "load", [*FAULTY_FILES, load_ntu_rgbd, load_openpose, load_pku_mmd, load_pyskl, load_frame_graphs]
)
def test_a_path_that_does_not_exist_is_blamed_by_itself_and_by_no_parameter(tmp_path, load):
    with pytest.raises(FileNotFoundError, match=r"nowhere' does not exist; expected a folder or zip archive") as error:
        load(tmp_path / "nowhere")
    assert str(error.value).startswith(repr(str(tmp_path / "nowhere")))


def test_a_folder_without_a_file_of_any_of_the_patterns_is_told_of_all_of_them(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"has no file \*.csv or \*.json or .*; expected"):
        load_mediapipe(tmp_path)
