"""The table of segments."""

import numpy as np
import pandas as pd
import pytest

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._clip_segments import find_segments, read_segments
from skeletonlearn.datasets._read_files import LeftOut

TABLE = {"recording": ["a", "b", "a"], "start": [0, 5, 10], "end": [5, 9, 20], "label": ["wave", "kick", "sit"]}


def plain(segments):
    return {name: [(one.start, one.end, one.label) for one in own] for name, own in segments.items()}


EXPECTED = {"a": [(0, 5, "wave"), (10, 20, "sit")], "b": [(5, 9, "kick")]}


@pytest.mark.parametrize("form", [dict, pd.DataFrame, lambda table: {key: np.array(one) for key, one in table.items()}])
def test_tables_of_any_kind_are_read(form):
    assert plain(read_segments(form(TABLE), None)) == EXPECTED


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_is_read(tmp_path, separator, mark):
    text = pd.DataFrame(TABLE).assign(note="x")[["note", *TABLE]].to_csv(index=False, sep=separator)
    (tmp_path / "segments.csv").write_text(mark + text, encoding="utf-8")
    assert plain(read_segments(tmp_path / "segments.csv", None)) == EXPECTED
    assert plain(read_segments(str(tmp_path / "segments.csv"), None)) == EXPECTED


def test_seconds_become_frames():
    table = {"recording": ["a", "a", "a"], "start": [0, 1.5, 2.0], "end": [1.5, 2, 2.001], "label": [1, 2, 3]}
    assert plain(read_segments(table, 30)) == {"a": [(0, 45, 1), (45, 60, 2), (60, 61, 3)]}


FAULTS = {
    "an array": (np.zeros((3, 4)), TypeError, "segments is a ndarray, expected a DataFrame"),
    "nothing": (3, TypeError, "segments is a int, expected a DataFrame"),
    "no label": ({key: TABLE[key] for key in ("recording", "start", "end")}, ValueError, "has no column 'label' but"),
    "no row": ({key: [] for key in TABLE}, ValueError, "segments has no row"),
    "other lengths": ({**TABLE, "end": [1]}, ValueError, "columns of different lengths"),
    "one value": ({**TABLE, "end": 1}, ValueError, "columns of different lengths"),
    "an end before": ({**TABLE, "end": [5, 5, 20]}, ValueError, "segments, row 1: got start 5 and end 5, expected"),
    "a negative start": ({**TABLE, "start": [0, -1, 10]}, ValueError, "segments, row 1: got start -1 and end 9"),
    "a part of a frame": ({**TABLE, "start": [0.5, 5, 10]}, ValueError, "row 0: .* whole frames, or fps="),
    "a text": ({**TABLE, "end": [5, "x", 20]}, ValueError, "segments, row 1: got 'x', expected a number"),
    "no number": ({**TABLE, "end": [5, np.nan, 20]}, ValueError, "segments, row 1: got nan, expected a number"),
    "a label that lacks": ({**TABLE, "label": ["x", None, "y"]}, ValueError, "segments, row 1: got no label"),
    "infinity": ({**TABLE, "end": [np.inf, 9, 20]}, ValueError, "segments, row 0: got inf, expected a number"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_table_that_is_none_is_an_error(fault):
    table, kind, reason = FAULTS[fault]
    with pytest.raises(kind, match=reason):
        read_segments(table, None)


FAULTY_FILES = {
    "empty": ("", "got no column 'recording' but none"),
    "no header": ("a,0,5,wave", "line 1: got no column 'recording' but a, 0, 5, wave"),
    "a short row": ("recording,start,end,label\na,0,5,x\na,0", "line 3: got 2 cells, expected 4"),
    "a word": ("recording,start,end,label\na,0,5,x\na,0,y,x", "line 3: got 'y', expected a number"),
    "bytes": (b"\xff\xfe\x00", "got bytes that are no text"),
    "a cell too long": ("recording,start,end,label\n" + "x" * 200_000, "no CSV"),
}


@pytest.mark.parametrize("fault", FAULTY_FILES)
def test_a_faulty_file_is_named(tmp_path, fault):
    content, reason = FAULTY_FILES[fault]
    path = tmp_path / "segments.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=reason) as error:
        read_segments(path, None)
    assert str(path) in str(error.value)
    assert len(str(error.value)) < 1000


def test_no_file_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_segments(tmp_path / "nowhere.csv", None)


@pytest.mark.parametrize(("fps", "sound"), [(10, True), (None, False)])
def test_an_end_in_seconds_may_be_a_frame_late_by_rounding(fps, sound):
    recording = {"name": "a", "sequence": np.zeros((20, 2, 2)), "file": "a.json"}
    end = 2.1 if fps else 21
    table = read_segments({"recording": ["a"], "start": [0], "end": [end], "label": ["x"]}, fps)
    left_out = LeftOut("skip")
    ((*segments,),) = find_segments([recording], table, fps, left_out)
    assert [one.end for one in segments] == ([20] if sound else [])
    assert bool(left_out.by_name) != sound


def test_segments_that_a_file_holds_outside_of_its_frames_name_the_file():
    recording = {"name": "a", "sequence": np.zeros((20, 2, 2)), "file": "a.json", "segments": [[0, 21, "x"]]}
    with pytest.raises(SkeletonFileError, match=r"a\.json: got the segment from 0 to 21 of 'a'"):
        find_segments([recording], None, None, LeftOut("raise"))
