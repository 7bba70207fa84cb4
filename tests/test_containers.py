"""What users pass as sequences."""

from collections import UserList, deque

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from skeletonlearn.base import check_sequences, is_ragged


@pytest.fixture
def X():
    return np.random.default_rng(0).normal(size=(6, 5, 4, 3))


@pytest.fixture
def ragged(X):
    return [X[0], X[1, :3], X[2, :1]]


def check(X):
    return check_sequences(BaseEstimator(), X, reset=True, ragged=True)


def object_array(sequences):
    array = np.empty(len(sequences), dtype=object)
    array[:] = sequences
    return array


@pytest.mark.parametrize("container", [list, tuple])
def test_container_of_sequences_is_ragged(X, container):
    assert is_ragged(container(X))


def test_nested_lists_of_sequences_are_ragged(X):
    assert is_ragged(X.tolist())


def test_object_array_of_sequences_is_ragged(ragged):
    assert is_ragged(object_array(ragged))


@pytest.mark.parametrize(
    "X",
    [np.zeros((2, 5, 4, 3)), np.zeros((2, 5)), [[1.0, 2.0]], [np.zeros(3)], [], (), [1.0], np.array([1, "a"], object)],
    ids=["4-D", "2-D", "table", "rows", "empty list", "empty tuple", "numbers", "objects"],
)
def test_arrays_tables_and_nothing_are_not_ragged(X):
    assert not is_ragged(X)


CONTAINERS = {
    "tuple": tuple,
    "array of objects": object_array,
    "pandas Series": pd.Series,
    "pandas Series with an index of its own": lambda sequences: pd.Series(sequences, index=[9, 4, 7]),
    "deque": deque,
    "UserList": UserList,
    "values of a dict": lambda sequences: dict(enumerate(sequences)).values(),
}


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
def test_sequences_in_any_container_are_taken_like_a_list(ragged, container):
    given = container(ragged)
    assert is_ragged(given)
    for got, wanted in zip(check(given), ragged, strict=True):
        np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
def test_equally_long_sequences_in_any_container_become_one_array(X, container):
    np.testing.assert_array_equal(check(container(list(X[:3]))), X[:3])


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
def test_series_of_numbers_in_any_container_are_rows(X, container):
    np.testing.assert_array_equal(check(container(list(X[:3, :, 0, 0])))[:, :, 0, 0], X[:3, :, 0, 0])


def refused_series(*values):
    return pd.Series(list(values), dtype=object)


ONE = np.zeros((5, 4, 3))


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (refused_series(ONE, None), "Sequence 1 of X is None, but BaseEstimator expected an array"),
        (refused_series(np.nan, ONE), "Sequence 0 of X is nan, but BaseEstimator expected an array"),
        ([ONE, "clip.npy"], "Sequence 1 of X is 'clip.npy'"),
        ([None, ONE], "Sequence 0 of X is None"),
        (refused_series(ONE, ONE[:, :2]), "Sequence 1 of X has 2 joints and 3 channels, but sequence 0 has 4 and 3"),
        (refused_series(np.zeros(3), np.zeros(4)), "X has parts that differ in length"),
        (pd.DataFrame({"label": [0, 1], "clip": [ONE, ONE]}), r"sequences in its cells.* pass .* such as X\['clip'\]"),
        (object_array([ONE, ONE])[:, None], r"sequences in its cells.* pass .* such as X\[:, 0\]"),
    ],
    ids=["None", "NaN", "word", "None first", "other joints", "lengths", "table", "array of one column"],
)
def test_what_holds_other_things_than_sequences_is_refused_by_name(X, message):
    with pytest.raises(ValueError, match=message):
        check(X)


def test_column_of_numbers_is_refused_as_scikit_learn_does():
    with pytest.raises(ValueError, match="Expected a 2-dimensional container"):
        check(pd.Series([1.0, 2.0]))


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ({"a": ONE}, r"X is dict, .*: pass its values, list\(X\.values\(\)\)"),
        ({"sequences": [ONE]}, "X is dict, .*: pass its `sequences`"),
        ({1, 2}, r"X is set, .* or a list of sequences\."),
        (iter([ONE]), r"X is list_iterator, .* or a list of sequences\."),
    ],
    ids=["dict", "dict with sequences", "set", "iterator"],
)
def test_what_is_no_container_of_sequences_is_refused_with_the_remedy(X, message):
    with pytest.raises(TypeError, match=message):
        check(X)


@pytest.mark.parametrize("in_list", [False, True], ids=["array", "list"])
@pytest.mark.parametrize(
    ("shape", "order", "joined"),
    [
        ((4, 3, 50, 25, 2), (0, 2, 4, 3, 1), (4, 50, 50, 3)),
        ((4, 2, 50, 17, 1), (0, 2, 4, 3, 1), (4, 50, 17, 2)),
        ((1, 3, 50, 25, 2), (0, 2, 4, 3, 1), (1, 50, 50, 3)),
        ((4, 2, 50, 25, 3), (0, 2, 1, 3, 4), (4, 50, 50, 3)),
        ((4, 50, 2, 25, 3), (0, 1, 2, 3, 4), (4, 50, 50, 3)),
        ((4, 9, 9, 9, 9), (0, 2, 4, 3, 1), (4, 9, 81, 9)),
    ],
)
def test_the_error_of_five_axes_says_what_makes_them_four(shape, order, joined, in_list):
    X = np.random.default_rng(0).normal(size=shape)
    X = list(X) if in_list else X
    with pytest.raises(ValueError, match=r"If the axes are .* pass") as caught:
        check(X)
    advice = str(caught.value).rpartition("pass ")[2].removesuffix(".")
    np.testing.assert_array_equal(eval(advice, {"X": X}), np.asarray(X).transpose(order).reshape(joined))


def test_the_error_of_a_batch_in_a_batch_takes_it_out():
    with pytest.raises(ValueError, match=r"X has 5 dimensions, but .* expected 4.* pass X\[0\]\."):
        check(np.ones((1, 12, 6, 20, 3)))
