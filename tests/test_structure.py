"""How the package hangs together: one name per module, imports in one direction."""

import ast
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import skeletonlearn

ROOT = Path(skeletonlearn.__file__).parent
MODULES = {
    ".".join((ROOT.name, *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}
LAYERS = [
    {
        "_containers",
        "_docstrings",
        "_files",
        "_lazy",
        "_memory",
        "_progress",
        "_sequences",
        "_warnings",
        "__init__",
        "base",
        "skeletons",
    },
    {"augmentation", "datasets", "losses", "nn", "preprocessing"},
    {"_training", "model_selection"},
    {"classification", "embedding", "regression"},
    {"plotting", "utils"},
]
"""Folders and files of the package; each may import from its own row and those above."""


def imports_of(path, *, at_import_only):
    """Modules of the package that a file imports; those under TYPE_CHECKING and in functions are left out if asked."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if not at_import_only else (node for node in tree.body)
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(ROOT.name):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)


def layer_of(module):
    part = module.removeprefix(ROOT.name).strip(".").partition(".")[0] or "__init__"
    return next(at for at, names in enumerate(LAYERS) if part in names)


def test_no_two_modules_have_one_name():
    names = Counter(path.stem.lstrip("_") for path in MODULES.values() if path.stem != "__init__")
    assert [name for name, count in names.items() if count > 1] == []


def test_modules_do_not_import_each_other_in_a_circle():
    graph = {module: set(imports_of(path, at_import_only=True)) - {module} for module, path in MODULES.items()}
    TopologicalSorter(graph).prepare()  # raises CycleError with the circle


@pytest.mark.parametrize("module", [module for module in MODULES if module != ROOT.name])
def test_imports_run_in_one_direction(module):
    upwards = [
        other for other in imports_of(MODULES[module], at_import_only=False) if layer_of(other) > layer_of(module)
    ]
    assert upwards == []
