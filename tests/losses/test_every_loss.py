"""What holds for all losses, whatever autograd is asked for and in whatever mode torch is."""

from functools import partial

import pytest
import torch

from skeletonlearn import losses

GENERATOR = torch.Generator().manual_seed(0)
ROWS = torch.randn(8, 3, generator=GENERATOR)
OTHER = torch.randn(8, 3, generator=GENERATOR)
STEPS = torch.randn(8, 4, 3, generator=GENERATOR)
LABELS = torch.arange(8) % 3
WEIGHT = torch.tensor([1.0, 2.0, 0.5])
SAMPLE_WEIGHT = torch.rand(8, generator=GENERATOR)
WEIGHTED = {"weight": WEIGHT, "sample_weight": SAMPLE_WEIGHT, "label_smoothing": 0.1}


def regression(loss, prediction):
    return loss(prediction, OTHER.to(prediction.dtype), sample_weight=SAMPLE_WEIGHT)


# each with what it is differentiated by, and its other arguments
CALLS = {
    "nt_xent": (losses.nt_xent, ROWS),
    "supcon": (partial(losses.supcon, labels=LABELS), ROWS),
    "tcl": (partial(losses.tcl, labels=LABELS, k2=2.0), ROWS),
    "margin_contrastive": (lambda first: losses.margin_contrastive(first, OTHER.to(first.dtype), LABELS == 0), ROWS),
    "reconstruction_loss": (lambda rebuilt: losses.reconstruction_loss(rebuilt, OTHER.to(rebuilt.dtype)), ROWS),
    "cross_entropy": (partial(losses.cross_entropy, target=LABELS, **WEIGHTED), ROWS),
    "focal_loss": (partial(losses.focal_loss, target=LABELS, **WEIGHTED), ROWS),
    "temporal_cross_entropy": (
        partial(losses.temporal_cross_entropy, target=LABELS, lengths=LABELS + 1, **WEIGHTED),
        STEPS,
    ),
    "squared_error": (partial(regression, losses.squared_error), ROWS),
    "absolute_error": (partial(regression, losses.absolute_error), ROWS),
    "huber_loss": (partial(regression, losses.huber_loss), ROWS),
}
CONTRASTIVE = ["nt_xent", "supcon", "tcl"]

every_loss = pytest.mark.parametrize(("loss", "inputs"), CALLS.values(), ids=CALLS)
contrastive = pytest.mark.parametrize(("loss", "inputs"), [CALLS[name] for name in CONTRASTIVE], ids=CONTRASTIVE)


def value_and_gradient(loss, inputs):
    inputs = inputs.detach().clone().requires_grad_()
    value = loss(inputs)
    return value.detach(), *torch.autograd.grad(value, inputs)


@pytest.fixture
def double_by_default():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def test_the_list_of_losses_here_is_complete():
    about_losses = {"loss_options", "takes"}
    functions = {name for name in losses.__all__ if callable(getattr(losses, name))}
    assert set(CALLS) == functions - about_losses


def test_losses_that_estimators_know_by_name_are_public():
    registries = (losses.CONTRASTIVE_LOSSES, losses.CLASSIFICATION_LOSSES, losses.REGRESSION_LOSSES)
    named = {loss for registry in registries for loss in registry.values()}
    assert named <= {getattr(losses, name) for name in CALLS}


@every_loss
def test_gradient_passes_gradcheck(loss, inputs):
    assert torch.autograd.gradcheck(loss, inputs.double().requires_grad_())


@every_loss
def test_backward_stores_what_autograd_grad_returns(loss, inputs):
    stored = inputs.clone().requires_grad_()
    loss(stored).backward()
    assert torch.equal(stored.grad, value_and_gradient(loss, inputs)[1])


@every_loss
def test_a_graph_that_is_kept_gives_its_gradient_again(loss, inputs):
    x = inputs.clone().requires_grad_()
    value = loss(x)
    (first,) = torch.autograd.grad(value, x, retain_graph=True)
    (second,) = torch.autograd.grad(value, x)
    assert torch.equal(first, second)


@every_loss
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_without_gradients_the_value_is_the_same(loss, inputs, mode):
    wanted, _ = value_and_gradient(loss, inputs)
    with mode():
        found = loss(inputs.clone())
    assert torch.equal(found, wanted)
    assert not found.requires_grad


@every_loss
def test_torch_func_grad_and_value_are_those_of_autograd(loss, inputs):
    value, gradient = value_and_gradient(loss, inputs)
    torch.testing.assert_close(torch.func.grad_and_value(loss)(inputs), (gradient, value))


@every_loss
@pytest.mark.usefixtures("double_by_default")
def test_the_default_dtype_of_torch_does_not_change_the_result(loss, inputs):
    found = value_and_gradient(loss, inputs)
    torch.set_default_dtype(torch.float32)
    for ours, wanted in zip(found, value_and_gradient(loss, inputs), strict=True):
        assert ours.dtype == torch.float32
        assert torch.equal(ours, wanted)


@every_loss
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_autocast_does_not_change_the_result(loss, inputs, dtype):
    wanted = value_and_gradient(loss, inputs.to(dtype))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = value_and_gradient(loss, inputs.to(dtype))
    torch.testing.assert_close(found, wanted, rtol=0, atol=0)


@pytest.mark.parametrize("name", sorted(set(CALLS) - set(CONTRASTIVE)))
def test_gradient_of_the_gradient_passes_gradgradcheck(name):
    loss, inputs = CALLS[name]
    assert torch.autograd.gradgradcheck(loss, inputs.double().requires_grad_())


@contrastive
@pytest.mark.parametrize("around", [lambda value: value, torch.square])
def test_a_second_differentiation_of_the_contrastive_losses_is_refused(loss, inputs, around):
    x = inputs.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(around(loss(x)), x, create_graph=True)
    with pytest.raises(NotImplementedError, match="nt_xent, supcon or tcl: they can be differentiated once only"):
        gradient.square().sum().backward()


@contrastive
def test_a_graph_of_the_gradient_does_not_change_the_gradient(loss, inputs):
    x = inputs.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(loss(x), x, create_graph=True)
    assert torch.equal(gradient.detach(), value_and_gradient(loss, inputs)[1])
