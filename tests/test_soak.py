"""Long use, a short version of it: no memory, file or thread is kept."""

import sys

import pytest

from tests.benchmarks import soak

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@linux
def test_rounds_of_fit_clone_pickle_and_predict_keep_nothing():
    before, after = soak.soak(rounds=20, settle=8)
    assert after.memory - before.memory <= soak.MOST_GROWTH
    assert after.files <= before.files
    assert after.threads <= before.threads


@linux
def test_what_is_kept_is_seen():
    before = soak.use()
    with open("/proc/self/stat"):
        kept = bytearray(b"x" * 2**25)
        after = soak.use()
    assert after.memory - before.memory > soak.MOST_GROWTH
    assert len(kept) > 0
    assert after.files == before.files + 1


def test_every_estimator_that_trains_takes_part():
    names = {type(one).__name__ for one in soak.trainers()}
    assert {"ConMLPEmbedder", "SkeletonClassifier", "GRUClassifier", "LSTMClassifier", "Graph2VecEmbedder"} <= names
