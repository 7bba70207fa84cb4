"""What every reader gives."""

import numpy as np
import pytest

from skeletonlearn.datasets._bunch import make_bunch, take

COMMON = {"protocol": "xsub", "target_names": ["wave", "kick"], "left_out": {}}


@pytest.fixture
def per_sample():
    return {
        "sequences": [np.full((length, 5, 3), length, np.float32) for length in (1, 2, 3, 4)],
        "target": np.array([0, 1, 0, 1]),
        "name": np.array(["a", "b", "c", "d"]),
    }


IS_TRAIN = np.array([True, False, False, True])


def test_all_samples_come_with_the_indices_of_both_parts(per_sample):
    bunch = make_bunch(per_sample, COMMON, IS_TRAIN, "all")
    assert bunch.train_index.tolist() == [0, 3]
    assert bunch.test_index.tolist() == [1, 2]
    assert len(bunch.sequences) == 4
    assert bunch.name.tolist() == ["a", "b", "c", "d"]
    assert bunch.target_names == ["wave", "kick"]


@pytest.mark.parametrize(("subset", "names", "lengths"), [("train", ["a", "d"], [1, 4]), ("test", ["b", "c"], [2, 3])])
def test_a_part_has_its_samples_in_lists_and_arrays(per_sample, subset, names, lengths):
    bunch = make_bunch(per_sample, COMMON, IS_TRAIN, subset)
    assert bunch.name.tolist() == names
    assert isinstance(bunch.sequences, list)
    assert [len(one) for one in bunch.sequences] == lengths
    assert bunch.target.tolist() == [0, 1] if subset == "train" else [1, 0]
    assert bunch.protocol == "xsub"
    assert not {"train_index", "test_index"} & bunch.keys()


def test_all_samples_may_lie_in_one_part(per_sample):
    bunch = make_bunch(per_sample, COMMON, np.ones(4, bool), "all")
    assert bunch.train_index.tolist() == [0, 1, 2, 3]
    assert bunch.test_index.tolist() == []


@pytest.mark.parametrize(("subset", "is_train"), [("train", False), ("test", True)])
def test_an_empty_part_is_an_error(per_sample, subset, is_train):
    text = f"subset='{subset}' is empty: got 4 samples, none of them in the {subset} part of protocol='xsub'"
    with pytest.raises(ValueError, match=text):
        make_bunch(per_sample, COMMON, np.full(4, is_train), subset)


def test_items_are_taken_from_lists_and_arrays_alike():
    assert take(["a", "b", "c"], np.array([2, 0])) == ["c", "a"]
    assert take(np.array([5, 6, 7]), np.array([2, 0])).tolist() == [7, 5]
