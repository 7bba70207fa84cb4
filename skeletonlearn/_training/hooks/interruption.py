"""Let Ctrl-C end a training that has ended an epoch at least."""

from __future__ import annotations

from sklearn.exceptions import ConvergenceWarning

from skeletonlearn._training.hooks._hook import Hook
from skeletonlearn._training.run import TrainingRun
from skeletonlearn._warnings import warn_user


class Interruption(Hook):
    """Warns that an interrupted training ended early.

    Parameters
    ----------
    title : str
        What is fitted.
    """

    def __init__(self, title: str) -> None:
        self._title = title

    def interrupt(self, run: TrainingRun) -> bool:
        """Warn; the networks are as they were when the training was interrupted."""
        warn_user(
            f"{self._title} was interrupted in epoch {len(run.history) + 1} of {run.settings.max_epochs}, and keeps "
            "the weights of that moment.",
            ConvergenceWarning,
        )
        return True
