"""What the hook of processes that train together does in one of them; tests/test_distributed.py has two."""

import pytest
import torch
import torch.distributed as dist
from torch import nn
from torch.overrides import _get_current_function_mode_stack

from skeletonlearn._training.hooks.distributed import Distributed
from skeletonlearn._training.process_group import ProcessGroup
from tests.training.one_weight import OneWeight

pytestmark = pytest.mark.skipif(not dist.is_available(), reason="needs torch.distributed")


@pytest.fixture
def group(tmp_path):
    dist.init_process_group("gloo", init_method=(tmp_path / "store").as_uri(), rank=0, world_size=1)
    yield ProcessGroup()
    dist.destroy_process_group()


class Halves(ProcessGroup):
    """Pretends to be the first of two processes, the second of which gives zeros."""

    def __init__(self):
        super().__init__(0, 2)

    def broadcast_module(self, module):
        """Leave the weights as they are."""

    def all_gather(self, samples):
        return torch.cat([samples, torch.zeros_like(samples)])


class Passes(nn.Module):
    """Notes what passes through it."""

    def __init__(self, error=None):
        super().__init__()
        self.seen, self.error = [], error

    def forward(self, x, lengths=None):
        self.seen.append((x.tolist(), None if lengths is None else lengths.tolist()))
        if self.error is not None:
            raise self.error
        return x if lengths is None else (x, lengths)


class PassesSamples(OneWeight):
    """Has such a module as its `forward`."""

    def __init__(self, error=None):
        super().__init__()
        self.passes = Passes(error)

    @property
    def forward(self):
        return self.passes


@pytest.fixture
def task():
    return PassesSamples()


@pytest.fixture
def hook(task):
    hook = Distributed(Halves())
    hook.begin(task.new_run())
    yield hook
    hook.close()


X = torch.arange(4.0)


@pytest.mark.usefixtures("hook")
def test_a_process_passes_its_own_samples_and_gathers_the_outputs_of_all(task):
    assert task.forward(X).tolist() == [0, 1, 0, 0]
    output, lengths = task.forward(X, torch.tensor([5, 6, 7, 8]))
    assert (output.tolist(), lengths.tolist()) == ([0, 1, 0, 0], [5, 6, 0, 0])
    assert task.forward.seen == [([0, 1], None), ([0, 1], [5, 6])]


@pytest.mark.usefixtures("hook")
def test_without_gradients_each_process_passes_all_samples(task):
    with torch.no_grad():
        assert task.forward(X).tolist() == [0, 1, 2, 3]


def test_a_module_is_as_before_when_the_hook_is_closed(task):
    hook = Distributed(Halves())
    hook.begin(task.new_run())
    hook.close()
    assert task.forward(X).tolist() == [0, 1, 2, 3]
    assert "forward" not in vars(task.forward)


def test_a_hook_that_has_not_begun_can_be_closed():
    Distributed(Halves()).close()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_inside_the_networks_leaves_torch_as_it_was(error):
    task, hook = PassesSamples(error()), Distributed(Halves())
    hook.begin(task.new_run())
    with pytest.raises(error):
        task.forward(X)
    assert _get_current_function_mode_stack() == []


def test_dropout_is_the_same_when_an_epoch_is_repeated_and_another_in_another(group):
    drawn, run, hook = [], OneWeight().new_run(), Distributed(group)
    with torch.random.fork_rng(devices=[]):
        for epoch in (0, 1, 0):
            run.history = [{}] * epoch
            hook.begin_epoch(run)
            drawn.append(torch.rand(3))
    torch.testing.assert_close(drawn[0], drawn[2], rtol=0, atol=0)
    assert not torch.equal(drawn[0], drawn[1])


def test_dropout_of_each_process_is_another():
    drawn, run = [], OneWeight().new_run()
    with torch.random.fork_rng(devices=[]):
        for rank in range(2):
            Distributed(ProcessGroup(rank, 2)).begin_epoch(run)
            drawn.append(torch.rand(3))
    assert not torch.equal(*drawn)


def test_an_interruption_is_not_the_end_of_a_training_that_others_share():
    assert not Distributed(ProcessGroup(0, 2)).interrupt(OneWeight().new_run())
