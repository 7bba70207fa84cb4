"""What TopKDisplay counts and draws."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, RidgeClassifier
from sklearn.metrics import top_k_accuracy_score
from sklearn.pipeline import make_pipeline

from skeletonlearn import LinearProbe
from skeletonlearn.plotting import TopKDisplay
from skeletonlearn.preprocessing import FrameResampler

RNG = np.random.default_rng(0)
SCORES, TRUE = RNG.random((50, 7)), RNG.integers(0, 7, 50)


def test_accuracies_are_scikit_learns():
    display = TopKDisplay.from_predictions(TRUE, SCORES, k_max=6, labels=range(7))
    expected = [top_k_accuracy_score(TRUE, SCORES, k=k) for k in range(1, 7)]
    assert display.line_.get_xdata().tolist() == [1, 2, 3, 4, 5, 6]
    assert display.line_.get_ydata() == pytest.approx(expected)


def test_chance_is_k_of_the_classes():
    display = TopKDisplay.from_predictions(TRUE, SCORES)
    assert display.chance_.get_ydata() == pytest.approx(np.arange(1, 6) / 7)


def test_several_systems_share_an_axes_and_the_chance_line():
    first = TopKDisplay.from_predictions(TRUE, SCORES, name="first")
    second = TopKDisplay.from_predictions(TRUE, -SCORES, name="second", ax=first.ax_)
    assert second.chance_ is None
    texts = [text.get_text() for text in first.ax_.get_legend().get_texts()]
    assert sorted(texts) == ["chance", "first", "second"]
    assert first.line_.get_color() != second.line_.get_color()


def test_chance_line_serves_a_shorter_curve_too():
    first = TopKDisplay([0.5, 0.7, 0.8], n_classes=7).plot()
    assert TopKDisplay([0.4, 0.6], n_classes=7).plot(first.ax_).chance_ is None
    assert TopKDisplay([0.4, 0.6], n_classes=9).plot(first.ax_).chance_ is not None


def test_k_ends_at_the_number_of_classes():
    assert len(TopKDisplay.from_predictions([0, 1], [[1, 0], [1, 0]]).accuracies) == 2


def test_of_equal_scores_the_first_class_is_taken_as_predict_top_k_does():
    assert TopKDisplay.from_predictions(["b", "a"], np.ones((2, 2))).accuracies.tolist() == [0.5, 1.0]


def test_columns_are_the_labels_in_their_order():
    display = TopKDisplay.from_predictions([5, 5], [[0.9, 0.1], [0.9, 0.1]], labels=[5, 2])
    assert display.accuracies.tolist() == [1.0, 1.0]


def test_pipelines_and_classifiers_without_probabilities_are_scored():
    X, y = RNG.normal(size=(30, 6, 5, 3)), np.arange(30) % 2
    pipeline = make_pipeline(FrameResampler(4), LinearProbe()).fit(X, y)
    assert TopKDisplay.from_estimator(pipeline, X, y).accuracies[0] == pytest.approx(pipeline.score(X, y))
    flat = X.reshape(30, -1)
    ridge = RidgeClassifier().fit(flat[:, :4], y)
    display = TopKDisplay.from_estimator(ridge, flat[:, :4], y)
    assert display.accuracies.tolist() == [pytest.approx(ridge.score(flat[:, :4], y)), 1.0]
    assert display.name == "RidgeClassifier"


def test_estimator_that_is_not_fitted_or_scores_no_classes_is_refused():
    with pytest.raises(NotFittedError):
        TopKDisplay.from_estimator(LinearProbe(), np.zeros((2, 2)), [0, 1])
    with pytest.raises(TypeError, match="LinearRegression has neither predict_proba nor decision_function"):
        TopKDisplay.from_estimator(LinearRegression().fit([[0.0], [1.0]], [0, 1]), [[0.0]], [0])


@pytest.mark.parametrize(
    ("arguments", "options", "text"),
    [
        ((TRUE, SCORES), {"k_max": 0}, "k_max=0 must be a positive integer"),
        ((TRUE[:9], SCORES), {}, r"y_true has shape \(9,\) and proba \(50, 7\)"),
        ((TRUE, SCORES), {"labels": range(6)}, "a column for each of the 6 labels"),
        (
            (TRUE, SCORES),
            {"labels": [0, 1, 2, 3, 4, 5, 5]},
            r"labels=\[0, .* must be different classes",
        ),
        ((TRUE, np.full((50, 7), np.nan)), {}, "proba contains NaN"),
        ((TRUE + 1, SCORES), {"labels": range(7)}, r"y_true has classes \[7\], expected only those of labels"),
    ],
)
def test_wrong_input_is_refused_with_what_was_got_and_wanted(arguments, options, text):
    with pytest.raises(ValueError, match=text):
        TopKDisplay.from_predictions(*arguments, **options)
