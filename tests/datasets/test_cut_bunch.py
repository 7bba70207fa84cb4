"""Recordings in memory that are cut by segments."""

import numpy as np
import pandas as pd
import pytest

from skeletonlearn.datasets import SkeletonBunch, sequences_from_array, sequences_from_table
from skeletonlearn.datasets._cut_bunch import cut_bunch

TABLE = {"recording": ["b", "a", "a"], "start": [2, 0, 3], "end": [5, 3, 4], "label": ["sit", "walk", "sit"]}


@pytest.fixture
def recordings():
    sequences = [np.arange(length)[:, None, None] + np.zeros((length, 2, 3), np.float32) for length in (6, 5, 4)]
    return SkeletonBunch(
        sequences=sequences,
        confidence=[one[..., 0] for one in sequences],
        name=np.array(["a", "b", "c"]),
        subject=np.array([7, 8, 9]),
        train_index=np.array([0, 2]),
    )


@pytest.mark.parametrize("kind", [dict, pd.DataFrame])
def test_each_segment_becomes_a_clip_with_what_is_known_of_its_recording(recordings, kind):
    clips = cut_bunch(recordings, kind(TABLE), None, False)
    assert [one[:, 0, 0].tolist() for one in clips.sequences] == [[0, 1, 2], [3], [2, 3, 4]]
    assert [one[:, 0].tolist() for one in clips.confidence] == [[0, 1, 2], [3], [2, 3, 4]]
    assert clips.name.tolist() == ["a#0", "a#1", "b#0"]
    assert (clips.recording.tolist(), clips.subject.tolist()) == (["a", "a", "b"], [7, 7, 8])
    assert (clips.start.tolist(), clips.end.tolist()) == ([0, 3, 2], [3, 4, 5])
    assert [clips.target_names[at] for at in clips.target] == ["walk", "sit", "sit"]
    assert clips.train_index.tolist() == [0, 1]
    assert clips.left_out == {"c": "has no segment"}


def test_segments_may_be_in_seconds(recordings):
    clips = cut_bunch(recordings, {**TABLE, "start": [0.2, 0, 0.3], "end": [0.5, 0.3, 0.4]}, 10, False)
    assert [len(one) for one in clips.sequences] == [3, 1, 3]


def test_recordings_may_stay_whole_with_their_segments(recordings):
    bunch = cut_bunch(recordings, TABLE, None, True)
    assert len(bunch.sequences) == 3
    assert bunch.segments["recording"].tolist() == [0, 0, 1]
    assert bunch.take([1]).segments["start"].tolist() == [2]


def test_without_segments_nothing_changes(recordings):
    assert cut_bunch(recordings, None, None, False) is recordings


FAULTS = {
    "an unknown recording": ({**TABLE, "recording": ["a", "a", "z"]}, {}, "a segment of 'z'"),
    "beyond the end": ({**TABLE, "end": [5, 3, 40]}, {}, "the segment from 3 to 40 of 'a'.* 6 frames"),
    "no column": ({"recording": ["a"]}, {}, "segments has no column 'start'"),
    "fps without segments": (None, {"fps": 30}, "fps=30 is the unit of segments"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_segments_that_do_not_fit_are_an_error(recordings, fault):
    segments, changes, reason = FAULTS[fault]
    with pytest.raises(ValueError, match=reason):
        cut_bunch(recordings, segments, **{"fps": None, "untrimmed": False} | changes)


def test_recordings_of_one_name_are_an_error(recordings):
    recordings.name = np.array(["a", "b", "a"])
    with pytest.raises(ValueError, match="the same name twice, but segments need a name for each recording"):
        cut_bunch(recordings, TABLE, None, False)


def test_arrays_are_cut_before_padding_is_trimmed():
    X = np.zeros((1, 10, 2, 3))
    X[0, 2:8] = np.arange(2, 8)[:, None, None]
    segments = {"recording": ["r"], "start": [3], "end": [5], "label": ["sit"]}
    bunch = sequences_from_array(X, "NTVC", name=["r"], segments=segments)
    assert bunch.sequences[0][:, 0, 0].tolist() == [3, 4]
    assert bunch.target_names == ["sit"]
    whole = sequences_from_array(X, "NTVC", name=["r"], segments=segments, untrimmed=True)
    assert len(whole.sequences[0]) == 10


def test_tables_are_cut():
    table = pd.DataFrame({"sample": ["r"] * 6, "hand_x": np.arange(6.0), "hand_y": 0.0})
    segments = {"recording": ["r", "r"], "start": [0, 3], "end": [2, 6], "label": ["sit", "walk"]}
    bunch = sequences_from_table(table, segments=segments)
    assert [one[:, 0, 0].tolist() for one in bunch.sequences] == [[0, 1], [3, 4, 5]]
    assert bunch.recording.tolist() == ["r", "r"]
