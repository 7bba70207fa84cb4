"""Write a checkpoint after each epoch, and resume from it."""

from __future__ import annotations

from functools import partial

from skeletonlearn._training.checkpoint import Checkpoint, Snapshot
from skeletonlearn._training.hooks._hook import Hook
from skeletonlearn._training.hooks.early_stopping import EarlyStopping
from skeletonlearn._training.process_group import ProcessGroup
from skeletonlearn._training.run import TrainingRun

_STOPPING = "early_stopping"


class Checkpointing(Hook):
    """Resumes from a checkpoint, or begins one, so that a file that cannot be written is known before the work.

    Parameters
    ----------
    checkpoint : Checkpoint
        The file, and what it held.
    stopping : EarlyStopping or None
        Whose state is kept too.
    group : ProcessGroup
        The first process writes for all.
    """

    def __init__(self, checkpoint: Checkpoint, stopping: EarlyStopping | None, group: ProcessGroup) -> None:
        self._checkpoint, self._stopping, self._group = checkpoint, stopping, group

    def begin(self, run: TrainingRun) -> None:
        """Resume, or write the state before the first epoch."""
        snapshot = self._checkpoint.snapshot
        if snapshot is None:
            self._write(run)
            return
        run.load(snapshot)
        if self._stopping is not None:
            self._stopping.load(Snapshot(snapshot.group(_STOPPING), snapshot.facts[_STOPPING]))
            run.stop = self._stopping.is_due(run.settings)

    def end_epoch(self, run: TrainingRun) -> bool:
        """Write the state."""
        self._write(run)
        return False

    def _write(self, run: TrainingRun) -> None:
        self._group.broadcast_call(partial(self._write_file, run))  # a file that cannot be written stops all processes

    def _write_file(self, run: TrainingRun) -> None:
        snapshot = run.snapshot()
        if self._stopping is not None:
            kept = self._stopping.snapshot()
            snapshot.facts[_STOPPING] = kept.facts
            snapshot.arrays.update({f"{_STOPPING}/{name}": array for name, array in kept.arrays.items()})
        self._checkpoint.write(snapshot)
