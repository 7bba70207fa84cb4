"""Accuracy of our systems and of what a user would pick instead, on the same arrays, in one command.

    python -m tests.benchmarks.accuracy --dataset nw_ucla=FOLDER --dataset msr_action3d=FOLDER

Each system is fitted on the whole training set of the named protocol, without a look at the test set, and its final
model is scored on the whole test set, once a seed. Rows are kept in a CSV file as they are measured, so that a run
that was cut off goes on where it stopped; several runs with different systems or data sets may share the file. The
table is made from that file. `standard` is every test clip, `clean` those that do not repeat a training clip.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.benchmarks.accuracy.data import Split, add_dataset_options, load_split, read_folders
from tests.benchmarks.accuracy.measure import MEASURED, measure
from tests.benchmarks.accuracy.rows import RowFile
from tests.benchmarks.accuracy.systems import GROUPS, SYSTEMS, choose, shorten
from tests.benchmarks.accuracy.table import accuracy_table, heading, publish, summarise_groups, write_csv

KEY = ("dataset", "system", "seed", "max_epochs")
SMALLEST = (
    *("--dataset", "synthetic", "--seeds", "0", "--max-epochs", "1"),
    *("--systems", "LogisticRegression on joints", "Graph2Vec + LSTM", "ConMLP tcl, reconstruction + LinearProbe"),
    *("SkeletonClassifier", "VotingClassifier of three seeds, whole clip"),
)


def measure_systems(
    split: Split, systems: Sequence[str], seeds: Sequence[int], max_epochs: int | None, rows: RowFile
) -> None:
    """Measure the systems and seeds that have no row yet.

    Parameters
    ----------
    split : Split
        The data set.
    systems : sequence of str
        Names of systems.
    seeds : sequence of int
        Seeds.
    max_epochs : int or None
        The most epochs of a trial; its rows have a key of their own.
    rows : RowFile
        Where rows are kept.
    """
    for seed in seeds:
        for system in systems:
            key = {"dataset": split.name, "system": system, "seed": seed, "max_epochs": max_epochs}
            row = rows.measure_once(key, partial(measure_system, system, split, seed, max_epochs))
            if row is not None:
                found = f"{100 * row['standard']:.1f} / {100 * row['clean']:.1f}"
                print(f"{split.name}, {system}, seed {seed}: {found}", flush=True)


def measure_system(system: str, split: Split, seed: int, max_epochs: int | None) -> dict[str, Any]:
    """One row without its key."""
    return measure(shorten(SYSTEMS[system](split.skeleton, seed), max_epochs), split)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command's options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_dataset_options(parser)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--systems", nargs="+", help="names of the systems to run, or parts of names; default all")
    parser.add_argument("--rows", type=Path, default=Path("output/accuracy.csv"), help="where rows are kept")
    parser.add_argument("--max-epochs", type=int, help="train so long at the most: a trial, in rows of its own")
    parser.add_argument("--markdown", type=Path, help="write the table to this file instead of printing it")
    parser.add_argument("--csv", type=Path, help="write the table's numbers, unrounded, to this file")
    parser.add_argument("--only-table", action="store_true", help="measure nothing")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    options = parse(arguments)
    rows = RowFile(options.rows, KEY, MEASURED)
    systems = choose(options.systems)
    folders = read_folders(options.dataset, options.data)
    if not options.only_table:
        for name, folder in folders.items():
            measure_systems(load_split(name, folder), systems, options.seeds, options.max_epochs, rows)
    texts, summaries = [], []
    for name in folders:
        wanted = {"dataset": name, "max_epochs": str(options.max_epochs or "")}
        mine = [row for row in rows.read() if wanted.items() <= row.items()]
        if mine:
            of_systems = summarise_groups(mine, GROUPS)
            texts.append(f"{heading(name, mine)}\n\n{accuracy_table(of_systems)}")
            summaries += [{"dataset": name} | summary for summary in of_systems]
    publish("\n\n".join(texts) or "No row has been measured.", options.markdown)
    if options.csv and summaries:
        write_csv(options.csv, summaries)


if __name__ == "__main__":
    main()
