"""Normalised temperature-scaled cross-entropy."""

import pytest
import torch

from skeletonlearn.losses import nt_xent, supcon


@pytest.mark.parametrize("batch", [1, 4, 15])
@pytest.mark.parametrize("n_views", [2, 3])
@pytest.mark.parametrize("temperature", [0.05, 0.1, 1.0])
def test_value_is_that_of_the_formula(make_batch, reference, batch, n_views, temperature):
    z, _ = make_batch(batch * n_views, 1)
    labels = list(range(batch)) * n_views
    wanted = reference(z.detach(), labels, temperature, k1=0, k2=1)
    assert nt_xent(z, temperature, n_views=n_views).item() == pytest.approx(wanted, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("temperature", [0.05, 0.1, 1.0])
def test_loss_and_gradient_agree_with_pytorch_metric_learning(make_batch, temperature):
    losses = pytest.importorskip("pytorch_metric_learning.losses")
    z, _ = make_batch(24, 1)
    wanted = losses.NTXentLoss(temperature=temperature)(z, torch.arange(12).repeat(2))
    found = nt_xent(z, temperature)
    gradients = [torch.autograd.grad(loss, z)[0] for loss in (found, wanted)]
    torch.testing.assert_close(found, wanted, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(*gradients, rtol=1e-6, atol=1e-6)


def test_with_three_views_it_is_supcon_with_a_label_per_sample(make_batch):
    z, _ = make_batch(12, 1)
    torch.testing.assert_close(nt_xent(z, n_views=3), supcon(z, torch.arange(4).repeat(3)))


def test_views_are_paired_view_by_view():
    first = torch.eye(3)
    paired, shifted = nt_xent(torch.cat([first, first])), nt_xent(torch.cat([first, first.roll(1)]))
    assert paired < 0.01 < shifted


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"z": None}, TypeError, "z is a NoneType: it must be a torch.Tensor"),
        ({"z": torch.ones(4, 2, 2)}, ValueError, r"z has shape \(4, 2, 2\)"),
        ({"z": torch.ones(5, 2)}, ValueError, "n_views=2 must divide the number of rows of z, 5"),
        ({"n_views": 1}, ValueError, "n_views=1 must be an integer from 2 on"),
        ({"n_views": 2.0}, TypeError, "n_views=2.0 must be an integer"),
        ({"n_views": True}, TypeError, "n_views=True must be an integer"),
        ({"temperature": -1}, ValueError, "temperature=-1 must be a positive finite number"),
    ],
)
def test_wrong_arguments_raise_an_error_that_says_got_and_wanted(change, error, message):
    with pytest.raises(error, match=message):
        nt_xent(**({"z": torch.ones(4, 2)} | change))
