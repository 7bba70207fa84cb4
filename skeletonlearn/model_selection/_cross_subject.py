"""The cross-subject protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from skeletonlearn.datasets._ntu._protocols import NTU60_TRAIN_SUBJECTS, NTU120_TRAIN_SUBJECTS
from skeletonlearn.model_selection._group_split import GroupSplit


class CrossSubject(GroupSplit):
    """Train on some subjects, test on the others: one split.

    A listed subject that has no sample is no error, so that a protocol works on a part of its data set too.

    Parameters
    ----------
    train_subjects : sequence or None, default=None
        Subjects to train on; None is all but `test_subjects`.
    test_subjects : sequence or None, default=None
        Subjects to test on; None is all but `train_subjects`. With both given, a sample of another subject is an error.

    See Also
    --------
    LeaveOneSubjectOut : Each subject tests once.

    References
    ----------
    A. Shahroudy, J. Liu, T.-T. Ng and G. Wang (2016). NTU RGB+D: a large scale dataset for 3D human activity analysis.
    CVPR.

    J. Liu et al. (2020). NTU RGB+D 120: a large-scale benchmark for 3D human activity understanding. IEEE TPAMI.

    W. Li, Z. Zhang and Z. Liu (2010). Action recognition based on a bag of 3D points. CVPR Workshops.

    Examples
    --------
    >>> from skeletonlearn.model_selection import CrossSubject
    >>> X, subject = [[0.0]] * 6, [1, 1, 2, 2, 3, 3]
    >>> for train, test in CrossSubject([1, 3]).split(X, groups=subject):
    ...     train, test
    (array([0, 1, 4, 5]), array([2, 3]))
    """

    _kind = "subject"

    def __init__(self, train_subjects: Sequence[Any] | None = None, *, test_subjects: Sequence[Any] | None = None):
        super().__init__(train_subjects, test_subjects)

    @classmethod
    def ntu60(cls) -> CrossSubject:
        """NTU RGB+D: 20 of 40 subjects train (40,091 samples against 16,487)."""
        return cls(NTU60_TRAIN_SUBJECTS, test_subjects=_others(NTU60_TRAIN_SUBJECTS, 40))

    @classmethod
    def ntu120(cls) -> CrossSubject:
        """NTU RGB+D 120: 53 of 106 subjects train (63,026 samples against 50,919)."""
        return cls(NTU120_TRAIN_SUBJECTS, test_subjects=_others(NTU120_TRAIN_SUBJECTS, 106))

    @classmethod
    def msr_action3d(cls) -> CrossSubject:
        """MSR-Action3D: the odd ones of ten subjects train."""
        return cls(range(1, 11, 2), test_subjects=range(2, 11, 2))


def _others(train: Sequence[int], n_subjects: int) -> list[int]:
    return [subject for subject in range(1, n_subjects + 1) if subject not in train]
