"""The reader of PKU-MMD."""

import zipfile

import numpy as np
import pytest
from joblib import parallel_config

from skeletonlearn.datasets import SkeletonFileError, load_pku_mmd
from skeletonlearn.datasets._pku_mmd import ACTIONS
from skeletonlearn.model_selection import CrossView
from skeletonlearn.skeletons import NTU_RGBD

LABELS = {
    "0002-L": "34,10,20,2\n1,30,45,1\n",
    "0002-M": "34,11,21,2\n1,31,46,1\n",
    "0002-R": "51, 0, 50, 2\n",
    "0010-L": "16,5,15,2\n\n",
}


def recording(name, n_frames=50):
    """Joint k of person p in frame f at (f, k + 100 p, recording); the second person is there in hugs only."""
    number = int(name[:4])
    rows = np.zeros((n_frames, 2, 25, 3))
    for person in range(2 if LABELS[name].startswith("16") else 1):
        rows[:, person, :, 0] = 1 + np.arange(n_frames)[:, None]
        rows[:, person, :, 1] = np.arange(25) + 100 * person
        rows[:, person, :, 2] = number
    return "\n".join(" ".join(f"{value:g}" for value in row) for row in rows.reshape(n_frames, 150))


@pytest.fixture
def folder(tmp_path):
    """Two recordings, of which one has all three views."""
    for kind in ("Data/PKU_Skeleton_Renew", "Label/Train_Label_PKU_final", "Split"):
        (tmp_path / kind).mkdir(parents=True)
    for name, labels in LABELS.items():
        (tmp_path / "Data" / "PKU_Skeleton_Renew" / f"{name}.txt").write_text(recording(name))
        (tmp_path / "Label" / "Train_Label_PKU_final" / f"{name}.txt").write_text(labels)
    split = "Training videos: \n0002-L, 0002-M, 0002-R, \nValidataion videos: \n0010-L, 0010-M\n"
    (tmp_path / "Split" / "cross-subject.txt").write_text(split)
    (tmp_path / "Split" / "cross-view.txt").write_text(split)
    return tmp_path


def skeleton_file(folder, name="0002-M"):
    return folder / "Data" / "PKU_Skeleton_Renew" / f"{name}.txt"


def label_file(folder, name="0002-M"):
    return folder / "Label" / "Train_Label_PKU_final" / f"{name}.txt"


def test_each_segment_is_a_sample(folder):
    bunch = load_pku_mmd(folder)
    assert bunch.name.tolist() == ["0002-L#0", "0002-L#1", "0002-M#0", "0002-M#1", "0002-R#0", "0010-L#0"]
    assert [len(sequence) for sequence in bunch.sequences] == [10, 15, 10, 15, 50, 10]
    assert [bunch.target_names[at] for at in bunch.target] == [
        *("standing up", "bow", "standing up", "bow", "writing", "hugging other person")
    ]
    assert (bunch.recording[1], bunch.start[1], bunch.end[1], bunch.camera[1]) == ("0002-L", 30, 45, "L")
    assert bunch.label_confidence.tolist() == [2, 1, 2, 1, 2, 2]
    assert bunch.skeleton is NTU_RGBD
    np.testing.assert_array_equal(bunch.sequences[1][:, 3], [[1 + frame, 3, 2] for frame in range(30, 45)])


def test_second_person_is_missing_where_there_is_none(folder):
    bunch = load_pku_mmd(folder)
    assert {sequence.shape[1:] for sequence in bunch.sequences} == {(50, 3)}
    assert all(np.isnan(sequence[:, 25:]).all() for sequence in bunch.sequences[:5])
    np.testing.assert_array_equal(bunch.sequences[5][0, 25:, 1], 100 + np.arange(25))
    alone = load_pku_mmd(folder, n_persons=1)
    for one, both in zip(alone.sequences, bunch.sequences, strict=True):
        np.testing.assert_array_equal(one, both[:, :25])


def test_whole_recordings_keep_their_segments(folder):
    bunch = load_pku_mmd(folder, untrimmed=True)
    assert bunch.name.tolist() == ["0002-L", "0002-M", "0002-R", "0010-L"]
    assert [len(sequence) for sequence in bunch.sequences] == [50] * 4
    assert bunch.segments["recording"].tolist() == [0, 0, 1, 1, 2, 3]
    assert bunch.segments["start"].tolist() == [10, 30, 11, 31, 0, 5]
    assert bunch.segments["label"].tolist()[:2] == ["standing up", "bow"]
    assert "target" not in bunch


def test_whole_recordings_need_no_labels(folder):
    label_file(folder).unlink()
    assert load_pku_mmd(folder, untrimmed=True).segments["recording"].tolist() == [0, 0, 2, 3]


@pytest.mark.parametrize("untrimmed", [False, True])
def test_cross_view_trains_on_middle_and_right_and_tests_on_left(folder, untrimmed):
    bunch = load_pku_mmd(folder, untrimmed=untrimmed)
    assert set(bunch.camera[bunch.train_index]) == {"M", "R"}
    assert set(bunch.camera[bunch.test_index]) == {"L"}
    train = load_pku_mmd(folder, subset="train", untrimmed=untrimmed)
    assert train.name.tolist() == bunch.name[bunch.train_index].tolist()
    split = CrossView(test_views=("L",)).split(bunch.name, groups=bunch.camera)
    assert [part.tolist() for part in next(iter(split))] == [bunch.train_index.tolist(), bunch.test_index.tolist()]


def test_cross_subject_goes_by_the_list_of_the_data_set(folder, tmp_path):
    assert load_pku_mmd(folder, protocol="xsub", subset="test").recording.tolist() == ["0010-L"]
    split = (folder / "Split" / "cross-subject.txt").rename(tmp_path / "mine.lst")
    with pytest.raises(ValueError, match=r"needs the list cross-subject.txt of the data set: got 0 such files"):
        load_pku_mmd(folder, protocol="xsub")
    bunch = load_pku_mmd(folder, protocol="xsub", split=split)
    assert bunch.recording[bunch.test_index].tolist() == ["0010-L"]


def test_part_without_recordings_is_an_error(folder):
    for view in "MR":
        skeleton_file(folder, f"0002-{view}").unlink()
    with pytest.raises(ValueError, match="subset='train' is empty: got no recording"):
        load_pku_mmd(folder, subset="train")


def test_archives_workers_and_the_cache_give_what_files_give(folder, tmp_path):
    paths = [tmp_path / "Skeleton.zip", tmp_path / "Label.zip"]
    for path, kind in zip(paths, ("Data", "Label"), strict=True):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted((folder / kind).rglob("*.txt")):
                archive.write(file, file.relative_to(folder / kind))
    expected = load_pku_mmd(folder)
    with parallel_config(backend="threading", n_jobs=2):
        parallel = load_pku_mmd(folder)
    for other in (parallel, load_pku_mmd(paths), *(load_pku_mmd(folder, cache=tmp_path / "c") for _ in range(2))):
        for key in ("name", "target", "start", "end", "camera", "label_confidence"):
            np.testing.assert_array_equal(other[key], expected[key])
        for ours, theirs in zip(other.sequences, expected.sequences, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_cache_knows_other_labels(folder, tmp_path):
    load_pku_mmd(folder, cache=tmp_path / "cache")
    label_file(folder).write_text("7,0,9,1\n")
    changed = load_pku_mmd(folder, cache=tmp_path / "cache")
    assert changed.target[changed.recording == "0002-M"].tolist() == [6]


FAULTS = {
    "a class that does not exist": ("52,1,5,1", "line 1: got '52,1,5,1', expected class, start, end"),
    "a class of a word": ("wave,1,5,1", "line 1: got 'wave,1,5,1', expected class, start, end and confidence"),
    "three numbers": ("3,1,5", "line 1: got '3,1,5', expected class, start, end and confidence"),
    "half a frame": ("3,1.5,5,1", "line 1: got '3,1.5,5,1', expected"),
    "not a number": ("1,2,9,1\n3,nan,5,1", "line 2: got '3,nan,5,1', expected"),
    "bytes that are no text": (b"1,2,3,4,\xff\xff", "got bytes that are no text"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_label_file_leaves_its_recording_out(folder, fault):
    content, reason = FAULTS[fault]
    label_file(folder).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SkeletonFileError) as error:
        load_pku_mmd(folder)
    assert error.value.path == str(label_file(folder))
    assert reason in str(error.value)
    bunch = load_pku_mmd(folder, on_error="skip")
    assert list(bunch.left_out) == ["0002-M"]
    assert set(bunch.recording) == {"0002-L", "0002-R", "0010-L"}


@pytest.mark.parametrize("segment", ["3,40,51,1", "3,9,9,1", "3,-1,9,1"])
def test_segment_outside_of_its_recording_is_left_out_alone(folder, segment):
    label_file(folder).write_text(f"1,2,9,1\n{segment}\n")
    with pytest.raises(SkeletonFileError, match="expected it within the 50 frames of the recording"):
        load_pku_mmd(folder)
    with pytest.warns(UserWarning, match="left out 1 of"):
        bunch = load_pku_mmd(folder, on_error="warn")
    assert list(bunch.left_out) == ["0002-M#1"]
    assert "0002-M#0" in bunch.name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "got an empty file"),
        (recording("0002-M")[:-200], "line 50: got 56 numbers, expected 150"),
        (recording("0002-M").replace("49 3 2", "49 x 2"), "line 49: got text that is no number"),
        ("\n".join([" ".join(["0"] * 150)] * 50), "got nobody in 50 frames"),
    ],
)
def test_faulty_recording_is_named_and_left_out(folder, text, reason):
    skeleton_file(folder).write_text(text)
    with pytest.raises(SkeletonFileError) as error:
        load_pku_mmd(folder)
    assert error.value.path == str(skeleton_file(folder))
    assert reason in str(error.value)
    assert list(load_pku_mmd(folder, on_error="skip").left_out) == ["0002-M"]


def test_recording_without_labels_is_a_fault(folder):
    label_file(folder).unlink()
    with pytest.raises(SkeletonFileError, match=r"got no file of labels 0002-M.txt in another folder"):
        load_pku_mmd(folder)


def test_label_files_without_a_recording_are_not_used(folder):
    skeleton_file(folder).unlink()
    assert "0002-M" not in load_pku_mmd(folder).recording


@pytest.mark.parametrize("kind", ["skeleton", "label"])
def test_name_that_occurs_twice_is_an_error(folder, kind):
    path = skeleton_file(folder) if kind == "skeleton" else label_file(folder)
    (folder / "more").mkdir()
    (folder / "more" / path.name).write_bytes(path.read_bytes())
    with pytest.raises(ValueError, match="Two files are named '0002-M'"):
        load_pku_mmd(folder)


def test_folder_of_labels_alone_is_an_error(folder):
    with pytest.raises(FileNotFoundError, match="has no recording of PKU-MMD"):
        load_pku_mmd(folder / "Label")


def test_list_without_training_videos_is_an_error(folder):
    (folder / "Split" / "cross-subject.txt").write_text("0002-L, 0002-M")
    with pytest.raises(SkeletonFileError, match="got no list of training videos"):
        load_pku_mmd(folder, protocol="xsub")


@pytest.mark.parametrize("wrong", [{"protocol": "xset"}, {"subset": "val"}, {"n_persons": 3}, {"untrimmed": "no"}])
def test_unknown_parameter_values_are_errors(folder, wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}=.* must be"):
        load_pku_mmd(folder, **wrong)


def test_there_are_51_different_classes():
    assert len(set(ACTIONS)) == len(ACTIONS) == 51


def test_what_comes_back_is_what_the_docstring_lists(folder, documented_keys):
    keys = set(load_pku_mmd(folder))
    assert keys == documented_keys(load_pku_mmd)
    with_segments = set(load_pku_mmd(folder, untrimmed=True))
    assert with_segments - keys == {"segments"}
    assert keys - with_segments == {"target", "recording", "start", "end", "label_confidence"}
