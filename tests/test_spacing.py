"""Evenly spaced ones of many."""

import pytest

from skeletonlearn._spacing import evenly_spaced


@pytest.mark.parametrize(
    ("length", "n_wanted", "indices"),
    [(5, 5, [0, 1, 2, 3, 4]), (9, 3, [0, 4, 8]), (300, 2, [0, 299]), (7, 1, [0]), (2, 4, [0, 0, 1, 1])],
)
def test_wanted_ones_are_evenly_spaced(length, n_wanted, indices):
    assert evenly_spaced(length, n_wanted).tolist() == indices
