"""The reader of NTU RGB+D data sets."""

import gzip
import os
import shutil
import zipfile

import joblib
import numpy as np
import pytest
from sklearn.utils import Bunch

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._ntu import _load
from skeletonlearn.datasets._ntu._load import load_ntu_rgbd
from skeletonlearn.datasets._ntu._recording import NTUBody, NTURecording
from skeletonlearn.datasets._ntu._write import write_ntu_skeleton
from skeletonlearn.skeletons import NTU_RGBD
from tests.datasets.ntu.slow_reference import read_slowly

# Cameras 1 to 3, training subjects 1 and 8, test subjects 3 and 7, two actions of one person and one of two
NAMES = [
    *("S001C001P001R001A001", "S001C002P003R001A001", "S002C003P008R002A013", "S003C001P007R001A013"),
    *("S005C002P010R001A050", "S006C003P001R002A050"),
]
MISSING = "S001C002P005R002A008"
NEW = "S018C001P041R001A061"
N_FRAMES = 16


def make_recording(seed, n_frames=N_FRAMES):
    """Up to five bodies that come and go: persons, short ones, chairs; some zeros."""
    rng = np.random.default_rng(seed)
    bodies = []
    for body_id in range(rng.integers(1, 6)):
        frames = np.flatnonzero(rng.random(n_frames) < rng.choice([0.4, 1.0]))
        frames = frames if len(frames) else np.array([n_frames - 1])
        joints = rng.normal(size=(25, 3)) + rng.normal(size=(len(frames), 25, 3)) * rng.choice([0.01, 0.1])
        joints[..., 0] *= rng.choice([0.2, 3.0])
        joints[rng.random(joints.shape[:2]) < 0.02] = 0.0
        bodies.append(NTUBody(body_id + 72057594037944738, frames, joints.astype(np.float32)))
    return NTURecording(n_frames, bodies)


def write_files(folder, names=NAMES):
    for name in names:
        write_ntu_skeleton(folder / f"{name}.skeleton", make_recording(sum(name.encode())))


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "nturgb+d_skeletons"
    path.mkdir()
    write_files(path)
    return path


def assert_equal(one: Bunch, other: Bunch):
    """All entries are equal, and the sequences bit by bit."""
    assert one.keys() == other.keys()
    for sequence, same in zip(one.sequences, other.sequences, strict=True):
        np.testing.assert_array_equal(sequence, same, strict=True)
    for key in one.keys() - {"sequences"}:
        assert np.array_equal(one[key], other[key]), key


# What the Bunch holds


def test_a_folder_becomes_a_bunch_in_order_of_file_name(folder):
    bunch = load_ntu_rgbd(folder)
    assert bunch.name.tolist() == sorted(NAMES)
    assert bunch.setup.tolist() == [1, 1, 2, 3, 5, 6]
    assert bunch.camera.tolist() == [1, 2, 3, 1, 2, 3]
    assert bunch.subject.tolist() == [1, 3, 8, 7, 10, 1]
    assert bunch.repetition.tolist() == [1, 1, 2, 1, 1, 2]
    assert bunch.target.tolist() == [0, 0, 12, 12, 49, 49]
    assert bunch.target_names[12] == "tear up paper"
    assert len(bunch.target_names) == 60
    assert bunch.skeleton is NTU_RGBD
    assert (bunch.protocol, bunch.dataset, bunch.left_out, bunch.missing) == ("xsub", "ntu60", {}, [])
    assert all(one.dtype == np.float32 and one.shape[1:] == (50, 3) for one in bunch.sequences)


@pytest.mark.parametrize("options", [{}, {"n_persons": 1}, {"denoise": False}])
def test_sequences_are_those_of_plain_code_bit_by_bit(tmp_path, options):
    names = [f"S001C001P001R001A{action:03}" for action in range(1, 31)]
    write_files(tmp_path, names)
    sequences = load_ntu_rgbd(tmp_path, **options).sequences
    for name, sequence in zip(names, sequences, strict=True):
        text = (tmp_path / f"{name}.skeleton").read_text()
        np.testing.assert_array_equal(sequence, read_slowly(text, **options), strict=True)


def test_classes_have_the_names_that_their_numbers_have_officially(folder):
    names = load_ntu_rgbd(folder, dataset="ntu120").target_names
    assert len(set(names)) == 120
    known = {8: "sitting down", 43: "falling", 50: "punching/slapping other person", 58: "handshaking"}
    known |= {60: "walking apart from each other", 80: "squat down", 99: "running on the spot", 112: "high-five"}
    assert {number: names[number - 1] for number in known} == known


@pytest.mark.parametrize(
    ("protocol", "dataset", "train"),
    [("xsub", "ntu60", [0, 2, 5]), ("xview", "ntu60", [1, 2, 4, 5]), ("xset", "ntu120", [2, 5])],
)
def test_parts_of_a_protocol_are_its_subjects_cameras_or_setups(folder, protocol, dataset, train):
    everything = load_ntu_rgbd(folder, protocol)
    assert (everything.protocol, everything.dataset) == (protocol, dataset)
    assert everything.train_index.tolist() == train
    assert sorted([*everything.train_index, *everything.test_index]) == list(range(6))
    for subset in ("train", "test"):
        part, index = load_ntu_rgbd(folder, protocol=protocol, subset=subset), everything[f"{subset}_index"]
        assert part.name.tolist() == everything.name[index].tolist()
        assert part.target.tolist() == everything.target[index].tolist()
        for sequence, at in zip(part.sequences, index, strict=True):
            np.testing.assert_array_equal(sequence, everything.sequences[at])
        assert "train_index" not in part


def test_files_of_the_other_part_are_not_read(folder):
    (folder / "S001C002P003R001A001.skeleton").write_text("spoilt")
    assert len(load_ntu_rgbd(folder, subset="train").sequences) == 3
    with pytest.raises(SkeletonFileError, match="S001C002P003R001A001"):
        load_ntu_rgbd(folder, subset="test")


def test_mutual_actions_can_be_left_out(folder):
    bunch = load_ntu_rgbd(folder, exclude_mutual=True)
    assert bunch.target.tolist() == [0, 0, 12, 12]
    assert len(bunch.target_names) == 49


def test_classes_count_on_without_gaps_where_mutual_actions_are_left_out(folder):
    write_files(folder, [NEW, "S020C001P041R001A110"])
    bunch = load_ntu_rgbd(folder, exclude_mutual=True)
    assert bunch.dataset == "ntu120"
    assert len(bunch.target_names) == 94
    assert bunch.target.tolist() == [0, 0, 12, 12, 49]
    assert bunch.target_names[49] == "put on headphone"


@pytest.mark.parametrize(
    ("dataset", "n_classes", "n_samples"), [("auto", 120, 7), ("ntu120", 120, 7), ("ntu60", 60, 6)]
)
def test_one_data_set_is_taken_of_what_is_there(folder, dataset, n_classes, n_samples):
    write_files(folder, [NEW])
    bunch = load_ntu_rgbd(folder, dataset=dataset)
    assert (len(bunch.target_names), len(bunch.sequences)) == (n_classes, n_samples)


def test_listed_samples_are_left_out_unless_asked_for(folder):
    (folder / f"{MISSING}.skeleton").write_text("0\n")
    bunch = load_ntu_rgbd(folder)
    assert bunch.missing == [MISSING]
    assert (len(bunch.sequences), bunch.left_out) == (6, {})
    with pytest.raises(SkeletonFileError, match=MISSING):
        load_ntu_rgbd(folder, exclude_missing=False)
    write_files(folder, [MISSING])
    bunch = load_ntu_rgbd(folder, exclude_missing=False)
    assert MISSING in bunch.name
    assert bunch.missing == []


# Where files may be


def test_a_zip_archive_nested_folders_and_packed_files_are_the_same(folder, tmp_path):
    nested, packed, archive = tmp_path / "nested", tmp_path / "packed", tmp_path / "s001_to_s017.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        for at, path in enumerate(sorted(folder.iterdir())):
            members.write(path, f"nturgb+d_skeletons/{path.name}")
            (nested / f"part{at % 2}").mkdir(parents=True, exist_ok=True)
            shutil.copy(path, nested / f"part{at % 2}")
            packed.mkdir(exist_ok=True)
            (packed / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    expected = load_ntu_rgbd(folder)
    for source in (archive, nested, packed, [nested / "part0", nested / "part1"]):
        assert_equal(load_ntu_rgbd(source), expected)


def test_two_archives_are_read_as_one_data_set(folder, tmp_path):
    archives = [tmp_path / "s001_to_s017.zip", tmp_path / "s018_to_s032.zip"]
    with zipfile.ZipFile(archives[0], "w") as first, zipfile.ZipFile(archives[1], "w") as second:
        for name in NAMES:
            first.write(folder / f"{name}.skeleton")
        write_files(folder, [NEW])
        second.write(folder / f"{NEW}.skeleton")
    assert_equal(load_ntu_rgbd(archives), load_ntu_rgbd(folder))


def test_worker_processes_and_threads_change_nothing(folder):
    alone = load_ntu_rgbd(folder)
    assert_equal(load_ntu_rgbd(folder, n_jobs=2), alone)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert_equal(load_ntu_rgbd(folder), alone)


def test_progress_is_shown_where_asked_for(folder, caplog):
    with caplog.at_level("INFO", logger="skeletonlearn"):
        load_ntu_rgbd(folder)
        assert not caplog.records
        load_ntu_rgbd(folder, verbose=2)
    assert "6 of 6" in caplog.messages[-1]


# Faults


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("notes", "got the file name 'notes', expected SsssCcccPpppRrrrAaaa"),
        ("S001C001P001R001A01", "expected SsssCcccPpppRrrrAaaa"),
        ("S000C001P001R001A001", "got setup 0 in the file name, expected one of 1 to 32"),
        ("S001C004P001R001A001", "got camera 4"),
        ("S001C001P107R001A001", "got subject 107"),
        ("S001C001P001R003A001", "got repetition 3"),
        ("S001C001P001R001A121", "got action 121"),
    ],
)
def test_a_wrong_file_name_is_a_fault(folder, name, text):
    write_files(folder, [name])
    with pytest.raises(SkeletonFileError) as error:
        load_ntu_rgbd(folder)
    assert text in str(error.value)
    with pytest.warns(UserWarning, match="left out 1 of 7 files"):
        bunch = load_ntu_rgbd(folder, on_error="warn")
    assert len(bunch.sequences) == 6
    assert text in bunch.left_out[name]


def test_a_second_file_of_one_name_is_a_fault(folder):
    (folder / "again").mkdir()
    again = folder / "again" / f"{NAMES[0]}.skeleton"
    again.write_text("not looked at")
    with pytest.raises(SkeletonFileError, match=f"got a second file of the name {NAMES[0]}, expected one"):
        load_ntu_rgbd(folder)
    bunch = load_ntu_rgbd(folder, on_error="skip")
    assert list(bunch.left_out) == [str(again)]
    assert bunch.name.tolist() == sorted(NAMES)


FAULTS = {
    "empty": "",
    "cut short": "16\n1\n72057594037944738 0 1 1 1 1 0 0.01 -0.25 2\n25\n0.1 0.2",
    "nobody": "2\n0\n0\n",
    "zeros": "1\n1\n1 0 0 0 0 0 0 0 0 2\n25\n" + "0 0 0 0 0 0 0 0 0 0 0 2\n" * 25,
    "far apart": "1\n1\n1 0 0 0 0 0 0 0 0 2\n25\n"
    + "3e38 0 0 0 0 0 0 0 0 0 0 2\n"
    + "-3e38 0 0 0 0 0 0 0 0 0 0 2\n" * 24,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_treated_as_the_caller_chose(folder, fault):
    path = folder / "S007C001P001R001A002.skeleton"
    path.write_text(FAULTS[fault])
    with pytest.raises(SkeletonFileError, match=path.stem) as error:
        load_ntu_rgbd(folder)
    assert "got" in str(error.value)
    assert "expected" in str(error.value)
    with pytest.warns(UserWarning, match=f"left out 1 of 7 files: .*{path.stem}"):
        warned = load_ntu_rgbd(folder, on_error="warn")
    skipped = load_ntu_rgbd(folder, on_error="skip")
    assert_equal(warned, skipped)
    assert list(skipped.left_out) == [path.stem]
    assert len(skipped.sequences) == 6


def test_one_warning_tells_of_wrong_names_and_faulty_files(folder):
    (folder / "notes.skeleton").touch()
    (folder / "S007C001P001R001A002.skeleton").touch()
    with pytest.warns(UserWarning, match="left out 2 of 8 files: .*notes.*; .*S007") as warned:
        load_ntu_rgbd(folder, on_error="warn")
    assert [warning.filename for warning in warned] == [__file__]


def test_a_folder_without_a_sound_name_or_file_is_an_error(tmp_path):
    (tmp_path / "notes.skeleton").touch()
    with pytest.raises(ValueError, match=r"None of 1 files has a sound name, .*got the file name 'notes'"):
        load_ntu_rgbd(tmp_path, on_error="skip")
    (tmp_path / f"{NAMES[0]}.skeleton").touch()
    with pytest.raises(ValueError, match="None of 1 files could be read"):
        load_ntu_rgbd(tmp_path, on_error="skip")


def test_a_missing_folder_says_what_was_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"\*.skeleton such as S001C001P001R001A001.skeleton"):
        load_ntu_rgbd(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "wrong",
    [
        {"protocol": "loso"},
        {"subset": "val"},
        {"dataset": "ntu"},
        {"n_persons": 3},
        {"on_error": "ignore"},
        {"denoise": "yes"},
        {"exclude_mutual": None},
        {"n_jobs": "all"},
        {"n_jobs": 0},
    ],
)
def test_unknown_parameter_values_are_errors(folder, wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=f"{name}=.* must be"):
        load_ntu_rgbd(folder, **wrong)


@pytest.mark.parametrize(("protocol", "dataset"), [("xset", "ntu60"), ("xview", "ntu120")])
def test_a_protocol_of_the_other_data_set_is_an_error(folder, protocol, dataset):
    with pytest.raises(ValueError, match=f"protocol='{protocol}' is defined for .*, got dataset='{dataset}'"):
        load_ntu_rgbd(folder, protocol, dataset=dataset)


def test_a_selection_without_a_sample_is_an_error(tmp_path):
    write_files(tmp_path, [NEW])
    with pytest.raises(ValueError, match="No sample is left: got 1 files, expected some of dataset='ntu60'"):
        load_ntu_rgbd(tmp_path, "xview")
    with pytest.raises(ValueError, match="subset='train' is empty: got 1 samples, none of them in the train part"):
        load_ntu_rgbd(tmp_path, subset="train")


# The cache


def test_the_second_call_maps_what_the_first_wrote(folder, tmp_path):
    expected, cache = load_ntu_rgbd(folder), tmp_path / "cache"
    first, second = load_ntu_rgbd(folder, cache=cache), load_ntu_rgbd(folder, cache=cache)
    assert_equal(first, expected)
    assert_equal(second, expected)
    assert len(list(cache.iterdir())) == 1
    for sequence in second.sequences:
        assert not sequence.flags.writeable
        assert not sequence.flags.owndata


def test_one_cache_serves_all_protocols_and_parts_without_reading(folder, tmp_path, monkeypatch):
    load_ntu_rgbd(folder, dataset="ntu60", subset="train", cache=tmp_path / "cache")
    expected = {part: load_ntu_rgbd(folder, *part) for part in [("xsub",), ("xview",)]}
    test = load_ntu_rgbd(folder, "xview", subset="test")
    monkeypatch.setattr(_load, "parse_ntu_skeleton", None)
    for part, bunch in expected.items():
        assert_equal(load_ntu_rgbd(folder, *part, cache=tmp_path / "cache"), bunch)
    assert_equal(load_ntu_rgbd(folder, "xview", subset="test", cache=tmp_path / "cache"), test)


@pytest.mark.parametrize("change", [{"n_persons": 1}, {"denoise": False}, {"exclude_mutual": True}])
def test_options_that_change_the_content_have_a_cache_of_their_own(folder, tmp_path, change):
    load_ntu_rgbd(folder, cache=tmp_path / "cache")
    assert_equal(load_ntu_rgbd(folder, cache=tmp_path / "cache", **change), load_ntu_rgbd(folder, **change))


def test_a_changed_file_is_read_again(folder, tmp_path):
    load_ntu_rgbd(folder, cache=tmp_path / "cache")
    write_ntu_skeleton(folder / f"{NAMES[0]}.skeleton", make_recording(seed=7, n_frames=20))
    assert_equal(load_ntu_rgbd(folder, cache=tmp_path / "cache"), load_ntu_rgbd(folder))


def test_a_file_changed_within_its_size_and_with_its_time_set_back_is_read_again(folder, tmp_path):
    load_ntu_rgbd(folder, cache=tmp_path / "cache")
    path = folder / f"{NAMES[0]}.skeleton"
    status, text = path.stat(), path.read_bytes()
    path.write_bytes(text.replace(b".1", b".2"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)
    assert_equal(load_ntu_rgbd(folder, cache=tmp_path / "cache"), load_ntu_rgbd(folder))


def test_a_flipped_bit_in_the_cache_is_read_again(folder, tmp_path):
    load_ntu_rgbd(folder, cache=tmp_path / "cache")
    (path,) = (tmp_path / "cache").iterdir()
    raw = bytearray(path.read_bytes())
    raw[1000] ^= 1
    path.write_bytes(raw)
    assert_equal(load_ntu_rgbd(folder, cache=tmp_path / "cache"), load_ntu_rgbd(folder))


def test_a_cache_remembers_what_was_left_out(folder, tmp_path):
    (folder / "S007C001P001R001A002.skeleton").write_text("1\n2\n")
    skipped = load_ntu_rgbd(folder, on_error="skip", cache=tmp_path / "cache")
    with pytest.warns(UserWarning, match="left out 1 of 7 files: .*S007C001P001R001A002"):
        warned = load_ntu_rgbd(folder, on_error="warn", cache=tmp_path / "cache")
    assert_equal(skipped, load_ntu_rgbd(folder, on_error="skip"))
    assert_equal(warned, skipped)
    with pytest.raises(SkeletonFileError, match=r"S007C001P001R001A002.skeleton: was left out of the cache") as error:
        load_ntu_rgbd(folder, cache=tmp_path / "cache")
    assert error.value.path.endswith("S007C001P001R001A002.skeleton")


def test_a_fault_that_is_raised_leaves_no_cache(folder, tmp_path):
    (folder / "S007C001P001R001A002.skeleton").write_text("1\n2\n")
    with pytest.raises(SkeletonFileError, match="S007C001P001R001A002"):
        load_ntu_rgbd(folder, cache=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
