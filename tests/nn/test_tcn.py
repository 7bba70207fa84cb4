"""Temporal convolutions."""

import pytest
import torch

from skeletonlearn.nn import SlowFastEncoder, TCNEncoder, TemporalBlock

POOLED = {
    "mean": lambda steps: steps.mean(dim=1),
    "max": lambda steps: steps.amax(dim=1),
    "mean_max": lambda steps: torch.cat([steps.mean(dim=1), steps.amax(dim=1)], dim=1),
    "last": lambda steps: steps[:, -1],
}


def signal(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("stride", "n_frames", "expected"), [(1, 7, 7), (2, 7, 4), (2, 8, 4), (2, 1, 1), (3, 7, 3)])
def test_block_keeps_one_frame_of_every_stride(stride, n_frames, expected):
    assert TemporalBlock(4, 6, stride, 0.0)(signal(2, 4, n_frames)).shape == (2, 6, expected)


def test_block_with_a_silent_body_is_a_rectifier():
    block = TemporalBlock(4, 4, 1, 0.0)
    torch.nn.init.zeros_(block.body[-1].weight)
    x = signal(2, 4, 9)
    assert torch.equal(block(x), x.clamp(min=0))


def test_block_sees_no_further_than_its_two_kernels():
    block = TemporalBlock(3, 3, 1, 0.0, kernel_size=3).eval()
    x = signal(1, 3, 11)
    changed = x.clone()
    changed[:, :, 5] += 1
    differs = (block(changed) != block(x)).any(dim=1).flatten()
    assert set(torch.nonzero(differs).flatten().tolist()) <= {3, 4, 5, 6, 7}


def test_encoder_takes_sequences_longer_than_those_it_was_made_for():
    assert TCNEncoder(16, 5, 3, hidden_dim=8)(signal(2, 40, 5, 3)).shape == (2, 2 * (4 + 4 + 8 + 8))


def test_encoder_depends_on_the_order_of_frames():
    encoder = TCNEncoder(16, 5, 3, hidden_dim=8).eval()
    x = signal(2, 16, 5, 3)
    assert not torch.allclose(encoder(x), encoder(x.flip(1)), atol=1e-3)


@pytest.mark.parametrize(("n_frames", "expected"), [(1, 1), (8, 1), (9, 2), (16, 2), (17, 3), (64, 8)])
def test_there_is_a_step_for_every_eight_frames_begun(n_frames, expected):
    steps, lengths = TCNEncoder(n_frames, 5, 3, hidden_dim=8).steps(signal(2, n_frames, 5, 3))
    assert steps.shape == (2, expected, 8)
    assert lengths is None


def stages_of(encoder, x):
    """What stem and blocks give while x is encoded, `(B, frames, width)` each."""
    stages = []
    handles = [
        stage.register_forward_hook(lambda _, inputs, output: stages.append(output.transpose(1, 2)))
        for stage in (encoder.stem, *encoder.blocks)
    ]
    encoder(x)
    for handle in handles:
        handle.remove()
    return stages


@pytest.mark.parametrize("pooling", POOLED)
def test_embedding_is_each_stage_pooled_the_rectified_stem_first(pooling):
    encoder = TCNEncoder(40, 5, 3, hidden_dim=8, pooling=pooling).eval()
    x = signal(2, 40, 5, 3)
    stem, *blocks = stages_of(encoder, x)
    assert [tuple(stage.shape) for stage in (stem, *blocks)] == [(2, 20, 4), (2, 20, 4), (2, 10, 8), (2, 5, 8)]
    torch.testing.assert_close(encoder(x), torch.cat([POOLED[pooling](it) for it in (stem.relu(), *blocks)], dim=1))


@pytest.mark.parametrize(("pooling", "width"), [("mean", 8), ("max", 8), ("mean_max", 16), ("last", 8)])
def test_end_of_the_embedding_is_the_pooled_steps(pooling, width):
    encoder = TCNEncoder(40, 5, 3, hidden_dim=8, pooling=pooling).eval()
    x = signal(2, 40, 5, 3)
    torch.testing.assert_close(encoder(x)[:, -width:], POOLED[pooling](encoder.steps(x)[0]))


def test_mean_and_maximum_are_taken_unless_asked_otherwise():
    assert TCNEncoder(40, 5, 3).pool.pooling == "mean_max"


def test_embedding_by_attention_is_the_weighted_mean_of_the_last_stage_alone():
    encoder = TCNEncoder(40, 5, 3, hidden_dim=8, pooling="attention").eval()
    x = signal(2, 40, 5, 3)
    steps, _ = encoder.steps(x)
    weighted = encoder.pool.weights(steps)[:, None] @ steps
    torch.testing.assert_close(encoder(x), weighted[:, 0])
    torch.testing.assert_close(steps, stages_of(encoder, x)[-1])


def seen_by(path, x, encoder):
    """What one path of a SlowFast encoder receives."""
    seen = []
    handle = getattr(encoder, path).register_forward_pre_hook(lambda _, arguments: seen.append(arguments[0]))
    encoder(x)
    handle.remove()
    return seen[0]


def test_slow_path_sees_the_mean_of_each_pair_and_an_odd_last_frame_alone():
    x = torch.tensor([1.0, 3.0, 10.0, 20.0, 7.0])[None, :, None, None] * torch.tensor([1.0, -1.0])
    slowed = seen_by("slow", x, SlowFastEncoder(5, 1, 2, hidden_dim=8).eval())
    assert slowed.tolist() == [[[[2.0, -2.0]], [[15.0, -15.0]], [[7.0, -7.0]]]]


def test_fast_path_sees_every_frame():
    x = signal(2, 7, 5, 3)
    assert torch.equal(seen_by("fast", x, SlowFastEncoder(7, 5, 3, hidden_dim=8)), x)


@pytest.mark.parametrize(
    ("hidden_dim", "slow", "fast"),
    [(2, (1, 8), (1, 8)), (7, (6, 36), (1, 8)), (8, (6, 36), (2, 12)), (256, (192, 1152), (64, 384))],
)
def test_a_quarter_of_the_embedding_comes_from_the_fast_path(hidden_dim, slow, fast):
    encoder = SlowFastEncoder(16, 5, 3, hidden_dim=hidden_dim).eval()
    x = signal(2, 16, 5, 3)
    of_slow, of_fast = encoder(x).split([slow[1], fast[1]], dim=1)
    assert torch.equal(of_fast, encoder.fast(x))
    assert torch.equal(of_slow, encoder.slow(seen_by("slow", x, encoder)))
    assert (encoder.slow.steps(x)[0].shape[2], encoder.fast.steps(x)[0].shape[2]) == (slow[0], fast[0])


def test_a_width_of_one_is_refused_for_two_paths():
    with pytest.raises(ValueError, match=r"hidden_dim=1 must be at least 2 for two paths"):
        SlowFastEncoder(16, 5, 3, hidden_dim=1)
