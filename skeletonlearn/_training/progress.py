"""What a long fit says: nothing, a progress bar where one is installed, or plain log lines."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from importlib.util import find_spec
from types import TracebackType
from typing import Any

logger = logging.getLogger("skeletonlearn")


class Progress(AbstractContextManager):
    """Progress over epochs, shown as `verbose` says.

    Parameters
    ----------
    title : str
        What is being fitted.
    n_epochs : int
        How many epochs there will be at the most.
    verbose : int or bool
        0 shows nothing; 1 a bar if `rich` is installed, else a line every tenth of the epochs; 2 and more a
        line each epoch. Lines go to the logger ``skeletonlearn`` at level INFO.
    """

    def __init__(self, title: str, n_epochs: int, verbose: int) -> None:
        self._title, self._n_epochs, self._verbose = title, n_epochs, int(verbose)
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        if self._verbose == 1 and find_spec("rich") is not None:
            from rich.progress import Progress as Bar  # noqa: PLC0415 - optional

            self._bar = Bar(transient=True)
            self._bar.start()
            self._task = self._bar.add_task(self._title, total=self._n_epochs)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def epoch_done(self, record: dict[str, float]) -> None:
        """Show one epoch's record: its number, loss and whatever else was measured."""
        epoch = int(record["epoch"])
        figures = ", ".join(f"{name} {value:.4g}" for name, value in record.items() if name != "epoch")
        if self._bar is not None:
            self._bar.update(self._task, completed=epoch, description=f"{self._title}: {figures}", refresh=True)
        elif self._verbose > 1 or (self._verbose and epoch % max(1, self._n_epochs // 10) == 0):
            logger.info("%s: epoch %d of %d: %s", self._title, epoch, self._n_epochs, figures)
