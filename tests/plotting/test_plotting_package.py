"""What the plotting package imports, and that it says what is not installed."""

import inspect
import subprocess
import sys

import numpy as np
import pytest

import skeletonlearn.plotting
from skeletonlearn.plotting import SkeletonDisplay, TopKDisplay

DISPLAYS = [name for name in skeletonlearn.plotting.__all__ if name.endswith("Display")]


def test_importing_the_package_imports_neither_matplotlib_nor_torch():
    code = "import sys, skeletonlearn.plotting; print({'matplotlib', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_matplotlib_that_is_not_installed_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    for draw in (
        lambda: SkeletonDisplay.from_sequence(np.zeros((20, 3)), "KINECT_V1"),
        lambda: TopKDisplay.from_predictions([0, 1], np.eye(2)),
    ):
        with pytest.raises(ImportError, match=r"pip install 'skeletonlearn\[plot\]'"):
            draw()


@pytest.mark.parametrize("name", DISPLAYS)
def test_display_stores_its_arguments_unchanged_and_draws_when_asked(name):
    display_class = getattr(skeletonlearn.plotting, name)
    parameters = inspect.signature(display_class).parameters
    given = {parameter: object() for parameter in parameters}
    display = display_class(**given)
    assert vars(display) == given
    assert "ax" in inspect.signature(display_class.plot).parameters
