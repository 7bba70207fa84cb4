"""Smooth."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter1d

from skeletonlearn.augmentation import Smooth


@pytest.mark.parametrize("n_frames", [30, 4])
def test_smooth_equals_scipy_sample_by_sample(n_frames, make_batch, make_generator, draw):
    batch = make_batch(n_samples=8, n_frames=n_frames)
    generator = make_generator()
    sigma = draw(batch, generator, 8, high=2.0)
    smoothed = draw(batch, generator, 8) < 0.5
    seen = Smooth(max_sigma=2.0, probability=0.5)(batch, make_generator()).numpy()
    for sample in range(8):
        expected = batch[sample].numpy()
        if smoothed[sample]:
            expected = gaussian_filter1d(expected, sigma[sample], axis=0, mode="nearest", radius=6)
        np.testing.assert_allclose(seen[sample], expected, atol=1e-12)
    assert 0 < smoothed.sum() < 8


def test_smooth_keeps_a_constant_sequence(make_batch, generator):
    batch = make_batch(n_frames=1).expand(-1, 20, -1, -1)
    torch.testing.assert_close(Smooth(3.0, probability=1.0)(batch, generator), batch)


def test_smooth_reduces_the_variance_of_noise(make_batch, generator):
    batch = make_batch(n_frames=100)
    assert (Smooth(2.0, probability=1.0)(batch, generator).var(dim=(1, 2, 3)) < batch.var(dim=(1, 2, 3))).all()


def test_smooth_keeps_linear_motion_away_from_the_ends(generator):
    batch = torch.arange(40.0, dtype=torch.float64).view(1, 40, 1, 1).repeat(8, 1, 1, 1)
    seen = Smooth(2.0, probability=1.0)(batch, generator)
    torch.testing.assert_close(seen[:, 6:-6], batch[:, 6:-6])


@pytest.mark.parametrize("view", [Smooth(max_sigma=0, probability=1), Smooth(probability=0)])
def test_smooth_that_does_nothing_is_the_identity(view, batch, generator):
    assert torch.equal(view(batch, generator), batch)


def test_smooth_commutes_with_reversal(batch, make_generator):
    view = Smooth(probability=1.0)
    torch.testing.assert_close(view(batch.flip(1), make_generator()), view(batch, make_generator()).flip(1))
