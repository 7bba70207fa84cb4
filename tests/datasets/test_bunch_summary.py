"""What a Bunch shows where it is printed."""

import numpy as np
import pytest

from skeletonlearn.datasets import SkeletonBunch, make_actions
from skeletonlearn.datasets._bunch_summary import count_items


class Unreadable(np.ndarray):
    """An array whose numbers cannot be read."""

    def __array_finalize__(self, parent):
        pass

    def __array_ufunc__(self, *args, **kwargs):
        raise AssertionError("read")

    def __getitem__(self, index):
        raise AssertionError("read")


def many_samples(**entries):
    """A Bunch as large as the largest data sets, with as many kinds of entries."""
    n = 1000
    given = {
        "sequences": [np.zeros((10 + at % 50, 50, 3), np.float32) for at in range(n)],
        "target": np.arange(n) % 120,
        "target_names": [f"action {at}" for at in range(120)],
        "name": np.array([f"S001C001P001R001A{at:03}" for at in range(n)]),
        "left_out": {f"file{at}": "faulty " * 100 for at in range(n)},
        "missing": [f"S{at:03}" for at in range(535)],
        "train_index": np.arange(600),
        "test_index": np.arange(600, n),
        "DESCR": "About the data. " * 1000,
    }
    return SkeletonBunch(**given, **{key: np.arange(n) for key in ("subject", "camera", "setup")}, **entries)


@pytest.mark.parametrize("entries", [{}, {"matrix": np.eye(900), "nested": [[1.5] * 1000] * 1000, "text": "x" * 9999}])
def test_it_is_ten_lines_whatever_it_holds(entries):
    lines = repr(many_samples(**entries)).split("\n")
    assert len(lines) == 10
    assert max(map(len, lines)) <= 110


def test_entries_without_room_are_named():
    assert repr(many_samples()).split("\n")[-1].split() == ["and", "setup,", "DESCR"]


def test_the_joints_are_described_as_persons_of_the_layout():
    text = repr(make_actions(8, n_classes=4, n_frames=(9, 12), two_person=True, random_state=0))
    assert "9 to 12 frames, 40 joints (2 persons of KINECT_V1), 3 channels, float32" in text


def test_classes_are_counted_and_named():
    text = repr(SkeletonBunch(sequences=[], target=np.array([1, 0, 1, 7]), target_names=["wave", "kick"]))
    assert "3 classes: kick (2), wave (1), 7 (1)" in text


def test_the_largest_of_many_classes_come_first():
    target = np.array([*range(9), 4, 4, 2])
    text = repr(SkeletonBunch(target=target, target_names=list("abcdefghi")))
    assert "9 classes: e (3), c (2), a (1), b (1), d (1), f (1), ..." in text


def test_the_parts_of_a_protocol_are_one_line():
    assert "train_index  600 samples train, 400 test (test_index)" in repr(many_samples())


def test_no_sequence_is_read():
    sequences = [np.zeros((4, 5, 3), np.float32).view(Unreadable)]
    assert "4 frames, 5 joints, 3 channels, float32" in repr(SkeletonBunch(sequences=sequences))


VALUES = {
    "integers": (np.array([3, 1, 3]), "2 values, 1 to 3"),
    "fractions": (np.array([0.5, 0.25]), "2 values, 0.25 to 0.5"),
    "one value": (np.array([7, 7]), "1 value, 7"),
    "no values": (np.array([], int), "0 values"),
    "texts": (np.array(["a", "b", "c", "d"]), "'a', 'b', 'c', ..."),
    "no texts": (np.array([], str), "none"),
    "a list": ([1, 2], "2: 1, 2"),
    "an empty dict": ({}, "none"),
    "a dict": ({"a": 1}, "1: 'a'"),
    "a text of lines": ("two\n  lines", "two lines"),
    "nothing": (None, "None"),
}


@pytest.mark.parametrize("kind", VALUES)
def test_an_entry_of_any_kind_is_a_line(kind):
    value, text = VALUES[kind]
    assert repr(SkeletonBunch(key=value)) == f"SkeletonBunch\n  key  {text}"


def test_an_empty_bunch_is_its_name():
    assert repr(SkeletonBunch()) == "SkeletonBunch"


def test_items_are_counted_in_lists_arrays_and_nothing_else():
    assert [count_items(one) for one in ([1, 2], np.zeros((3, 4)), np.float64(1), "text", {"a": 1}, None)] == [
        *(2, 3),
        *[None] * 4,
    ]
