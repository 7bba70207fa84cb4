"""What users get: the files of the wheel, its types, and what is said where torch or karateclub is missing."""

import ast
import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

import skeletonlearn
from skeletonlearn.utils import all_estimators

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PACKAGE = ROOT / "skeletonlearn"
LAZY = ["skeletonlearn", "skeletonlearn.classification", "skeletonlearn.embedding", "skeletonlearn.regression"]
ON_TORCH = ["augmentation", "losses", "nn"]

# torch and karateclub as if they were not installed
REFUSE = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Refuse())
"""

ASK_FOR_EVERYTHING = """
import json, pkgutil
from importlib import import_module
import skeletonlearn

said = {}
for module in pkgutil.iter_modules(skeletonlearn.__path__, "skeletonlearn."):
    if not module.name.rpartition(".")[2].startswith("_"):
        try:
            folder = import_module(module.name)
        except ImportError as error:
            said[module.name] = str(error)
            continue
        said[module.name] = "imported"
        for name in folder.__all__:
            try:
                getattr(folder, name)()
            except Exception as error:
                said[name] = f"{type(error).__name__}: {error}"
            else:
                said[name] = "made"
print(json.dumps(said))
"""

WORK_WITHOUT_TORCH = """
import tempfile
import matplotlib
import numpy as np
matplotlib.use("Agg")
import skeletonlearn
from skeletonlearn import LinearProbe
from skeletonlearn.datasets import NTUBody, NTURecording, load_ntu_rgbd, make_actions, write_ntu_skeleton
from skeletonlearn.model_selection import CrossSubject, find_leaks
from skeletonlearn.plotting import SkeletonDisplay
from skeletonlearn.preprocessing import make_skeleton_pipeline

actions = make_actions(n_samples=12, n_classes=2, skeleton="NTU_RGBD", missing=0, random_state=0)
X = make_skeleton_pipeline(actions.skeleton, n_frames=8).fit_transform(actions.sequences)
train, test = next(CrossSubject([1]).split(X, actions.target, groups=actions.subject))
LinearProbe().fit(X[train], actions.target[train]).predict(X[test])
find_leaks(X, train, test)
SkeletonDisplay.from_sequence(actions.sequences[0], actions.skeleton)
with tempfile.TemporaryDirectory() as folder:
    body = NTUBody(1, np.arange(len(actions.sequences[0])), actions.sequences[0].astype(np.float32))
    write_ntu_skeleton(f"{folder}/S001C001P001R001A001.skeleton", NTURecording(len(body.frames), [body]))
    print(len(load_ntu_rgbd(folder).sequences), "sequence")
"""

COMPLETE = """
import rlcompleter, skeletonlearn, skeletonlearn.embedding, skeletonlearn.classification, skeletonlearn.regression
completer = rlcompleter.Completer({"skeletonlearn": skeletonlearn})
for text in ["C", "embedding.", "classification.", "regression."]:
    print([completer.complete("skeletonlearn." + text, at) for at in range(4)])
"""

FIT_GRAPH2VEC = """
import numpy as np
from skeletonlearn import Graph2VecEmbedder
Graph2VecEmbedder().fit(np.random.default_rng(0).normal(size=(12, 6, 20, 3)))
"""

USER_SCRIPT = """
import skeletonlearn
from skeletonlearn import ConMLPEmbedder, LinearProbe, Skeleton
from skeletonlearn.classification import GRUClassifier
from skeletonlearn.embedding import Graph2VecEmbedder
from skeletonlearn.losses import tcl

reveal_type(ConMLPEmbedder())
reveal_type(LinearProbe())
reveal_type(GRUClassifier())
reveal_type(Graph2VecEmbedder())
reveal_type(skeletonlearn.SkeletonClassifier())
reveal_type(skeletonlearn.SkeletonRegressor())
reveal_type(skeletonlearn.skeletons.get_skeleton("SBU"))
reveal_type(Skeleton.edges)
reveal_type(tcl)
reveal_type(skeletonlearn.__version__)
skeletonlearn.Embedder
from skeletonlearn.embedding import ConMLPEmbeder
"""

# torch's own types take a minute to read
MYPY = """
[mypy]
ignore_missing_imports = True

[mypy-torch.*]
follow_imports = skip
"""


def run(code, *, missing=()):
    """Run code in a new interpreter from which some packages are missing."""
    return subprocess.run(
        [sys.executable, "-c", REFUSE.format(missing=set(missing) or "()") + code],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def said_without_torch():
    done = run(ASK_FOR_EVERYTHING, missing=("torch", "karateclub", "gensim"))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# a machine without torch


def test_only_folders_of_tensors_cannot_be_imported_without_torch(said_without_torch):
    refused = {name for name, text in said_without_torch.items() if text.startswith("No module named")}
    assert refused == {f"skeletonlearn.{folder}" for folder in ON_TORCH}


@pytest.mark.parametrize("name", [name for name, _ in all_estimators()])
def test_estimator_is_made_without_torch_or_says_what_to_install(name, said_without_torch):
    wanted = f"ModuleNotFoundError: {name} needs torch, which is not installed: pip install torch"
    assert said_without_torch[name] in {"made", wanted}


def test_linear_probe_and_preprocessing_need_no_torch(said_without_torch):
    on_numpy = ["LinearProbe", *import_module("skeletonlearn.preprocessing").__all__]
    assert {said_without_torch[name] for name in on_numpy if name[0].isupper()} == {"made"}


@pytest.mark.parametrize("folder", ON_TORCH)
def test_folder_of_tensors_says_what_to_install(folder):
    done = run(f"import skeletonlearn\nskeletonlearn.{folder}", missing=["torch"])
    assert f"skeletonlearn.{folder} needs torch, which is not installed: pip install torch" in done.stderr


def test_readers_preprocessing_protocols_probe_and_pictures_work_without_torch():
    done = run(WORK_WITHOUT_TORCH, missing=("torch", "karateclub", "gensim"))
    assert done.stdout == "1 sequence\n", done.stderr


def test_names_are_completed_without_torch():
    done = run(COMPLETE, missing=["torch"])
    assert done.returncode == 0, done.stderr
    completed = re.findall(r"\.(\w+)\(", done.stdout)
    folders = [skeletonlearn.embedding, skeletonlearn.classification, skeletonlearn.regression]
    assert completed == ["ConMLPEmbedder", *(name for folder in folders for name in folder.__all__)]


@pytest.mark.parametrize(("package", "install"), [("karateclub", "karateclub==1.2.2"), ("gensim", "gensim")])
def test_graph2vec_without_its_package_says_what_to_install(package, install):
    done = run(FIT_GRAPH2VEC, missing=[package])
    assert f"Graph2VecEmbedder needs {package}, which is not installed: pip install {install}\n" in done.stderr


def test_missing_package_that_no_name_is_known_for_is_reported_as_it_is():
    done = run("import skeletonlearn\nskeletonlearn.LinearProbe", missing=["scipy"])
    assert "ModuleNotFoundError: No module named 'scipy" in done.stderr


def test_text_to_install_karateclub_names_the_version_that_the_project_depends_on():
    from skeletonlearn._lazy import _INSTALL

    assert _INSTALL["karateclub"] in PROJECT["dependencies"]


# the archives


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    (path,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("wheel")), versions=["standard"])
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    """The source archive, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    (path,) = SdistBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with tarfile.open(path) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return unpacked


def files_below(folder, root=ROOT):
    """Source files of a folder of the project, as paths relative to it."""
    return {
        path.relative_to(root).as_posix()
        for path in (root / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_the_package_and_nothing_else(wheel):
    info = f"skeletonlearn-{skeletonlearn.__version__}.dist-info"
    parts = {"METADATA", "WHEEL", "RECORD", "licenses/LICENSE"}
    assert set(wheel.namelist()) == files_below("skeletonlearn") | {f"{info}/{part}" for part in parts}


@pytest.mark.parametrize("name", ["skeletonlearn/py.typed", "skeletonlearn/datasets/_ntu/missing_ntu60.txt"])
def test_wheel_holds_files_that_are_not_code(wheel, name):
    assert name in wheel.namelist()


@pytest.mark.parametrize(
    "wanted",
    ["Makefile", "pyproject.toml", "constraints.txt", "README.md", "LICENSE", "CONTRIBUTING.md", "CHANGELOG.md"],
)
def test_source_archive_holds_what_its_commands_need(sdist, wanted):
    assert (sdist / wanted).read_text() == (ROOT / wanted).read_text()


@pytest.mark.parametrize("folder", ["skeletonlearn", "tests", "examples"])
def test_source_archive_holds_the_whole_folder(sdist, folder):
    assert files_below(folder, sdist) == files_below(folder)


def test_wheel_can_be_made_from_the_source_archive(sdist, wheel, tmp_path):
    (path,) = WheelBuilder(str(sdist)).build(directory=str(tmp_path), versions=["standard"])
    assert zipfile.ZipFile(path).namelist() == wheel.namelist()


# the metadata


def test_version_is_said_in_one_place():
    assert "version" in PROJECT["dynamic"]


def test_wheel_has_the_version_of_the_package(wheel):
    metadata = wheel.read(f"skeletonlearn-{skeletonlearn.__version__}.dist-info/METADATA").decode()
    assert f"\nVersion: {skeletonlearn.__version__}\n" in metadata


def packages_imported_at_once():
    """Top-level packages that the modules import when they are themselves imported, ours apart."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for statement in _at_once(ast.parse(path.read_text())):
            names = [one.name for one in statement.names] if isinstance(statement, ast.Import) else [statement.module]
            found |= {name.partition(".")[0] for name in names}
    return found - set(sys.stdlib_module_names) - {"skeletonlearn"}


def _at_once(block):
    """Import statements of a module outside its functions and what only type checkers read."""
    for statement in ast.iter_child_nodes(block):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield statement
        elif isinstance(statement, ast.Try):
            yield from _at_once(statement)


def test_dependencies_are_the_packages_that_are_imported_at_once():
    imported = {"scikit-learn" if name == "sklearn" else name for name in packages_imported_at_once()}
    assert imported == {re.match(r"[\w-]+", line)[0] for line in PROJECT["dependencies"]}


def test_extra_test_brings_what_other_extras_bring_to_users():
    extras = PROJECT["optional-dependencies"]
    users = [line for extra in ("plot", "progress", "io", "onnx", "cluster") for line in extras[extra]]
    assert set(users) <= set(extras["test"])


# the types


def _typed_names(module):
    """Names that a module imports for type checkers alone."""
    tree = ast.parse(Path(import_module(module).__file__).read_text())
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    return {alias.name for statement in block.body for alias in statement.names}


@pytest.mark.parametrize("module", LAZY)
def test_lazy_names_are_typed_names(module):
    folders = {Path(name).stem for name in PUBLIC_FOLDERS} if module == "skeletonlearn" else set()
    assert _typed_names(module) == set(import_module(module).__all__) - {"__version__"} | folders


PUBLIC_FOLDERS = [
    path.name
    for path in PACKAGE.iterdir()
    if not path.name.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").exists())
]


@pytest.mark.parametrize("folder", PUBLIC_FOLDERS)
def test_folder_is_there_once_the_package_is_imported(folder):
    name = Path(folder).stem
    assert getattr(skeletonlearn, name) is import_module(f"skeletonlearn.{name}")


@pytest.fixture(scope="module")
def types(tmp_path_factory):
    """What mypy says of a user's script, line by line."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "script.py").write_text(USER_SCRIPT)
    (folder / "mypy.ini").write_text(MYPY)
    command = [sys.executable, "-m", "mypy", "script.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return re.findall(r"script\.py:\d+: (.*)", done.stdout)


@pytest.mark.parametrize(
    "name",
    [
        "embedding._conmlp.ConMLPEmbedder",
        "classification._linear_probe.LinearProbe",
        "classification._recurrent_classifiers.GRUClassifier",
        "embedding._graph2vec._embedder.Graph2VecEmbedder",
        "classification._skeleton_classifier.SkeletonClassifier",
        "regression._skeleton_regressor.SkeletonRegressor",
        "skeletons._skeleton.Skeleton",
    ],
)
def test_type_checker_knows_the_class(types, name):
    assert f'note: Revealed type is "skeletonlearn.{name}"' in types


def test_type_checker_knows_what_functions_and_attributes_give(types):
    assert any("def (z: Any, labels: Any, temperature: float =, k1: float =, k2: float =)" in line for line in types)
    assert any("-> tuple[tuple[int, int], ...]" in line for line in types)
    assert not any(line.endswith('"Any"') for line in types)


def test_type_checker_refuses_a_misspelt_name(types):
    assert 'error: Module has no attribute "Embedder"  [attr-defined]' in types
    assert any(
        line.startswith('error: Module "skeletonlearn.embedding" has no attribute "ConMLPEmbeder"') for line in types
    )
