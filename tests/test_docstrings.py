"""Every public name is documented as numpydoc asks: parameters, attributes, what comes back, examples."""

import inspect
import re
import tomllib
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from skeletonlearn.utils import all_estimators
from skeletonlearn.utils.discovery import public_modules

docscrape = pytest.importorskip("numpydoc.docscrape", reason="needs the extra docs: make docs")
validate = pytest.importorskip("numpydoc.validate").validate

_PROJECT = Path(__file__).parents[1] / "pyproject.toml"
# "all", then the rules that are left out
_ALLOWED = tomllib.loads(_PROJECT.read_text())["tool"]["numpydoc_validation"]["checks"][1:]
_QUICK = {"random_state": 0, "hidden_dim": 16, "max_epochs": 1}


def _public_names():
    return [f"{module.__name__}.{name}" for module in public_modules() for name in getattr(module, "__all__", [])]


def _find(name):
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(module), attribute)


def _is_documented(thing):
    return callable(thing) and not getattr(thing, "_is_protocol", False)


def _methods(name):
    """Names of the public methods of a class that are ours, inherited ones too."""
    thing = _find(name)
    if not inspect.isclass(thing):
        return []
    methods = inspect.getmembers(thing, inspect.isfunction)
    ours = [method for method, value in methods if value.__module__.startswith("skeletonlearn")]
    # a torch module's forward takes one batch, whose shape its one sentence gives
    return [method for method in ours if not method.startswith("_") and method != "forward"]


def _documented_parts(name):
    """The name itself and, of a class of ours, its public methods, each where its docstring is written."""
    if not _is_documented(_find(name)):
        return []
    return [name, *(f"{_documenting_class(name, method)}.{method}" for method in _methods(name))]


def _documenting_class(name, method):
    """The class that an overriding method without a docstring inherits its docstring from."""
    for one in _find(name).__mro__:
        if method in vars(one) and vars(one)[method].__doc__:
            return f"{one.__module__}.{one.__qualname__}"
    return name


def _documented(thing, section):
    """Names in a section of a docstring; "first, second : int" are two."""
    entries = docscrape.NumpyDocString(inspect.getdoc(thing))[section]
    return [name for entry in entries for name in entry.name.split(", ")]


every_name = pytest.mark.parametrize("name", _public_names())
every_estimator = pytest.mark.parametrize("estimator_class", [one for _, one in all_estimators()])


@every_name
def test_public_name_is_documented(name):
    faults = [
        f"{part}: {code} {text}"
        for part in _documented_parts(name)
        for code, text in validate(part)["errors"]
        if code not in _ALLOWED
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", [name for name in _public_names() if _is_documented(_find(name))])
def test_public_class_or_function_has_an_example(name):
    assert any(line.startswith(">>>") for line in docscrape.NumpyDocString(inspect.getdoc(_find(name)))["Examples"])


@every_estimator
def test_documented_attributes_are_those_of_a_fitted_estimator(estimator_class):
    estimator = estimator_class()
    given = estimator.get_params()
    estimator.set_params(**{name: value for name, value in _QUICK.items() if name in given})
    X = np.random.default_rng(0).normal(size=(12, 8, 20, 3))
    y = np.arange(12) % 3
    table = pd.DataFrame(X[:, :, 0, 0], columns=[f"frame{at}" for at in range(8)])
    found = _fitted_attributes(estimator.fit(X, y)) | _fitted_attributes(estimator.fit(table, y))
    if hasattr(estimator, "partial_fit"):
        found |= _fitted_attributes(estimator.partial_fit(table, y))
    assert sorted(_documented(estimator_class, "Attributes")) == sorted(found)


def _fitted_attributes(estimator):
    return {name for name in dir(estimator) if name.endswith("_") and not name.startswith("_")}


@pytest.mark.parametrize("name", [name for name in _public_names() if name.endswith("Display")])
def test_documented_attributes_of_a_display_are_those_that_it_sets(name):
    display = _find(name)
    documented = {attribute for attribute in _documented(display, "Attributes") if attribute.endswith("_")}
    assert documented == set(re.findall(r"self\.(\w+_)\b", inspect.getsource(display)))
