"""What `load_video` finds in three real clips: who, on which sides, with which bones, and how fast.

Run `python -m tests.benchmarks.video` from the repository's root, with nothing else running. The clips and MediaPipe's
model are looked for in `../shared/data/video` and `../shared/data/pose_model` beside the checkout. Two clips show one
man who walks towards the camera; in the third somebody else stands in front of him, with her back to the camera.

Seconds are those of the whole call. Processor time is that of all processes, which a busy machine changes less.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

from skeletonlearn.datasets import SkeletonFileError, load_video
from skeletonlearn.skeletons import MEDIAPIPE_POSE
from tests.benchmarks.graph2vec import report

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SMALLEST = ("--fps", "3")
MOST_CHANGE = 0.15
"""Part of its median by which the length of a bone may change."""
LEAST_KEPT = 99.0
"""Percent of the frames in which it must be so."""
CLIPS = {"walk_cam01": 1, "walk_cam02": 1, "two_people": 2}
BONES = {
    f"{side} {name}": (f"{side}_{upper}", f"{side}_{lower}")
    for side in ("left", "right")
    for name, upper, lower in (("thigh", "hip", "knee"), ("shank", "knee", "ankle"))
}


def person_of(bunch: Bunch, number: int) -> np.ndarray:
    """The joints of one person of the only clip."""
    return bunch.sequences[0][:, 33 * number : 33 * number + 33]


def report_tracking(pictures: Bunch, n_persons: int) -> None:
    """In how many frames each person is there, and how far people jump and are apart."""
    for number in range(n_persons):
        person = person_of(pictures, number)
        seen = 100 * np.mean(~np.isnan(person[:, 0, 0]))
        report(f"person {number}: percent of the frames in which they are found", seen, 100, at_least=True)
        size = np.nanmedian(np.ptp(person[..., 1], axis=1))
        jump = np.nanmax(np.linalg.norm(np.diff(person[..., :2], axis=0), axis=-1).mean(axis=1)) / size
        report(f"person {number}: largest step between two frames, in body heights", jump, 0.5, at_least=False)
    if n_persons == 2:
        apart = np.linalg.norm(person_of(pictures, 0) - person_of(pictures, 1), axis=-1).mean(axis=1)
        report("the two: least mean distance of their joints, in body heights", apart.min() / size, 0.25, at_least=True)


def report_sides(pictures: Bunch, n_persons: int) -> None:
    """In how many frames left and right are where they should be: people walk towards the camera, or show the back."""
    left, right = (
        [MEDIAPIPE_POSE.index(f"{side}_{part}") for part in ("shoulder", "hip")] for side in ("left", "right")
    )
    people = [person_of(pictures, number) for number in range(n_persons)]
    apart = sorted((np.mean(one[:, left, 0] - one[:, right, 0], axis=1) for one in people), key=lambda one: -one.mean())
    for name, sign, lateral in zip(("the walker", "the other"), (1, -1), apart, strict=False):
        kept = 100 * np.mean(sign * lateral > 0)
        report(f"{name}: percent of the frames with left and right on their sides", kept, 100, at_least=True)


def report_bones(world: Bunch, n_persons: int) -> None:
    """How the lengths of thighs and shanks change."""
    for number in range(n_persons):
        for bone, (upper, lower) in BONES.items():
            person = person_of(world, number)
            ends = (person[:, MEDIAPIPE_POSE.index(end)] for end in (upper, lower))
            length = np.linalg.norm(np.subtract(*ends), axis=-1)
            length = length[~np.isnan(length)]
            change = np.abs(length / np.median(length) - 1)
            what = f"person {number}, {bone} of {np.median(length):.2f} m: percent of frames within {MOST_CHANGE:.0%}"
            report(what, 100 * np.mean(change <= MOST_CHANGE), LEAST_KEPT, at_least=True)
            print(f"    largest change {change.max():.1%}, 95 percent of the frames {np.quantile(change, 0.95):.1%}")


def report_faults(clip: Path, model: Path) -> None:
    """What is said of a video that is cut short, and of an empty one."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("cut.mp4", clip.read_bytes()[:-20_000]), ("empty.mp4", b"")):
            path = Path(folder, name)
            path.write_bytes(content)
            try:
                load_video(path, model=model)
            except SkeletonFileError as error:
                print(f"  {Path(error.path).name}: {error.reason}")


def processor_seconds() -> float:
    """Time on the processor of this process and of those that it has waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def main(arguments: Sequence[str] | None = None) -> None:
    """Load and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fps", type=float, help="frames a second; all of them by default")
    options = parser.parse_args(arguments)
    model = DATA / "pose_model" / "pose_landmarker_full.task"
    if not model.is_file() or not (DATA / "video").is_dir():
        print(f"No {model} or no videos beside it: nothing is measured.")
        return
    for name, n_persons in CLIPS.items():
        with tempfile.TemporaryDirectory() as cache:
            chosen = {"model": model, "n_persons": n_persons, "fps": options.fps, "cache": cache}
            start, busy = time.perf_counter(), processor_seconds()
            world = load_video(DATA / "video" / f"{name}.mp4", **chosen)
            seconds, busy = time.perf_counter() - start, processor_seconds() - busy
            pictures = load_video(DATA / "video" / f"{name}.mp4", world=False, **chosen)
        n_frames, n_joints = world.sequences[0].shape[:2]
        print(f"{name}: {n_frames} frames, {n_persons} x {n_joints // n_persons} joints")
        print(f"  {1000 * seconds / n_frames:.0f} ms a frame, {1000 * busy / n_frames:.0f} ms of processor time")
        report_tracking(pictures, n_persons)
        report_sides(pictures, n_persons)
        report_bones(world, n_persons)
    report_faults(DATA / "video" / "walk_cam01.mp4", model)


if __name__ == "__main__":
    main()
