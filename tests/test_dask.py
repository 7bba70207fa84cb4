"""Reading, searching and embedding on a real dask cluster of two worker processes."""

import os

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from skeletonlearn import ConMLPEmbedder
from skeletonlearn.datasets import NTUBody, NTURecording, load_ntu_rgbd, write_ntu_skeleton

distributed = pytest.importorskip("dask.distributed")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # of dask's sockets, which are closed in the end


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", host="127.0.0.1"
        ) as cluster,
        distributed.Client(cluster) as connected,
    ):
        yield connected


@pytest.fixture
def actions():
    rng = np.random.default_rng(0)
    y = np.arange(24) % 3
    return (rng.normal(size=(24, 8, 20, 3)) + y[:, None, None, None]).astype(np.float32), y


def search():
    embedder = ConMLPEmbedder(loss="tcl", max_epochs=1, hidden_dim=8, random_state=0, device="cpu")
    pipe = Pipeline([("emb", embedder), ("clf", LogisticRegression())])
    return GridSearchCV(pipe, {"emb__k1": [0.1, 1.0]}, cv=2)


def scores(fitted):
    return {name: values for name, values in fitted.cv_results_.items() if "score" in name and "time" not in name}


def test_the_workers_are_other_processes(client):
    processes = set(client.run(os.getpid).values())
    assert len(processes) == 2
    assert os.getpid() not in processes


def test_a_grid_search_finds_on_the_cluster_what_it_finds_alone_and_sends_X_once(client, actions):
    X, y = actions
    with joblib.parallel_config(backend="dask", scatter=[X]):
        on_cluster = search().fit(X, y)
        arrays = [key for key in client.who_has() if str(key).startswith("ndarray")]
    assert len(arrays) == 1
    alone = search().fit(X, y)
    for name, values in scores(alone).items():
        np.testing.assert_array_equal(scores(on_cluster)[name], values, err_msg=name)
    np.testing.assert_array_equal(on_cluster.predict_proba(X), alone.predict_proba(X))


def test_embedding_in_parts_on_the_cluster_gives_the_embedding(client, actions):
    X, y = actions
    embedder = ConMLPEmbedder(max_epochs=1, hidden_dim=8, random_state=0, device="cpu").fit(X, y)
    with joblib.parallel_config(backend="dask"):
        parts = joblib.Parallel()(joblib.delayed(embedder.transform)(part) for part in np.array_split(X, 3))
    np.testing.assert_allclose(np.concatenate(parts), embedder.transform(X), rtol=1e-4, atol=1e-5)


def test_files_are_read_on_the_cluster(client, actions, tmp_path):
    X, _ = actions
    for at, sequence in enumerate(X):
        joints = np.concatenate([sequence, sequence[:, :5]], axis=1)
        body = NTUBody(body_id=1, frames=np.arange(len(joints)), joints=joints)
        recording = NTURecording(n_frames=len(joints), bodies=[body])
        write_ntu_skeleton(tmp_path / f"S001C001P001R001A{at + 1:03}.skeleton", recording)
    alone = load_ntu_rgbd(tmp_path, n_persons=1, n_jobs=1)
    before = tasks_done(client)
    with joblib.parallel_config(backend="dask"):
        on_cluster = load_ntu_rgbd(tmp_path, n_persons=1, n_jobs=-1)
    assert tasks_done(client) > before
    assert len(on_cluster.sequences) == 24
    for one, other in zip(on_cluster.sequences, alone.sequences, strict=True):
        np.testing.assert_array_equal(one, other)


def tasks_done(client):
    """How many tasks the workers have finished so far."""
    return sum(client.run(lambda dask_worker: len(dask_worker.state.log)).values())
