"""Fixtures for the tests of the readers."""

import re
from inspect import getdoc

import pytest


@pytest.fixture
def documented_keys():
    """Give the keys of the Bunch that a loader's docstring lists."""

    def keys(loader):
        returned = re.search(
            r"Returns\n-------\n(.*?)(?:\n\n[A-Z]\w+( \w+)?\n---|\Z)", getdoc(loader), flags=re.DOTALL
        )[1]
        entries = re.findall(r"^    (\w+(?:, \w+)*) : ", returned, flags=re.MULTILINE)
        return {key for entry in entries for key in entry.split(", ")}

    return keys
