"""Batches of sequences by index, from an array, a read-only memory-map or a device's memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor


class SequenceBatches:
    """Samples of one array, copied batch by batch to the device.

    On the processor the array stays where it is (memory-maps are read row by row) and batches land in one
    buffer, used again for each batch: a batch is valid until the next is taken. On an accelerator the array is
    copied there once.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_frames, n_joints, n_channels)
        Float32 sequences.
    device : torch.device
        Where batches are wanted.
    """

    def __init__(self, X: np.ndarray, device: torch.device) -> None:
        self._array = X
        self._on_device = None if device.type == "cpu" else torch.tensor(X, device=device)
        self._buffer = self._room(0)

    def take(self, indices: np.ndarray) -> Tensor:
        """The samples at `indices`, `(B, F, J, C)`."""
        if self._on_device is not None:
            return self._on_device[torch.from_numpy(indices).to(self._on_device.device)]
        if len(self._buffer) < len(indices):
            self._buffer = self._room(len(indices))
        batch = self._buffer[: len(indices)]
        # mode="clip" lets NumPy write into the buffer directly; indices are never out of range
        np.take(self._array, indices, axis=0, out=batch.numpy(), mode="clip")
        return batch

    def take_padded(self, indices: np.ndarray) -> tuple[Tensor, None]:
        """As `take`, with the lengths that sequences of one length need not have."""
        return self.take(indices), None

    def _room(self, n_samples: int) -> Tensor:
        # torch's memory, not NumPy's: always aligned alike, so that the same batch takes the same kernels
        return torch.empty((n_samples, *self._array.shape[1:]), dtype=torch.float32)


class RaggedBatches:
    """Samples of different lengths, padded batch by batch with zeros on the device.

    Parameters
    ----------
    X : list of ndarray of shape (n_frames_i, n_joints, n_channels)
        Float32 sequences.
    device : torch.device
        Where batches are wanted.
    """

    def __init__(self, X: Sequence[np.ndarray], device: torch.device) -> None:
        self._sequences, self._device = X, device

    def take_padded(self, indices: np.ndarray) -> tuple[Tensor, Tensor]:
        """The samples at `indices`, `(B, F, J, C)` with F frames of the longest, and their lengths `(B,)`."""
        chosen = [self._sequences[at] for at in indices]
        lengths = np.array([len(one) for one in chosen])
        batch = np.zeros((len(chosen), lengths.max(), *chosen[0].shape[1:]), dtype=np.float32)
        for row, one in zip(batch, chosen, strict=True):
            row[: len(one)] = one
        return torch.from_numpy(batch).to(self._device), torch.from_numpy(lengths)


def make_batches(X: np.ndarray | list[np.ndarray], device: torch.device) -> SequenceBatches | RaggedBatches:
    """Batches of sequences that are of one length or not."""
    return RaggedBatches(X, device) if isinstance(X, list) else SequenceBatches(X, device)


def shuffled_batches(n_samples: int, batch_size: int, generator: torch.Generator) -> Iterator[np.ndarray]:
    """Indices of one epoch's batches: every sample once, in random order, batches as equal as can be.

    None is of one sample, which has nothing to be normalised or contrasted with: in batches of two, an odd sample out
    makes one of three.
    """
    order = torch.randperm(n_samples, generator=generator).numpy()
    n_batches = min(-(-n_samples // batch_size), max(n_samples // 2, 1))
    yield from np.array_split(order, n_batches)


def ordered_batches(n_samples: int, batch_size: int) -> Iterator[np.ndarray]:
    """Indices of all samples in order, `batch_size` at a time."""
    for start in range(0, n_samples, batch_size):
        yield np.arange(start, min(start + batch_size, n_samples))
