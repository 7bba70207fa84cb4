"""The reader of Northwestern-UCLA."""

import json

import numpy as np
import pytest

from skeletonlearn.datasets import load_nw_ucla
from skeletonlearn.skeletons import KINECT_V1

LABELS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 8: 7, 9: 8, 11: 9, 12: 10}


def write_clip(folder, action=1, subject=1, repetition=0, view=1, *, frames=2, seed=0, **changes):
    stem = f"a{action:02}_s{subject:02}_e{repetition:02}_v{view:02}"
    skeletons = np.random.default_rng(seed).normal(size=(frames, 20, 3)).round(6).tolist()
    clip = {"file_name": stem, "skeletons": skeletons, "label": LABELS[action]} | changes
    path = folder / f"{stem}.json"
    path.write_text(json.dumps(clip))
    return path


@pytest.fixture
def folder(tmp_path):
    """Three views of two actions; one view-3 clip is a copy of its view-2 clip."""
    for seed, (action, view) in enumerate((a, v) for a in (2, 12) for v in (1, 2, 3)):
        copied = (action, view) == (2, 3)
        write_clip(tmp_path, action, subject=4, view=view, frames=3, seed=seed - copied)
    return tmp_path


def test_a_folder_becomes_a_bunch_in_order_of_file_name(folder):
    bunch = load_nw_ucla(folder)
    assert bunch.name.tolist() == sorted(bunch.name)
    assert [one.shape for one in bunch.sequences] == [(3, 20, 3)] * 6
    assert all(one.dtype == np.float32 for one in bunch.sequences)
    assert bunch.target.tolist() == [1, 1, 1, 9, 9, 9]
    assert bunch.target_names[9] == "carry"
    assert bunch.camera.tolist() == [1, 2, 3] * 2
    assert set(bunch.subject) == {4}
    assert set(bunch.repetition) == {0}
    assert bunch.skeleton is KINECT_V1


def test_coordinates_are_those_of_the_file(folder):
    clip = json.loads((folder / "a12_s04_e00_v02.json").read_text())
    np.testing.assert_array_equal(load_nw_ucla(folder).sequences[4], np.float32(clip["skeletons"]))


def test_parts_of_the_protocol_are_the_views(folder):
    everything, train, test = (load_nw_ucla(folder, subset=subset) for subset in ("all", "train", "test"))
    assert everything.train_index.tolist() == [0, 1, 3, 4]
    assert everything.test_index.tolist() == [2, 5]
    assert train.camera.tolist() == [1, 2, 1, 2]
    assert test.name.tolist() == everything.name[everything.test_index].tolist()
    assert len(test.sequences) == len(test.target) == 2
    assert "train_index" not in test


@pytest.mark.parametrize("subset", ["all", "test"])
def test_a_copied_test_clip_names_its_training_clip(folder, subset):
    bunch = load_nw_ucla(folder, subset=subset)
    assert dict(zip(bunch.name, bunch.duplicate_of, strict=True))["a02_s04_e00_v03"] == "a02_s04_e00_v02"
    assert (bunch.duplicate_of != "").sum() == 1


def test_an_unseen_joint_is_nan(tmp_path):
    skeletons = np.ones((2, 20, 3))
    skeletons[1, 4] = 0.0
    write_clip(tmp_path, skeletons=skeletons.tolist())
    (sequence,) = load_nw_ucla(tmp_path).sequences
    assert np.argwhere(np.isnan(sequence).all(axis=2)).tolist() == [[1, 4]]


def test_worker_processes_change_nothing(folder):
    alone, together = load_nw_ucla(folder), load_nw_ucla(folder, n_jobs=2)
    assert alone.name.tolist() == together.name.tolist()
    for one, other in zip(alone.sequences, together.sequences, strict=True):
        np.testing.assert_array_equal(one, other)


FAULTS = {
    "empty": (lambda path: path.write_text(""), "empty file, expected JSON"),
    "cut short": (lambda path: path.write_text(path.read_text()[:100]), "not JSON or is cut short"),
    "not JSON": (lambda path: path.write_text("70\n1 2 3"), "not JSON"),
    "a list": (lambda path: path.write_text("[1, 2]"), "got list, expected an object"),
    "no skeletons": (lambda path: path.write_text('{"label": 1}'), "got keys ['label'], expected"),
    "25 joints": (
        lambda path: write_clip(path.parent, skeletons=np.ones((2, 25, 3)).tolist()),
        "got skeletons of shape (2, 25, 3), expected frames of 20 joints",
    ),
    "no frame": (lambda path: write_clip(path.parent, skeletons=[]), "shape (0,), expected frames"),
    "a short frame": (
        lambda path: write_clip(path.parent, skeletons=[[[0, 0, 1]] * 20, [[0, 0, 1]] * 19]),
        "no array of numbers, expected frames",
    ),
    "infinity": (lambda path: write_clip(path.parent, skeletons=[[[0, 0, np.inf]] * 20]), "infinite"),
    "another label": (lambda path: write_clip(path.parent, label=7), "got label 7, expected 1"),
    "bytes": (lambda path: path.write_bytes(b"\xff\xfe\x00"), "utf-8"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_named_with_got_and_wanted(folder, fault):
    spoil, text = FAULTS[fault]
    path = write_clip(folder)
    spoil(path)
    with pytest.raises(ValueError, match="a01_s01_e00_v01") as error:
        load_nw_ucla(folder)
    assert text in str(error.value)
    with pytest.warns(UserWarning, match="left out 1 of 7 files: .*a01_s01_e00_v01"):
        warned = load_nw_ucla(folder, on_error="warn")
    skipped = load_nw_ucla(folder, on_error="skip")
    assert len(skipped.sequences) == len(warned.sequences) == 6
    assert list(skipped.left_out) == ["a01_s01_e00_v01"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("notes.json", "expected aAA_sSS_eEE_vVV"),
        ("a07_s01_e00_v01.json", "got action 7"),
        ("a01_s11_e00_v01.json", "got subject 11"),
        ("a01_s01_e00_v04.json", "got camera 4 in the file name, expected one of 1, 2, 3"),
    ],
)
def test_a_wrong_file_name_is_an_error(folder, name, text):
    (folder / name).write_text("{}")
    with pytest.raises(ValueError, match=text):
        load_nw_ucla(folder)


def test_a_folder_without_a_sound_file_is_an_error(tmp_path):
    (tmp_path / "a01_s01_e00_v01.json").write_text("")
    with pytest.raises(ValueError, match="None of 1 files could be read"):
        load_nw_ucla(tmp_path, on_error="skip")


def test_a_missing_folder_says_what_was_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"does not exist; expected a folder or zip archive with files \*.json"):
        load_nw_ucla(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match=r"has no file \*.json"):
        load_nw_ucla(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(FileNotFoundError, match="is a file"):
        load_nw_ucla(tmp_path / "file")


@pytest.mark.parametrize("wrong", [{"protocol": "xsub"}, {"subset": "val"}, {"on_error": "ignore"}])
def test_unknown_parameter_values_are_errors(folder, wrong):
    with pytest.raises(ValueError, match=rf"^{next(iter(wrong))}=.* must be one of"):
        load_nw_ucla(folder, **wrong)


def test_an_empty_part_is_an_error(tmp_path):
    write_clip(tmp_path, view=1)
    with pytest.raises(ValueError, match="subset='test' is empty: got 1 samples"):
        load_nw_ucla(tmp_path, subset="test")


def test_real_files_have_the_published_counts_and_the_known_leak(real_data):
    bunch = load_nw_ucla(real_data("nw_ucla"))
    lengths = [len(one) for one in bunch.sequences]
    assert len(bunch.sequences) == 1484
    assert np.bincount(bunch.camera).tolist() == [0, 516, 504, 464]
    assert (len(bunch.train_index), len(bunch.test_index)) == (1020, 464)
    assert (min(lengths), int(np.median(lengths)), max(lengths), lengths.count(1)) == (1, 31, 201, 2)
    copied = bunch.duplicate_of[bunch.test_index] != ""
    assert (copied.sum(), (~copied).sum()) == (95, 369)
    assert np.bincount(bunch.target[bunch.test_index][copied]).tolist() == [0, 50, 45]
    assert not bunch.duplicate_of[bunch.train_index].any()
    assert sum(np.isnan(one[..., 0]).sum() for one in bunch.sequences) == 12


def test_what_comes_back_is_what_the_docstring_lists(folder, documented_keys):
    assert set(load_nw_ucla(folder)) == documented_keys(load_nw_ucla)
