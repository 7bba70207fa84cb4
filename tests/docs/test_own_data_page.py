"""The page about own recordings names every loader for them."""

import re
from pathlib import Path

import pytest

from skeletonlearn import datasets
from tests.file_fixtures import FIXTURES, NO_FIXTURE

ROOT = Path(__file__).parents[2]
PAGES = {
    "guide": (ROOT / "docs" / "user_guide" / "own_data.rst").read_text(),
    "README": (ROOT / "README.md").read_text(),
}
OWN = {name for name in datasets.__all__ if re.match("load_|sequences_from_(table|array)$", name)}
OWN -= NO_FIXTURE - {"load_video"}
OTHERS = {"load_pku_mmd"}  # a data set


@pytest.mark.parametrize("page", PAGES)
def test_every_loader_of_own_files_is_named(page):
    named = set(re.findall(r"(?<=[`.])(?:load|sequences_from)_\w+(?=`)", PAGES[page]))
    assert named >= OWN - OTHERS
    assert {fixture.loader for fixture in FIXTURES.values()} - OTHERS <= named


@pytest.mark.parametrize("page", PAGES)
def test_the_five_lines_are_those_of_the_example(page):
    example = (ROOT / "examples" / "03_own_data.py").read_text()
    start = PAGES[page].index("clips = load_openpose")
    lines = [line.strip() for line in PAGES[page][start:].splitlines()[:5]]
    assert lines[0] == 'clips = load_openpose("clips", labels="folder")'
    assert all(line in example for line in lines[1:3])
    assert lines[3].removesuffix(")") in example
    assert lines[4].startswith('print(f"')
