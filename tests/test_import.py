"""What importing the package costs, and that every public name is there."""

import importlib
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


def modules_after(code):
    """Names of the modules that a new interpreter has loaded once it has run `code`."""
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("heavy", ["torch", "karateclub", "sklearn", "matplotlib"])
def test_importing_the_package_does_not_import(heavy):
    assert heavy not in modules_after("import skeletonlearn")


@pytest.mark.parametrize("light", ["preprocessing", "datasets", "skeletons", "model_selection", "base", "plotting"])
def test_module_that_knows_no_networks_does_not_import_torch(light):
    assert "torch" not in modules_after(f"import skeletonlearn.{light}")


def test_asking_for_a_light_name_does_not_import_torch():
    assert "torch" not in modules_after("from skeletonlearn import Skeleton")


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
