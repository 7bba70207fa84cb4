"""The writer of raw files of NTU RGB+D."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from skeletonlearn.datasets._ntu._parse import parse_ntu_skeleton, read_ntu_skeleton
from skeletonlearn.datasets._ntu._recording import NTUBody, NTURecording
from skeletonlearn.datasets._ntu._write import write_ntu_skeleton
from tests.datasets.ntu.ntu_files import FIRST_ID, assert_recordings_equal, content_of, make_lines, to_bytes
from tests.datasets.ntu.strict_reference import parse_strictly


def make_body(frames=(0, 1, 3), body_id=FIRST_ID, seed=0):
    joints = np.random.default_rng(seed).normal(size=(len(frames), 25, 3)).astype(np.float32)
    return NTUBody(body_id, np.array(frames), joints)


def make_recording(**changes):
    return NTURecording(5, [dataclasses.replace(make_body(), **changes)])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "S001C002P003R002A013.skeleton"


def test_the_lines_are_those_of_the_format(path):
    joints = np.zeros((1, 25, 3), dtype=np.float32)
    joints[0, 0] = 0.1, -2, 1.25e-5
    write_ntu_skeleton(path, NTURecording(2, [NTUBody(7, np.array([1]), joints)]))
    lines = path.read_bytes().split(b"\n")
    assert lines[:4] == [b"2", b"0", b"1", b"7 0 0 0 0 0 0 0 0 2"]
    assert lines[4:6] == [b"25", b"0.1 -2 1.25e-05 0 0 0 0 0 0 0 0 2"]
    assert lines[6:] == [b"0 0 0 0 0 0 0 0 0 0 0 2"] * 24 + [b""]


def test_states_and_pixels_are_written_where_there_are_some(path):
    rng = np.random.default_rng(1)
    states = rng.integers(3, size=(3, 25)).astype(np.int8)
    depth, color = rng.uniform(0, 1920, size=(2, 3, 25, 2)).astype(np.float32)
    depth[1, 2, 0] = np.nan
    recording = make_recording(tracking_states=states, depth=depth, color=color)
    write_ntu_skeleton(path, recording)
    assert_recordings_equal(read_ntu_skeleton(path, image_positions=True), recording)


def test_what_is_not_there_is_tracked_and_has_pixels_at_zero(path):
    write_ntu_skeleton(path, make_recording())
    (body,) = read_ntu_skeleton(path, image_positions=True).bodies
    assert (body.tracking_states == 2).all()
    assert not body.depth.any()
    assert not body.color.any()


def test_what_was_read_and_written_is_read_again(path):
    data = to_bytes(make_lines([[2, 0], [], [0], [1, 2, 0]]))
    recording = parse_ntu_skeleton(content_of(data), image_positions=True)
    write_ntu_skeleton(str(path), recording)
    assert_recordings_equal(read_ntu_skeleton(path, image_positions=True), recording)
    assert_recordings_equal(parse_strictly(path.read_bytes(), True, True), recording)


def finite(shape):
    return hnp.arrays(np.float32, shape, elements=st.floats(width=32, allow_nan=False, allow_infinity=False))


@st.composite
def recordings(draw):
    n_frames = draw(st.integers(1, 4))
    appearing = st.lists(st.integers(0, n_frames - 1), min_size=1, unique=True).map(sorted)
    firsts_in_order = st.lists(appearing, min_size=1, max_size=3).map(
        lambda given: sorted(given, key=lambda one: one[0])
    )
    all_frames = draw(firsts_in_order)
    ids = draw(st.lists(st.integers(0, 2**64 - 1), min_size=3, max_size=3, unique=True))
    bodies = [
        NTUBody(
            body_id,
            np.array(frames),
            draw(finite((len(frames), 25, 3))),
            draw(hnp.arrays(np.int8, (len(frames), 25), elements=st.integers(0, 2))),
            draw(finite((len(frames), 25, 2))),
            draw(finite((len(frames), 25, 2))),
        )
        for body_id, frames in zip(ids, all_frames, strict=False)
    ]
    return NTURecording(n_frames, bodies)


@given(recordings())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_any_recording_comes_back_bit_by_bit(tmp_path_factory, recording):
    path = tmp_path_factory.getbasetemp() / "any.skeleton"
    write_ntu_skeleton(path, recording)
    assert_recordings_equal(read_ntu_skeleton(path, image_positions=True), recording)
    assert_recordings_equal(parse_strictly(path.read_bytes(), True, True), recording)


def test_float32_of_every_size_come_back_bit_by_bit(path):
    bits = np.random.default_rng(2).integers(2**32, size=(40, 25, 3), dtype=np.uint32)
    joints = bits.view(np.float32)
    joints[~np.isfinite(joints)] = np.finfo(np.float32).max
    recording = NTURecording(40, [NTUBody(1, np.arange(40), joints)])
    write_ntu_skeleton(path, recording)
    assert read_ntu_skeleton(path).bodies[0].joints.tobytes() == joints.tobytes()


def test_a_file_that_is_there_is_replaced_and_nothing_else_is_left(path):
    path.write_text("old")
    write_ntu_skeleton(path, make_recording())
    assert read_ntu_skeleton(path).n_frames == 5
    assert list(path.parent.iterdir()) == [path]


joints = make_body().joints
WRONG = {
    "no frames": (NTURecording(0, []), "got 0 frames and 0 bodies, expected at least one of each"),
    "no bodies": (NTURecording(3, []), "got 3 frames and 0 bodies"),
    "one id twice": (NTURecording(9, [make_body(), make_body([7])]), "expected different ones from 0 to"),
    "a negative id": (make_recording(body_id=-1), r"got the body ids \[-1\]"),
    "a huge id": (make_recording(body_id=2**64), "from 0 to 2\\*\\*64 - 1"),
    "a body without frames": (make_recording(frames=np.array([], int), joints=joints[:0]), "expected some, ascending"),
    "frames past the end": (make_recording(frames=np.array([0, 1, 5])), r"frames \[0 1 5\], expected .* 0 to 4"),
    "a negative frame": (make_recording(frames=np.array([-1, 0, 1])), r"frames \[-1  0  1\], expected some, ascending"),
    "a frame twice": (make_recording(frames=np.array([0, 1, 1])), r"frames \[0 1 1\], expected some, ascending"),
    "20 joints": (make_recording(joints=joints[:, :20]), r"joints of shape \(3, 20, 3\), expected \(3, 25, 3\)"),
    "fewer joints than frames": (make_recording(joints=joints[:2]), r"joints of shape \(2, 25, 3\)"),
    "pixels of another shape": (make_recording(depth=joints), r"depth of shape \(3, 25, 3\), expected \(3, 25, 2\)"),
    "states of another shape": (make_recording(tracking_states=joints), r"tracking_states of shape \(3, 25, 3\)"),
    "NaN": (make_recording(joints=joints * np.float32(np.nan)), "NaN or infinite, expected metres"),
    "a number too large for float32": (make_recording(joints=joints.astype(float) * 1e300), "NaN or infinite"),
    "infinite pixels": (make_recording(color=joints[..., :2] * np.float32(np.inf)), "infinite pixels, expected"),
    "state 3": (make_recording(tracking_states=np.full((3, 25), 3)), r"states \[3\], expected 0, 1 or 2"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_could_not_be_read_again_is_refused(path, wrong):
    recording, text = WRONG[wrong]
    path.write_text("old")
    with pytest.raises(ValueError, match=text):
        write_ntu_skeleton(path, recording)
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_a_recording_shows_its_bodies_in_few_words():
    body = NTUBody(720, np.arange(2), np.zeros((2, 25, 3), np.float32))
    assert repr(NTURecording(3, [body])) == "NTURecording(n_frames=3, bodies=[<NTUBody 720: 2 frames>])"
