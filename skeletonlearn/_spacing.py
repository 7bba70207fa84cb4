"""Which of many in a row to look at."""

from __future__ import annotations

import numpy as np


def evenly_spaced(length: int, n_wanted: int) -> np.ndarray:
    """Indices of the first, the last and evenly spaced ones of so many in a row."""
    gaps = max(n_wanted - 1, 1)
    return (np.arange(n_wanted) * (length - 1) + gaps // 2) // gaps
