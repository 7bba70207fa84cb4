"""Measured rows as tables: one line a system, mean and range over the seeds."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Row = dict[str, str]
Summary = dict[str, Any]

COLUMNS: dict[str, Callable[[Summary], str]] = {
    "standard % (range)": lambda summary: with_range(summary, "standard"),
    "clean % (range)": lambda summary: with_range(summary, "clean"),
    "top-5 %": lambda summary: percent(summary["top5"]),
    "macro-F1 %": lambda summary: percent(summary["macro_f1"]),
    "parameters": lambda summary: number(summary["n_parameters"], ",.0f"),
    "fit s": lambda summary: number(summary["fit_seconds"], ".0f"),
    "ms a sequence": lambda summary: number(summary["milliseconds_a_sequence"], ".2f"),
    "seeds": lambda summary: str(summary["seeds"]),
}
"""What the Markdown table shows of a summary, by title."""

_MEANS = ("top5", "macro_f1", "n_parameters", "fit_seconds", "milliseconds_a_sequence")


def summarise(rows: Sequence[Row], means: Sequence[str] = _MEANS) -> Summary:
    """One line for the rows of all seeds.

    Parameters
    ----------
    rows : sequence of dict
        Rows that differ in the seed only.
    means : sequence of str
        Columns of which the mean is wanted.

    Returns
    -------
    dict
        `standard` and `clean` with `_min` and `_max`, the means, and the number of `seeds`; None for blanks.
    """
    summary: Summary = {}
    for name in ("standard", "clean"):
        values = np.array([float(row[name]) for row in rows])
        summary |= {name: values.mean(), f"{name}_min": values.min(), f"{name}_max": values.max()}
    for name in means:
        values = np.array([float(row[name]) for row in rows if row[name]])
        summary[name] = values.mean() if len(values) else None
    return summary | {"seeds": len(rows)}


def summarise_groups(rows: Iterable[Row], groups: dict[str, Any]) -> list[Summary]:
    """One summary a system of a data set, in the order of the groups.

    Parameters
    ----------
    rows : iterable of dict
        Rows of one data set.
    groups : dict of str to iterable of str
        Systems by group.

    Returns
    -------
    list of dict
        Of the systems that have rows; with `group` and `system`.
    """
    by_system = defaultdict(list)
    for row in rows:
        by_system[row["system"]].append(row)
    return [
        {"group": group, "system": system} | summarise(by_system[system])
        for group, systems in groups.items()
        for system in systems
        if system in by_system
    ]


def markdown(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table as Markdown.

    Parameters
    ----------
    header : sequence of str
        Titles.
    lines : iterable of sequence of str
        Cells.

    Returns
    -------
    str
        Without a line break at its end.
    """
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, ["---"] * len(header), *lines))


def accuracy_table(summaries: Sequence[Summary]) -> str:
    """The table of systems as Markdown, a line of its own before each group.

    Parameters
    ----------
    summaries : sequence of dict
        Of one data set.

    Returns
    -------
    str
        Markdown.
    """
    lines: list[list[str]] = []
    group = None
    for summary in summaries:
        if summary["group"] != group:
            group = summary["group"]
            lines.append([f"**{group}**", *[""] * len(COLUMNS)])
        lines.append([summary["system"], *(show(summary) for show in COLUMNS.values())])
    return markdown(["system", *COLUMNS], lines)


def heading(dataset: str, rows: Sequence[Row]) -> str:
    """What is said above a table: data set, protocol, sizes and versions.

    Parameters
    ----------
    dataset : str
        Its name.
    rows : sequence of dict
        Rows of the table.

    Returns
    -------
    str
        Markdown.
    """
    row = rows[0]
    # rows are older than the code that looks for copies, perhaps
    n_clean = " or ".join(sorted({row["n_clean"] for row in rows}))
    trial = f" A trial of at most {row['max_epochs']} epochs." if row["max_epochs"] else ""
    return (
        f"### {dataset}, {row['protocol']}\n\nMean and range over the seeds: `standard` is all {row['n_test']} test "
        f"clips, `clean` the {n_clean} that repeat no training clip.{trial}\n\n"
        f"Versions: {joined_versions(rows)}."
    )


def joined_versions(rows: Iterable[Row]) -> str:
    """The versions that rows were measured with; of several, all.

    Parameters
    ----------
    rows : iterable of dict
        With `versions` such as "python=3.11.9 numpy=2.3.5".

    Returns
    -------
    str
        Such as "python 3.11.9, numpy 2.3.5 and 2.4.0".
    """
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for part in row["versions"].split():
            name, _, number = part.partition("=")
            found[name].add(number)
    return ", ".join(f"{name} {' and '.join(sorted(numbers))}" for name, numbers in found.items())


def write_csv(path: Path, summaries: Sequence[Summary]) -> None:
    """Write summaries as a CSV file, numbers unrounded.

    Parameters
    ----------
    path : path
        The file.
    summaries : sequence of dict
        All with the same entries.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(summaries[0]))
        writer.writeheader()
        writer.writerows(summaries)


def publish(text: str, path: Path | None) -> None:
    """Print a text, or write it to a file.

    Parameters
    ----------
    text : str
        The text.
    path : path or None
        The file; None prints.
    """
    if path is None:
        print(f"\n{text}")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n", encoding="utf-8")


def number(value: float | None, form: str) -> str:
    """A number by a format, or nothing."""
    return "" if value is None else format(value, form)


def percent(value: float | None) -> str:
    """A share in per cent, or nothing."""
    return "" if value is None else f"{100 * value:.1f}"


def with_range(summary: Summary, name: str) -> str:
    """Mean, least and greatest share in per cent."""
    least, most = percent(summary[f"{name}_min"]), percent(summary[f"{name}_max"])
    return f"{percent(summary[name])} ({least}-{most})"
