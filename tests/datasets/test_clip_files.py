"""Clips in folders and archives: their names and labels."""

import pickle
import zipfile

import pytest

from skeletonlearn.datasets._clip_files import encode_labels, find_clips, label_clips, natural_key


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def names(clips):
    return [clip.stem for clip in clips]


def test_names_are_paths_below_the_source_in_natural_order(tmp_path):
    touch(tmp_path, "wave/clip10.csv", "wave/clip2.csv", "kick/a/clip1.csv", "top.csv", "notes.txt")
    clips = find_clips(tmp_path, ["*.csv"], "clip1.csv")
    assert names(clips) == ["kick/a/clip1", "top", "wave/clip2", "wave/clip10"]
    assert [clip.folder for clip in clips] == ["kick", "", "wave", "wave"]


def test_several_patterns_are_found_together(tmp_path):
    touch(tmp_path, "b.csv", "a.json", "c.csv.gz")
    assert names(find_clips(tmp_path, ["*.csv", "*.json"], "a.csv")) == ["a", "b", "c"]
    assert names(find_clips(tmp_path / "b.csv", ["*.csv", "*.json"], "a.csv")) == ["b"]


def test_names_in_an_archive_start_below_the_folder_that_all_share(tmp_path):
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        archive.writestr("data/v1/wave/clip1.csv", "")
        archive.writestr("data\\v1\\kick\\clip1.csv", "")  # as some on Windows pack
    clips = find_clips(tmp_path / "data.zip", ["*.csv"], "clip1.csv")
    assert names(clips) == ["kick/clip1", "wave/clip1"]
    assert [clip.folder for clip in clips] == ["kick", "wave"]


def test_several_sources_give_names_that_start_with_theirs(tmp_path):
    for source in ("first", "second"):
        touch(tmp_path / source, "wave/clip1.csv")
    clips = find_clips([tmp_path / "first", tmp_path / "second"], ["*.csv"], "clip1.csv")
    assert names(clips) == ["first/wave/clip1", "second/wave/clip1"]
    assert [clip.folder for clip in clips] == ["wave", "wave"]


def test_files_given_one_by_one_are_named_from_the_folder_that_all_share(tmp_path):
    touch(tmp_path, "data/wave/clip1.csv", "data/kick/deep/clip1.csv")
    clips = find_clips(sorted(tmp_path.rglob("*.csv")), ["*.csv"], "clip1.csv")
    assert [(clip.stem, clip.folder) for clip in clips] == [("kick/deep/clip1", "kick"), ("wave/clip1", "wave")]
    (tmp_path / "data/wave/clip2.csv").touch()
    clips = find_clips(sorted((tmp_path / "data/wave").iterdir()), ["*.csv"], "clip1.csv")
    assert [(clip.stem, clip.folder) for clip in clips] == [("clip1", ""), ("clip2", "")]


def test_a_file_beside_folders_has_its_own_name(tmp_path):
    touch(tmp_path, "first/clip1.csv", "clip2.csv")
    assert names(find_clips([tmp_path / "first", tmp_path / "clip2.csv"], ["*.csv"], "clip1.csv")) == [
        "clip2",
        "first/clip1",
    ]


def test_a_file_given_by_its_path_is_found_whatever_its_ending(tmp_path):
    touch(tmp_path, "clip1.data", "clip2")
    assert names(find_clips(tmp_path / "clip1.data", ["*.csv"], "clip1.csv")) == ["clip1"]
    assert names(find_clips([tmp_path / "clip1.data", tmp_path / "clip2"], ["*.csv"], "clip1.csv")) == [
        "clip1",
        "clip2",
    ]


def test_an_archive_that_is_cut_short_is_no_clip(tmp_path):
    (tmp_path / "clips.zip").write_bytes(b"PK")
    with pytest.raises(FileNotFoundError, match="no zip archive, or one cut short"):
        find_clips(tmp_path / "clips.zip", ["*.csv"], "clip1.csv")


def test_two_files_of_one_name_are_an_error(tmp_path):
    touch(tmp_path, "wave/clip1.csv", "wave/clip1.json")
    with pytest.raises(ValueError, match="Two files are named 'wave/clip1'"):
        find_clips(tmp_path, ["*.csv", "*.json"], "clip1.csv")


def test_a_folder_without_such_files_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"such as clip1\.csv or clip1\.json"):
        find_clips(tmp_path, ["*.csv", "*.json"], "clip1.csv or clip1.json")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        find_clips(tmp_path / "nowhere", ["*.csv", "*.json"], "clip1.csv")
    with pytest.raises(FileNotFoundError, match="got an empty list"):
        find_clips([], ["*.csv"], "clip1.csv")


def test_a_clip_file_survives_the_way_to_a_worker(tmp_path):
    (clip,) = find_clips(touch(tmp_path, "wave/clip1.csv"), ["*.csv"], "clip1.csv")
    assert pickle.loads(pickle.dumps(clip)) == clip


def test_natural_order_tells_numbers_from_digits():
    texts = ["a10", "a2", "a02", "b", "10", "9", ""]
    assert sorted(texts, key=natural_key) == ["", "9", "10", "a02", "a2", "a10", "b"]


def test_labels_are_classes_in_natural_order():
    codes, found = encode_labels(["take 10", "take 2", "take 10"])
    assert (codes.tolist(), found) == ([1, 0, 1], ["take 2", "take 10"])


FOLDERS = {"wave/a": "wave", "kick/b": "kick"}


@pytest.mark.parametrize(
    "labels", ["folder", {"wave/a": "wave", "kick/b": "kick", "other": "sit"}, lambda name: name.split("/")[0]]
)
def test_labels_come_from_folder_mapping_or_callable(labels):
    assert label_clips(FOLDERS, labels) == ({"wave/a": 1, "kick/b": 0}, ["kick", "wave"])


def test_without_labels_there_are_none():
    assert label_clips(FOLDERS, None) is None


@pytest.mark.parametrize("labels", [{"wave/a": "wave"}, {"wave/a": "wave", "kick/b": float("nan")}])
def test_a_clip_that_the_mapping_lacks_is_an_error_that_names_it(labels):
    with pytest.raises(ValueError, match="clip 'kick/b' has no label: labels has none of this name"):
        label_clips(FOLDERS, labels)


def test_a_clip_that_the_callable_does_not_know_is_an_error_that_names_it():
    with pytest.raises(ValueError, match="clip 'kick/b' has no label: labels gave none for this name"):
        label_clips(FOLDERS, {"wave/a": "wave"}.get)


def test_a_clip_in_no_folder_has_no_label_from_its_folder():
    with pytest.raises(ValueError, match="clip 'b' has no label: it lies in no folder below the source"):
        label_clips({"b": ""}, "folder")


def test_other_labels_are_an_error():
    with pytest.raises(ValueError, match="labels='file' must be 'folder', a mapping"):
        label_clips(FOLDERS, "file")
