"""Training on sequences that lie in a file, mapped into memory: how much memory is taken beside them.

    python -m tests.benchmarks.larger_than_memory --gigabytes 12

Writes a file of random motions, (n, 300, 50, 3) float32, maps it read-only and lets each estimator train on it and
embed or classify a part. What a process takes beside mapped pages is its anonymous memory, looked at many times a
second; its growth over a fit is printed, and compared with 2 GB. Linux only.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from skeletonlearn import ConMLPEmbedder, Graph2VecEmbedder, GRUClassifier, SkeletonClassifier

SHAPE = (300, 50, 3)
N_CLASSES = 20
WANTED_GB = 2.0
GB = 1e9
SMALLEST = ("--gigabytes", "0.018", "--batch-size", "8")


class AnonymousMemory:
    """Watches how much memory of this process is neither shared nor mapped from a file."""

    def __init__(self) -> None:
        self.peak = 0.0

    @contextmanager
    def watched(self) -> Iterator[AnonymousMemory]:
        """Note the largest amount inside the block, in bytes."""
        done = threading.Event()

        def look() -> None:
            while not done.wait(0.01):
                self.peak = max(self.peak, self.now())

        self.peak = self.now()
        watcher = threading.Thread(target=look, daemon=True)
        watcher.start()
        try:
            yield self
        finally:
            done.set()
            watcher.join()

    @staticmethod
    def now() -> float:
        """The amount now, in bytes."""
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(1024.0 * int(line.split()[1]) for line in lines if line.startswith("RssAnon"))


def write_motions(path: Path, n_samples: int, seed: int = 0) -> np.ndarray:
    """A read-only memory-map of random motions, written a part at a time."""
    rng = np.random.default_rng(seed)
    array = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(n_samples, *SHAPE))
    for start in range(0, n_samples, 500):
        part = array[start : start + 500]
        part[:] = rng.standard_normal(part.shape, dtype=np.float32)
    array.flush()
    del array
    return np.load(path, mmap_mode="r")


def fits(n_epochs: int, batch_size: int) -> dict[str, Callable[[np.ndarray, np.ndarray], Any]]:
    """What is measured, by name: each takes the mapped sequences and the classes."""
    network = {"max_epochs": n_epochs, "random_state": 0, "batch_size": batch_size, "device": "cpu"}

    def embed(X: np.ndarray, y: np.ndarray) -> np.ndarray:
        return ConMLPEmbedder("mlp", streams=("joint",), **network).fit(X, y).transform(X)

    def stream(X: np.ndarray, y: np.ndarray) -> Any:
        model = ConMLPEmbedder("mlp", streams=("joint",), **network)
        for part in np.array_split(np.arange(len(X)), 10):
            model.partial_fit(X[part[0] : part[-1] + 1], y[part])
        return model

    def classify(X: np.ndarray, y: np.ndarray) -> np.ndarray:
        model = SkeletonClassifier("mlp", streams=("joint",), hidden_dim=64, **network).fit(X, y)
        return model.predict(X[: len(X) // 10])

    def recur(X: np.ndarray, y: np.ndarray) -> np.ndarray:
        few = max(len(X) // 50, 8)  # a map of a part of the file
        options = {**network, "batch_size": min(64, batch_size)}
        return GRUClassifier(streams=("joint",), hidden_dim=16, **options).fit(X[:few], y[:few])

    def graphs(X: np.ndarray, y: np.ndarray) -> np.ndarray:
        embedder = Graph2VecEmbedder("NTU_RGBD", n_graphs=4, epochs=2, random_state=0)
        return embedder.fit(X).transform(X[: len(X) // 10])

    return {
        "ConMLPEmbedder.fit and transform": embed,
        "ConMLPEmbedder.partial_fit, ten parts": stream,
        "SkeletonClassifier.fit, predict a tenth": classify,
        "GRUClassifier.fit on a fiftieth": recur,
        "Graph2VecEmbedder.fit, transform a tenth": graphs,
    }


def growth(fit: Callable[[np.ndarray, np.ndarray], Any], X: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Bytes of anonymous memory that a fit takes at its peak, and the seconds it takes."""
    before, begun = AnonymousMemory.now(), perf_counter()
    with AnonymousMemory().watched() as memory:
        fit(X, y)
    return memory.peak - before, perf_counter() - begun


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and tell whether all stay below the bound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=12.0)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=512)
    parser.add_argument("--folder", type=Path, help="where the file is written; a temporary one if not given")
    parser.add_argument("--only", help="part of the names of what is measured")
    options = parser.parse_args(arguments)
    n_samples = int(options.gigabytes * GB / (4 * np.prod(SHAPE)))
    worst = 0.0
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        X = write_motions(Path(folder) / "motions.npy", n_samples)
        y = np.arange(n_samples) % N_CLASSES
        print(f"{n_samples:,} sequences of {SHAPE}, {X.nbytes / GB:.1f} GB in a read-only map", flush=True)
        for name, fit in fits(options.epochs, options.batch_size).items():
            if options.only and options.only not in name:
                continue
            grown, seconds = growth(fit, X, y)
            worst = max(worst, grown)
            print(f"{name:44} {grown / GB:6.2f} GB beside the map, {seconds:6.0f} s", flush=True)
        del X
    print(f"most: {worst / GB:.2f} GB (wanted below {WANTED_GB})")
    return int(worst >= WANTED_GB * GB)


if __name__ == "__main__":
    raise SystemExit(main())
