"""The cross-setup protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from skeletonlearn.datasets._ntu._protocols import TRAIN_SETUPS
from skeletonlearn.model_selection._group_split import GroupSplit


class CrossSetup(GroupSplit):
    """Train on some camera setups (heights and distances), test on the others: one split.

    A listed setup that has no sample is no error, so that a protocol works on a part of its data set too.

    Parameters
    ----------
    train_setups : sequence or None, default=None
        Setups to train on; None is all but `test_setups`.
    test_setups : sequence or None, default=None
        Setups to test on; None is all but `train_setups`. With both given, a sample of another setup is an error.

    See Also
    --------
    CrossSubject : Splits by persons.
    CrossView : Splits by cameras.

    References
    ----------
    J. Liu et al. (2020). NTU RGB+D 120: a large-scale benchmark for 3D human activity understanding. IEEE TPAMI.

    Examples
    --------
    >>> from skeletonlearn.model_selection import CrossSetup
    >>> next(CrossSetup.ntu120().split([[0.0]] * 4, groups=[1, 2, 3, 4]))
    (array([1, 3]), array([0, 2]))
    """

    _kind = "setup"

    def __init__(self, train_setups: Sequence[Any] | None = None, *, test_setups: Sequence[Any] | None = None):
        super().__init__(train_setups, test_setups)

    @classmethod
    def ntu120(cls) -> CrossSetup:
        """NTU RGB+D 120: the even ones of 32 setups train (54,468 samples against 59,477)."""
        return cls(TRAIN_SETUPS, test_setups=range(1, 33, 2))
