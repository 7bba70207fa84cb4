"""Labels that come with arrays."""

import numpy as np
import pandas as pd
import pytest

from skeletonlearn.datasets._given_labels import read_labels

LABELS = {
    "integers": ([2, 0, 2], None, [2, 0, 2], ["0", "1", "2"]),
    "integers of another type": (np.array([2, 0, 2], np.uint8), None, [2, 0, 2], ["0", "1", "2"]),
    "integers as floats": ([2.0, 0.0, 2.0], None, [2, 0, 2], ["0", "1", "2"]),
    "a column": (np.array([[2], [0], [2]]), None, [2, 0, 2], ["0", "1", "2"]),
    "unknown ones": ([-1, 0, -1], None, [-1, 0, -1], ["0"]),
    "one-hot rows": (np.eye(4)[[2, 0, 2]], None, [2, 0, 2], ["0", "1", "2", "3"]),
    "one-hot rows of bool": (np.eye(4, dtype=bool)[[2, 0, 2]], None, [2, 0, 2], ["0", "1", "2", "3"]),
    "integers with names": ([1, 0, 1], ["sit", "run", "nod"], [1, 0, 1], ["sit", "run", "nod"]),
    "one-hot rows with names": (np.eye(2)[[1, 0, 1]], ["sit", "run"], [1, 0, 1], ["sit", "run"]),
    "texts": (["sit", "run", "sit"], None, [1, 0, 1], ["run", "sit"]),
    "texts with names": (["sit", "run", "sit"], ["sit", "nod", "run"], [0, 2, 0], ["sit", "nod", "run"]),
    "bytes": (np.array([b"sit", b"run", b"sit"]), None, [1, 0, 1], ["run", "sit"]),
    "a column of a table": (pd.Series(["sit", "run", "sit"]), None, [1, 0, 1], ["run", "sit"]),
}


@pytest.mark.parametrize("kind", LABELS)
def test_labels_of_any_kind_become_classes(kind):
    given, target_names, codes, names = LABELS[kind]
    got = read_labels(given, 3, target_names)
    assert got[0].dtype == np.int64
    assert (got[0].tolist(), got[1]) == (codes, names)


FAULTS = {
    "too few": ([1, 2], None, r"target has shape \(2,\), expected a label for each of 3 samples"),
    "three axes": (np.zeros((3, 2, 2)), None, r"target has shape \(3, 2, 2\)"),
    "a scalar": (1, None, r"target has shape \(\)"),
    "two ones": ([[1, 0], [1, 1], [0, 1]], None, r"target has shape \(3, 2\), and row 1 is no one-hot row"),
    "probabilities": ([[0.9, 0.1], [1, 0], [0, 1]], None, "row 0 is no one-hot row"),
    "a row of zeros": ([[1, 0], [1, 0], [0, 0]], None, "row 2 is no one-hot row"),
    "rows of texts": ([["a", "b"]] * 3, None, "row 0 is no one-hot row"),
    "a fraction": ([0, 1.5, 1], None, "target has 1.5 in row 1, expected integers"),
    "NaN": ([0, np.nan, 1], None, "target has nan in row 1"),
    "below -1": ([0, 1, -2], None, "target has -2 in row 2"),
    "complex": ([0j, 1, 1], None, "in row 0, expected integers"),
    "no text": (["a", None, "b"], None, "target has None in row 1"),
    "few names": ([0, 1, 2], ["a", "b"], "target_names has 2 names, expected one for each of 3 classes"),
    "another name": (["a", "b", "c"], ["a", "b"], "target has the label 'c', which is none of target_names"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_labels_that_are_none_are_an_error_that_says_where(fault):
    given, target_names, reason = FAULTS[fault]
    with pytest.raises(ValueError, match=reason):
        read_labels(given, 3, target_names)
