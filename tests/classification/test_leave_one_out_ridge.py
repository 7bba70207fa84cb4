"""LeaveOneOutRidge against fits that leave each sample out."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge, RidgeClassifier

from skeletonlearn.classification._leave_one_out_ridge import (
    PENALTIES,
    UNTRIED_PENALTY,
    LeaveOneOutRidge,
    _RidgePath,
)


def draw(n_samples, n_features, n_classes, seed=0):
    """A table whose first features nearly separate the classes."""
    rng = np.random.default_rng(seed)
    codes = np.arange(n_samples) % n_classes
    X = rng.normal(size=(n_samples, n_features))
    X[:, :n_classes] += 1.2 * np.eye(n_classes)[codes]
    return (X - X.mean(axis=0)) / X.std(axis=0), codes


def left_out_accuracies(X, codes, weight, alphas):
    """Fit without each sample in turn, for each penalty; who was right."""
    right = np.empty((len(alphas), len(codes)))
    for row, alpha in enumerate(alphas):
        for at in range(len(codes)):
            rest = np.arange(len(codes)) != at
            model = RidgeClassifier(alpha=alpha).fit(X[rest], codes[rest], weight[rest])
            right[row, at] = model.predict(X[at : at + 1])[0] == codes[at]
    return right


@pytest.mark.parametrize("shape", [(36, 12), (12, 12), (24, 60)])
def test_left_out_predictions_are_those_of_a_fit_without_the_sample(shape):
    X, codes = draw(*shape, 3)
    weight = np.random.default_rng(1).uniform(0.5, 2, len(codes))
    targets, alphas = np.eye(3)[codes], np.array([0.01, 1.0, 100.0])
    predicted = _RidgePath(X, targets, weight).leave_one_out(alphas)
    for at in range(len(codes)):
        rest = np.arange(len(codes)) != at
        for column, alpha in enumerate(alphas):
            model = Ridge(alpha).fit(X[rest], targets[rest], weight[rest])
            np.testing.assert_allclose(predicted[at, :, column], model.predict(X[at : at + 1])[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("shape", [(36, 12), (24, 60)])
@pytest.mark.parametrize("weighted", [False, True])
def test_largest_penalty_within_one_standard_error_of_the_best_is_chosen(shape, n_classes, weighted):
    X, codes = draw(*shape, n_classes)
    weight = np.random.default_rng(1).uniform(0.5, 2, len(codes)) if weighted else np.ones(len(codes))
    alphas = max(shape) * PENALTIES
    right = left_out_accuracies(X, codes, weight, alphas)
    share = weight / weight.sum()
    accuracies = right @ share
    best = accuracies.argmax()
    error = np.sqrt(np.sum(share**2 * (right[best] - accuracies[best]) ** 2))
    wanted = alphas[accuracies >= accuracies[best] - error - 1e-9].max()
    chosen = LeaveOneOutRidge(None).fit(X, codes, weight)
    assert chosen.alpha_ == pytest.approx(wanted)
    assert alphas[0] < wanted < alphas[-1]  # else anything would do


def test_factor_makes_left_out_samples_most_likely():
    """No factor beside the one found, to either side, gives the samples that were left out a higher likelihood."""
    X, codes = draw(40, 10, 3)
    alpha = 4.0
    scores = np.empty((40, 3))
    for at in range(40):
        rest = np.arange(40) != at
        scores[at] = RidgeClassifier(alpha=alpha).fit(X[rest], codes[rest]).decision_function(X[at : at + 1])
    plain = RidgeClassifier(alpha=alpha).fit(X, codes)
    found = LeaveOneOutRidge(alpha).fit(X, codes, np.ones(40)).coef_ / plain.coef_
    np.testing.assert_allclose(found, found[0, 0])

    def surprise(factor):
        logits = factor * scores
        logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
        doubt = logits.mean()
        return -(40 * logits[np.arange(40), codes].mean() + doubt) / 41

    factors = found[0, 0] * np.linspace(0.9, 1.1, 21)
    assert np.argmin([surprise(factor) for factor in factors]) == 10


def test_a_fixed_penalty_is_taken_where_no_class_has_two_samples():
    X, _ = draw(4, 50, 4)
    ridge = LeaveOneOutRidge(None).fit(X, np.arange(4), np.ones(4))
    assert ridge.alpha_ == pytest.approx(50 * UNTRIED_PENALTY)
    assert ridge.predict(X).tolist() == [0, 1, 2, 3]


def test_samples_without_a_second_of_their_class_do_not_choose_the_penalty():
    """They are never right when left out, whatever the penalty."""
    X, codes = draw(30, 8, 3)
    lonely = np.concatenate([X, np.full((1, 8), 0.01)])
    alone = LeaveOneOutRidge(None).fit(lonely, np.r_[codes, 3], np.ones(31))
    assert alone.alpha_ < max(lonely.shape) * PENALTIES[-1]
