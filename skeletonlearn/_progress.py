"""What long work says: nothing, a bar in a terminal where rich is installed, or plain lines."""

from __future__ import annotations

import logging
import sys
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
    """Progress over epochs, files or whatever else is counted, with the time that is left, shown as `verbose` says.

    Lines go to the logger ``skeletonlearn`` at level INFO, and to standard error where logging is not set up to show
    that. Notebooks and files get lines, since a bar is drawn by moving a terminal's cursor.

    Parameters
    ----------
    title : str
        What is being done.
    unit : str
        What is counted.
    total : int
        How many of them there will be at the most.
    verbose : int or bool
        0 shows nothing; 1 a bar in a terminal if `rich` is installed, else a line every tenth of the total or half a
        minute; 2 and more a line each time.
    """

    def __init__(self, title: str, unit: str, total: int, verbose: int) -> None:
        self._title, self._unit, self._total, self._verbose = title, unit, total, int(verbose)
        self._first = self._count = self._shown = 0
        self._figures = ""
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        self._began = self._last_line = monotonic()
        if self._verbose == 1:
            self._bar = _start_bar()
        if self._bar is not None:
            self._task = self._bar.add_task(self._title, total=self._total, figures="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            if kind is None:  # done, though perhaps before the total
                self._bar.update(self._task, total=self._count, completed=self._count)
            self._bar.stop()
        elif kind is None and self._shown < self._count:
            self._show_line()

    def done(self, count: int, record: Mapping[str, float]) -> None:
        """Show that `count` are done, and the figures of the last one."""
        if not self._verbose:
            return
        if not self._count:
            self._first = count - 1  # done before this work began: it goes on from there
        self._count = count
        self._figures = ", ".join(f"{name} {value:.4g}" for name, value in record.items())
        if self._bar is not None:
            self._bar.update(self._task, completed=count, figures=self._figures)
        elif self._is_due():
            self._show_line(seconds_left=(self._total - count) * self._seconds_each())

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


def _start_bar() -> Any:
    """A bar that is shown; None where there is no rich, or no terminal to draw it in."""
    if find_spec("rich") is None:
        return None
    import rich  # noqa: PLC0415 - optional
    from rich.errors import LiveError  # noqa: PLC0415

    console = rich.get_console()
    if console.is_jupyter or not console.is_interactive:
        return None
    bar = _new_bar(console)
    try:
        bar.start()
    except LiveError:  # another bar is being drawn, which some versions of rich allow and others do not
        return None
    return bar


def _new_bar(console: Any) -> Any:
    """A bar of which the figures, last, are cut off where the terminal is too narrow."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415
    from rich.table import Column  # noqa: PLC0415

    whole, cut = Column(no_wrap=True, min_width=7), Column(ratio=1, no_wrap=True, overflow="ellipsis")
    return Bar(
        TextColumn("{task.description}", table_column=Column(no_wrap=True)),
        BarColumn(bar_width=12),
        MofNCompleteColumn(table_column=whole),
        TimeRemainingColumn(elapsed_when_finished=True, table_column=whole),
        TextColumn("{task.fields[figures]}", table_column=cut),
        console=console,
        expand=True,
    )


def _say(line: str) -> None:
    if logger.isEnabledFor(logging.INFO) and logger.hasHandlers():
        logger.info(line)
    else:
        sys.stderr.write(f"{line}\n")
