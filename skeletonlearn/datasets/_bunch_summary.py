"""What a Bunch holds, in a few lines of text."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from skeletonlearn.datasets._sequence_list import describe_shapes
from skeletonlearn.skeletons import Skeleton

_FIRST = ("sequences", "confidence", "target", "name", "train_index", "test_index")
_MOST_ROWS, _MOST_LETTERS, _MOST_ITEMS = 9, 88, 3

_brief = reprlib.Repr()
_brief.maxstring = _brief.maxother = 40


def summarize_bunch(bunch: Mapping[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """Describe the entries of a Bunch, of which no sequence is read.

    Parameters
    ----------
    bunch : Bunch
        With any entries.

    Returns
    -------
    title : str
        How many samples there are.
    rows : list of (str, str)
        Name and description of each entry, the most important first. The last row names those that have no room.
    """
    n_samples = count_items(bunch.get("sequences"))
    of = "" if n_samples is None else f" of {n_samples:,} sample{'' if n_samples == 1 else 's'}"
    keys = [key for key in bunch if not _is_described_elsewhere(key, bunch)]
    keys.sort(key=lambda key: _FIRST.index(key) if key in _FIRST else len(_FIRST) + (key == "DESCR"))
    shown = keys if len(keys) <= _MOST_ROWS else keys[: _MOST_ROWS - 1]
    rows = [(_one_line(key), _one_line(_describe(key, bunch))) for key in shown]
    if len(shown) < len(keys):
        rows.append(("and", _one_line(", ".join(map(str, keys[len(shown) :])))))
    return f"{type(bunch).__name__}{of}", rows


def count_items(value: Any) -> int | None:
    """How many items a list, an array or a table has; None for anything else."""
    if isinstance(value, list):
        return len(value)
    shape = getattr(value, "shape", ())
    return shape[0] if isinstance(shape, tuple) and shape else None


def _one_line(text: Any) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= _MOST_LETTERS else f"{line[: _MOST_LETTERS - 3].rstrip(' ,')}..."


def _is_described_elsewhere(key: Any, bunch: Mapping[str, Any]) -> bool:
    """Whether the row of sequences, target or train_index describes the entry too."""
    partner = {"skeleton": "sequences", "target_names": "target", "test_index": "train_index"}.get(key)
    return partner in bunch if partner else False


def _describe(key: Any, bunch: Mapping[str, Any]) -> str:
    value = bunch[key]
    if key in ("sequences", "confidence") and isinstance(value, list):
        return describe_shapes(value, persons=_persons(value, bunch.get("skeleton"))) or "none"
    if key == "target" and isinstance(value, np.ndarray) and "target_names" in bunch:
        return _describe_classes(value, bunch["target_names"])
    if key == "train_index" and "test_index" in bunch:
        return f"{count_items(value):,} samples train, {count_items(bunch['test_index']):,} test (test_index)"
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return _describe_values(value)
    if isinstance(value, list | tuple | Mapping):
        return f"{len(value):,}: {_listed(value)}" if value else "none"
    return str(value) if isinstance(value, str) else _brief.repr(value)


def _persons(sequences: list[Any], skeleton: Any) -> str:
    """How many persons of which layout the joints of sequences are."""
    shape: tuple[int, ...] = np.shape(sequences[0]) if sequences else ()
    if not isinstance(skeleton, Skeleton) or len(shape) < 2 or shape[1] % skeleton.n_joints:
        return ""
    n_persons = shape[1] // skeleton.n_joints
    return f" ({n_persons} person{'' if n_persons == 1 else 's'} of {skeleton.name})"


def _describe_classes(target: np.ndarray, names: Any) -> str:
    """The largest classes and how many samples each has."""
    classes, counts = np.unique(target, return_counts=True)
    largest = np.argsort(-counts, kind="stable")[: 2 * _MOST_ITEMS]
    texts = [f"{_name_of(classes[at], names)} ({counts[at]:,})" for at in largest]
    return f"{_count(len(classes), 'class', 'classes')}: {', '.join(texts)}{', ...' * (len(classes) > len(texts))}"


def _name_of(label: Any, names: Any) -> str:
    try:
        return str(names[label]) if label >= 0 else str(label)
    except (IndexError, KeyError, TypeError):
        return str(label)


def _describe_values(values: np.ndarray) -> str:
    if values.dtype.kind not in "iuf":
        return _listed(values) or "none"
    distinct = np.unique(values)
    ends = list(dict.fromkeys(f"{one:g}" for one in distinct[[0, -1]])) if len(distinct) else []
    return ", ".join([_count(len(distinct), "value", "values"), *([" to ".join(ends)] if ends else [])])


def _count(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def _listed(values: Any) -> str:
    """The first few items."""
    first = [one for one, _ in zip(values, range(_MOST_ITEMS), strict=False)]
    texts = [_brief.repr(one.item() if isinstance(one, np.generic) else one) for one in first]
    return ", ".join(texts) + ", ..." * (len(values) > len(first))
