"""Ten thousand spoilt raw files of NTU RGB+D: each is read as the strict reference reads it, or refused as there."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._ntu._parse import parse_ntu_skeleton
from tests.datasets.ntu.ntu_files import assert_recordings_equal, content_of, make_lines, to_bytes
from tests.datasets.ntu.strict_reference import parse_strictly

SOUND = [to_bytes(make_lines(frames)) for frames in ([[0]], [[0, 1]], [[], [0]], [[0], [], [1]], [[0], [0], [], [0]])]
WORDS = [b"", b"0", b"1", b"2", b"24", b"26", b"-1", b"+3", b"1000000000", b"9" * 25, b"1.5", b"-0.25", b"1.2E-05"]
WORDS += [b"nan", b"-inf", b"1e999", b"1.2.3", b"--1", b"1e", b"1_0", b".", b"x", b"\0", b"\xff", b"\r", b"\t", b"5\n5"]
BYTES = b"0123456789.-+eE \t\r\n_x\0\xff"


def cut(data, at, _):
    return data[: at % (len(data) + 1)]


def change_byte(data, at, what):
    at %= max(len(data), 1)
    return data[:at] + BYTES[what % len(BYTES) :][:1] + data[at + 1 :]


def delete_line(lines, at, _):
    return lines[:at] + lines[at + 1 :]


def duplicate_line(lines, at, _):
    return lines[: at + 1] + lines[at:]


def swap_lines(lines, at, what):
    other = what % len(lines)
    lines[at], lines[other] = lines[other], lines[at]
    return lines


def insert_word(lines, at, what):
    words = lines[at].split(b" ")
    words.insert(what // len(WORDS) % (len(words) + 1), WORDS[what % len(WORDS)])
    return [*lines[:at], b" ".join(words), *lines[at + 1 :]]


def replace_word(lines, at, what):
    words = lines[at].split(b" ")
    words[what // len(WORDS) % len(words)] = WORDS[what % len(WORDS)]
    return [*lines[:at], b" ".join(words), *lines[at + 1 :]]


def change_count(lines, at, what):
    counts = [number for number, line in enumerate(lines) if b" " not in line] or [0]
    lines[counts[at % len(counts)]] = WORDS[what % len(WORDS)]
    return lines


def splice(lines, at, what):
    other = SOUND[what % len(SOUND)].split(b"\n")
    return lines[:at] + other[what // len(SOUND) % len(other) :]


def respell_line(lines, at, what):
    old, new = [(b" ", b"\t"), (b" ", b"   "), (b"", b" "), (b" 2", b" 2\r"), (b".", b""), (b"-", b"")][what % 6]
    return [*lines[:at], lines[at].replace(old, new), *lines[at + 1 :]]


def respell_all(lines, _, what):
    end = (b"\r", b" ", b"\t\r", b"\r\r")[what % 4]
    return [line + end for line in lines]


OF_BYTES = [cut, change_byte, change_byte]
OF_LINES = [delete_line, duplicate_line, swap_lines, insert_word, replace_word, replace_word]
OF_LINES += [change_count, splice, respell_line, respell_line, respell_all]


def spoil(data, mutation, at, what):
    if mutation in OF_BYTES:
        return mutation(data, at, what)
    lines = data.split(b"\n")
    return b"\n".join(mutation(lines, at % len(lines), what))


MUTATIONS = OF_BYTES + OF_LINES


@given(st.integers(0, 4 * len(SOUND) - 1), st.lists(st.integers(0, 2**20), min_size=1, max_size=3))
@settings(max_examples=3_000, deadline=None, derandomize=True, database=None)
def test_spoilt_files_are_refused_or_read_as_the_strict_reference_does(start, seeds):
    at, states, positions = start // 4, bool(start & 1), bool(start & 2)
    data = SOUND[at]
    for seed in seeds:  # one draw for each mutation: hypothesis takes most of the time
        rng = random.Random(seed)
        data = spoil(data, rng.choice(MUTATIONS), rng.getrandbits(20), rng.getrandbits(20))
    try:
        expected = parse_strictly(data, states, positions)
    except ValueError:
        with pytest.raises(SkeletonFileError) as error:
            parse_ntu_skeleton(content_of(data), tracking_states=states, image_positions=positions)
        assert 1 <= error.value.line <= data.count(b"\n") + 1
        return
    recording = parse_ntu_skeleton(content_of(data), tracking_states=states, image_positions=positions)
    assert_recordings_equal(recording, expected)
    for body in recording.bodies:
        assert body.joints.dtype == np.float32
        assert body.joints.shape == (len(body.frames), 25, 3)
        assert np.isfinite(body.joints).all()
        assert (np.diff([-1, *body.frames, recording.n_frames]) > 0).all()
