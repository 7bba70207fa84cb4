"""The layers that all joints share, against loops over frames and joints."""

import pytest
import torch
from torch import nn

from skeletonlearn.nn._joint_stem import JointStem, RealBatchNorm

LENGTHS = torch.tensor([7, 1, 4])
REAL = torch.arange(7) < LENGTHS[:, None]


def sequences(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def stem_of(n_joints=3, n_channels=2, width=5):
    """A stem in evaluation mode whose normalisations are not those of a new one."""
    stem = JointStem(n_joints, n_channels, width, 0.0).eval()
    for norm in stem.modules():
        if isinstance(norm, nn.BatchNorm1d):
            norm.running_mean.copy_(torch.linspace(-0.5, 0.5, norm.num_features))
            norm.running_var.copy_(torch.linspace(0.5, 2, norm.num_features))
    return stem


def normalised(norm, features):
    return (features - norm.running_mean) / (norm.running_var + norm.eps).sqrt() * norm.weight + norm.bias


def around(frames, at):
    """The taps of a kernel of three on each side of a frame, and the frames that they meet."""
    return [(tap, frames[at + tap - 1]) for tap in range(3) if 0 <= at + tap - 1 < len(frames)]


def in_loops(stem, sequence):
    """Features of every second frame of one sequence (F, J, C)."""
    of_frames = []
    for frame in sequence:
        positions = [stem.position.weight @ normalised(stem.normalise, joint) for joint in frame]
        of_frames.append([normalised(stem.normalise_position, position).relu() for position in positions])
    moved = []
    for at in range(len(of_frames)):
        joints = [
            sum(stem.movement.weight[:, :, tap, 0] @ frame[joint] for tap, frame in around(of_frames, at))
            for joint in range(sequence.shape[1])
        ]
        moved.append(torch.cat([normalised(stem.normalise_movement, joint).relu() for joint in joints]))
    steps = [
        sum(stem.join.weight[:, :, tap] @ frame for tap, frame in around(moved, at)) for at in range(0, len(moved), 2)
    ]
    return torch.stack([normalised(stem.normalise_joined, step).relu() for step in steps])


@pytest.mark.parametrize("filling", [0.0, torch.nan])
def test_steps_are_those_of_loops_over_frames_and_joints_of_each_sequence(filling):
    stem = stem_of()
    x = sequences(3, 7, 3, 2).masked_fill(~REAL[..., None, None], filling)
    steps, n_steps = stem(x, LENGTHS)
    assert n_steps.tolist() == [4, 1, 2]
    for row, sequence, length, end in zip(steps, x, LENGTHS, n_steps, strict=True):
        torch.testing.assert_close(row[:end], in_loops(stem, sequence[:length]), rtol=1e-5, atol=1e-5)
        assert not row[end:].any()


@pytest.mark.parametrize(("n_frames", "expected"), [(1, 1), (2, 1), (3, 2), (8, 4), (9, 5)])
def test_there_is_a_step_for_every_two_frames_begun(n_frames, expected):
    steps, n_steps = stem_of()(sequences(2, n_frames, 3, 2))
    assert steps.shape == (2, expected, 5)
    assert n_steps.tolist() == [expected] * 2


def test_weights_before_joints_are_joined_are_as_many_for_any_body():
    shared = [
        sum(weight.numel() for name, weight in stem.named_parameters() if not name.startswith("join."))
        for stem in (stem_of(n_joints=5), stem_of(n_joints=50))
    ]
    assert shared[0] == shared[1]


@pytest.mark.parametrize("n_joints", [1, 3, 4, 50])
def test_a_frame_has_enough_features_however_few_its_joints(n_joints):
    assert stem_of(n_joints=n_joints).join.in_channels >= 128


def test_normalisation_sees_only_what_is_real():
    norm = RealBatchNorm(2)
    x = sequences(3, 7, 2).masked_fill(~REAL[..., None], torch.nan)
    found = norm(x, REAL)
    real = x[REAL]
    expected = (real - real.mean(dim=0)) / (real.var(dim=0, correction=0) + norm.eps).sqrt()
    torch.testing.assert_close(found[REAL], expected)
    assert not found[~REAL].any()
    torch.testing.assert_close(norm.running_mean, norm.momentum * real.mean(dim=0))


@pytest.mark.parametrize("training", [True, False])
def test_normalisation_of_what_is_all_real_is_that_of_torch(training):
    ours, torchs = RealBatchNorm(2).train(training), nn.BatchNorm1d(2).train(training)
    x = sequences(3, 7, 4, 2)
    expected = torchs(x.reshape(-1, 2)).reshape(x.shape)
    torch.testing.assert_close(ours(x), expected)
    torch.testing.assert_close(ours.running_var, torchs.running_var)
