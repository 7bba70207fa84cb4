"""Covering arrays: few combinations of values that hold every pair of them that can occur together.

Written here because allpairspy 2.5.1 leaves out pairs whose other values an exclusion narrows down (127 of those of
`tests/test_pairs.py`), and covertable 3.2.0, which leaves out none, takes twice as long whenever tests are collected.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

Combination = dict[str, Any]


@dataclass(frozen=True)
class Exclusion:
    """Values that cannot occur together, and why not.

    Parameters
    ----------
    values : mapping of str to collection
        A combination is excluded if it has one of these values on each of these axes.
    reason : str
        Why it is excluded.
    """

    values: Mapping[str, Collection[Any]]
    reason: str

    def excludes(self, combination: Combination) -> bool:
        """Whether a combination is excluded."""
        return all(combination[axis] in values for axis, values in self.values.items())


def covering_array(
    axes: Mapping[str, Sequence[Any]],
    exclusions: Sequence[Exclusion] = (),
    triples: Sequence[tuple[str, ...]] = (),
) -> list[Combination]:
    """Choose combinations that together hold every pair of values that any allowed combination holds.

    Parameters
    ----------
    axes : mapping of str to sequence
        The values of each axis.
    exclusions : sequence of Exclusion, default=()
        What cannot occur together.
    triples : sequence of tuple of str, default=()
        Three axes each, of which all triples of values are covered too.

    Returns
    -------
    list of dict
        The combinations, each with one value per axis. The same arguments give the same list.
    """
    allowed = _allowed(axes, exclusions)
    names = list(axes)
    groups = [*combinations(names, 2), *triples]
    parts = _number_parts(allowed, [[names.index(axis) for axis in group] for group in groups])
    missing = np.zeros(parts.max() + 1, dtype=bool)
    missing[parts] = True
    chosen = []
    while missing.any():
        best = missing[parts].sum(axis=1).argmax()  # greedy; of equally good ones the first
        missing[parts[best]] = False
        chosen.append({name: axes[name][at] for name, at in zip(names, allowed[best], strict=True)})
    return chosen


def _allowed(axes: Mapping[str, Sequence[Any]], exclusions: Sequence[Exclusion]) -> np.ndarray:
    """All allowed combinations, `(n_combinations, n_axes)`, as positions of the values on their axes."""
    positions = np.indices([len(values) for values in axes.values()], dtype=np.int8).reshape(len(axes), -1)
    column = dict(zip(axes, positions, strict=True))
    excluded = np.zeros(positions.shape[1], dtype=bool)
    for exclusion in exclusions:
        at = {axis: [axes[axis].index(value) for value in values] for axis, values in exclusion.values.items()}
        excluded |= np.logical_and.reduce([np.isin(column[axis], values) for axis, values in at.items()])
    return positions.T[~excluded]


def _number_parts(combinations: np.ndarray, groups: Sequence[Sequence[int]]) -> np.ndarray:
    """For each combination and group of axes, a number that tells the group's values, `(n_combinations, n_groups)`."""
    sizes = combinations.max(axis=0).astype(np.int32) + 1
    parts, first = np.empty((len(combinations), len(groups)), dtype=np.int32), 0
    for at, group in enumerate(groups):
        parts[:, at] = first + np.ravel_multi_index(combinations[:, group].T, sizes[group])
        first += sizes[group].prod()
    return parts
