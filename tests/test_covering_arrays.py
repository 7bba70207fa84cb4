"""The covering arrays of :mod:`tests.pairs`."""

from itertools import combinations, product

import pytest

from tests.pairs import Exclusion, covering_array

AXES = {"a": (1, 2, 3), "b": ("x", "y"), "c": (None, True), "d": ("u", "v", "w")}
EXCLUSIONS = (
    Exclusion({"a": (1,), "b": ("x",)}, "one needs y"),
    Exclusion({"b": ("y",), "c": (True,)}, "y allows no c"),  # and so, though nobody says it, does one
    Exclusion({"a": (2,), "b": ("y",), "d": ("v", "w")}, "three at once"),
)


def parts(rows, size):
    return {frozenset(part) for row in rows for part in combinations(row.items(), size)}


def allowed(exclusions):
    every = [dict(zip(AXES, values, strict=True)) for values in product(*AXES.values())]
    return [row for row in every if not any(exclusion.excludes(row) for exclusion in exclusions)]


@pytest.mark.parametrize("exclusions", [(), EXCLUSIONS[:1], EXCLUSIONS])
def test_all_pairs_of_allowed_combinations_are_covered_and_no_others(exclusions):
    rows = covering_array(AXES, exclusions)
    assert parts(rows, 2) == parts(allowed(exclusions), 2)
    assert len(rows) < len(allowed(exclusions))


def test_all_triples_of_chosen_axes_are_covered():
    of_chosen = [{axis: row[axis] for axis in "abd"} for row in covering_array(AXES, EXCLUSIONS, [("a", "b", "d")])]
    of_allowed = [{axis: row[axis] for axis in "abd"} for row in allowed(EXCLUSIONS)]
    assert parts(of_chosen, 3) == parts(of_allowed, 3)


def test_no_combination_is_there_twice():
    rows = covering_array(AXES, EXCLUSIONS)
    assert len({tuple(row.items()) for row in rows}) == len(rows)


def test_the_same_axes_give_the_same_combinations():
    assert covering_array(AXES, EXCLUSIONS) == covering_array(AXES, EXCLUSIONS)
