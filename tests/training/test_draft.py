"""Copies that are fitted in place of an estimator."""

from sklearn.base import BaseEstimator

from skeletonlearn._training.draft import adopt, draft_of


class Estimator(BaseEstimator):
    """Has a parameter, and learns what a test sets."""

    def __init__(self, views=None):
        self.views = views


def fitted():
    estimator = Estimator(views=["shear"])
    estimator.classes_, estimator.history_ = [1, 2], [0.5]
    return estimator


def test_a_draft_begins_without_what_was_learned():
    draft = draft_of(fitted(), keep_fitted=False)
    assert vars(draft).keys() == {"views"}


def test_a_draft_begins_with_what_was_learned_where_training_continues():
    estimator = fitted()
    assert vars(draft_of(estimator, keep_fitted=True)) == vars(estimator)


def test_parameters_are_not_copied():
    estimator = fitted()
    assert draft_of(estimator, keep_fitted=False).views is estimator.views


def test_fitting_a_draft_leaves_the_estimator_as_it_was():
    estimator = fitted()
    draft = draft_of(estimator, keep_fitted=True)
    draft.classes_ = [7]
    del draft.history_
    assert (estimator.classes_, estimator.history_) == ([1, 2], [0.5])


def test_what_a_draft_has_learned_is_adopted():
    estimator = fitted()
    draft = draft_of(estimator, keep_fitted=False)
    draft.classes_ = [7]
    adopt(estimator, draft)
    assert estimator.classes_ == [7]


def test_what_a_draft_has_not_learned_is_forgotten():
    estimator = fitted()
    adopt(estimator, draft_of(estimator, keep_fitted=False))
    assert not hasattr(estimator, "classes_")
    assert not hasattr(estimator, "history_")


def test_private_attributes_are_adopted_too():
    estimator = fitted()
    draft = draft_of(estimator, keep_fitted=False)
    draft._plan = "plan"
    adopt(estimator, draft)
    assert estimator._plan == "plan"
