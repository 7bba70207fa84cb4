"""Write the pages of the API reference: one for the package and one for each public folder, from their `__all__`.

Pages of classes and functions are made by autosummary from what is listed here, so that a new public name has its page
as soon as it is exported.
"""

import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

import skeletonlearn
from skeletonlearn.utils.discovery import public_modules

FOLDER = "api"


def write_pages(app: Sphinx, config: Config) -> None:
    """Write the pages before Sphinx looks for sources."""
    folder = Path(app.srcdir, FOLDER)
    folder.mkdir(exist_ok=True)
    modules = public_modules()
    _write(folder / "index.rst", _index(modules))
    for module in modules:
        _write(folder / f"{module.__name__}.rst", _module_page(module))


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:  # an old time of change spares a new build of the page
        path.write_text(text)


def _index(modules: list[ModuleType]) -> str:
    """All names on one page."""
    top = [name for name in skeletonlearn.__all__ if name != "__version__"]
    homes = [f"{_home(getattr(skeletonlearn, name))}.{name}" for name in top]
    intro = f"These can be imported from ``{skeletonlearn.__name__}`` itself; all others from the folders below."
    parts = [_heading("API reference", "="), intro, _table(homes, short=True)]
    for module in modules:
        kinds = _by_kind(module)
        full = [f"{module.__name__}.{name}" for name in (*kinds["Classes"], *kinds["Functions"])]
        title = f":doc:`{module.__name__} <{module.__name__}>`"
        parts += [_heading(title, "-"), _summary(module), _table(full, short=True)]
    parts.append(_indented(".. toctree::", [":hidden:", "", *(module.__name__ for module in modules)]))
    return "\n\n".join(parts) + "\n"


def _module_page(module: ModuleType) -> str:
    """What a folder exports, classes and functions with a page each."""
    kinds = _by_kind(module)
    parts = [
        _heading(module.__name__, "="),
        f".. automodule:: {module.__name__}\n   :no-members:",
        f".. currentmodule:: {module.__name__}",
    ]
    for kind in ("Classes", "Functions"):
        if kinds[kind]:
            parts += [_heading(kind, "-"), _table(list(kinds[kind]), toctree=True)]
    if kinds["Constants"]:
        parts.append(_heading("Constants", "-"))
        parts += [f".. py:data:: {name}\n   :value: {_value(thing)}" for name, thing in kinds["Constants"].items()]
    return "\n\n".join(parts) + "\n"


def _by_kind(module: ModuleType) -> dict[str, dict[str, Any]]:
    kinds: dict[str, dict[str, Any]] = {"Classes": {}, "Functions": {}, "Constants": {}}
    for name in module.__all__:
        thing = getattr(module, name)
        kind = "Classes" if inspect.isclass(thing) else "Functions" if callable(thing) else "Constants"
        kinds[kind][name] = thing
    return kinds


def _home(thing: Any) -> str:
    """The public folder of what is defined in one of its private files."""
    return ".".join(thing.__module__.split(".")[:2])


def _value(thing: Any) -> str:
    return repr(tuple(thing) if isinstance(thing, dict) else thing)


def _summary(module: ModuleType) -> str:
    return inspect.getdoc(module).split("\n\n")[0]


def _heading(text: str, mark: str) -> str:
    return f"{text}\n{mark * len(text)}"


def _table(names: list[str], *, toctree: bool = False, short: bool = False) -> str:
    """A row for each name: a link and the first sentence of its docstring."""
    options = [":nosignatures:", *([":toctree: generated"] if toctree else [])]
    return _indented(".. autosummary::", [*options, "", *(f"~{name}" if short else name for name in names)])


def _indented(directive: str, lines: list[str]) -> str:
    return "\n".join([directive, *(f"   {line}".rstrip() for line in lines)])


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", write_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
