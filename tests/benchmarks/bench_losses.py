"""Time and memory of the contrastive core against a masked implementation of the published shape.

Run `python -m tests.benchmarks.bench_losses` from the repository's root for a table, or
`pytest tests/benchmarks/bench_losses.py` to check the targets: at 4096 rows of 128 dimensions, in
float32 on CPU, at most .7 of the masked implementation's time and .5 of its peak memory.

The time is the median of forward + backward passes, the implementations taking turns so that a
busy machine slows both. The memory is the peak resident memory of a fresh process (VmHWM, so Linux
only) minus its peak after the imports and a pass over a few rows.
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

import pytest
import torch
from torch import Tensor

from skeletonlearn.losses import tcl

Loss = Callable[[Tensor, Tensor], Tensor]

ROOT = Path(__file__).resolve().parents[2]
N_ROWS, DIM, N_CLASSES = 4096, 128, 60
TEMPERATURE, K1, K2 = 0.1, 10.0, 2.0
MOST_TIME, MOST_MEMORY = 0.7, 0.5
SMALLEST = ("--rows", "240", "--repeats", "1")


def masked_tcl(z: Tensor, labels: Tensor) -> Tensor:
    """Compute the loss with (N, N) masks and autograd, as the published code does."""
    z = torch.nn.functional.normalize(z, dim=1)
    similarity = z @ z.T
    logits = similarity / TEMPERATURE
    highest = logits.max(dim=1, keepdim=True).values.detach()
    logits = logits - highest
    same = (labels[:, None] == labels[None, :]).float()
    positive = same * (1 - torch.eye(len(z)))
    negative = 1 - same
    exp_logits = torch.exp(logits)
    denominator = (
        (exp_logits * positive).sum(1, keepdim=True)
        + K1 * (torch.exp(-similarity - highest) * positive).sum(1, keepdim=True)
        + K2 * (exp_logits * negative).sum(1, keepdim=True)
    )
    log_probability = logits - torch.log(denominator)
    return -((positive * log_probability).sum(1) / positive.sum(1)).mean()


def block_tcl(z: Tensor, labels: Tensor) -> Tensor:
    """Compute the loss with the package's core."""
    return tcl(z, labels, TEMPERATURE, K1, K2)


IMPLEMENTATIONS: dict[str, Loss] = {"masked": masked_tcl, "block": block_tcl}


def make_batch(n_rows: int = N_ROWS) -> tuple[Tensor, Tensor]:
    """Return projections that require a gradient, and two views' labels."""
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(n_rows, DIM, generator=generator, requires_grad=True)
    labels = torch.arange(n_rows // 2).remainder(N_CLASSES).repeat(2)
    return z, labels


def seconds(loss: Loss, z: Tensor, labels: Tensor) -> float:
    """Time one forward and backward pass."""
    z.grad = None
    start = time.perf_counter()
    loss(z, labels).backward()
    return time.perf_counter() - start


def median_seconds(n_rows: int = N_ROWS, n_repeats: int = 9) -> dict[str, float]:
    """Time the implementations in turn, after one pass of each to warm up."""
    z, labels = make_batch(n_rows)
    times: dict[str, list[float]] = {name: [] for name in IMPLEMENTATIONS}
    for _ in range(n_repeats + 1):
        for name, loss in IMPLEMENTATIONS.items():
            times[name].append(seconds(loss, z, labels))
    return {name: statistics.median(found[1:]) for name, found in times.items()}


def peak_kib() -> int:
    """Return this process's highest resident memory so far.

    Not `resource.getrusage`: its ru_maxrss starts a child off with the peak of its parent.
    """
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])


def measure_own_memory(name: str, n_rows: int) -> int:
    """Return the MiB that one pass adds to this fresh process's peak."""
    seconds(IMPLEMENTATIONS[name], *make_batch(n_rows=8 * N_CLASSES))
    batch = make_batch(n_rows)
    before = peak_kib()
    seconds(IMPLEMENTATIONS[name], *batch)
    return (peak_kib() - before) // 1024


def peak_mebibytes(name: str, n_rows: int = N_ROWS) -> int:
    """Measure the memory of an implementation in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_losses", "--memory-of", name, "--rows", str(n_rows)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return int(done.stdout)


def test_the_masked_implementation_computes_the_same_loss_and_gradient() -> None:
    z, labels = make_batch(n_rows=480)
    (masked_gradient,) = torch.autograd.grad(masked_tcl(z, labels), z)
    (block_gradient,) = torch.autograd.grad(block_tcl(z, labels), z)
    torch.testing.assert_close(block_tcl(z, labels), masked_tcl(z, labels))
    torch.testing.assert_close(block_gradient, masked_gradient)


def test_the_core_takes_at_most_seven_tenths_of_the_masked_time() -> None:
    times = median_seconds()
    assert times["block"] <= MOST_TIME * times["masked"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="VmHWM is Linux's")
def test_the_core_takes_at_most_half_of_the_masked_peak_memory() -> None:
    assert peak_mebibytes("block") <= MOST_MEMORY * peak_mebibytes("masked")


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the command's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=N_ROWS, help="rows of a batch")
    parser.add_argument("--repeats", type=int, default=9, help="how often each implementation is timed")
    parser.add_argument("--memory-of", choices=IMPLEMENTATIONS, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a table."""
    options = parse(arguments)
    if options.memory_of is not None:
        print(measure_own_memory(options.memory_of, options.rows))
        return
    times = median_seconds(options.rows, options.repeats)
    memory = {name: peak_mebibytes(name, options.rows) for name in IMPLEMENTATIONS}
    print(f"tcl forward + backward, {options.rows} rows x {DIM}, float32, CPU")
    for name in IMPLEMENTATIONS:
        print(f"{name:>8}: {1000 * times[name]:7.1f} ms, peak {memory[name]:5d} MiB")
    print(f"  ratio: {times['block'] / times['masked']:.3f} of the time (wanted {MOST_TIME})")
    print(f"         {memory['block'] / max(memory['masked'], 1):.3f} of the memory (wanted {MOST_MEMORY})")


if __name__ == "__main__":
    main()
