"""The reader of SBU Kinect Interaction."""

import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import PredefinedSplit

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._sbu import FOLDS, load_sbu
from skeletonlearn.skeletons import SBU


def rows(frames):
    """Lines of a file from frames (n_frames, 30, 3)."""
    lines = (",".join([str(at), *map(repr, frame.ravel().tolist())]) for at, frame in enumerate(frames, start=1))
    return "\n".join(lines) + "\n"


def write_clip(folder, pair="s01s02", action=1, repetition=1, *, frames=None, text=None):
    if frames is None:
        frames = np.random.default_rng([action, repetition, *pair.encode()]).uniform(size=(2, 30, 3))
    place = folder / pair / f"{action:02}" / f"{repetition:03}"
    place.mkdir(parents=True)
    path = place / "skeleton_pos.txt"
    path.write_text(rows(frames) if text is None else text)
    return path


@pytest.fixture
def folder(tmp_path):
    """One pair of each fold."""
    for pair in ("s06s04", "s02s03", "s07s03", "s03s02", "s04s06"):
        write_clip(tmp_path, pair, action=3)
    write_clip(tmp_path, "s02s03", action=8, repetition=2)
    return tmp_path


def test_a_folder_becomes_a_bunch_in_order_of_path(folder):
    bunch = load_sbu(folder)
    assert bunch.name.tolist() == [
        *("s02s03_03_001", "s02s03_08_002", "s03s02_03_001", "s04s06_03_001", "s06s04_03_001", "s07s03_03_001"),
    ]
    assert bunch.subject.tolist() == [2, 2, 3, 4, 6, 7]
    assert bunch.partner.tolist() == [3, 3, 2, 6, 4, 3]
    assert bunch.repetition.tolist() == [1, 2, 1, 1, 1, 1]
    assert [bunch.target_names[target] for target in bunch.target[:2]] == ["kicking", "punching"]
    assert bunch.fold.tolist() == [1, 1, 3, 4, 0, 2]
    assert bunch.skeleton is SBU
    assert bunch.protocol == "5fold"
    assert "train_index" not in bunch


def test_coordinates_are_those_of_the_file_person_after_person(tmp_path):
    frames = np.random.default_rng(1).uniform(size=(4, 30, 3))
    write_clip(tmp_path, frames=frames)
    (sequence,) = load_sbu(tmp_path).sequences
    assert sequence.dtype == np.float32
    np.testing.assert_array_equal(sequence, np.float32(frames))


def test_original_units_follow_the_formula_of_the_data_set(tmp_path):
    frames = np.full((1, 30, 3), 0.5)
    frames[0, 29] = 0.25, 0.125, 2.0
    frames[0, 3] = 0.0
    write_clip(tmp_path, frames=frames)
    (sequence,) = load_sbu(tmp_path, normalised=False).sequences
    np.testing.assert_array_equal(sequence[0, 0], [0.0, 0.0, 640.0])
    np.testing.assert_array_equal(sequence[0, 29], [640.0, 720.0, 2560.0])
    assert np.isnan(sequence[0, 3]).all()


def test_only_a_joint_at_three_zeros_is_nan(tmp_path):
    frames = np.full((2, 30, 3), 0.5)
    frames[0, 4] = 0.0
    frames[1, 5, :2] = 0.0
    write_clip(tmp_path, frames=frames)
    missing = np.isnan(load_sbu(tmp_path).sequences[0])
    assert np.argwhere(missing.all(axis=2)).tolist() == [[0, 4]]
    assert missing.sum() == 3


def test_a_test_fold_makes_the_parts(folder):
    everything = load_sbu(folder, test_fold=1)
    assert everything.test_index.tolist() == [0, 1]
    assert everything.train_index.tolist() == [2, 3, 4, 5]
    assert everything.test_fold == 1
    assert load_sbu(folder, test_fold=1, subset="test").name.tolist() == ["s02s03_03_001", "s02s03_08_002"]
    assert set(load_sbu(folder, test_fold=1, subset="train").fold) == {0, 2, 3, 4}


def test_folds_split_with_scikit_learn(folder):
    bunch = load_sbu(folder)
    tests = [test.tolist() for _, test in PredefinedSplit(bunch.fold).split()]
    assert tests == [[4], [0, 1], [5], [2], [3]]


def test_the_folds_are_21_pairs_of_seven_subjects():
    pairs = [pair for fold in FOLDS for pair in fold]
    assert len(set(pairs)) == len(pairs) == 21
    assert {int(pair[at : at + 2]) for pair in pairs for at in (1, 4)} == set(range(1, 8))


def test_a_part_without_a_test_fold_is_refused(folder):
    with pytest.raises(ValueError, match=r"subset='train' must be 'all'.*give test_fold, from 0 to 4"):
        load_sbu(folder, subset="train")


def test_an_empty_part_is_an_error(tmp_path):
    write_clip(tmp_path, "s01s02")
    with pytest.raises(ValueError, match="subset='test' is empty"):
        load_sbu(tmp_path, test_fold=3, subset="test")


def test_archives_parents_and_workers_change_nothing(folder, tmp_path_factory, monkeypatch):
    archive = tmp_path_factory.mktemp("other") / "SBU.zip"
    with zipfile.ZipFile(archive, "w") as members:
        for path in folder.rglob("skeleton_pos.txt"):
            members.write(path, f"clean/SBU-Set/{path.relative_to(folder)}")
    plain = load_sbu(folder)
    monkeypatch.chdir(folder / "s02s03")  # where the path alone does not tell the pair
    for same, chosen in ((load_sbu(archive, n_jobs=2), range(6)), (load_sbu("."), (0, 1)), (load_sbu("08"), (1,))):
        assert same.name.tolist() == plain.name[list(chosen)].tolist()
        for one, other in zip(same.sequences, chosen, strict=True):
            np.testing.assert_array_equal(one, plain.sequences[other])


SOUND = ",".join(["1"] + ["0.5"] * 90)
FAULTS = {
    "empty": ("", "got an empty file", None),
    "blank lines": ("\n \n", "got an empty file", None),
    "cut short": (f"{SOUND}\n{SOUND[:200]}", "numbers, expected 91", 2),
    "wrong columns": (f"\n{SOUND},0.5", "got 92 numbers, expected 91", 2),
    "white space between": (SOUND.replace(",", " "), "got 1 numbers, expected 91", 1),
    "text": (SOUND.replace("0.5", "abc", 1), "no number", 1),
    "nothing between commas": (SOUND.replace("0.5", "", 1), "no number", 1),
    "infinity": (SOUND.replace("0.5", "inf", 1), "infinite or too large", 1),
    "too large": (SOUND.replace("0.5", "-1e39", 1), "infinite or too large", 1),
    "a frame again": (f"{SOUND}\n{SOUND}", "do not increase", None),
    "no frame number": ("nan" + SOUND[1:], "do not increase", None),
    "bytes": (b"\xff\xfe\x00", "utf-8", None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_named_with_got_and_wanted(folder, fault):
    text, message, line = FAULTS[fault]
    path = write_clip(folder, "s01s07", action=2)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SkeletonFileError, match="s01s07/02/001") as error:
        load_sbu(folder)
    assert message in error.value.reason
    assert error.value.line == line
    with pytest.warns(UserWarning, match="left out 1 of 7 files: .*s01s07/02/001"):
        load_sbu(folder, on_error="warn")
    skipped = load_sbu(folder, on_error="skip")
    assert len(skipped.sequences) == 6
    assert list(skipped.left_out) == ["s01s07_02_001"]


def test_a_number_that_overflows_in_the_original_units_is_a_fault(tmp_path):
    write_clip(tmp_path, text=SOUND.replace("0.5", "1e36", 1))
    assert np.isfinite(load_sbu(tmp_path).sequences[0]).all()
    with pytest.raises(SkeletonFileError, match="too large"):
        load_sbu(tmp_path, normalised=False)


def test_a_coordinate_that_is_nan_makes_its_joint_nan(tmp_path):
    write_clip(tmp_path, text=SOUND.replace("0.5", "nan", 1))
    assert np.isnan(load_sbu(tmp_path).sequences[0]).sum() == 3


def test_a_comma_at_the_end_of_a_line_and_windows_line_ends_are_read(tmp_path):
    write_clip(tmp_path, text=f"{SOUND},\r\n")
    assert load_sbu(tmp_path).sequences[0].shape == (1, 30, 3)


@pytest.mark.parametrize(
    ("pair", "action", "text"),
    [
        ("s01s04", 1, "got the pair s01s04, expected one of s01s02"),
        ("s01s08", 1, "got partner 8"),
        ("s01s02", 9, "got action 9"),
        ("noisy", 1, "expected sXXsYY/AA/RRR"),
    ],
)
def test_a_wrong_path_is_an_error(folder, pair, action, text):
    write_clip(folder, pair, action)
    with pytest.raises(SkeletonFileError, match=text):
        load_sbu(folder)


def test_a_file_outside_of_the_folders_is_an_error(tmp_path):
    (tmp_path / "skeleton_pos.txt").write_text(SOUND)
    with pytest.raises(SkeletonFileError, match="expected sXXsYY/AA/RRR"):
        load_sbu(tmp_path)


def test_a_missing_file_says_what_was_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"such as s01s02/01/001/skeleton_pos\.txt"):
        load_sbu(tmp_path)


@pytest.mark.parametrize(
    "wrong", [{"protocol": "xsub"}, {"test_fold": 5}, {"subset": "dev"}, {"normalised": "no"}, {"on_error": "ignore"}]
)
def test_unknown_parameter_values_are_errors(folder, wrong):
    with pytest.raises(ValueError, match=rf"^{next(iter(wrong))}=.* must be one of"):
        load_sbu(folder, **wrong)


@pytest.fixture(scope="module")
def one_clip(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("fuzz"))


CHANGES = st.tuples(
    st.integers(0, 3000),
    st.integers(0, 40),
    st.sampled_from(["", ",", "\n", "-", "e", "nan", "inf", "1e400", "1e39", "0", "é", "\0", "\ufeff", "1_0"])
    | st.text(max_size=3),
)


@given(st.lists(CHANGES, min_size=1, max_size=3), st.integers(1, 4000))
@settings(max_examples=250, deadline=None)
def test_changed_text_gives_a_sound_result_or_a_fault_and_nothing_else(one_clip, changes, length):
    text = rows(np.random.default_rng(0).uniform(size=(2, 30, 3)))
    for at, removed, new in changes:
        text = text[:at] + new + text[at + removed :]
    one_clip.write_text(text[:length], encoding="utf-8")
    try:
        (sequence,) = load_sbu(one_clip.parents[3]).sequences
    except SkeletonFileError:
        return
    assert sequence.shape[1:] == (30, 3)
    assert len(sequence) > 0
    assert not np.isinf(sequence).any()


def test_what_comes_back_is_what_the_docstring_lists(folder, documented_keys):
    assert set(load_sbu(folder, test_fold=1)) == documented_keys(load_sbu)
