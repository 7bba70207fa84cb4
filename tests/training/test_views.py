"""What an `augmentation` parameter stands for, and how a batch is seen in a view."""

import pytest
import torch

from skeletonlearn._training.views import bind_view, default_view, default_views, see, view_pair
from skeletonlearn.augmentation import BoneScale, Compose, Jitter, Mirror, Reverse, Rotate, Shear, TemporalCrop
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


@pytest.mark.parametrize("skeleton", [None, KINECT_V1])
@pytest.mark.parametrize("n_channels", [1, 2, 3, 4])
def test_default_view_works_for_any_channels_with_and_without_a_skeleton(n_channels, skeleton):
    batch = torch.randn(4, 6, 20, n_channels)
    view = default_view(20, n_channels, skeleton, any_length=False)(batch, torch.Generator().manual_seed(0))
    assert view.shape == batch.shape
    assert not torch.equal(view, batch)


@pytest.mark.parametrize(
    ("n_channels", "skeleton", "expected"),
    [
        (1, None, {TemporalCrop, Jitter}),
        (2, None, {TemporalCrop, Shear, Jitter}),
        (3, None, {TemporalCrop, Rotate, Shear, Jitter}),
        (4, None, {TemporalCrop, Shear, Jitter}),
        (3, KINECT_V1, {TemporalCrop, BoneScale, Rotate, Shear, Jitter}),
    ],
)
def test_default_view_has_the_parts_that_the_data_allow(n_channels, skeleton, expected):
    assert parts(default_view(20, n_channels, skeleton, any_length=False)) == expected


@pytest.mark.parametrize("n_channels", [1, 3])
def test_series_of_one_joint_stay_as_they_are(n_channels):
    batch = torch.randn(4, 6, 1, n_channels)
    assert torch.equal(default_view(1, n_channels, None, any_length=False)(batch, torch.Generator()), batch)


def test_a_classifiers_view_shears_bodies_less_than_contrast_does():
    milder, stronger = (
        default_view(20, 3, KINECT_V1, any_length=False),
        default_views(3, KINECT_V1, supervised=True),
    )
    assert milder.views[3].amount < stronger.views[3].amount


def test_a_view_that_asks_for_a_skeleton_is_bound_to_it():
    assert bind_view(Mirror(), KINECT_V1).skeleton == KINECT_V1


def test_a_view_that_asks_for_nothing_is_taken_as_it_is():
    view = Shear()
    assert bind_view(view, KINECT_V1) is view


@pytest.mark.parametrize("view", [Shear, "shear", None, 3, (Shear(), Shear())])
def test_what_cannot_be_called_as_a_view_is_refused(view):
    with pytest.raises(TypeError, match=r"augmentation has .* as a view, expected an object called as view\(batch"):
        bind_view(view, None)


LENGTHS = torch.tensor([5, 2, 5, 1])


def padded_batch(filling=0.0):
    batch = torch.randn(4, 5, 3, 2, generator=torch.Generator().manual_seed(0))
    return batch.masked_fill((torch.arange(5) >= LENGTHS[:, None])[..., None, None], filling)


def backwards(batch, generator):
    """A view that moves what pads a sequence to its beginning, if it sees that."""
    return batch.flip(1)


@pytest.mark.parametrize("filling", [0.0, 7.0, torch.nan])
def test_a_view_sees_each_sequence_without_what_pads_it(filling):
    batch = padded_batch(filling)
    seen, lengths = see(backwards, batch, LENGTHS, torch.Generator(), any_length=False)
    assert torch.equal(lengths, LENGTHS)
    for one, was, length in zip(seen, batch, LENGTHS.tolist(), strict=True):
        assert torch.equal(one[:length], was[:length].flip(0))
        assert not one[length:].any()


def test_sequences_of_one_length_are_seen_together():
    shapes = []

    def note(batch, generator):
        shapes.append(tuple(batch.shape))
        return batch

    see(note, padded_batch(), LENGTHS, torch.Generator(), any_length=False)
    assert sorted(shapes) == [(1, 1, 3, 2), (1, 2, 3, 2), (2, 5, 3, 2)]


def test_without_lengths_a_batch_is_seen_whole():
    batch = padded_batch(7.0)
    seen, lengths = see(backwards, batch, None, torch.Generator(), any_length=False)
    assert torch.equal(seen, batch.flip(1))
    assert lengths is None


@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_a_view_that_changes_its_input_in_place_is_refused(lengths):
    def spoil(batch, generator):
        return batch.zero_()

    with pytest.raises(ValueError, match=r"The view .*spoil.* changed its input in place, expected .* a new tensor"):
        see(spoil, padded_batch(), lengths, torch.Generator(), any_length=False)


def test_seeing_a_padded_batch_leaves_it_as_it_was():
    batch = padded_batch(7.0)
    see(lambda batch, generator: batch + 1, batch, LENGTHS, torch.Generator(), any_length=False)
    assert torch.equal(batch, padded_batch(7.0))


def test_the_same_generator_gives_the_same_view_of_a_padded_batch():
    view = default_view(3, 2, None, any_length=False)
    first, second = (
        see(view, padded_batch(), LENGTHS, torch.Generator().manual_seed(4), any_length=False)[0] for _ in range(2)
    )
    assert torch.equal(first, second)
    assert not torch.equal(first, padded_batch())


@pytest.mark.parametrize("lengths", [None, LENGTHS])
@pytest.mark.parametrize(
    ("view", "got"),
    [
        (lambda batch, generator: batch[:, :, :2], r"shape \(\d, \d, 2, 2\)"),
        (lambda batch, generator: batch.tolist(), "list"),
        (lambda batch, generator: None, "NoneType"),
    ],
)
def test_a_view_that_changes_the_shape_is_refused(view, got, lengths):
    with pytest.raises(ValueError, match=rf"The view .* gave {got}, expected a tensor of the batch's shape \("):
        see(view, padded_batch(), lengths, torch.Generator(), any_length=False)


def half(batch, generator):
    """A view of every second frame."""
    return batch[:, ::2]


def test_a_view_may_have_fewer_frames_where_the_encoder_takes_any_number():
    batch = padded_batch()
    seen, lengths = see(half, batch, LENGTHS, torch.Generator(), any_length=True)
    assert lengths.tolist() == [3, 1, 3, 1]
    assert seen.shape == (4, 3, 3, 2)
    for one, was, length in zip(seen, batch, LENGTHS.tolist(), strict=True):
        n_frames = -(-length // 2)
        assert torch.equal(one[:n_frames], was[:length:2])
        assert not one[n_frames:].any()


def test_a_whole_batch_may_have_fewer_frames_too():
    seen, lengths = see(half, padded_batch(), None, torch.Generator(), any_length=True)
    assert torch.equal(seen, padded_batch()[:, ::2])
    assert lengths is None


def test_fewer_frames_are_refused_where_the_encoder_takes_one_number_only():
    with pytest.raises(ValueError, match=r"gave shape \(4, 3, 3, 2\), expected .* shape \(4, 5, 3, 2\)\.$"):
        see(half, padded_batch(), None, torch.Generator(), any_length=False)


@pytest.mark.parametrize(
    "view",
    [
        lambda batch, generator: batch[:, :0],
        lambda batch, generator: batch[:, :, :2],
        lambda batch, generator: batch[1:],
        lambda batch, generator: batch[0],
    ],
)
def test_no_frames_and_other_joints_are_refused_for_every_encoder(view):
    with pytest.raises(ValueError, match=r"shape \(4, 5, 3, 2\), of any number of frames\.$"):
        see(view, padded_batch(), None, torch.Generator(), any_length=True)


@pytest.mark.parametrize("any_length", [False, True])
def test_a_classifiers_view_keeps_the_tempo_where_the_encoder_takes_any_number_of_frames(any_length):
    recipe = default_view(20, 3, KINECT_V1, any_length=any_length)
    assert recipe.views[0] == TemporalCrop(0.5, keep_tempo=any_length)
    assert recipe(torch.randn(4, 8, 20, 3), torch.Generator()).shape == (4, 6 if any_length else 8, 20, 3)


@pytest.mark.parametrize("supervised", [False, True])
def test_views_to_contrast_have_as_many_frames_as_the_whole(supervised):
    assert default_views(3, KINECT_V1, supervised=supervised).views[0] == TemporalCrop(0.5)
