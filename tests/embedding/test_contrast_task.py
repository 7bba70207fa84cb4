"""What ConMLP minimises."""

from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from skeletonlearn.augmentation import Compose, Jitter
from skeletonlearn.embedding._contrast_task import ContrastTask
from skeletonlearn.losses import supcon
from skeletonlearn.nn import EncoderPlan, Heads, NetworkPlan

CPU = torch.device("cpu")
X = np.random.default_rng(0).standard_normal((6, 4, 3, 2), dtype=np.float32)
Y = np.array([0, 1, 0, 2, 1, 2])


def same(batch, generator):
    return batch


def opposite(batch, generator):
    return -batch


@pytest.fixture
def networks():
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(24, 5))
    encoder.any_length = False
    decoder = nn.Sequential(nn.Linear(5, 24), nn.Unflatten(1, (4, 3, 2)))
    return nn.ModuleDict({"encoder": encoder, "projector": linear_heads([5]), "decoder": decoder})


def linear_heads(widths):
    return Heads(widths, lambda width: nn.Linear(width, 4))


PLAN = NetworkPlan(EncoderPlan((4, 3, 2), "mlp", ("joint",), None, hidden_dim=5, dropout=None), ())


def begun(networks, views=(same, opposite), weight=0.0, contrast=partial(supcon, temperature=0.2)):  # noqa: B008
    if not weight:
        networks.pop("decoder") if "decoder" in networks else None
    task = ContrastTask(X, Y, contrast=contrast, augmentation=views, reconstruction_weight=weight, remedy="")
    task.begin(networks, PLAN, CPU)
    return task


def test_loss_contrasts_the_projections_of_both_views_under_their_labels(networks):
    indices = np.array([4, 0, 2, 1])
    x = torch.from_numpy(X[indices])
    projections = networks["projector"].heads[0](networks["encoder"](torch.cat([x, -x])))
    expected = supcon(projections, torch.tensor([1, 0, 0, 1, 1, 0, 0, 1]), temperature=0.2)
    losses = begun(networks).losses(indices, torch.Generator())
    assert losses.keys() == {"loss"}
    torch.testing.assert_close(losses["loss"], expected)


def test_with_parts_the_loss_is_the_mean_of_their_contrasts(networks):
    networks["projector"] = linear_heads([2, 3])
    x = torch.from_numpy(X)
    parts = networks["encoder"](torch.cat([x, -x])).split([2, 3], dim=1)
    first, second = (
        supcon(head(part), torch.from_numpy(Y).repeat(2), temperature=0.2)
        for head, part in zip(networks["projector"].heads, parts, strict=True)
    )
    assert not torch.isclose(first, second)
    torch.testing.assert_close(begun(networks).losses(np.arange(6), torch.Generator())["loss"], (first + second) / 2)


def test_what_one_part_learns_does_not_depend_on_the_other_to_the_bit(networks):
    networks["projector"] = linear_heads([2, 3])
    first, second = networks["projector"].heads
    gradients = []
    for _ in range(2):
        networks.zero_grad()
        begun(networks).losses(np.arange(6), torch.Generator())["loss"].backward()
        gradients.append([first.weight.grad, networks["encoder"][1].weight.grad[:2], second.weight.grad])
        nn.init.normal_(second.weight)
    assert torch.equal(gradients[0][0], gradients[1][0])
    assert torch.equal(gradients[0][1], gradients[1][1])
    assert not torch.equal(gradients[0][2], gradients[1][2])


def test_reconstruction_of_both_views_is_compared_to_the_sequence_as_it_was(networks):
    x = torch.from_numpy(X)
    rebuilt = [networks["decoder"](networks["encoder"](view)) for view in (x, -x)]
    expected = sum((one - x).square().mean() for one in rebuilt) / 2
    losses = begun(networks, weight=0.5).losses(np.arange(6), torch.Generator())
    torch.testing.assert_close(losses["reconstruction_loss"], expected)


def test_reconstruction_is_added_with_its_weight(networks):
    losses = begun(networks, weight=0.5).losses(np.arange(6), torch.Generator())
    torch.testing.assert_close(losses["loss"], losses["contrastive_loss"] + 0.5 * losses["reconstruction_loss"])


def test_one_recipe_gives_two_different_views(networks):
    seen = []
    networks["encoder"][0].register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    begun(networks, views=(Jitter(0.1), Jitter(0.1))).losses(np.arange(6), torch.Generator().manual_seed(0))
    assert not torch.equal(seen[0], seen[1])


def test_without_views_both_are_the_sequence_itself(networks):
    seen = []
    networks["encoder"][0].register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    begun(networks, views=(Compose(()), Compose(()))).losses(np.arange(6), torch.Generator())
    assert all(np.array_equal(view.numpy(), X) for view in seen)


def test_validation_draws_the_same_views_each_time(networks):
    jittered = begun(networks, views=(Jitter(0.3), Jitter(0.3)))
    losses = [jittered.validate(np.arange(6), 3, seed)["validation_loss"] for seed in (1, 1, 2)]
    assert losses[0] == losses[1] != losses[2]


def test_validation_is_the_mean_over_samples(networks):
    sizes_as_loss = begun(networks, contrast=lambda z, labels: torch.tensor(float(len(labels) // 2)))
    assert sizes_as_loss.validate(np.arange(5), 3, seed=0)["validation_loss"] == pytest.approx((3 * 3 + 2 * 2) / 5)


def test_validation_leaves_the_weights_without_gradients_and_dropout_off(networks):
    begun(networks).validate(np.arange(6), 3, seed=0)
    assert not networks.training
    assert all(weight.grad is None for weight in networks.parameters())
