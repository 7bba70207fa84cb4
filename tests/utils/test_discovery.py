"""Discovery of the public estimators."""

import importlib
import inspect

import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin

import skeletonlearn
from skeletonlearn.utils import all_estimators

NAMES = [name for name, _ in all_estimators()]


def test_names_are_sorted_and_each_comes_once():
    assert sorted(set(NAMES)) == NAMES


@pytest.mark.parametrize("name", ["BodyScaler", "ConMLPEmbedder", "LinearProbe", "SkeletonRegressor"])
def test_estimator_of_each_folder_is_found(name):
    assert name in NAMES


@pytest.mark.parametrize("folder", ["classification", "embedding", "preprocessing", "regression"])
def test_every_estimator_that_a_folder_exports_is_found(folder):
    module = importlib.import_module(f"skeletonlearn.{folder}")
    exported = [getattr(module, name) for name in module.__all__]
    classes = [one for one in exported if inspect.isclass(one) and issubclass(one, BaseEstimator)]
    assert {one.__name__ for one in classes} <= set(NAMES)


def test_bases_and_functions_are_not_found():
    assert not {"SequenceTransformer", "BaseEstimator", "make_skeleton_pipeline"} & set(NAMES)


@pytest.mark.parametrize(
    ("kind", "mixin"),
    [("classifier", ClassifierMixin), ("regressor", RegressorMixin), ("transformer", TransformerMixin)],
)
def test_a_kind_is_that_of_scikit_learn(kind, mixin):
    found = all_estimators(kind)
    assert found
    assert [one for _, one in all_estimators() if issubclass(one, mixin)] == [one for _, one in found]


def test_every_estimator_is_of_exactly_one_kind():
    kinds = [all_estimators(kind) for kind in ("classifier", "regressor", "transformer")]
    assert sorted(name for kind in kinds for name, _ in kind) == NAMES


def test_every_estimator_of_the_package_itself_is_found():
    exported = [getattr(skeletonlearn, name) for name in skeletonlearn.__all__]
    estimators = [one.__name__ for one in exported if inspect.isclass(one) and issubclass(one, BaseEstimator)]
    assert set(estimators) <= set(NAMES)


def test_unknown_kind_is_refused():
    expected = "type_filter='embedder' must be one of 'classifier', 'regressor', 'transformer', or None"
    with pytest.raises(ValueError, match=expected):
        all_estimators("embedder")
