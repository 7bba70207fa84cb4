"""Rotate."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from skeletonlearn.augmentation import Rotate


def test_rotate_equals_scipy_sample_by_sample(batch, make_generator, draw):
    most = (60, 40, 20)
    angles = draw(batch, make_generator(), len(batch), 3, low=-1.0, high=1.0) * most
    seen = Rotate(*most)(batch, make_generator()).numpy()
    for sample, (yaw, pitch, roll) in enumerate(angles):
        # lower case: about the fixed axes, in this order; the image plane turns from x to y
        rotation = Rotation.from_euler("yxz", [yaw, pitch, roll], degrees=True)
        expected = rotation.apply(batch[sample].numpy().reshape(-1, 3))
        np.testing.assert_allclose(seen[sample].reshape(-1, 3), expected, atol=1e-12)


def test_rotate_in_the_plane_equals_a_loop_over_samples(make_batch, make_generator, draw):
    batch = make_batch(n_channels=2)
    angles = np.deg2rad(draw(batch, make_generator(), len(batch), 3, low=-1.0, high=1.0)[:, 2] * 30)
    seen = Rotate(yaw=50, pitch=10, roll=30)(batch, make_generator()).numpy()
    for sample, angle in enumerate(angles):
        x, y = batch[sample].numpy().transpose(2, 0, 1)
        expected = [np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y]
        np.testing.assert_allclose(seen[sample], np.stack(expected, axis=-1), atol=1e-12)


@pytest.mark.parametrize("vertical_axis", [0, 1, 2])
def test_rotate_keeps_distances(vertical_axis, batch, generator):
    seen = Rotate(180, 90, 45, vertical_axis)(batch, generator)
    torch.testing.assert_close(torch.cdist(seen, seen), torch.cdist(batch, batch))


@pytest.mark.parametrize("vertical_axis", [0, 1, 2])
def test_rotate_is_no_mirror(vertical_axis, generator):
    unit_vectors = torch.eye(3, dtype=torch.float64).repeat(20, 1, 1, 1)
    seen = Rotate(180, 90, 45, vertical_axis)(unit_vectors, generator)
    torch.testing.assert_close(torch.linalg.det(seen), torch.ones(20, 1, dtype=torch.float64))


@pytest.mark.parametrize("vertical_axis", [0, 1, 2])
def test_yaw_keeps_heights(vertical_axis, batch, generator):
    seen = Rotate(yaw=180, pitch=0, vertical_axis=vertical_axis)(batch, generator)
    torch.testing.assert_close(seen[..., vertical_axis], batch[..., vertical_axis])


@pytest.mark.parametrize(("vertical_axis", "lateral"), [(0, 1), (1, 0), (2, 0)])
def test_pitch_keeps_lateral_coordinates(vertical_axis, lateral, batch, generator):
    seen = Rotate(yaw=0, pitch=90, vertical_axis=vertical_axis)(batch, generator)
    torch.testing.assert_close(seen[..., lateral], batch[..., lateral])


@pytest.mark.parametrize(("vertical_axis", "depth"), [(0, 2), (1, 2), (2, 1)])
def test_roll_keeps_depth(vertical_axis, depth, batch, generator):
    seen = Rotate(yaw=0, pitch=0, roll=90, vertical_axis=vertical_axis)(batch, generator)
    torch.testing.assert_close(seen[..., depth], batch[..., depth])


@pytest.mark.parametrize("n_channels", [2, 3])
def test_rotate_by_no_angle_is_the_identity(n_channels, make_batch, generator):
    batch = make_batch(n_channels=n_channels)
    assert torch.equal(Rotate(0, 0, 0)(batch, generator), batch)


def test_angles_are_in_degrees_and_reach_both_ends(generator):
    x_axis = torch.tensor([1.0, 0.0, 0.0]).repeat(2000, 1, 1, 1)
    seen = Rotate(yaw=90, pitch=0)(x_axis, generator)[:, 0, 0]
    angle = torch.rad2deg(torch.atan2(-seen[:, 2], seen[:, 0]))
    np.testing.assert_allclose([angle.min(), angle.max(), angle.mean()], [-90, 90, 0], atol=3)


@pytest.mark.parametrize("n_channels", [1, 4])
def test_rotate_refuses_other_channels_with_got_and_wanted(n_channels, make_batch, generator):
    with pytest.raises(ValueError, match=f"{n_channels} channels, expected 2 or 3"):
        Rotate()(make_batch(n_channels=n_channels), generator)
