"""Time and memory of one ConMLP training step against its large matrix products alone.

Run `python -m tests.benchmarks.bench_training_step` from the repository's root for a table, or
`pytest tests/benchmarks/bench_training_step.py` to check the targets: at 512 x 300 x 50 x 3, encoder "mlp", supcon
and the published views, a step runs at three quarters or more of the speed of its matrix products, and takes at most
four batches of memory.

A step is what `fit` does with a batch: gather, two views, encoder, projection, loss, backward, AdamW. Its matrix
products are those of the first layer: for each view the forward one and that of the weight's gradient. Both take
turns, so that a busy machine slows both; the share is that of the medians, and for machines that are never idle that
of the quickest repetitions and that of processor time. Where other programs keep the cores busy, threads that wait
for each other spin for longer than they work: measure with `OMP_WAIT_POLICY=passive` there, or `OMP_NUM_THREADS=1`.

The memory is the peak resident memory (VmHWM, so Linux only) of a fresh process that trains for an epoch of two
batches, minus what was resident before (imports, a step of a tiny network, the data, the weights) and minus the
gradients and AdamW's two moments, each as large as the weights.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch

from skeletonlearn._training.batches import SequenceBatches
from skeletonlearn._training.loop import TrainingSettings, make_optimizer, run_epoch
from skeletonlearn.augmentation import Reverse, Shear
from skeletonlearn.embedding._architecture import ConMLPArchitecture
from skeletonlearn.embedding._objective import ContrastiveObjective
from skeletonlearn.losses import supcon

ROOT = Path(__file__).resolve().parents[2]
BATCH_SIZE, SHAPE, HIDDEN_DIM, N_CLASSES = 512, (300, 50, 3), 256, 60
LEAST_SPEED, MOST_BATCHES = 0.75, 4.0
CPU = torch.device("cpu")


class Seconds(NamedTuple):
    """What a piece of work took."""

    wall: float
    processor: float


def random_sequences(n_samples: int, shape: tuple[int, int, int] = SHAPE) -> np.ndarray:
    """Return float32 sequences, made without a copy in another type."""
    return np.random.default_rng(0).standard_normal((n_samples, *shape), dtype=np.float32)


def make_epoch(X: np.ndarray) -> tuple[torch.nn.Module, Callable[[], dict[str, float]]]:
    """Return ConMLP's networks, and what trains them on X once."""
    labels = np.arange(len(X)) % N_CLASSES
    networks = ConMLPArchitecture(
        shape=X.shape[1:],
        encoder="mlp",
        streams=("joint",),
        skeleton=None,
        hidden_dim=HIDDEN_DIM,
        dropout=None,
        projection_dim=128,
        projection_layers=1,
        has_decoder=False,
    ).build()
    contrast = partial(supcon, temperature=0.1)
    objective = ContrastiveObjective(
        networks, SequenceBatches(X, CPU), labels, (Shear(1.0), Reverse(0.5)), contrast, 0.0, CPU
    )
    settings = TrainingSettings(max_epochs=1, batch_size=BATCH_SIZE, learning_rate=1e-3, weight_decay=0.02)
    optimizer = make_optimizer(networks, settings)
    generator = torch.Generator().manual_seed(0)
    return networks, lambda: run_epoch(networks, optimizer, objective, len(X), settings, 0, generator, CPU)


def make_products() -> Callable[[], None]:
    """Return what computes the first layer's products for two views, into memory that is there already."""
    views = [torch.randn(BATCH_SIZE, int(np.prod(SHAPE))) for _ in range(2)]
    weight = torch.randn(HIDDEN_DIM, views[0].shape[1])
    slope = torch.randn(BATCH_SIZE, HIDDEN_DIM)
    hidden, gradient = torch.empty_like(slope), torch.empty_like(weight)

    def products() -> None:
        for view in views:
            torch.mm(view, weight.T, out=hidden)  # (B, F*J*C) @ (F*J*C, 256)
        for view in views:
            torch.mm(slope.T, view, out=gradient)  # (256, B) @ (B, F*J*C)

    return products


def seconds(work: Callable[[], object]) -> Seconds:
    """Time a piece of work once."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Seconds(time.perf_counter() - wall, time.process_time() - processor)


def take_turns(n_repeats: int) -> dict[str, list[Seconds]]:
    """Time a step and its products in turn, after one of each to warm up."""
    _, step = make_epoch(random_sequences(BATCH_SIZE))
    work: dict[str, Callable[[], object]] = {"products": make_products(), "step": step}
    times: dict[str, list[Seconds]] = {name: [] for name in work}
    for _ in range(n_repeats + 1):
        for name, piece in work.items():
            times[name].append(seconds(piece))
    return {name: found[1:] for name, found in times.items()}


def speed(times: dict[str, list[Seconds]], clock: str, summary: Callable[[list[float]], float]) -> float:
    """Return the products' time as a share of the step's."""
    taken = {name: summary([getattr(one, clock) for one in found]) for name, found in times.items()}
    return taken["products"] / taken["step"]


def resident_bytes(what: str) -> int:
    """Return this process's resident memory: VmRSS now, VmHWM at its highest."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(re.findall(rf"{what}:\s+(\d+) kB", status)[0])


def measure_own_memory() -> float:
    """Return the batches of memory that an epoch takes in this fresh process."""
    _, warm_up = make_epoch(random_sequences(BATCH_SIZE, shape=(2, 2, 3)))
    warm_up()
    X = random_sequences(2 * BATCH_SIZE)
    networks, epoch = make_epoch(X)
    before = resident_bytes("VmRSS")
    epoch()
    gradient_and_moments = 3 * sum(weight.nbytes for weight in networks.parameters())
    return (resident_bytes("VmHWM") - before - gradient_and_moments) / X[:BATCH_SIZE].nbytes


def batches_of_memory() -> float:
    """Measure the memory of an epoch in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_training_step", "--own-memory"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout)


def test_a_step_is_at_least_three_quarters_as_fast_as_its_matrix_products() -> None:
    assert speed(take_turns(9), "wall", statistics.median) >= LEAST_SPEED


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="VmHWM is Linux's")
def test_a_step_takes_at_most_four_batches_of_memory() -> None:
    assert batches_of_memory() <= MOST_BATCHES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=15, help="how often both are timed")
    parser.add_argument("--own-memory", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.own_memory:
        print(measure_own_memory())
        return
    times = take_turns(arguments.repeats)
    shape = " x ".join(map(str, (BATCH_SIZE, *SHAPE)))
    print(f"ConMLP training step, {shape}, float32, CPU, {torch.get_num_threads()} threads")
    for name, found in times.items():
        wall, processor = ([1000 * value for value in column] for column in zip(*found, strict=True))
        print(
            f"{name:>10}: median {statistics.median(wall):7.1f} ms, quickest {min(wall):7.1f} ms, "
            f"processor {min(processor):7.1f} ms"
        )
    quickest, processor_time = speed(times, "wall", min), speed(times, "processor", min)
    print(f"     speed: {speed(times, 'wall', statistics.median):.3f} of the products' (wanted {LEAST_SPEED})")
    print(f"            {quickest:.3f} by the quickest, {processor_time:.3f} by processor time")
    print(f"    memory: {batches_of_memory():.2f} batches beyond data and optimiser (wanted {MOST_BATCHES})")


if __name__ == "__main__":
    main()
