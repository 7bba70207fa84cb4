"""Every bench runs in its smallest size, so that none falls behind the code that it measures."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "benchmarks"
MODULES = [path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__"]
PACKAGES = [f"{path.parent.name}.__main__" for path in FOLDER.glob("*/__main__.py")]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="benches read /proc")


# joblib's cache says so where the disk is busy
@pytest.mark.filterwarnings("ignore:Persisting input arguments took:UserWarning")
@pytest.mark.parametrize("name", sorted(MODULES + PACKAGES))
def test_smallest_run_of_a_bench_ends_well_and_prints_a_report(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)  # rows and tables are written below the working directory
    bench = import_module(f"tests.benchmarks.{name}")
    assert not bench.main(bench.SMALLEST)
    assert capsys.readouterr().out.strip()
