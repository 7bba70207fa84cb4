"""Batches of sequences and seeded generators."""

import numpy as np
import pytest
import torch

from skeletonlearn.augmentation._view import uniform


@pytest.fixture
def make_generator():
    return lambda seed=0: torch.Generator().manual_seed(seed)


@pytest.fixture
def generator(make_generator):
    return make_generator()


@pytest.fixture
def make_batch():
    """Random sequences (B, F, J, C); by default of two persons with 25 joints."""

    def make(n_samples=4, n_frames=12, n_joints=50, n_channels=3, dtype=torch.float64):
        shape = (n_samples, n_frames, n_joints, n_channels)
        return torch.randn(shape, generator=torch.Generator().manual_seed(1), dtype=dtype)

    return make


@pytest.fixture
def batch(make_batch):
    return make_batch()


@pytest.fixture
def draw():
    """The uniform numbers that a view draws, as NumPy arrays, for references in NumPy."""

    def drawn(batch, generator, *shape, low=0.0, high=1.0):
        return uniform(shape, low, high, batch, generator).double().numpy()

    return drawn


@pytest.fixture
def bone_lengths():
    """Lengths (B, F, n_persons, n_bones) of all bones of all persons."""

    def lengths(batch, skeleton):
        bodies = batch.numpy().reshape(*batch.shape[:2], -1, skeleton.n_joints, batch.shape[-1])
        child, parent = np.array(skeleton.edges).T
        return np.linalg.norm(bodies[..., child, :] - bodies[..., parent, :], axis=-1)

    return lengths
