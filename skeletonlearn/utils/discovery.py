"""Where are all the estimators? Found by walking the package, so that no list can be forgotten."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin

import skeletonlearn

_KINDS: dict[str, type] = {
    "classifier": ClassifierMixin,
    "regressor": RegressorMixin,
    "transformer": TransformerMixin,
}


def all_estimators(type_filter: str | None = None) -> list[tuple[str, type[BaseEstimator]]]:
    """Find all public estimators of the package.

    Parameters
    ----------
    type_filter : {"classifier", "regressor", "transformer"} or None, default=None
        Which kind of estimator to give; None gives all.

    Returns
    -------
    list of (str, type)
        Names and classes, sorted by name.

    Raises
    ------
    ValueError
        If `type_filter` is none of these.

    Examples
    --------
    >>> from skeletonlearn.utils import all_estimators
    >>> [name for name, _ in all_estimators("transformer")][:2]
    ['BodyScaler', 'ConMLPEmbedder']
    """
    if type_filter is not None and type_filter not in _KINDS:
        raise ValueError(f"type_filter={type_filter!r} must be one of {', '.join(map(repr, _KINDS))}, or None.")
    wanted = BaseEstimator if type_filter is None else _KINDS[type_filter]
    return sorted((one.__name__, one) for one in set(_public_estimators()) if issubclass(one, wanted))


def public_modules() -> list[ModuleType]:
    """Import the folders and files of the package whose names do not begin with an underscore.

    Returns
    -------
    list of module
        Sorted by name.
    """
    found = pkgutil.iter_modules(skeletonlearn.__path__, f"{skeletonlearn.__name__}.")
    names = sorted(module.name for module in found)
    return [import_module(name) for name in names if not name.rpartition(".")[2].startswith("_")]


def _public_estimators() -> Iterator[type[BaseEstimator]]:
    """The estimators among the names that the public modules export."""
    for module in public_modules():
        for name in getattr(module, "__all__", ()):
            exported = getattr(module, name)
            if isinstance(exported, type) and issubclass(exported, BaseEstimator):
                yield exported
