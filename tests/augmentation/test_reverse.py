"""Reverse."""

import numpy as np
import pytest
import torch

from skeletonlearn.augmentation import Reverse


def test_reverse_with_probability_one_is_a_flip(batch, generator):
    assert torch.equal(Reverse(probability=1.0)(batch, generator), batch.flip(1))


def test_reverse_with_probability_zero_is_the_identity(batch, generator):
    assert torch.equal(Reverse(probability=0.0)(batch, generator), batch)


def test_reverse_equals_a_loop_over_samples(make_batch, make_generator, draw):
    batch = make_batch(n_samples=16)
    reverse = draw(batch, make_generator(), 16) < 0.5
    expected = np.stack(
        [sample[::-1] if turned else sample for sample, turned in zip(batch.numpy(), reverse, strict=True)]
    )
    np.testing.assert_array_equal(Reverse()(batch, make_generator()).numpy(), expected)


@pytest.mark.parametrize("probability", [0.2, 0.5])
def test_reverse_happens_as_often_as_asked(probability, generator):
    batch = torch.tensor([0.0, 1.0]).view(1, 2, 1, 1).repeat(4000, 1, 1, 1)
    assert Reverse(probability)(batch, generator)[:, 0].mean().item() == pytest.approx(probability, abs=0.03)


def test_reverse_twice_is_the_identity(batch, generator):
    view = Reverse(probability=1.0)
    assert torch.equal(view(view(batch, generator), generator), batch)
