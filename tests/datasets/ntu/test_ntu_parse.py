"""The parser of raw files of NTU RGB+D."""

import gzip
import tracemalloc
from contextlib import nullcontext

import numpy as np
import pytest

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._ntu._parse import parse_ntu_skeleton, read_ntu_skeleton
from skeletonlearn.datasets._ntu._parse_arrays import parse_arrays
from skeletonlearn.datasets._ntu._parse_lines import parse_lines
from skeletonlearn.datasets._read_files import read_files
from skeletonlearn.datasets._source import find_files
from tests.datasets.ntu.ntu_files import FIRST_ID, STEM, assert_recordings_equal, content_of, make_lines, to_bytes
from tests.datasets.ntu.strict_reference import parse_strictly

A, B, C = 0, 1, 2
LINES = make_lines([[A], [], [A, B]])
ROW = 4  # of the first joint: the lines before it are frames, bodies, body, joints
OPTIONS = [(states, positions) for states in (False, True) for positions in (False, True)]


def parse(lines, **options):
    return parse_ntu_skeleton(content_of(to_bytes(lines)), **options)


def replace_line(at, line):
    return [*LINES[:at], line, *LINES[at + 1 :]]


def replace_word(at, column, word):
    words = LINES[at].split()
    words[column] = word
    return replace_line(at, " ".join(words))


def test_a_file_written_by_hand_gives_its_numbers():
    first = "0.2181153 -0.1725972 3.785547 277.419 191.8218 1036.233 519.1677 -0.2059419 0.05349901 0.9692109 0 2"
    other = "-1.2E-05 0 .5 1 2 3 4 0 0 0 0 1"
    last = "+1. -0 12.25 5 6 7.5 -8 0 0 0 0 0"
    lines = ["2", "0", "1", f"{FIRST_ID} 0 1 1 1 1 0 0.01 -0.25 2", "25", first, *[other] * 23, last]
    recording = parse(lines, image_positions=True)
    (body,) = recording.bodies
    assert (recording.n_frames, body.body_id, body.frames.tolist()) == (2, FIRST_ID, [1])
    expected = np.float32([[[0.2181153, -0.1725972, 3.785547], *[[-1.2e-05, 0, 0.5]] * 23, [1, -0.0, 12.25]]])
    assert body.joints.tobytes() == expected.tobytes()
    assert body.tracking_states.tolist() == [[2, *[1] * 23, 0]]
    assert body.depth[0, [0, 1, 24]].tolist() == np.float32([[277.419, 191.8218], [1, 2], [5, 6]]).tolist()
    assert body.color[0, [0, 1, 24]].tolist() == np.float32([[1036.233, 519.1677], [3, 4], [7.5, -8]]).tolist()
    dtypes = {part: getattr(body, part).dtype.name for part in ("joints", "tracking_states", "depth", "color")}
    assert dtypes == {"joints": "float32", "tracking_states": "int8", "depth": "float32", "color": "float32"}


def test_only_what_is_asked_for_is_given():
    (body,) = parse(LINES, tracking_states=False).bodies[:1]
    assert (body.tracking_states, body.depth, body.color) == (None, None, None)


FRAMES = {
    "one frame": [[A]],
    "two bodies, then one": [[A, B], [A]],
    "frames without a body": [[], [A], [], [], [A], []],
    "a body that returns": [[A], [B], [B, A], [], [C, A]],
    "six bodies": [[5, 4, 3, 2, 1, 0], [0, 1, 2, 3, 4, 5]],
    "forty bodies": [list(range(40))],
}


@pytest.mark.parametrize("frames", FRAMES)
@pytest.mark.parametrize(("states", "positions"), OPTIONS)
def test_both_ways_of_parsing_agree_with_the_strict_reference(frames, states, positions):
    data = to_bytes(make_lines(FRAMES[frames], seed=len(frames)))
    expected = parse_strictly(data, states, positions)
    assert_recordings_equal(parse_arrays(data, states, positions), expected)
    assert_recordings_equal(parse_lines(content_of(data), data, states, positions), expected)


def test_bodies_come_in_the_order_of_their_first_frame_with_gaps_where_they_are_away():
    recording = parse(make_lines(FRAMES["a body that returns"]))
    found = {body.body_id - FIRST_ID: body.frames.tolist() for body in recording.bodies}
    assert list(found.items()) == [(A, [0, 2, 4]), (B, [1, 2]), (C, [4])]


SPELLINGS = {
    "CR LF": lambda data: data.replace(b"\n", b"\r\n"),
    "CR LF in some lines": lambda data: data.replace(b" 2\n", b" 2\r\n"),
    "trailing blanks": lambda data: data.replace(b"\n", b"  \n"),
    "trailing tabs and CR LF": lambda data: data.replace(b"\n", b"\t\r\n"),
    "several blanks": lambda data: data.replace(b" ", b"   "),
    "tabs": lambda data: data.replace(b" ", b"\t"),
    "a leading blank": lambda data: b" " + data,
    "leading blanks everywhere": lambda data: b" " + data.replace(b"\n", b"\n\t "),
    "no final line end": lambda data: data[:-1],
    "CR without LF at the end": lambda data: data[:-1] + b"\r",
    "blank lines at the end": lambda data: data + b"\n \n\r\n\t\n\n",
    "blanks at the end": lambda data: data + b"   ",
    "leading zeros": lambda data: b"00" + data.replace(b"\n25\n", b"\n025\n"),
    "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_of_a_sound_file_gives_the_same(spelling):
    data = to_bytes(LINES)
    expected = parse_strictly(data, True, True)
    respelt = SPELLINGS[spelling](data)
    assert respelt != data
    assert_recordings_equal(parse_ntu_skeleton(content_of(respelt), image_positions=True), expected)


@pytest.mark.parametrize("spelling", ["CR LF", "no final line end"])
def test_usual_spellings_are_read_the_fast_way(spelling):
    data = SPELLINGS[spelling](to_bytes(LINES))
    assert_recordings_equal(parse_arrays(data, True, True), parse_strictly(data, True, True))


def test_values_that_the_sensor_does_not_have_are_nan_pixels():
    words = LINES[ROW].split()
    words[3:7] = "nan", "-Infinity", "INF", "NaN"
    (body, *_) = parse(replace_line(ROW, " ".join(words)), image_positions=True).bodies
    missing = np.isnan(np.concatenate([body.depth, body.color], axis=2))
    assert missing.sum() == missing[0, 0].sum() == 4


@pytest.mark.parametrize("at", [2, ROW])
def test_values_that_the_sensor_does_not_have_are_nothing_in_columns_that_are_not_read(at):
    expected = parse(LINES)
    for column in range(7, 9):  # lean of the body, orientation of a joint
        assert_recordings_equal(parse(replace_word(at, column, "nan")), expected)


LAST = len(LINES) - 1
# name: the lines, the line at fault counted from 1, and what the error says
FAULTS = {
    "no text": ([""], 1, "got an empty file, expected the number of frames"),
    "blank lines only": (["", " ", ""], 1, "got an empty file"),
    "nothing after the number of frames": (LINES[:1], 1, "got the end of the file, expected the number of bodies"),
    "nothing after the number of bodies": (LINES[:2], 2, "got the end of the file, expected the id"),
    "half a body line": (replace_line(2, LINES[2][:24])[:3], 3, f"got 4 words ('{FIRST_ID} 0 1 1'), expected 10"),
    "nothing after the body line": (LINES[:3], 3, "expected the number of joints of body 1 of 1 of frame 1 of 3"),
    "nothing after the number of joints": (LINES[:4], 4, "end of the file, expected joint 1 of body 1 of 1 of frame 1"),
    "a joint missing at the end": (LINES[:-1], LAST, "end of the file, expected joint 25 of body 2 of 2 of frame 3"),
    "the last frame missing": (LINES[:30], 30, "end of the file, expected the number of bodies of frame 3 of 3"),
    "half a row at the end": (replace_line(LAST, LINES[LAST][:30]), LAST + 1, "expected 12 numbers: joint 25"),
    "half a number at the end": (replace_line(LAST, "0.1 -"), LAST + 1, "got 2 words ('0.1 -'), expected 12"),
    "no frames": (["0"], 1, "got 0 frames, expected at least one"),
    "no frames, but more text": (replace_line(0, "0"), 1, "got 0 frames"),
    "no body": (["3", "0", "0", "0"], 4, "got no body in any of 3 frames, expected at least one"),
    "26 joints": ([*replace_line(3, "26")[:29], LINES[28], *LINES[29:]], 4, "got 26 joints, expected 25"),
    "24 joints": (replace_line(3, "24"), 4, "got 24 joints, expected 25"),
    "26 rows": ([*LINES[:29], LINES[28], *LINES[29:]], 30, "got 12 words"),
    "24 rows": ([*LINES[:28], *LINES[29:]], 29, "got 1 words ('0'), expected 12 numbers: joint 25 of body 1"),
    "a line with 11 numbers": (replace_line(ROW, "1 " * 11), 5, "got 11 words ('1 1 1"),
    "a line with 13 numbers": (replace_line(ROW, LINES[ROW] + " 2"), 5, "got 13 words"),
    "a body line with 9 numbers": (replace_line(2, "1 " * 9), 3, "got 9 words ('1 1 1 1 1 1 1 1 1'), expected 10"),
    "a body line with 11 numbers": (replace_line(2, "1 " * 11), 3, "got 11 words"),
    "two counts in a line": (replace_line(1, "1 1"), 2, "got 2 words ('1 1'), expected 1 number: the number of bodies"),
    "a line cut in two": (replace_line(ROW, LINES[ROW].replace(" ", "\n", 1)), 5, "got 1 words"),
    "two lines joined": ([*LINES[:4], f"{LINES[4]} {LINES[5]}", *LINES[6:]], 5, "got 24 words"),
    "a first line that is empty": (["", *LINES], 1, "got 0 words (''), expected 1 number: the number of frames"),
    "an empty line in the middle": ([*LINES[:9], "", *LINES[9:]], 10, "got 0 words"),
    "more text": ([*LINES, "1"], LAST + 2, "got '1', expected the end of the file after the last frame"),
    "more text after blank lines": ([*LINES, "", "", "1"], LAST + 2, "expected the end of the file"),
    "a frame more than claimed": (replace_line(0, "2"), 31, "got '2', expected the end of the file"),
    "a billion frames": (replace_line(0, "1000000000"), LAST + 1, "bodies of frame 4 of 1000000000"),
    "as many frames as numbers have": (replace_line(0, "9" * 20), LAST + 1, "end of the file, expected the number"),
    "a billion bodies": (replace_line(1, "1000000000"), 30, "got 1 words ('0'), expected 10 numbers"),
    "a billion bodies at the end": (replace_line(30, "1000000000"), LAST + 1, "the end of the file, expected the id"),
    "a billion joints": (replace_line(3, "1000000000"), 4, "got 1000000000 joints, expected 25"),
    "too long a count": (replace_line(1, "1" * 5000), 2, "got '11111111111111111111111111111111"),
    "a body twice in a frame": (replace_line(58, LINES[31]), 59, f"got the body id {FIRST_ID} a second time"),
    "a body twice, spelt otherwise": (replace_line(58, "0" + LINES[31]), 59, f"body id {FIRST_ID} a second time"),
    "a negative number of frames": (replace_line(0, "-3"), 1, "got '-3', expected a whole number"),
    "a negative number of bodies": (replace_line(1, "-1"), 2, "got '-1', expected a whole number"),
    "a signed number of bodies": (replace_line(1, "+1"), 2, "got '+1', expected a whole number"),
    "a number of bodies with a point": (replace_line(1, "1.0"), 2, "got '1.0', expected a whole number"),
    "a number of bodies with an exponent": (replace_line(1, "1e0"), 2, "got '1e0', expected a whole number"),
    "a number of bodies in words": (replace_line(1, "one"), 2, "got 'one', expected a whole number"),
    "a number of joints with a point": (replace_line(3, "25.0"), 4, "got '25.0', expected a whole number"),
    "a body id with a point": (replace_word(2, 0, "7.5"), 3, "got '7.5', expected a whole number of at most 20 digits"),
    "a negative body id": (replace_word(2, 0, "-7"), 3, "got '-7', expected a whole number"),
    "a body id of 21 digits": (replace_word(2, 0, "1" * 21), 3, "expected a whole number of at most 20 digits"),
    "a body id that is nan": (replace_word(2, 0, "nan"), 3, "got 'nan', expected a whole number"),
    "text in a body line": (replace_word(2, 4, "closed"), 3, "got 'closed', expected a number"),
    "a comma in the lean": (replace_word(2, 7, "0,5"), 3, "got '0,5', expected a number"),
    "a NUL": (replace_word(ROW, 1, "\0"), 5, r"got '\x00', expected a finite number"),
    "a NUL in a number": (replace_word(ROW, 9, "0.\x005"), 5, r"got '0.\x005', expected a number"),
    "a CR in a number": (replace_word(ROW, 2, "1\r2"), 5, r"got '1\r2', expected a finite number"),
    "a CR between numbers": (replace_line(ROW, LINES[ROW].replace(" ", " \r ", 1)), 5, "got 13 words"),
    "a CR in place of the state": (replace_word(ROW, 11, "\r"), 5, "got 11 words"),
    "a CR in place of a body's state": (replace_word(2, 9, "\r"), 3, "got 9 words"),
    "a CR in place of a count": (replace_line(1, "\r"), 2, "got 0 words"),
    "CR as line ends": (["\r".join(LINES)], 1, "words"),
    "a form feed as blank": (replace_line(ROW, LINES[ROW].replace(" ", "\f")), 5, "got 1 words"),
    "digits of another script": (replace_line(0, "٣"), 1, "expected a whole number"),
    "JSON": (['{"skeletons": [[[0.1, 0.2, 3.0]]]}'], 1, "got 4 words"),
}
NO_NUMBERS = ["nan", "NaN", "-nan", "inf", "-Infinity", "1e39", "-3.4028236e38", "1e999", "hand", "1.2.3", "--1", "1-"]
NO_NUMBERS += ["1e", "e5", "1e+", "1e2.5", "-", ".", "-.", "1_0", "0x1A", "1,5", "1d5", "1/2", "½", "(1)"]
FAULTS |= {
    f"{word} in column {column}": (replace_word(ROW + 9, column, word), ROW + 10, "expected a finite number")
    for word in NO_NUMBERS
    for column in range(3)
}
FAULTS |= {
    f"text in column {column}": (replace_word(ROW, column, "left"), 5, "'left', expected") for column in range(12)
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_line(fault):
    lines, at, reason = FAULTS[fault]
    with pytest.raises(SkeletonFileError) as error:
        parse(lines)
    assert (error.value.path, error.value.line) == (f"{STEM}.skeleton", at)
    assert reason in error.value.reason
    assert "expected" in error.value.reason
    assert len(error.value.reason) < 200
    with pytest.raises(SkeletonFileError) as same:
        parse(lines, tracking_states=False, image_positions=True)
    assert same.value.line == at


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_left_out_and_the_others_are_read(fault, tmp_path):
    (tmp_path / "a.skeleton").write_bytes(to_bytes(FAULTS[fault][0]))
    (tmp_path / "b.skeleton").write_bytes(to_bytes(LINES))
    files = find_files(tmp_path, "*.skeleton", "b.skeleton")
    for on_error in ("skip", "warn"):
        with pytest.warns(UserWarning, match="left out 1 of 2 files") if on_error == "warn" else nullcontext():
            records, left_out = read_files(files, _read, on_error=on_error)
        assert [record["recording"].n_frames for record in records] == [3]
        assert list(left_out) == ["a"]
        assert str(tmp_path / "a.skeleton") in left_out["a"]


def _read(content):
    return {"recording": parse_ntu_skeleton(content)}


@pytest.mark.parametrize("state", ["3", "-1", "2.0", "02", "nan"])
def test_a_state_that_is_none_is_a_fault_where_states_are_read(state):
    lines = replace_word(ROW, 11, state)
    assert parse(lines, tracking_states=False).n_frames == 3
    with pytest.raises(SkeletonFileError, match=f"line 5: got the tracking state '{state}', expected 0, 1 or 2"):
        parse(lines)


@pytest.mark.parametrize("column", [3, 6])
def test_a_pixel_that_is_no_number_is_a_fault_where_pixels_are_read(column):
    lines = replace_word(ROW, column, "1.2.3")
    assert parse(lines).n_frames == 3
    with pytest.raises(SkeletonFileError, match=r"line 5: got '1\.2\.3', expected a finite number"):
        parse(lines, image_positions=True)


def test_bytes_that_are_no_text_are_faults():
    data = to_bytes(LINES)
    for wrong in (b"\xff\xfe" + data, data.decode().encode("utf-16"), data[:300] + b"\xff" + data[301:], bytes(99)):
        with pytest.raises(SkeletonFileError) as error:
            parse_ntu_skeleton(content_of(wrong))
        assert error.value.line


def test_a_file_cut_anywhere_is_faulty_at_its_last_line():
    data = to_bytes(make_lines([[A]]))
    assert parse_ntu_skeleton(content_of(data[:-1])).n_frames == 1
    for length in range(len(data) - 1):
        with pytest.raises(SkeletonFileError) as error:
            parse_ntu_skeleton(content_of(data[:length]))
        assert error.value.line == len(data[:length].rstrip().split(b"\n"))


@pytest.mark.parametrize("claimed", [0, 1, 30])
def test_a_huge_count_allocates_nothing(claimed):
    data = to_bytes(replace_line(claimed, "9" * 12))
    tracemalloc.start()
    try:
        with pytest.raises(SkeletonFileError):
            parse_ntu_skeleton(content_of(data))
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_file_is_read_plain_or_compressed(tmp_path, pack):
    path = tmp_path / f"{STEM}.skeleton"
    path.write_bytes(pack(to_bytes(LINES)))
    for positions in (False, True):
        expected = parse_strictly(to_bytes(LINES), True, positions)
        assert_recordings_equal(read_ntu_skeleton(path, image_positions=positions), expected)
        assert_recordings_equal(read_ntu_skeleton(str(path), image_positions=positions), expected)


def test_a_faulty_or_unreadable_file_is_named(tmp_path):
    path = tmp_path / f"{STEM}.skeleton"
    with pytest.raises(SkeletonFileError, match=f"{STEM}.skeleton: got an unreadable file"):
        read_ntu_skeleton(path)
    path.write_bytes(gzip.compress(to_bytes(LINES))[:-20])
    with pytest.raises(SkeletonFileError, match=f"{STEM}.skeleton: got an unreadable file"):
        read_ntu_skeleton(path)
    path.write_bytes(to_bytes(LINES[:9]))
    with pytest.raises(SkeletonFileError, match=f"{STEM}.skeleton, line 9: got the end"):
        read_ntu_skeleton(path)
