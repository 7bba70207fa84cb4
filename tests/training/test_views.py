"""What an `augmentation` parameter stands for."""

import pytest
import torch

from skeletonlearn.augmentation import BoneScale, Compose, Mirror, Reverse, Rotate, Shear
from skeletonlearn.embedding._views import default_views, view_pair
from skeletonlearn.skeletons import KINECT_V1


def parts(recipe):
    return {type(view) for view in recipe.views}


@pytest.mark.parametrize("skeleton", [None, KINECT_V1])
@pytest.mark.parametrize("n_channels", [1, 2, 3, 4])
def test_default_views_work_for_any_channels_with_and_without_a_skeleton(n_channels, skeleton):
    batch = torch.randn(4, 6, 20, n_channels)
    view = default_views(n_channels, skeleton, supervised=True)(batch, torch.Generator().manual_seed(0))
    assert view.shape == batch.shape
    assert not torch.equal(view, batch)


@pytest.mark.parametrize("n_channels", [1, 2, 4])
def test_bodies_turn_only_in_three_dimensions(n_channels):
    assert Rotate in parts(default_views(3, None, supervised=True))
    assert Rotate not in parts(default_views(n_channels, None, supervised=True))


def test_bones_change_only_where_the_skeleton_is_known():
    assert BoneScale in parts(default_views(3, KINECT_V1, supervised=True))
    assert BoneScale not in parts(default_views(3, None, supervised=True))


def test_views_change_bodies_more_where_there_are_no_labels():
    milder, stronger = (default_views(3, KINECT_V1, supervised=supervised).views for supervised in (True, False))
    assert milder[1].amount < stronger[1].amount


def test_one_recipe_is_both_views():
    recipe = Compose((Shear(), Reverse()))
    assert view_pair(recipe, 3, None, supervised=True) == (recipe, recipe)


@pytest.mark.parametrize("kind", [tuple, list])
def test_a_pair_is_kept_in_order(kind):
    assert view_pair(kind([Shear(1.0), Reverse(0.5)]), 3, None, supervised=True) == (Shear(1.0), Reverse(0.5))


def test_none_leaves_the_sequences_as_they_are():
    batch = torch.randn(2, 6, 20, 3)
    for view in view_pair(None, 3, None, supervised=True):
        assert torch.equal(view(batch, torch.Generator()), batch)


def test_views_are_bound_to_the_skeleton_of_the_estimator():
    assert view_pair(Mirror(), 3, KINECT_V1, supervised=True)[0].skeleton == KINECT_V1


def test_a_plain_function_is_a_view():
    def upside_down(batch, generator):
        return -batch

    assert view_pair((upside_down, Shear()), 3, KINECT_V1, supervised=True) == (upside_down, Shear())


@pytest.mark.parametrize("augmentation", ["shear", 3, (Shear(),), (Shear(), Reverse(), Shear()), (Shear(), None)])
def test_what_is_no_view_is_refused(augmentation):
    with pytest.raises(TypeError, match=r"augmentation=.* must be 'auto', None, one view .* or a pair"):
        view_pair(augmentation, 3, None, supervised=True)
