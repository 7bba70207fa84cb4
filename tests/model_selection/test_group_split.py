"""CrossSubject, CrossView and CrossSetup."""

import pickle

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, check_cv, cross_val_score, cross_validate

from skeletonlearn.model_selection import CrossSetup, CrossSubject, CrossView

KINDS = [(CrossSubject, "subjects"), (CrossView, "views"), (CrossSetup, "setups")]
X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 1, 0, 1, 0, 1])
GROUPS = np.array([1, 1, 2, 2, 3, 3])


@pytest.mark.parametrize(("splitter", "ids"), KINDS)
def test_train_ids_are_split_from_the_rest(splitter, ids):
    ((train, test),) = splitter(**{f"train_{ids}": [1, 3]}).split(X, Y, GROUPS)
    assert train.tolist() == [0, 1, 4, 5]
    assert test.tolist() == [2, 3]


@pytest.mark.parametrize(("splitter", "ids"), KINDS)
def test_test_ids_are_split_from_the_rest(splitter, ids):
    ((train, test),) = splitter(**{f"test_{ids}": [2]}).split(X, Y, GROUPS)
    assert train.tolist() == [0, 1, 4, 5]
    assert test.tolist() == [2, 3]


def test_there_is_one_split():
    assert CrossView([1]).get_n_splits() == len(list(CrossView([1]).split(X, Y, GROUPS))) == 1


def test_x_may_be_a_ragged_list():
    ragged = [np.zeros((length, 20, 3)) for length in (1, 5, 2, 9, 4, 3)]
    train, _ = next(CrossSubject([2]).split(ragged, groups=GROUPS.tolist()))
    assert train.tolist() == [2, 3]


def test_ids_may_be_strings():
    train, _ = next(CrossSubject(["s01s02"]).split([0, 0], groups=["s01s02", "s03s04"]))
    assert train.tolist() == [0]


@pytest.mark.parametrize("ids", [np.array([1, 3]), (3, 1), {1, 3}, range(1, 4, 2)], ids=lambda one: type(one).__name__)
def test_ids_may_be_in_any_collection(ids):
    train, _ = next(CrossSubject(ids).split(X, groups=GROUPS))
    assert train.tolist() == [0, 1, 4, 5]


@pytest.mark.parametrize("ids", [1, "s01", iter([1])], ids=["number", "word", "iterator"])
def test_ids_that_are_no_collection_are_refused(ids):
    with pytest.raises(TypeError, match=r"train_subjects=.* must be a sequence of ids, such as \[.*\]"):
        CrossSubject(ids)


def test_the_representation_says_the_ids():
    assert repr(CrossView([2, 3], test_views=[1])) == "CrossView(test_views=(1,), train_views=(2, 3))"


def test_splitters_pickle_and_pass_check_cv():
    splitter = pickle.loads(pickle.dumps(CrossSubject.msr_action3d()))
    assert check_cv(splitter) is splitter
    assert repr(splitter) == repr(CrossSubject.msr_action3d())


def test_cross_val_score_and_grid_search_take_groups():
    cv = CrossView([1, 2])
    assert cross_val_score(LogisticRegression(), X, Y, groups=GROUPS, cv=cv).shape == (1,)
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=clone(cv, safe=False)).fit(X, Y, groups=GROUPS)
    assert search.n_splits_ == 1


def test_groups_are_routed_as_metadata():
    with sklearn.config_context(enable_metadata_routing=True):
        cv = CrossSubject([1])
        assert cv.get_metadata_routing().split.requests == {"groups": True}
        scores = cross_validate(LogisticRegression(), X, Y, params={"groups": GROUPS}, cv=cv)
        search = GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=cv).fit(X, Y, groups=GROUPS)
    assert len(scores["test_score"]) == search.n_splits_ == 1


@pytest.mark.parametrize(("splitter", "ids"), KINDS)
def test_ids_that_make_no_split_are_errors(splitter, ids):
    train, test = f"train_{ids}", f"test_{ids}"
    with pytest.raises(ValueError, match="expected ids for at least one"):
        splitter()
    with pytest.raises(ValueError, match=rf"{train}=\[\] must hold at least one"):
        splitter(**{train: []})
    with pytest.raises(ValueError, match=rf"\[2\] are in {train} and in {test}"):
        splitter(**{train: [1, 2], test: [2]})


@pytest.mark.parametrize(
    ("splitter", "groups", "message"),
    [
        (CrossView([1]), None, "groups=None, but CrossView expected the view of each sample, such as groups=bunch.cam"),
        (CrossSubject([1]), None, "such as groups=bunch.subject"),
        (CrossView([1]), [1, 2], "inconsistent numbers of samples"),
        (CrossView([1], test_views=[2]), GROUPS, r"groups has views \[3\], but CrossView\(.*\) knows only"),
        (CrossView([7]), GROUPS, r"The train part of .* is empty: groups has views \[1, 2, 3\]"),
        (CrossView([1, 2, 3]), GROUPS, r"The test part of .* is empty: groups has views \[1, 2, 3\]"),
    ],
)
def test_groups_that_do_not_fit_are_errors(splitter, groups, message):
    with pytest.raises(ValueError, match=message):
        next(splitter.split(X, Y, groups))


def parts(splitter, ids):
    ((train, test),) = splitter.split(ids, groups=ids)
    return [ids[at] for at in train], [ids[at] for at in test]


def test_ntu_protocols_have_the_published_parts():
    train, test = parts(CrossSubject.ntu60(), list(range(1, 41)))
    assert train == [1, 2, 4, 5, 8, 9, 13, 14, 15, 16, 17, 18, 19, 25, 27, 28, 31, 34, 35, 38]
    assert len(test) == 20
    train120, test120 = parts(CrossSubject.ntu120(), list(range(1, 107)))
    assert (len(train120), len(test120)) == (53, 53)
    assert set(train) < set(train120)
    assert {57, 103} < set(train120)
    assert {51, 60, 106} < set(test120)
    assert parts(CrossView.ntu60(), [1, 2, 3]) == ([2, 3], [1])
    assert parts(CrossSetup.ntu120(), [1, 2, 31, 32]) == ([2, 32], [1, 31])


def test_kinect_protocols_have_the_published_parts():
    assert parts(CrossView.nw_ucla(), [1, 2, 3]) == ([1, 2], [3])
    assert parts(CrossSubject.msr_action3d(), list(range(1, 11))) == ([1, 3, 5, 7, 9], [2, 4, 6, 8, 10])


def test_a_part_of_a_data_set_can_be_split():
    assert parts(CrossSubject.ntu60(), [1, 3]) == ([1], [3])
