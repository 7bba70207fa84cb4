"""The cache of readers of clips."""

import json
import os

import numpy as np
import pytest

from skeletonlearn.datasets import SkeletonFileError, load_coco_keypoints, load_mediapipe, load_openpose
from skeletonlearn.datasets._clip_cache import own_layout
from skeletonlearn.datasets._record_cache import plain
from skeletonlearn.skeletons import COCO, Skeleton


def points(n_points, n_values, first):
    return (first + np.arange(n_points * n_values, dtype=float)).tolist()


def write_openpose(folder, clip, first):
    for at in range(3):
        people = [{"pose_keypoints_2d": points(25, 3, first + at)}]
        (folder / f"{clip}_{at}_keypoints.json").write_text(json.dumps({"people": people}))


def write_coco(folder, clip, first):
    entries = [{"image_id": at, "keypoints": points(17, 3, first + at)} for at in range(3)]
    (folder / f"{clip}.json").write_text(json.dumps(entries))


def write_mediapipe(folder, clip, first):
    rows = [",".join(map(str, points(33, 4, first + at))) for at in range(3)]
    (folder / f"{clip}.csv").write_text("\n".join(rows))


READERS = {load_openpose: write_openpose, load_coco_keypoints: write_coco, load_mediapipe: write_mediapipe}
every_reader = pytest.mark.parametrize("load", READERS)


@pytest.fixture
def folder(tmp_path, load):
    (tmp_path / "clips").mkdir()
    for number, clip in enumerate(("a", "b")):
        READERS[load](tmp_path / "clips", clip, 100 * number + 1)
    return tmp_path / "clips"


def cached(folder):
    return sorted((folder.parent / "cache").iterdir())


def assert_same(one, other):
    for name in ("sequences", "confidence"):
        np.testing.assert_array_equal(one[name], other[name])
    assert one.name.tolist() == other.name.tolist()
    assert one.skeleton is other.skeleton


@every_reader
def test_the_second_call_reads_no_file(folder, load, monkeypatch):
    plain_bunch = load(folder)
    cold = load(folder, cache=folder.parent / "cache")
    monkeypatch.setattr("skeletonlearn.datasets._read_files.read_contents", None)
    warm = load(folder, cache=folder.parent / "cache")
    assert_same(cold, plain_bunch)
    assert_same(warm, plain_bunch)
    assert len(cached(folder)) == 1


@every_reader
@pytest.mark.parametrize("at", [70, -100, -1])
def test_a_flipped_bit_is_found_and_the_cache_made_anew(folder, load, at):
    sound = load(folder, cache=folder.parent / "cache")
    (path,) = cached(folder)
    whole = path.read_bytes()
    data = bytearray(whole)
    data[at] ^= 1
    os.replace(path, path.with_suffix(".old"))
    path.write_bytes(data)
    assert_same(load(folder, cache=folder.parent / "cache"), sound)
    assert path.read_bytes() == whole


@every_reader
def test_a_changed_file_is_read_again(folder, load):
    load(folder, cache=folder.parent / "cache")
    READERS[load](folder, "b", 7)
    assert_same(load(folder, cache=folder.parent / "cache"), load(folder))
    assert len(cached(folder)) == 2


@every_reader
@pytest.mark.parametrize("change", [{"n_persons": 2}, {"min_confidence": 0.5}])
def test_other_parameters_have_a_cache_of_their_own(folder, load, change):
    load(folder, cache=folder.parent / "cache")
    load(folder, cache=folder.parent / "cache", **change)
    assert len(cached(folder)) == 2


@every_reader
def test_what_was_left_out_is_kept_and_raised_when_asked(folder, load):
    last = sorted(folder.iterdir())[-1]
    last.write_text("{")
    cold = load(folder, cache=folder.parent / "cache", on_error="skip")
    with pytest.warns(UserWarning, match="left out"):
        warm = load(folder, cache=folder.parent / "cache", on_error="warn")
    assert warm.left_out == cold.left_out != {}
    with pytest.raises(SkeletonFileError) as error:
        load(folder, cache=folder.parent / "cache")
    assert error.value.path == str(last)


@every_reader
def test_nothing_is_kept_of_a_call_that_fails(folder, load):
    sorted(folder.iterdir())[-1].write_text("{")
    with pytest.raises(SkeletonFileError):
        load(folder, cache=folder.parent / "cache")
    assert cached(folder) == []


def test_facts_are_the_same_with_and_without_a_cache():
    facts = {"a": np.float32(0.5), "b": np.arange(2), "c": (1, "x"), "d": None}
    assert plain(facts) == {"a": 0.5, "b": [0, 1], "c": [1, "x"], "d": None}
    with pytest.raises(TypeError, match="set cannot be kept in a cache"):
        plain({"a": {1, 2}})


def test_a_layout_that_went_through_a_cache_is_that_of_the_catalogue():
    again = Skeleton(**plain(COCO))
    assert again is not COCO
    assert own_layout(again) is COCO
    own = Skeleton("COCO", ("hip", "head"), (("head", "hip"),))
    assert own_layout(own) is own
