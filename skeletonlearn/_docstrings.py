"""Texts that several docstrings share, put in at import."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, signature
from textwrap import indent
from typing import Any, TypeVar

Documented = TypeVar("Documented", bound=Callable[..., Any])

_PLACE = re.compile(r"^( *)\{(\w+)\}$", re.MULTILINE)


Texts = Mapping[str, str | Sequence[str]]
"""By name, a text, or the names of a group of texts."""


def fill_docstring(texts: Texts) -> Callable[[Documented], Documented]:
    """Make a decorator that replaces lines such as ``{learning_rate}`` of a docstring by shared texts.

    Parameters
    ----------
    texts : mapping of str to str or sequence of str
        By name, the text that replaces the line, or the names of several texts. To the first line of a parameter's
        text its default is added, which is read from the signature.

    Returns
    -------
    callable
        The decorator. It raises KeyError for a name without a text.
    """

    def fill(decorated: Documented) -> Documented:
        if decorated.__doc__ is not None:  # there is none with python -OO
            parameters = signature(decorated).parameters
            decorated.__doc__ = _PLACE.sub(
                lambda place: indent(_text(place[2], texts, parameters), place[1]), decorated.__doc__
            )
        return decorated

    return fill


def _text(name: str, texts: Texts, parameters: Mapping[str, Parameter]) -> str:
    text = texts[name]
    if not isinstance(text, str):
        return "\n".join(_text(member, texts, parameters) for member in text)
    head, *body = text.splitlines()
    if name in parameters:
        head += f", default={_shown(parameters[name].default)}"
    return "\n".join([head, *body])


def _shown(default: Any) -> str:
    return json.dumps(default) if isinstance(default, str) else repr(default)
