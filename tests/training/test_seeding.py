"""One seed, and global generators left alone."""

import random

import numpy as np
import pytest
import torch
from torch import nn

from skeletonlearn._training.seeding import PrivateRandomness, draw_seed, seeded

CPU = torch.device("cpu")


def test_an_integer_gives_the_same_seed_each_time():
    assert draw_seed(7) == draw_seed(np.int64(7))


def test_different_integers_give_different_seeds():
    assert len({draw_seed(number) for number in range(100)}) == 100


def test_a_random_state_is_drawn_from():
    random_state = np.random.RandomState(7)
    assert draw_seed(random_state) != draw_seed(random_state)


def test_no_random_state_gives_another_seed_each_time():
    assert len({draw_seed(None) for _ in range(5)}) > 1


def test_no_random_state_leaves_the_global_generators_as_they_were():
    before = np.random.get_state()[1].tolist(), random.getstate(), torch.get_rng_state().tolist()  # noqa: NPY002
    draw_seed(None)
    after = np.random.get_state()[1].tolist(), random.getstate(), torch.get_rng_state().tolist()  # noqa: NPY002
    assert after == before


@pytest.mark.parametrize("random_state", ["7", 1.5, True, np.random.default_rng(0)])
def test_what_is_no_random_state_is_refused(random_state):
    with pytest.raises(ValueError, match=r"must be an int, a numpy.random.RandomState or None"):
        draw_seed(random_state)


def test_inside_the_block_torch_draws_what_the_seed_says():
    with seeded(3, CPU):
        first = torch.rand(4)
    torch.rand(9)
    with seeded(3, CPU):
        assert torch.equal(torch.rand(4), first)


def test_the_generator_draws_what_the_seed_says_whatever_the_network_draws():
    with seeded(3, CPU) as generator:
        first = torch.rand(4, generator=generator)
    with seeded(3, CPU) as generator:
        torch.rand(9)
        assert torch.equal(torch.rand(4, generator=generator), first)


@pytest.mark.parametrize("failing", [False, True])
def test_after_the_block_torchs_generator_is_where_it_was(failing):
    before = torch.get_rng_state()
    try:
        with seeded(3, CPU):
            torch.rand(4)
            if failing:
                raise RuntimeError
    except RuntimeError:
        pass
    assert torch.equal(torch.get_rng_state(), before)


def attend():
    with torch.no_grad():
        return nn.MultiheadAttention(4, 2, batch_first=True).eval()(*[torch.zeros(1, 3, 4)] * 3)


DRAWS = {
    "linear layer": lambda: nn.Linear(3, 4),
    "convolution": lambda: nn.Conv1d(3, 4, 3),
    "recurrent layer": lambda: nn.GRU(3, 4),
    "embedding": lambda: nn.Embedding(3, 4),
    "attention": attend,
    "lazy layer": lambda: nn.LazyLinear(4)(torch.zeros(2, 3)),
    **{
        name: lambda name=name: getattr(nn.init, name)(torch.zeros(4, 4))
        for name in dir(nn.init)
        if name.endswith("_")
        and not name.startswith("_")
        and name not in ("constant_", "dirac_", "eye_", "ones_", "sparse_", "zeros_")
    },
    "rand": lambda: torch.rand(3),
    "randn": lambda: torch.randn(3, dtype=torch.float64),
    "randint": lambda: torch.randint(9, (3,)),
    "randint between": lambda: torch.randint(1, 9, (3,)),
    "randperm": lambda: torch.randperm(9),
    "normal": lambda: torch.normal(0.0, 1.0, (3,)),
    "in place": lambda: torch.zeros(3).uniform_(),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_what_is_drawn_in_private_leaves_the_global_generator_as_it_was(draw):
    before = torch.get_rng_state()
    with PrivateRandomness():
        draw()
    assert torch.equal(torch.get_rng_state(), before)


def test_what_is_drawn_in_private_is_random_and_the_same_each_time():
    def weights():
        with PrivateRandomness():
            return torch.stack([nn.Linear(3, 4).weight, nn.Linear(3, 4).weight])

    first, second = weights()
    assert not torch.equal(first, second)
    assert torch.equal(weights(), weights())


def test_a_generator_that_is_passed_is_drawn_from_in_private_too():
    generator = torch.Generator().manual_seed(3)
    with PrivateRandomness():
        drawn = torch.rand(4, generator=generator)
    assert torch.equal(drawn, torch.rand(4, generator=generator.manual_seed(3)))


def test_private_randomness_ends_with_the_block():
    before = torch.get_rng_state()
    with PrivateRandomness():
        torch.rand(4)
    torch.rand(4)
    assert not torch.equal(torch.get_rng_state(), before)
