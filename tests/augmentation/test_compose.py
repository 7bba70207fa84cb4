"""Compose."""

import pytest
import torch

from skeletonlearn.augmentation import BoneScale, Compose, Mirror, Reverse, Rotate, Scale, Shear
from skeletonlearn.skeletons import NTU_RGBD


def test_compose_applies_its_parts_in_order(batch, make_generator):
    generator = make_generator()
    expected = Reverse()(Rotate()(Shear()(batch, generator), generator), generator)
    assert torch.equal(Compose((Shear(), Rotate(), Reverse()))(batch, make_generator()), expected)


def test_compose_of_nothing_is_the_identity(batch, generator):
    assert torch.equal(Compose()(batch, generator), batch)


def test_composed_views_are_views(batch, make_generator):
    nested, flat = Compose((Compose((Shear(), Reverse())), Scale())), Compose((Shear(), Reverse(), Scale()))
    assert torch.equal(nested(batch, make_generator()), flat(batch, make_generator()))


def test_compose_takes_a_list_for_a_tuple():
    assert Compose([Shear(), Reverse()]) == Compose((Shear(), Reverse()))


def test_order_of_parts_counts_in_equality():
    assert Compose((Shear(), Reverse())) != Compose((Reverse(), Shear()))


def test_bind_reaches_all_parts():
    unbound = Compose((Shear(), Mirror(), Compose((BoneScale(),))))
    bound = Compose((Shear(), Mirror(NTU_RGBD), Compose((BoneScale(NTU_RGBD),))))
    assert unbound.bind(NTU_RGBD) == bound


def test_repr_shows_the_parts():
    assert repr(Compose((Shear(0.5), Mirror(NTU_RGBD)))) == (
        "Compose(views=(Shear(amount=0.5), "
        "Mirror(skeleton=<Skeleton NTU_RGBD: 25 joints>, probability=0.5, lateral_axis=0)))"
    )


@pytest.mark.parametrize(
    ("views", "got"),
    [((Shear,), "class"), ((Shear(), "reverse"), "'reverse'"), ((None,), "None")],
)
def test_parts_that_are_no_views_are_refused_with_got_and_wanted(views, got):
    with pytest.raises(TypeError, match=f"must hold only views, such as Shear\\(\\), got .*{got}"):
        Compose(views)


def test_a_view_in_place_of_a_tuple_is_refused():
    with pytest.raises(TypeError, match="must be a tuple of views"):
        Compose(Shear())
