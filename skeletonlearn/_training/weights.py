"""A fitted estimator's weights in a safetensors file, with all else that it takes to use them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, is_classifier
from sklearn.utils.validation import check_is_fitted
from torch import nn

import skeletonlearn
from skeletonlearn._files import write_whole
from skeletonlearn._training.layout import layout_of
from skeletonlearn._training.seeding import undisturbed
from skeletonlearn._training.state import load_arrays, module_arrays
from skeletonlearn.skeletons import Skeleton
from skeletonlearn.skeletons._inferred import skeleton_from_parents

_FORMAT = "skeletonlearn weights"
_VERSION = 1
_SHOWN = 3  # differing weights that an error names


@dataclass(frozen=True)
class _Saved:
    """What a file holds: weights by name, and what else `fit` had stored."""

    arrays: dict[str, np.ndarray]
    facts: dict[str, Any]


def save_weights(estimator: BaseEstimator, path: str | PathLike[str]) -> None:
    """Write a fitted estimator's weights, and what else `fit` has stored, to a safetensors file.

    Parameters
    ----------
    estimator : estimator instance
        Fitted; keeps networks.
    path : path-like
        The file; one that is there is replaced once the new one is whole.

    Raises
    ------
    NotFittedError
        If the estimator is not fitted.
    ValueError
        If its classes are not numbers, booleans or strings.
    ImportError
        If safetensors is not installed.
    """
    check_is_fitted(estimator)
    safetensors = _import_safetensors()
    classes = getattr(estimator, "classes_", None)
    names = getattr(estimator, "feature_names_in_", None)
    facts = {
        "sequence_shape_in_": estimator.sequence_shape_in_,
        "feature_names_in_": None if names is None else list(names),
        "classes_": None if classes is None else describe_classes(classes),
        "n_iter_": estimator.n_iter_,
        "history_": estimator.history_,
        "device_": estimator.device_,
        "skeleton_": None if estimator.skeleton_ is None else estimator.skeleton_.parents.tolist(),
        "architecture": estimator._describe_networks(),
    }
    metadata = {
        "format": _FORMAT,
        "format_version": str(_VERSION),
        "skeletonlearn_version": skeletonlearn.__version__,
        "estimator": type(estimator).__name__,
        **{name: json.dumps(fact, default=np.generic.item) for name, fact in facts.items()},
    }
    arrays = {name: np.asarray(array, order="C") for name, array in estimator.network_state_.items()}
    with write_whole(path) as file:
        file.write(safetensors.numpy.save(arrays, metadata))


def load_weights(estimator: BaseEstimator, path: str | PathLike[str]) -> None:
    """Make an estimator as fitted as the one was that :func:`save_weights` was called with.

    Parameters
    ----------
    estimator : estimator instance
        Of the same class, with the same parameters of networks; fitted or not. If anything does not fit, it stays as
        it is.
    path : path-like
        The file.

    Raises
    ------
    ValueError
        If the file is not one of `save_weights`, or damaged, or newer, or of an estimator with other networks.
    OSError
        If it cannot be read.
    ImportError
        If safetensors is not installed.
    """
    saved = _read(path, estimator)
    fitted = _fitted_from(saved, type(estimator)(**estimator.get_params(deep=False)), path)
    for name in [name for name in vars(estimator) if name.endswith("_") and not name.startswith("_")]:
        delattr(estimator, name)
    vars(estimator).update(vars(fitted))


def describe_classes(classes: np.ndarray) -> dict[str, Any]:
    """Labels of classes as JSON can hold them.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        Integers, floats, booleans or strings.

    Returns
    -------
    dict of str to object
        Their dtype and their values.

    Raises
    ------
    ValueError
        If they are something else.
    """
    values = classes.tolist()
    # strings in an object array are strings; a long double is no JSON number
    if classes.dtype.kind not in "biufUO" or not all(type(value) in (bool, int, float, str) for value in values):
        raise ValueError(
            f"classes_ has dtype {classes.dtype} and holds {values[0]!r}, expected integers, floats, booleans or "
            "strings, which a file without pickle can hold."
        )
    return {"dtype": classes.dtype.str, "values": values}


def _import_safetensors() -> Any:
    try:
        import safetensors.numpy  # noqa: PLC0415
    except ImportError as error:
        raise ImportError("Files of weights need safetensors: pip install 'skeletonlearn[io]'") from error
    return safetensors


def _read(path: str | PathLike[str], estimator: BaseEstimator) -> _Saved:
    """What a file holds, once it is clear that it is whole, of this format and of an estimator of the same class."""
    safetensors = _import_safetensors()
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            _check_format(metadata, estimator, path)
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    except safetensors.SafetensorError as error:
        raise ValueError(f"{path} is damaged, or not a safetensors file ({error}). {_EXPECTED}") from error
    return _Saved(arrays, {name: _fact(metadata, name, path, estimator) for name in _FACTS})


_EXPECTED = "Expected a file written by save_weights."


def _check_format(metadata: Mapping[str, str], estimator: BaseEstimator, path: str | PathLike[str]) -> None:
    if metadata.get("format") != _FORMAT:
        raise ValueError(f"{path} is a safetensors file without skeletonlearn's metadata. {_EXPECTED}")
    version = metadata.get("format_version", "")
    if version != str(_VERSION):
        raise ValueError(
            f"{path} has version {version!r} of the format, written by skeletonlearn "
            f"{metadata.get('skeletonlearn_version')}; expected {str(_VERSION)!r}, which is what skeletonlearn "
            f"{skeletonlearn.__version__} reads."
        )
    kind = metadata.get("estimator")
    if kind != type(estimator).__name__:
        raise ValueError(f"{path} holds the weights of a {kind}, expected those of a {type(estimator).__name__}.")


def _is_size(value: Any) -> bool:
    return type(value) is int and value > 0


def _is_shape(value: Any, estimator: BaseEstimator) -> bool:
    if not isinstance(value, list) or len(value) != 3 or not all(map(_is_size, value[1:])):
        return False
    return _is_size(value[0]) or (value[0] is None and is_classifier(estimator))


def _are_parents(value: Any) -> bool:
    try:
        return skeleton_from_parents(value).parents.tolist() == value
    except (IndexError, TypeError, ValueError):
        return False


def _are_classes(value: Any, estimator: BaseEstimator) -> bool:
    if not is_classifier(estimator):
        return value is None
    try:
        return describe_classes(_classes(value)) == value
    except (KeyError, TypeError, ValueError, OverflowError):
        return False


def _classes(described: Mapping[str, Any]) -> np.ndarray:
    return np.array(described["values"], dtype=described["dtype"])


_FACTS: dict[str, Callable[[Any, BaseEstimator], bool]] = {
    "sequence_shape_in_": _is_shape,
    "feature_names_in_": lambda value, _: (
        value is None or (isinstance(value, list) and all(isinstance(name, str) for name in value))
    ),
    "classes_": _are_classes,
    "n_iter_": lambda value, _: type(value) is int,
    "history_": lambda value, _: isinstance(value, list) and all(isinstance(record, dict) for record in value),
    "device_": lambda value, _: isinstance(value, str),
    "skeleton_": lambda value, _: value is None or _are_parents(value),
    "architecture": lambda value, _: isinstance(value, dict),
}
"""What a file tells beside the weights, and what is right for an estimator."""


def _fact(metadata: Mapping[str, str], name: str, path: str | PathLike[str], estimator: BaseEstimator) -> Any:
    try:
        value = json.loads(metadata[name])
        if _FACTS[name](value, estimator):
            return value
    except (KeyError, ValueError, RecursionError):
        pass
    raise ValueError(
        f"{path} tells {name}={metadata.get(name)!r}, which no {type(estimator).__name__} has. {_EXPECTED}"
    )


def _fitted_from(saved: _Saved, estimator: BaseEstimator, path: str | PathLike[str]) -> BaseEstimator:
    """A new estimator, fitted as the file tells."""
    facts = saved.facts
    estimator._validate_params()
    estimator.sequence_shape_in_ = tuple(facts["sequence_shape_in_"])
    estimator.n_features_in_ = int(np.prod([size for size in estimator.sequence_shape_in_ if size is not None]))
    if facts["feature_names_in_"] is not None:
        estimator.feature_names_in_ = np.array(facts["feature_names_in_"], dtype=object)
    if facts["classes_"] is not None:
        estimator.classes_ = _classes(facts["classes_"])
    with undisturbed():  # initial weights are drawn, though none is kept
        networks = estimator._new_networks(_layout(facts, estimator))
    _check_architecture(facts["architecture"], estimator, path)
    _check_arrays(saved.arrays, networks, path)
    load_arrays(networks, saved.arrays)
    estimator._finish(networks, facts["history_"], facts["device_"])
    estimator.n_iter_ = facts["n_iter_"]
    return estimator


def _layout(facts: Mapping[str, Any], estimator: BaseEstimator) -> Skeleton | None:
    """The layout of the estimator's parameters, or else the bones that the saved one found."""
    if estimator.skeleton != "auto":
        return layout_of(estimator.skeleton, [])
    return None if facts["skeleton_"] is None else skeleton_from_parents(facts["skeleton_"])


def _check_architecture(there: Mapping[str, Any], estimator: BaseEstimator, path: str | PathLike[str]) -> None:
    """Refuse networks that would compute something else with the same weights."""
    here = json.loads(json.dumps(estimator._describe_networks(), default=np.generic.item))
    differing = [name for name in sorted(there.keys() | here.keys()) if there.get(name) != here.get(name)]
    if differing:
        told = "; ".join(f"{name} is {there.get(name)!r} there, {here.get(name)!r} here" for name in differing)
        raise ValueError(
            f"{path} holds weights of other networks than this {type(estimator).__name__} has: {told}. Expected the "
            "parameters of the estimator that was saved."
        )


def _check_arrays(arrays: Mapping[str, np.ndarray], networks: nn.Module, path: str | PathLike[str]) -> None:
    there = {name: _kind(array) for name, array in arrays.items()}
    here = {name: _kind(array) for name, array in module_arrays(networks).items()}
    differing = [name for name in sorted(there.keys() | here.keys()) if there.get(name) != here.get(name)]
    if differing:
        told = "; ".join(
            f"{name} is {there.get(name, 'absent')} there, {here.get(name, 'absent')} here"
            for name in differing[:_SHOWN]
        )
        more = f"; and {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
        raise ValueError(
            f"{path} holds weights that do not fit: {told}{more}. Parameters such as encoder, hidden_dim or streams "
            "differ: expected those of the estimator that was saved."
        )


def _kind(array: np.ndarray) -> str:
    return f"{array.dtype} of shape {array.shape}"
