"""The examples are good notebooks too: converted as for the gallery, they run, and show their pictures in place."""

import re
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="needs the extra docs: make docs")
nbclient = pytest.importorskip("nbclient", reason="needs the extra docs: make docs")
gallery = pytest.importorskip("sphinx_gallery.notebook", reason="needs the extra docs: make docs")


EXAMPLES = Path(__file__).parents[1] / "examples"
_SECONDS = 120  # of a cell, at the most


def run_as_notebook(name, folder):
    """The notebook of an example, run from top to bottom with one epoch wherever something is trained."""
    script = folder / name
    script.write_text((EXAMPLES / name).read_text())
    gallery.python_to_jupyter_cli([str(script)])
    notebook = nbformat.read(script.with_suffix(".ipynb"), as_version=4)
    at = next(at for at, cell in enumerate(notebook.cells) if "options = parser.parse_args" in cell.source)
    notebook.cells.insert(at + 1, nbformat.v4.new_code_cell("options.epochs = 1"))
    nbclient.NotebookClient(notebook, timeout=_SECONDS, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def outputs_of(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def text_of(notebook, stream):
    return "".join(output.text for output in outputs_of(notebook) if output.get("name") == stream)


def n_pictures(notebook):
    return sum("image/png" in output.get("data", {}) for output in outputs_of(notebook))


@pytest.fixture(scope="module", autouse=True)
def _quiet_kernels():
    """Kernels with one thread, whose pictures are shown inline whatever the tests' own are drawn with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.delenv("MPLBACKEND", raising=False)
        yield


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory):
    return run_as_notebook("01_quickstart.py", tmp_path_factory.mktemp("quickstart"))


@pytest.fixture(scope="module")
def plotting(tmp_path_factory):
    return run_as_notebook("08_plotting.py", tmp_path_factory.mktemp("plotting"))


@pytest.fixture(params=["quickstart", "plotting"])
def notebook(request):
    return request.getfixturevalue(request.param)


def test_notebook_begins_with_its_title(notebook):
    assert notebook.cells[0].cell_type == "markdown"
    assert notebook.cells[0].source.lstrip().startswith("# ")


def test_notebook_runs_without_an_error(notebook):
    assert [output.ename for output in outputs_of(notebook) if output.output_type == "error"] == []
    assert "Warning" not in text_of(notebook, "stderr")


def test_quickstart_prints_what_the_script_prints(quickstart):
    printed = text_of(quickstart, "stdout")
    assert "X is (480, 64, 20, 3)" in printed
    assert re.search(r"linear probe of the ConMLP embedding +[\d.]+ %", printed)


def test_training_in_a_notebook_shows_a_bar_with_its_loss(quickstart):
    drawn = re.split(r"[\r\n]+", text_of(quickstart, "stderr").strip())
    assert all(bar.startswith("ConMLPEmbedder: ") for bar in drawn)
    assert re.search(r"100%.* 1/1 .*loss [\d.]+, learning_rate [\d.e-]+", drawn[-1])


def test_quickstart_shows_its_two_pictures(quickstart):
    assert n_pictures(quickstart) == 2


def test_plotting_shows_every_display_and_a_film(plotting):
    assert n_pictures(plotting) == 8
    films = [output.data["text/html"] for output in outputs_of(plotting) if "text/html" in output.get("data", {})]
    assert any("<img" in film and "oninput" in film for film in films)
