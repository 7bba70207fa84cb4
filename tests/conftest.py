"""Fixtures for all tests."""

import os
import random
from pathlib import Path

import numpy as np
import pytest
import torch

_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@pytest.fixture(autouse=True)
def _seed_global_generators():
    """Tests that draw without a seed of their own draw the same each time."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002
    torch.manual_seed(0)


@pytest.fixture(autouse=True, scope="session")
def _one_torch_thread():
    """Networks this small gain nothing from threads, and lose a hundredfold where the cores are busy."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def real_data():
    """Give the folder of a real data set by name; where it is absent, skip, or fail if it must be there."""

    def folder(name):
        path = _DATA / name
        if not path.is_dir():
            refuse = pytest.fail if os.environ.get("SKELETONLEARN_REQUIRE_DATA") else pytest.skip
            refuse(f"real data set {name!r} is not beside the repository")
        return path

    return folder
