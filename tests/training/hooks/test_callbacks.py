"""scikit-learn's callbacks are called for fits and for their epochs."""

import importlib.util
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from skeletonlearn import ConMLPEmbedder, GRUClassifier, SkeletonClassifier
from skeletonlearn._training.hooks import callbacks
from skeletonlearn.utils import all_estimators

pytest.importorskip("sklearn.callback", reason="scikit-learn has callbacks since 1.9")

TRAINED = [one for _, one in all_estimators() if "max_epochs" in one().get_params()]
X = np.random.default_rng(0).normal(size=(12, 8, 20, 3))
Y = np.arange(12) % 3

every = pytest.mark.parametrize("estimator_class", TRAINED)


class Witness:
    """A callback that notes its calls, and stops the fit after an epoch if asked to."""

    def __init__(self, stop_after=None):
        self.calls, self.stop_after, self.last = [], stop_after, None

    def setup(self, estimator, context):
        self.calls.append("setup")

    def teardown(self, estimator, context):
        self.calls.append("teardown")

    def on_fit_task_begin(self, estimator, context):
        self.calls.append(f"{context.task_name} {context.task_id} begins")

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        self.calls.append(f"{context.task_name} {context.task_id} ends")
        self.last = fitted_estimator
        return context.task_name == "epoch" and context.task_id == self.stop_after


def quick(estimator_class, **changes):
    return estimator_class(**({"hidden_dim": 16, "max_epochs": 2, "random_state": 0} | changes))


def weights(estimator):
    return np.concatenate([array.ravel() for array in estimator.network_state_.values()])


@every
def test_callback_is_called_for_the_fit_and_for_each_epoch(estimator_class):
    witness = Witness()
    quick(estimator_class).set_callbacks(witness).fit(X, Y)
    epochs = [f"epoch {at} {what}" for at in range(2) for what in ("begins", "ends")]
    assert witness.calls == ["setup", "fit 0 begins", *epochs, "fit 0 ends", "teardown"]


@every
def test_callback_changes_no_weights(estimator_class):
    watched = quick(estimator_class).set_callbacks(Witness()).fit(X, Y)
    np.testing.assert_array_equal(weights(watched), weights(quick(estimator_class).fit(X, Y)))


@every
def test_estimator_that_a_callback_gets_is_as_if_fit_had_ended(estimator_class):
    witness = Witness()
    estimator = quick(estimator_class).set_callbacks(witness).fit(X, Y)
    method = next(name for name in ("transform", "predict_proba", "predict") if hasattr(estimator, name))
    np.testing.assert_array_equal(getattr(witness.last, method)(X), getattr(estimator, method)(X))
    assert witness.last.loss_curve_ == estimator.loss_curve_


def test_estimator_that_a_callback_keeps_is_not_trained_further():
    witness = Witness(stop_after=0)
    estimator = quick(GRUClassifier).set_callbacks(witness).fit(X, Y)
    kept, before = witness.last, weights(witness.last)
    estimator.set_callbacks().set_params(max_epochs=5).fit(X, Y)
    np.testing.assert_array_equal(weights(kept), before)


@every
def test_callback_can_stop_the_fit(estimator_class):
    estimator = quick(estimator_class, max_epochs=5).set_callbacks(Witness(stop_after=2)).fit(X, Y)
    assert estimator.n_iter_ == 3


def test_callback_is_taken_down_when_fit_fails():
    witness = Witness()
    with pytest.raises(ValueError, match="The loss became nan"), np.errstate(all="ignore"):
        quick(SkeletonClassifier, learning_rate=1e30, max_epochs=9).set_callbacks(witness).fit(X, Y)
    assert witness.calls[-1] == "teardown"


def test_clone_of_an_estimator_keeps_its_callbacks():
    witness = Witness()
    clone(quick(ConMLPEmbedder).set_callbacks(witness)).fit(X, Y)
    assert witness.calls


def test_progress_bar_of_a_search_shows_the_fits_of_its_candidates(capsys):
    pytest.importorskip("rich")
    from sklearn.callback import ProgressBar

    search = GridSearchCV(Pipeline([("clf", quick(GRUClassifier))]), {"clf__hidden_dim": [8, 16]}, cv=2)
    search.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(X, Y)
    assert capsys.readouterr().out.count("GRUClassifier - fit") == 5


def test_estimators_take_no_callbacks_where_scikit_learn_has_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.callback", None)
    spec = importlib.util.spec_from_file_location("callbacks_of_an_older_scikit_learn", callbacks.__file__)
    older = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(older)
    assert not hasattr(older.CallbackSupportMixin, "set_callbacks")

    def fit(self):
        return self

    assert older.with_callbacks(fit) is fit
    assert not older.has_callbacks(quick(GRUClassifier))
