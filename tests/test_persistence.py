"""Fitted estimators survive being written and read: by pickle and joblib in another process, by skops, as copies."""

import copy
import os
import pickle
import subprocess
import sys

import joblib
import numpy as np
import pytest
import skops.io
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from skeletonlearn import (
    ConMLPEmbedder,
    Graph2VecEmbedder,
    GRUClassifier,
    LinearProbe,
    SkeletonClassifier,
    SkeletonRegressor,
)
from skeletonlearn.augmentation import Compose, Mirror, Reverse, Shear
from skeletonlearn.nn import ENCODERS
from skeletonlearn.preprocessing import JointImputer, SkeletonConverter, StreamBuilder, make_skeleton_pipeline
from skeletonlearn.skeletons import KINECT_V1
from skeletonlearn.utils import all_estimators

SMALL = {"random_state": 0, "hidden_dim": 8, "max_epochs": 1, "n_graphs": 4, "dimensions": 8}
SIZES = {"random_state": 0, "hidden_dim": 8, "max_epochs": 1}
X = np.random.default_rng(0).normal(size=(12, 8, 20, 3))
Y = np.arange(12) % 3


def small(estimator_class):
    """An estimator as its user gets it, but small and with a seed."""
    estimator = estimator_class()
    given = estimator.get_params()
    return estimator.set_params(**{name: value for name, value in SMALL.items() if name in given})


PRETRAINED = ConMLPEmbedder("mlp", **SIZES).fit(X)
UNFITTED = [
    *(small(estimator_class) for _, estimator_class in all_estimators()),
    *(ConMLPEmbedder(encoder, **SIZES) for encoder in ENCODERS if encoder != ConMLPEmbedder().encoder),
    ConMLPEmbedder(
        "mlp",
        skeleton=KINECT_V1,
        augmentation=(Compose((Shear(1), Mirror(KINECT_V1))), Reverse(0.5)),
        reconstruction_weight=1.0,
        **SIZES,
    ),
    SkeletonClassifier("transformer", skeleton="KINECT_V1", pooling="attention", class_weight={0: 2.0}, **SIZES),
    SkeletonClassifier(pretrained=FrozenEstimator(PRETRAINED), freeze=True, max_epochs=1),
    SkeletonRegressor("transformer", loss="huber", early_stopping=True, **SIZES),
    SkeletonRegressor(pretrained=PRETRAINED, freeze=True, max_epochs=1),
    GRUClassifier(loss="temporal_cross_entropy", fusion="late", early_stopping=True, **SIZES),
    Graph2VecEmbedder(KINECT_V1, output="sequence", n_graphs=4, dimensions=8, random_state=0),
    LinearProbe(embedder=PRETRAINED),
    JointImputer(skeleton=KINECT_V1),
    SkeletonConverter(KINECT_V1, "NTU_RGBD"),
    StreamBuilder(("joint", "bone"), skeleton=KINECT_V1),
    make_skeleton_pipeline("KINECT_V1", n_frames=6),
]
NAMES = [f"{at}-{type(estimator).__name__}" for at, estimator in enumerate(UNFITTED)]

every = pytest.mark.parametrize("name", NAMES)


def output(estimator):
    """All that an estimator says of X: what it transforms it to, or what it predicts."""
    methods = ["transform"] if hasattr(estimator, "transform") else ["predict", "predict_proba"]
    return {name: np.asarray(getattr(estimator, name)(X)) for name in methods if hasattr(estimator, name)}


@pytest.fixture(scope="module")
def fitted():
    """Every estimator fitted, by its name."""
    return {name: clone(estimator).fit(X, Y) for name, estimator in zip(NAMES, UNFITTED, strict=True)}


@pytest.fixture(scope="module")
def outputs(fitted):
    return {name: output(estimator) for name, estimator in fitted.items()}


def assert_same(given, wanted):
    assert given.keys() == wanted.keys()
    for method, array in wanted.items():
        np.testing.assert_array_equal(given[method], array, strict=True)


_OTHER_PROCESS = """
import pickle, sys
import joblib, numpy as np, torch
torch.set_num_threads(1)
folder, X, outputs = sys.argv[1], np.load(f"{sys.argv[1]}/X.npy"), {}
for name in open(f"{folder}/names").read().split():
    loaded = pickle.load(open(f"{folder}/{name}.pickle", "rb")), joblib.load(f"{folder}/{name}.joblib")
    for way, estimator in zip(("pickle", "joblib"), loaded):
        methods = ["transform"] if hasattr(estimator, "transform") else ["predict", "predict_proba"]
        given = {one: np.asarray(getattr(estimator, one)(X)) for one in methods if hasattr(estimator, one)}
        outputs[way, name] = given
pickle.dump(outputs, open(f"{folder}/outputs", "wb"))
"""


@pytest.fixture(scope="module")
def outputs_of_another_process(fitted, tmp_path_factory):
    """What the estimators give that another process has loaded, with other hashes of strings."""
    folder = tmp_path_factory.mktemp("other")
    np.save(folder / "X.npy", X)
    (folder / "names").write_text("\n".join(NAMES))
    for name, estimator in fitted.items():
        joblib.dump(estimator, folder / f"{name}.joblib")
        (folder / f"{name}.pickle").write_bytes(pickle.dumps(estimator))
    subprocess.run(
        [sys.executable, "-W", "error", "-c", _OTHER_PROCESS, str(folder)],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "1"},
    )
    return pickle.loads((folder / "outputs").read_bytes())


@pytest.mark.parametrize("way", ["pickle", "joblib"])
@every
def test_another_process_gives_the_same_bits(name, way, outputs, outputs_of_another_process):
    assert_same(outputs_of_another_process[way, name], outputs[name])


@every
def test_deep_copy_gives_the_same_bits(name, fitted, outputs):
    assert_same(output(copy.deepcopy(fitted[name])), outputs[name])


@every
def test_skops_holds_no_types_but_our_own_and_gives_the_same_bits(name, fitted, outputs):
    dumped = skops.io.dumps(fitted[name])
    untrusted = skops.io.get_untrusted_types(data=dumped)
    ours = [one for one in untrusted if one.startswith("skeletonlearn.")]
    assert untrusted == ours
    assert_same(output(skops.io.loads(dumped, trusted=ours)), outputs[name])


def test_graphs_survive_skops():
    embedder = Graph2VecEmbedder("KINECT_V1", n_graphs=4, dimensions=8, random_state=0)
    graphs = embedder.fit(X).to_graphs(X)
    dumped = skops.io.dumps(embedder.fit(graphs))
    ours = skops.io.get_untrusted_types(data=dumped)
    assert all(one.startswith("skeletonlearn.") for one in ours)
    again = skops.io.loads(dumped, trusted=ours)
    np.testing.assert_array_equal(again.transform(graphs), embedder.transform(graphs), strict=True)


def test_training_goes_on_after_skops_as_before():
    embedder = ConMLPEmbedder("mlp", **SIZES).fit(X).partial_fit(X)
    dumped = skops.io.dumps(embedder)
    again = skops.io.loads(dumped, trusted=skops.io.get_untrusted_types(data=dumped))
    np.testing.assert_array_equal(again.partial_fit(X).transform(X), embedder.partial_fit(X).transform(X), strict=True)


def test_a_deep_copy_is_trained_alone():
    embedder = ConMLPEmbedder("mlp", **SIZES).fit(X)
    before = embedder.transform(X)
    copy.deepcopy(embedder).partial_fit(X)
    np.testing.assert_array_equal(embedder.transform(X), before)
