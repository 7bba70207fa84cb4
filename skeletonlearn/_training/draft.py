"""Fits that leave an estimator as it was until they are complete."""

from __future__ import annotations

import copy
from typing import TypeVar

from sklearn.base import BaseEstimator

Estimator = TypeVar("Estimator", bound=BaseEstimator)


def draft_of(estimator: Estimator, *, keep_fitted: bool) -> Estimator:
    """Copy an estimator, to be fitted in its place.

    Parameters
    ----------
    estimator : estimator instance
        Is not changed.
    keep_fitted : bool
        Whether the copy begins with what the estimator has learned.

    Returns
    -------
    estimator instance
        With the same parameters, which are not copied.
    """
    draft = copy.copy(estimator)
    if not keep_fitted:
        for name in _fitted_names(draft):
            delattr(draft, name)
    return draft


def adopt(estimator: BaseEstimator, draft: BaseEstimator) -> None:
    """Give an estimator all that its copy has learned, and nothing else.

    Parameters
    ----------
    estimator : estimator instance
        Changes in place.
    draft : estimator instance
        From `draft_of`, and fitted since.
    """
    learned = vars(draft)
    for name in _fitted_names(estimator):
        if name not in learned:
            delattr(estimator, name)
    vars(estimator).update(learned)


def _fitted_names(estimator: BaseEstimator) -> list[str]:
    return [name for name in vars(estimator) if name.endswith("_") and not name.endswith("__")]
