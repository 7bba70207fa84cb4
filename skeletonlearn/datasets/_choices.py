"""The choices that all readers offer by the same words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

ON_ERROR = ("raise", "warn", "skip")
SUBSETS = ("all", "train", "test")


def check_choice(name: str, value: Any, choices: Sequence[Any]) -> None:
    """Refuse a parameter value that is not among the choices.

    Parameters
    ----------
    name : str
        The parameter.
    value : object
        Its value.
    choices : sequence
        What it may be.

    Raises
    ------
    ValueError
        If it is not; the text says got and wanted.
    """
    if value not in choices:
        raise ValueError(f"{name}={value!r} must be one of {', '.join(repr(choice) for choice in choices)}.")
