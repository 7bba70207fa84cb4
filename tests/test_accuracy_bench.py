"""The accuracy bench's own code: rows that survive being cut off, tables, scores and the list of systems."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression, RidgeClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.utils import Bunch

from skeletonlearn import ConMLPEmbedder, GRUClassifier, LinearProbe
from tests.benchmarks import few_labels, tcl_search
from tests.benchmarks.accuracy import __main__ as bench
from tests.benchmarks.accuracy import measure as measuring
from tests.benchmarks.accuracy.data import clean_test_clips, load_split, make_synthetic, prepare, read_folders
from tests.benchmarks.accuracy.rows import RowFile
from tests.benchmarks.accuracy.systems import GROUPS, SYSTEMS, choose, shorten
from tests.benchmarks.accuracy.table import accuracy_table, heading, joined_versions, summarise, summarise_groups

KEY, MEASURED = ("system", "seed"), ("accuracy", "note")
FAST = "LogisticRegression on joints"


@pytest.fixture(scope="module")
def actions():
    return make_synthetic()


@pytest.fixture(scope="module")
def split(actions):
    return prepare("synthetic", actions)


@pytest.fixture
def rows(tmp_path):
    return RowFile(tmp_path / "rows.csv", KEY, MEASURED)


def row(system="a", seed=0, accuracy=0.5, note="x"):
    return {"system": system, "seed": seed, "accuracy": accuracy, "note": note}


def accuracy_row(system, seed, standard, top5="0.9", max_epochs=""):
    values = dict.fromkeys(measuring.MEASURED, "1") | {"standard": standard, "clean": "0.5", "top5": top5}
    key = {"dataset": "set", "system": system, "seed": seed, "max_epochs": max_epochs}
    return key | values | {"protocol": "xsub", "versions": "numpy=2.3.5"}


APPEND_MANY = """
import sys
from pathlib import Path
from tests.benchmarks.accuracy.rows import RowFile
file = RowFile(Path(sys.argv[1]), ("system", "seed"), ("accuracy", "note"))
for seed in range(50):
    file.append({"system": sys.argv[2], "seed": seed, "accuracy": 0.5, "note": "x"})
"""


# rows


def test_appended_rows_are_read_back_as_text_with_none_as_blank(rows):
    rows.append(row("ConMLP nt_xent, self-supervised", accuracy=None))
    assert rows.read() == [
        {"system": "ConMLP nt_xent, self-supervised", "seed": "0", "accuracy": "", "note": "x"},
    ]


def test_file_has_one_header_and_a_line_a_row(rows):
    rows.append(row(seed=0))
    rows.append(row(seed=1))
    assert rows.path.read_text() == "system,seed,accuracy,note\na,0,0.5,x\na,1,0.5,x\n"


def test_row_is_measured_once(rows):
    calls = []
    measure = lambda: calls.append(1) or {"accuracy": 0.25, "note": ""}  # noqa: E731
    first, second = (rows.measure_once({"system": "a", "seed": 0}, measure) for _ in range(2))
    assert (len(calls), first["accuracy"], second) == (1, 0.25, None)


@pytest.mark.parametrize("cut", range(1, len("b,1,0.25,long note\n")))
def test_line_cut_off_anywhere_is_not_a_row_and_spoils_no_later_one(rows, cut):
    rows.append(row("a"))
    with rows.path.open("a") as file:
        file.write("b,1,0.25,long note\n"[:cut])
    assert [found["system"] for found in rows.read()] == ["a"]
    rows.append(row("c"))
    assert [found["system"] for found in rows.read()] == ["a", "c"]


def test_line_cut_off_within_quotes_is_not_a_row(rows):
    rows.append(row("a"))
    with rows.path.open("a") as file:
        file.write('"b, with')
    rows.append(row("c"))
    assert [found["system"] for found in rows.read()] == ["a", "c"]


def test_of_rows_measured_twice_the_first_counts(rows):
    rows.append(row(accuracy=0.25))
    rows.append(row(accuracy=0.75))
    assert [found["accuracy"] for found in rows.read()] == ["0.25"]


@pytest.mark.parametrize("use", [lambda file: file.read(), lambda file: file.append(row())])
def test_file_with_other_columns_is_refused_and_left_alone(rows, use):
    rows.path.write_text("dataset,system\nset,a\n")
    with pytest.raises(ValueError, match=r"has the columns \['dataset', 'system'\], expected \['system', 'seed'"):
        use(rows)
    assert rows.path.read_text() == "dataset,system\nset,a\n"


def test_rows_of_several_processes_do_not_mix(rows):
    root = Path(__file__).resolve().parents[1]
    processes = [
        subprocess.Popen([sys.executable, "-c", APPEND_MANY, str(rows.path), system], cwd=root) for system in "abc"
    ]
    assert [process.wait() for process in processes] == [0, 0, 0]
    header, *lines = rows.path.read_text().splitlines()
    assert header == "system,seed,accuracy,note"
    assert sorted(lines) == sorted(f"{system},{seed},0.5,x" for system in "abc" for seed in range(50))
    assert [path.name for path in rows.path.parent.iterdir()] == ["rows.csv"]


# data


def test_test_clips_marked_as_copies_are_not_clean(actions, split):
    assert split.is_clean.tolist() == [False] + [True] * (len(actions.test_index) - 1)


def test_copies_are_found_where_the_reader_marks_none(actions):
    sequences = list(actions.sequences)
    train, test = actions.train_index, actions.test_index
    sequences[test[3]] = sequences[train[5]].copy()
    unmarked = Bunch(sequences=sequences, train_index=train, test_index=test)
    assert not clean_test_clips(unmarked)[3]


def test_protocol_tells_what_is_kept_apart(actions, split):
    assert split.groups.tolist() == actions.subject.tolist()


def test_folders_are_named_one_by_one_or_apart():
    assert read_folders(["nw_ucla=a/b", "msr_action3d"], "c") == {"nw_ucla": "a/b", "msr_action3d": "c"}


def test_data_set_without_a_folder_is_refused():
    with pytest.raises(ValueError, match="nw_ucla got no folder, expected nw_ucla=FOLDER"):
        load_split("nw_ucla", None)


def test_unknown_data_set_is_refused():
    with pytest.raises(ValueError, match="got 'nw', expected one of msr_action3d, nw_ucla"):
        read_folders(["nw=a"], None)


# scores


def test_top_k_counts_samples_whose_class_is_among_the_best_k():
    scores = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.5, 0.3, 0.2]])
    assert measuring.top_k_accuracy(np.array([4, 6, 9]), scores, np.array([4, 6, 9]), 2) == pytest.approx(2 / 3)


def test_a_system_that_only_names_a_class_has_no_top_5(split):
    class Names:
        def predict_proba(self, X):
            return np.eye(3)[np.zeros(len(X), dtype=int)]

    assert measuring.class_scores(Names(), split.X) is None


def test_parameters_are_those_of_encoder_and_head_without_the_projection(split):
    model = make_pipeline(
        ConMLPEmbedder("mlp", streams=("joint",), hidden_dim=8, projection_dim=500, max_epochs=1), LinearProbe()
    ).fit(split.X, split.y)
    encoder = (64 * 20 * 3 + 1) * 8 + 2 * 8 + (8 + 1) * 8  # linear, layer normalisation, linear
    assert measuring.count_parameters(model) == encoder + 3 * (8 + 1)


def test_parameters_of_a_classifier_are_all_its_weights(split):
    model = GRUClassifier(8, max_epochs=1).fit(split.X, split.y)
    weights = sum(weights.numel() for weights in model._fitted_networks().parameters())
    assert measuring.count_parameters(model) == weights


class LikeMiniRocket(BaseEstimator):
    """As aeon's classifier: the ridge inside has graded scores, `predict_proba` only names a class."""

    def fit(self, X, y):
        self.pipeline_ = make_pipeline(StandardScaler(), RidgeClassifierCV()).fit(X, y)
        self.classes_ = self.pipeline_.classes_
        return self

    def predict_proba(self, X):
        return np.eye(3)[self.pipeline_.predict(X)]


def test_scores_and_coefficients_of_a_peer_are_those_of_the_ridge_inside():
    X, y = np.random.default_rng(0).normal(size=(30, 4)), np.arange(30) % 3
    model = make_pipeline(FunctionTransformer(np.negative), LikeMiniRocket()).fit(X, y)
    wanted = (
        RidgeClassifierCV()
        .fit(StandardScaler().fit_transform(-X), y)
        .decision_function(StandardScaler().fit_transform(-X))
    )
    np.testing.assert_allclose(measuring.class_scores(model, X), wanted)
    assert measuring.count_parameters(model) == 3 * (4 + 1)


def test_parameters_that_cannot_be_told_are_blank():
    assert measuring.count_parameters(make_pipeline(FunctionTransformer(), object())) is None


def test_measured_values_are_those_of_predictions_on_the_test_part(split):
    class Constant(LogisticRegression):
        def fit(self, X, y):
            self.classes_, self.seen = np.unique(y), len(X)
            return self

        def predict(self, X):
            return np.zeros(len(X), dtype=int)

        def predict_proba(self, X):
            return np.tile([0.6, 0.3, 0.1], (len(X), 1))

    model = Constant()
    model.coef_, model.intercept_ = np.zeros((3, 4)), np.zeros(3)
    found = measuring.measure(model, split)
    is_first = split.y[split.test] == 0
    share = is_first.mean()
    assert set(found) == set(measuring.MEASURED)
    assert model.seen == len(split.train)
    assert (found["standard"], found["top5"], found["n_parameters"]) == (pytest.approx(share), 1.0, 15)
    assert found["clean"] == pytest.approx(is_first[1:].mean())
    assert found["macro_f1"] == pytest.approx(2 * share / (1 + share) / 3)  # precision `share`, recall 1; then twice 0


# systems


def test_names_of_systems_are_told_apart():
    assert len(SYSTEMS) == sum(map(len, GROUPS.values()))


OF_SEVERAL_SEEDS = "VotingClassifier of three seeds, whole clip"


def test_every_system_but_the_peers_is_made_and_takes_a_seed(split):
    names = [name for group, systems in GROUPS.items() if group != "Peers" for name in systems]
    names.remove(OF_SEVERAL_SEEDS)
    seeds = [
        {value for name, value in SYSTEMS[name](split.skeleton, 7).get_params().items() if "random_state" in name}
        for name in names
    ]
    assert all(7 in found for found in seeds)


def test_several_seeds_of_one_system_are_averaged(split):
    model = SYSTEMS[OF_SEVERAL_SEEDS](split.skeleton, 2)
    assert [(member.random_state, member.n_clips) for _, member in model.estimators] == [(6, 1), (7, 1), (8, 1)]
    assert model.voting == "soft"


@pytest.mark.parametrize("loss", ["nt_xent", "supcon", "tcl"])
@pytest.mark.parametrize("weight", [0.0, 1.0])
@pytest.mark.parametrize("encoder", ["mlp", "tcn"])
def test_every_loss_has_rows_with_and_without_reconstruction(split, loss, weight, encoder):
    wanted = {"loss": loss, "reconstruction_weight": weight, "encoder": encoder}
    embedders = [
        SYSTEMS[name](split.skeleton, 0)[0].get_params()
        for group in GROUPS
        if "ConMLP" in group
        for name in GROUPS[group]
    ]
    found = [embedder["supervised"] for embedder in embedders if wanted.items() <= embedder.items()]
    assert found == (["auto", False] if loss == "tcl" else ["auto"])


def test_whole_name_chooses_one_system_and_a_part_all_that_have_it():
    assert choose(["LSTMClassifier"]) == ["LSTMClassifier"]
    on_graphs = ["Graph2Vec + LSTM", "Graph2Vec of positions + LSTM"]
    assert choose(["LSTM"]) == [*on_graphs, "LSTMClassifier", "LSTMClassifier(), nothing set"]


def test_part_of_no_name_is_refused():
    with pytest.raises(ValueError, match="no system is called 'svm'"):
        choose(["svm"])


def test_a_trial_shortens_all_parts_of_a_system(split):
    model = shorten(SYSTEMS["Graph2Vec + GRU"](split.skeleton, 0), 2)
    assert (model["emb"].epochs, model["clf"].max_epochs) == (2, 2)


# tables


def test_summary_is_mean_and_range_over_the_seeds():
    summary = summarise([accuracy_row("a", "0", "0.5"), accuracy_row("a", "1", "1.0", top5="")])
    wanted = {"standard": 0.75, "standard_min": 0.5, "standard_max": 1.0, "top5": 0.9, "seeds": 2}
    assert wanted.items() <= summary.items()


def test_table_has_the_systems_in_the_order_of_their_groups():
    rows = [accuracy_row(name, "0", "0.5", top5="") for name in ("c", "a", "b")]
    summaries = summarise_groups(rows, {"One": ["b", "missing"], "Two": ["a", "c"]})
    lines = accuracy_table(summaries).splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["**One**", "b", "**Two**", "a", "c"]
    assert lines[3] == "| b | 50.0 (50.0-50.0) | 50.0 (50.0-50.0) |  | 100.0 | 1 | 1 | 1.00 | 1 |"


def test_versions_of_all_rows_are_told():
    rows = [{"versions": "python=3.11 numpy=2.3"}, {"versions": "python=3.11 numpy=2.4 aeon=1.6"}]
    assert joined_versions(rows) == "python 3.11, numpy 2.3 and 2.4, aeon 1.6"


def test_heading_owns_up_to_rows_that_differ_in_what_is_clean():
    rows = [accuracy_row("a", str(seed), "0.5") | {"n_clean": n_clean} for seed, n_clean in enumerate(["8", "9", "8"])]
    assert "`clean` the 8 or 9 that repeat no training clip" in heading("set", rows)


def test_heading_calls_a_trial_a_trial():
    assert "at most 3 epochs" in heading("set", [accuracy_row("a", "0", "0.5", max_epochs="3")])
    assert "epochs" not in heading("set", [accuracy_row("a", "0", "0.5")])


# whole runs


@pytest.fixture
def command(tmp_path, monkeypatch, split):
    """The bench on synthetic data, with its files in a folder of the test's own."""
    named = replace(split, name="msr_action3d", groups=split.groups // 5)  # two groups, so that a search is short
    for module in (bench, few_labels, tcl_search):
        monkeypatch.setattr(module, "load_split", lambda name, folder: named)

    def run(module, *arguments):
        where = ["--rows", str(tmp_path / "rows.csv"), "--markdown", str(tmp_path / "table.md")]
        module.main(["--dataset", "msr_action3d=unused", *where, *arguments])
        return (tmp_path / "table.md").read_text()

    return run


def test_bench_writes_a_table_and_goes_on_from_its_rows(command, tmp_path, monkeypatch):
    first = command(bench, "--systems", FAST, "--seeds", "0", "1", "--csv", str(tmp_path / "table.csv"))
    assert f"| {FAST} |" in first
    assert (tmp_path / "table.csv").read_text().startswith("dataset,group,system,standard,")
    monkeypatch.setattr(bench, "measure", None)  # measuring again would fail
    assert command(bench, "--systems", FAST, "--seeds", "0", "1") == first


def test_trial_rows_do_not_mix_with_real_ones(command):
    command(bench, "--systems", FAST, "--seeds", "0", "--max-epochs", "1")
    assert "No row has been measured" in command(bench, "--only-table")


def test_few_labels_measures_every_method_and_part(command):
    arguments = ("--percents", "10", "100", "--seeds", "0", "--max-epochs", "1")
    table = command(few_labels, *arguments)
    for method in few_labels.METHODS:
        assert table.count(f"| {method} |") == 2
    assert command(few_labels, *arguments) == table
    shorter = command(few_labels, "--percents", "10", "--seeds", "0", "--max-epochs", "2", "--contrast-epochs", "1")
    assert "Contrast ran for 1 epochs at the most." in shorter
    assert shorter.count("| 10 (") == len(few_labels.METHODS)


# joblib's cache says so where the disk is busy
@pytest.mark.filterwarnings("ignore:Persisting input arguments took:UserWarning")
def test_tcl_search_reports_a_winner_of_the_grid_against_what_it_generalises(command, tmp_path):
    search_rows = tmp_path / "search.csv"
    arguments = ("--k1", "0", "1", "--k2", "1", "--seeds", "0", "--max-epochs", "1", "--search-rows", str(search_rows))
    report = command(tcl_search, *arguments, "--cache", str(tmp_path / "cache"))
    assert report.count("k2=1") == 2
    assert ("tcl - supcon: " in report, "tcl - nt_xent: " in report) == (True, True)
    assert len(search_rows.read_text().splitlines()) == 1 + 2 * 2
    assert command(tcl_search, *arguments) == report


# few labels, folds


@pytest.mark.parametrize(("percent", "per_class"), [(5, [1, 1, 1]), (25, [2, 5, 1]), (100, [10, 20, 3])])
def test_labels_are_spread_over_the_classes_with_one_at_least(percent, per_class):
    y = np.repeat([4, 6, 9], [10, 20, 3])
    labelled = few_labels.labelled_clips(y, percent, seed=0)
    assert np.unique(y[labelled], return_counts=True)[1].tolist() == per_class


def test_clips_with_few_labels_are_among_those_with_more():
    y = np.arange(60) % 3
    few, more = (set(few_labels.labelled_clips(y, percent, seed=1)) for percent in (10, 25))
    assert few < more


def test_inner_folds_hold_out_each_training_subject_once(actions, split):
    subjects = actions.subject[split.train]
    held_out = [set(subjects[test]) for _, test in tcl_search.inner_folds(split).split()]
    assert sorted(map(tuple, held_out)) == [(1,), (3,), (5,), (7,), (9,)]
