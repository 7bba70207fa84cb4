"""Time of reading what pose estimators write, beside `json.load` alone.

Run `python -m tests.benchmarks.reading` from the repository's root. It makes files of AlphaPose (a clip each), OpenPose
(a frame each, a hundred frames a clip) and Kinetics-Skeleton (a clip of 300 frames each) with the number formats of the
real ones: people who walk about and are not found in some frames. A few distinct files have all the names, by links.

With orjson installed (extra `json`), the readers decode by it. Without, they take up to 2.8 times as long as
`json.load`.

The reference opens the files, whose names it knows, and decodes them. A reader also finds the files, checks them, lays
their numbers in arrays and follows the persons. All take turns in one process, times are processor time, and the median
of the turns' ratios counts, so that a busy machine matters little.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn.datasets import load_alphapose, load_kinetics_skeleton, load_openpose

SMALLEST = ("--files", "4", "--turns", "1")
MOST_TIMES = 2.0
"""How many times as long as `json.load` a reader may take."""
N_DISTINCT = 20
FRAMES_A_CLIP = 100  # of OpenPose


def people_of_frames(rng: np.random.Generator, n_frames: int, n_points: int) -> Iterator[list[np.ndarray]]:
    """The people of each frame, (n_points, 3): one or two who walk, in one frame of thirty not found."""
    n_people = int(rng.integers(1, 3))
    places = rng.uniform((200, 100), (900, 300), (n_people, 2))
    body = rng.uniform((0, 0), (120, 400), (n_people, n_points, 2))
    for _ in range(n_frames):
        places = places + rng.normal(0, 3, places.shape)
        body = body + rng.normal(0, 1, body.shape)
        people = np.concatenate([body + places[:, None], rng.uniform(0.3, 1, (n_people, n_points, 1))], axis=-1)
        people[rng.random((n_people, n_points)) < 0.03] = 0
        yield list(rng.permutation(people[rng.random(n_people) > 1 / 30]))


def make_alphapose(rng: np.random.Generator) -> str:
    """Write the results of a clip."""
    n_frames = int(rng.integers(30, 120))
    results = [
        {
            "image_id": f"{at}.jpg",
            "category_id": 1,
            "keypoints": np.float32(person).ravel().tolist(),
            "score": float(np.float32(person[:, 2].sum())),
            "box": np.float32([*person[:, :2].min(axis=0), *np.ptp(person[:, :2], axis=0)]).tolist(),
            "idx": [0.0],
        }
        for at, people in enumerate(people_of_frames(rng, n_frames, 17))
        for person in people
    ]
    return json.dumps(results)


def make_openpose(frame: Sequence[np.ndarray]) -> str:
    """Write a frame."""
    lists = {
        f"{part}_keypoints_{dimensions}d": []
        for part in ("face", "hand_left", "hand_right", "pose")
        for dimensions in (2, 3)
    }
    people = [
        {"person_id": [-1], **lists, "pose_keypoints_2d": [float(f"{number:.6g}") for number in person.ravel()]}
        for person in frame
    ]
    return json.dumps({"version": 1.3, "people": people}, separators=(",", ":"))


def make_kinetics(rng: np.random.Generator) -> str:
    """Write a clip."""
    frames = [
        {
            "frame_index": at,
            "skeleton": [
                {
                    "pose": (person[:, :2] / (1920, 1080)).ravel().round(3).tolist(),
                    "score": person[:, 2].round(3).tolist(),
                }
                for person in people
            ],
        }
        for at, people in enumerate(people_of_frames(rng, 300, 18), start=1)
    ]
    return json.dumps({"data": frames, "label": "waving hand", "label_index": 384})


def write_clips(folder: Path, n_files: int, make: Callable[[np.random.Generator], str]) -> list[str]:
    """Write files that are clips; return their paths."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    paths = [folder / f"clip{number}.json" for number in range(n_files)]
    for number, path in enumerate(paths):
        if number < N_DISTINCT:
            path.write_text(make(rng))
        else:
            os.link(paths[number % N_DISTINCT], path)
    return list(map(str, paths))


def write_frames(folder: Path, n_files: int) -> list[str]:
    """Write files that are frames of OpenPose; return their paths."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    paths = []
    for clip in range(-(-n_files // FRAMES_A_CLIP)):
        n_frames = min(FRAMES_A_CLIP, n_files - len(paths))
        for at, people in enumerate(people_of_frames(rng, n_frames, 25)):
            path = folder / f"clip{clip}_{at:012}_keypoints.json"
            path.write_text(make_openpose(people))
            paths.append(str(path))
    return paths


def decode(paths: Sequence[str]) -> None:
    """Open and decode files."""
    for path in paths:
        with open(path) as file:
            json.load(file)


def seconds(work: Callable[..., Any], argument: Any) -> float:
    """Processor time of a piece of work, from which that of collecting earlier garbage is kept away."""
    gc.collect()
    start = time.process_time()
    work(argument)
    return time.process_time() - start


def compare(load: Callable[[Path], Bunch], folder: Path, paths: Sequence[str], n_turns: int) -> tuple[float, float]:
    """The medians of the seconds of `json.load` and of a reader's ratio to it."""
    turns = [(seconds(decode, paths), seconds(load, folder)) for _ in range(n_turns)]
    return statistics.median(one for one, _ in turns), statistics.median(ours / theirs for theirs, ours in turns)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the ratios; return 1 if one is too large."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        ratios = [ratio for _, ratio in print_ratios(Path(temporary), options.files, options.turns)]
    is_slow = options.files >= 1000 and max(ratios) > MOST_TIMES  # of a few files, the first imports take longest
    return int(is_slow)


def print_ratios(folder: Path, n_files: int, n_turns: int) -> list[tuple[str, float]]:
    """Print a line for each format; return the ratios."""
    sets: dict[str, tuple[Callable[[Path], Bunch], list[str]]] = {
        "AlphaPose": (load_alphapose, write_clips(folder / "AlphaPose", n_files, make_alphapose)),
        "OpenPose": (load_openpose, write_frames(folder / "OpenPose", n_files)),
        "Kinetics": (load_kinetics_skeleton, write_clips(folder / "Kinetics", n_files, make_kinetics)),
    }
    ratios = []
    decoder = "orjson" if find_spec("orjson") else "json"
    print(f"{n_files} files of each, {n_turns} turns, processor time; readers decode by {decoder}")
    for name, (load, paths) in sets.items():
        alone, ratio = compare(load, folder / name, paths, n_turns)
        print(f"{name:10} json.load {1000 * alone / n_files:6.3f} ms a file, the reader {ratio:4.2f} times as long")
        ratios.append((name, ratio))
    return ratios


if __name__ == "__main__":
    raise SystemExit(main())
