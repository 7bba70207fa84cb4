"""A grid search in two processes against the same in one.

Run `python -m tests.benchmarks.parallel` from the repository's root, with nothing else running. The time of two is
wanted to be at most that of one. Worker processes import torch when they start, once: that takes some seconds, and is
shown apart. Both searches take turns, so that a busy machine slows both, and the best time of each counts. In one
process torch has all cores, in each of two workers its share of them. The scores of both must be the same, to the bit
where torch has as many threads in each (`OMP_NUM_THREADS=1`). The exit code is 1 if the ratio is larger than wanted,
or scores differ.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import joblib
import numpy as np
import torch
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skeletonlearn import SkeletonClassifier
from skeletonlearn.datasets import make_actions
from skeletonlearn.preprocessing import make_skeleton_pipeline

MOST_RATIO = 1.0
"""Time with two processes, in times of one, that is wanted at the most."""
SMALLEST = ("--samples", "20", "--epochs", "1", "--turns", "1", "--most-ratio", "inf")
GRID = {"skeletonclassifier__learning_rate": [1e-3, 3e-3], "skeletonclassifier__dropout": [0.0, 0.3]}


def search(X: Any, y: np.ndarray, n_jobs: int, epochs: int) -> tuple[float, dict[str, np.ndarray]]:
    """Seconds that a grid search took, and the scores that it found."""
    pipeline = make_pipeline(
        make_skeleton_pipeline("KINECT_V1", n_frames=32),
        SkeletonClassifier(skeleton="KINECT_V1", hidden_dim=64, max_epochs=epochs, random_state=0, device="cpu"),
    )
    start = time.perf_counter()
    results = GridSearchCV(pipeline, GRID, cv=2, n_jobs=n_jobs, scoring="neg_log_loss", refit=False).fit(X, y)
    seconds = time.perf_counter() - start
    return seconds, {name: scores for name, scores in results.cv_results_.items() if "test_score" in name}


def main(arguments: Sequence[str] | None = None) -> int:
    """Search both ways, print times and whether scores agree, and give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--most-ratio", type=float, default=MOST_RATIO, help="largest ratio of the times accepted")
    asked = parser.parse_args(arguments)
    actions = make_actions(asked.samples, n_classes=5, missing=0.0, random_state=0)
    start, _ = search(actions.sequences[:20], actions.target[:20], 2, 1)
    turns = [[search(actions.sequences, actions.target, n, asked.epochs) for n in (1, 2)] for _ in range(asked.turns)]
    (one, scores_of_one), (two, scores_of_two) = (min(runs, key=itemgetter(0)) for runs in zip(*turns, strict=True))
    same_bits = all(np.array_equal(scores_of_one[name], scores_of_two[name]) for name in scores_of_one)
    difference = max(float(np.abs(scores_of_one[name] - scores_of_two[name]).max()) for name in scores_of_one)
    print(f"{joblib.cpu_count()} cores, {torch.get_num_threads()} torch threads in this process")
    print(f"starting two workers {start:.1f} s")
    ratio = two / one
    print(f"one process {one:.1f} s, two processes {two:.1f} s: ratio {ratio:.2f}, wanted {asked.most_ratio} or less")
    print(f"scores {'identical' if same_bits else f'differ by up to {difference:.2g}'}")
    must_be_same = torch.get_num_threads() == 1
    return int(ratio > asked.most_ratio or (must_be_same and not same_bits))


if __name__ == "__main__":
    sys.exit(main())
