"""The same random numbers for every test of training, on one thread."""

import pytest
import torch


@pytest.fixture(autouse=True)
def seeded():
    """Every test starts from the same global state, and gives the old one back."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


@pytest.fixture(autouse=True)
def one_thread():
    """Threads of small operations wait for each other far longer than they work when cores are shared."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
