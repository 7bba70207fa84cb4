"""What AttentionDisplay draws of weights and bodies."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skeletonlearn import GRUClassifier, LinearProbe
from skeletonlearn.plotting import AttentionDisplay
from skeletonlearn.preprocessing import RootCenterer

RNG = np.random.default_rng(0)
X = [RNG.normal(size=(n_frames, 5, 3)).astype(np.float32) for n_frames in (12, 9, 1)]
WEIGHTS = [np.r_[np.full(11, 0.5 / 11), 0.5], np.full(9, 1 / 9), np.ones(1)]


@pytest.fixture(scope="module")
def classifier(five_joints):
    return GRUClassifier(4, pooling="attention", skeleton=five_joints, max_epochs=1, random_state=0).fit(X, [0, 1, 1])


def test_curves_are_multiples_of_equal_weight():
    display = AttentionDisplay(WEIGHTS).plot()
    curves = display.axes_[0].get_lines()[:-1]
    for curve, weight in zip(curves, WEIGHTS, strict=True):
        assert curve.get_ydata() == pytest.approx(len(weight) * weight)


def test_sequences_are_named_by_place_and_predicted_class(classifier):
    display = AttentionDisplay.from_estimator(classifier, X)
    predicted = classifier.predict(X)
    assert display.names == [f"sequence {at}: {label}" for at, label in enumerate(predicted)]
    np.testing.assert_array_equal(display.weights[0], classifier.attention_weights(X)[0])


def test_bodies_stand_above_their_frames_that_of_most_weight_among_them(classifier, five_joints):
    display = AttentionDisplay(WEIGHTS, X, skeleton=five_joints).plot()
    display.figure_.canvas.draw()
    for lower, bodies, weight in zip(display.axes_, display.body_axes_, WEIGHTS, strict=True):
        ticks = lower.get_xticks()
        assert weight.argmax() in ticks
        assert len(bodies) == len(ticks)
        middles = [body.get_window_extent().x0 / 2 + body.get_window_extent().x1 / 2 for body in bodies]
        at_frames = lower.transData.transform(np.column_stack([ticks, ticks]))[:, 0]
        a_frame = np.diff(lower.transData.transform([[0, 0], [1, 0]])[:, 0])
        assert np.abs(middles - at_frames).max() < 0.51 * a_frame + 1


def test_bodies_of_a_sequence_have_the_same_limits_and_equal_units(five_joints):
    bodies = AttentionDisplay(WEIGHTS[:1], X[:1], skeleton=five_joints).plot().body_axes_[0]
    assert len({(ax.get_xlim(), ax.get_ylim(), ax.get_aspect()) for ax in bodies}) == 1


def test_of_a_pipeline_what_its_last_step_gets_is_drawn(classifier, five_joints):
    pipeline = make_pipeline(RootCenterer(five_joints), classifier)
    pipeline[0].fit(X)
    display = AttentionDisplay.from_estimator(pipeline, X, skeleton=five_joints)
    centred = pipeline[0].transform(X)
    np.testing.assert_array_equal(display.sequences[1], centred[1])
    np.testing.assert_array_equal(display.weights[1], classifier.attention_weights(centred)[1])


def test_tables_as_scikit_learns_output_make_no_difference():
    series = np.stack([one[:9, 0, 0] for one in X[:2]])
    classifier = GRUClassifier(4, pooling="attention", max_epochs=1, random_state=0)
    pipeline = make_pipeline(StandardScaler().set_output(transform="pandas"), classifier).fit(series, [0, 1])
    display = AttentionDisplay.from_estimator(pipeline, series)
    np.testing.assert_array_equal(display.sequences, pipeline[0].transform(series))


def test_docstring_says_that_attention_is_no_explanation():
    assert "do not explain a decision" in AttentionDisplay.__doc__


def test_estimator_without_attention_is_refused():
    with pytest.raises(TypeError, match="LinearProbe has no attention_weights"):
        AttentionDisplay.from_estimator(LinearProbe(), X)


def test_parts_that_do_not_fit_together_are_refused(five_joints, figure_of_the_users_own):
    with pytest.raises(ValueError, match="names has 1 names, expected one for each row of weights: 3"):
        AttentionDisplay(WEIGHTS, names=["one"]).plot()
    with pytest.raises(ValueError, match="Got none sequences to draw bodies of"):
        AttentionDisplay(WEIGHTS, skeleton=five_joints).plot()
    with pytest.raises(ValueError, match="Sequence 0 has 9 frames, expected one per weight: 12"):
        AttentionDisplay(WEIGHTS[:1], X[1:2], skeleton=five_joints).plot()
    with pytest.raises(ValueError, match="ax was given, expected None with a skeleton"):
        AttentionDisplay(WEIGHTS, X, skeleton=five_joints).plot(figure_of_the_users_own[1])


def test_curves_are_drawn_in_the_given_axes(figure_of_the_users_own):
    display = AttentionDisplay(WEIGHTS).plot(figure_of_the_users_own[1])
    assert display.axes_[0] is figure_of_the_users_own[1]
