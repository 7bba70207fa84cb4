"""TemporalCrop."""

import numpy as np
import pytest
import torch

from skeletonlearn.augmentation import TemporalCrop


def test_temporal_crop_equals_numpy_interpolation_joint_by_joint(make_batch, make_generator, draw):
    batch = make_batch(n_joints=4)
    n_samples, n_frames = batch.shape[:2]
    generator = make_generator()
    kept = draw(batch, generator, n_samples, low=0.3)
    start = draw(batch, generator, n_samples) * (1 - kept) * (n_frames - 1)
    seen = TemporalCrop(0.3)(batch, make_generator()).numpy()
    for sample in range(n_samples):
        position = start[sample] + kept[sample] * np.arange(n_frames)
        for joint, channel in np.ndindex(4, 3):
            expected = np.interp(position, np.arange(n_frames), batch[sample, :, joint, channel].numpy())
            np.testing.assert_allclose(seen[sample, :, joint, channel], expected, atol=1e-12)


def test_temporal_crop_of_everything_is_the_identity(make_batch, generator):
    batch = make_batch(n_frames=300, n_joints=2, dtype=torch.float32)
    assert torch.equal(TemporalCrop(min_ratio=1)(batch, generator), batch)


def test_temporal_crop_keeps_a_constant_sequence(make_batch, generator):
    batch = make_batch(n_frames=1).expand(-1, 20, -1, -1)
    assert torch.equal(TemporalCrop(0.2)(batch, generator), batch)


def test_temporal_crop_maps_linear_motion_to_slower_linear_motion(generator):
    batch = torch.arange(20.0, dtype=torch.float64).view(1, 20, 1, 1).repeat(200, 1, 1, 1)
    steps = TemporalCrop(0.4)(batch, generator).flatten(1).diff(dim=1)
    speed = steps.mean(dim=1, keepdim=True)
    torch.testing.assert_close(steps, speed.expand_as(steps))
    assert speed.min() >= 0.4
    assert speed.max() <= 1.0


def test_temporal_crop_starts_anywhere_and_stays_inside(generator):
    batch = torch.arange(100.0, dtype=torch.float64).view(1, 100, 1, 1).repeat(2000, 1, 1, 1)
    seen = TemporalCrop(0.5)(batch, generator).flatten(1)
    assert seen.min() >= 0
    assert seen.max() <= 99
    assert seen[:, 0].max() > 40
    assert seen[:, -1].min() < 59


@pytest.mark.parametrize("n_frames", [1, 2])
def test_temporal_crop_takes_the_shortest_sequences(n_frames, make_batch, generator):
    batch = make_batch(n_frames=n_frames)
    seen = TemporalCrop(0.5)(batch, generator)
    assert (seen >= batch.amin(dim=1, keepdim=True) - 1e-12).all()
    assert (seen <= batch.amax(dim=1, keepdim=True) + 1e-12).all()


@pytest.mark.parametrize(
    ("n_frames", "min_ratio", "expected"), [(64, 0.5, 48), (20, 0.2, 12), (3, 0.5, 2), (1, 0.5, 1)]
)
def test_parts_that_keep_the_tempo_have_as_many_frames_as_a_part_of_mean_duration(
    n_frames, min_ratio, expected, make_batch, generator
):
    batch = make_batch(n_frames=n_frames)
    seen = TemporalCrop(min_ratio, keep_tempo=True)(batch, generator)
    assert seen.shape == (batch.shape[0], expected, *batch.shape[2:])


def test_two_frames_can_become_one(make_batch, generator):
    batch = make_batch(n_frames=2)
    seen = TemporalCrop(0.1, keep_tempo=True)(batch, generator)
    assert seen.shape[1] == 1
    assert (seen >= batch.amin(dim=1, keepdim=True) - 1e-12).all()
    assert (seen <= batch.amax(dim=1, keepdim=True) + 1e-12).all()


def test_parts_that_keep_the_tempo_are_as_fast_as_the_whole_on_average(generator):
    batch = torch.arange(100.0, dtype=torch.float64).view(1, 100, 1, 1).repeat(4000, 1, 1, 1)
    seen = TemporalCrop(0.5, keep_tempo=True)(batch, generator).flatten(1)
    steps = seen.diff(dim=1)
    speed = steps.mean(dim=1)
    torch.testing.assert_close(steps, speed[:, None].expand_as(steps))
    assert float(speed.mean()) == pytest.approx(1.0, abs=0.01)
    assert 0.66 < float(speed.min()) < 0.68
    assert 1.32 < float(speed.max()) < 1.34
    assert float(seen.min()) >= 0
    assert float(seen.max()) <= 99


def test_parts_that_keep_the_tempo_begin_and_end_where_stretched_parts_do(make_batch, make_generator):
    batch = make_batch(n_frames=40, dtype=torch.float64)
    stretched = TemporalCrop(0.5)(batch, make_generator())
    kept = TemporalCrop(0.5, keep_tempo=True)(batch, make_generator())
    torch.testing.assert_close(kept[:, [0, -1]], stretched[:, [0, -1]])


@pytest.mark.parametrize("keep_tempo", [None, 1, "yes"])
def test_temporal_crop_refuses_what_says_neither_yes_nor_no(keep_tempo):
    with pytest.raises(TypeError, match=rf"keep_tempo={keep_tempo!r} must be True or False"):
        TemporalCrop(keep_tempo=keep_tempo)
