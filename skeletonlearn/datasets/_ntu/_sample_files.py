"""Which files are samples of NTU RGB+D, what their names say, and which of them are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._ntu._action_names import MUTUAL_ACTIONS
from skeletonlearn.datasets._ntu._missing_samples import load_missing_names
from skeletonlearn.datasets._ntu._names import name_fault, parse_names
from skeletonlearn.datasets._ntu._protocols import is_part_of
from skeletonlearn.datasets._read_files import LeftOut
from skeletonlearn.datasets._source import SourceFile


@dataclass(frozen=True, eq=False)
class Samples:
    """Files and what their names say.

    Parameters
    ----------
    files : list of SourceFile
        One file a sample, all of different names.
    names : list of str
        Those names, without ending.
    numbers : dict of str to ndarray of int of shape (n_samples,)
        The setup, camera, subject, repetition and action.
    """

    files: list[SourceFile]
    names: list[str]
    numbers: dict[str, np.ndarray]

    def take(self, keep: np.ndarray) -> Samples:
        """The samples at the indices or under the mask `keep`."""
        at = np.arange(len(self.files))[keep]
        return Samples(
            [self.files[i] for i in at],
            [self.names[i] for i in at],
            {key: values[at] for key, values in self.numbers.items()},
        )


def name_samples(files: Sequence[SourceFile], left_out: LeftOut) -> Samples:
    """Read the names of files.

    Parameters
    ----------
    files : sequence of SourceFile
        The files, sorted.
    left_out : LeftOut
        Receives the files with faulty names, by name; by path where an earlier file has that name.

    Returns
    -------
    Samples
        The files with sound names.

    Raises
    ------
    SkeletonFileError
        If a name is faulty and faults are to be raised.
    ValueError
        If no name is sound.
    """
    stems = [file.stem for file in files]
    numbers, is_sound = parse_names(stems)
    is_twin = np.array([False, *(one == other for one, other in pairwise(stems))])  # sorted: they are neighbours
    for at in np.flatnonzero(is_twin | ~is_sound).tolist():
        path = str(files[at])
        if is_twin[at]:
            left_out.add(path, _twin_fault(files, stems, at))
        elif fault := name_fault(path, stems[at]):
            left_out.add(stems[at], fault)
    samples = Samples(list(files), stems, numbers).take(is_sound & ~is_twin)
    left_out.require(samples.files, f"{len(files)} files has a sound name, expected at least one")
    return samples


def _twin_fault(files: Sequence[SourceFile], stems: Sequence[str], at: int) -> SkeletonFileError:
    """What is wrong with a file whose name an earlier one has."""
    first = files[stems.index(stems[at])]
    reason = f"got a second file of the name {stems[at]}, expected one; the first is {first}"
    return SkeletonFileError(str(files[at]), None, reason)


def select_samples(
    samples: Samples, dataset: str, *, exclude_mutual: bool, exclude_missing: bool
) -> tuple[Samples, list[str]]:
    """Select the samples of a data set that are asked for.

    Parameters
    ----------
    samples : Samples
        All there are.
    dataset : {"ntu60", "ntu120"}
        The data set.
    exclude_mutual : bool
        Whether to leave out actions of two persons.
    exclude_missing : bool
        Whether to leave out what is on the data set's official list.

    Returns
    -------
    selected : Samples
        In the same order.
    missing : list of str
        The names that were left out because they are on the list.

    Raises
    ------
    ValueError
        If nothing is left.
    """
    wanted = is_part_of(dataset, samples.numbers)
    if exclude_mutual:
        wanted &= ~np.isin(samples.numbers["action"], MUTUAL_ACTIONS)
    listed = load_missing_names(dataset) if exclude_missing else frozenset()
    is_listed = np.array([name in listed for name in samples.names], dtype=bool) & wanted
    selected = samples.take(wanted & ~is_listed)
    if not selected.files:
        raise ValueError(
            f"No sample is left: got {len(samples.files)} files, expected some of dataset={dataset!r} with "
            f"exclude_mutual={exclude_mutual}, exclude_missing={exclude_missing}."
        )
    return selected, samples.take(is_listed).names
