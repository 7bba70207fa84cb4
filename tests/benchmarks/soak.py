"""Long use of the estimators that train: fit, predict, clone and pickle, again and again, with memory that stays flat.

Run `python -m tests.benchmarks.soak --rounds 2000` from the repository's root (Linux only: it reads /proc). A round is
all of that with each network estimator and Graph2VecEmbedder, tiny ones. After a tenth of the rounds, in which
allocators and caches fill up, resident memory may not grow by more than `MOST_GROWTH` MiB (or 1.5 KiB a round, if that
is more), and at the end there are as many open files and threads as then. The exit code is 1 if there is more.
"""

from __future__ import annotations

import argparse
import gc
import os
import pickle
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone

from skeletonlearn.utils import all_estimators

MOST_GROWTH = 16.0
"""MiB that resident memory may grow by."""
SMALLEST = ("--rounds", "20", "--settle", "8")
_A_ROUND = 1.5 / 1024  # what the allocator leaves in pieces, if nothing is kept
_TINY = {
    "max_epochs": 1,
    "epochs": 1,
    "hidden_dim": 4,
    "projection_dim": 4,
    "dimensions": 4,
    "n_graphs": 2,
    "random_state": 0,
}


class Use(NamedTuple):
    """What the process uses.

    Attributes
    ----------
    memory : float
        Resident, in MiB.
    files : int
        Open file descriptors.
    threads : int
        Of the operating system: Python's and others.
    """

    memory: float
    files: int
    threads: int


def use() -> Use:
    """What the process uses now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    memory = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return Use(memory, len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task")))


def trainers() -> list[Any]:
    """Every public estimator that trains in epochs, tiny."""
    found = []
    for _, estimator_class in all_estimators():
        names = estimator_class().get_params()
        if "max_epochs" in names or "epochs" in names:
            found.append(estimator_class(**{name: value for name, value in _TINY.items() if name in names}))
    return found


def go_round(estimators: list[Any], X: np.ndarray, y: np.ndarray) -> None:
    """Fit, apply, clone, fit again, and send each estimator through a pickle."""
    for estimator in estimators:
        fitted = clone(estimator).fit(X, y)
        again = pickle.loads(pickle.dumps(fitted))
        for one in (fitted, again):
            (one.transform if hasattr(one, "transform") else one.predict)(X)


def soak(rounds: int, settle: int) -> tuple[Use, Use]:
    """What is used after the first rounds, and after all."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(6, 5, 3, 3)), np.arange(6) % 2
    estimators = trainers()
    for at in range(rounds):
        if at == settle:
            before = use()
        if at % 100 == 0:
            print(f"round {at}: {use()}, {threading.active_count()} threads of Python", file=sys.stderr, flush=True)
        go_round(estimators, X, y)
    return before, use()


def most_growth(rounds: int) -> float:
    """MiB that memory may grow by in so many rounds."""
    return max(MOST_GROWTH, _A_ROUND * rounds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Go so many rounds, print what was used, and give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--settle", type=int, help="rounds before memory is compared (default a tenth of all)")
    options = parser.parse_args(arguments)
    rounds, settle = options.rounds, options.settle or options.rounds // 10
    before, after = soak(rounds, settle)
    growth, bound = after.memory - before.memory, most_growth(rounds)
    print(f"{rounds} rounds of {', '.join(type(one).__name__ for one in trainers())}")
    print(f"memory {before.memory:.1f} MiB after round {settle}, {after.memory:.1f} at the end: {growth:+.1f} MiB")
    print(f"files {before.files} and {after.files}, threads {before.threads} and {after.threads}")
    kept = growth <= bound and after.files <= before.files and after.threads <= before.threads
    print(f"{'Within' if kept else 'BEYOND'} the bounds: {bound:.0f} MiB, no file and no thread more.")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
