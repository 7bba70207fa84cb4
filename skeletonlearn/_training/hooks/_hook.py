"""The moments of a training at which hooks are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skeletonlearn._training.run import TrainingRun


class Hook:
    """Something that happens around the epochs of a training; by default nothing does."""

    def begin(self, run: TrainingRun) -> None:
        """Act before the first epoch."""

    def begin_epoch(self, run: TrainingRun) -> None:
        """Act before an epoch."""

    def after_backward(self, run: TrainingRun) -> None:
        """Act on the gradients of a batch, before the optimiser's step."""

    def end_epoch(self, run: TrainingRun) -> bool:
        """Act after an epoch, whose record is `run.record`; return whether to stop."""
        return False

    def interrupt(self, run: TrainingRun) -> bool:
        """Return whether a training that is interrupted from the keyboard may end as if it were complete."""
        return True

    def end(self, run: TrainingRun) -> None:
        """Act after the last epoch."""

    def close(self) -> None:
        """Release what the hook holds; called at the end in any case, also after an error."""
