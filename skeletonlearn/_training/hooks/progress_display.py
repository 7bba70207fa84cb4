"""Show the epochs of a training and their losses."""

from __future__ import annotations

from skeletonlearn._progress import Progress
from skeletonlearn._training.hooks._hook import Hook
from skeletonlearn._training.run import TrainingRun


class ProgressDisplay(Hook):
    """Shows the progress over epochs as `verbose` asks for.

    Parameters
    ----------
    title : str
        What is fitted.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._progress: Progress | None = None

    def begin(self, run: TrainingRun) -> None:
        """Begin to show."""
        self._progress = Progress(self._title, "epoch", run.settings.max_epochs, run.settings.verbose)
        self._progress.__enter__()

    def end_epoch(self, run: TrainingRun) -> bool:
        """Show the record of the epoch."""
        assert self._progress is not None
        self._progress.done(len(run.history), {name: value for name, value in run.record.items() if name != "epoch"})
        return False

    def end(self, run: TrainingRun) -> None:
        """Show that it is done."""
        assert self._progress is not None
        progress, self._progress = self._progress, None
        progress.__exit__(None, None, None)

    def close(self) -> None:
        """Remove the bar of a training that failed."""
        if self._progress is not None:
            self._progress.__exit__(RuntimeError, None, None)
