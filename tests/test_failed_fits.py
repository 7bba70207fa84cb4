"""Fits that fail, are refused or are interrupted in their first epoch leave the estimator as it was."""

import contextlib
import copy
import pickle
from functools import cache

import joblib
import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from torch import nan, nn
from torch.optim.optimizer import register_optimizer_step_pre_hook

from skeletonlearn import ConMLPEmbedder, GRUClassifier, SkeletonClassifier

SMALL = {"streams": ("joint", "motion"), "hidden_dim": 8, "max_epochs": 2, "batch_size": 8, "random_state": 0}
ESTIMATORS = {
    "ConMLPEmbedder": ConMLPEmbedder(
        "mlp", reconstruction_weight=0.5, early_stopping=True, validation_fraction=0.3, **SMALL
    ),
    "SkeletonClassifier": SkeletonClassifier("cooccurrence", **SMALL),
    "GRUClassifier": GRUClassifier(**SMALL),
}


def sequences(n_samples, n_frames, n_joints):
    return np.random.default_rng(0).normal(size=(n_samples, n_frames, n_joints, 3)).astype(np.float32)


FITTED_ON = (sequences(24, 8, 5), np.array(["run", "sit", "walk"])[np.arange(24) % 3])
# of another number, shape and other classes, so that whatever is left of them shows
X, Y = sequences(32, 9, 6), np.array(["bow", "clap", "jump", "wave"])[np.arange(32) % 4]


class Broken(Exception):
    """Stands for any error."""


def broken(*arguments):
    raise Broken


def interrupted(*arguments):
    raise KeyboardInterrupt


def meaningless(batch, generator):
    return batch * nan


def one_joint_less(batch, generator):
    return batch[:, :, 1:]


def no_encoder(n_frames, n_joints, n_channels):
    return nn.Identity()


def with_a_missing_joint(X):
    X = X.copy()
    X[0, 0, 0] = np.nan
    return X


# what is fitted, what is changed before, what is raised
REFUSED_DATA = {
    "X has five dimensions": ((X[..., None], Y), ValueError),
    "X has a missing joint": ((with_a_missing_joint(X), Y), ValueError),
    "X is text": ((np.full((32, 4), "far"), Y), ValueError),
    "X is empty": ((X[:0], Y[:0]), ValueError),
    "X has one sample": ((X[:1], Y[:1]), ValueError),
    "y is shorter": ((X, Y[:-1]), ValueError),
    "y is continuous": ((X, np.linspace(0, 1, 32)), ValueError),
    "y has two columns": ((X, np.stack([Y, Y], axis=1)), ValueError),
}
REFUSED_PARAMETERS = {
    "no width": ({"hidden_dim": 0}, ValueError),
    "width as text": ({"hidden_dim": "wide"}, ValueError),
    "unknown loss": ({"loss": "triplet"}, ValueError),
    "all held out": ({"early_stopping": True, "validation_fraction": 0.99}, ValueError),
    "other skeleton": ({"skeleton": "NTU_RGBD"}, ValueError),
    "unknown skeleton": ({"skeleton": "NOBODY"}, ValueError),
    "bones of no skeleton": ({"skeleton": None, "streams": ("bone",)}, ValueError),
    "unknown stream": ({"streams": ("angle",)}, ValueError),
    "unknown encoder": ({"encoder": "perceptron"}, ValueError),
    "encoder of no vectors": ({"encoder": no_encoder}, ValueError),
    "encoder that fails": ({"encoder": broken}, Broken),
    "no view": ({"augmentation": 3}, TypeError),
    "view of other joints": ({"augmentation": one_joint_less}, ValueError),
    "view that fails": ({"augmentation": broken}, Broken),
    "view without numbers": ({"augmentation": meaningless}, ValueError),
    "loss that fails": ({"loss": broken}, Broken),
    "no folder of the checkpoint": ({"checkpoint": "/nowhere/at/all/checkpoint"}, OSError),
    "no device": ({"device": "abacus"}, (ValueError, RuntimeError)),
    "no seed": ({"random_state": -1}, ValueError),
}


@cache
def fitted_once(name):
    return clone(ESTIMATORS[name]).fit(*FITTED_ON)


def fitted(name):
    """A copy of an estimator that has been fitted."""
    return copy.deepcopy(fitted_once(name))


def rows(estimator):
    return estimator.predict_proba(FITTED_ON[0]) if is_classifier(estimator) else estimator.transform(FITTED_ON[0])


def state(estimator):
    """A digest of each attribute that belongs to the estimator's state."""
    return {name: joblib.hash(value) for name, value in estimator.__getstate__().items()}


@contextlib.contextmanager
def unchanged(estimator):
    """A block after which the estimator is as it was, and usable."""
    rows_before, before = rows(estimator), state(estimator)
    yield
    assert state(estimator) == before
    np.testing.assert_array_equal(rows(estimator), rows_before)
    np.testing.assert_array_equal(rows(pickle.loads(pickle.dumps(estimator))), rows_before)


@contextlib.contextmanager
def step_fails(number, error):
    """A block in which the optimiser's step of this number fails."""
    steps = []

    def fail(*_):
        steps.append(1)
        if len(steps) == number:
            raise error

    hook = register_optimizer_step_pre_hook(fail)
    try:
        yield
    finally:
        hook.remove()


class Callback:
    """A callback of scikit-learn that fails at a moment of the fit.

    Parameters
    ----------
    error : type of Exception
        What it raises.
    moment : str
        The method that raises it.
    """

    def __init__(self, error, moment):
        self.error, self.moment = error, moment

    def setup(self, estimator, context):
        self._come_to("setup")

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        self._come_to(f"{context.task_name} begins")

    def on_fit_task_end(self, estimator, context):
        self._come_to(f"{context.task_name} ends")

    def _come_to(self, moment):
        if moment == self.moment:
            raise self.error


every_estimator = pytest.mark.parametrize("name", ESTIMATORS)
every_refused_data = pytest.mark.parametrize(("data", "error"), REFUSED_DATA.values(), ids=REFUSED_DATA)


def estimators_and_changes():
    return [
        pytest.param(name, changes, error, id=f"{name}-{what}")
        for name, estimator in ESTIMATORS.items()
        for what, (changes, error) in REFUSED_PARAMETERS.items()
        if changes.keys() <= estimator.get_params().keys()
    ]


every_refused_parameter = pytest.mark.parametrize(("name", "changes", "error"), estimators_and_changes())


@every_refused_data
@every_estimator
def test_data_that_are_refused_change_nothing(name, data, error):
    estimator = fitted(name)
    with unchanged(estimator), pytest.raises(error):
        estimator.fit(*data)


@every_refused_data
@every_estimator
def test_data_that_are_refused_leave_a_new_estimator_new(name, data, error):
    estimator = clone(ESTIMATORS[name])
    before = state(estimator)
    with pytest.raises(error):
        estimator.fit(*data)
    assert state(estimator) == before


@every_refused_parameter
def test_parameters_that_are_refused_change_nothing(name, changes, error):
    estimator = fitted(name)
    parameters = estimator.get_params(deep=False)
    with unchanged(estimator):
        estimator.set_params(**changes)
        with pytest.raises(error):
            estimator.fit(X, Y)
        estimator.set_params(**{name: parameters[name] for name in changes})


@every_refused_parameter
def test_parameters_that_are_refused_leave_a_new_estimator_new(name, changes, error):
    estimator = clone(ESTIMATORS[name]).set_params(**changes)
    before = state(estimator)
    with pytest.raises(error):
        estimator.fit(X, Y)
    assert state(estimator) == before


@every_estimator
def test_a_missing_y_changes_nothing(name):
    estimator = fitted(name)
    if not is_classifier(estimator):
        estimator.set_params(supervised=True)
    with unchanged(estimator), pytest.raises(ValueError, match="y"):
        estimator.fit(X, None)


@pytest.mark.parametrize("weights", [np.zeros(32), np.full(32, -1.0), np.full(32, np.nan), np.ones(31)])
@pytest.mark.parametrize("name", [name for name, estimator in ESTIMATORS.items() if is_classifier(estimator)])
def test_sample_weights_that_are_refused_change_nothing(name, weights):
    estimator = fitted(name)
    with unchanged(estimator), pytest.raises(ValueError):  # noqa: PT011
        estimator.fit(X, Y, sample_weight=weights)


@pytest.mark.parametrize("number", [1, 5])
@pytest.mark.parametrize("error", [Broken, MemoryError, SystemExit])
@every_estimator
def test_an_error_in_any_epoch_changes_nothing(name, error, number):
    estimator = fitted(name)
    with unchanged(estimator), step_fails(number, error), pytest.raises(error):
        estimator.fit(X, Y)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@every_estimator
def test_an_interrupt_in_the_first_epoch_changes_nothing(name):
    estimator = fitted(name)
    with unchanged(estimator), step_fails(2, KeyboardInterrupt), contextlib.suppress(KeyboardInterrupt):
        estimator.fit(X, Y)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@every_estimator
def test_an_interrupt_in_the_first_epoch_leaves_a_new_estimator_new(name):
    estimator = clone(ESTIMATORS[name]).set_params(augmentation=interrupted)
    before = state(estimator)
    with contextlib.suppress(KeyboardInterrupt):
        estimator.fit(X, Y)
    assert state(estimator) == before


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("error", [Broken, KeyboardInterrupt])
@pytest.mark.parametrize("moment", ["setup", "fit begins", "epoch begins"])
@every_estimator
def test_a_callback_that_fails_changes_nothing(name, moment, error):
    pytest.importorskip("sklearn.callback", reason="scikit-learn has callbacks since 1.9")
    estimator = fitted(name).set_callbacks(Callback(error, moment))
    with unchanged(estimator), contextlib.suppress(error):
        estimator.fit(X, Y)


@every_estimator
def test_the_checkpoint_of_another_fit_changes_nothing(name, tmp_path):
    path = tmp_path / "checkpoint"
    with step_fails(4, Broken), pytest.raises(Broken):
        clone(ESTIMATORS[name]).set_params(checkpoint=path).fit(*FITTED_ON)
    estimator = fitted(name).set_params(checkpoint=path)
    with unchanged(estimator), pytest.raises(ValueError, match="checkpoint"):
        estimator.fit(X, Y)


@every_estimator
def test_after_a_failed_fit_the_weights_can_be_saved_and_read(name, tmp_path):
    pytest.importorskip("safetensors")
    estimator = fitted(name)
    with step_fails(1, Broken), pytest.raises(Broken):
        estimator.fit(X, Y)
    estimator.save_weights(tmp_path / "weights")
    np.testing.assert_array_equal(rows(clone(estimator).load_weights(tmp_path / "weights")), rows(estimator))


@every_estimator
def test_after_a_failed_fit_another_fit_ends_as_ever(name):
    expected, estimator = clone(ESTIMATORS[name]).fit(X, Y), fitted(name)
    with step_fails(1, Broken), pytest.raises(Broken):
        estimator.fit(X, Y)
    assert state(estimator.fit(X, Y)) == state(expected)


@pytest.mark.parametrize(("data", "error"), REFUSED_DATA.values(), ids=REFUSED_DATA)
def test_data_that_partial_fit_refuses_change_nothing(data, error):
    estimator = fitted("ConMLPEmbedder").partial_fit(*FITTED_ON)
    with unchanged(estimator), pytest.raises(error):
        estimator.partial_fit(*data)


@pytest.mark.parametrize("number", [1, 3])
def test_a_partial_fit_that_fails_changes_nothing(number):
    estimator = fitted("ConMLPEmbedder").partial_fit(*FITTED_ON)
    with unchanged(estimator), step_fails(number, Broken), pytest.raises(Broken):
        estimator.partial_fit(FITTED_ON[0], None)
