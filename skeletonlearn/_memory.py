"""Memory for large tensors that are made anew in each step of a training."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

_ALIGNMENT = 64  # bytes, as torch's own


def empty_like(tensor: Tensor) -> Tensor:
    """An uninitialised contiguous tensor of the same shape, type and device, quick to fill for the first time.

    On a CPU, touching new memory page by page takes longer than computing what goes into it: 27 of 37 ms of copying
    92 MB. NumPy asks the system for huge pages, which torch does not.
    """
    if tensor.device.type != "cpu":
        return torch.empty(tensor.shape, dtype=tensor.dtype, device=tensor.device)
    memory = torch.from_numpy(np.empty(tensor.nbytes + _ALIGNMENT, dtype=np.uint8))
    start = -memory.data_ptr() % _ALIGNMENT
    return memory[start : start + tensor.nbytes].view(tensor.dtype).view(tensor.shape)
