"""
From a laptop to a cluster: reading, searching and embedding with dask
======================================================================

Everything that scikit-learn and skeletonlearn do in parallel goes through joblib, and joblib can hand its work to a
dask cluster instead of to processes of this machine. Nothing in the code changes but the block around it:
``with joblib.parallel_config(backend="dask")``.

Without ``--scheduler`` a cluster of two worker processes is started here, and ended with the script. On a real one,
give the address of its scheduler; the files must be at the same place for every worker.

``python examples/07_dask_grid_search.py --scheduler tcp://SCHEDULER:8786 --data FOLDER``
"""

import argparse
import tempfile
import time
from pathlib import Path

import joblib
import numpy as np
from dask.distributed import Client, LocalCluster
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from skeletonlearn import ConMLPEmbedder
from skeletonlearn.datasets import NTUBody, NTURecording, load_ntu_rgbd, make_actions, write_ntu_skeleton
from skeletonlearn.model_selection import LeaveOneSubjectOut
from skeletonlearn.plotting import EmbeddingDisplay
from skeletonlearn.preprocessing import make_skeleton_pipeline


def options_of_command():
    parser = argparse.ArgumentParser(description="Read, search and embed on a dask cluster.")
    parser.add_argument("--scheduler", help="address of a scheduler; a cluster is started here if not given")
    parser.add_argument("--data", type=Path, help="folder with .skeleton files; synthetic ones if not given")
    parser.add_argument("--workers", type=int, default=2, help="worker processes of a cluster that is started here")
    parser.add_argument("--epochs", type=int, default=10, help="how often each sequence is seen in a fit")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("output"), help="where the picture is written")
    return parser.parse_args([] if "get_ipython" in globals() else None)  # a notebook has no command line


# %%
# Files to read
# -------------
# Where there are none, a few recordings of make_actions are written in the format of NTU RGB+D.


def write_synthetic_files(folder, seed):
    """Write 96 recordings of eight actions of four performers."""
    actions = make_actions(96, n_classes=8, n_subjects=4, skeleton="NTU_RGBD", missing=0.0, random_state=seed)
    for at, sequence in enumerate(actions.sequences):
        shown_by, performer, action = actions.camera[at], actions.subject[at], actions.target[at] + 1
        name = f"S001C{shown_by:03}P{performer:03}R{actions.repetition[at] + 1:03}A{action:03}.skeleton"
        body = NTUBody(body_id=1, frames=np.arange(len(sequence)), joints=sequence)
        write_ntu_skeleton(folder / name, NTURecording(n_frames=len(sequence), bodies=[body]))


# %%
# Read, search, embed
# -------------------
# The sequences are sent to the workers once (``scatter``), not with every one of the fits. A worker computes with as
# many threads as the cluster gave it, so that workers of one machine do not fight over its cores.


def main(options):
    started = Client(options.scheduler) if options.scheduler else start_cluster(options.workers)
    with started as client, tempfile.TemporaryDirectory() as folder:
        print(f"{len(client.scheduler_info()['workers'])} workers")
        if options.data is None:
            write_synthetic_files(Path(folder), options.seed)
        with joblib.parallel_config(backend="dask"):
            begun = time.perf_counter()
            actions = load_ntu_rgbd(options.data or folder, n_persons=1, n_jobs=-1)
            print(f"read {len(actions.sequences)} recordings in {time.perf_counter() - begun:.1f} s")
        X = make_skeleton_pipeline(actions.skeleton, n_frames=32).fit_transform(actions.sequences)
        search_and_embed(X, np.asarray(actions.target_names)[actions.target], np.asarray(actions.subject), options)


def start_cluster(n_workers):
    """A cluster of processes on this machine, one thread each, and a client of it."""
    return Client(LocalCluster(n_workers=n_workers, threads_per_worker=1, dashboard_address=None))


def search_and_embed(X, y, subject, options):
    """Search the constants of the tuned contrastive loss, then embed with what was found."""
    embedder = ConMLPEmbedder(loss="tcl", max_epochs=options.epochs, hidden_dim=32, random_state=options.seed)
    pipe = Pipeline([("emb", embedder), ("clf", LogisticRegression(max_iter=2000))])
    search = GridSearchCV(pipe, {"emb__k1": [0.1, 1.0], "emb__k2": [1.0, 2.0]}, cv=LeaveOneSubjectOut())
    with joblib.parallel_config(backend="dask", scatter=[X]):
        begun = time.perf_counter()
        search.fit(X, y, groups=subject)
        found = ", ".join(f"{name.removeprefix('emb__')}={value}" for name, value in search.best_params_.items())
        print(f"searched in {time.perf_counter() - begun:.1f} s: {found}, {search.best_score_:.1%} on unseen subjects")
        parts = np.array_split(X, 4)
        embedded = joblib.Parallel()(joblib.delayed(search.best_estimator_["emb"].transform)(part) for part in parts)
    print(f"embedded {sum(map(len, embedded))} sequences in {embedded[0].shape[1]} dimensions")
    draw(np.concatenate(embedded), y, options.out)


def draw(vectors, y, out):
    """The sequences where their vectors are, in a plane."""
    out.mkdir(parents=True, exist_ok=True)
    display = EmbeddingDisplay.from_embedding(vectors, y)
    display.figure_.savefig(out / "dask_embedding.png", dpi=120)
    print(f"Picture: {out / 'dask_embedding.png'}")


if __name__ == "__main__":  # workers begin by importing this file
    main(options_of_command())
