"""Fits killed at random moments, resumed from their checkpoints, and compared with undisturbed ones to the bit.

Run `python -m tests.benchmarks.kills --kills 50` from the repository's root, on a system that has SIGKILL. Each kill
strikes the process of a fit, or of one that resumed after an earlier kill, at a moment drawn from a seed, as likely in
one part of the fit as in another: before the first checkpoint, in an epoch or in a write. What it leaves is copied, and
the fit resumes from the copy and runs to its end.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import torch

from skeletonlearn import ConMLPEmbedder, GRUClassifier, LSTMClassifier, SkeletonClassifier, SkeletonRegressor
from skeletonlearn.datasets import make_actions
from skeletonlearn.preprocessing import make_skeleton_pipeline

SMALL: dict[str, Any] = {"hidden_dim": 16, "max_epochs": 16, "batch_size": 8, "dropout": 0.3, "random_state": 0}
ESTIMATORS: dict[str, Any] = {
    "ConMLPEmbedder": ConMLPEmbedder("mlp", reconstruction_weight=1.0, **SMALL),
    "SkeletonClassifier": SkeletonClassifier("tcn", early_stopping=True, validation_fraction=0.2, **SMALL),
    "GRUClassifier": GRUClassifier(early_stopping=True, validation_fraction=0.2, **SMALL),
    "LSTMClassifier": LSTMClassifier(optimizer="sgd", **SMALL),
    "SkeletonRegressor": SkeletonRegressor("mixer", loss="huber", **SMALL),
}
"""By name, what is fitted: dropout, views and batches are drawn, and there are buffers, moments and best weights."""

SMALLEST = ("--kills", "2")

# before a process branches off; the last one is what torch's optimisers load
_LOADED = (
    "skeletonlearn.embedding",
    "skeletonlearn.classification",
    "skeletonlearn.regression",
    "skeletonlearn.preprocessing",
    "torch._dynamo",
)
_KILLED_AGAIN = 0.5  # how often a kill strikes a fit that resumed after the one before


@dataclass(frozen=True)
class Kill:
    """One kill and what came of it.

    Attributes
    ----------
    name : str
        Of the estimator.
    moment : float
        Share of the fit's time, that of killed runs before it included.
    is_first : bool
        Whether no run of the fit was killed before.
    found : {"nothing", "checkpoint", "half a write"}
        What was there afterwards.
    is_same : bool
        Whether the fit ended with the bits of the undisturbed one.
    """

    name: str
    moment: float
    is_first: bool
    found: str
    is_same: bool


class Victim:
    """An estimator whose fits are killed.

    Parameters
    ----------
    name : str
        A key of `ESTIMATORS`.
    folder : Path
        An empty folder, for checkpoints.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self._name, self._folder = name, folder
        self._folder.mkdir()
        self._undisturbed, _ = run_fit(name, None)
        self._seconds = self._whole_fit("timed")[1]
        self._begin()

    def strike(self, rng: np.random.Generator) -> Kill:
        """Kill a fit, or a resumed one, and let a copy of what is left run to the end."""
        while True:
            if rng.random() > _KILLED_AGAIN:
                self._begin()
            is_first, moment = self._spent == 0, rng.uniform(0, max(0.0, self._seconds - self._spent))
            digest, seconds = run_fit(self._name, self._at("killed"), kill_after=moment)
            if digest is None:
                break
            self._seconds = seconds if is_first else self._seconds  # it had ended before: fits are faster by now
            self._begin()
        self._spent += moment
        found = self._found()
        shutil.copytree(self._folder / "killed", self._folder / "copy")
        is_same = self._whole_fit("copy")[0] == self._undisturbed
        return Kill(self._name, min(1.0, self._spent / self._seconds), is_first, found, is_same)

    def _at(self, name: str) -> Path:
        return self._folder / name / "fit.checkpoint"

    def _begin(self) -> None:
        shutil.rmtree(self._folder / "killed", ignore_errors=True)
        (self._folder / "killed").mkdir()
        self._spent = 0.0

    def _whole_fit(self, name: str) -> tuple[str | None, float]:
        """The digest and the seconds of a fit to the end, with its checkpoint in a folder that is removed then."""
        (self._folder / name).mkdir(exist_ok=True)
        outcome = run_fit(self._name, self._at(name))
        shutil.rmtree(self._folder / name)
        return outcome

    def _found(self) -> str:
        names = {path.suffix for path in (self._folder / "killed").iterdir()}
        if ".part" in names:
            return "half a write"
        return "checkpoint" if names else "nothing"


def run_fit(name: str, checkpoint: Path | None, *, kill_after: float | None = None) -> tuple[str | None, float]:
    """Fit an estimator in a process of its own.

    Parameters
    ----------
    name : str
        A key of `ESTIMATORS`.
    checkpoint : Path or None
        Its checkpoint.
    kill_after : float, optional
        Seconds after which the process is killed.

    Returns
    -------
    digest : str or None
        Of the weights and the history; None if it was killed.
    seconds : float
        That the fit took.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_LOADED))
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_fit_and_send, args=(name, checkpoint, sender))
    process.start()
    sender.close()
    with receiver:
        receiver.recv()  # it begins
        begun = time.perf_counter()
        if not receiver.poll(kill_after):
            process.kill()
        try:
            digest = receiver.recv()
        except EOFError:
            digest = None
        seconds = time.perf_counter() - begun
    process.join()
    if digest is None and kill_after is None:
        raise RuntimeError(f"The fit of {name} ended with exit code {process.exitcode}, expected 0.")
    return digest, seconds


def kill_fits(names: Sequence[str], n_kills: int, seed: int, folder: Path) -> list[Kill]:
    """Kill fits of some estimators in turns.

    Parameters
    ----------
    names : sequence of str
        Keys of `ESTIMATORS`.
    n_kills : int
        Of all together.
    seed : int
        Of the moments.
    folder : Path
        A folder that is there, for checkpoints.

    Returns
    -------
    list of Kill
        One for each kill.
    """
    rng = np.random.default_rng(seed)
    victims = [Victim(name, folder / name) for name in names[:n_kills]]
    return [victims[at % len(victims)].strike(rng) for at in range(n_kills)]


def report(kills: Sequence[Kill]) -> list[str]:
    """Lines of a table of kills, and their total.

    Parameters
    ----------
    kills : sequence of Kill
        The kills.

    Returns
    -------
    list of str
        Its lines.
    """
    header = ["estimator", "kills", "of a resumed fit", "before a checkpoint", "in a write", "moments", "bit-identical"]
    names = dict.fromkeys(kill.name for kill in kills)
    rows = [header, *(_row(name, [kill for kill in kills if kill.name == name]) for name in names)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [*table, f"{_count(kill.is_same for kill in kills)} of {len(kills)} bit-identical"]


def _row(name: str, kills: Sequence[Kill]) -> list[str]:
    moments = [kill.moment for kill in kills]
    counts = [
        len(kills),
        _count(not kill.is_first for kill in kills),
        _count(kill.found == "nothing" for kill in kills),
        _count(kill.found == "half a write" for kill in kills),
    ]
    return [
        name,
        *map(str, counts),
        f"{min(moments):.0%} to {max(moments):.0%}",
        f"{_count(kill.is_same for kill in kills)} of {len(kills)}",
    ]


def _count(those: Iterable[bool]) -> int:
    return sum(those)


def _fit_and_send(name: str, checkpoint: Path | None, sender: Connection) -> None:
    """In a process of its own: fit, and send first a word, then the digest."""
    torch.set_num_threads(1)
    actions = make_actions(40, n_classes=4, n_frames=(8, 16), random_state=0)
    X = make_skeleton_pipeline(actions.skeleton, n_frames=8).fit_transform(actions.sequences)
    sender.send("begun")
    fitted = ESTIMATORS[name].set_params(checkpoint=checkpoint).fit(X, actions.target)
    digest = hashlib.sha256(repr(fitted.history_).encode())
    for key, array in sorted(fitted.network_state_.items()):
        digest.update(f"{key} {array.shape} {array.dtype}".encode() + array.tobytes())
    sender.send(digest.hexdigest())


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill fits, print a table, and return whether all ended with the same bits.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line.

    Returns
    -------
    int
        0 if they did, else 1.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, help="how many (default 50)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (default 0)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        kills = kill_fits(list(ESTIMATORS), options.kills, options.seed, Path(folder))
    print("\n".join(report(kills)))
    return 0 if all(kill.is_same for kill in kills) else 1


if __name__ == "__main__":
    sys.exit(main())
