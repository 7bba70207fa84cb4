"""Lists of sequences that are selected from as arrays are."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest

from skeletonlearn.base import is_ragged
from skeletonlearn.datasets._sequence_list import SequenceList, describe_shapes, find_positions


@pytest.fixture
def sequences():
    return SequenceList(np.full((length, 5, 3), length, np.float32) for length in (4, 2, 3))


def lengths_of(sequences):
    return [len(one) for one in sequences]


def test_it_is_a_list(sequences):
    assert isinstance(sequences, list)
    assert is_ragged(sequences)
    assert len(sequences[-1]) == len(sequences[np.int64(2)]) == len(sequences[np.array(2)]) == 3
    assert lengths_of(sequences + sequences) == [4, 2, 3] * 2


@pytest.mark.parametrize(
    ("index", "lengths"),
    [
        ([2, 0], [3, 4]),
        (np.array([-1, -3]), [3, 4]),
        (np.array([0], np.uint8), [4]),
        ([True, False, True], [4, 3]),
        (pd.Series([False, True, True], dtype="boolean"), [2, 3]),
        (slice(1, None), [2, 3]),
        ([], []),
    ],
)
def test_an_index_selects_sequences_without_copying_them(sequences, index, lengths):
    got = sequences[index]
    assert type(got) is SequenceList
    assert lengths_of(got) == lengths
    assert {id(one) for one in got} <= {id(one) for one in sequences}


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_selects_too(sequences, how):
    got = how(sequences)
    assert type(got) is SequenceList
    assert lengths_of(got[[1]]) == [2]


FAULTS = {
    "beyond the end": ([0, 3], IndexError, "index has 3, but there are 3 samples"),
    "beyond the start": ([-4], IndexError, "index has -4, but there are 3 samples"),
    "a short mask": ([True, False], IndexError, "index is a mask of 2 values, expected one per sample: 3"),
    "fractions": ([0.0, 1.0], TypeError, "index has shape .* and type float64, expected a slice"),
    "texts": (["a"], TypeError, "index has shape .* and type <U1, expected a slice"),
    "two axes": ([[0], [1]], TypeError, r"index has shape \(2, 1\)"),
    "a tuple": ((0, 1), TypeError, "list indices must be integers or slices, not tuple"),
    "a fraction": (0.0, TypeError, "list indices must be integers or slices, not float"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_index_is_an_error(sequences, fault):
    index, kind, text = FAULTS[fault]
    with pytest.raises(kind, match=text):
        sequences[index]


def test_a_single_integer_is_no_selection_of_samples():
    with pytest.raises(TypeError, match=r"index has shape \(\) .* a list of integers such as \[0\]"):
        find_positions(1, 3)


def test_from_no_samples_nothing_can_be_selected():
    assert find_positions([], 0).tolist() == []
    with pytest.raises(IndexError, match="index has 0, but there are 0 samples"):
        find_positions([0], 0)


def test_it_shows_shapes_and_no_numbers(sequences):
    assert repr(sequences) == "<3 sequences of 2 to 4 frames, 5 joints, 3 channels, float32>"
    assert repr(sequences[[0]]) == "<1 sequence of 4 frames, 5 joints, 3 channels, float32>"
    assert repr(sequences[[]]) == "<0 sequences>"


def test_confidences_have_no_channels():
    assert describe_shapes([np.ones((4, 5))]) == "4 frames, 5 joints, float64"


def test_sequences_of_different_joints_are_described_by_the_first():
    assert describe_shapes([np.ones((4, 5, 3)), np.ones((4, 6, 3))]) == "different shapes, the first (4, 5, 3)"
