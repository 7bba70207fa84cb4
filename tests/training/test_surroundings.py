"""What a caller may have set in torch, and what torch imports late."""

import os
import subprocess
import sys

import pytest
import torch

from skeletonlearn._training.surroundings import default_torch


def state():
    return {
        "inference": torch.is_inference_mode_enabled(),
        "gradients": torch.is_grad_enabled(),
        "device": torch.get_default_device().type,
        "autocast": torch.is_autocast_enabled("cpu"),
        "dtype": torch.get_default_dtype(),
    }


DEFAULT = state()


@pytest.fixture
def double_by_default():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def test_nothing_is_left_of_what_a_caller_has_set(double_by_default):
    with torch.inference_mode(), torch.device("meta"), torch.autocast("cpu", dtype=torch.bfloat16):
        before = state()
        assert before != DEFAULT
        with default_torch():
            assert state() == DEFAULT
        assert state() == before


@pytest.mark.parametrize("failing", [False, True])
def test_what_a_caller_has_set_is_set_again_after_the_block(failing, double_by_default):
    try:
        with default_torch():
            if failing:
                raise RuntimeError
    except RuntimeError:
        pass
    assert torch.get_default_dtype() == torch.float64


def test_gradients_are_on_where_a_caller_has_switched_them_off():
    weight = torch.ones(2, requires_grad=True)
    with torch.no_grad(), default_torch():
        assert (2 * weight).requires_grad


_INTERRUPTED_IMPORT = """
import os, signal, sys
import numpy as np
from skeletonlearn import ConMLPEmbedder, GRUClassifier

X, Y = np.random.default_rng(0).normal(size=(8, 4, 5, 3)).astype(np.float32), np.arange(8) % 2
SMALL = {"hidden_dim": 8, "max_epochs": 1, "random_state": 0}


class Interrupter:
    "Sends Ctrl-C in the middle of the import of torch._dynamo."

    def find_spec(self, name, path=None, target=None):
        if name == "torch._inductor":
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)


sys.meta_path.insert(0, Interrupter())
estimator = ConMLPEmbedder("mlp", **SMALL)
try:
    estimator.fit(X, Y)
except KeyboardInterrupt:
    print("interrupted", estimator.__sklearn_is_fitted__())
estimator.fit(X, Y)
before = set(sys.modules)
for optimizer in ("adamw", "adam", "sgd"):
    for estimator in (ConMLPEmbedder("tcn", **SMALL), GRUClassifier(**SMALL)):
        estimator.set_params(optimizer=optimizer).fit(X, Y).partial_fit(X, Y)
print(sorted(name for name in set(sys.modules) - before if name.partition(".")[0] in ("torch", "sympy")))
"""


def test_an_interrupt_while_torch_imports_its_late_parts_leaves_them_whole():
    run = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED_IMPORT], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert run.stdout.splitlines() == ["interrupted False", "[]"]
