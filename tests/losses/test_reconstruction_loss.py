"""Reconstruction error of a decoder."""

import numpy as np
import pytest
import torch

from skeletonlearn.losses import reconstruction_loss


@pytest.mark.parametrize("shape", [(4,), (3, 5), (2, 6, 4, 3)])
def test_value_is_the_mean_squared_difference(shape):
    generator = torch.Generator().manual_seed(0)
    first, second = (torch.randn(shape, generator=generator) for _ in range(2))
    wanted = np.mean((first.numpy().astype(float) - second.numpy().astype(float)) ** 2)
    assert reconstruction_loss(first, second).item() == pytest.approx(wanted, rel=1e-6)


def test_gradient_passes_gradcheck():
    reconstruction = torch.arange(6, dtype=torch.float64).reshape(2, 3).requires_grad_()
    target = torch.ones(2, 3, dtype=torch.float64)
    assert torch.autograd.gradcheck(reconstruction_loss, (reconstruction, target))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_does_not_overflow(dtype):
    loss = reconstruction_loss(torch.full((4,), 1024.0, dtype=dtype), torch.zeros(4))
    assert loss.item() == 1024.0**2


def test_gradient_has_the_dtype_of_the_reconstruction():
    reconstruction = torch.ones(4, dtype=torch.bfloat16, requires_grad=True)
    reconstruction_loss(reconstruction, torch.zeros(4)).backward()
    assert reconstruction.grad.dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("first", "second", "error", "message"),
    [
        (torch.ones(2, 3), torch.ones(3), ValueError, r"shape \(2, 3\) and target .*\(3,\)"),
        (torch.ones(0), torch.ones(0), ValueError, r"\(0,\).*not empty"),
        (torch.ones(2), [1.0, 1.0], TypeError, "target is a list"),
        (torch.ones(2).int(), torch.ones(2), TypeError, "reconstruction has dtype torch.int32"),
    ],
)
def test_wrong_arguments_raise_an_error_that_says_got_and_wanted(first, second, error, message):
    with pytest.raises(error, match=message):
        reconstruction_loss(first, second)
