"""Contrastive pretraining by several processes that `torchrun` starts."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from skeletonlearn import ConMLPEmbedder
from skeletonlearn._training.ranks import OneProcess, join_ranks
from tests.distributed_fit import VIEWS_AN_EPOCH, data, fit

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(
    not torch.distributed.is_available() or sys.platform == "win32", reason="needs torch.distributed with gloo"
)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def torchrun(folder, parameters=None, *, fatal_view=0, **options):
    """Run the fit in two processes; its outcome, and what each process wrote down."""
    folder.mkdir(exist_ok=True)
    chosen = {"parameters": {"distributed": True, **(parameters or {})}, **options}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"),
            *("--master-addr", "127.0.0.1", "--master-port", str(free_port())),
            *("--log-dir", str(folder / "logs")),  # else a folder in the system's temporary folder stays
            *("-m", "tests.distributed_fit", str(folder), json.dumps(chosen)),
        ],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "FATAL_VIEW": str(fatal_view)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    return done, [dict(np.load(folder / f"{rank}.npz")) for rank in range(2) if (folder / f"{rank}.npz").exists()]


def assert_same_arrays(first, second):
    assert first.keys() == second.keys()
    for name in first:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"loss": "nt_xent", "encoder": "cooccurrence", "reconstruction_weight": 1.0, "early_stopping": True},
        {"loss": "tcl", "encoder": "transformer", "fusion": "early"},
    ],
    ids=["supcon", "reconstruction", "tcl"],
)
def test_two_processes_do_what_one_does_and_end_alike(tmp_path, parameters):
    done, ranks = torchrun(tmp_path / "two", parameters)
    assert done.returncode == 0, done.stderr[-3000:]
    assert_same_arrays(*ranks)
    alone = fit(parameters)
    # what differs is rounding, which the optimiser's division by small moments makes larger with every step
    np.testing.assert_allclose(ranks[0]["losses"][0], alone.loss_curve_[0], rtol=2e-6)
    np.testing.assert_allclose(ranks[0]["losses"], alone.loss_curve_, rtol=1e-3)
    if parameters.get("early_stopping"):
        np.testing.assert_allclose(ranks[0]["validation"], alone.validation_curve_, rtol=1e-3)


def test_the_loss_before_any_step_is_that_of_one_process_on_the_whole_batch(tmp_path):
    # one batch, and no step that could make rounding grow
    parameters = {"max_epochs": 1, "batch_size": 19}
    done, ranks = torchrun(tmp_path / "two", parameters)
    assert done.returncode == 0, done.stderr[-3000:]
    np.testing.assert_allclose(ranks[0]["losses"], fit(parameters).loss_curve_, rtol=1e-6)


def test_a_process_that_dies_ends_the_run_and_another_run_goes_on_from_the_checkpoint(tmp_path):
    parameters = {"dropout": 0.3, "checkpoint": str(tmp_path / "checkpoint")}
    done, ranks = torchrun(tmp_path / "killed", parameters, fatal_view=2 * VIEWS_AN_EPOCH + 3)
    assert done.returncode != 0
    assert ranks == []
    done, ranks = torchrun(tmp_path / "going_on", parameters)
    assert done.returncode == 0, done.stderr[-3000:]
    _, undisturbed = torchrun(tmp_path / "undisturbed", {"dropout": 0.3})
    for one, other in zip(ranks, undisturbed, strict=True):
        assert_same_arrays(one, other)


def test_processes_with_different_data_are_refused(tmp_path):
    done, ranks = torchrun(tmp_path / "two", seeds_of_data=[0, 1])
    assert done.returncode != 0
    assert ranks == []
    assert "The 2 processes differ in X: expected the same data and parameters" in done.stderr


def test_a_checkpoint_of_another_fit_is_refused_in_all_processes(tmp_path):
    checkpoint = tmp_path / "checkpoint"
    fit({"checkpoint": checkpoint, "max_epochs": 1})
    before = checkpoint.read_bytes()
    done, ranks = torchrun(tmp_path / "two", {"checkpoint": str(checkpoint)})
    assert done.returncode != 0
    assert ranks == []
    assert "is of a fit that differs in" in done.stderr
    assert checkpoint.read_bytes() == before


def test_batches_smaller_than_the_group_are_refused(tmp_path):
    done, _ = torchrun(tmp_path / "two", {"batch_size": 2, "max_epochs": 1})
    assert done.returncode != 0
    assert "19 sequences in batches of 2 leave some of 2 processes with none" in done.stderr


def test_without_a_group_the_error_tells_how_to_start_one(monkeypatch):
    for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValueError, match=r"no process group, and RANK.*expected a script started by torchrun"):
        ConMLPEmbedder(distributed=True).fit(*data())


def test_one_process_alone_is_a_group_of_its_own():
    with join_ranks(False, torch.device("cpu")) as ranks:
        assert type(ranks) is OneProcess
        assert (ranks.rank, ranks.size) == (0, 1)


def test_a_group_of_one_gives_what_no_group_gives(monkeypatch):
    for name, value in {"RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "127.0.0.1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MASTER_PORT", str(free_port()))
    together = fit({"distributed": True})
    assert not torch.distributed.is_initialized()
    np.testing.assert_allclose(together.loss_curve_, fit({}).loss_curve_, rtol=1e-4)
