"""Supervised contrastive loss."""

import pytest
import torch

from skeletonlearn.losses import nt_xent, supcon


@pytest.fixture(scope="module")
def oracle():
    return pytest.importorskip("pytorch_metric_learning.losses").SupConLoss


@pytest.mark.parametrize("n_rows", [4, 12, 30])
@pytest.mark.parametrize("n_classes", [1, 2, 5])
@pytest.mark.parametrize("temperature", [0.05, 0.1, 1.0])
def test_value_is_that_of_the_formula(make_batch, reference, n_rows, n_classes, temperature):
    z, labels = make_batch(n_rows, n_classes)
    wanted = reference(z.detach(), labels, temperature, k1=0, k2=1)
    assert supcon(z, labels, temperature).item() == pytest.approx(wanted, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("temperature", [0.05, 0.1, 1.0])
@pytest.mark.parametrize("n_classes", [2, 5, 15])
def test_loss_and_gradient_agree_with_pytorch_metric_learning(make_batch, oracle, temperature, n_classes):
    z, labels = make_batch(30, n_classes)
    wanted, found = oracle(temperature=temperature)(z, labels), supcon(z, labels, temperature)
    gradients = [torch.autograd.grad(loss, z)[0] for loss in (found, wanted)]
    torch.testing.assert_close(found, wanted, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(*gradients, rtol=1e-6, atol=1e-6)


def test_anchors_without_positives_agree_with_pytorch_metric_learning(make_batch, oracle):
    z, _ = make_batch(8, 1)
    labels = torch.tensor([0, 0, 0, 1, 1, 2, 3, 4])
    wanted = oracle(temperature=0.1)(z, labels)
    torch.testing.assert_close(supcon(z, labels), wanted, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("temperature", [0.01, 0.1, 1.0])
def test_with_one_positive_per_anchor_it_is_nt_xent(make_batch, temperature):
    z, labels = make_batch(32, 16)
    torch.testing.assert_close(supcon(z, labels, temperature), nt_xent(z, temperature), rtol=1e-6, atol=1e-6)


def test_loss_falls_as_the_classes_separate():
    labels = torch.tensor([0, 1, 0, 1])
    apart = torch.eye(2)[labels]
    mixed = torch.eye(2)[torch.tensor([0, 0, 1, 1])]
    assert supcon(apart, labels) < supcon(mixed, labels)


def test_wrong_labels_raise_an_error_that_says_got_and_wanted():
    with pytest.raises(ValueError, match=r"labels has shape \(3,\).*\(4,\)"):
        supcon(torch.ones(4, 2), torch.arange(3))


def test_a_wrong_temperature_raises_an_error_that_says_got_and_wanted():
    with pytest.raises(ValueError, match=r"temperature=0\.0 must be a positive finite number"):
        supcon(torch.ones(4, 2), torch.arange(4), temperature=0.0)
