"""What importing the package costs, and that every public name is there."""

import importlib
import json
import pkgutil
import subprocess
import sys

import pytest

import skeletonlearn

PUBLIC_MODULES = [
    module.name
    for module in pkgutil.iter_modules(skeletonlearn.__path__, "skeletonlearn.")
    if not module.name.rpartition(".")[2].startswith("_")
]


HEAVY = ["torch", "karateclub", "sklearn", "matplotlib"]
LIGHT = ["preprocessing", "datasets", "skeletons", "model_selection", "base", "plotting"]
IMPORT_IN_TURN = f"""
import json, sys
from importlib import import_module

def loaded():
    return [name for name in {HEAVY} if name in sys.modules]

import skeletonlearn
after = {{"skeletonlearn": loaded()}}
for folder in {LIGHT}:
    import_module("skeletonlearn." + folder)
    after[folder] = loaded()
from skeletonlearn import Skeleton
print(json.dumps(after | {{"Skeleton": loaded()}}))
"""


@pytest.fixture(scope="module")
def loaded_after():
    """Which heavy packages a new interpreter has loaded after each of our modules in turn."""
    run = subprocess.run([sys.executable, "-c", IMPORT_IN_TURN], capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


@pytest.mark.parametrize("heavy", HEAVY)
def test_importing_the_package_does_not_import(heavy, loaded_after):
    assert heavy not in loaded_after["skeletonlearn"]


@pytest.mark.parametrize("light", LIGHT)
def test_module_that_knows_no_networks_does_not_import_torch(light, loaded_after):
    assert "torch" not in loaded_after[light]


def test_asking_for_a_light_name_does_not_import_torch(loaded_after):
    assert "torch" not in loaded_after["Skeleton"]


@pytest.mark.parametrize("module", ["skeletonlearn", *PUBLIC_MODULES])
def test_every_name_in_all_is_there(module):
    module = importlib.import_module(module)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


@pytest.mark.parametrize("module", PUBLIC_MODULES)
def test_no_name_is_twice_in_all(module):
    names = importlib.import_module(module).__all__
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["ConMLPEmbedder", "LinearProbe", "Skeleton", "__version__"])
def test_main_name_is_public(name):
    assert name in skeletonlearn.__all__
    assert name in dir(skeletonlearn)


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'skeletonlearn' has no attribute 'Embedder'"):
        skeletonlearn.Embedder  # noqa: B018
