"""Randomness that begins with one seed and leaves every global generator as it was."""

from __future__ import annotations

import numbers
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

_SEEDS = 2**31 - 1
# torch draws weights and dropout from one generator for the whole process: fits in several threads take turns, so
# that each gets the same random numbers as it would alone
_TURN = threading.RLock()


def draw_seed(random_state: Any) -> int:
    """One seed from a `random_state` parameter.

    Parameters
    ----------
    random_state : int, RandomState or None
        An integer gives the same seed each time; a RandomState is drawn from; None takes entropy from the
        operating system, so that NumPy's global generator stays untouched.

    Returns
    -------
    int
        The seed.

    Raises
    ------
    ValueError
        If `random_state` is none of these.
    """
    if random_state is None:
        return int(np.random.default_rng().integers(_SEEDS))
    if isinstance(random_state, numbers.Integral) and not isinstance(random_state, bool):
        return int(np.random.RandomState(int(random_state)).randint(_SEEDS))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(_SEEDS))
    raise ValueError(f"random_state={random_state!r} must be an int, a numpy.random.RandomState or None.")


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let torch draw inside the block, and restore its state after it, without a fit in another thread noticing."""
    with _TURN, torch.random.fork_rng(devices=[]):
        yield


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[torch.Generator]:
    """Seed torch inside the block (weights, dropout) and restore its state after it.

    Yields the generator for everything that is drawn explicitly: the order of samples and the views.
    """
    accelerators = [device] if device.type == "cuda" else []
    with _TURN, torch.random.fork_rng(devices=accelerators):
        torch.manual_seed(seed)
        yield torch.Generator().manual_seed(seed)
