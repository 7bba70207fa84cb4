"""Accuracy of our systems and of what a user would pick instead, on the same arrays, in one command.

    python -m tests.benchmarks.accuracy --dataset nw_ucla --data FOLDER

Each system is fitted on the whole training set of the named protocol, without a look at the test set, and its final
model is scored on the whole test set, once a seed. Rows are kept in a CSV file as they are measured, so that a run
that was cut off goes on where it stopped; the table is printed from that file. `standard` is every test clip,
`clean` those that are not bit-identical to a training clip.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from skeletonlearn import (
    ConMLPEmbedder,
    Graph2VecEmbedder,
    GRUClassifier,
    LinearProbe,
    LSTMClassifier,
    SkeletonClassifier,
)
from skeletonlearn.augmentation import Reverse, Shear
from skeletonlearn.datasets import load_msr_action3d, load_nw_ucla
from skeletonlearn.preprocessing import SequenceFlattener, make_skeleton_pipeline
from skeletonlearn.skeletons import Skeleton

LOADERS = {"nw_ucla": load_nw_ucla, "msr_action3d": load_msr_action3d}
STREAMS = ("joint", "bone", "motion")
PUBLISHED = {"encoder": "mlp", "streams": ("joint",), "augmentation": (Shear(1.0), Reverse(0.5)), "max_epochs": 100}
FIELDS = ("dataset", "system", "seed", "standard", "clean", "fit_seconds", "milliseconds_a_sequence")


def mini_rocket(seed: int) -> Any:
    """The classifier that a user would pick instead, on `(n_samples, n_channels, n_frames)`."""
    from aeon.classification.convolution_based import MiniRocketClassifier
    from sklearn.preprocessing import FunctionTransformer

    as_series = FunctionTransformer(lambda X: X.reshape(*X.shape[:2], -1).transpose(0, 2, 1).astype(np.float64))
    return make_pipeline(as_series, MiniRocketClassifier(random_state=seed))


def probed(embedder: ConMLPEmbedder) -> Pipeline:
    """The embedder judged by a linear probe."""
    return Pipeline([("emb", embedder), ("clf", LinearProbe())])


def trained(encoder: str, skeleton: Skeleton, seed: int) -> SkeletonClassifier:
    """An encoder trained end to end."""
    return SkeletonClassifier(encoder, skeleton=skeleton, streams=STREAMS, random_state=seed)


def recurrent_on_graphs(classifier: type, skeleton: Skeleton, seed: int) -> Pipeline:
    """The report's other system: 60 frame graphs, embedded one by one, to a recurrent network."""
    embedder = Graph2VecEmbedder(skeleton, output="sequence", n_graphs=60, random_state=seed)
    return Pipeline([("emb", embedder), ("clf", classifier(random_state=seed))])


SYSTEMS: dict[str, Callable[[Skeleton, int], Any]] = {
    "LogisticRegression on joints": lambda skeleton, seed: make_pipeline(
        SequenceFlattener(), StandardScaler(), LogisticRegression(max_iter=2000)
    ),
    "MiniRocket (aeon)": lambda skeleton, seed: mini_rocket(seed),
    "ConMLPEmbedder() + LogisticRegression, nothing set": lambda skeleton, seed: Pipeline(
        [("emb", ConMLPEmbedder(random_state=seed)), ("clf", LogisticRegression(max_iter=2000))]
    ),
    "ConMLP supcon + LinearProbe": lambda skeleton, seed: probed(
        ConMLPEmbedder(skeleton=skeleton, streams=STREAMS, max_epochs=40, random_state=seed)
    ),
    "ConMLP nt_xent, self-supervised + LinearProbe": lambda skeleton, seed: probed(
        ConMLPEmbedder(
            loss="nt_xent", skeleton=skeleton, streams=STREAMS, projection_layers=2, max_epochs=150, random_state=seed
        )
    ),
    "ConMLP supcon, flat mlp as published + LinearProbe": lambda skeleton, seed: probed(
        ConMLPEmbedder(random_state=seed, **PUBLISHED)
    ),
    "ConMLP nt_xent, flat mlp as published + LinearProbe": lambda skeleton, seed: probed(
        ConMLPEmbedder(loss="nt_xent", random_state=seed, **PUBLISHED)
    ),
    "Graph2Vec + LogisticRegression": lambda skeleton, seed: make_pipeline(
        Graph2VecEmbedder(skeleton, random_state=seed), LogisticRegression(max_iter=2000)
    ),
    "Graph2Vec + LSTM": lambda skeleton, seed: recurrent_on_graphs(LSTMClassifier, skeleton, seed),
    "Graph2Vec + GRU": lambda skeleton, seed: recurrent_on_graphs(GRUClassifier, skeleton, seed),
    "LSTMClassifier": lambda skeleton, seed: LSTMClassifier(skeleton=skeleton, streams=STREAMS, random_state=seed),
    "GRUClassifier": lambda skeleton, seed: GRUClassifier(skeleton=skeleton, streams=STREAMS, random_state=seed),
    "SkeletonClassifier cooccurrence": lambda skeleton, seed: trained("cooccurrence", skeleton, seed),
    "SkeletonClassifier tcn": lambda skeleton, seed: trained("tcn", skeleton, seed),
    "SkeletonClassifier transformer": lambda skeleton, seed: trained("transformer", skeleton, seed),
}


def measure(system: str, actions: Any, X: np.ndarray, seed: int) -> dict[str, Any]:
    """Fit one system with one seed and score its final model."""
    train, test, y = actions.train_index, actions.test_index, actions.target
    clean = np.asarray(actions.get("duplicate_of", [""] * len(y)))[test] == ""
    model = SYSTEMS[system](actions.skeleton, seed)
    start = time.perf_counter()
    model.fit(X[train], y[train])
    fitted = time.perf_counter()
    predicted = model.predict(X[test])
    done = time.perf_counter()
    return {
        "standard": accuracy_score(y[test], predicted),
        "clean": accuracy_score(y[test][clean], predicted[clean]),
        "fit_seconds": fitted - start,
        "milliseconds_a_sequence": 1000 * (done - fitted) / len(test),
    }


def read_rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def append_row(path: Path, row: dict[str, Any]) -> None:
    is_new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        if is_new:
            writer.writeheader()
        writer.writerow(row)


def table(rows: list[dict[str, str]], dataset: str) -> str:
    """The measured rows as Markdown: mean and range over the seeds."""
    lines = [
        "| system | standard % (range) | clean % (range) | seeds | fit s | ms a sequence |",
        "|---|---|---|---|---|---|",
    ]
    for system in SYSTEMS:
        mine = [row for row in rows if row["system"] == system and row["dataset"] == dataset]
        if mine:
            of = {field: np.array([float(row[field]) for row in mine]) for field in FIELDS[3:]}
            lines.append(
                f"| {system} | {_with_range(of['standard'])} | {_with_range(of['clean'])} | {len(mine)} | "
                f"{of['fit_seconds'].mean():.0f} | {of['milliseconds_a_sequence'].mean():.1f} |"
            )
    return "\n".join(lines)


def _with_range(accuracies: np.ndarray) -> str:
    return f"{100 * accuracies.mean():.1f} ({100 * accuracies.min():.1f}-{100 * accuracies.max():.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", choices=sorted(LOADERS), required=True)
    parser.add_argument("--data", required=True, help="the folder with the data set's files")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--systems", nargs="+", default=list(SYSTEMS), help="parts of the names of the systems to run")
    parser.add_argument("--rows", type=Path, default=Path("output/accuracy.csv"), help="where rows are kept")
    options = parser.parse_args()
    actions = LOADERS[options.dataset](options.data)
    X = make_skeleton_pipeline(actions.skeleton, n_frames=64).fit_transform(actions.sequences).astype(np.float32)
    wanted = [system for system in SYSTEMS if any(part in system for part in options.systems)]
    for seed in options.seeds:
        for system in wanted:
            key = {"dataset": options.dataset, "system": system, "seed": str(seed)}
            if any(key.items() <= row.items() for row in read_rows(options.rows)):
                continue
            row = key | measure(system, actions, X, seed)
            append_row(options.rows, row)
            print(f"{system}, seed {seed}: {100 * row['standard']:.1f} / {100 * row['clean']:.1f}", flush=True)
    print(f"\n{options.dataset}, {actions.protocol}, whole test set, mean and range over the seeds\n")
    print(table(read_rows(options.rows), options.dataset))


if __name__ == "__main__":
    main()
