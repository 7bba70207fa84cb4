"""References that begin with an initial (``A. Vaswani et al.``) as paragraphs, not as items of a lettered list."""

import re
from typing import Any

from sphinx.application import Sphinx

_INITIAL = re.compile(r"^(?=[A-Z]\. [A-Z])", flags=re.MULTILINE)


def escape_initials(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    lines[:] = _INITIAL.sub(r"\n\\", "\n".join(lines)).split("\n")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect(
        "autodoc-process-docstring", escape_initials, priority=900
    )  # after numpydoc has made paragraphs of them
    return {"parallel_read_safe": True, "parallel_write_safe": True}
