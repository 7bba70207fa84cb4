"""The reader of MSR-Action3D."""

import numpy as np
import pytest

from skeletonlearn.datasets import load_msr_action3d
from skeletonlearn.skeletons import MSR_ACTION3D


def write_clip(folder, action=1, subject=1, repetition=1, *, frames=None, seed=0):
    """Write frames (n_frames, 20, 4), by default two random ones, as the distributed text files do."""
    frames = np.random.default_rng(seed).normal(size=(2, 20, 4)) if frames is None else np.asarray(frames)
    path = folder / f"a{action:02}_s{subject:02}_e{repetition:02}_skeleton3D.txt"
    path.write_text("".join(" ".join(f"{value:.6f}" for value in row) + "\n" for row in frames.reshape(-1, 4)))
    return path


@pytest.fixture
def folder(tmp_path):
    for seed, (action, subject) in enumerate((a, s) for a in (1, 2, 13) for s in (1, 2)):
        write_clip(tmp_path, action, subject, seed=seed)
    (tmp_path / "files_used.txt").write_text("a list of files, not a clip")
    return tmp_path


def test_a_folder_becomes_a_bunch_in_order_of_file_name(folder):
    bunch = load_msr_action3d(folder)
    assert bunch.name.tolist() == [f"a{a:02}_s{s:02}_e01" for a in (1, 2, 13) for s in (1, 2)]
    assert bunch.target.tolist() == [0, 0, 1, 1, 12, 12]
    assert bunch.target_names[12] == "bend"
    assert len(bunch.target_names) == 20
    assert bunch.subject.tolist() == [1, 2] * 3
    assert bunch.train_index.tolist() == [0, 2, 4]
    assert bunch.test_index.tolist() == [1, 3, 5]
    assert bunch.skeleton is MSR_ACTION3D


def test_coordinates_and_confidence_are_those_of_the_file(tmp_path):
    frames = np.random.default_rng(3).normal(size=(4, 20, 4)).round(6)
    write_clip(tmp_path, frames=frames)
    bunch = load_msr_action3d(tmp_path)
    assert bunch.sequences[0].dtype == bunch.confidence[0].dtype == np.float32
    np.testing.assert_array_equal(bunch.sequences[0], frames[..., :3].astype(np.float32))
    np.testing.assert_array_equal(bunch.confidence[0], frames[..., 3].astype(np.float32))


def test_an_action_set_keeps_its_actions_and_counts_classes_anew(folder):
    bunch = load_msr_action3d(folder, action_set="AS1", subset="test")
    assert bunch.name.tolist() == ["a02_s02_e01", "a13_s02_e01"]
    assert [bunch.target_names[target] for target in bunch.target] == ["horizontal arm wave", "bend"]
    assert len(bunch.target_names) == 8
    assert len(bunch.confidence) == 2


def test_an_action_set_without_a_file_is_an_error(folder):
    with pytest.raises(ValueError, match="No sample is left: got 6 files"):
        load_msr_action3d(folder, action_set="AS3")


def test_unseen_joints_and_frames_are_nan(tmp_path):
    frames = np.ones((3, 20, 4))
    frames[1] = 0.0
    frames[2, 5, :3] = 0.0
    write_clip(tmp_path, frames=frames)
    missing = np.isnan(load_msr_action3d(tmp_path).sequences[0]).all(axis=2)
    assert missing[1].all()
    assert missing[2].nonzero()[0].tolist() == [5]
    assert not missing[0].any()


def test_a_file_without_a_seen_joint_is_left_out(folder):
    write_clip(folder, action=5, frames=np.zeros((3, 20, 4)))
    bunch = load_msr_action3d(folder)
    assert len(bunch.sequences) == 6
    assert list(bunch.left_out) == ["a05_s01_e01"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty file, expected lines of x y z confidence"),
        ("1 2 3 4\n" * 30, "got 30 rows, expected 20 rows a frame"),
        ("1 2 3\n" * 20, "line 1: got 3 numbers, expected 4: x y z confidence"),
        ("1 2 3 1e39\n" * 20, "too large"),
        ("1 2 3 four\n" * 20, "no number"),
        ("1 2 3 inf\n" * 20, "infinite"),
    ],
)
def test_a_faulty_file_is_named_with_got_and_wanted(folder, text, message):
    (folder / "a04_s01_e01_skeleton3D.txt").write_text(text)
    with pytest.raises(ValueError, match="a04_s01_e01_skeleton3D") as error:
        load_msr_action3d(folder)
    assert message in str(error.value)
    with pytest.warns(UserWarning, match="left out 1 of . files: .*a04"):
        load_msr_action3d(folder, on_error="warn")
    assert list(load_msr_action3d(folder, on_error="skip").left_out) == ["a04_s01_e01_skeleton3D"]


@pytest.mark.parametrize("name", ["a21_s01_e01_skeleton3D.txt", "a1_s1_e1_skeleton3D.txt"])
def test_a_wrong_file_name_is_an_error(folder, name):
    (folder / name).write_text("0 0 1 1\n" * 20)
    with pytest.raises(ValueError, match="expected"):
        load_msr_action3d(folder)


def test_a_missing_folder_says_what_was_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"\*_skeleton3D.txt such as a01_s01_e01_skeleton3D.txt"):
        load_msr_action3d(tmp_path / "nowhere")


@pytest.mark.parametrize("wrong", [{"protocol": "xview"}, {"action_set": "AS4"}, {"subset": "dev"}, {"on_error": 1}])
def test_unknown_parameter_values_are_errors(folder, wrong):
    with pytest.raises(ValueError, match=rf"^{next(iter(wrong))}=.* must be one of"):
        load_msr_action3d(folder, **wrong)


def test_real_files_have_the_published_counts(real_data):
    bunch = load_msr_action3d(real_data("msr_action3d"))
    lengths = [len(one) for one in bunch.sequences]
    assert (len(bunch.sequences), len(bunch.train_index), len(bunch.test_index)) == (566, 291, 275)
    assert list(bunch.left_out) == ["a13_s09_e02"]
    assert (min(lengths), max(lengths)) == (13, 936)
    assert len(set(bunch.target)) == 20
    for action_set in ("AS1", "AS2", "AS3"):
        assert len(set(load_msr_action3d(real_data("msr_action3d"), action_set=action_set).target)) == 8


def test_what_comes_back_is_what_the_docstring_lists(folder, documented_keys):
    assert set(load_msr_action3d(folder)) == documented_keys(load_msr_action3d)
