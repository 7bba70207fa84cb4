"""How readers of files that are a frame each make a Bunch."""

import json

import numpy as np
import pytest
from joblib import parallel_config

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._clip_files import find_clips
from skeletonlearn.datasets._clip_options import ClipOptions
from skeletonlearn.datasets._load_frame_files import NOBODY, FramePeople, load_frame_files
from skeletonlearn.skeletons import Skeleton

PAIR = Skeleton("PAIR", ("hip", "head"), (("head", "hip"),))
TRIPLE = Skeleton("TRIPLE", ("hip", "head", "hand"), (("head", "hip"), ("hand", "head")))


def clip_and_frame(file):
    clip, _, number = file.stem.rpartition("_")
    return (clip, int(number)) if number.isdigit() else None


def read_frame(content):
    """A list of people: x of the first joint, perhaps a track, perhaps a third joint."""
    people = content.json()
    if not people:
        return NOBODY
    layout = TRIPLE if people[0].get("hand") else PAIR
    steps = np.arange(layout.n_joints) * 10.0
    rows = [np.stack([one["x"] + steps, steps, np.full(len(steps), one.get("sure", 1.0))], axis=-1) for one in people]
    tracks = np.array([one["track"] for one in people]) if all("track" in one for one in people) else None
    return FramePeople(np.stack(rows), layout, tracks)


def write(folder, clip, number, *people):
    folder.mkdir(exist_ok=True)
    (folder / f"{clip}_{number}.json").write_text(json.dumps(people))


def load(folder, *, n_persons=1, min_confidence=0.0, **options):
    files = find_clips(folder, ["*.json"], "clip_0.json")
    return load_frame_files(
        *("toy", files, clip_and_frame, read_frame, ClipOptions(**options)),
        n_persons=n_persons,
        min_confidence=min_confidence,
        key=[],
        DESCR="toys",
    )


@pytest.fixture
def folder(tmp_path):
    for number in (2, 10, 1):
        write(tmp_path / "clips", "a", number, {"x": number})
        write(tmp_path / "clips", "b", number, {"x": 100 + number, "sure": 0.5})
    return tmp_path / "clips"


def firsts(bunch):
    """The x of the first joint in each frame of each clip."""
    return [np.nan_to_num(one[:, 0, 0], nan=-1).tolist() for one in bunch.sequences]


def test_frames_of_a_clip_are_in_order_of_their_numbers(folder):
    bunch = load(folder, labels=str.upper)
    assert bunch.name.tolist() == ["a", "b"]
    assert firsts(bunch) == [[1, 2, 10], [101, 102, 110]]
    assert bunch.target_names == ["A", "B"]
    assert bunch.skeleton is PAIR


def test_weak_joints_are_missing(folder):
    with pytest.warns(UserWarning, match="got nobody in 3 frames"):
        assert firsts(load(folder, min_confidence=0.6, on_error="warn")) == [[1, 2, 10]]


def test_tracks_tell_persons_apart_where_every_frame_has_them(tmp_path):
    for number in range(3):
        people = [{"x": 0, "track": 7, "sure": 0.9}, {"x": 500, "track": 8}]
        write(tmp_path / "clips", "a", number, *people[:: -1 if number == 1 else 1])
    write(tmp_path / "clips", "a", 3, {"x": 0, "track": 8}, {"x": 500, "track": 7, "sure": 0.9})
    write(tmp_path / "clips", "a", 4)
    assert firsts(load(tmp_path / "clips", n_persons=2)) == [[500, 500, 500, 0, -1]]
    write(tmp_path / "clips", "a", 5, {"x": 500})
    assert firsts(load(tmp_path / "clips", n_persons=2)) == [[500, 500, 500, 500, -1, 500]]


def test_a_frame_of_another_layout_is_left_out(folder):
    write(folder, "b", 2, {"x": 5, "hand": True})
    with pytest.raises(SkeletonFileError, match=r"b_2\.json: got 3 points of TRIPLE a person, expected 2 points"):
        load(folder)
    bunch = load(folder, on_error="skip")
    assert firsts(bunch)[1] == [101, -1, 110]
    assert list(bunch.left_out) == ["b_2"]


def test_a_name_without_a_number_is_a_fault(folder):
    (folder / "c.json").write_text("[]")
    with pytest.raises(SkeletonFileError, match="got the file name 'c', expected a frame's number in it"):
        load(folder)


@pytest.mark.parametrize("cached", [False, True])
def test_workers_and_a_cache_change_nothing(folder, tmp_path, cached):
    (folder / "b_2.json").write_text("{")
    plain = load(folder, on_error="skip")
    cache = tmp_path / "cache" if cached else None
    for n_jobs in (2, 1):
        with parallel_config(backend="threading"):
            bunch = load(folder, on_error="skip", n_jobs=n_jobs, cache=cache)
        assert firsts(bunch) == firsts(plain)
        assert bunch.left_out == plain.left_out


def test_segments_cut_clips_of_frames(folder):
    table = {"recording": ["b", "a"], "start": [1, 0], "end": [3, 1], "label": ["up", "down"]}
    bunch = load(folder, segments=table)
    assert firsts(bunch) == [[1], [102, 110]]
    assert bunch.name.tolist() == ["a#0", "b#0"]
