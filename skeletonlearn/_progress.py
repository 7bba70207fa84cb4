"""Progress of long work: nothing, a bar of tqdm in a terminal or a notebook, or plain lines."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from importlib.util import find_spec
from time import monotonic
from types import TracebackType
from typing import Any

logger = logging.getLogger("skeletonlearn")

_SILENCE = 30.0  # seconds after which a line is due, however little has been done


class Progress(AbstractContextManager):
    """Progress over epochs, files or whatever else is counted, with the time that is left.

    Lines go to the logger ``skeletonlearn`` at level INFO, and to standard error where logging is not set up to show
    that.

    Parameters
    ----------
    title : str
        The name of the work.
    unit : str
        The unit of the count.
    total : int
        The largest count that is possible.
    verbose : int or bool
        0 shows nothing. 1 shows a bar in a terminal or a notebook if `tqdm` is installed; else a line per tenth of the
        total, or per half a minute. 2 and more show a line per unit.
    """

    def __init__(self, title: str, unit: str, total: int, verbose: int) -> None:
        self._title, self._unit, self._total, self._verbose = title, unit, total, int(verbose)
        self._first = self._count = self._shown = 0
        self._figures = ""
        self._bar: Any = None

    def __enter__(self) -> Progress:
        self._began = self._last_line = monotonic()
        if self._verbose == 1 and _can_draw():
            self._bar = _new_bar(self._title, self._unit, self._total)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            if kind is None:  # done, though perhaps before the total
                self._bar.total = self._count
                self._bar.refresh()
            self._bar.close()
        elif kind is None and self._shown < self._count:
            self._show_line()

    def done(self, count: int, record: Mapping[str, float]) -> None:
        """Show that `count` are done, and the figures of the last one."""
        if not self._verbose:
            return
        if not self._count:
            self._first = count - 1  # done before this work began, such as the epochs of a checkpoint
        self._count = count
        self._figures = ", ".join(f"{name} {value:.4g}" for name, value in record.items())
        if self._bar is not None:
            self._move_bar()
        elif self._is_due():
            self._show_line(seconds_left=(self._total - count) * self._seconds_each())

    def _move_bar(self) -> None:
        self._bar.initial = self._first
        if self._bar.n < self._first:  # the rate counts only what was done since
            self._bar.n = self._bar.last_print_n = self._first
        self._bar.set_postfix_str(self._figures, refresh=False)
        self._bar.update(self._count - self._bar.n)

    def _is_due(self) -> bool:
        return (
            self._verbose > 1
            or self._count % max(1, self._total // 10) == 0
            or monotonic() - self._last_line >= _SILENCE
        )

    def _seconds_each(self) -> float:
        return (monotonic() - self._began) / (self._count - self._first)

    def _show_line(self, seconds_left: float = 0.0) -> None:
        self._shown, self._last_line = self._count, monotonic()
        time = f"{_clock(seconds_left)} left" if seconds_left else f"took {_clock(monotonic() - self._began)}"
        _say(f"{self._title}: {self._unit} {self._count} of {self._total}: {self._figures}; {time}")


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))


def _can_draw() -> bool:
    """Whether tqdm is installed and a terminal or a notebook shows what it draws."""
    if find_spec("tqdm") is None:
        return False
    ipython = sys.modules.get("IPython")
    in_notebook = ipython is not None and hasattr(ipython.get_ipython(), "kernel")
    return in_notebook or _has_columns(sys.stderr)


def _has_columns(stream: Any) -> bool:
    """Whether a stream is a terminal of a known width; tqdm draws nothing in one whose width is 0."""
    try:
        return os.get_terminal_size(stream.fileno()).columns > 0
    except (OSError, ValueError, AttributeError):  # a file, a stream in memory, none
        return False


def _new_bar(title: str, unit: str, total: int) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a notebook without ipywidgets gets a bar of text
        from tqdm.auto import tqdm  # noqa: PLC0415 - optional
    return tqdm(desc=title, unit=unit, total=total, dynamic_ncols=True)


def _say(line: str) -> None:
    if logger.isEnabledFor(logging.INFO) and logger.hasHandlers():
        logger.info(line)
    else:
        sys.stderr.write(f"{line}\n")
