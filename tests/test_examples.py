"""The examples and the README's code run as they stand, quickly configured.

They run in the process of the tests, which has imported torch already. `make docs` runs each example as a page of the
gallery, among them the one that starts a cluster; tests/test_docs_site.py looks at what that one printed.
"""

import ast
import re
import runpy
import sys
import tempfile
import textwrap
import warnings
from contextlib import chdir, redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import matplotlib.pyplot as plt
import numpy as np
import pytest

from skeletonlearn import plotting
from skeletonlearn.skeletons import check_layout

ROOT = Path(__file__).parents[1]


class Run(NamedTuple):
    """What an example wrote."""

    stdout: str
    stderr: str
    warnings: list[str]


def run(example, *arguments):
    """Run an example as a script."""
    command, out, errors = [example, *map(str, arguments)], StringIO(), StringIO()
    with (
        mock.patch.object(sys, "argv", command),
        tempfile.TemporaryDirectory() as folder,
        chdir(folder),
        redirect_stdout(out),
        redirect_stderr(errors),
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        with suppress(SystemExit):  # what an example that ended early did not print is missed below
            runpy.run_path(str(ROOT / "examples" / example), run_name="__main__")
        plt.close("all")
    return Run(out.getvalue(), errors.getvalue(), [str(one.message) for one in caught])


def percentages(text):
    return [float(number) for number in re.findall(r"([\d.]+) %", text)]


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory):
    out = tmp_path_factory.mktemp("quickstart")
    return run("01_quickstart.py", "--epochs", "8", "--out", out), out


@pytest.fixture(scope="module")
def graph2vec_lstm(tmp_path_factory):
    out = tmp_path_factory.mktemp("graph2vec_lstm")
    return run("05_graph2vec_lstm.py", "--epochs", "2", "--out", out), out


def test_quickstart_ends_well_and_writes_its_pictures(quickstart):
    done, out = quickstart
    assert {path.name for path in out.iterdir()} == {"confusion_matrix.png", "learning_curve.png"}
    assert all(str(out / name) in done.stdout for name in ("confusion_matrix.png", "learning_curve.png"))


def test_synthetic_motions_are_no_toy_but_can_be_learned(quickstart):
    done, _ = quickstart
    raw, embedded = (percentages(done.stdout)[at] for at in (1, 3))
    assert raw < 80
    assert embedded > 95


def test_grid_search_example_prints_a_row_for_each_pair_and_writes_its_picture(tmp_path):
    done = run("02_grid_search_tcl.py", "--epochs", "1", "--folds", "2", "--out", tmp_path)
    assert len(re.findall(r"±", done.stdout)) == 12
    assert (tmp_path / "grid_search_tcl.png").stat().st_size > 10_000


def test_ntu_example_reads_its_files_and_prints_the_table_with_what_reconstruction_costs(tmp_path):
    done = run("04_ntu_xview.py", "--epochs", "1", "--frames", "16", "--out", tmp_path)
    row = re.compile(r"^(SupCon|TCL)( \+ reconstruction)? +[\d.]+ % +[\d.]+ % +([\d,]+)$", flags=re.MULTILINE)
    plain = (2400 * 256 + 256) + 2 * 256 + (256 * 256 + 256) + (256 * 128 + 128)  # 16 x 50 x 3 coordinates
    rebuilding = plain + (256 * 256 + 256) + 2 * 256 + (256 * 2400 + 2400)
    assert [(loss, bool(decoder), int(size.replace(",", ""))) for loss, decoder, size in row.findall(done.stdout)] == [
        *(("SupCon", False, plain), ("SupCon", True, rebuilding)),
        *(("TCL", False, plain), ("TCL", True, rebuilding)),
    ]
    assert (tmp_path / "ntu_sequence.png").stat().st_size > 10_000
    assert "1 faulty" in done.stdout
    assert "say nothing about NTU RGB+D" in done.stdout


def test_graph2vec_example_prints_a_row_for_each_system_and_writes_the_graph(graph2vec_lstm):
    done, out = graph2vec_lstm
    row = r"^(graph2vec \+ LSTM|joints \+ GRU|chance) +([\d.]+) %(?: +\d+ s)?$"
    accuracy = dict(re.findall(row, done.stdout, flags=re.MULTILINE))
    assert list(accuracy) == ["graph2vec + LSTM", "joints + GRU", "chance"]
    assert float(accuracy["graph2vec + LSTM"]) > float(accuracy["chance"]) == 8.3
    assert (out / "frame_graph.png").stat().st_size > 10_000


def test_graph2vec_example_spells_words_as_the_embedder_does(graph2vec_lstm):
    done, _ = graph2vec_lstm
    assert re.search(r"\d+:\d \*", done.stdout)
    assert re.search(r"[0-9a-f]{32} \*", done.stdout)


def test_attention_example_prints_a_row_for_each_classifier_and_writes_its_pictures(tmp_path):
    done = run("06_attention.py", "--epochs", "1", "--out", tmp_path)
    assert re.findall(r"^(GRU|transformer)(?: +[\d.]+){4}$", done.stdout, flags=re.MULTILINE) == ["GRU", "transformer"]
    assert {path.name for path in tmp_path.iterdir()} == {"attention_classes.png", "attention_clips.png"}
    assert all(path.stat().st_size > 10_000 for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    "example", ["01_quickstart.py", "02_grid_search_tcl.py", "05_graph2vec_lstm.py", "06_attention.py"]
)
def test_real_data_without_a_folder_is_refused_with_what_is_missing(example, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [example, "--dataset", "nw_ucla"])
    with pytest.raises(SystemExit, match="2"):
        runpy.run_path(str(ROOT / "examples" / example), run_name="__main__")
    assert "--dataset nw_ucla needs --data FOLDER" in capsys.readouterr().err


def test_own_data_example_reads_each_format_back_and_says_how_well_it_does(tmp_path):
    done = run("03_own_data.py", "--out", tmp_path)
    assert done.warnings == []
    scores = re.findall(r"^(\w+): 48 clips, (\d+)% recognised$", done.stdout, flags=re.MULTILINE)
    assert [name for name, _ in scores] == ["OpenPose", "MediaPipe", "Table"]
    assert all(int(score) > 40 for _, score in scores)
    assert "recognised of subjects not trained on" in done.stdout
    assert (tmp_path / "own_data.png").stat().st_size > 10_000


def cells(example):
    """The code of a gallery script between two pieces of prose, without comments."""
    text = (ROOT / "examples" / example).read_text()
    return [re.sub(r"^#.*\n", "", cell, flags=re.MULTILINE).strip() for cell in text.split("# %%\n")]


@pytest.mark.parametrize("loader", ["load_openpose", "load_mediapipe", "load_video"])
def test_own_data_is_scored_in_five_lines(loader):
    (cell,) = [cell for cell in cells("03_own_data.py") if f"clips = {loader}(" in cell]
    block = textwrap.dedent(cell[re.search(rf"^ *clips = {loader}", cell, flags=re.MULTILINE).start() :])
    lines = block.splitlines()
    assert len(lines) == len(ast.parse(block).body) == 5
    assert lines[-1].startswith("print(")


def test_own_data_example_writes_no_mirror_images(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "argv", ["03_own_data.py", "--out", str(tmp_path)])
    monkeypatch.setenv("MPLBACKEND", "Agg")
    written = runpy.run_path(str(ROOT / "examples" / "03_own_data.py"))
    for clips in (written["openpose"], written["mediapipe"]):
        report = check_layout(clips.sequences, clips.skeleton)
        assert report.fits
        assert report.mirrored is False
        nose, ankle = clips.skeleton.index("nose"), clips.skeleton.index("left_ankle")
        y = np.nanmedian(np.concatenate(clips.sequences)[..., 1], axis=0)
        assert y[ankle] > y[nose]


README_BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("block", README_BLOCKS, ids=range(len(README_BLOCKS)))
def test_the_code_in_the_readme_runs_as_pasted_and_prints_its_outcome(block, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "README.md", "exec"), {"__name__": "__main__"})
    assert capsys.readouterr().out.strip()


def test_plotting_example_writes_a_picture_of_each_display_and_a_film(tmp_path):
    done = run("08_plotting.py", "--epochs", "1", "--out", tmp_path)
    pictures = "attention confusion embedding joint_importance loss_curve sequence top_k two_people"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*(f"{name}.png" for name in pictures.split()), "film.gif"]
    )
    assert all(path.stat().st_size > 10_000 for path in tmp_path.iterdir())
    assert all(path.name in done.stdout for path in tmp_path.iterdir())
    assert done.warnings == []


def test_plotting_example_shows_all_that_the_folder_of_pictures_exports():
    text = (ROOT / "examples" / "08_plotting.py").read_text()
    assert all(f"{name}.from_" in text or f"{name}(" in text for name in plotting.__all__)
