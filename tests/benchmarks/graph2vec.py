"""Time and memory of Graph2VecEmbedder against karateclub's Graph2Vec and gensim's inference on the same graphs.

Run `python -m tests.benchmarks.graph2vec` from the repository's root. The graphs are frames of synthetic actions. The
peers take minutes for what is measured here in seconds, so they are measured on a sample of the same graphs, and
their times a graph multiplied; Doc2Vec's training time too is proportional to the number of graphs. karateclub trains
on all graphs, because it embeds only those that it trains on; Graph2VecEmbedder on its default 5,000 of them. Both
have the same parameters.

The memory is the peak resident memory of a fresh process (VmHWM, so Linux only) that fits and transforms, its
sequences and vectors included.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from skeletonlearn.datasets import make_actions
from skeletonlearn.embedding._graph2vec import Graph2VecEmbedder
from skeletonlearn.embedding._graph2vec._words import label_keys
from skeletonlearn.preprocessing import make_skeleton_pipeline
from skeletonlearn.skeletons import KINECT_V1

ROOT = Path(__file__).resolve().parents[2]
N_FRAMES = 64
NTU_GRAPHS, NTU_SECONDS = 3_400_000, 600.0
LEAST_HASHING, LEAST_WHOLE, LEAST_TRANSFORM, MOST_GROWTH = 60.0, 8.0, 3.0, 1.15
SMALLEST = ("--graphs", "300", "--many", "600", "--peers", "30")


def make_sequences(n_graphs: int) -> np.ndarray:
    """Aligned sequences of as many frame graphs, at least: different actions, then noisy copies of them."""
    n_samples = -(-n_graphs // Graph2VecEmbedder().n_graphs)
    actions = make_actions(min(n_samples, 400), skeleton=KINECT_V1, n_frames=(64, 90), random_state=0)
    some = make_skeleton_pipeline(KINECT_V1, n_frames=N_FRAMES).fit_transform(actions.sequences).astype(np.float32)
    X = some[np.arange(n_samples) % len(some)]
    rng = np.random.default_rng(0)
    for block in np.array_split(X, -(-n_samples // 400)):  # views of X; noise of all at once would take memory
        block += rng.normal(scale=0.02, size=block.shape).astype(np.float32)
    return X


def seconds(run: Callable[[], object], n_repeats: int = 1) -> float:
    """Best time of some runs."""
    times = []
    for _ in range(n_repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def measure_own(X: np.ndarray) -> tuple[Graph2VecEmbedder, dict[str, float]]:
    """Seconds of fit, transform and hashing alone on these sequences."""
    embedder = Graph2VecEmbedder(KINECT_V1, random_state=0)
    times = {"fit": seconds(lambda: embedder.fit(X)), "transform": seconds(lambda: embedder.transform(X), 2)}
    coder = embedder._words.coder
    labels = np.concatenate([coder.frame_graph.labels(coder.codes(block)) for block in coder.blocks(X)])

    def hash_all() -> None:
        for some in np.array_split(labels, -(-len(labels) // 10_000)):
            label_keys(some, coder.frame_graph.neighbours, embedder.wl_iterations)

    times["hashing"] = seconds(hash_all, 2)
    return embedder, times


def measure_peers(embedder: Graph2VecEmbedder, X: np.ndarray, n_graphs: int) -> dict[str, float]:
    """Seconds a graph of karateclub's hashing, its whole fit, and gensim's inference."""
    from skeletonlearn.embedding._graph2vec._model import WordGraph2Vec

    graphs = [graph for sample in embedder.to_graphs(X[: -(-n_graphs // embedder.n_graphs_)]) for graph in sample]
    model = WordGraph2Vec(
        wl_iterations=embedder.wl_iterations,
        attributed=True,
        dimensions=embedder.dimensions,
        workers=1,
        down_sampling=embedder.down_sampling,
        epochs=embedder.epochs,
        learning_rate=embedder.learning_rate,
        min_count=5,
    )
    documents: list[list[str]] = []
    hashing = seconds(lambda: documents.extend(model.documents(graphs)))
    fit = hashing + seconds(lambda: model.fit_documents(documents))
    inference = seconds(lambda: [model.doc2vec.infer_vector(words) for words in documents])
    return {name: total / len(graphs) for name, total in (("hashing", hashing), ("fit", fit), ("inference", inference))}


def peak_mebibytes() -> int:
    """This process's highest resident memory so far."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) // 1024


def report(what: str, got: float, wanted: float, *, at_least: bool) -> None:
    """Print a figure, its bound and whether it keeps it."""
    kept = got >= wanted if at_least else got <= wanted
    bound = f"wanted {'at least' if at_least else 'at most'} {wanted:g}"
    print(f"  {what:<68} {got:8.2f} ({bound}) {'OK' if kept else 'FALLS SHORT'}")


def compare(n_graphs: int, n_peers: int) -> None:
    """Print our times, the peers' and their ratios."""
    X = make_sequences(n_graphs)
    n_graphs = len(X) * Graph2VecEmbedder().n_graphs
    embedder, own = measure_own(X)
    peers = measure_peers(embedder, X, n_peers)
    print(f"{n_graphs} graphs of {2 * KINECT_V1.n_joints} nodes; the peers on {n_peers} of them, multiplied")
    for name, total in own.items():
        print(f"  Graph2VecEmbedder {name:<10} {total:8.2f} s, {1e6 * total / n_graphs:8.1f} microseconds a graph")
    for name, each in peers.items():
        print(f"  peer's {name:<21} {each * n_graphs:8.2f} s, {1e6 * each:8.1f} microseconds a graph")
    report("karateclub's hashing / ours", peers["hashing"] * n_graphs / own["hashing"], LEAST_HASHING, at_least=True)
    whole = (peers["fit"] + peers["inference"]) * n_graphs / (own["fit"] + own["transform"])
    report("karateclub's fit and gensim's inference / fit and transform", whole, LEAST_WHOLE, at_least=True)
    transform = peers["inference"] * n_graphs / own["transform"]
    report("gensim's infer_vector / transform, codes and words included", transform, LEAST_TRANSFORM, at_least=True)


def measure_many(n_graphs: int) -> dict[str, float]:
    """Times and memory of a fresh process on many graphs."""
    command = [sys.executable, "-m", "tests.benchmarks.graph2vec", "--only-many", str(n_graphs)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    names = ("graphs", "sequences", "fit", "transform", "tenth", "peak")
    return dict(zip(names, map(float, done.stdout.split()), strict=True))


def print_many(n_graphs: int) -> None:
    """What :func:`measure_many` reads; all graphs and a tenth of them take turns."""
    X = make_sequences(n_graphs)
    embedder = Graph2VecEmbedder(KINECT_V1, random_state=0)
    fit = seconds(lambda: embedder.fit(X))
    parts = {"transform": X, "tenth": X[: len(X) // 10]}
    turns = [{name: seconds(lambda part=part: embedder.transform(part)) for name, part in parts.items()} for _ in "12"]
    best = [min(turn[name] for turn in turns) / len(part) for name, part in parts.items()]
    print(
        len(X) * embedder.n_graphs_,
        X.nbytes / 2**20,
        fit,
        *(each / embedder.n_graphs_ for each in best),
        peak_mebibytes(),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--graphs", type=int, default=50_000, help="graphs of the comparison")
    parser.add_argument("--many", type=int, default=500_000, help="graphs that the growth of time is measured up to")
    parser.add_argument("--peers", type=int, default=2_000, help="graphs that the peers are measured on")
    parser.add_argument("--only-many", type=int, help=argparse.SUPPRESS)
    wanted = parser.parse_args(arguments)
    if wanted.only_many:
        print_many(wanted.only_many)
        return
    compare(wanted.graphs, wanted.peers)
    many = measure_many(wanted.many)
    each = many["transform"]
    print(f"{many['graphs']:.0f} graphs: fit {many['fit']:.1f} s, transform {each * many['graphs']:.1f} s")
    sizes = f"the sequences are {many['sequences']:.0f}, the vectors {many['graphs'] / 2048:.0f}"
    print(f"  peak memory {many['peak']:.0f} MiB, of which {sizes}")
    report("transform's time a graph / that of a tenth of them", each / many["tenth"], MOST_GROWTH, at_least=False)
    ntu = many["fit"] + each * NTU_GRAPHS
    report(f"seconds for {NTU_GRAPHS} graphs, extrapolated", ntu, NTU_SECONDS, at_least=False)


if __name__ == "__main__":
    main()
