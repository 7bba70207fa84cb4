"""How readers of clips make a Bunch."""

import json
import logging

import numpy as np
import pytest
from joblib import parallel_config

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._clip_files import find_clips
from skeletonlearn.datasets._clip_options import ClipOptions
from skeletonlearn.datasets._load_clips import load_clips
from skeletonlearn.skeletons import COCO, Skeleton

PAIR = Skeleton("PAIR", ("hip", "head"), (("head", "hip"),))
TRIPLE = Skeleton("TRIPLE", ("hip", "head", "hand"), (("head", "hip"), ("hand", "head")))


def clip(first, n_frames=4, n_joints=2, **more):
    """Coordinates first, first + 1, ... as in the file."""
    numbers = first + np.arange(n_frames * n_joints * 2).reshape(n_frames, n_joints, 2)
    return {"numbers": numbers.tolist(), **more}


def read_one(content, *, name=None):
    """A clip as a file of these tests holds it."""
    value = content.json()
    sequence = np.array(value.pop("numbers"), dtype=np.float32)
    layout = {2: PAIR, 3: TRIPLE}.get(sequence.shape[1], COCO)
    if "confidence" in value:
        value["confidence"] = np.array(value["confidence"], dtype=np.float32)
    return {"name": name or content.stem, "sequence": sequence, "skeleton": layout, **value}


def read_several(content):
    """A list of clips; null is a faulty one."""
    return [
        content.fault("got null, expected a clip")
        if one is None
        else {"name": f"{content.stem}:{at}", "sequence": np.array(one["numbers"], np.float32), "skeleton": PAIR}
        | {key: value for key, value in one.items() if key != "numbers"}
        for at, one in enumerate(content.json())
    ]


def write(folder, **values):
    for name, value in values.items():
        path = folder / f"{name.replace('__', '/')}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value))
    return folder


def load(folder, read=read_one, several=False, **options):
    files = find_clips(folder, ["*.json"], "clip.json")
    return load_clips("toy", files, read, ClipOptions(**options), key=[], DESCR="toys", several=several)


def same(one, other):
    assert set(one) == set(other)
    for key, value in one.items():
        if key in ("sequences", "confidence"):
            for mine, its in zip(value, other[key], strict=True):
                np.testing.assert_array_equal(mine, its)
        elif isinstance(value, np.ndarray):
            np.testing.assert_array_equal(value, other[key])
        else:
            assert value == other[key]


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "clips", wave__a=clip(0), wave__b=clip(100, n_frames=6), kick__c=clip(200))


@pytest.fixture(autouse=True)
def _make_folder(tmp_path):
    (tmp_path / "clips").mkdir()


# -- what a Bunch holds


def test_clips_come_with_names_labels_and_layout(folder):
    bunch = load(folder, labels="folder")
    assert bunch.name.tolist() == ["kick/c", "wave/a", "wave/b"]
    assert (bunch.target.tolist(), bunch.target_names) == ([0, 1, 1], ["kick", "wave"])
    assert [one.shape for one in bunch.sequences] == [(4, 2, 2), (4, 2, 2), (6, 2, 2)]
    assert bunch.skeleton is PAIR
    assert (bunch.left_out, bunch.DESCR) == ({}, "toys")
    assert not {"confidence", "segments", "recording"} & set(bunch)


def test_confidence_is_there_where_a_file_has_it_and_one_where_another_has_not(tmp_path):
    part = clip(5)
    part["numbers"][1][1] = [np.nan, np.nan]
    write(tmp_path / "clips", a=clip(0, confidence=[[0.5, 0.25]] * 4), b=part)
    sure = load(tmp_path / "clips").confidence
    assert sure[0].tolist() == [[0.5, 0.25]] * 4
    assert sure[1].tolist() == [[1, 1], [1, 0], [1, 1], [1, 1]]


def test_labels_that_the_files_hold_are_the_target(tmp_path):
    write(tmp_path / "clips", a=clip(0, label="wave"), b=clip(0, label="kick"), c=clip(0, label="wave"))
    bunch = load(tmp_path / "clips")
    assert (bunch.target.tolist(), bunch.target_names) == ([1, 0, 1], ["kick", "wave"])
    assert load(tmp_path / "clips", labels=str.upper).target_names == ["A", "B", "C"]


def test_a_file_without_the_label_that_others_hold_is_faulty(tmp_path):
    write(tmp_path / "clips", a=clip(0, label="wave"), b=clip(0))
    with pytest.raises(SkeletonFileError, match=r"b\.json: got no label, expected one as in .*a\.json"):
        load(tmp_path / "clips")
    with pytest.warns(UserWarning, match="left out 1 of 2 files"):
        bunch = load(tmp_path / "clips", on_error="warn")
    assert (bunch.name.tolist(), bunch.target.tolist(), list(bunch.left_out)) == (["a"], [0], ["b"])


def test_labels_are_checked_before_files_are_read(folder):
    (folder / "wave/a.json").write_text("{")
    with pytest.raises(ValueError, match="clip 'wave/a' has no label"):
        load(folder, labels={"kick/c": 1})


def test_other_facts_become_entries(tmp_path):
    write(tmp_path / "clips", a=clip(0, extra={"age": 5, "who": "Ann", "times": [1, 2]}), b=clip(0, extra={"age": 6}))
    bunch = load(tmp_path / "clips")
    assert bunch.age.tolist() == [5, 6]
    assert bunch.who == ["Ann", None]
    assert bunch.times == [[1, 2], None]


# -- faults


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (clip(0, n_joints=3), r"got the layout TRIPLE with 3 joints, expected PAIR with 2 as in .*a\.json"),
        ({"numbers": np.zeros((2, 2, 3)).tolist()}, r"got 2 joints of 3 channels, expected 2 of 2 as in .*a\.json"),
    ],
)
def test_a_clip_unlike_the_first_is_left_out(tmp_path, other, reason):
    write(tmp_path / "clips", a=clip(0), b=other, c=clip(9))
    with pytest.raises(SkeletonFileError, match=reason):
        load(tmp_path / "clips")
    bunch = load(tmp_path / "clips", on_error="skip")
    assert (bunch.name.tolist(), list(bunch.left_out)) == (["a", "c"], ["b"])


def test_nothing_left_is_an_error_after_the_warning(tmp_path):
    write(tmp_path / "clips", a="{", b="[")
    with pytest.warns(UserWarning, match="left out 2 of 2"), pytest.raises(ValueError, match="None of 2 files could"):
        load(tmp_path / "clips", on_error="warn")


# -- several clips in a file


def test_a_file_can_hold_several_clips_of_which_some_are_faulty(tmp_path):
    write(tmp_path / "clips", a=[clip(0), None, clip(5)], b=[clip(1)])
    with pytest.raises(SkeletonFileError, match="got null"):
        load(tmp_path / "clips", read_several, several=True)
    bunch = load(tmp_path / "clips", read_several, several=True, on_error="skip", labels=lambda name: name[-1])
    assert bunch.name.tolist() == ["a:0", "a:2", "b:0"]
    assert (bunch.target.tolist(), list(bunch.left_out)) == ([0, 1, 0], ["a#1"])


def test_a_file_without_any_clip_is_faulty(tmp_path):
    write(tmp_path / "clips", a=[], b=[clip(1)])
    with pytest.raises(SkeletonFileError, match="got no clip"):
        load(tmp_path / "clips", read_several, several=True)


def test_a_name_that_comes_twice_is_a_fault(tmp_path):
    write(tmp_path / "clips", a=clip(0, name="x"), b=clip(0, name="x"))
    with pytest.raises(SkeletonFileError, match="got the clip 'x' again"):
        load(tmp_path / "clips")
    assert len(load(tmp_path / "clips", on_error="skip").left_out) == 1


# -- workers, progress, cache


@pytest.mark.parametrize("backend", ["multiprocessing", "threading"])
def test_workers_and_a_cache_change_nothing(folder, tmp_path, backend):
    write(folder, wave__d="{", wave__e=clip(7, confidence=[[1, 0]] * 4, label="x", extra={"age": 3}))
    how = {"labels": "folder", "on_error": "skip"}
    plain = load(folder, **how)
    with parallel_config(backend=backend):
        same(load(folder, n_jobs=2, **how), plain)
        same(load(folder, n_jobs=2, cache=tmp_path / "cache", **how), plain)
    warm = load(folder, cache=tmp_path / "cache", **how)
    same(warm, plain)
    assert not warm.sequences[0].flags.writeable
    assert warm.sequences[0].flags.c_contiguous


def test_progress_is_shown(folder, caplog):
    with caplog.at_level(logging.INFO, "skeletonlearn"):
        load(folder, verbose=2)
    assert "reading: file 3 of 3" in caplog.text


# -- segments


SEGMENTS = {
    "recording": ["wave/b", "kick/c", "wave/b", "wave/a"],
    "start": [0, 1, 2, 0],
    "end": [3, 4, 6, 1],
    "label": ["up", "up", "down", "sit"],
}


def test_segments_cut_recordings_into_clips(folder):
    bunch = load(folder, segments=SEGMENTS)
    assert bunch.name.tolist() == ["kick/c#0", "wave/a#0", "wave/b#0", "wave/b#1"]
    assert bunch.recording.tolist() == ["kick/c", "wave/a", "wave/b", "wave/b"]
    assert (bunch.start.tolist(), bunch.end.tolist()) == ([1, 0, 0, 2], [4, 1, 3, 6])
    assert [bunch.target_names[at] for at in bunch.target] == ["up", "sit", "up", "down"]
    whole = dict(zip(*(lambda one: (one.name, one.sequences))(load(folder)), strict=True))
    np.testing.assert_array_equal(bunch.sequences[3], whole["wave/b"][2:6])


def test_segments_cut_confidence_and_what_there_is_for_each_frame(tmp_path):
    confidence = [[1, 0], [2, 0], [3, 0], [4, 0]]
    write(tmp_path / "clips", a=clip(0, confidence=confidence, extra={"times": [5, 6, 7, 8], "fps": 30}))
    bunch = load(tmp_path / "clips", segments={"recording": ["a"], "start": [1], "end": [3], "label": ["x"]})
    assert bunch.confidence[0].tolist() == [[2, 0], [3, 0]]
    assert bunch.times == [[6, 7]]
    assert bunch.fps.tolist() == [30]


@pytest.mark.parametrize("cached", [False, True])
def test_whole_recordings_hand_the_segments_on(folder, tmp_path, cached):
    cache = tmp_path / "cache" if cached else None
    bunch = load(folder, segments=SEGMENTS, untrimmed=True, cache=cache, labels=None)
    assert bunch.name.tolist() == ["kick/c", "wave/a", "wave/b"]
    table = {key: values.tolist() for key, values in bunch.segments.items()}
    assert table == {
        "recording": [0, 1, 2, 2],
        "start": [1, 0, 0, 2],
        "end": [4, 1, 3, 6],
        "label": ["up", "sit", "up", "down"],
    }
    assert "target" not in bunch


def test_segments_that_the_files_hold_are_used_without_a_table(tmp_path):
    write(tmp_path / "clips", a=clip(0, segments=[[0, 2, "x"], [2, 4, "y"]]), b=clip(0, segments=[[1, 2, "x"]]))
    bunch = load(tmp_path / "clips")
    assert bunch.name.tolist() == ["a#0", "a#1", "b#0"]
    assert bunch.target.tolist() == [0, 1, 0]
    assert load(tmp_path / "clips", untrimmed=True).segments["recording"].tolist() == [0, 0, 1]


def test_segments_may_change_where_the_cache_does_not(folder, tmp_path):
    for segments in (None, SEGMENTS):
        load(folder, segments=segments, cache=tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_a_recording_without_a_segment_is_noted(folder):
    bunch = load(folder, segments={"recording": ["wave/a"], "start": [0], "end": [2], "label": ["x"]})
    assert bunch.name.tolist() == ["wave/a#0"]
    assert list(bunch.left_out) == ["kick/c", "wave/b"]
    assert "has no segment" in bunch.left_out["kick/c"]


FAULTY_SEGMENTS = {
    "an unknown recording": ({"recording": ["wave/a", "x"]}, "got a segment of 'x', expected the name of a recording"),
    "an end after the recording": ({"end": [2, 7]}, "from 0 to 7 of 'wave/b', expected it within the 6 frames"),
}


@pytest.mark.parametrize("fault", FAULTY_SEGMENTS)
def test_a_segment_that_does_not_fit_is_left_out(folder, fault):
    change, reason = FAULTY_SEGMENTS[fault]
    table = {"recording": ["wave/a", "wave/b"], "start": [0, 0], "end": [2, 2], "label": ["x", "y"], **change}
    with pytest.raises(SkeletonFileError, match="segments, row 1: ") as error:
        load(folder, segments=table)
    assert reason in str(error.value)
    with pytest.warns(UserWarning, match="left out . of . files and segments"):
        bunch = load(folder, segments=table, on_error="warn")
    assert bunch.name.tolist() == ["wave/a#0"]


def test_segments_of_a_faulty_file_are_no_further_fault(folder):
    (folder / "wave/b.json").write_text("{")
    bunch = load(folder, segments=SEGMENTS, on_error="skip")
    assert bunch.name.tolist() == ["kick/c#0", "wave/a#0"]
    assert list(bunch.left_out) == ["wave/b"]


def test_no_sound_segment_is_an_error(folder):
    table = {"recording": ["wave/a"], "start": [5], "end": [9], "label": ["x"]}
    with pytest.raises(ValueError, match="None of 3 files has a sound segment"):
        load(folder, segments=table, on_error="skip")
