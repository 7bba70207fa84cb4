"""Fits by several processes that `torchrun` starts."""

import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from skeletonlearn import ConMLPEmbedder
from tests.distributed_fit import LIKE_ONE_PROCESS, ONE_STEP, TARGET, fit, fragile, others, outcome, sequences

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(
    not torch.distributed.is_available() or sys.platform == "win32", reason="needs torch.distributed with gloo"
)
needs_callbacks = pytest.mark.skipif(
    importlib.util.find_spec("sklearn.callback") is None, reason="scikit-learn has callbacks since 1.9"
)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def torchrun(folder, *names):
    """Run the named fits in two processes."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"),
            *("--master-addr", "127.0.0.1", "--master-port", str(free_port())),
            *("--log-dir", str(folder / "logs")),  # else a folder in the system's temporary folder stays
            *("-m", "tests.distributed_fit", str(folder), *names),
        ],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def of_both(folder, name, variant=""):
    """Losses and weights that each process wrote."""
    return [dict(np.load(folder / name / f"{rank}{variant}.npz")) for rank in range(2)]


def errors(folder, name):
    """The error that each process wrote."""
    assert not list((folder / name).glob("*.npz"))
    return [path.read_text() for path in sorted((folder / name).glob("*.txt"))]


@pytest.fixture(scope="module")
def after_a_kill(tmp_path_factory):
    """The folder of two fits, each in a group of its own; a process was killed in the second."""
    folder = tmp_path_factory.mktemp("distributed")
    done = torchrun(folder, "undisturbed", "killed")
    assert done.returncode != 0
    assert not list((folder / "killed").iterdir())
    return folder


@pytest.fixture(scope="module")
def several(after_a_kill):
    """The folder of all other fits, which share one launch, since starting processes takes longer than their fits."""
    names = ["resumed", *LIKE_ONE_PROCESS, *others(after_a_kill)]
    if importlib.util.find_spec("sklearn.callback") is None:
        names.remove("stopped")
    done = torchrun(after_a_kill, *(name for name in dict.fromkeys(names) if name not in ("undisturbed", "killed")))
    assert done.returncode == 0, done.stderr[-3000:]
    return after_a_kill


def assert_same_arrays(first, second):
    assert first.keys() == second.keys()
    for name in first:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


@pytest.mark.parametrize("name", LIKE_ONE_PROCESS)
def test_two_processes_do_what_one_does_and_end_alike(several, name):
    both, alone = of_both(several, name), outcome(fit(LIKE_ONE_PROCESS[name]()))
    assert_same_arrays(*both)
    # what differs is rounding, which the optimiser's division by small moments makes larger with every step
    np.testing.assert_allclose(both[0]["losses"][0], alone["losses"][0], rtol=2e-6)
    np.testing.assert_allclose(both[0]["losses"], alone["losses"], rtol=1e-3)
    np.testing.assert_allclose(both[0]["validation"], alone["validation"], rtol=1e-3)


@pytest.mark.parametrize("name", LIKE_ONE_PROCESS)
def test_loss_gradients_and_statistics_of_a_step_are_those_of_one_process_on_the_whole_batch(several, name):
    both = of_both(several, name, "one_step")
    assert_same_arrays(*both)
    alone = outcome(fit(LIKE_ONE_PROCESS[name](), **ONE_STEP))
    np.testing.assert_allclose(both[0]["losses"], alone["losses"], rtol=1e-6)
    for weights, expected in alone.items():
        np.testing.assert_allclose(both[0][weights], expected, rtol=1e-4, atol=2e-6, err_msg=weights)


def test_a_process_that_dies_ends_the_run_and_another_run_resumes_from_the_checkpoint(several):
    for resumed, undisturbed in zip(of_both(several, "resumed"), of_both(several, "undisturbed"), strict=True):
        assert_same_arrays(resumed, undisturbed)


@needs_callbacks
def test_a_callback_that_stops_the_first_process_stops_all(several):
    both = of_both(several, "stopped")
    assert_same_arrays(*both)
    assert len(both[0]["losses"]) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("different_data", "The 2 processes differ in X: expected the same data and parameters"),
        ("other_checkpoint", "is of a fit that differs in learning_rate"),
        ("no_folder", "not written (No such file or directory)"),
        ("interrupted", "KeyboardInterrupt"),
    ],
)
def test_a_fit_fails_in_all_processes(several, name, text):
    assert [text in error for error in errors(several, name)] == [True, True]


def test_without_a_group_the_error_describes_how_to_start_one(monkeypatch):
    for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValueError, match=r"no process group, and RANK.*expected a script started by torchrun"):
        ConMLPEmbedder(distributed=True).fit(sequences(), TARGET)


def test_a_group_of_one_gives_what_no_group_gives(monkeypatch):
    for name, value in {"RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "127.0.0.1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MASTER_PORT", str(free_port()))
    together = outcome(fit(fragile(), distributed=True))
    assert not torch.distributed.is_initialized()
    assert_same_arrays(together, outcome(fit(fragile())))
