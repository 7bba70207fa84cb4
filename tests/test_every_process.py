"""Fits in another process, with other hashes of strings, give the bits that they give here."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from skeletonlearn import (
    ConMLPEmbedder,
    Graph2VecEmbedder,
    GRUClassifier,
    LSTMClassifier,
    SkeletonClassifier,
    SkeletonRegressor,
)

ROOT = Path(__file__).parents[1]
SMALL = {"hidden_dim": 8, "max_epochs": 2, "skeleton": "KINECT_V1", "random_state": 0}
ESTIMATORS = {
    "flat": ConMLPEmbedder("mlp", **SMALL),
    "convolutions": ConMLPEmbedder("tcn", reconstruction_weight=1.0, **SMALL),
    "classifier": SkeletonClassifier(early_stopping=True, **SMALL),
    "gru": GRUClassifier(**SMALL),
    "lstm": LSTMClassifier(bidirectional=True, **SMALL),
    "regressor": SkeletonRegressor(**SMALL),
    "graph2vec": Graph2VecEmbedder("KINECT_V1", n_graphs=4, dimensions=8, random_state=0),
}


def digest_of_a_fit(name):
    """Return a hash of what an estimator gives after its fit."""
    X = np.cumsum(np.random.default_rng(0).normal(size=(20, 8, 20, 3)), axis=1)
    fitted = ESTIMATORS[name].fit(X, np.arange(20) % 3)
    method = next(one for one in ("transform", "predict_proba", "predict") if hasattr(fitted, one))
    given = [getattr(fitted, method)(X)]
    if name == "graph2vec":
        given.append(fitted.transform(fitted.to_graphs(X)))
    return hashlib.sha256(b"".join(array.tobytes() for array in given)).hexdigest()


@pytest.fixture(scope="module")
def digests_of_another_process():
    program = (
        "import torch; torch.set_num_threads(1); from tests.test_every_process import print_digests; print_digests()"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split() for line in done.stdout.splitlines())


def print_digests():
    """Print the name and the hash of each fit."""
    for name in ESTIMATORS:
        print(name, digest_of_a_fit(name))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_fit_gives_the_same_bits_in_another_process(name, digests_of_another_process):
    assert digests_of_another_process[name] == digest_of_a_fit(name)
