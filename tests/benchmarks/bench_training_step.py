"""Time and memory of one ConMLP training step against its large matrix products alone.

Run `python -m tests.benchmarks.bench_training_step` from the repository's root for a table, or
`pytest tests/benchmarks/bench_training_step.py` to check the targets: at 512 x 300 x 50 x 3, encoder "mlp", supcon
and the published views, a step runs at three quarters or more of the speed of its matrix products, and takes at most
four batches of memory.

A step is what `fit` does with a batch: gather, two views, encoder, projection, loss, backward, AdamW. It is the time
that `fit` takes for more epochs of one batch, minus the time of one epoch, so that checks of the input do not count.
Its matrix products, computed in plain torch, are those of the first layer: for each view the forward product and that
of the weight's gradient. Both take turns, so that a busy machine slows both; the share is that of the medians, and for
machines that are never idle that of the quickest repetitions and that of processor time. Where other programs keep the
cores busy, threads that wait for each other spin for longer than they work: measure with `OMP_WAIT_POLICY=passive`
there, or `OMP_NUM_THREADS=1`.

The memory is the peak resident memory (VmHWM, so Linux only) of a fresh process that fits for an epoch of two batches,
minus what was resident before (imports, a fit of a tiny network, the data) and minus the weights, their gradients and
AdamW's two moments, each as large as the weights.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch

from skeletonlearn import ConMLPEmbedder
from skeletonlearn.augmentation import Reverse, Shear

ROOT = Path(__file__).resolve().parents[2]
HIDDEN_DIM, N_CLASSES, N_STEPS = 256, 60, 4
LEAST_SPEED, MOST_BATCHES = 0.75, 4.0
SMALLEST = ("--batch-size", "8", "--frames", "4", "--repeats", "1")


class Size(NamedTuple):
    """Size of a batch.

    Attributes
    ----------
    batch_size : int
        Number of sequences.
    n_frames, n_joints, n_channels : int
        Shape of a sequence.
    """

    batch_size: int = 512
    n_frames: int = 300
    n_joints: int = 50
    n_channels: int = 3

    @property
    def n_features(self) -> int:
        """Number of values of a sequence."""
        return self.n_frames * self.n_joints * self.n_channels


class Seconds(NamedTuple):
    """What a piece of work took."""

    wall: float
    processor: float


def random_sequences(size: Size, n_batches: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return float32 sequences, made without a copy in another type, and their classes."""
    n_samples = n_batches * size.batch_size
    X = np.random.default_rng(0).standard_normal((n_samples, *size[1:]), dtype=np.float32)
    return X, np.arange(n_samples) % min(N_CLASSES, size.batch_size // 2)


def make_embedder(size: Size, max_epochs: int) -> ConMLPEmbedder:
    """Return the published network, unfitted."""
    return ConMLPEmbedder(
        "mlp",
        streams=("joint",),
        skeleton=None,
        hidden_dim=HIDDEN_DIM,
        projection_dim=128,
        loss="supcon",
        augmentation=(Shear(1.0), Reverse(0.5)),
        max_epochs=max_epochs,
        batch_size=size.batch_size,
        random_state=0,
        device="cpu",
    )


def make_products(size: Size) -> Callable[[], None]:
    """Return what computes the first layer's products for two views, into memory that is there already."""
    views = [torch.randn(size.batch_size, size.n_features) for _ in range(2)]
    weight = torch.randn(HIDDEN_DIM, size.n_features)
    slope = torch.randn(size.batch_size, HIDDEN_DIM)
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


def seconds_of_a_step(size: Size, X: np.ndarray, y: np.ndarray) -> Seconds:
    """Time a step of training: what each further epoch of one batch adds to a fit."""
    one = seconds(lambda: make_embedder(size, 1).fit(X, y))
    more = seconds(lambda: make_embedder(size, 1 + N_STEPS).fit(X, y))
    return Seconds(*((longer - shorter) / N_STEPS for longer, shorter in zip(more, one, strict=True)))


def take_turns(size: Size, n_repeats: int) -> dict[str, list[Seconds]]:
    """Time a step and its products in turn, after one of each to warm up."""
    X, y = random_sequences(size)
    products = make_products(size)
    times: dict[str, list[Seconds]] = {"products": [], "step": []}
    for _ in range(n_repeats + 1):
        times["products"].append(seconds(products))
        times["step"].append(seconds_of_a_step(size, X, y))
    return {name: found[1:] for name, found in times.items()}


def speed(times: dict[str, list[Seconds]], clock: str, summary: Callable[[list[float]], float]) -> float:
    """Return the products' time as a share of the step's."""
    taken = {name: summary([getattr(one, clock) for one in found]) for name, found in times.items()}
    return taken["products"] / taken["step"]


def resident_bytes(what: str) -> int:
    """Return this process's resident memory: VmRSS now, VmHWM at its highest."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(re.findall(rf"{what}:\s+(\d+) kB", status)[0])


def measure_own_memory(size: Size) -> float:
    """Return the batches of memory that an epoch takes in this fresh process."""
    tiny = size._replace(batch_size=8, n_frames=2, n_joints=2)
    make_embedder(tiny, 1).fit(*random_sequences(tiny))
    X, y = random_sequences(size, n_batches=2)
    before = resident_bytes("VmRSS")
    fitted = make_embedder(size, 1).fit(X, y)
    n_weights = sum(array.nbytes for array in fitted.network_state_.values())
    return (resident_bytes("VmHWM") - before - 4 * n_weights) / (X.nbytes / 2)


def batches_of_memory(size: Size) -> float:
    """Measure the memory of an epoch in a process of its own."""
    own = ["--own-memory", "--batch-size", str(size.batch_size), "--frames", str(size.n_frames)]
    command = [sys.executable, "-m", "tests.benchmarks.bench_training_step", *own]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout)


def test_a_step_is_at_least_three_quarters_as_fast_as_its_matrix_products() -> None:
    assert speed(take_turns(Size(), 9), "wall", statistics.median) >= LEAST_SPEED


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="VmHWM is Linux's")
def test_a_step_takes_at_most_four_batches_of_memory() -> None:
    assert batches_of_memory(Size()) <= MOST_BATCHES


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the command's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=15, help="how often both are timed")
    parser.add_argument("--batch-size", type=int, default=Size().batch_size, help="sequences in a batch")
    parser.add_argument("--frames", type=int, default=Size().n_frames, help="frames of a sequence")
    parser.add_argument("--own-memory", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a table."""
    options = parse(arguments)
    size = Size(options.batch_size, options.frames)
    if options.own_memory:
        print(measure_own_memory(size))
        return
    times = take_turns(size, options.repeats)
    print(f"ConMLP training step, {' x '.join(map(str, size))}, float32, CPU, {torch.get_num_threads()} threads")
    for name, found in times.items():
        wall, processor = ([1000 * value for value in column] for column in zip(*found, strict=True))
        print(
            f"{name:>10}: median {statistics.median(wall):7.1f} ms, quickest {min(wall):7.1f} ms, "
            f"processor {min(processor):7.1f} ms"
        )
    quickest, processor_time = speed(times, "wall", min), speed(times, "processor", min)
    print(f"     speed: {speed(times, 'wall', statistics.median):.3f} of the products' (wanted {LEAST_SPEED})")
    print(f"            {quickest:.3f} by the quickest, {processor_time:.3f} by processor time")
    print(f"    memory: {batches_of_memory(size):.2f} batches beyond data and optimiser (wanted {MOST_BATCHES})")


if __name__ == "__main__":
    main()
