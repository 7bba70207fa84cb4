"""What every reader gives: a Bunch of ragged sequences, whole or one part of a protocol."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn.datasets._bunch_picture import draw_bunch
from skeletonlearn.datasets._bunch_summary import count_items, summarize_bunch
from skeletonlearn.datasets._sequence_list import SequenceList, find_positions

_OF_ALL = ("target_names", "joint_names", "missing")
"""Entries that belong to no sample, though they may have as many items as there are samples."""
_INDICES = ("train_index", "val_index", "test_index")


class SkeletonBunch(Bunch):
    """What every loader gives: sequences, and what is known of them.

    It is a scikit-learn ``Bunch``, a dictionary whose entries are attributes too. In addition, :meth:`take` selects
    samples, index arrays select from `sequences`, and it shows what it holds in about ten lines, in a notebook as a
    table with pictures.

    Parameters
    ----------
    **entries : object
        The entries, such as `sequences` and `target`. Lists of `sequences` and `confidence` become lists from which
        index arrays, masks and slices select.

    Examples
    --------
    >>> from skeletonlearn.datasets import make_actions
    >>> actions = make_actions(24, n_classes=3, random_state=0)
    >>> actions.take(actions.subject <= 2)
    SkeletonBunch of 6 samples
      sequences   49 to 89 frames, 20 joints (1 person of KINECT_V1), 3 channels, float32
      target      3 classes: wave with one hand (2), wave with both hands (2), clap (2)
      name        'a01_s01_e00_v01', 'a02_s01_e00_v01', 'a03_s01_e00_v01', ...
      subject     2 values, 1 to 2
      camera      2 values, 1 to 2
      repetition  1 value, 0
      DESCR       Synthetic actions by forward kinematics: every bone keeps its length, subjects differ...
    >>> actions.sequences[[0, 5]]
    <2 sequences of 72 to 89 frames, 20 joints, 3 channels, float32>
    """

    def __init__(self, **entries: Any) -> None:
        super().__init__(**{key: _as_selectable(key, value) for key, value in entries.items()})

    def __dir__(self) -> list[str]:
        return [*self.keys(), "take"]

    def __repr__(self) -> str:
        title, rows = summarize_bunch(self)
        width = max((len(key) for key, _ in rows), default=0)
        return "\n".join([title, *(f"  {key:{width}}  {text}" for key, text in rows)])

    def _repr_html_(self) -> str:
        return draw_bunch(self)

    def take(self, index: Any) -> SkeletonBunch:
        """Select samples with all that is known of them.

        Parameters
        ----------
        index : slice, array-like of int or array-like of bool
            A slice, indices, or a mask with one value per sample. The samples come in the order of the indices, and
            an index that comes twice gives its sample twice.

        Returns
        -------
        SkeletonBunch
            Lists and arrays with one item per sample hold the selected items. `train_index`, `test_index`, `splits`
            and `segments` refer to the new places of the samples, without those that were not selected. All other
            entries are the same. `duplicate_of` holds names, also of clips that were not selected.

        Raises
        ------
        IndexError
            If an index lies outside the samples, or a mask has another length.
        TypeError
            If `index` is nothing of the kind.
        ValueError
            If there are no `sequences`.
        """
        if "sequences" not in self:
            raise ValueError(f"This Bunch has no 'sequences' to take from; it has {', '.join(self) or 'no entries'}.")
        n_samples = len(self["sequences"])
        kept = find_positions(index, n_samples)
        return type(self)(**{key: _take_entry(key, value, kept, n_samples) for key, value in self.items()})


def _as_selectable(key: str, value: Any) -> Any:
    return SequenceList(value) if key in ("sequences", "confidence") and type(value) is list else value


def _take_entry(key: str, value: Any, kept: np.ndarray, n_samples: int) -> Any:
    if key in _INDICES:
        return _moved(value, kept)
    if key == "splits":
        return {name: _moved(members, kept) for name, members in value.items()}
    if key == "segments" and isinstance(value, dict):
        return _take_segments(value, kept)
    return take(value, kept) if key not in _OF_ALL and count_items(value) == n_samples else value


def _moved(index: Any, kept: np.ndarray) -> np.ndarray:
    """The new places of those samples of `index` that were kept."""
    return np.flatnonzero(np.isin(kept, index))


def _take_segments(segments: dict[str, Any], kept: np.ndarray) -> dict[str, Any]:
    """The rows of the recordings that were kept, recording by recording."""
    recording = np.asarray(segments["recording"])
    rows = [np.flatnonzero(recording == at) for at in kept]
    order = np.concatenate([np.empty(0, dtype=np.intp), *rows])
    places = np.repeat(np.arange(len(kept)), [len(one) for one in rows])
    return {key: places if key == "recording" else take(column, order) for key, column in segments.items()}


def make_bunch(per_sample: dict[str, Any], common: dict[str, Any], is_train: np.ndarray, subset: str) -> SkeletonBunch:
    """A Bunch of the training or the test part, or of all samples, saying which is which.

    Parameters
    ----------
    per_sample : dict of str to list or ndarray
        Entries with one item for each sample.
    common : dict
        The other entries.
    is_train : ndarray of bool of shape (n_samples,)
        Which samples the protocol trains on.
    subset : {"all", "train", "test"}
        What to keep.

    Returns
    -------
    SkeletonBunch
        With "all", it has `train_index` and `test_index` too.

    Raises
    ------
    ValueError
        If nothing is left.
    """
    if subset == "all":
        index = {"train_index": np.flatnonzero(is_train), "test_index": np.flatnonzero(~is_train)}
        return SkeletonBunch(**per_sample, **common, **index)
    keep = np.flatnonzero(is_train if subset == "train" else ~is_train)
    if not len(keep):
        raise ValueError(
            f"subset={subset!r} is empty: got {len(is_train)} samples, none of them in the {subset} part of "
            f"protocol={common['protocol']!r}."
        )
    return SkeletonBunch(**{name: take(values, keep) for name, values in per_sample.items()}, **common)


def make_undivided_bunch(
    per_sample: dict[str, Any], common: dict[str, Any], subset: str, instead: str
) -> SkeletonBunch:
    """A Bunch of all samples of a set whose protocol has no fixed training and test part.

    Parameters
    ----------
    per_sample : dict of str to list or ndarray
        Entries with one item for each sample.
    common : dict
        The other entries.
    subset : {"all", "train", "test"}
        What the caller asked for.
    instead : str
        What to do where that is not "all".

    Returns
    -------
    SkeletonBunch
        Without `train_index` and `test_index`.

    Raises
    ------
    ValueError
        If `subset` is not "all".
    """
    if subset != "all":
        raise ValueError(
            f"subset={subset!r} must be 'all': protocol={common['protocol']!r} has no fixed {subset} part; {instead}."
        )
    return SkeletonBunch(**per_sample, **common)


def take(values: Any, keep: np.ndarray) -> Any:
    """The items of a list, an array or a table at the indices `keep`."""
    return [values[at] for at in keep] if isinstance(values, list) else getattr(values, "iloc", values)[keep]
