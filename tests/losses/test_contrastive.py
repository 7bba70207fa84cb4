"""The core that nt_xent, supcon and tcl share."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from skeletonlearn.losses import _contrastive
from skeletonlearn.losses._contrastive import contrastive_loss

TERMS = [(0.1, 0.0, 1.0), (0.1, 10.0, 2.0), (0.5, 3.0, 0.0), (1.0, 0.0, 0.0)]
DTYPES = [torch.float64, torch.float32, torch.bfloat16, torch.float16]


def loss_and_gradient(z, labels, terms, **options):
    loss = contrastive_loss(z, labels, *terms, **options)
    (gradient,) = torch.autograd.grad(loss, z)
    return loss.detach(), gradient


def assert_finite(z, labels, terms):
    loss, gradient = loss_and_gradient(z, labels, terms)
    assert torch.isfinite(loss)
    assert torch.isfinite(gradient).all()


@pytest.mark.parametrize("terms", TERMS)
@pytest.mark.parametrize("labels", [[0, 0, 1, 1, 0, 1], [0, 0, 0, 0, 0, 0], [0, 1, 2, 0, 1, 3]])
def test_gradient_passes_gradcheck(make_batch, terms, labels):
    z, _ = make_batch(6, 1)
    assert torch.autograd.gradcheck(lambda z: contrastive_loss(z, torch.tensor(labels), *terms), z)


@pytest.mark.parametrize("terms", TERMS)
@pytest.mark.parametrize("n_classes", [1, 3, 16])
def test_loss_and_gradient_equal_those_of_autograd_on_a_plain_one(
    make_batch,
    plain,
    terms,
    n_classes,
):
    z, labels = make_batch(32, n_classes)
    wanted = plain(z, labels, *terms)
    (wanted_gradient,) = torch.autograd.grad(wanted, z)
    loss, gradient = loss_and_gradient(z, labels, terms)
    torch.testing.assert_close(loss, wanted.detach())
    torch.testing.assert_close(gradient, wanted_gradient)


@pytest.mark.parametrize("terms", TERMS)
@pytest.mark.parametrize("block_elements", [1, 500, 1000, 2200])
def test_the_size_of_the_blocks_does_not_change_the_result(make_batch, terms, block_elements):
    z, _ = make_batch(24, 3)
    labels = torch.tensor([0] * 13 + [1] * 6 + [2] * 4 + [3])
    wanted = loss_and_gradient(z, labels, terms)
    found = loss_and_gradient(z, labels, terms, block_elements=block_elements)
    torch.testing.assert_close(found, wanted)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("terms", [(0.01, 5000.0, 1.0), (0.01, 0.0, 1.0), (0.1, 5000.0, 0.0)])
@pytest.mark.parametrize("n_classes", [1, 3, 8])
def test_extreme_terms_give_a_finite_loss_and_gradient(make_batch, dtype, terms, n_classes):
    assert_finite(*make_batch(16, n_classes, dtype=dtype), terms)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("factor", [0, 1e-5, 1e-20])
def test_rows_of_hardly_any_length_give_a_finite_loss_and_gradient(make_batch, dtype, factor):
    z, labels = make_batch(16, 3, dtype=dtype)
    z = z.detach()
    z[[0, 3, 8]] *= factor
    assert_finite(z.requires_grad_(), labels, (0.01, 10.0, 1.0))


@pytest.mark.parametrize("dtype", DTYPES)
def test_equal_rows_give_a_finite_loss_and_gradient(dtype):
    z = torch.ones(8, 5, dtype=dtype, requires_grad=True)
    assert_finite(z, torch.tensor([0, 1] * 4), (0.01, 5000.0, 1.0))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("terms", [(0.01, 0.0, 1.0), (0.01, 5000.0, 0.0)])
def test_opposed_positives_at_a_low_temperature_give_a_finite_loss_and_gradient(dtype, terms):
    z = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [1.0, 0.1], [-1.0, 0.1]], dtype=dtype)
    assert_finite(z.requires_grad_(), torch.tensor([0, 0, 1, 1]), terms)


@pytest.mark.parametrize("n_rows", [1, 6])
def test_anchors_without_positives_give_a_loss_and_gradient_of_zero(make_batch, n_rows):
    z, _ = make_batch(n_rows, 1)
    loss, gradient = loss_and_gradient(z, torch.arange(n_rows), (0.1, 10.0, 1.0))
    assert loss == 0
    assert not gradient.any()


def test_the_mean_is_over_the_anchors_that_have_positives(make_batch):
    z, _ = make_batch(3, 1)
    a, b, c = torch.nn.functional.normalize(z, dim=1).detach()
    loss = contrastive_loss(z, torch.tensor([7, 7, 9]), 1.0, 0.0, 1.0)
    per_anchor = [torch.log1p(torch.exp(a @ c - a @ b)), torch.log1p(torch.exp(b @ c - a @ b))]
    torch.testing.assert_close(loss, sum(per_anchor) / 2)


@pytest.mark.parametrize("dtype", DTYPES)
def test_gradient_has_the_dtype_of_the_input_and_the_loss_at_least_float32(make_batch, dtype):
    loss, gradient = loss_and_gradient(*make_batch(8, 2, dtype=dtype), (0.1, 10.0, 1.0))
    assert gradient.dtype == dtype
    assert loss.dtype == torch.promote_types(dtype, torch.float32)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_computed_in_float32(make_batch, dtype):
    z, labels = make_batch(8, 2, dtype=dtype)
    wide = z.detach().float().requires_grad_()
    loss, gradient = loss_and_gradient(z, labels, (0.1, 10.0, 1.0))
    wide_loss, wide_gradient = loss_and_gradient(wide, labels, (0.1, 10.0, 1.0))
    assert loss == wide_loss
    assert torch.equal(gradient, wide_gradient.to(dtype))


def test_autocast_does_not_lower_the_precision(make_batch):
    z, labels = make_batch(8, 2, dtype=torch.float32)
    wanted = loss_and_gradient(z, labels, (0.1, 10.0, 1.0))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = loss_and_gradient(z, labels, (0.1, 10.0, 1.0))
    torch.testing.assert_close(found, wanted, rtol=0, atol=0)


def test_gradient_scales_with_the_gradient_of_the_output(make_batch):
    z, labels = make_batch(8, 2)
    _, gradient = loss_and_gradient(z, labels, (0.1, 10.0, 1.0))
    (contrastive_loss(z, labels, 0.1, 10.0, 1.0) * 3).backward()
    torch.testing.assert_close(z.grad, 3 * gradient)


def test_backward_can_be_repeated(make_batch):
    z, labels = make_batch(8, 2)
    loss = contrastive_loss(z, labels, 0.1, 10.0, 1.0)
    loss.backward(retain_graph=True)
    once = z.grad.clone()
    loss.backward()
    torch.testing.assert_close(z.grad, 2 * once)


def test_without_gradients_the_loss_is_the_same_and_detached(make_batch):
    z, labels = make_batch(8, 2)
    wanted = contrastive_loss(z, labels, 0.1, 10.0, 1.0)
    with torch.no_grad():
        loss = contrastive_loss(z, labels, 0.1, 10.0, 1.0)
    assert loss == wanted
    assert not loss.requires_grad


def test_without_gradients_none_is_computed(make_batch, monkeypatch):
    def refuse(*_):
        raise AssertionError("a gradient was computed")

    monkeypatch.setattr(_contrastive, "_through_normalisation", refuse)
    z, labels = make_batch(8, 2)
    with torch.no_grad():
        assert torch.isfinite(contrastive_loss(z, labels, 0.1, 10.0, 1.0))


def test_the_input_is_left_as_it_was(make_batch):
    z, labels = make_batch(8, 2)
    before = z.detach().clone(), labels.clone()
    contrastive_loss(z, labels, 0.1, 10.0, 1.0).backward()
    assert torch.equal(z, before[0])
    assert torch.equal(labels, before[1])


def test_two_runs_are_equal_to_the_bit(make_batch):
    z, labels = make_batch(64, 5, dtype=torch.float32)
    first, second = (loss_and_gradient(z, labels, (0.1, 10.0, 2.0)) for _ in range(2))
    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])


labels_drawn = st.lists(st.integers(-1, 4), min_size=2, max_size=12)
batches = st.tuples(st.integers(0, 2**31), labels_drawn)
weights = st.sampled_from([0.0, 1.0, 3.0, 100.0])
terms_drawn = st.tuples(st.floats(0.05, 2.0), weights, weights)


def rows_for(make_batch, batch):
    seed, labels = batch
    return make_batch(len(labels), 1, seed=seed)[0], torch.tensor(labels)


@settings(deadline=None, max_examples=25)
@given(batch=batches, terms=terms_drawn)
def test_any_labels_give_the_value_of_the_formula(make_batch, reference, batch, terms):
    z, labels = rows_for(make_batch, batch)
    loss = contrastive_loss(z, labels, *terms).item()
    assert loss == pytest.approx(reference(z.detach(), labels, *terms), rel=1e-6, abs=1e-9)


@settings(deadline=None, max_examples=25)
@given(batch=batches, terms=terms_drawn, seed=st.integers(0, 2**31))
def test_permuting_rows_permutes_the_gradient_and_keeps_the_loss(make_batch, batch, terms, seed):
    z, labels = rows_for(make_batch, batch)
    order = torch.randperm(len(z), generator=torch.Generator().manual_seed(seed))
    loss, gradient = loss_and_gradient(z, labels, terms)
    permuted = z.detach()[order].requires_grad_()
    found = loss_and_gradient(permuted, labels[order], terms)
    torch.testing.assert_close(found, (loss, gradient[order]))


@settings(deadline=None, max_examples=25)
@given(batch=batches, terms=terms_drawn, scale=st.floats(0.01, 100))
def test_the_length_of_rows_does_not_matter(make_batch, batch, terms, scale):
    z, labels = rows_for(make_batch, batch)
    found = contrastive_loss(z * scale, labels, *terms)
    torch.testing.assert_close(found, contrastive_loss(z, labels, *terms))


@settings(deadline=None, max_examples=25)
@given(batch=batches, terms=terms_drawn)
def test_the_gradient_is_orthogonal_to_its_row(make_batch, batch, terms):
    z, labels = rows_for(make_batch, batch)
    _, gradient = loss_and_gradient(z, labels, terms)
    radial = (gradient * z.detach()).sum(1)
    torch.testing.assert_close(radial, torch.zeros_like(radial))


@settings(deadline=None, max_examples=25)
@given(batch=batches, terms=terms_drawn)
def test_names_of_the_labels_do_not_matter(make_batch, batch, terms):
    z, labels = rows_for(make_batch, batch)
    renamed = 1000 - 7 * labels
    found = contrastive_loss(z, renamed, *terms)
    torch.testing.assert_close(found, contrastive_loss(z, labels, *terms))
