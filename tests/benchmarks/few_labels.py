"""What pretraining without labels is worth when only few clips have labels.

    python -m tests.benchmarks.few_labels --dataset nw_ucla=FOLDER

For each seed an encoder is pretrained by NT-Xent on all training clips, without their labels. Then, with the labels of
a part of the clips (as even over the classes as the set is, at least one clip a class, the smaller parts within the
larger ones):

- *frozen, probed*: a linear probe on the pretrained encoder;
- *fine-tuned*: a classifier that starts from the pretrained encoder, trained end to end;
- *from scratch*: the same classifier from random weights;
- *semi-supervised, probed*: an encoder trained by supervised contrast on all clips, those without a label each a class
  of its own, for as many batches as the pretrained one; then the linear probe.

Scored on the whole test set. Classifiers are trained for as many batches with few clips as with all, as far as 400
epochs allow. Rows are kept in a CSV file, from which a run that was cut off goes on, and the table is made.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from sklearn.pipeline import make_pipeline

from skeletonlearn import ConMLPEmbedder, LinearProbe, SkeletonClassifier
from tests.benchmarks.accuracy.data import Split, add_dataset_options, load_split, read_folders
from tests.benchmarks.accuracy.measure import MEASURED, measure, score
from tests.benchmarks.accuracy.rows import RowFile
from tests.benchmarks.accuracy.systems import BETTER_ENCODER, WITHOUT_LABELS, shorten
from tests.benchmarks.accuracy.table import COLUMNS, heading, markdown, number, publish, summarise

KEY = ("dataset", "method", "percent", "seed", "max_epochs", "contrast_epochs")
PERCENTS = (5, 10, 25, 100)
UNLABELLED = -1
SHOWN = ("standard % (range)", "clean % (range)", "macro-F1 %")
MEANS = ("macro_f1", "pretrain_seconds", "fit_seconds")
SMALLEST = ("--dataset", "synthetic", "--percents", "100", "--seeds", "0", "--max-epochs", "1")


@dataclass(frozen=True)
class Task:
    """What a method gets.

    Attributes
    ----------
    split : Split
        The data set.
    labelled : ndarray of int
        Indices of the training clips that have labels.
    seed : int
        The seed.
    max_epochs : int or None
        The most epochs of a trial.
    contrast_epochs : int or None
        The most epochs of contrast, if that is shorter.
    pretrain : callable
        Gives an embedder that has seen all training clips and no label, and the seconds that took; it is trained at
        the first call.
    """

    split: Split
    labelled: np.ndarray
    seed: int
    max_epochs: int | None
    contrast_epochs: int | None
    pretrain: Callable[[], tuple[ConMLPEmbedder, float]]


def labelled_clips(y: np.ndarray, percent: float, seed: int) -> np.ndarray:
    """Which clips have labels.

    Parameters
    ----------
    y : ndarray of int of shape (n_samples,)
        Classes.
    percent : float
        The part of each class, but at least one clip.
    seed : int
        Draws the clips; with one seed, a smaller part is within a larger one.

    Returns
    -------
    ndarray of int
        Indices, ascending.
    """
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(np.flatnonzero(y == label)) for label in np.unique(y)]
    return np.sort(np.concatenate([order[: max(1, round(percent / 100 * len(order)))] for order in orders]))


def pretrained(split: Split, seed: int, *limits: int | None) -> tuple[ConMLPEmbedder, float]:
    """An embedder that has seen all training clips and no label, and the seconds that took."""
    embedder = contrastive(split, seed, loss="nt_xent")
    for limit in limits:
        shorten(embedder, limit)
    start = perf_counter()
    embedder.fit(split.X[split.train])
    return embedder, perf_counter() - start


def contrastive(split: Split, seed: int, **parameters: Any) -> ConMLPEmbedder:
    """The embedder of all methods, unfitted."""
    return ConMLPEmbedder(
        BETTER_ENCODER, skeleton=split.skeleton, random_state=seed, **{**WITHOUT_LABELS, **parameters}
    )


def classified(task: Task, **parameters: Any) -> dict[str, Any]:
    """The classifier of fine-tuning and from scratch alike."""
    model = SkeletonClassifier(BETTER_ENCODER, skeleton=task.split.skeleton, random_state=task.seed, **parameters)
    return measure(shorten(model, task.max_epochs), replace(task.split, train=task.labelled))


def probed(task: Task, embedder: ConMLPEmbedder) -> dict[str, Any]:
    """A linear probe on a frozen encoder."""
    X, y = task.split.X[task.labelled], task.split.y[task.labelled]
    start = perf_counter()
    probe = LinearProbe().fit(embedder.transform(X), y)
    seconds = perf_counter() - start
    return {"fit_seconds": seconds} | score(make_pipeline(embedder, probe), task.split)


def freeze_and_probe(task: Task) -> dict[str, Any]:
    """A linear probe on the pretrained encoder."""
    embedder, seconds = task.pretrain()
    return probed(task, embedder) | {"pretrain_seconds": seconds}


def fine_tune(task: Task) -> dict[str, Any]:
    """The pretrained encoder, trained on end to end."""
    embedder, seconds = task.pretrain()
    return classified(task, pretrained=embedder) | {"pretrain_seconds": seconds}


def semi_supervise(task: Task) -> dict[str, Any]:
    """Supervised contrast with the labels that there are, then a linear probe."""
    split = task.split
    y = np.full(len(split.y), UNLABELLED)
    y[task.labelled] = split.y[task.labelled]
    # batches as large as without labels: most clips are contrasted with nothing but their batch
    batch_size = min(256, len(split.train))
    embedder = contrastive(split, task.seed, loss="supcon", batch_size=batch_size)
    start = perf_counter()
    shorten(shorten(embedder, task.max_epochs), task.contrast_epochs).fit(split.X[split.train], y[split.train])
    seconds = perf_counter() - start
    return probed(task, embedder) | {"pretrain_seconds": seconds}


METHODS: dict[str, Callable[[Task], dict[str, Any]]] = {
    "frozen, probed": freeze_and_probe,
    "fine-tuned": fine_tune,
    "from scratch": classified,
    "semi-supervised, probed": semi_supervise,
}


def measure_methods(
    split: Split,
    percents: Sequence[int],
    seeds: Sequence[int],
    max_epochs: int | None,
    contrast_epochs: int | None,
    rows: RowFile,
) -> None:
    """Measure what has no row yet; an encoder is pretrained only for a seed that lacks rows.

    Parameters
    ----------
    split : Split
        The data set.
    percents : sequence of int
        Parts of the labels.
    seeds : sequence of int
        Seeds.
    max_epochs : int or None
        The most epochs of a trial; its rows have a key of their own.
    contrast_epochs : int or None
        The most epochs of contrast, with rows of their own too.
    rows : RowFile
        Where rows are kept.
    """
    for seed in seeds:
        pretrain = cache(partial(pretrained, split, seed, max_epochs, contrast_epochs))
        for percent in percents:
            labelled = split.train[labelled_clips(split.y[split.train], percent, seed)]
            task = Task(split, labelled, seed, max_epochs, contrast_epochs, pretrain)
            for method, run in METHODS.items():
                key = {
                    "dataset": split.name,
                    "method": method,
                    "percent": percent,
                    "seed": seed,
                    "max_epochs": max_epochs,
                    "contrast_epochs": contrast_epochs,
                }
                row = rows.measure_once(key, partial(measure_method, task, run))
                if row is not None:
                    print(f"{split.name}, {percent} %, {method}, seed {seed}: {100 * row['standard']:.1f}", flush=True)


def measure_method(task: Task, run: Callable[[Task], dict[str, Any]]) -> dict[str, Any]:
    """One row without its key."""
    return {"n_labelled": len(task.labelled), "pretrain_seconds": None} | run(task)


def make_table(rows: Sequence[dict[str, str]]) -> str:
    """One line a part of the labels and a method: mean and range over the seeds.

    Parameters
    ----------
    rows : sequence of dict
        Rows of one data set.

    Returns
    -------
    str
        Markdown.
    """
    lines = []
    for percent in sorted({int(row["percent"]) for row in rows}):
        for method in METHODS:
            mine = [row for row in rows if row["percent"] == str(percent) and row["method"] == method]
            if mine:
                summary = summarise(mine, MEANS)
                shown = [COLUMNS[title](summary) for title in SHOWN]
                times = [number(summary[name], ".0f") for name in ("pretrain_seconds", "fit_seconds")]
                lines.append([f"{percent} ({mine[0]['n_labelled']})", method, *shown, *times, str(len(mine))])
    return markdown(["labels % (clips)", "method", *SHOWN, "pretraining s", "fit s", "seeds"], lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_dataset_options(parser)
    parser.add_argument("--percents", type=int, nargs="+", default=list(PERCENTS), help="parts of the labels")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--rows", type=Path, default=Path("output/few_labels.csv"), help="where rows are kept")
    parser.add_argument("--max-epochs", type=int, help="train so long at the most: a trial, in rows of its own")
    parser.add_argument("--contrast-epochs", type=int, help="contrast so long at the most, to save time")
    parser.add_argument("--markdown", type=Path, help="write the table to this file instead of printing it")
    options = parser.parse_args(arguments)
    rows = RowFile(options.rows, KEY, ("n_labelled", "pretrain_seconds", *MEASURED))
    texts = []
    for name, folder in read_folders(options.dataset, options.data).items():
        limits = {"max_epochs": options.max_epochs, "contrast_epochs": options.contrast_epochs}
        measure_methods(load_split(name, folder), options.percents, options.seeds, *limits.values(), rows)
        wanted = {"dataset": name} | {limit: str(value or "") for limit, value in limits.items()}
        mine = [row for row in rows.read() if wanted.items() <= row.items()]
        told = f"Contrast ran for {options.contrast_epochs} epochs at the most.\n\n" if options.contrast_epochs else ""
        texts.append(f"{heading(name, mine)}\n\n{told}{make_table(mine)}")
    publish("\n\n".join(texts), options.markdown)


if __name__ == "__main__":
    main()
