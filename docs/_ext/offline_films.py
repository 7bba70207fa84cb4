"""Films in the gallery without the style sheet of another host that matplotlib puts before them.

The theme brings the same icons for the buttons.
"""

import re

from sphinx.application import Sphinx

_OUTSIDE_STYLE = re.compile(r'<link rel="stylesheet"\s+href="https://[^"]*font-awesome[^"]*">')


def drop_outside_style(app: Sphinx, docname: str, source: list[str]) -> None:
    if docname.startswith("auto_examples/"):
        source[0] = _OUTSIDE_STYLE.sub("", source[0])


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", drop_outside_style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
