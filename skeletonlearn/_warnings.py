"""Warnings that point at the user's line."""

from __future__ import annotations

import sys
import warnings

_INNER = ("skeletonlearn", "sklearn", "joblib", "contextlib")


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the innermost line that is neither of this package nor of scikit-learn.

    Parameters
    ----------
    message : str
        What is wrong, and what to do.
    category : type of Warning, default=UserWarning
        The kind of warning.
    """
    level, frame = 1, sys._getframe(0)
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] in _INNER:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
