"""Warnings about coordinates whose unit networks and views are not made for."""

import contextlib
import warnings
from functools import cache

import joblib
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skeletonlearn import ConMLPEmbedder, GRUClassifier, SkeletonClassifier, SkeletonRegressor
from skeletonlearn._training.input_scale import warn_about_scale
from skeletonlearn.augmentation import Jitter
from skeletonlearn.datasets import make_actions
from skeletonlearn.preprocessing import JointImputer, RootCenterer, make_skeleton_pipeline

Y = np.arange(12) % 3
SMALL = {"hidden_dim": 8, "max_epochs": 1, "random_state": 0, "streams": ("joint",)}
ESTIMATORS = {
    "ConMLPEmbedder": ConMLPEmbedder("mlp", **SMALL),
    "SkeletonClassifier": SkeletonClassifier("mlp", **SMALL),
    "GRUClassifier": GRUClassifier(**SMALL),
    "SkeletonRegressor": SkeletonRegressor("mlp", **SMALL),
}


@cache
def bodies():
    """Bodies in metres, `(12, 16, 20, 3)`."""
    actions = make_actions(12, n_classes=3, n_frames=16, random_state=0)
    return np.stack(JointImputer(skeleton=actions.skeleton).fit_transform(actions.sequences)).astype(np.float32)


def two_persons(metres_apart):
    other = bodies()[::-1] + np.float32([metres_apart, 0, 0])
    return np.concatenate([bodies(), other], axis=2)


USUAL = {
    "metres": bodies,
    "children": lambda: 0.4 * bodies(),
    "giants": lambda: 5 * bodies(),
    "half a kilometre away": lambda: bodies() + 500,
    "torso of length 1": lambda: make_skeleton_pipeline("KINECT_V1", n_frames=16).fit_transform(bodies()),
    "two persons": lambda: two_persons(3),
    "a body that does not move": lambda: np.repeat(bodies()[:, :1], 16, axis=1),
    "nothing but zeros": lambda: np.zeros_like(bodies()),
    "series of thousands": lambda: 300 * bodies()[:, :, :1],
}
UNUSUAL = {
    "pixels": lambda: 300 * bodies()[..., :2],
    "millimetres": lambda: 1000 * bodies(),
    "micrometres taken for metres": lambda: 1e-6 * bodies(),
    "x 1e-9": lambda: 1e-9 * bodies(),
    "x 1e15": lambda: 1e15 * bodies(),
    "series x 1e9": lambda: 1e9 * bodies()[:, :, :1],
    "series x 1e-9": lambda: 1e-9 * bodies()[:, :, :1],
}


@pytest.mark.parametrize("make_X", USUAL.values(), ids=USUAL)
def test_usual_sizes_are_met_without_a_word(make_X):
    warn_about_scale(ESTIMATORS["SkeletonClassifier"], make_X(), has_default_views=True)


@pytest.mark.parametrize("make_X", UNUSUAL.values(), ids=UNUSUAL)
def test_unusual_sizes_are_named_with_the_remedy(make_X):
    with pytest.warns(UserWarning, match=r"in X have a size of about .* SkeletonClassifier.* BodyScaler"):
        warn_about_scale(ESTIMATORS["SkeletonClassifier"], make_X(), has_default_views=True)


def test_views_of_ones_own_may_be_made_for_pixels():
    warn_about_scale(ESTIMATORS["SkeletonClassifier"], 300 * bodies()[..., :2], has_default_views=False)


@pytest.mark.parametrize("factor", [1e-9, 1e9])
def test_views_of_ones_own_leave_networks_that_cannot_learn(factor):
    with pytest.warns(UserWarning, match="BodyScaler"):
        warn_about_scale(ESTIMATORS["SkeletonClassifier"], factor * bodies(), has_default_views=False)


def test_sequences_of_different_lengths_are_measured():
    ragged = [100 * sequence[: 1 + at] for at, sequence in enumerate(bodies())]
    with pytest.warns(UserWarning, match="size of about"):
        warn_about_scale(ESTIMATORS["GRUClassifier"], ragged, has_default_views=True)


def test_one_odd_sequence_among_many_is_no_unit():
    X = bodies().copy()
    X[0] *= 1e6
    warn_about_scale(ESTIMATORS["SkeletonClassifier"], X, has_default_views=True)


# in estimators


every_estimator = pytest.mark.parametrize("name", ESTIMATORS)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@every_estimator
def test_every_network_estimator_warns_at_the_users_line(name, method):
    options = {"classes": [0, 1, 2]} if method == "partial_fit" and "Classifier" in name else {}
    with pytest.warns(UserWarning, match=rf"{name} and its default views are made for sizes near 1") as caught:
        getattr(ESTIMATORS[name], method)(300 * bodies(), Y, **options)
    assert [warning.filename for warning in caught] == [__file__]


@every_estimator
def test_usual_sizes_and_own_views_are_fitted_without_a_word(name):
    ESTIMATORS[name].fit(bodies(), Y)
    type(ESTIMATORS[name])(**ESTIMATORS[name].get_params() | {"augmentation": Jitter(3.0)}).fit(300 * bodies(), Y)


@every_estimator
def test_coordinates_that_mean_nothing_are_never_met_in_silence(name):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with contextlib.suppress(ValueError):  # a loss that is not finite
            ESTIMATORS[name].fit(1e25 * bodies(), Y)
    assert ["BodyScaler" in str(warning.message) for warning in caught] == [True]


def test_in_a_pipeline_the_warning_points_at_the_users_line():
    with pytest.warns(UserWarning, match="SkeletonClassifier and its default views") as caught:
        make_pipeline(RootCenterer("KINECT_V1"), ESTIMATORS["SkeletonClassifier"]).fit(300 * bodies(), Y)
    assert [warning.filename for warning in caught] == [__file__]


def test_in_a_search_the_warnings_point_at_the_users_line():
    search = GridSearchCV(ESTIMATORS["SkeletonClassifier"], {"dropout": [0.1]}, cv=2)
    with pytest.warns(UserWarning, match="SkeletonClassifier and its default views") as caught:
        search.fit(300 * bodies(), Y)
    assert {warning.filename for warning in caught} == {__file__}


def test_in_threads_the_warnings_do_not_point_into_the_package():
    fits = joblib.delayed(ESTIMATORS["SkeletonClassifier"].fit)
    with pytest.warns(UserWarning, match="SkeletonClassifier and its default views") as caught:
        joblib.Parallel(n_jobs=2, prefer="threads")(fits(300 * bodies(), Y) for _ in range(2))
    assert not any("skeletonlearn/_" in warning.filename for warning in caught)
