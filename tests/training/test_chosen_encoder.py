"""Classifiers and regressors whose encoder is a parameter, or comes from another estimator."""

import numpy as np
import pytest

from skeletonlearn import ConMLPEmbedder, SkeletonClassifier, SkeletonRegressor
from skeletonlearn.skeletons import KINECT_V1
from skeletonlearn.skeletons import _resolve as resolve

X = np.random.default_rng(0).normal(size=(12, 8, 20, 3)).astype(np.float32)
Y = np.arange(12) % 3
SMALL = {"max_epochs": 1, "random_state": 0, "augmentation": None, "device": "cpu"}
IGNORED = {
    "encoder": ["gru", "mlp", lambda *shape: pytest.fail("an encoder was built")],
    "skeleton": ["auto", "NOPE", "NTU_RGBD", None],
    "streams": [("bogus",), (), ("bone",)],
    "pooling": ["attention", "last"],
    "hidden_dim": [7],
    "dropout": [0.9],
    "fusion": ["early"],
}

every_kind = pytest.mark.parametrize("kind", [SkeletonClassifier, SkeletonRegressor])


@pytest.fixture(scope="module", params=["no layout", "bones"])
def embedder(request):
    layout = {"skeleton": KINECT_V1 if request.param == "bones" else None, "fusion": "late"}
    return ConMLPEmbedder("tcn", hidden_dim=8, max_epochs=1, random_state=0, **layout).fit(X)


@pytest.fixture
def no_inference(monkeypatch):
    monkeypatch.setattr(resolve, "infer_skeleton", lambda X: pytest.fail("bones were inferred"))


def predictions(estimator):
    return estimator.predict_proba(X) if hasattr(estimator, "predict_proba") else estimator.predict(X)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in IGNORED.items() for value in values])
@every_kind
def test_beside_a_pretrained_embedder_its_own_parameters_are_ignored(kind, name, value, method, embedder, no_inference):
    options = {"classes": [0, 1, 2]} if kind is SkeletonClassifier and method == "partial_fit" else {}
    plain, other = (
        getattr(kind(pretrained=embedder, **SMALL, **changes), method)(X, Y, **options)
        for changes in ({}, {name: value})
    )
    np.testing.assert_array_equal(predictions(other), predictions(plain))
    assert other.skeleton_ == embedder.skeleton_


@every_kind
def test_a_warm_start_from_a_pretrained_embedder_ignores_them_too(kind, embedder, no_inference):
    fitted = kind(pretrained=embedder, warm_start=True, **SMALL).fit(X, Y)
    fitted.set_params(skeleton="NOPE", streams=("bogus",)).fit(X, Y)
    assert fitted.skeleton_ == embedder.skeleton_


@every_kind
def test_without_a_pretrained_embedder_they_are_not_ignored(kind):
    with pytest.raises(ValueError, match="skeleton='NOPE' must be one of"):
        kind(skeleton="NOPE", **SMALL).fit(X, Y)


@every_kind
def test_other_joints_than_the_embedders_are_refused(kind, embedder):
    with pytest.raises(ValueError, match=r"shape \(8, 5, 3\), but the pretrained embedder was fitted with \(8, 20, 3"):
        kind(pretrained=embedder, **SMALL).fit(X[:, :, :5], Y)
