"""Code in the pages that is no doctest, as it needs files, a cluster or another package: right as far as can be seen.

The doctests of the pages run by themselves: pytest collects docs/**/*.rst.
"""

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path
from textwrap import dedent

import pytest

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r"^\.\. code-block:: python\n\n((?:   .*\n|\n)+)", flags=re.MULTILINE)
PAGES = [path for path in [*DOCS.glob("*.rst"), *DOCS.glob("user_guide/*.rst")] if BLOCK.search(path.read_text())]


def blocks_of(path):
    return [dedent(block) for block in BLOCK.findall(path.read_text())]


def imported_from_us(tree):
    """What a block takes from the package, by the name that it has there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] == "skeletonlearn":
            module = import_module(node.module)
            yield from ((name.asname or name.name, getattr(module, name.name)) for name in node.names)


def unknown_keywords(tree, known):
    """Keywords of calls that the function or class which is called does not take."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known:
            taken = inspect.signature(known[node.func.id]).parameters
            yield from (f"{node.func.id}({one.arg}=...)" for one in node.keywords if one.arg not in taken)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_code_that_is_not_run_is_valid_and_calls_what_there_is(page):
    known, wrong = {}, []
    for block in blocks_of(page):
        tree = ast.parse(block)
        known.update(imported_from_us(tree))
        wrong += unknown_keywords(tree, known)
    assert not wrong
