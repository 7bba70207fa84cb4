"""Randomness that begins with one seed and leaves every global generator as it was."""

from __future__ import annotations

import numbers
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.overrides import TorchFunctionMode

_SEEDS = 2**31 - 1
# torch draws weights and dropout from one generator per process: fits in several threads take turns, so that each gets
# the same random numbers as it would alone
_TURN = threading.RLock()


def draw_seed(random_state: Any) -> int:
    """Draw one seed from a `random_state` parameter.

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
def seeded(seed: int, device: torch.device) -> Iterator[torch.Generator]:
    """Seed torch inside the block (weights, dropout) and restore its state after it.

    Yields the generator for everything that is drawn explicitly: the order of samples and the views.
    """
    with _TURN, torch.random.fork_rng(devices=[device] if device.type != "cpu" else [], device_type=_forked(device)):
        seed_global_generators(seed, device)
        yield torch.Generator().manual_seed(seed)


def seed_global_generators(seed: int, device: torch.device) -> None:
    """Seed the generators that torch draws weights and dropout from: the CPU's and the device's, and no other.

    :func:`torch.manual_seed` seeds those of all accelerators, also of ones that a fit does not use.

    Parameters
    ----------
    seed : int
        The seed.
    device : torch.device
        Where networks are trained.
    """
    torch.random.default_generator.manual_seed(seed)
    if device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)


def _forked(device: torch.device) -> str:
    return "cuda" if device.type == "cpu" else device.type


class PrivateRandomness(TorchFunctionMode):
    """Inside the block, this thread's modules draw their first weights from a generator of its own.

    So networks whose weights are replaced at once can be built while another thread trains. A mode of torch's
    operations, in place of its functions, would catch more, but imports a thousand modules of torch.
    """

    def __init__(self) -> None:
        super().__init__()
        self._generator = torch.Generator("cpu").manual_seed(0)

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Call a function of torch, with the generator if it draws random numbers."""
        kwargs = dict(kwargs or {})
        if function in _RANDOM_FUNCTIONS and kwargs.get("generator") is None:
            kwargs["generator"] = self._generator
        return function(*args, **kwargs)


_RANDOM_FUNCTIONS: set[Callable[..., Any]] = {
    # those of torch.nn.init that hide from a mode which functions they call; all others call the functions below
    nn.init.kaiming_uniform_,
    nn.init.normal_,
    nn.init.uniform_,
    torch.bernoulli,
    torch.multinomial,
    torch.normal,
    torch.rand,
    torch.randint,
    torch.randn,
    torch.randperm,
    torch.Tensor.bernoulli_,
    torch.Tensor.cauchy_,
    torch.Tensor.exponential_,
    torch.Tensor.geometric_,
    torch.Tensor.log_normal_,
    torch.Tensor.normal_,
    torch.Tensor.random_,
    torch.Tensor.uniform_,
}
