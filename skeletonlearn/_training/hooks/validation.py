"""Measures of held-out samples after each epoch."""

from __future__ import annotations

import numpy as np

from skeletonlearn._training.hooks._hook import Hook
from skeletonlearn._training.process_group import ProcessGroup
from skeletonlearn._training.run import TrainingRun


class Validation(Hook):
    """Adds the task's validation measures to the record of each epoch.

    Parameters
    ----------
    rows : ndarray of int
        The held-out samples.
    seed : int
        Seed of whatever validation draws.
    group : ProcessGroup
        The first process's measures count for all, so that all take the same decisions.
    """

    def __init__(self, rows: np.ndarray, seed: int, group: ProcessGroup) -> None:
        self._rows, self._seed, self._group = rows, seed, group

    def end_epoch(self, run: TrainingRun) -> bool:
        """Validate."""
        measures = run.task.validate(self._rows, run.settings.batch_size, self._seed)
        run.record.update(self._group.broadcast(measures))
        return False
