"""From rows of text to joint positions."""

import numpy as np
import pytest

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._positions import mark_missing, read_rows, to_sequence
from skeletonlearn.datasets._source import FileContent, SourceFile


def content(text):
    return FileContent(SourceFile("some.txt", "", (0, 0)), text.encode())


def test_rows_are_read_whatever_ends_their_lines():
    assert read_rows(content("1 2\r\n\n 3\t-4e1 \n"), 2, "x y").tolist() == [[1, 2], [3, -40]]
    assert read_rows(content("1, 2,\n3,4"), 2, "x y", separator=",").tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", None, "got an empty file, expected lines of x y"),
        ("1 2\n3", 2, "got 1 numbers, expected 2"),
        ("1 2\n\n3 4 5", 3, "got 3 numbers, expected 2"),
        ("1 two", 1, "no number, expected x y"),
        ("1 2\n\n1 inf", 3, "got an infinite or too large number"),
        ("1 2\n1e39 2", 2, "got an infinite or too large number"),
    ],
)
def test_a_faulty_line_is_named(text, line, reason):
    with pytest.raises(SkeletonFileError) as error:
        read_rows(content(text), 2, "x y")
    assert error.value.line == line
    assert reason in error.value.reason


def test_what_float32_cannot_hold_is_refused_with_its_place():
    with pytest.raises(SkeletonFileError, match=r"frame 3: got infinite or too large"):
        to_sequence(content(""), np.full((1, 1, 3), -1e39), "frame 3: ")


def test_a_joint_that_lacks_a_coordinate_is_missing():
    sequence = np.array([[[0, np.nan, 1]]])
    assert np.isnan(mark_missing(sequence)).all()


def test_joints_at_zero_become_nan_in_place():
    sequence = np.ones((2, 3, 3), np.float32)
    sequence[0, 1] = 0.0
    sequence[1, 2] = -0.0
    assert mark_missing(sequence) is sequence
    assert np.argwhere(np.isnan(sequence).all(axis=2)).tolist() == [[0, 1], [1, 2]]
    assert np.isnan(sequence).sum() == 6


@pytest.mark.parametrize("joint", [[0, 0, 1e-30], [np.nan] * 3])
def test_other_joints_stay_as_they_are(joint):
    sequence = np.array([[joint]], np.float32)
    before = sequence.copy()
    np.testing.assert_array_equal(mark_missing(sequence), before)
