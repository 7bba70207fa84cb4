"""Every public name is documented as numpydoc asks: parameters, what comes back, sections in order."""

import inspect
import pkgutil
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from numpydoc.validate import validate

import skeletonlearn

_PROJECT = Path(__file__).parents[1] / "pyproject.toml"
# "all", then the rules that are left out
_ALLOWED = tomllib.loads(_PROJECT.read_text())["tool"]["numpydoc_validation"]["checks"][1:]


def _public_names():
    names = []
    for module in pkgutil.iter_modules(skeletonlearn.__path__, "skeletonlearn."):
        if not module.name.rpartition(".")[2].startswith("_"):
            folder = import_module(module.name)
            names += [f"{module.name}.{name}" for name in getattr(folder, "__all__", [])]
    return names


def _documented_parts(name):
    """The name itself and, of a class of ours, the public methods that it defines."""
    module, _, attribute = name.rpartition(".")
    thing = getattr(import_module(module), attribute)
    if not callable(thing) or getattr(thing, "_is_protocol", False):
        return []
    methods = vars(thing) if inspect.isclass(thing) else {}
    own = [
        method
        for method, value in methods.items()
        # a torch module's forward takes one batch, whose shape its one sentence gives
        if inspect.isfunction(value) and not method.startswith("_") and method != "forward" and value.__doc__
    ]
    return [name, *(f"{name}.{method}" for method in own)]


@pytest.mark.parametrize("name", _public_names())
def test_public_name_is_documented(name):
    faults = [
        f"{part}: {code} {text}"
        for part in _documented_parts(name)
        for code, text in validate(part)["errors"]
        if code not in _ALLOWED
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", _public_names())
def test_every_public_method_has_a_docstring(name):
    module, _, attribute = name.rpartition(".")
    thing = getattr(import_module(module), attribute)
    methods = vars(thing) if inspect.isclass(thing) else {}
    bare = [m for m, value in methods.items() if inspect.isfunction(value) and not m.startswith("_")]
    assert not [method for method in bare if not inspect.getdoc(getattr(thing, method))]
