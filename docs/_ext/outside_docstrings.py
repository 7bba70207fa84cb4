"""What docstrings of scikit-learn and torch bring along with inherited methods, made fit for these pages."""

import inspect
import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from torch import nn

from skeletonlearn.utils.discovery import public_modules

_REPLACED = {
    r":ref:`([^`<]+?)\s*<[^`>]+>`": r"\1 of scikit-learn",  # with words of its own, such as "user guide"
    r":ref:`[^`]+`": "scikit-learn's gallery",
    r":term:`([^`]+)`": r"\1",
}


def unlink_references(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Put words in the place of links into scikit-learn's guide and glossary, which are not in these pages."""
    if not (getattr(thing, "__module__", None) or "").startswith("skeletonlearn"):
        text = "\n".join(lines)
        for reference, words in _REPLACED.items():
            text = re.sub(reference, words, text)
        lines[:] = text.split("\n")


def leave_out_methods_of_torch(app: Sphinx, config: Config) -> None:
    """List of our torch modules only the methods of their own, not the seventy of every module."""
    config.numpydoc_show_inherited_class_members = {
        f"{module.__name__}.{name}": False
        for module in public_modules()
        for name in module.__all__
        if inspect.isclass(getattr(module, name)) and issubclass(getattr(module, name), nn.Module)
    }


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", leave_out_methods_of_torch)
    app.connect("autodoc-process-docstring", unlink_references)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
