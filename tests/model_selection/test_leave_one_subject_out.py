"""LeaveOneSubjectOut."""

import numpy as np
import pytest
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score, cross_validate

from skeletonlearn.model_selection import LeaveOneSubjectOut

SUBJECTS = np.array([4, 4, 9, 9, 2, 2])
X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 1, 0, 1, 0, 1])


def test_every_subject_tests_once():
    splits = list(LeaveOneSubjectOut().split([np.zeros((n, 20, 3)) for n in range(1, 7)], groups=SUBJECTS))
    assert [set(SUBJECTS[test]) for _, test in splits] == [{2}, {4}, {9}]
    assert all(set(SUBJECTS[train]).isdisjoint(SUBJECTS[test]) for train, test in splits)
    assert LeaveOneSubjectOut().get_n_splits(groups=SUBJECTS) == 3


def test_it_works_in_cross_val_score_with_and_without_routing():
    cv = LeaveOneSubjectOut()
    plain = cross_val_score(LogisticRegression(), X, Y, groups=SUBJECTS, cv=cv)
    with sklearn.config_context(enable_metadata_routing=True):
        routed = cross_validate(LogisticRegression(), X, Y, params={"groups": SUBJECTS}, cv=cv)["test_score"]
    np.testing.assert_array_equal(plain, routed)
    assert repr(cv) == "LeaveOneSubjectOut()"


@pytest.mark.parametrize(
    ("groups", "message"),
    [(None, "expected the subject of each sample"), ([7] * 6, r"subjects \[7\].*at least two"), ([1], "inconsistent")],
)
def test_groups_that_do_not_fit_are_errors(groups, message):
    with pytest.raises(ValueError, match=message):
        next(LeaveOneSubjectOut().split(X, Y, groups))
