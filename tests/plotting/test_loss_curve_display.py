"""What LossCurveDisplay draws of training."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline

from skeletonlearn import ConMLPEmbedder, LinearProbe
from skeletonlearn.plotting import LossCurveDisplay

X = np.random.default_rng(0).normal(size=(24, 8, 5, 3)).astype(np.float32)
Y = np.arange(24) % 3


@pytest.fixture(scope="module")
def fitted():
    options = {"reconstruction_weight": 1.0, "early_stopping": True, "validation_fraction": 0.5}
    return ConMLPEmbedder("mlp", hidden_dim=8, max_epochs=3, random_state=0, **options).fit(X, Y)


def test_training_loss_its_parts_and_validation_are_drawn_by_epoch(fitted):
    display = LossCurveDisplay.from_estimator(fitted)
    assert list(display.lines_) == ["loss", "contrastive_loss", "reconstruction_loss", "validation_loss"]
    for name in list(display.lines_)[:4]:
        line = display.lines_[name]
        assert line.get_xdata().tolist() == [1, 2, 3]
        assert line.get_ydata().tolist() == [record[name] for record in fitted.history_]
    assert len({line.get_color() for line in display.lines_.values()}) == 4
    assert display.ax_.get_title() == "ConMLPEmbedder"


def test_least_validation_loss_is_marked():
    display = LossCurveDisplay({"loss": [3, 2, 1], "validation_loss": [4.0, 2.0, 3.0]}).plot()
    assert [values.item() for values in map(np.asarray, display.least_.get_data())] == [2, 2.0]


def test_a_curve_of_any_name_is_kept_beside_the_mark():
    display = LossCurveDisplay({"least": [3, 2, 1], "validation_loss": [4.0, 2.0, 3.0]}).plot()
    assert display.lines_["least"].get_ydata().tolist() == [3, 2, 1]


@pytest.mark.parametrize("curves", [{"loss": [3, 2]}, {"validation_loss": [np.nan, np.nan]}])
def test_nothing_is_marked_without_a_validation_loss(curves):
    assert LossCurveDisplay(curves).plot().least_ is None


def test_losses_are_found_in_pipelines_probes_and_scikit_learns_own(fitted):
    network = MLPClassifier(2, max_iter=300, tol=1, random_state=0).fit(X.reshape(24, -1), Y)
    pipeline = make_pipeline(fitted, LinearProbe())  # its steps are fitted
    for estimator in (pipeline, LinearProbe(embedder=fitted), pipeline[:1]):
        assert list(LossCurveDisplay.from_estimator(estimator).curves) == list(
            LossCurveDisplay.from_estimator(fitted).curves
        )
    assert LossCurveDisplay.from_estimator(network).curves == {"loss": network.loss_curve_}


@pytest.mark.parametrize("estimator", [ConMLPEmbedder(), LogisticRegression(), make_pipeline(LogisticRegression())])
def test_estimator_without_losses_is_refused(estimator):
    with pytest.raises(TypeError, match=f"{type(estimator).__name__} has neither history_ nor loss_curve_"):
        LossCurveDisplay.from_estimator(estimator)


def test_logarithmic_scale_is_an_option_for_positive_losses():
    display = LossCurveDisplay({"loss": [3, 0.0]})
    assert display.plot().ax_.get_yscale() == "linear"
    with pytest.raises(ValueError, match=r"curves\['loss'\] goes down to 0, expected positive with log_scale=True"):
        display.plot(log_scale=True)
    assert (
        LossCurveDisplay.from_estimator(SimpleNamespace(loss_curve_=[2, 1]), log_scale=True).ax_.get_yscale() == "log"
    )


@pytest.mark.parametrize("curves", [{}, [1, 2], {"loss": []}, {"loss": [[1, 2]]}])
def test_curves_that_are_none_are_refused(curves):
    with pytest.raises(ValueError, match="curves"):
        LossCurveDisplay(curves).plot()


@pytest.mark.parametrize("n_epochs", [1, 2, 3, 35])
def test_epochs_are_counted_in_whole_numbers(n_epochs):
    display = LossCurveDisplay({"loss": np.linspace(2, 1, n_epochs)}).plot()
    ticks = display.ax_.get_xticks()
    assert (ticks == ticks.round()).all()


def test_single_epoch_is_a_dot():
    assert LossCurveDisplay({"loss": [2.0]}).plot().lines_["loss"].get_marker() == "o"


def test_given_axes_is_drawn_in(figure_of_the_users_own):
    figure, ax = figure_of_the_users_own
    display = LossCurveDisplay({"loss": [2.0, 1.0]}).plot(ax)
    assert (display.figure_, display.ax_) == (figure, ax)


def test_pickled_display_keeps_its_curves(fitted):
    assert pickle.loads(pickle.dumps(LossCurveDisplay.from_estimator(fitted))).curves["loss"] == fitted.loss_curve_
