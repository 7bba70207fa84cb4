"""The reader of Florence 3D Actions."""

import zipfile

import numpy as np
import pytest
from scipy.io import savemat

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._florence3d import load_florence3d
from skeletonlearn.model_selection import LeaveOneSubjectOut
from skeletonlearn.skeletons import FLORENCE3D


def clip(action=1, subject=1, *, frames=3, seed=0, **changes):
    positions = np.random.default_rng(seed).normal(size=(3, 15, frames))
    return {"original_skeletal_data": positions, "action": float(action), "subject": float(subject)} | changes


def write(folder, clips, kind="cells", **options):
    if kind == "cells":
        array = np.empty((1, len(clips)), dtype=object)
        for at, one in enumerate(clips):
            array[0, at] = one
    else:
        array = np.empty((1, len(clips)), dtype=[(field, object) for field in clips[0]])
        for at, one in enumerate(clips):
            array[0, at] = tuple(one.values())
    path = folder / "skeletal_data.mat"
    savemat(path, {"n_sequences": 215.0, "skeletal_data": array}, **options)
    return path


@pytest.mark.parametrize("kind", ["cells", "structs"])
@pytest.mark.parametrize("compressed", [False, True])
def test_entries_become_samples_in_order(tmp_path, kind, compressed):
    clips = [clip(9, 10, frames=4, seed=1), clip(1, 1, frames=2, seed=2), clip(5, 3, seed=3)]
    write(tmp_path, clips, kind, do_compression=compressed)
    bunch = load_florence3d(tmp_path)
    assert [one.shape for one in bunch.sequences] == [(4, 15, 3), (2, 15, 3), (3, 15, 3)]
    assert all(one.dtype == np.float32 and one.flags.c_contiguous for one in bunch.sequences)
    assert bunch.target.tolist() == [8, 0, 4]
    assert [bunch.target_names[target] for target in bunch.target] == ["bow", "wave", "tight lace"]
    assert bunch.subject.tolist() == [10, 1, 3]
    assert bunch.name.tolist() == ["sequence_001", "sequence_002", "sequence_003"]
    assert bunch.skeleton is FLORENCE3D
    assert bunch.protocol == "loso"
    assert "train_index" not in bunch


def test_y_and_z_change_places_so_that_y_is_up(tmp_path):
    positions = np.zeros((3, 15, 2))
    positions[0], positions[1], positions[2] = 0.3, 2.5, 1.7  # x, distance and height, as the file has them
    positions[:, 14, 1] = -0.1, 2.4, -0.8
    write(tmp_path, [clip(original_skeletal_data=positions)])
    (sequence,) = load_florence3d(tmp_path).sequences
    np.testing.assert_array_equal(sequence[0, 0], np.float32([0.3, 1.7, 2.5]))
    np.testing.assert_array_equal(sequence[1, 14], np.float32([-0.1, -0.8, 2.4]))


def test_an_unseen_joint_is_nan(tmp_path):
    positions = np.ones((3, 15, 2))
    positions[:, 6, 1] = 0.0
    write(tmp_path, [clip(original_skeletal_data=positions)])
    missing = np.isnan(load_florence3d(tmp_path).sequences[0])
    assert np.argwhere(missing.all(axis=2)).tolist() == [[1, 6]]
    assert missing.sum() == 3


def test_a_single_frame_without_its_last_axis_is_read(tmp_path):
    write(tmp_path, [clip(original_skeletal_data=np.ones((3, 15)))])
    assert load_florence3d(tmp_path).sequences[0].shape == (1, 15, 3)


def test_the_file_itself_and_an_archive_of_it_are_read(tmp_path):
    path = write(tmp_path, [clip()])
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        archive.write(path, "Florence3D/skeletal_data.mat")
    for source in (path, tmp_path / "data.zip"):
        np.testing.assert_array_equal(load_florence3d(source).sequences, load_florence3d(tmp_path).sequences)


def test_subjects_split_by_leave_one_subject_out(tmp_path):
    write(tmp_path, [clip(1, 1), clip(2, 1), clip(1, 2)])
    bunch = load_florence3d(tmp_path)
    splits = LeaveOneSubjectOut().split(bunch.sequences, groups=bunch.subject)
    assert [test.tolist() for _, test in splits] == [[0, 1], [2]]


@pytest.mark.parametrize("subset", ["train", "test"])
def test_a_part_is_refused_with_what_to_do_instead(tmp_path, subset):
    write(tmp_path, [clip()])
    with pytest.raises(ValueError, match=f"subset='{subset}' must be 'all'.*split with LeaveOneSubjectOut"):
        load_florence3d(tmp_path, subset=subset)


FAULTS = {
    "another action": (clip(action=10), "got action 10, expected a whole number from 1 to 9"),
    "half an action": (clip(action=1.5), "got action 1.5"),
    "no number for an action": (clip(action=np.nan), "got action nan"),
    "text for an action": ({**clip(), "action": "wave"}, "got action with 0 numbers"),
    "two actions": ({**clip(), "action": np.ones(2)}, "got action with 2 numbers"),
    "another subject": (clip(subject=11), "got subject 11, expected a whole number from 1 to 10"),
    "20 joints": (clip(original_skeletal_data=np.ones((3, 20, 2))), "shape (3, 20, 2), expected (3, 15, n_frames)"),
    "no frame": (clip(original_skeletal_data=np.ones((3, 15, 0))), "expected (3, 15, n_frames)"),
    "text for positions": (clip(original_skeletal_data="text"), "no array of real numbers"),
    "infinity": (clip(original_skeletal_data=np.full((3, 15, 2), np.inf)), "infinite or too large"),
    "too large": (clip(original_skeletal_data=np.full((3, 15, 2), 1e60)), "infinite or too large"),
    "a number": (np.ones(3), "got fields []"),
    "no subject": ({"original_skeletal_data": np.ones((3, 15, 2)), "action": 1.0}, "got fields ['action', 'original"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_entry_is_named_by_its_number_and_the_others_are_read(tmp_path, fault):
    entry, text = FAULTS[fault]
    write(tmp_path, [clip(1, 1), entry, clip(2, 1)])
    with pytest.raises(SkeletonFileError, match=r"skeletal_data\.mat: entry 2: got") as error:
        load_florence3d(tmp_path)
    assert text in str(error.value)
    with pytest.warns(UserWarning, match=r"left out 1 of 3 .*entry 2: got"):
        load_florence3d(tmp_path, on_error="warn")
    skipped = load_florence3d(tmp_path, on_error="skip")
    assert skipped.name.tolist() == ["sequence_001", "sequence_003"]
    assert list(skipped.left_out) == ["sequence_002"]


WHOLE = {
    "empty": (lambda path: path.write_bytes(b""), "no header of a MATLAB 5 file"),
    "cut short": (lambda path: path.write_bytes(path.read_bytes()[:600]), "expected no more than there are"),
    "HDF5": (lambda path: path.write_bytes(b"MATLAB 7.3 MAT-file".ljust(512) + b"\x89HDF\r\n"), "MATLAB 7.3"),
    "another variable": (lambda path: savemat(path, {"body_model": 1.0}), "got variables ['body_model']"),
    "an array": (lambda path: savemat(path, {"skeletal_data": np.ones(3)}), "got something else in skeletal_data"),
    "no entry": (lambda path: savemat(path, {"skeletal_data": np.empty((0, 0), dtype=object)}), "got an empty one"),
}


@pytest.mark.parametrize("fault", WHOLE)
def test_a_faulty_file_is_named_with_got_and_wanted(tmp_path, fault):
    spoil, text = WHOLE[fault]
    spoil(write(tmp_path, [clip()]))
    with pytest.raises(SkeletonFileError, match=r"skeletal_data\.mat: got") as error:
        load_florence3d(tmp_path)
    assert text in str(error.value)
    with pytest.raises(ValueError, match="None of 1 files could be read"):
        load_florence3d(tmp_path, on_error="skip")


def test_a_file_without_a_sound_entry_is_an_error(tmp_path):
    write(tmp_path, [clip(action=10)])
    with pytest.raises(ValueError, match=r"expected at least one; the last fault: .*got action 10"):
        load_florence3d(tmp_path, on_error="skip")


def test_two_files_are_an_error(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, [clip()])
    with pytest.raises(ValueError, match=r"has 2 files skeletal_data\.mat, expected one"):
        load_florence3d([tmp_path / "one", tmp_path / "two"])


def test_a_missing_file_says_what_was_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"has no file skeletal_data\.mat"):
        load_florence3d(tmp_path)


@pytest.mark.parametrize("wrong", [{"protocol": "xsub"}, {"subset": "dev"}, {"on_error": "ignore"}])
def test_unknown_parameter_values_are_errors(tmp_path, wrong):
    write(tmp_path, [clip()])
    with pytest.raises(ValueError, match=rf"^{next(iter(wrong))}=.* must be one of"):
        load_florence3d(tmp_path, **wrong)


def test_what_comes_back_is_what_the_docstring_lists(tmp_path, documented_keys):
    write(tmp_path, [clip()])
    assert set(load_florence3d(tmp_path)) == documented_keys(load_florence3d)
