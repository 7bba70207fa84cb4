"""Options with which the gallery runs the examples: less training where they take long."""

from pathlib import Path
from typing import Any

_OUTPUT = "../docs/_build/pictures"  # from the folder of the examples, in which they run
_OPTIONS = {
    "01_quickstart.py": ["--epochs", "10"],
    "02_grid_search_tcl.py": ["--epochs", "3", "--folds", "2"],
    "04_ntu_xview.py": ["--epochs", "10", "--frames", "32"],
    "05_graph2vec_lstm.py": ["--epochs", "10"],
    "06_attention.py": ["--epochs", "8"],
    "07_dask_grid_search.py": ["--epochs", "5"],
}


def short_options(gallery_conf: dict[str, Any], script_vars: dict[str, Any]) -> list[str]:
    """The command line of a script without its name."""
    return [*_OPTIONS.get(Path(script_vars["src_file"]).name, []), "--out", _OUTPUT]
