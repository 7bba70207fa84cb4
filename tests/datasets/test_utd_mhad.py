"""The reader of UTD-MHAD."""

import gzip
import zipfile

import numpy as np
import pytest
from scipy.io import savemat

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._utd_mhad import ACTIONS, load_utd_mhad
from skeletonlearn.skeletons import UTD_MHAD


def write_clip(folder, action=1, subject=1, trial=1, *, positions=None, frames=3, name="d_skel", **options):
    """Write positions (20, 3, n_frames), by default random ones, as the distributed MATLAB files do."""
    if positions is None:
        positions = np.random.default_rng([action, subject, trial]).normal(size=(20, 3, frames))
    path = folder / f"a{action}_s{subject}_t{trial}_skeleton.mat"
    savemat(path, {name: positions}, **options)
    return path


@pytest.fixture
def folder(tmp_path):
    for action in (1, 2, 10):
        for subject in (1, 2):
            write_clip(tmp_path, action, subject)
    (tmp_path / "a1_s1_t1_inertial.mat").write_text("another kind of signal")
    return tmp_path


def test_a_folder_becomes_a_bunch_in_order_of_number(folder):
    bunch = load_utd_mhad(folder)
    assert bunch.name.tolist() == [f"a{a}_s{s}_t1" for a in (1, 2, 10) for s in (1, 2)]
    assert bunch.target.tolist() == [0, 0, 1, 1, 9, 9]
    assert bunch.subject.tolist() == [1, 2] * 3
    assert set(bunch.repetition) == {1}
    assert bunch.skeleton is UTD_MHAD
    assert bunch.left_out == {}
    assert "xsub" in bunch.DESCR


def test_the_27_actions_keep_their_numbers():
    assert len(set(ACTIONS)) == len(ACTIONS) == 27
    assert (ACTIONS[0], ACTIONS[6], ACTIONS[21], ACTIONS[26]) == (
        "right arm swipe to the left",
        "basketball shoot",
        "jogging in place",
        "squat (two arms stretch out)",
    )


@pytest.mark.parametrize("compressed", [False, True])
def test_coordinates_are_those_of_the_file(tmp_path, compressed):
    positions = np.random.default_rng(5).normal(size=(20, 3, 7))
    write_clip(tmp_path, positions=positions, do_compression=compressed)
    (sequence,) = load_utd_mhad(tmp_path).sequences
    assert sequence.shape == (7, 20, 3)
    assert sequence.dtype == np.float32
    assert sequence.flags.c_contiguous
    for frame, joint, axis in [(0, 0, 0), (6, 19, 2), (3, 7, 1)]:
        assert sequence[frame, joint, axis] == np.float32(positions[joint, axis, frame])


def test_a_single_frame_without_its_last_axis_is_read(tmp_path):
    write_clip(tmp_path, positions=np.ones((20, 3)))
    assert load_utd_mhad(tmp_path).sequences[0].shape == (1, 20, 3)


def test_odd_subjects_train(folder):
    everything, train, test = (load_utd_mhad(folder, subset=subset) for subset in ("all", "train", "test"))
    assert everything.train_index.tolist() == [0, 2, 4]
    assert everything.test_index.tolist() == [1, 3, 5]
    assert set(train.subject) == {1}
    assert test.name.tolist() == everything.name[everything.test_index].tolist()


def test_an_unseen_joint_is_nan(tmp_path):
    positions = np.ones((20, 3, 4))
    positions[5, :, 1] = 0.0
    positions[6, 2, 3] = np.nan
    positions[7, 0, 0] = 0.0
    write_clip(tmp_path, positions=positions)
    missing = np.isnan(load_utd_mhad(tmp_path).sequences[0])
    assert np.argwhere(missing.all(axis=2)).tolist() == [[1, 5], [3, 6]]
    assert missing.sum() == 6


def test_archives_subfolders_and_workers_change_nothing(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    with zipfile.ZipFile(other / "Skeleton.zip", "w") as archive:
        for path in folder.glob("*_skeleton.mat"):
            archive.write(path, f"Skeleton/{path.name}")
    (other / "nested" / "a1").mkdir(parents=True)
    for path in folder.glob("*_skeleton.mat"):
        (other / "nested" / "a1" / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    plain = load_utd_mhad(folder)
    for same in (load_utd_mhad(other / "Skeleton.zip"), load_utd_mhad(other / "nested", n_jobs=2)):
        assert same.name.tolist() == plain.name.tolist()
        for one, two in zip(same.sequences, plain.sequences, strict=True):
            np.testing.assert_array_equal(one, two)


FAULTS = {
    "empty": (lambda path: path.write_bytes(b""), "no header of a MATLAB 5 file"),
    "text": (lambda path: path.write_text("1 2 3\n" * 100), "no header of a MATLAB 5 file"),
    "cut short": (lambda path: path.write_bytes(path.read_bytes()[:700]), "expected no more than there are"),
    "HDF5": (lambda path: path.write_bytes(b"MATLAB 7.3 MAT-file".ljust(512) + b"\x89HDF\r\n"), "MATLAB 7.3"),
    "another variable": (lambda path: write_clip(path.parent, 5, name="d_iner"), "got variables ['d_iner'], expected"),
    "text in it": (lambda path: write_clip(path.parent, 5, positions="abc"), "no array of real numbers"),
    "25 joints": (lambda path: write_clip(path.parent, 5, positions=np.ones((25, 3, 2))), "shape (25, 3, 2), expected"),
    "2-D joints": (lambda path: write_clip(path.parent, 5, positions=np.ones((20, 2, 2))), "shape (20, 2, 2)"),
    "no frame": (lambda path: write_clip(path.parent, 5, positions=np.ones((20, 3, 0))), "expected (20, 3, n_frames)"),
    "four axes": (lambda path: write_clip(path.parent, 5, positions=np.ones((20, 3, 2, 2))), "shape (20, 3, 2, 2)"),
    "infinity": (lambda path: write_clip(path.parent, 5, positions=np.full((20, 3, 2), np.inf)), "infinite"),
    "too large": (lambda path: write_clip(path.parent, 5, positions=np.full((20, 3, 2), 1e200)), "too large"),
    "complex": (lambda path: write_clip(path.parent, 5, positions=np.ones((20, 3, 2)) * 1j), "no array of real"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_named_with_got_and_wanted(folder, fault):
    spoil, text = FAULTS[fault]
    spoil(write_clip(folder, 5))
    with pytest.raises(SkeletonFileError, match="a5_s1_t1_skeleton") as error:
        load_utd_mhad(folder)
    assert text in str(error.value)
    with pytest.warns(UserWarning, match=r"left out 1 of 7 files: .*a5_s1_t1"):
        load_utd_mhad(folder, on_error="warn")
    skipped = load_utd_mhad(folder, on_error="skip")
    assert len(skipped.sequences) == 6
    assert list(skipped.left_out) == ["a5_s1_t1_skeleton"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a28_s1_t1_skeleton.mat", "got action 28"),
        ("a1_s9_t1_skeleton.mat", "got subject 9"),
        ("a1_s1_t5_skeleton.mat", "got repetition 5"),
        ("clip_skeleton.mat", "expected aA_sS_tT_skeleton"),
    ],
)
def test_a_wrong_file_name_is_an_error(folder, name, text):
    (folder / name).write_bytes(b"")
    with pytest.raises(SkeletonFileError, match=text):
        load_utd_mhad(folder)


@pytest.mark.parametrize("wrong", [{"protocol": "xview"}, {"subset": "dev"}, {"on_error": "ignore"}])
def test_unknown_parameter_values_are_errors(folder, wrong):
    with pytest.raises(ValueError, match=rf"^{next(iter(wrong))}=.* must be one of"):
        load_utd_mhad(folder, **wrong)


def test_a_missing_folder_says_what_was_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"\*_skeleton.mat such as a1_s1_t1_skeleton.mat"):
        load_utd_mhad(tmp_path)


def test_what_comes_back_is_what_the_docstring_lists(folder, documented_keys):
    assert set(load_utd_mhad(folder)) == documented_keys(load_utd_mhad)
