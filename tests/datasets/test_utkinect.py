"""The reader of UTKinect-Action3D."""

import zipfile
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._utkinect import load_utkinect
from skeletonlearn.model_selection import LeaveOneSubjectOut
from skeletonlearn.skeletons import KINECT_V1

FRAMES = range(100, 160, 2)
LABELS = """\
s01_e01
walk: 100 110
sitDown: 112 120\x20
push: 140 150
pull: 130 140
s02_e02
clapHands:  150 158
walk: 104 106
carry: NaN NaN
"""


@cache
def row(frame, seed=None):
    """A line of a joints file; the same numbers for the same seed, which is the frame unless it is given."""
    values = np.random.default_rng(frame if seed is None else seed).normal(size=60).round(6)
    return f"{frame} " + "  ".join(map(str, values))


def values_of(seed):
    """The joints in `row` of a seed."""
    return np.random.default_rng(seed).normal(size=60).round(6).reshape(20, 3).astype(np.float32)


def write(folder, labels=LABELS, frames=FRAMES, joints="joints"):
    (folder / joints).mkdir(exist_ok=True)
    for name in ("s01_e01", "s02_e02"):
        (folder / joints / f"joints_{name}.txt").write_text("\n".join(map(row, frames)) + "\n")
    (folder / "actionLabel.txt").write_text(labels)
    (folder / "readme.txt").write_text("about the data")


@pytest.fixture
def folder(tmp_path):
    write(tmp_path)
    return tmp_path


def test_segments_become_samples_in_order_of_file_and_action(folder):
    bunch = load_utkinect(folder)
    assert bunch.name.tolist() == [
        *("s01_e01_walk", "s01_e01_sitDown", "s01_e01_push", "s01_e01_pull", "s02_e02_walk", "s02_e02_clapHands"),
    ]
    assert bunch.target.tolist() == [0, 1, 6, 7, 0, 9]
    assert bunch.target_names[1] == "sit down"
    assert len(bunch.target_names) == 10
    assert bunch.subject.tolist() == [1] * 4 + [2] * 2
    assert bunch.repetition.tolist() == [1] * 4 + [2] * 2
    assert bunch.skeleton is KINECT_V1
    assert bunch.protocol == "loso"
    assert "train_index" not in bunch


def test_both_bounds_belong_to_a_segment(folder):
    bunch = load_utkinect(folder)
    walk = bunch.sequences[0]
    assert walk.dtype == np.float32
    np.testing.assert_array_equal(walk, [values_of(frame) for frame in range(100, 111, 2)])
    assert [len(one) for one in bunch.sequences] == [6, 5, 6, 6, 2, 5]


def test_bounds_between_frames_are_read(tmp_path):
    write(tmp_path, "s01_e01\nwalk: 101 105\ns02_e02\nwalk: 103 103\nthrow: 104 105\n")
    with pytest.raises(SkeletonFileError, match=r"line 4: got walk: 103 103 in s02_e02, expected at least one frame"):
        load_utkinect(tmp_path)
    bunch = load_utkinect(tmp_path, on_error="skip")
    assert [len(one) for one in bunch.sequences] == [2, 1]


def test_of_rows_that_repeat_a_frame_the_first_is_kept(folder):
    rows = [row(100), row(102, seed=1), row(102, seed=2), row(104)]
    rows += [row(frame) for frame in range(106, 160, 2)]
    (folder / "joints" / "joints_s01_e01.txt").write_text("\n".join(rows))
    walk = load_utkinect(folder).sequences[0]
    assert len(walk) == 6
    np.testing.assert_array_equal(walk[1], values_of(1))


def test_a_segment_nan_nan_is_absent_and_no_fault(folder):
    bunch = load_utkinect(folder, on_error="raise")
    assert list(bunch.left_out) == ["s02_e02_carry"]
    assert bunch.left_out["s02_e02_carry"].endswith("line 9: does not exist (carry: NaN NaN)")
    load_utkinect(folder, on_error="warn")  # a warning would be an error here


def test_unseen_joints_are_nan(folder):
    rows = [f"{frame} " + "1 2 3 " * 4 + "0 0 0 " + "1 2 3 " * 14 + "0 nan 3" for frame in FRAMES]
    (folder / "joints" / "joints_s01_e01.txt").write_text("\n".join(rows))
    missing = np.isnan(load_utkinect(folder).sequences[0])
    assert missing[0].all(axis=1).nonzero()[0].tolist() == [4, 19]
    assert missing.sum() == 6 * 6


def test_files_beside_in_archives_and_by_workers_are_the_same(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    write(other, joints=".")
    with zipfile.ZipFile(other / "joints.zip", "w") as archive:
        for path in (folder / "joints").iterdir():
            archive.write(path, f"joints/{path.name}")
    plain = load_utkinect(folder)
    for source, n_jobs in ((other, None), ([other / "joints.zip", folder / "actionLabel.txt"], 2)):
        same = load_utkinect(source, n_jobs=n_jobs)
        assert same.name.tolist() == plain.name.tolist()
        for one, two in zip(same.sequences, plain.sequences, strict=True):
            np.testing.assert_array_equal(one, two)


def test_subjects_split_by_leave_one_subject_out(folder):
    bunch = load_utkinect(folder)
    splits = LeaveOneSubjectOut().split(bunch.sequences, groups=bunch.subject)
    assert [test.tolist() for _, test in splits] == [[0, 1, 2, 3], [4, 5]]


@pytest.mark.parametrize("subset", ["train", "test"])
def test_a_part_is_refused_with_what_to_do_instead(folder, subset):
    with pytest.raises(ValueError, match=f"subset='{subset}' must be 'all'.*split with LeaveOneSubjectOut"):
        load_utkinect(folder, subset=subset)


INCONSISTENT = {
    "the last before the first": ("push: 150 140", "expected it to end after it begins"),
    "the first mistyped": ("push: 102 150", "expected that it does not hold another one whole (sitDown: 112 120)"),
    "a bound before the file": ("push: 40 150", "expected it within frames 100 to 158 of its file"),
    "a bound after the file": ("push: 140 1500", "expected it within frames 100 to 158 of its file"),
    "one NaN": ("push: NaN 150", "got push: NaN 150 in s01_e01, expected two frame numbers, or NaN NaN"),
}


@pytest.mark.parametrize("fault", INCONSISTENT)
def test_an_inconsistent_segment_is_named_and_the_others_of_its_file_are_read(tmp_path, fault):
    line, text = INCONSISTENT[fault]
    write(tmp_path, LABELS.replace("push: 140 150", line))
    with pytest.raises(SkeletonFileError, match=r"actionLabel\.txt, line 4: got push") as error:
        load_utkinect(tmp_path)
    assert text in str(error.value)
    with pytest.warns(UserWarning, match=r"left out 1 of 6 .*line 4: got push"):
        load_utkinect(tmp_path, on_error="warn")
    skipped = load_utkinect(tmp_path, on_error="skip")
    assert list(skipped.left_out) == ["s01_e01_push", "s02_e02_carry"]
    assert skipped.name.tolist()[:3] == ["s01_e01_walk", "s01_e01_sitDown", "s01_e01_pull"]
    assert len(skipped.sequences) == 5


BAD_LABELS = {
    "empty": ("", "got an empty file", None),
    "no name of a recording": ("walk: 1 2\n" + LABELS, "got 'walk: 1 2', expected a new line sSS_eEE", 1),
    "another action": (LABELS.replace("sitDown", "jump"), "got 'jump: 112 120', expected", 3),
    "cut short": (LABELS[:30], "got 'sitDown:', expected", 3),
    "words for numbers": (LABELS.replace("140 150", "from to"), "got 'push: from to'", 4),
    "a number below zero": (LABELS.replace("140 150", "-140 150"), "got 'push: -140 150'", 4),
    "no colon": (LABELS.replace("push:", "push"), "got 'push 140 150'", 4),
    "an action again": (LABELS.replace("pull", "push"), "got push again", 5),
    "a recording again": (LABELS + "s01_e01\n", "got 's01_e01', expected a new line", 10),
    "a recording that is not there": (LABELS.replace("s02_e02", "s11_e01"), "got 's11_e01'", 6),
    "bytes": (b"\xff\xfe\x00", "utf-8", None),
}


@pytest.mark.parametrize("on_error", ["raise", "skip"])
@pytest.mark.parametrize("fault", BAD_LABELS)
def test_a_label_file_that_cannot_be_read_is_always_an_error(folder, fault, on_error):
    text, message, line = BAD_LABELS[fault]
    (folder / "actionLabel.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SkeletonFileError, match=r"actionLabel\.txt") as error:
        load_utkinect(folder, on_error=on_error)
    assert message in error.value.reason
    assert error.value.line == line


SOUND = "\n".join(map(row, FRAMES))
FAULTS = {
    "empty": ("", "got an empty file", None),
    "cut short": (SOUND[:1500], "numbers, expected 61: frame number, then x, y, z of 20 joints", 3),
    "wrong columns": (SOUND.replace("\n102 ", "\n102 7 "), "got 62 numbers, expected 61", 2),
    "text": (SOUND.replace("\n102 ", "\nframe "), "no number", 2),
    "infinity": (SOUND.replace("\n102 ", "\ninf "), "infinite or too large", 2),
    "too large": ("100 " + "1e39 " * 60, "infinite or too large", 1),
    "no frame number": (SOUND.replace("\n102 ", "\nnan "), "not whole or are below 0", None),
    "half a frame": (SOUND.replace("\n102 ", "\n102.5 "), "not whole or are below 0", None),
    "a frame below 0": (SOUND.replace("\n102 ", "\n-102 "), "not whole or are below 0", None),
    "bytes": (b"\xff\xfe\x00", "utf-8", None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_named_with_got_and_wanted(folder, fault):
    text, message, line = FAULTS[fault]
    path = folder / "joints" / "joints_s01_e01.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SkeletonFileError, match="joints_s01_e01") as error:
        load_utkinect(folder)
    assert message in error.value.reason
    assert error.value.line == line
    with pytest.warns(UserWarning, match="left out 1 of 3 .*joints_s01_e01"):
        load_utkinect(folder, on_error="warn")
    skipped = load_utkinect(folder, on_error="skip")
    assert len(skipped.sequences) == 2
    assert list(skipped.left_out) == ["joints_s01_e01", "s02_e02_carry"]


def test_a_recording_without_its_file_is_a_fault(folder):
    (folder / "joints" / "joints_s02_e02.txt").unlink()
    with pytest.raises(SkeletonFileError, match=r"actionLabel\.txt, line 6: got no file joints_s02_e02\.txt"):
        load_utkinect(folder)
    skipped = load_utkinect(folder, on_error="skip")
    assert len(skipped.sequences) == 4
    assert "joints_s02_e02" in skipped.left_out


def test_a_file_without_labels_is_a_fault(folder):
    (folder / "joints" / "joints_s03_e01.txt").write_text(SOUND)
    with pytest.raises(SkeletonFileError, match=r"joints_s03_e01\.txt: got no line s03_e01 in actionLabel\.txt"):
        load_utkinect(folder)
    assert "joints_s03_e01" in load_utkinect(folder, on_error="skip").left_out


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("joints_s1_e1.txt", "expected joints_sSS_eEE"),
        ("joints_s11_e01.txt", "got subject 11"),
        ("joints_s01_e03.txt", "got repetition 3"),
    ],
)
def test_a_wrong_file_name_is_an_error(folder, name, text):
    (folder / name).write_text(SOUND)
    with pytest.raises(SkeletonFileError, match=text):
        load_utkinect(folder)


def test_missing_kinds_of_file_say_what_was_looked_for(folder):
    with pytest.raises(FileNotFoundError, match=r"has 0 files actionLabel\.txt; expected one, beside"):
        load_utkinect(folder / "joints")
    with pytest.raises(FileNotFoundError, match=r"has no file joints_\*\.txt"):
        load_utkinect(folder / "actionLabel.txt")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        load_utkinect(folder / "nowhere")


def test_a_label_file_that_cannot_be_unpacked_is_an_error(folder):
    (folder / "actionLabel.txt").rename(folder / "actionLabel.txt.gz")
    assert len(load_utkinect(folder).sequences) == 6  # not packed after all
    (folder / "actionLabel.txt.gz").write_bytes(b"\x1f\x8b packed by another hand")
    with pytest.raises(SkeletonFileError, match=r"actionLabel\.txt\.gz: got an unreadable file"):
        load_utkinect(folder, on_error="skip")


def test_two_label_files_are_an_error(folder):
    (folder / "joints" / "actionLabel.txt").write_text(LABELS)
    with pytest.raises(ValueError, match=r"has 2 files actionLabel\.txt"):
        load_utkinect(folder)


def test_labels_of_which_none_is_sound_are_an_error(tmp_path):
    write(tmp_path, "s01_e01\nwalk: 9 1\ns02_e02\nwalk: NaN NaN")
    with pytest.raises(ValueError, match=r"expected at least one; the last fault: .*got walk: 9 1"):
        load_utkinect(tmp_path, on_error="skip")


@pytest.mark.parametrize("wrong", [{"protocol": "xsub"}, {"subset": "dev"}, {"on_error": "ignore"}])
def test_unknown_parameter_values_are_errors(folder, wrong):
    with pytest.raises(ValueError, match=rf"^{next(iter(wrong))}=.* must be one of"):
        load_utkinect(folder, **wrong)


@pytest.fixture(scope="module")
def one_recording(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    write(folder)
    return folder


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 1200),
        st.integers(0, 40),
        st.sampled_from(["", " ", "\n", ":", "-", "nan", "NaN", "inf", "1e400", "1e39", "0", "é", "\0", "\ufeff"])
        | st.text(max_size=3),
    ),
    min_size=1,
    max_size=3,
)


@given(st.booleans(), CHANGES, st.integers(1, 2500))
@settings(max_examples=250, deadline=None)
def test_changed_text_gives_a_sound_result_or_a_fault_and_nothing_else(one_recording, in_labels, changes, length):
    text = LABELS if in_labels else "\n".join(map(row, FRAMES[:4]))
    for at, removed, new in changes:
        at %= len(text) + 1
        text = text[:at] + new + text[at + removed :]
    frames, labels = (FRAMES, "") if in_labels else (FRAMES[:4], "s01_e01\nwalk: 100 106\ns02_e02\nwalk: 100 104")
    write(one_recording, labels, frames)
    changed = one_recording / ("actionLabel.txt" if in_labels else "joints/joints_s01_e01.txt")
    changed.write_text(text[:length], encoding="utf-8")
    try:
        bunch = load_utkinect(one_recording)
    except SkeletonFileError:
        return
    assert all(one.shape[1:] == (20, 3) and len(one) and not np.isinf(one).any() for one in bunch.sequences)


def test_what_comes_back_is_what_the_docstring_lists(folder, documented_keys):
    assert set(load_utkinect(folder)) == documented_keys(load_utkinect)
