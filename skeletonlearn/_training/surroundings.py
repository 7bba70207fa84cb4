"""What a caller may have set in torch, and networks must not depend on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module

import torch

_AUTOCAST_DEVICES = ("cpu", "cuda", "mps")


@contextmanager
def default_torch() -> Iterator[None]:
    """Inside the block, torch behaves as it does by default: gradients, no autocast, float32, CPU.

    The caller may have set a default dtype or device, or be inside of `torch.inference_mode`, `torch.no_grad` or
    `torch.autocast`. What is already the default is not touched.
    """
    with ExitStack() as stack:
        if torch.is_inference_mode_enabled():
            stack.enter_context(torch.inference_mode(False))
        if not torch.is_grad_enabled():
            stack.enter_context(torch.enable_grad())
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        for device_type in _AUTOCAST_DEVICES:
            if torch.is_autocast_enabled(device_type):
                stack.enter_context(torch.autocast(device_type, enabled=False))
        if torch.get_default_dtype() != torch.float32:
            stack.enter_context(_default_dtype(torch.float32))
        yield


@contextmanager
def _default_dtype(dtype: torch.dtype) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def import_lazy_parts_of_torch() -> None:
    """Import what torch's optimisers import when they are first made.

    Ctrl-C in the middle of that import leaves modules half imported, and no later fit of the process works. It is
    raised in the main thread only, so the import runs in another one.
    """
    thread = threading.Thread(target=import_module, args=("torch._dynamo",))
    thread.start()
    thread.join()
