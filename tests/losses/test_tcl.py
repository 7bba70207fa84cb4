"""Tuned contrastive loss."""

import pytest
import torch

from skeletonlearn.losses import supcon, tcl


@pytest.mark.parametrize("n_rows", [4, 12, 30])
@pytest.mark.parametrize("n_classes", [1, 2, 5])
@pytest.mark.parametrize("temperature", [0.05, 0.1, 1.0])
@pytest.mark.parametrize(("k1", "k2"), [(0, 1), (1, 1), (10, 2), (5000, 1), (1, 0)])
def test_value_is_that_of_the_formula(make_batch, reference, n_rows, n_classes, temperature, k1, k2):
    z, labels = make_batch(n_rows, n_classes)
    loss = tcl(z, labels, temperature, k1, k2).item()
    wanted = reference(z.detach(), labels, temperature, k1, k2)
    assert loss == pytest.approx(wanted, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("temperature", [0.01, 0.1, 1.0])
@pytest.mark.parametrize("n_classes", [1, 4, 16])
def test_without_k1_and_with_k2_of_one_it_is_supcon(make_batch, temperature, n_classes):
    z, labels = make_batch(32, n_classes)
    wanted = supcon(z, labels, temperature)
    torch.testing.assert_close(tcl(z, labels, temperature, k1=0, k2=1), wanted, rtol=1e-6, atol=1e-6)


def test_float32_agrees_with_the_formula(make_batch, reference):
    z, labels = make_batch(64, 6, dtype=torch.float32)
    loss = tcl(z, labels, 0.07, 100, 2).item()
    assert loss == pytest.approx(reference(z.detach(), labels, 0.07, 100, 2), rel=1e-6)


@pytest.mark.parametrize("name", ["k1", "k2"])
def test_loss_rises_with_each_weight(make_batch, name):
    z, labels = make_batch(16, 4)
    low, high = (tcl(z, labels, **{name: weight}) for weight in (1.0, 2.0))
    assert high > low


def test_k1_pulls_positives_closer(make_batch):
    z, labels = make_batch(16, 1)
    start = torch.nn.functional.normalize(z.detach(), dim=1)
    (gradient,) = torch.autograd.grad(tcl(z, labels, 0.1, k1=100, k2=1), z)
    moved = torch.nn.functional.normalize(z.detach() - 0.01 * gradient, dim=1)
    assert (moved @ moved.T).mean() > (start @ start.T).mean()


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int16, torch.int32])
def test_labels_of_any_integer_dtype_are_taken(make_batch, dtype):
    z, labels = make_batch(16, 4)
    torch.testing.assert_close(tcl(z, labels.to(dtype)), tcl(z, labels))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"z": [[1.0]]}, TypeError, "z is a list: it must be a torch.Tensor"),
        ({"z": torch.ones(4, 2, dtype=torch.int64)}, TypeError, "z has dtype torch.int64"),
        ({"z": torch.ones(4)}, ValueError, r"z has shape \(4,\).*\(n_views \* batch, dim\)"),
        ({"z": torch.ones(0, 2)}, ValueError, r"z has shape \(0, 2\).*non-empty"),
        ({"labels": [0, 0, 1, 1]}, TypeError, "labels is a list"),
        ({"labels": torch.zeros(4)}, TypeError, "labels has dtype torch.float32.*integer"),
        ({"labels": torch.zeros(4, dtype=torch.bool)}, TypeError, "labels has dtype torch.bool"),
        ({"labels": torch.arange(3)}, ValueError, r"labels has shape \(3,\).*\(4,\)"),
        ({"labels": torch.arange(4)[:, None]}, ValueError, r"labels has shape \(4, 1\).*\(4,\)"),
        ({"temperature": 0}, ValueError, "temperature=0 must be a positive finite number"),
        ({"temperature": -0.1}, ValueError, "temperature=-0.1 must be a positive finite number"),
        ({"temperature": float("nan")}, ValueError, "temperature=nan must be"),
        ({"temperature": "0.1"}, TypeError, "temperature='0.1' must be"),
        ({"temperature": True}, TypeError, "temperature=True must be"),
        ({"k1": -1}, ValueError, "k1=-1 must be a non-negative finite number"),
        ({"k1": float("inf")}, ValueError, "k1=inf must be"),
        ({"k2": -1.0}, ValueError, "k2=-1.0 must be a non-negative finite number"),
        ({"k2": None}, TypeError, "k2=None must be"),
    ],
)
def test_wrong_arguments_raise_an_error_that_says_got_and_wanted(change, error, message):
    arguments = {"z": torch.ones(4, 2), "labels": torch.tensor([0, 0, 1, 1])} | change
    with pytest.raises(error, match=message):
        tcl(**arguments)


def share_of_k1(batch, n_classes, k1):
    """How much the k1 term is of the denominators, as the slope of the loss over log k1, for projections at random."""
    z = torch.randn(2 * batch, 32, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    labels = (torch.arange(batch) % n_classes).repeat(2)
    step = 1e-4
    return (tcl(z, labels, 0.5, k1 * (1 + step)) - tcl(z, labels, 0.5, k1)).item() / step


def test_with_labels_k1_carries_over_to_another_batch_size():
    assert share_of_k1(512, n_classes=8, k1=7) == pytest.approx(share_of_k1(128, n_classes=8, k1=7), rel=0.05)


def test_with_twice_the_classes_k1_doubles():
    assert share_of_k1(512, n_classes=32, k1=14) == pytest.approx(share_of_k1(512, n_classes=16, k1=7), rel=0.05)


def test_without_labels_k1_grows_with_the_batch():
    assert share_of_k1(512, n_classes=512, k1=400) == pytest.approx(share_of_k1(128, n_classes=128, k1=100), rel=0.05)
    assert share_of_k1(512, n_classes=512, k1=100) < 0.5 * share_of_k1(128, n_classes=128, k1=100)
