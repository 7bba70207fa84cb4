"""What is said where a package that something needs is not installed."""

from __future__ import annotations

# the packages that only some names need, as pip is told to install them
_INSTALL = {"gensim": "gensim", "karateclub": "karateclub==1.2.2", "torch": "torch"}


def say_what_to_install(name: str, error: ModuleNotFoundError) -> ModuleNotFoundError:
    """Make an error that says who needs a missing package and how it is installed.

    Parameters
    ----------
    name : str
        What needs the package.
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
