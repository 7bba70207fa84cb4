"""Batches of sequences by index, from an array, a read-only memory-map or a device's memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor


class SequenceBatches:
    """Samples of one array, copied batch by batch to the device.

    On the CPU the array stays where it is (memory-maps are read row by row) and batches share one buffer: a batch is
    valid until the next is taken. On an accelerator the array is copied there once, if it is resident.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_frames, n_joints, n_channels)
        Float32 sequences.
    device : torch.device
        Where batches are wanted.
    resident : bool, default=True
        Whether an accelerator holds all of X. That pays where samples are taken many times.
    """

    def __init__(self, X: np.ndarray, device: torch.device, *, resident: bool = True) -> None:
        self._array, self._device = X, device
        self._on_device = torch.tensor(X, device=device) if resident and device.type != "cpu" else None
        self._buffer = self._new_buffer(0)

    def take(self, indices: np.ndarray) -> Tensor:
        """Take the samples at `indices`, `(B, F, J, C)`."""
        if self._on_device is not None:
            return self._on_device[torch.from_numpy(indices).to(self._device)]
        if len(self._buffer) < len(indices):
            self._buffer = self._new_buffer(len(indices))
        batch = self._buffer[: len(indices)]
        # mode="clip" lets NumPy write into the buffer directly; indices are never out of range
        np.take(self._array, indices, axis=0, out=batch.numpy(), mode="clip")
        return batch.to(self._device)

    def take_padded(self, indices: np.ndarray) -> tuple[Tensor, None]:
        """Take the samples at `indices`; sequences of one length have no lengths."""
        return self.take(indices), None

    def _new_buffer(self, n_samples: int) -> Tensor:
        # torch's memory, not NumPy's: always aligned alike, so that the same batch takes the same kernels. The buffer
        # is used in training too, which cannot save a tensor that was made in inference mode
        with torch.inference_mode(False):
            return torch.empty((n_samples, *self._array.shape[1:]), dtype=torch.float32, device="cpu")


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
        """Take the samples at `indices`, `(B, F, J, C)` with F frames of the longest, and their lengths `(B,)`."""
        chosen = [self._sequences[at] for at in indices]
        lengths = np.array([len(one) for one in chosen])
        batch = np.zeros((len(chosen), lengths.max(), *chosen[0].shape[1:]), dtype=np.float32)
        for row, one in zip(batch, chosen, strict=True):
            row[: len(one)] = one
        return torch.from_numpy(batch).to(self._device), torch.from_numpy(lengths)


@contextmanager
def unchanged(batch: Tensor, user: str) -> Iterator[None]:
    """Refuse that the block changes a batch in place: other views and targets are computed from it too.

    Parameters
    ----------
    batch : Tensor
        What must not change.
    user : str
        What receives it in the block, for the error.
    """
    version = batch._version
    yield
    if batch._version != version:
        raise ValueError(f"{user} changed its input in place, expected that it returns a new tensor.")


def make_batches(
    X: np.ndarray | list[np.ndarray], device: torch.device, *, resident: bool = True
) -> SequenceBatches | RaggedBatches:
    """Make batches of sequences, of one length or of several."""
    return RaggedBatches(X, device) if isinstance(X, list) else SequenceBatches(X, device, resident=resident)


def shuffled_batches(n_samples: int, batch_size: int, generator: torch.Generator) -> Iterator[np.ndarray]:
    """Split one epoch into batches of indices: every sample once, in random order, batches as equal as can be.

    No batch is of one sample, which has nothing to be normalised or contrasted with: in batches of two, an odd sample
    makes one of three.
    """
    order = torch.randperm(n_samples, generator=generator).numpy()
    yield from np.array_split(order, _n_batches(n_samples, batch_size))


def smallest_batch(n_samples: int, batch_size: int) -> int:
    """Return the size of the smallest batch of an epoch."""
    return n_samples // _n_batches(n_samples, batch_size)


def equal_batches(n_samples: int, batch_size: int) -> Iterator[np.ndarray]:
    """Split all samples in order into batches of indices, as equal as can be, none of them of one sample."""
    yield from np.array_split(np.arange(n_samples), _n_batches(n_samples, batch_size))


def ordered_batches(n_samples: int, batch_size: int) -> Iterator[np.ndarray]:
    """Split all samples in order into batches of `batch_size` indices, and the rest."""
    for start in range(0, n_samples, batch_size):
        yield np.arange(start, min(start + batch_size, n_samples))


def _n_batches(n_samples: int, batch_size: int) -> int:
    return min(-(-n_samples // batch_size), max(n_samples // 2, 1))
