"""Scale."""

import numpy as np
import torch

from skeletonlearn.augmentation import Scale


def test_scale_equals_a_loop_over_samples(batch, make_generator, draw):
    logarithms = draw(batch, make_generator(), len(batch), 1, 1, 1, low=-0.3, high=0.3).ravel()
    expected = np.stack([sample * np.exp(log) for sample, log in zip(batch.numpy(), logarithms, strict=True)])
    np.testing.assert_allclose(Scale(0.3)(batch, make_generator()).numpy(), expected)


def test_scale_of_amount_zero_is_the_identity(batch, generator):
    assert torch.equal(Scale(amount=0)(batch, generator), batch)


def test_shrinking_is_as_likely_as_growing(generator):
    factors = Scale(amount=1.0)(torch.ones(4000, 1, 1, 1), generator).flatten()
    np.testing.assert_allclose([factors.min(), factors.median(), factors.max()], [np.exp(-1), 1, np.exp(1)], atol=0.05)
