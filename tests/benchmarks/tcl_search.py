"""Whether the tuned contrastive loss beats what it generalises, once its k1 and k2 have been searched for.

    python -m tests.benchmarks.tcl_search --dataset nw_ucla=FOLDER

With labels and without, GridSearchCV tries k1 and k2 within the training set: where the protocol keeps views apart,
each training view is held out in turn; where it keeps subjects apart, each training subject. The test set has no part
in it. Then the winner, and the loss it generalises (supcon with labels, nt_xent without), are fitted on the whole
training set and scored on the whole test set, over all seeds. k1=0, k2=1 is supcon itself.

Each finished search and each test row is kept in a CSV file, from which a run that was cut off goes on. A search that
was cut off goes on too where `--cache` names a folder for its embeddings; they are those of the code that made them, so
that another version of the package needs another folder.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import GridSearchCV, GroupKFold, PredefinedSplit
from sklearn.pipeline import Pipeline

from skeletonlearn import ConMLPEmbedder, LinearProbe
from tests.benchmarks.accuracy.data import Split, add_dataset_options, load_split, read_folders
from tests.benchmarks.accuracy.measure import MEASURED, measure
from tests.benchmarks.accuracy.rows import RowFile
from tests.benchmarks.accuracy.systems import BETTER_ENCODER, WITH_LABELS, WITHOUT_LABELS, shorten
from tests.benchmarks.accuracy.table import COLUMNS, heading, markdown, percent, publish, summarise

SEARCH_KEY = ("dataset", "labels", "k1", "k2", "grid", "max_epochs")
SEARCHED = ("mean", "least", "most", "n_folds")
TEST_KEY = ("dataset", "labels", "loss", "k1", "k2", "seed", "max_epochs")
K1, K2 = (0.0, 1.0, 10.0, 100.0, 1000.0), (0.5, 1.0, 2.0)
REFERENCES = {"with": "supcon", "without": "nt_xent"}
"""What tcl generalises, with labels and without."""

SHOWN = ("standard % (range)", "clean % (range)", "top-5 %", "macro-F1 %", "seeds")
SMALLEST = (
    *("--dataset", "synthetic", "--labels", "with", "--k1", "1", "--k2", "1"),
    *("--seeds", "0", "--max-epochs", "1"),
)


def make_model(split: Split, labels: str, seed: int, memory: str | None = None, **parameters: Any) -> Pipeline:
    """An embedder and its probe.

    Parameters
    ----------
    split : Split
        The data set.
    labels : {"with", "without"}
        Whether contrast sees labels.
    seed : int
        The seed.
    memory : str or None
        Folder that keeps fitted embedders.
    **parameters : object
        Parameters of the embedder, `loss` among them.

    Returns
    -------
    Pipeline
        Unfitted.
    """
    setting = WITH_LABELS if labels == "with" else WITHOUT_LABELS
    embedder = ConMLPEmbedder(
        BETTER_ENCODER,
        skeleton=split.skeleton,
        supervised=labels == "with",
        random_state=seed,
        **{**setting, **parameters},
    )
    return Pipeline([("emb", embedder), ("clf", LinearProbe())], memory=memory)


def inner_folds(split: Split) -> PredefinedSplit:
    """Folds of the training set that keep apart what the protocol keeps apart.

    Parameters
    ----------
    split : Split
        The data set.

    Returns
    -------
    PredefinedSplit
        A fold for each training view, or for each training subject.
    """
    groups = split.groups[split.train]
    folds = np.empty(len(groups), dtype=int)
    by_group = GroupKFold(n_splits=len(np.unique(groups)))
    for fold, (_, held_out) in enumerate(by_group.split(groups, groups=groups)):
        folds[held_out] = fold
    return PredefinedSplit(folds)


def search(
    split: Split,
    labels: str,
    grid: tuple[Sequence[float], Sequence[float]],
    max_epochs: int | None,
    rows: RowFile,
    memory: str | None = None,
) -> dict[str, float]:
    """Search k1 and k2 within the training set, unless the file has the whole search.

    Parameters
    ----------
    split : Split
        The data set.
    labels : {"with", "without"}
        Whether contrast sees labels.
    grid : (sequence of float, sequence of float)
        Values of k1 and of k2.
    max_epochs : int or None
        The most epochs of each fit.
    rows : RowFile
        Where the candidates' scores are kept.
    memory : str or None
        Folder that keeps fitted embedders.

    Returns
    -------
    dict
        The best `k1` and `k2`: highest mean accuracy over the folds, of equal ones the first.
    """
    common = search_of(split, labels, grid, max_epochs)
    keys = [common | {"k1": k1, "k2": k2} for k1, k2 in product(*grid)]
    if not all(map(rows.has, keys)):
        model = shorten(make_model(split, labels, 0, memory, loss="tcl"), max_epochs)
        candidates = {"emb__k1": list(grid[0]), "emb__k2": list(grid[1])}
        found = GridSearchCV(model, candidates, cv=inner_folds(split), refit=False, error_score="raise")
        results = found.fit(split.X[split.train], split.y[split.train]).cv_results_
        for at, parameters in enumerate(results["params"]):
            scores = [results[f"split{fold}_test_score"][at] for fold in range(found.n_splits_)]
            key = common | {"k1": parameters["emb__k1"], "k2": parameters["emb__k2"]}
            measured = {"mean": np.mean(scores), "least": min(scores), "most": max(scores), "n_folds": len(scores)}
            rows.measure_once(key, partial(dict, measured))
    best = max(rows_with(rows, common), key=lambda row: float(row["mean"]))
    return {name: float(best[name]) for name in ("k1", "k2")}


def search_of(
    split: Split, labels: str, grid: tuple[Sequence[float], Sequence[float]], max_epochs: int | None
) -> dict[str, Any]:
    """What all candidates of one search share of their keys."""
    names = " x ".join(" ".join(f"{value:g}" for value in values) for values in grid)
    return {"dataset": split.name, "labels": labels, "grid": names, "max_epochs": max_epochs}


def rows_with(rows: RowFile, common: dict[str, Any]) -> list[dict[str, str]]:
    """The rows with these values."""
    wanted = {name: "" if value is None else str(value) for name, value in common.items()}
    return [row for row in rows.read() if wanted.items() <= row.items()]


def score_losses(
    split: Split, labels: str, best: dict[str, float], seeds: Sequence[int], max_epochs: int | None, rows: RowFile
) -> list[dict[str, str]]:
    """Score the winner and the loss it generalises on the test set.

    Parameters
    ----------
    split : Split
        The data set.
    labels : {"with", "without"}
        Whether contrast sees labels.
    best : dict
        `k1` and `k2` of the winner.
    seeds : sequence of int
        Seeds.
    max_epochs : int or None
        The most epochs of a trial.
    rows : RowFile
        Where rows are kept.

    Returns
    -------
    list of dict
        The rows of both.
    """
    both: tuple[dict[str, Any], ...] = ({"loss": "tcl", **best}, {"loss": REFERENCES[labels], "k1": None, "k2": None})
    found: list[dict[str, str]] = []
    for parameters in both:
        common = {"dataset": split.name, "labels": labels, **parameters, "max_epochs": max_epochs}
        given = {name: value for name, value in parameters.items() if value is not None}
        for seed in seeds:
            model = shorten(make_model(split, labels, seed, **given), max_epochs)
            rows.measure_once(common | {"seed": seed}, partial(measure, model, split))
        found += [row for row in rows_with(rows, common) if int(row["seed"]) in seeds]
    return found


def describe_search(candidates: Sequence[dict[str, str]]) -> str:
    """Mean accuracy within the training set, k1 down and k2 across.

    Parameters
    ----------
    candidates : sequence of dict
        Rows of one search.

    Returns
    -------
    str
        Markdown.
    """
    means = {(float(row["k1"]), float(row["k2"])): float(row["mean"]) for row in candidates}
    k1s, k2s = (sorted({pair[at] for pair in means}) for at in (0, 1))
    lines = [[f"{k1:g}", *(percent(means.get((k1, k2))) for k2 in k2s)] for k1 in k1s]
    return markdown(["k1", *(f"k2 = {k2:g}" for k2 in k2s)], lines)


def describe_test(rows: Sequence[dict[str, str]]) -> str:
    """Each loss on the test set, and which is ahead.

    Parameters
    ----------
    rows : sequence of dict
        Rows of the winner and of the loss it generalises, on one data set, with or without labels.

    Returns
    -------
    str
        Markdown.
    """
    summaries = {
        loss: summarise([row for row in rows if row["loss"] == loss], ("top5", "macro_f1"))
        for loss in dict.fromkeys(row["loss"] for row in rows)
    }
    lines = [[loss, *(COLUMNS[title](summary) for title in SHOWN)] for loss, summary in summaries.items()]
    reference = next(loss for loss in summaries if loss != "tcl")
    ahead = [100 * (summaries["tcl"][name] - summaries[reference][name]) for name in ("standard", "clean")]
    told = f"tcl - {reference}: {ahead[0]:+.1f} points standard, {ahead[1]:+.1f} clean."
    return f"{markdown(['loss', *SHOWN], lines)}\n\n{told}"


def report(split: Split, options: argparse.Namespace) -> str:
    """Search and score one data set, with labels and without.

    Parameters
    ----------
    split : Split
        The data set.
    options : Namespace
        Of the command.

    Returns
    -------
    str
        Markdown.
    """
    searches = RowFile(options.search_rows, SEARCH_KEY, SEARCHED)
    tests = RowFile(options.rows, TEST_KEY, MEASURED)
    search_epochs = options.search_epochs or options.max_epochs
    grid = (options.k1, options.k2)
    parts, rows = [], []
    for labels in options.labels:
        best = search(split, labels, grid, search_epochs, searches, options.cache)
        candidates = rows_with(searches, search_of(split, labels, grid, search_epochs))
        found = score_losses(split, labels, best, options.seeds, options.max_epochs, tests)
        rows += found
        parts.append(
            f"**{labels.capitalize()} labels**: accuracy % within the training set, mean of "
            f"{candidates[0]['n_folds']} folds; the best is k1={best['k1']:g}, k2={best['k2']:g}.\n\n"
            f"{describe_search(candidates)}\n\nOn the test set:\n\n{describe_test(found)}"
        )
    return "\n\n".join([heading(split.name, rows), *parts])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_dataset_options(parser)
    parser.add_argument("--labels", nargs="+", choices=list(REFERENCES), default=list(REFERENCES))
    parser.add_argument("--k1", type=float, nargs="+", default=list(K1))
    parser.add_argument("--k2", type=float, nargs="+", default=list(K2))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], help="of the test; the search has seed 0")
    parser.add_argument("--search-epochs", type=int, help="the most epochs of each fit of the search")
    parser.add_argument("--max-epochs", type=int, help="train so long at the most: a trial, in rows of its own")
    parser.add_argument("--rows", type=Path, default=Path("output/tcl.csv"), help="where test rows are kept")
    parser.add_argument("--search-rows", type=Path, default=Path("output/tcl_search.csv"), help="and searches")
    parser.add_argument("--cache", metavar="FOLDER", help="keep embeddings of the search here, to go on from")
    parser.add_argument("--markdown", type=Path, help="write the report to this file instead of printing it")
    options = parser.parse_args(arguments)
    folders = read_folders(options.dataset, options.data)
    texts = [report(load_split(name, folder), options) for name, folder in folders.items()]
    publish("\n\n".join(texts), options.markdown)


if __name__ == "__main__":
    main()
