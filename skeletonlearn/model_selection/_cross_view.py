"""The cross-view protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from skeletonlearn.datasets._ntu._protocols import TRAIN_CAMERAS
from skeletonlearn.model_selection._group_split import GroupSplit


class CrossView(GroupSplit):
    """Train on some camera views, test on the others: one split.

    A listed view that has no sample is no error, so that a protocol works on a part of its data set too.

    Parameters
    ----------
    train_views : sequence or None, default=None
        Views to train on; None is all but `test_views`.
    test_views : sequence or None, default=None
        Views to test on; None is all but `train_views`. With both given, a sample of another view is an error.

    See Also
    --------
    CrossSetup : Splits by set-ups.
    CrossSubject : Splits by persons.

    References
    ----------
    A. Shahroudy, J. Liu, T.-T. Ng and G. Wang (2016). NTU RGB+D: a large scale dataset for 3D human activity analysis.
    CVPR.

    J. Wang, X. Nie, Y. Xia, Y. Wu and S.-C. Zhu (2014). Cross-view action modeling, learning and recognition. CVPR.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import cross_val_score
    >>> from skeletonlearn.model_selection import CrossView
    >>> X, y, camera = [[0.0], [1.0]] * 3, [0, 1] * 3, [1, 1, 2, 2, 3, 3]
    >>> cross_val_score(LogisticRegression(), X, y, groups=camera, cv=CrossView.nw_ucla())
    array([1.])
    """

    _kind = "view"

    def __init__(self, train_views: Sequence[Any] | None = None, *, test_views: Sequence[Any] | None = None):
        super().__init__(train_views, test_views)

    @classmethod
    def ntu60(cls) -> CrossView:
        """NTU RGB+D: cameras 2 and 3 train, camera 1 tests (37,646 samples against 18,932)."""
        return cls(TRAIN_CAMERAS, test_views=(1,))

    @classmethod
    def nw_ucla(cls) -> CrossView:
        """Northwestern-UCLA: views 1 and 2 train, view 3 tests (1,020 samples against 464)."""
        return cls((1, 2), test_views=(3,))
