"""scikit-learn's callbacks, such as its ProgressBar, around a fit and its epochs.

scikit-learn has them since 1.9, as an experiment that may change. Before 1.9, or without callbacks, nothing of its
interface is used.
"""

from __future__ import annotations

import copy
from typing import Any

from skeletonlearn._training.hooks._hook import Hook
from skeletonlearn._training.run import TrainingRun

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # before scikit-learn 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Replaces scikit-learn's: estimators take no callbacks."""

    def with_callbacks(method: Any) -> Any:
        """Replace scikit-learn's: return the method as it is."""
        return method


def has_callbacks(estimator: Any) -> bool:
    """Whether callbacks are set on an estimator."""
    return bool(getattr(estimator, "_skl_callbacks", None))


class Callbacks(Hook):
    """Calls an estimator's callbacks for the fit and for each epoch.

    Parameters
    ----------
    estimator : NetworkEstimator
        With callbacks.
    draft : NetworkEstimator
        Its copy that is being fitted.
    X, y : array-like
        What it is fitted to.
    """

    def __init__(self, estimator: Any, draft: Any, X: Any, y: Any) -> None:
        self._estimator, self._draft, self._data = estimator, draft, {"X": X, "y": y}

    def begin(self, run: TrainingRun) -> None:
        """Call back that the fit begins."""
        self._fit = self._estimator._init_callback_context(max_subtasks=run.settings.max_epochs)
        self._fit.call_on_fit_task_begin(estimator=self._estimator, **self._data)

    def begin_epoch(self, run: TrainingRun) -> None:
        """Call back that an epoch begins."""
        self._epoch = self._fit.subcontext(task_name="epoch")
        self._epoch.call_on_fit_task_begin(estimator=self._estimator, **self._data)

    def end_epoch(self, run: TrainingRun) -> bool:
        """Call back that an epoch has ended; return whether a callback stops the fit."""
        return self._call_on_end(self._epoch, run)

    def end(self, run: TrainingRun) -> None:
        """Call back that the fit has ended."""
        self._call_on_end(self._fit, run)

    def _call_on_end(self, context: Any, run: TrainingRun) -> bool:
        def fitted_attributes() -> dict[str, Any]:  # called only for a callback that asks for the estimator
            twin = copy.copy(self._draft)
            twin._keep(copy.deepcopy(run.networks), list(run.history), run.device)
            return vars(twin)

        stop: bool = context.call_on_fit_task_end(
            estimator=self._estimator, reconstruction_attributes=fitted_attributes, **self._data
        )
        return stop
