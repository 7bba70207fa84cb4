"""Several processes and threads at once, and fits that are interrupted: the same numbers as alone."""

import copy
import os
import pickle
import signal
from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pytest
import torch
from sklearn.base import clone, is_regressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_limits

from skeletonlearn import LinearProbe
from skeletonlearn.datasets import make_actions
from skeletonlearn.preprocessing import FrameResampler
from skeletonlearn.utils import all_estimators

TINY = {"max_epochs": 2, "epochs": 2, "hidden_dim": 8, "dimensions": 8, "n_graphs": 4, "random_state": 0}
GRID = {"learning_rate": [1e-3, 1e-2]}


def _tiny(estimator_class):
    names = estimator_class().get_params()
    return estimator_class(**{name: value for name, value in TINY.items() if name in names})


TRAINED = [_tiny(one) for _, one in all_estimators() if {"max_epochs", "epochs"} & one().get_params().keys()]
NETWORKS = [one for one in TRAINED if "max_epochs" in one.get_params()]
every_trained = pytest.mark.parametrize("estimator", TRAINED, ids=lambda one: type(one).__name__)
every_network = pytest.mark.parametrize("estimator", NETWORKS, ids=lambda one: type(one).__name__)


@pytest.fixture(scope="module")
def actions():
    return make_actions(24, n_classes=3, n_frames=(8, 14), missing=0.0, random_state=0)


@pytest.fixture(scope="module")
def X(actions):
    return FrameResampler(10).fit_transform(actions.sequences).astype(np.float32)


@pytest.fixture(scope="module")
def y(actions):
    return actions.target


def output(estimator, X):
    """What an estimator makes of X, by the first method of these that it has."""
    methods = ("transform", "predict_proba", "predict")
    return next(getattr(estimator, name) for name in methods if hasattr(estimator, name))(X)


def search(estimator, **options):
    """A grid search over a pipeline that ends in a classifier or a regressor."""
    steps = [FrameResampler(10), estimator, *([LinearProbe()] if hasattr(estimator, "transform") else [])]
    name = type(estimator).__name__.lower()
    grid = {f"{name}__{parameter}": values for parameter, values in GRID.items()}
    return GridSearchCV(make_pipeline(*steps), grid, cv=2, refit=False, error_score="raise", **options)


@every_trained
def test_grid_search_in_two_processes_gives_the_same_bits_as_in_one(estimator, actions):
    scoring = ["r2", "neg_mean_squared_error"] if is_regressor(estimator) else ["accuracy", "neg_log_loss"]
    with threadpool_limits(1):
        alone = search(estimator, scoring=scoring).fit(actions.sequences, actions.target).cv_results_
    with joblib.parallel_config("loky", inner_max_num_threads=1):
        together = search(estimator, scoring=scoring, n_jobs=2).fit(actions.sequences, actions.target).cv_results_
    scores = [name for name in alone if "test" in name]
    assert len(scores) > 4
    for name in scores:
        np.testing.assert_array_equal(together[name], alone[name], strict=True)


def test_threads_of_worker_processes_do_not_exceed_the_cores(actions, monkeypatch):
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)

    def count_threads(estimator, X, y):
        estimator.predict(X)
        return torch.get_num_threads()

    def tell_process(estimator, X, y):
        return os.getpid()

    scoring = {"threads": count_threads, "process": tell_process}
    results = search(NETWORKS[0], scoring=scoring, n_jobs=2).fit(actions.sequences, actions.target).cv_results_
    counted = np.concatenate([results[f"split{at}_test_threads"] for at in range(2)])
    processes = {results[f"split{at}_test_process"][row] for at in range(2) for row in range(2)}
    assert os.getpid() not in processes
    assert counted.max() <= max(1, joblib.cpu_count() // 2)


def test_fits_in_several_threads_give_the_same_bits_as_alone(X, y):
    alone = [output(clone(estimator).fit(X, y), X) for estimator in TRAINED]
    with ThreadPoolExecutor(4) as threads:
        fitted = list(threads.map(lambda estimator: clone(estimator).fit(X, y), TRAINED * 2))
        together = list(threads.map(lambda estimator: output(estimator, X), fitted))
    for estimator, got, wanted in zip(TRAINED * 2, together, alone * 2, strict=True):
        np.testing.assert_array_equal(got, wanted, strict=True, err_msg=str(estimator))


@every_trained
def test_transform_beside_a_fit_changes_neither(estimator, X, y):
    fitted = clone(estimator).fit(X, y)
    wanted = output(fitted, X)
    with ThreadPoolExecutor(2) as threads:
        fit = threads.submit(clone(estimator).set_params(**_epochs(estimator, 4)).fit, X, y)
        beside = [threads.submit(output, copy.deepcopy(fitted), X) for _ in range(3)]
        for one in beside:
            np.testing.assert_array_equal(one.result(), wanted, strict=True)
    longer = clone(estimator).set_params(**_epochs(estimator, 4)).fit(X, y)
    np.testing.assert_array_equal(output(fit.result(), X), output(longer, X), strict=True)


def _epochs(estimator, n):
    return {name: n for name in ("max_epochs", "epochs") if name in estimator.get_params()}


def test_one_estimator_transforms_in_several_threads_as_in_one(X, y):
    for estimator in TRAINED:
        fitted = pickle.loads(pickle.dumps(clone(estimator).fit(X, y)))
        wanted = output(copy.deepcopy(fitted), X)
        with ThreadPoolExecutor(4) as threads:
            for got in threads.map(lambda _, fitted=fitted: output(fitted, X), range(8)):
                np.testing.assert_array_equal(got, wanted, strict=True)


@pytest.fixture
def keyboard():
    """Ctrl-C interrupts, even if what started the tests has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt_at(call):
    """A view that, the nth time that it is asked, is interrupted from the keyboard."""
    calls = []

    def view(batch, generator):
        calls.append(len(batch))
        if len(calls) == call:
            signal.raise_signal(signal.SIGINT)
        return batch

    return view


FIRST_EPOCH, LATER_EPOCH = 1, 3  # views of a batch: at most two per epoch, and X is one batch


@pytest.mark.usefixtures("keyboard")
@every_network
def test_interrupted_fit_leaves_a_usable_estimator_and_a_warning(estimator, X, y):
    estimator = clone(estimator).set_params(max_epochs=50, augmentation=interrupt_at(LATER_EPOCH))
    with pytest.warns(ConvergenceWarning, match="was interrupted in epoch"):
        estimator.fit(X, y)
    assert 1 <= estimator.n_iter_ < 3
    assert np.isfinite(output(estimator, X)).all()
    assert len(estimator.loss_curve_) == estimator.n_iter_


@pytest.mark.usefixtures("keyboard")
@every_network
def test_fit_interrupted_in_its_first_epoch_leaves_the_estimator_as_it_was(estimator, X, y):
    estimator = clone(estimator).fit(X, y)
    before = output(estimator, X)
    with pytest.raises(KeyboardInterrupt):
        estimator.set_params(augmentation=interrupt_at(FIRST_EPOCH)).fit(X[:12], y[:12])
    np.testing.assert_array_equal(output(estimator, X), before, strict=True)


@pytest.mark.usefixtures("keyboard")
@every_network
def test_fit_after_an_interrupted_one_gives_the_same_bits_as_without_it(estimator, X, y):
    wanted = output(clone(estimator).set_params(augmentation=None).fit(X, y), X)
    estimator = clone(estimator).set_params(augmentation=interrupt_at(LATER_EPOCH), max_epochs=3)
    with pytest.warns(ConvergenceWarning):
        estimator.fit(X, y)
    estimator.set_params(augmentation=None, max_epochs=2)
    np.testing.assert_array_equal(output(estimator.fit(X, y), X), wanted, strict=True)


@pytest.mark.usefixtures("keyboard")
@pytest.mark.parametrize("call", [FIRST_EPOCH, LATER_EPOCH])
def test_interrupt_in_one_fit_lets_fits_in_other_threads_begin(call, X, y):
    ending = pytest.raises(KeyboardInterrupt) if call == FIRST_EPOCH else pytest.warns(ConvergenceWarning)
    with ending:
        clone(NETWORKS[0]).set_params(augmentation=interrupt_at(call)).fit(X, y)
    with ThreadPoolExecutor(1) as threads:
        fitted = threads.submit(clone(NETWORKS[0]).fit, X, y).result(timeout=60)
    assert np.isfinite(output(fitted, X)).all()
