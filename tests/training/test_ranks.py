"""What the processes of a group do together, tried in a group of one; tests/test_distributed.py has groups of two."""

import copy

import pytest
import torch
import torch.distributed as dist
from torch import nn

from skeletonlearn._training.ranks import OneProcess, Ranks, join_ranks

pytestmark = pytest.mark.skipif(not dist.is_available(), reason="needs torch.distributed")


@pytest.fixture
def ranks(tmp_path):
    dist.init_process_group("gloo", init_method=(tmp_path / "store").as_uri(), rank=0, world_size=1)
    with join_ranks(True, torch.device("cpu")) as joined:
        yield joined
    assert dist.is_initialized()  # a group that was there is left to whoever began it
    dist.destroy_process_group()


def draws(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=torch.float32)


@pytest.mark.parametrize(
    ("module", "shape"),
    [
        (nn.BatchNorm1d(3), (8, 3)),
        (nn.BatchNorm1d(3, affine=False), (8, 3, 5)),
        (nn.BatchNorm1d(3, track_running_stats=False), (8, 3, 5)),
        (nn.BatchNorm2d(3, momentum=0.3, eps=0.1), (8, 3, 5, 2)),
    ],
    ids=["rows", "not affine", "no running statistics", "images"],
)
def test_batch_normalisation_of_all_processes_is_torchs_where_there_is_one(ranks, module, shape):
    ours, torchs = copy.deepcopy(module), copy.deepcopy(module)
    x = 3 * draws(*shape) + 2
    inputs = [x.clone().requires_grad_(), x.clone().requires_grad_()]
    with ranks.together():
        got = ours(inputs[0])
    wanted = torchs(inputs[1])
    torch.testing.assert_close(got, wanted)
    for output in (got, wanted):
        (output * draws(*shape)).sum().backward()
    torch.testing.assert_close(inputs[0].grad, inputs[1].grad, rtol=1e-4, atol=1e-5)
    for (name, one), other in zip(ours.named_parameters(), torchs.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, msg=name)
    torch.testing.assert_close(ours.state_dict(), torchs.state_dict())


def test_batch_normalisation_outside_of_training_is_torchs(ranks):
    module = nn.BatchNorm1d(3).eval()
    module.running_mean += 1
    with ranks.together():
        got = module(draws(4, 3))
    torch.testing.assert_close(got, module(draws(4, 3)), rtol=0, atol=0)


def test_rows_are_joined_in_order_and_each_gets_its_gradient(ranks):
    rows = draws(5, 2).requires_grad_()
    joined = ranks.join(ranks.part(rows))
    (joined * torch.arange(5.0)[:, None]).sum().backward()
    torch.testing.assert_close(joined, rows)
    torch.testing.assert_close(rows.grad, torch.arange(5.0)[:, None].expand(5, 2))


def test_the_mean_of_one_part_is_the_mean(ranks):
    value = torch.tensor(3.5, requires_grad=True)
    mean = ranks.mean(value, 7)
    mean.backward()
    assert mean.item() == 3.5
    assert value.grad.item() == pytest.approx(1)


def test_gradients_are_summed_where_there_are_any(ranks):
    module = nn.ModuleList([nn.Linear(2, 1), nn.Linear(2, 1)])
    ranks.sum_gradients(module)
    module[0](draws(3, 2)).sum().backward()
    before = copy.deepcopy([weight.grad for weight in module[0].parameters()])
    ranks.sum_gradients(module)
    for weight, gradient in zip(module[0].parameters(), before, strict=True):
        torch.testing.assert_close(weight.grad, gradient)
    assert module[1].weight.grad is None


def test_what_the_first_process_is_asked_it_answers_or_raises_as_it_did(ranks):
    assert ranks.ask_first(lambda: {"a": 1}) == {"a": 1}
    with pytest.raises(ZeroDivisionError):
        ranks.ask_first(lambda: 1 / 0)
    assert ranks.share("seed") == "seed"


def test_dropout_is_the_same_when_an_epoch_is_begun_again_and_another_in_another(ranks):
    drawn = []
    with torch.random.fork_rng(devices=[]):
        for epoch in (0, 1, 0):
            ranks.begin_epoch(7, epoch)
            drawn.append(torch.rand(3))
    torch.testing.assert_close(drawn[0], drawn[2], rtol=0, atol=0)
    assert not torch.equal(drawn[0], drawn[1])


def test_the_group_is_known_and_agrees_with_itself(ranks):
    assert type(ranks) is Ranks
    assert (ranks.rank, ranks.size) == (0, 1)
    ranks.agree({"X": "a"})
    assert ranks.own_device(torch.device("cpu")) == torch.device("cpu")


def test_one_process_without_a_group_does_it_all_itself():
    alone, rows = OneProcess(), draws(4, 2)
    alone.agree({})
    with alone.together():
        assert alone.part(rows) is rows
    assert alone.join(rows) is rows
    assert alone.mean(rows, 4) is rows
    assert alone.ask_first(lambda: 5) == alone.share(5) == 5
