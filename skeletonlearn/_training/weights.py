"""A fitted estimator's weights in a safetensors file, with what is needed to use them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, is_classifier, is_regressor
from sklearn.utils.validation import check_is_fitted

import skeletonlearn
from skeletonlearn._files import write_whole
from skeletonlearn._training.building import as_json, build_with, check_encoder, check_same_structure
from skeletonlearn._training.draft import adopt, draft_of
from skeletonlearn.skeletons import Skeleton
from skeletonlearn.skeletons._inferred import skeleton_from_parents
from skeletonlearn.skeletons._resolve import resolve_skeleton

_KINDS_OF_CLASSES = "biufUO"
_FORMAT = "skeletonlearn weights"
_VERSION = 2
# what a forged file may make us allocate
_MOST_NUMBERS = 2**24  # of a sequence, and of a prediction
_MOST_BYTES = 2**26  # of all classes


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
        "n_outputs_": getattr(estimator, "n_outputs_", None),
        "n_iter_": estimator.n_iter_,
        "history_": estimator.history_,
        "device_": estimator.device_,
        "skeleton_": None if estimator.skeleton_ is None else estimator.skeleton_.parents.tolist(),
        "architecture": estimator._plan.described(),
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
    draft = draft_of(estimator, keep_fitted=False)
    _fit_from(saved, draft, path)
    adopt(estimator, draft)


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
    if classes.dtype.kind not in _KINDS_OF_CLASSES or not all(
        type(value) in (bool, int, float, str) for value in values
    ):
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
    return type(value) is int and 0 < value <= _MOST_NUMBERS


def _is_shape(value: Any, estimator: BaseEstimator) -> bool:
    if not isinstance(value, list) or len(value) != 3:
        return False
    if value[0] is None and (is_classifier(estimator) or is_regressor(estimator)):
        value = [1, *value[1:]]
    return all(map(_is_size, value)) and math.prod(value) <= _MOST_NUMBERS


def _are_parents(value: Any) -> bool:
    try:
        return skeleton_from_parents(value).parents.tolist() == value
    except (IndexError, TypeError, ValueError):
        return False


def _are_classes(value: Any, estimator: BaseEstimator) -> bool:
    if not is_classifier(estimator):
        return value is None
    try:
        dtype = np.dtype(value["dtype"])
        if dtype.kind not in _KINDS_OF_CLASSES or dtype.itemsize * len(value["values"]) > _MOST_BYTES:
            return False
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
    "n_outputs_": lambda value, estimator: _is_size(value) if is_regressor(estimator) else value is None,
    "n_iter_": lambda value, _: type(value) is int,
    "history_": lambda value, _: isinstance(value, list) and all(isinstance(record, dict) for record in value),
    "device_": lambda value, _: isinstance(value, str),
    "skeleton_": lambda value, _: value is None or _are_parents(value),
    "architecture": lambda value, _: isinstance(value, dict),
}
"""What a file holds beside the weights, and what is right for an estimator."""


def _fact(metadata: Mapping[str, str], name: str, path: str | PathLike[str], estimator: BaseEstimator) -> Any:
    try:
        value = json.loads(metadata[name])
        if _FACTS[name](value, estimator):
            return value
    except (KeyError, ValueError, RecursionError):
        pass
    raise ValueError(
        f"{path} holds {name}={metadata.get(name)!r}, which no {type(estimator).__name__} has. {_EXPECTED}"
    )


def _fit_from(saved: _Saved, draft: BaseEstimator, path: str | PathLike[str]) -> None:
    """Store in an unfitted estimator what the file holds."""
    facts = saved.facts
    draft._validate_params()
    draft.sequence_shape_in_ = tuple(facts["sequence_shape_in_"])
    draft.n_features_in_ = int(np.prod([size for size in draft.sequence_shape_in_ if size is not None]))
    if facts["feature_names_in_"] is not None:
        draft.feature_names_in_ = np.array(facts["feature_names_in_"], dtype=object)
    if facts["classes_"] is not None:
        draft.classes_ = _classes(facts["classes_"])
    if facts["n_outputs_"] is not None:
        draft.n_outputs_ = facts["n_outputs_"]
    draft.skeleton_ = _skeleton(facts, draft)
    draft._plan = draft._plan_networks(draft.skeleton_)
    problem = f"{path} holds weights of other networks than this {type(draft).__name__} has"
    check_same_structure(facts["architecture"], as_json(draft._plan.described()), problem)
    _check_finite(saved.arrays, path)
    try:
        check_encoder(draft._plan, saved.arrays)
        networks = build_with(draft._plan, saved.arrays)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    draft._keep(networks, facts["history_"], facts["device_"])
    draft.n_iter_ = facts["n_iter_"]


def _check_finite(arrays: Mapping[str, np.ndarray], path: str | PathLike[str]) -> None:
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"{path} holds NaN or infinity in {name}, expected finite weights.")


def _skeleton(facts: Mapping[str, Any], estimator: BaseEstimator) -> Skeleton | None:
    """Return the layout of the estimator's parameters, or the one that the saved estimator inferred."""
    if estimator.skeleton != "auto":
        return resolve_skeleton(estimator.skeleton, [])
    return None if facts["skeleton_"] is None else skeleton_from_parents(facts["skeleton_"])
