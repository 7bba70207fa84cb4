"""Discovery of the public estimators."""

import importlib
import inspect

import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

import skeletonlearn
from skeletonlearn.utils import all_estimators

NAMES = [name for name, _ in all_estimators()]


def test_names_are_sorted_and_each_comes_once():
    assert sorted(set(NAMES)) == NAMES


@pytest.mark.parametrize("name", ["BodyScaler", "ConMLPEmbedder", "JointImputer", "LinearProbe", "SequenceFlattener"])
def test_estimator_of_each_folder_is_found(name):
    assert name in NAMES


@pytest.mark.parametrize("folder", ["classification", "embedding", "preprocessing"])
def test_every_estimator_that_a_folder_exports_is_found(folder):
    module = importlib.import_module(f"skeletonlearn.{folder}")
    exported = [getattr(module, name) for name in module.__all__]
    classes = [one for one in exported if inspect.isclass(one) and issubclass(one, BaseEstimator)]
    assert {one.__name__ for one in classes} <= set(NAMES)


def test_bases_and_functions_are_not_found():
    assert not {"SequenceTransformer", "BaseEstimator", "make_skeleton_pipeline"} & set(NAMES)


def test_kinds_are_told_apart():
    classifiers, transformers = all_estimators("classifier"), all_estimators("transformer")
    assert all(issubclass(one, ClassifierMixin) for _, one in classifiers)
    assert {name for name, _ in classifiers + transformers} == set(NAMES)
    assert not set(classifiers) & set(transformers)


def test_every_estimator_of_the_package_itself_is_found():
    exported = [getattr(skeletonlearn, name) for name in skeletonlearn.__all__]
    estimators = [one.__name__ for one in exported if inspect.isclass(one) and issubclass(one, BaseEstimator)]
    assert set(estimators) <= set(NAMES)


def test_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="type_filter='embedder' must be one of 'classifier', 'transformer', or None"):
        all_estimators("embedder")
