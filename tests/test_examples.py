"""The examples and the README's code run as they stand, quickly configured."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command):
    """Run Python from the root of the repository, with one thread."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def percentages(text):
    return [float(number) for number in re.findall(r"([\d.]+) %", text)]


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory):
    out = tmp_path_factory.mktemp("quickstart")
    return run("examples/01_quickstart.py", "--out", str(out)), out


def test_quickstart_ends_well_and_writes_its_pictures(quickstart):
    done, out = quickstart
    assert done.returncode == 0, done.stderr
    assert {path.name for path in out.iterdir()} == {"confusion_matrix.png", "learning_curve.png"}
    assert all(str(out / name) in done.stdout for name in ("confusion_matrix.png", "learning_curve.png"))


def test_synthetic_motions_are_no_toy_but_can_be_learned(quickstart):
    done, _ = quickstart
    raw, embedded = (percentages(done.stdout)[at] for at in (1, 3))
    assert raw < 80
    assert embedded > 95


def test_grid_search_example_prints_a_row_for_each_pair_and_writes_its_picture(tmp_path):
    done = run("examples/02_grid_search_tcl.py", "--epochs", "1", "--folds", "2", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"±", done.stdout)) == 12
    assert (tmp_path / "grid_search_tcl.png").stat().st_size > 10_000


@pytest.mark.parametrize("example", ["01_quickstart.py", "02_grid_search_tcl.py"])
def test_real_data_without_a_folder_is_refused_with_what_is_missing(example):
    done = run(f"examples/{example}", "--dataset", "nw_ucla")
    assert done.returncode == 2
    assert "--dataset nw_ucla needs --data FOLDER" in done.stderr


def test_the_code_in_the_readme_runs_as_pasted():
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    assert blocks
    for block in blocks:
        done = run("-c", block)
        assert done.returncode == 0, done.stderr
