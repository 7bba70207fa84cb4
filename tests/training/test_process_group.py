"""What the processes of a group do together, tried in a group of one; tests/test_distributed.py has groups of two."""

import copy

import pytest
import torch
import torch.distributed as dist
from torch import nn

from skeletonlearn._training.process_group import ProcessGroup, SynchronizedBatchNorm, process_group

pytestmark = pytest.mark.skipif(not dist.is_available(), reason="needs torch.distributed")
CPU = torch.device("cpu")


@pytest.fixture
def group(tmp_path):
    dist.init_process_group("gloo", init_method=(tmp_path / "store").as_uri(), rank=0, world_size=1)
    with process_group(True, CPU) as joined:
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
def test_batch_normalisation_of_all_processes_is_torchs_where_there_is_one(group, module, shape):
    ours, torchs = copy.deepcopy(module), copy.deepcopy(module)
    x = 3 * draws(*shape) + 2
    inputs = [x.clone().requires_grad_(), x.clone().requires_grad_()]
    with SynchronizedBatchNorm():
        got = ours(inputs[0])
    wanted = torchs(inputs[1])
    torch.testing.assert_close(got, wanted)
    for output in (got, wanted):
        (output * draws(*shape)).sum().backward()
    torch.testing.assert_close(inputs[0].grad, inputs[1].grad, rtol=1e-4, atol=1e-5)
    for (name, one), other in zip(ours.named_parameters(), torchs.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, msg=name)
    torch.testing.assert_close(ours.state_dict(), torchs.state_dict())


def test_batch_normalisation_outside_of_training_is_torchs(group):
    module = nn.BatchNorm1d(3).eval()
    module.running_mean += 1
    with SynchronizedBatchNorm():
        got = module(draws(4, 3))
    torch.testing.assert_close(got, module(draws(4, 3)), rtol=0, atol=0)


def test_samples_are_gathered_in_order_and_each_gets_its_gradient(group):
    samples = draws(5, 2).requires_grad_()
    joined = group.all_gather(group.shard(samples))
    (joined * torch.arange(5.0)[:, None]).sum().backward()
    torch.testing.assert_close(joined, samples)
    torch.testing.assert_close(samples.grad, torch.arange(5.0)[:, None].expand(5, 2))


def test_integers_are_gathered_too(group):
    torch.testing.assert_close(group.all_gather(torch.arange(4)), torch.arange(4))


def test_gradients_are_summed_where_there_are_any(group):
    module = nn.ModuleList([nn.Linear(2, 1), nn.Linear(2, 1)])
    group.all_reduce_gradients(module)
    module[0](draws(3, 2)).sum().backward()
    before = copy.deepcopy([weight.grad for weight in module[0].parameters()])
    group.all_reduce_gradients(module)
    for weight, gradient in zip(module[0].parameters(), before, strict=True):
        torch.testing.assert_close(weight.grad, gradient)
    assert module[1].weight.grad is None


def test_a_call_in_the_first_process_returns_or_raises_as_it_did_there(group):
    assert group.broadcast_call(lambda: {"a": 1}) == {"a": 1}
    with pytest.raises(ZeroDivisionError):
        group.broadcast_call(lambda: 1 / 0)
    assert group.broadcast("seed") == "seed"


def test_a_group_of_one_is_known_and_agrees_with_itself(group):
    assert (group.rank, group.size) == (0, 1)
    group.check_equal(lambda: {"X": "a"})
    assert group.device(CPU) == CPU


def test_a_process_alone_is_a_group_of_one_that_torch_does_not_know():
    with process_group(False, CPU) as alone:
        assert (alone.rank, alone.size) == (0, 1)
    assert not dist.is_initialized()
    assert alone.broadcast_call(lambda: 5) == alone.broadcast(5) == 5


def test_each_process_gets_consecutive_samples():
    shards = [ProcessGroup(rank, 3).shard(torch.arange(8)).tolist() for rank in range(3)]
    assert shards == [[0, 1, 2], [3, 4, 5], [6, 7]]


def two_processes(monkeypatch, there_too):
    """A group of two whose other process sends certain numbers."""
    monkeypatch.setattr(dist, "all_reduce", lambda flat: flat.add_(torch.tensor(there_too)))
    return ProcessGroup(0, 2)


def test_a_weight_that_another_process_alone_has_a_gradient_of_gets_that_one(monkeypatch):
    module = nn.ModuleList([nn.Linear(1, 1, bias=False) for _ in range(3)])
    module[0].weight.grad = torch.tensor([[2.0]])
    two_processes(monkeypatch, [5.0, 7.0, 0.0, 1.0, 1.0, 0.0]).all_reduce_gradients(module)
    assert [layer.weight.grad and layer.weight.grad.item() for layer in module] == [7, 7, None]


def test_weights_that_are_not_trained_get_no_gradient(monkeypatch):
    module = nn.ModuleList([nn.Linear(1, 1, bias=False).requires_grad_(False), nn.Linear(1, 1, bias=False)])
    two_processes(monkeypatch, [5.0, 1.0]).all_reduce_gradients(module)
    assert module[0].weight.grad is None
    assert module[1].weight.grad.item() == 5


def test_weights_and_buffers_become_those_of_the_first_process_however_they_lie_in_memory(monkeypatch):
    module = nn.Module()
    module.weight = nn.Parameter(torch.zeros(2, 3).T)
    module.register_buffer("part", torch.zeros(2, 3)[:, :2])
    monkeypatch.setattr(dist, "broadcast", lambda tensor, src: tensor.view(-1).copy_(torch.arange(tensor.numel())))
    ProcessGroup(1, 2).broadcast_module(module)
    assert module.weight.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert module.part.tolist() == [[0, 1], [2, 3]]


def test_a_process_trains_on_the_gpu_of_its_local_rank_and_on_the_cpu_if_asked_to(monkeypatch):
    monkeypatch.setenv("LOCAL_RANK", "1")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert ProcessGroup(1, 2).device(torch.device("cuda", 0)) == torch.device("cuda", 1)
    assert ProcessGroup(1, 2).device(CPU) == CPU


def test_more_processes_than_gpus_are_refused(monkeypatch):
    monkeypatch.setenv("LOCAL_RANK", "2")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with pytest.raises(ValueError, match=r"LOCAL_RANK=2 has no GPU of its own, there are 2: expected at most 2 proc"):
        ProcessGroup(2, 3).device(torch.device("cuda", 0))


def test_devices_whose_processes_cannot_train_together_are_refused():
    with pytest.raises(ValueError, match="got the device 'mps': expected device='cpu'"):
        ProcessGroup(0, 2).device(torch.device("mps"))
