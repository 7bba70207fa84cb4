"""BoneScale."""

import numpy as np
import pytest
import torch

from skeletonlearn.augmentation import BoneScale
from skeletonlearn.skeletons import NTU_RGBD, get_skeleton, list_skeletons


def rebuilt_in_loops(body, skeleton, factors):
    """Positions (F, J, C) of a body whose bones are `factors` (J,) times as long."""
    result = body.copy()

    def extend(parent):
        for child, its_parent in skeleton.edges:
            if its_parent == parent:
                result[:, child] = result[:, parent] + factors[child] * (body[:, child] - body[:, parent])
                extend(child)

    extend(skeleton.root)
    return result


@pytest.mark.parametrize("name", list_skeletons())
@pytest.mark.parametrize(("n_persons", "n_channels"), [(1, 3), (2, 3), (3, 2)])
def test_bone_scale_equals_a_walk_along_the_tree(name, n_persons, n_channels, make_batch, make_generator, draw):
    skeleton = get_skeleton(name)
    batch = make_batch(3, 4, n_persons * skeleton.n_joints, n_channels)
    factors = np.exp(draw(batch, make_generator(), 3, n_persons, skeleton.n_joints, low=-0.4, high=0.4))
    seen = BoneScale(skeleton)(batch, make_generator()).numpy()
    for sample, person in np.ndindex(3, n_persons):
        joints = slice(person * skeleton.n_joints, (person + 1) * skeleton.n_joints)
        expected = rebuilt_in_loops(batch[sample, :, joints].numpy(), skeleton, factors[sample, person])
        np.testing.assert_allclose(seen[sample, :, joints], expected, rtol=1e-10, atol=1e-10)


def test_roots_stay_where_they_are(batch, generator):
    roots = [NTU_RGBD.root, 25 + NTU_RGBD.root]
    assert torch.equal(BoneScale(NTU_RGBD)(batch, generator)[:, :, roots], batch[:, :, roots])


def test_lengths_are_scaled_by_one_factor_a_bone_over_all_frames(batch, generator, bone_lengths):
    factors = bone_lengths(BoneScale(NTU_RGBD, 0.4)(batch, generator), NTU_RGBD) / bone_lengths(batch, NTU_RGBD)
    np.testing.assert_allclose(factors, np.broadcast_to(factors[:, :1], factors.shape))
    assert np.abs(np.log(factors)).max() <= 0.4 + 1e-9


def test_every_bone_of_every_person_and_sample_has_its_own_factor(batch, generator, bone_lengths):
    factors = bone_lengths(BoneScale(NTU_RGBD, 0.4)(batch, generator), NTU_RGBD) / bone_lengths(batch, NTU_RGBD)
    assert len(np.unique(factors[:, 0].round(9))) == 4 * 2 * 24


def test_bone_directions_are_kept(batch, generator):
    child, parent = np.array(NTU_RGBD.edges).T
    bones, scaled = (x[:, :, child] - x[:, :, parent] for x in (batch, BoneScale(NTU_RGBD)(batch, generator)))
    torch.testing.assert_close(
        torch.nn.functional.normalize(scaled, dim=-1), torch.nn.functional.normalize(bones, dim=-1)
    )


def test_bone_scale_of_amount_zero_is_the_identity(batch, generator):
    torch.testing.assert_close(BoneScale(NTU_RGBD, amount=0)(batch, generator), batch, rtol=0, atol=1e-12)


def test_an_absent_person_stays_absent(batch, generator):
    batch[:, :, 25:] = 0
    assert not BoneScale(NTU_RGBD)(batch, generator)[:, :, 25:].any()


def test_bone_scale_moves_with_the_body(batch, make_generator):
    view, offset = BoneScale(NTU_RGBD), torch.tensor([3.0, -2.0, 1.0], dtype=torch.float64)
    torch.testing.assert_close(view(batch + offset, make_generator()), view(batch, make_generator()) + offset)


def test_bone_scale_without_a_skeleton_names_the_parameter(batch, generator):
    with pytest.raises(ValueError, match=r"skeleton=None.*expected a Skeleton"):
        BoneScale()(batch, generator)


def test_bind_fills_in_a_missing_skeleton():
    assert BoneScale(amount=0.2).bind(NTU_RGBD) == BoneScale(NTU_RGBD, amount=0.2)


def test_wrong_number_of_joints_is_refused_with_got_and_expected(make_batch, generator):
    with pytest.raises(ValueError, match=r"20 joints.*expected 25 for one person"):
        BoneScale(NTU_RGBD)(make_batch(n_joints=20), generator)
