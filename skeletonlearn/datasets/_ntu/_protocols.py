"""The data sets NTU RGB+D and NTU RGB+D 120, and the protocols by which they are split."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

NTU60_TRAIN_SUBJECTS = (1, 2, 4, 5, 8, 9, *range(13, 20), 25, 27, 28, 31, 34, 35, 38)
NTU120_TRAIN_SUBJECTS = (
    *NTU60_TRAIN_SUBJECTS,
    *(45, 46, 47, 49, 50, *range(52, 60), 70, 74, 78, *range(80, 87), 89, *range(91, 96), 97, 98, 100, 103),
)
TRAIN_CAMERAS = (2, 3)
TRAIN_SETUPS = tuple(range(2, 33, 2))

N_SETUPS = {"ntu60": 17, "ntu120": 32}
N_ACTIONS = {"ntu60": 60, "ntu120": 120}

PROTOCOLS = {"xsub": ("ntu60", "ntu120"), "xview": ("ntu60",), "xset": ("ntu120",)}
"""The data sets that each protocol is defined for."""


def find_dataset(dataset: str, protocol: str, numbers: Mapping[str, np.ndarray]) -> str:
    """Say which of the two data sets is meant.

    Parameters
    ----------
    dataset : {"auto", "ntu60", "ntu120"}
        What the caller said.
    protocol : {"xsub", "xview", "xset"}
        Where it belongs to one data set only, that is meant by "auto".
    numbers : mapping of str to ndarray of int
        The setup and action of each sample; with a protocol of both data sets, "auto" means the larger one where any
        sample belongs to it alone.

    Returns
    -------
    {"ntu60", "ntu120"}
        The data set.

    Raises
    ------
    ValueError
        If the protocol is not defined for the data set.
    """
    allowed = PROTOCOLS[protocol]
    if dataset == "auto":
        dataset = allowed[0] if len(allowed) == 1 or is_part_of("ntu60", numbers).all() else "ntu120"
    if dataset not in allowed:
        raise ValueError(f"protocol={protocol!r} is defined for dataset={allowed[0]!r}, got dataset={dataset!r}.")
    return dataset


def is_part_of(dataset: str, numbers: Mapping[str, np.ndarray]) -> np.ndarray:
    """Find the samples that belong to a data set.

    Parameters
    ----------
    dataset : {"ntu60", "ntu120"}
        The data set.
    numbers : mapping of str to ndarray of int
        The setup and action of each sample.

    Returns
    -------
    ndarray of bool of shape (n_samples,)
        Whether the setup and the action are of this data set.
    """
    return (numbers["setup"] <= N_SETUPS[dataset]) & (numbers["action"] <= N_ACTIONS[dataset])


def find_training(protocol: str, dataset: str, numbers: Mapping[str, np.ndarray]) -> np.ndarray:
    """Find the samples that a protocol trains on; it tests on all the others.

    Parameters
    ----------
    protocol : {"xsub", "xview", "xset"}
        The protocol.
    dataset : {"ntu60", "ntu120"}
        The data set.
    numbers : mapping of str to ndarray of int
        The subject, camera and setup of each sample.

    Returns
    -------
    ndarray of bool of shape (n_samples,)
        Whether to train on the sample.
    """
    if protocol == "xview":
        return np.isin(numbers["camera"], TRAIN_CAMERAS)
    if protocol == "xset":
        return np.isin(numbers["setup"], TRAIN_SETUPS)
    return np.isin(numbers["subject"], NTU60_TRAIN_SUBJECTS if dataset == "ntu60" else NTU120_TRAIN_SUBJECTS)
