"""One seed, and global generators left alone."""

import random

import numpy as np
import pytest
import torch

from skeletonlearn._training.seeding import draw_seed, seeded

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
