"""Time that a fitted classifier takes for a sequence, many at once and one at a time.

Run `python -m tests.benchmarks.inference` from the repository's root, with nothing else running. Time does not depend
on the weights, so that the classifiers are fitted for one epoch on a few synthetic actions. Sequences have 64 frames
of 20 joints.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from skeletonlearn import GRUClassifier, SkeletonClassifier
from skeletonlearn.datasets import make_actions
from skeletonlearn.preprocessing import make_skeleton_pipeline
from skeletonlearn.skeletons import KINECT_V1
from tests.benchmarks.graph2vec import report

N_FRAMES = 64
SMALLEST = ("--sequences", "4", "--calls", "2")
MOST_IN_BATCH, MOST_ALONE = 1.0, 5.0
"""Milliseconds a sequence that are wanted at the most."""

CLASSIFIERS = {
    "SkeletonClassifier(skeleton)": SkeletonClassifier(skeleton=KINECT_V1, max_epochs=1, random_state=0),
    "SkeletonClassifier(skeleton, n_clips=3)": SkeletonClassifier(
        skeleton=KINECT_V1, n_clips=3, max_epochs=1, random_state=0
    ),
    "SkeletonClassifier(skeleton=None)": SkeletonClassifier(skeleton=None, max_epochs=1, random_state=0),
    "SkeletonClassifier('cooccurrence', skeleton=None, fusion='early', hidden_dim=256)": SkeletonClassifier(
        "cooccurrence", skeleton=None, fusion="early", hidden_dim=256, max_epochs=1, random_state=0
    ),
    "GRUClassifier(skeleton=None)": GRUClassifier(skeleton=None, max_epochs=1, random_state=0),
}


def milliseconds_in_batch(classifier: Any, X: np.ndarray, n_repeats: int = 3) -> float:
    """Best time a sequence of some calls of predict on all sequences.

    Parameters
    ----------
    classifier : estimator
        Fitted.
    X : ndarray of shape (n_samples, n_frames, n_joints, 3)
        Sequences.
    n_repeats : int
        Number of calls.

    Returns
    -------
    float
        Milliseconds.
    """
    return 1000 * min(seconds_of(classifier, X) for _ in range(n_repeats)) / len(X)


def milliseconds_alone(classifier: Any, X: np.ndarray) -> float:
    """Median time of calls of predict on one sequence each.

    Parameters
    ----------
    classifier : estimator
        Fitted.
    X : ndarray of shape (n_samples, n_frames, n_joints, 3)
        Sequences.

    Returns
    -------
    float
        Milliseconds.
    """
    return 1000 * float(np.median([seconds_of(classifier, X[at : at + 1]) for at in range(len(X))]))


def seconds_of(classifier: Any, X: np.ndarray) -> float:
    """Time of one call of predict."""
    start = time.perf_counter()
    classifier.predict(X)
    return time.perf_counter() - start


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=1000, help="sequences predicted at once")
    parser.add_argument("--calls", type=int, default=200, help="sequences predicted one by one")
    options = parser.parse_args(arguments)
    actions = make_actions(100, skeleton=KINECT_V1, random_state=0)
    some = make_skeleton_pipeline(KINECT_V1, n_frames=N_FRAMES).fit_transform(actions.sequences).astype(np.float32)
    X = some[np.arange(max(options.sequences, options.calls)) % len(some)]
    print(f"{options.sequences} sequences of {' x '.join(map(str, X.shape[1:]))}, milliseconds a sequence")
    for name, classifier in CLASSIFIERS.items():
        classifier.fit(some, actions.target)
        in_batch = milliseconds_in_batch(classifier, X[: options.sequences])
        report(f"{name}, all in one call of predict", in_batch, MOST_IN_BATCH, at_least=False)
        alone = milliseconds_alone(classifier, X[: options.calls])
        report(f"{name}, one in a call, median of {options.calls}", alone, MOST_ALONE, at_least=False)


if __name__ == "__main__":
    main()
