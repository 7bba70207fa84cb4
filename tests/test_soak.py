"""Long use, a short version of it: no memory, file or thread is kept."""

import sys

import pytest

from tests.benchmarks import soak

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


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
    networks = {"ConMLPEmbedder", "SkeletonClassifier", "GRUClassifier", "LSTMClassifier", "SkeletonRegressor"}
    assert {*networks, "Graph2VecEmbedder"} <= names
