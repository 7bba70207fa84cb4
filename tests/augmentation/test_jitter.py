"""Jitter."""

import numpy as np
import torch

from skeletonlearn.augmentation import Jitter


def test_jitter_equals_a_loop_over_samples(batch, make_generator, draw):
    generator = make_generator()
    levels = draw(batch, generator, len(batch), 1, 1, 1, high=0.2).ravel()
    noise = torch.randn(batch.shape, generator=generator).double().numpy()
    expected = np.stack([batch[at].numpy() + levels[at] * noise[at] for at in range(len(batch))])
    np.testing.assert_allclose(Jitter(0.2)(batch, make_generator()).numpy(), expected)


def test_jitter_of_sigma_zero_is_the_identity(batch, generator):
    assert torch.equal(Jitter(sigma=0)(batch, generator), batch)


def test_noise_level_differs_between_samples_up_to_sigma(generator):
    level = Jitter(sigma=0.5)(torch.zeros(500, 10, 10, 10), generator).std(dim=(1, 2, 3))
    np.testing.assert_allclose([level.min(), level.mean(), level.max()], [0, 0.25, 0.5], atol=0.04)


def test_noise_has_no_mean_and_no_correlation_between_frames(generator):
    noise = Jitter(sigma=1.0)(torch.zeros(50, 20, 20, 3), generator)
    assert noise.mean().abs() < 0.01
    assert (noise[:, 1:] * noise[:, :-1]).mean().abs() < 0.01
