"""The linear layer for very many features does what a plain linear layer does, whatever autograd is asked for."""

import copy
import gc
import pickle
from functools import partial

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from skeletonlearn.nn import MLPEncoder
from skeletonlearn.nn._wide_linear import WideLinear, _SumOfProducts


def views(n_views=2):
    return torch.randn(n_views, 5, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def layers(bias=True):
    """A wide and a plain layer of the same weights, in double precision."""
    wide, plain = (kind(6, 4, bias=bias, dtype=torch.float64) for kind in (WideLinear, nn.Linear))
    plain.load_state_dict(wide.state_dict())
    return wide, plain


def loss_of(layer, inputs):
    return sum(layer(x).square().sum() for x in inputs)


def stored(layer):
    return [None if weight.grad is None else weight.grad.clone() for weight in layer.parameters()]


def of_one_view(layer):
    loss_of(layer, views(1)).backward()
    return stored(layer)


def of_views_in_one_graph(layer):
    loss_of(layer, views(3)).backward()
    return stored(layer)


def of_views_in_graphs_of_their_own(layer):
    for x in views():
        loss_of(layer, [x]).backward()
    return stored(layer)


def of_forward_twice_then_backward_twice(layer):
    first, second = (loss_of(layer, [x]) for x in views())
    first.backward()
    second.backward()
    return stored(layer)


def of_a_graph_kept_for_a_second_backward(layer):
    loss = loss_of(layer, views())
    loss.backward(retain_graph=True)
    loss.backward()
    return stored(layer)


def returned_by_autograd_grad(layer):
    return torch.autograd.grad(loss_of(layer, views()), list(layer.parameters()))


def returned_where_gradients_are_stored_already(layer):
    loss_of(layer, views()).backward()
    return [*torch.autograd.grad(loss_of(layer, views(1)), list(layer.parameters())), *stored(layer)]


def returned_for_the_bias_and_then_for_the_weight(layer):
    loss = loss_of(layer, views())
    return [
        *torch.autograd.grad(loss, layer.bias, retain_graph=True),
        *torch.autograd.grad(loss, layer.weight),
    ]


def after_a_backward_that_failed(layer):
    def fail(_):
        raise RuntimeError("interrupted")

    first, second = (layer(x) for x in views())
    first.register_hook(fail)
    with pytest.raises(RuntimeError, match="interrupted"):
        (first.sum() + second.sum()).backward()
    layer.zero_grad()
    return of_views_in_one_graph(layer)


def after_the_weight_was_replaced(layer):
    kept = layer(views(1)[0]).sum()  # its graph lives on
    layer.weight = nn.Parameter(2 * layer.weight.detach())
    loss_of(layer, views()).backward()
    replaced = stored(layer)
    kept.backward()
    return [*replaced, *stored(layer)]


def after_steps_of_an_optimizer(layer):
    optimizer = torch.optim.AdamW(layer.parameters(), lr=0.1, fused=True)
    for set_to_none in (True, False, True):
        optimizer.zero_grad(set_to_none=set_to_none)
        loss_of(layer, views()).backward()
        optimizer.step()
    return [weight.detach() for weight in layer.parameters()]


def after_freezing_and_thawing(layer):
    layer.requires_grad_(False)
    assert not layer(views(1)[0]).requires_grad
    layer.requires_grad_(True)
    return of_views_in_one_graph(layer)


def of_a_frozen_weight(layer):
    layer.weight.requires_grad_(False)
    return of_views_in_one_graph(layer)


def of_a_frozen_bias(layer):
    layer.bias.requires_grad_(False)
    return of_views_in_one_graph(layer)


def with_the_weight_in_a_penalty(layer):
    (loss_of(layer, views()) + layer.weight.pow(3).sum()).backward()
    return stored(layer)


def with_a_hook_of_the_weight(layer):
    seen = []
    layer.weight.register_hook(lambda gradient: seen.append(gradient.clone()) or 3 * gradient)
    return [*of_views_in_one_graph(layer), *seen]


def with_a_hook_after_accumulating(layer):
    seen = []
    layer.weight.register_post_accumulate_grad_hook(lambda weight: seen.append(weight.grad.clone()))
    return [*of_views_in_one_graph(layer), *seen]


def through_checkpoints(layer, *, use_reentrant):
    start = torch.zeros((), dtype=torch.float64, requires_grad=True)  # reentrant checkpoints want one
    outputs = [checkpoint(lambda x, _: layer(x), x, start, use_reentrant=use_reentrant) for x in views()]
    torch.cat(outputs).square().sum().backward()
    return stored(layer)


def with_anomalies_looked_for(layer):
    with pytest.warns(UserWarning, match="Anomaly Detection"), torch.autograd.detect_anomaly():
        return of_views_in_one_graph(layer)


def of_gradients_of_gradients(layer):
    slopes = torch.autograd.grad(loss_of(layer, views()), list(layer.parameters()), create_graph=True)
    sum(slope.square().sum() for slope in slopes).backward()
    return stored(layer)


def by_torch_func(layer):
    def loss(weights):
        return sum(torch.func.functional_call(layer, weights, x).square().sum() for x in views())

    return list(torch.func.grad(loss)(dict(layer.named_parameters())).values())


def by_torch_func_for_each_sample(layer):
    def loss(weights, sample):
        return torch.func.functional_call(layer, weights, sample[None]).square().sum()

    weights = {name: weight.detach() for name, weight in layer.named_parameters()}
    return list(torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0))(weights, views(1)[0]).values())


def of_a_parametrized_weight(layer):
    return of_views_in_one_graph(nn.utils.parametrizations.weight_norm(layer))


USES = [
    of_one_view,
    of_views_in_one_graph,
    of_views_in_graphs_of_their_own,
    of_forward_twice_then_backward_twice,
    of_a_graph_kept_for_a_second_backward,
    returned_by_autograd_grad,
    returned_where_gradients_are_stored_already,
    returned_for_the_bias_and_then_for_the_weight,
    after_a_backward_that_failed,
    after_the_weight_was_replaced,
    after_steps_of_an_optimizer,
    after_freezing_and_thawing,
    of_a_frozen_weight,
    of_a_frozen_bias,
    with_the_weight_in_a_penalty,
    with_a_hook_of_the_weight,
    with_a_hook_after_accumulating,
    partial(through_checkpoints, use_reentrant=False),
    partial(through_checkpoints, use_reentrant=True),
    with_anomalies_looked_for,
    of_gradients_of_gradients,
    by_torch_func,
    by_torch_func_for_each_sample,
    of_a_parametrized_weight,
]


def name_of(use):
    return f"{use.func.__name__}-{use.keywords}" if isinstance(use, partial) else use.__name__


@pytest.mark.parametrize("use", USES, ids=name_of)
def test_gradients_are_those_of_a_plain_layer(use):
    ours, plain = map(use, layers())
    assert all(gradient is None or type(gradient) is torch.Tensor for gradient in ours)
    torch.testing.assert_close(ours, plain)


@pytest.mark.parametrize("training", [True, False])
def test_output_is_that_of_a_plain_layer_to_the_bit(training):
    wide, plain = (layer.train(training) for layer in layers())
    assert torch.equal(wide(views()[0]), plain(views()[0]))


def test_gradients_without_a_bias_are_those_of_a_plain_layer():
    ours, plain = map(of_views_in_one_graph, layers(bias=False))
    torch.testing.assert_close(ours, plain)


@pytest.mark.parametrize("of_input", [True, False])
def test_gradients_pass_gradcheck(of_input):
    (wide, _), (x, other) = layers(), views()
    x.requires_grad_(of_input)

    def outputs(weight, bias):
        wide.weight, wide.bias = weight, bias
        return wide(x) * wide(other)

    weights = tuple(wide.parameters())
    assert torch.autograd.gradcheck(outputs, weights)
    assert torch.autograd.gradgradcheck(outputs, weights)


def test_the_gradient_of_the_input_is_there_where_it_is_wanted():
    wide, _ = layers()
    x = views()[0].requires_grad_()
    wide(x).sum().backward()
    torch.testing.assert_close(x.grad, wide.weight.detach().sum(0).expand(5, 6))


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_passes_without_gradients_leave_later_ones_their_gradients(mode):
    wide, plain = layers()
    with mode():
        assert not wide(views()[0]).requires_grad
    torch.testing.assert_close(*map(of_views_in_one_graph, (wide, plain)))


def test_views_in_one_graph_are_multiplied_into_one_gradient(monkeypatch):
    computed = []
    compute = _SumOfProducts.computed
    monkeypatch.setattr(_SumOfProducts, "computed", lambda self: computed.append(len(self.factors)) or compute(self))
    of_views_in_one_graph(layers()[0])
    assert computed == [3]


def test_nothing_of_a_graph_is_kept_once_it_is_gone():
    wide, _ = layers()
    output = wide(views()[0])
    assert wide._gate() is not None
    del output
    gc.collect()
    assert wide._gate() is None


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_copies_made_while_a_graph_is_alive_train_on_their_own(copied):
    wide, plain = layers()
    loss = loss_of(wide, views(3))
    copy_of_wide = copied(wide)
    torch.testing.assert_close(*map(of_views_in_one_graph, (copy_of_wide, plain)))
    assert wide.weight.grad is None
    loss.backward()
    torch.testing.assert_close(stored(wide), stored(plain))


def test_mixed_precision_is_that_of_a_plain_layer():
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert WideLinear(6, 4)(torch.randn(5, 6)).dtype is torch.bfloat16


def test_the_published_encoder_gives_gradients_to_autograd_grad():
    encoder = MLPEncoder(4, 3, 2, hidden_dim=8)
    encoder(torch.randn(5, 4, 3, 2)).square().sum().backward()  # gradients are stored
    encoder.eval().train()
    gradients = torch.autograd.grad(encoder(torch.randn(5, 4, 3, 2)).square().sum(), list(encoder.parameters()))
    assert all(gradient.any() for gradient in gradients)
