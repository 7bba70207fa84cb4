"""Public names that are imported at their first use, and the errors where a package that they need is not installed.

Without torch, names of lazy_loader (0.6) raise ModuleNotFoundError from `hasattr`, from `inspect.getmembers` and during
completion, and do not say what to install.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

# the packages that only some names need, as pip takes them
_INSTALL = {"gensim": "gensim", "karateclub": "karateclub==1.2.2", "torch": "torch"}


def lazy_names(package: str, where: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make `__getattr__` and `__dir__` of a package whose names take long to import.

    Parameters
    ----------
    package : str
        The package's `__name__`; its `__all__` is what `__dir__` lists.
    where : mapping of str to str
        Public classes and the modules that define them.

    Returns
    -------
    tuple of callable
        `__getattr__`, which imports a class or a public folder of the package, and `__dir__`. Where a package that a
        class needs is not installed, a class of the same name stands in for it and says so when an object is made of
        it: listing and completing the names must not fail.
    """

    def __getattr__(name: str) -> Any:
        if name in where:
            return _import_class(name, where[name])
        if not name.startswith("_") and find_spec(f"{package}.{name}") is not None:
            return _import_folder(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return __getattr__, lambda: sorted(sys.modules[package].__all__)


def say_what_to_install(name: str, error: ModuleNotFoundError) -> ModuleNotFoundError:
    """Make an error that names what needs a missing package and the command that installs it.

    Parameters
    ----------
    name : str
        The name that needs the package.
    error : ModuleNotFoundError
        What its import raised.

    Returns
    -------
    ModuleNotFoundError
        The error to raise; `error` itself where the module is none of these packages.
    """
    package = (error.name or "").partition(".")[0]
    if package not in _INSTALL:
        return error
    text = f"{name} needs {package}, which is not installed: pip install {_INSTALL[package]}"
    return ModuleNotFoundError(text, name=package)


def _import_folder(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise say_what_to_install(name, error) from None


def _import_class(name: str, module: str) -> Any:
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        reason = say_what_to_install(name, error)
        if reason is error:
            raise
        return _stand_in(name, str(reason), reason.name)


def _stand_in(name: str, reason: str, package: str | None) -> type:
    """A class that cannot be made objects of."""

    def __new__(cls: type, *args: Any, **kwargs: Any) -> Any:
        raise ModuleNotFoundError(reason, name=package)

    return type(name, (), {"__new__": __new__, "__doc__": reason})
