"""Time and memory of reading NTU RGB+D raw files, against line-by-line parsers of the usual kinds.

Run `python -m tests.benchmarks.ntu --files 4000` from the repository's root. It makes 200 files of the size and the
number formats of the real ones (30 to 300 frames, one body or two, seven significant digits) in a temporary folder, and
links them under as many names as asked for: each name is opened, read and parsed, from memory as on a second run over a
real folder.

The references are written from scratch in two usual ways, the first taking all columns (a dict a joint), the second
only x, y and z (an array a joint: many take the colour pixels too, which doubles its time); what cleans their bodies is
the tests' plain reference, slower than need be, so the figures of reading alone are printed too. All take turns in one
process, their times are processor time, and the median of the turns counts, so that a busy machine matters little. The
memory is the peak resident memory (VmHWM, so Linux only) of a fresh process, interpreter and imports included.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from skeletonlearn.datasets._ntu._load import load_ntu_rgbd
from skeletonlearn.datasets._ntu._missing_samples import load_missing_names
from skeletonlearn.datasets._ntu._parse import parse_ntu_skeleton
from skeletonlearn.datasets._source import find_files, read_contents
from tests.datasets.ntu import slow_reference

ROOT = Path(__file__).resolve().parents[2]
N_DISTINCT, N_COMPARED, N_TURNS = 200, 60, 5
WHOLE = 56_880
SMALLEST = ("--files", "8")
LEAST_SPEED, MOST_GROWTH, MOST_MEBIBYTES = 5.0, 1.25, 500
UNORIENTED = (3, 15, 19, 21, 22, 23, 24)  # the ends of limbs
JOINT = ("x", "y", "z", "depth_x", "depth_y", "color_x", "color_y", "turn_w", "turn_x", "turn_y", "turn_z", "state")
BODY = ("id", "clipped", "left_sure", "left", "right_sure", "right", "restricted", "lean_x", "lean_y", "state")
ROW = "%.7g " * 11 + "%d\n"

Bodies = dict[int, dict[int, np.ndarray]]


def make_file(rng: np.random.Generator) -> bytes:
    """Write a file as the sensor's software does."""
    n_frames = int(np.clip(rng.lognormal(4.3, 0.4), 30, 300))
    shown = [np.arange(n_frames)]
    if rng.random() < 0.25:  # a second person; seldom a shadow for a few frames too
        shown.append(np.arange(int(rng.integers(0, n_frames // 2)), n_frames))
    if rng.random() < 0.05:
        shown.append(np.arange(int(rng.integers(5, 20))))
    # the reference by dicts reads ids as float64, which tells apart every sixteenth
    bodies = [_show_body(rng, 72057594037930000 + 160 * number, frames) for number, frames in enumerate(shown)]
    text = [f"{n_frames}\n"]
    for frame in range(n_frames):
        blocks = [body[frame] for body in bodies if frame in body]
        text += [f"{len(blocks)}\n", *blocks]
    return "".join(text).replace("e-", "E-").encode()


def _show_body(rng: np.random.Generator, body_id: int, frames: np.ndarray) -> dict[int, str]:
    """The lines of a body by frame: a body that stands, moving a little."""
    n = len(frames)
    columns = np.empty((n, 25, 12))
    place = rng.normal(size=(25, 3)) * (0.25, 0.5, 0.1) + (rng.normal(), 0, rng.uniform(2, 4))
    columns[..., :3] = place + rng.normal(scale=0.02, size=(n, 25, 3)).cumsum(axis=0)
    columns[..., 3:7] = columns[..., [0, 1, 0, 1]] * (100, -100, 300, -300) + (256, 212, 960, 540)
    columns[..., 7:11] = rng.uniform(-1, 1, size=(n, 25, 4))
    columns[:, UNORIENTED, 7:11] = 0
    columns[..., 11] = rng.choice([2, 2, 2, 1], size=(n, 25))
    lean = rng.uniform(-1, 1, size=(n, 2))
    rows = ROW * 25
    return {
        int(frame): f"{body_id} 0 1 1 0 1 0 {x:.7g} {y:.7g} 2\n25\n" + rows % tuple(values)
        for frame, (x, y), values in zip(frames, lean, columns.reshape(n, -1).tolist(), strict=True)
    }


def names() -> Iterator[str]:
    """Names of NTU RGB+D that are not on the official list of missing skeletons."""
    missing = load_missing_names("ntu60")
    parts = itertools.product(range(1, 18), range(1, 41), range(1, 3), range(1, 61), range(1, 4))
    stems = (f"S{s:03}C{c:03}P{p:03}R{r:03}A{a:03}" for s, p, r, a, c in parts)
    return (f"{stem}.skeleton" for stem in stems if stem not in missing)


def link_files(sources: list[Path], folder: Path, n_files: int) -> Path:
    """Give `n_files` names in a folder to the sources, in turn."""
    folder.mkdir()
    for source, name in zip(itertools.cycle(sources), itertools.islice(names(), n_files), strict=False):
        os.link(source, folder / name)
    return folder


def parse_by_dicts(path: Path) -> Bodies:
    """One dict a joint, of all columns, by `readline`."""
    bodies: Bodies = {}
    with open(path) as file:
        frames = []
        for _ in range(int(file.readline())):
            shown = []
            for _ in range(int(file.readline())):
                body = dict(zip(BODY, map(float, file.readline().split()), strict=True))
                n_joints = int(file.readline())
                joints = [
                    {key: float(word) for key, word in zip(JOINT, file.readline().split(), strict=True)}
                    for _ in range(n_joints)
                ]
                shown.append((body, joints))
            frames.append(shown)
    for number, shown in enumerate(frames):
        for body, joints in shown:
            places = np.array([[joint["x"], joint["y"], joint["z"]] for joint in joints], dtype=np.float32)
            bodies.setdefault(int(body["id"]), {})[number] = places
    return bodies


def parse_by_arrays(path: Path) -> Bodies:
    """One array a joint, of x, y and z only, from `readlines`."""
    with open(path) as file:
        lines = file.readlines()
    bodies: Bodies = {}
    at = 1
    for number in range(int(lines[0].strip("\r\n"))):
        n_bodies = int(lines[at].strip("\r\n"))
        at += 1
        for _ in range(n_bodies):
            body_id = int(lines[at].strip("\r\n").split()[0])
            n_joints = int(lines[at + 1].strip("\r\n"))
            at += 2
            joints = np.zeros((n_joints, 3), dtype=np.float32)
            for joint in range(n_joints):
                joints[joint] = np.array(lines[at].strip("\r\n").split()[:3], dtype=np.float32)
                at += 1
            bodies.setdefault(body_id, {})[number] = joints
    return bodies


REFERENCES: dict[str, Callable[[Path], Bodies]] = {"dicts": parse_by_dicts, "arrays": parse_by_arrays}


def parse(folder: Path) -> None:
    """Read and parse the files of a folder as the loader does."""
    for content in read_contents(find_files(folder, "*.skeleton", "")):
        parse_ntu_skeleton(content, tracking_states=False)


def load(folder: Path) -> list[np.ndarray]:
    """Read and clean the files of a folder."""
    return load_ntu_rgbd(folder, protocol="xview", on_error="skip", n_jobs=1).sequences


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Time a piece of work."""
    start = clock()
    work()
    return clock() - start


def compare(folder: Path) -> dict[str, float]:
    """Seconds of processor time a file, for parsing alone and with the cleaning, ours and the references'."""
    paths = sorted(folder.iterdir())
    jobs: dict[str, Callable[[], object]] = {"parse": lambda: parse(folder), "load": lambda: load(folder)}
    for name, reference in REFERENCES.items():
        jobs[f"parse by {name}"] = lambda reference=reference: [reference(path) for path in paths]
        jobs[f"load by {name}"] = lambda reference=reference: load_by(reference, paths)
    turns = [{name: seconds(job) / len(paths) for name, job in jobs.items()} for _ in range(N_TURNS)]
    return {name: statistics.median(turn[name] for turn in turns) for name in jobs}


def load_by(reference: Callable[[Path], Bodies], paths: list[Path]) -> list[np.ndarray]:
    """Read and clean files by a reference."""
    return [slow_reference.clean_slowly(reference(path)) for path in paths]


def check_results(folder: Path) -> None:
    """The loader gives what the references give."""
    paths = sorted(folder.iterdir())
    for reference in REFERENCES.values():
        for ours, theirs in zip(load(folder), load_by(reference, paths), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


def measure_memory(folder: Path) -> tuple[float, float]:
    """Peak resident and output mebibytes of loading a folder in a fresh process."""
    command = [sys.executable, "-m", "tests.benchmarks.ntu", "--memory-of", str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    peak, output = map(float, done.stdout.split())
    return peak, output


def print_own_memory(folder: Path) -> None:
    """Print what `measure_memory` reads."""
    output = sum(sequence.nbytes for sequence in load(folder))
    peak = int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[0])
    print(peak / 2**10, output / 2**20)


def report(what: str, value: float, bound: float, *, at_least: bool) -> None:
    """Print a figure with its wanted bound."""
    kept = value >= bound if at_least else value <= bound
    wanted = f"{'at least' if at_least else 'at most'} {bound:g}"
    print(f"{what:<58} {value:8.2f}  (wanted {wanted:<12}) {'OK' if kept else 'FALLS SHORT'}")


def report_speed(folder: Path) -> None:
    """Compare with the references, in both kinds of line ends."""
    check_results(folder)
    times = compare(folder)
    for name, taken in times.items():
        print(f"{name:>16}: {1000 * taken:7.3f} ms a file")
    for name in REFERENCES:
        what = f"reading and cleaning, times faster than by {name}"
        report(what, times[f"load by {name}"] / times["load"], LEAST_SPEED, at_least=True)
        print(f"{f'reading alone, times faster than by {name}':<58} {times[f'parse by {name}'] / times['parse']:8.2f}")


def report_growth(sources: list[Path], folder: Path, n_files: int) -> None:
    """Time and memory from an eighth of the files to all, and what the whole data set would take."""
    sizes = [max(n_files // part, 1) for part in (8, 4, 2, 1)]
    folders = [link_files(sources, folder / str(size), size) for size in sizes]
    turns = [
        [seconds(lambda one=one: load(one)) / size for one, size in zip(folders, sizes, strict=True)] for _ in range(3)
    ]
    a_file = [min(taken) for taken in zip(*turns, strict=True)]
    for size, taken in zip(sizes, a_file, strict=True):
        print(f"{size:>16,} files: {1000 * taken:7.3f} ms a file, {size * taken:6.1f} s")
    report(
        f"time a file at {sizes[-1]:,} files against {sizes[0]:,}", a_file[-1] / a_file[0], MOST_GROWTH, at_least=False
    )
    peak, output = measure_memory(folders[-1])
    print(f"peak memory {peak:,.0f} MiB, output {output:,.0f} MiB")
    report("peak memory less output, MiB", peak - output, MOST_MEBIBYTES, at_least=False)
    times = WHOLE / sizes[-1]
    output, peak = output * times / 2**10, (peak + output * (times - 1)) / 2**10
    print(f"all {WHOLE:,} files of NTU RGB+D at this pace: {WHOLE * a_file[-1]:.0f} s on one core, files in memory;")
    print(f"  output {output:.1f} GiB, peak memory {peak:.1f} GiB")


def make_files(folder: Path, n_files: int) -> list[Path]:
    """Write distinct files and say how large they are."""
    rng = np.random.default_rng(0)
    made = [make_file(rng) for _ in range(n_files)]
    paths = [folder / f"{number:03}" for number in range(n_files)]
    for path, data in zip(paths, made, strict=True):
        path.write_bytes(data)
    lengths = [int(data.split(b"\n", 1)[0]) for data in made]
    frames = f"{min(lengths)} to {max(lengths)} frames (mean {np.mean(lengths):.0f})"
    print(f"{n_files} different files of {frames}, {np.mean([len(data) for data in made]) / 1000:.0f} kB")
    return paths


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=4000, help="how many files to read at most")
    parser.add_argument("--memory-of", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.memory_of:
        print_own_memory(options.memory_of)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        sources = make_files(folder, min(N_DISTINCT, options.files))
        n_compared = min(N_COMPARED, options.files)
        report_speed(link_files(sources, folder / "compared", n_compared))
        print("the same with CR LF at the ends of lines")
        compared = link_files(sources, folder / "crlf", n_compared)
        for path in compared.iterdir():
            data = path.read_bytes().replace(b"\n", b"\r\n")
            path.unlink()  # a link
            path.write_bytes(data)
        report_speed(compared)
        report_growth(sources, folder, options.files)


if __name__ == "__main__":
    main()
