"""The data sets of the bench, each by its protocol, as the arrays that all systems get."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn.datasets import load_msr_action3d, load_nw_ucla, make_actions
from skeletonlearn.model_selection import find_leaks
from skeletonlearn.preprocessing import make_skeleton_pipeline
from skeletonlearn.skeletons import Skeleton

N_FRAMES = 64
SPLIT_BY = {"xview": "camera", "xsub": "subject"}
"""What a protocol keeps apart."""


def make_synthetic() -> Bunch:
    """Synthetic actions by the cross-subject protocol, to try a bench; the first test clip is marked as a copy.

    Returns
    -------
    Bunch
        As a reader of `skeletonlearn.datasets` gives it.
    """
    actions = make_actions(60, n_classes=3, n_frames=20, random_state=0)
    is_train = actions.subject % 2 == 1
    train, test = np.flatnonzero(is_train), np.flatnonzero(~is_train)
    duplicate_of = np.where(np.arange(60) == test[0], actions.name[train[0]], "")
    return Bunch(**actions, protocol="xsub", train_index=train, test_index=test, duplicate_of=duplicate_of)


LOADERS = {"nw_ucla": load_nw_ucla, "msr_action3d": load_msr_action3d}
SYNTHETIC = "synthetic"
DATASETS = (*sorted(LOADERS), SYNTHETIC)


@dataclass(frozen=True)
class Split:
    """A data set, preprocessed, with its protocol's training and test part.

    Attributes
    ----------
    name, protocol : str
        Which data set, which protocol.
    skeleton : Skeleton
        The layout.
    X : ndarray of shape (n_samples, n_frames, n_joints, 3), float32
        All sequences.
    y : ndarray of int of shape (n_samples,)
        Classes.
    train, test : ndarray of int
        Indices of the parts.
    is_clean : ndarray of bool of shape (n_test,)
        Which test clips do not repeat a training clip.
    groups : ndarray of int of shape (n_samples,)
        What the protocol keeps apart: views or subjects.
    """

    name: str
    protocol: str
    skeleton: Skeleton
    X: np.ndarray
    y: np.ndarray
    train: np.ndarray
    test: np.ndarray
    is_clean: np.ndarray
    groups: np.ndarray


def load_split(name: str, folder: str | None) -> Split:
    """Load and preprocess a data set.

    Parameters
    ----------
    name : str
        One of `DATASETS`.
    folder : str or None
        With its files; the synthetic data set has none.

    Returns
    -------
    Split
        The data set.

    Raises
    ------
    ValueError
        If there is no folder.
    """
    if name == SYNTHETIC:
        return prepare(name, make_synthetic())
    if folder is None:
        raise ValueError(f"--dataset {name} got no folder, expected {name}=FOLDER, or --data FOLDER.")
    return prepare(name, LOADERS[name](folder))


def prepare(name: str, actions: Any) -> Split:
    """Preprocess a data set, the same way for all systems.

    Parameters
    ----------
    name : str
        What to call it.
    actions : Bunch
        As a reader of `skeletonlearn.datasets` gives it, with both parts of its protocol.

    Returns
    -------
    Split
        The data set.
    """
    X = make_skeleton_pipeline(actions.skeleton, n_frames=N_FRAMES).fit_transform(actions.sequences)
    return Split(
        name=name,
        protocol=actions.protocol,
        skeleton=actions.skeleton,
        X=X.astype(np.float32),
        y=np.asarray(actions.target),
        train=actions.train_index,
        test=actions.test_index,
        is_clean=clean_test_clips(actions),
        groups=np.asarray(actions[SPLIT_BY[actions.protocol]]),
    )


def clean_test_clips(actions: Any) -> np.ndarray:
    """Which test clips do not repeat a training clip.

    Parameters
    ----------
    actions : Bunch
        With `duplicate_of` where the reader marks copies; of other sets, copies and near copies are searched for.

    Returns
    -------
    ndarray of bool of shape (n_test,)
        In the order of `test_index`.
    """
    if "duplicate_of" in actions:
        return np.asarray(actions.duplicate_of)[actions.test_index] == ""
    leaks = find_leaks(actions.sequences, actions.train_index, actions.test_index)
    return ~np.isin(actions.test_index, leaks.test_index)


def add_dataset_options(parser: argparse.ArgumentParser) -> None:
    """Let a command name its data sets and their folders.

    Parameters
    ----------
    parser : ArgumentParser
        Gets `--dataset` and `--data`.
    """
    parser.add_argument(
        "--dataset",
        action="append",
        required=True,
        metavar="NAME[=FOLDER]",
        help=f"one of {', '.join(DATASETS)} and the folder with its files; may be given several times",
    )
    parser.add_argument("--data", metavar="FOLDER", help="the folder of a data set that is named without one")


def read_folders(names: Sequence[str], folder: str | None) -> dict[str, str | None]:
    """The folders of the data sets that a command named.

    Parameters
    ----------
    names : sequence of str
        Names, each alone or as NAME=FOLDER.
    folder : str or None
        The folder of one that is named alone.

    Returns
    -------
    dict of str to str or None
        By name; None where there is none.

    Raises
    ------
    ValueError
        If a name is unknown.
    """
    folders: dict[str, str | None] = {}
    for text in names:
        name, _, own = text.partition("=")
        if name not in DATASETS:
            raise ValueError(f"--dataset {text}: got {name!r}, expected one of {', '.join(DATASETS)}.")
        folders[name] = own or folder
    return folders
