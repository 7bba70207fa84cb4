"""scikit-learn's callbacks, such as its ProgressBar, told of a fit and of its epochs.

scikit-learn has them since 1.9, as an experiment that may change: where its interface is another, or an estimator was
given no callbacks, nothing of it is used.
"""

from __future__ import annotations

import copy
from typing import Any

from skeletonlearn._training.run import TrainingRun

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # before scikit-learn 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stands for scikit-learn's: estimators take no callbacks."""

    def with_callbacks(method: Any) -> Any:
        """Stand for scikit-learn's: the method as it is."""
        return method


class Untold:
    """A fit that nobody is told of."""

    def begin(self, n_epochs: int) -> None:
        """The fit begins."""

    def begin_epoch(self) -> None:
        """The next epoch begins."""

    def end_epoch(self, run: TrainingRun) -> bool:
        """An epoch has ended; whether to stop."""
        return False

    def end(self, run: TrainingRun) -> None:
        """The fit has ended."""


class CallbackTasks(Untold):
    """A fit, and each epoch of it, as tasks of which an estimator's callbacks are told.

    Parameters
    ----------
    estimator : estimator instance
        With callbacks, and a method `_finish` that stores what training gave.
    X, y : array-like
        What it is trained on.
    """

    def __init__(self, estimator: Any, X: Any, y: Any) -> None:
        self._estimator, self._data = estimator, {"X": X, "y": y}

    def begin(self, n_epochs: int) -> None:
        """The fit begins."""
        self._fit = self._estimator._init_callback_context(max_subtasks=n_epochs)
        self._fit.call_on_fit_task_begin(estimator=self._estimator, **self._data)

    def begin_epoch(self) -> None:
        """The next epoch begins."""
        self._epoch = self._fit.subcontext(task_name="epoch")
        self._epoch.call_on_fit_task_begin(estimator=self._estimator, **self._data)

    def end_epoch(self, run: TrainingRun) -> bool:
        """An epoch has ended; whether to stop."""
        return self._tell_end(self._epoch, run)

    def end(self, run: TrainingRun) -> None:
        """The fit has ended."""
        self._tell_end(self._fit, run)

    def _tell_end(self, task: Any, run: TrainingRun) -> bool:
        def fitted() -> dict[str, Any]:  # called only for a callback that asks for the estimator
            twin = copy.copy(self._estimator)
            twin._finish(copy.deepcopy(run.module), list(run.history), run.device)
            return vars(twin)

        return task.call_on_fit_task_end(estimator=self._estimator, reconstruction_attributes=fitted, **self._data)


def tasks_of_fit(estimator: Any, X: Any, y: Any) -> Untold:
    """What tells an estimator's callbacks, if it has any, of its fit on X and y."""
    return CallbackTasks(estimator, X, y) if getattr(estimator, "_skl_callbacks", None) else Untold()
