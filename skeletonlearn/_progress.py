"""What long work says: nothing, a progress bar where one is installed, or plain log lines."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from importlib.util import find_spec
from types import TracebackType
from typing import Any

logger = logging.getLogger("skeletonlearn")


class Progress(AbstractContextManager):
    """Progress over epochs, files or whatever else is counted, shown as `verbose` says.

    Parameters
    ----------
    title : str
        What is being done.
    unit : str
        What is counted.
    total : int
        How many of them there will be at the most.
    verbose : int or bool
        0 shows nothing; 1 a bar if `rich` is installed, else a line every tenth of the total; 2 and more a
        line each time. Lines go to the logger ``skeletonlearn`` at level INFO.
    """

    def __init__(self, title: str, unit: str, total: int, verbose: int) -> None:
        self._title, self._unit, self._total, self._verbose = title, unit, total, int(verbose)
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        if self._verbose == 1 and find_spec("rich") is not None:
            from rich.progress import Progress as Bar  # noqa: PLC0415 - optional

            self._bar = Bar(transient=True)
            self._bar.start()
            self._task = self._bar.add_task(self._title, total=self._total)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def done(self, count: int, record: Mapping[str, float]) -> None:
        """Show that `count` are done, and the figures of the last one."""
        if not self._verbose:
            return
        figures = ", ".join(f"{name} {value:.4g}" for name, value in record.items())
        if self._bar is not None:
            self._bar.update(self._task, completed=count, description=f"{self._title}: {figures}")
        elif self._verbose > 1 or count % max(1, self._total // 10) == 0:
            logger.info("%s: %s %d of %d: %s", self._title, self._unit, count, self._total, figures)
