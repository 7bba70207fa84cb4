"""Figures in the pages are those of the measured results."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
RESULTS = (DOCS / "results.md").read_text()


def measured(dataset):
    """Rows of a data set's table: the cells, by the name of the system."""
    table = RESULTS.split(f"### {dataset},")[1].split("\n### ")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return {line[0]: line[1:] for line in lines[2:]}


UCLA, MSR = measured("nw_ucla"), measured("msr_action3d")


def figures_of(system):
    """Standard and clean on NW-UCLA and standard on MSR-Action3D, without ranges; and the seconds of both fits."""
    accuracies = [cell.split(" ")[0] for cell in (*UCLA[system][:2], MSR[system][0])]
    return [*accuracies, f"{UCLA[system][5]} / {MSR[system][5]}"]


def page(name):
    return (DOCS / f"{name}.rst").read_text()


def test_the_table_beside_aeon_is_that_of_the_results():
    table = page("coming_from_aeon").split("When to use theirs")[1]
    rows = re.findall(r"   \* - (.+)\n" + r"     - (.+)\n" * 4, table)[1:]
    assert [name for name, *_ in rows][:2] == ["MiniRocket (aeon)", "MultiRocket-Hydra (aeon)"]
    for name, *cells in rows:
        assert cells == figures_of(name), name


@pytest.mark.parametrize(
    ("name", "system", "sentence"),
    [
        (
            "user_guide/graph2vec",
            "Graph2Vec + LSTM",
            "with an LSTM {} % (standard) and {} % (clean) on NW-UCLA and {} %",
        ),
        ("user_guide/graph2vec", "SkeletonClassifier", "against {}, {} and {} % of"),
        ("user_guide/sequence_models", "SkeletonClassifier, whole clip", "differ by, {2} to"),
        ("user_guide/sequence_models", "SkeletonClassifier, whole clip", "on MSR-Action3D and {0} to"),
        ("user_guide/sequence_models", "SkeletonClassifier", "to {2} % on MSR-Action3D"),
        ("user_guide/sequence_models", "SkeletonClassifier", "to {0} % on NW-UCLA"),
        ("honest_evaluation", "LogisticRegression on joints", "logistic regression on joints falls from {} to {} %"),
        (
            "honest_evaluation",
            "ConMLP supcon, flat mlp as published + LinearProbe",
            "the network as published from {} to {} %",
        ),
        (
            "honest_evaluation",
            "ConMLP supcon, flat mlp as published + LinearProbe",
            "with supervised contrast {0} % on NW-UCLA cross-view (standard) and {2} % on MSR-Action3D",
        ),
        (
            "honest_evaluation",
            "SkeletonClassifier",
            ":class:`~skeletonlearn.classification.SkeletonClassifier` from {} to {} %",
        ),
    ],
)
def test_a_sentence_has_the_measured_figures(name, system, sentence):
    assert sentence.format(*figures_of(system)) in " ".join(page(name).split())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("user_guide/graph2vec", "Hashing is 262 times as fast as karateclub's"),
        ("user_guide/scaling", "ConMLPEmbedder 0.67 GB"),
        ("user_guide/scaling", "SkeletonClassifier 0.28"),
    ],
)
def test_other_figures_are_in_the_results(name, words):
    assert words in RESULTS
    figure = re.search(r"\d[\d.]*\d", words).group()
    assert figure in page(name)
