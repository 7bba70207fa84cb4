"""The leave-one-subject-out protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.model_selection import LeaveOneGroupOut

from skeletonlearn.model_selection._group_split import check_groups


class LeaveOneSubjectOut(LeaveOneGroupOut):
    """Test on each subject once, training on all others: as many splits as subjects.

    See Also
    --------
    CrossSubject : One split by given subjects.

    Examples
    --------
    >>> from skeletonlearn.model_selection import LeaveOneSubjectOut
    >>> for train, test in LeaveOneSubjectOut().split([[0.0]] * 3, groups=[7, 8, 8]):
    ...     train, test
    (array([1, 2]), array([0]))
    (array([0]), array([1, 2]))
    """

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Give the indices of the training and the test samples, once for each subject in ascending order.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...) or list of sequences
            The samples, of any lengths.
        y : array-like of shape (n_samples,), default=None
            Not looked at.
        groups : array-like of shape (n_samples,)
            The subject of each sample.

        Yields
        ------
        train, test : ndarray of int
            Indices.

        Raises
        ------
        ValueError
            If `groups` is missing, of another length than X, or holds fewer than two subjects.
        """
        groups = check_groups(self, X, y, groups, "subject")
        subjects = np.unique(groups)
        if len(subjects) < 2:
            raise ValueError(f"groups has subjects {subjects.tolist()}, but LeaveOneSubjectOut expected at least two.")
        yield from super().split(X, y, groups)
