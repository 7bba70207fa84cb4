"""What holds for all views."""

import copy
import pickle
from dataclasses import FrozenInstanceError

import pytest
import torch
from sklearn.base import clone

from skeletonlearn import augmentation
from skeletonlearn.augmentation import (
    BoneScale,
    Compose,
    Jitter,
    JointMask,
    Mirror,
    Reverse,
    Rotate,
    Scale,
    Shear,
    Smooth,
    TemporalCrop,
    View,
    ViewLike,
)
from skeletonlearn.skeletons import NTU_RGBD

VIEWS = [
    BoneScale("NTU_RGBD"),
    Jitter(),
    JointMask(),
    Mirror("NTU_RGBD"),
    Reverse(),
    Rotate(roll=20),
    Scale(),
    Shear(),
    Smooth(probability=0.8),
    TemporalCrop(),
    Compose((Shear(), Mirror("NTU_RGBD"), TemporalCrop())),
]

every_view = pytest.mark.parametrize("view", VIEWS, ids=lambda view: type(view).__name__)


def test_the_list_of_views_here_is_complete():
    public = {getattr(augmentation, name) for name in augmentation.__all__} - {View, ViewLike}
    assert {type(view) for view in VIEWS} == public


@every_view
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_shape_and_dtype_are_kept(view, dtype, make_batch, generator):
    batch = make_batch(dtype=dtype)
    seen = view(batch, generator)
    assert (seen.shape, seen.dtype, seen.device) == (batch.shape, dtype, batch.device)


@every_view
def test_input_is_unchanged_to_the_bit(view, batch, generator):
    before = batch.clone()
    view(batch, generator)
    assert torch.equal(batch, before)


@every_view
def test_result_shares_no_memory_with_the_input(view, batch, generator):
    before = batch.clone()
    view(batch, generator).fill_(7.0)
    assert torch.equal(batch, before)


@every_view
def test_one_seed_gives_one_view(view, batch, make_generator):
    assert torch.equal(view(batch, make_generator(3)), view(batch, make_generator(3)))


@every_view
def test_another_seed_gives_another_view(view, batch, make_generator):
    assert not torch.equal(view(batch, make_generator(3)), view(batch, make_generator(4)))


@every_view
def test_equal_samples_get_different_views(view, make_batch, generator):
    batch = make_batch(n_samples=1).repeat(8, 1, 1, 1)
    seen = view(batch, generator)
    assert len(torch.unique(seen.flatten(1), dim=0)) > 1


@every_view
def test_view_of_a_sample_does_not_depend_on_the_other_samples(view, batch, make_generator):
    others = batch.clone()
    others[1:] *= 100.0
    assert torch.equal(view(others, make_generator())[0], view(batch, make_generator())[0])


@every_view
def test_generator_moves_on_between_calls(view, batch, generator):
    assert not torch.equal(view(batch, generator), view(batch, generator))


@every_view
def test_global_random_state_is_untouched(view, batch, generator):
    before = torch.get_rng_state()
    view(batch, generator)
    assert torch.equal(torch.get_rng_state(), before)


@every_view
def test_single_precision_sees_the_view_of_double_precision(view, batch, make_generator):
    double, single = view(batch, make_generator()), view(batch.float(), make_generator())
    torch.testing.assert_close(single.double(), double, rtol=1e-4, atol=1e-4)


@every_view
@pytest.mark.parametrize("shape", [(1, 1, 25, 3), (3, 1, 50, 3), (1, 7, 75, 3)])
def test_one_sample_or_frame_or_three_persons_are_enough(view, shape, make_batch, generator):
    batch = make_batch(*shape)
    assert torch.isfinite(view(batch, generator)).all()


@every_view
@pytest.mark.parametrize(
    "rearranged",
    [
        pytest.param(lambda batch: batch.transpose(2, 3).contiguous().transpose(2, 3), id="channels before joints"),
        pytest.param(lambda batch: batch.transpose(0, 1).contiguous().transpose(0, 1), id="frames before samples"),
        pytest.param(lambda batch: batch.repeat_interleave(2, dim=1)[:, ::2], id="every other frame"),
    ],
)
def test_memory_layout_of_the_batch_does_not_matter(view, rearranged, batch, make_generator):
    strided = rearranged(batch)
    assert not strided.is_contiguous()
    assert torch.equal(view(strided, make_generator()), view(batch, make_generator()))


@every_view
def test_autocast_does_not_change_the_result(view, make_batch, make_generator):
    batch = make_batch(dtype=torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        seen = view(batch, make_generator())
    assert torch.equal(seen, view(batch, make_generator()))


@pytest.fixture
def double_by_default():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@every_view
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_the_default_dtype_of_torch_does_not_change_the_result(view, dtype, make_batch, make_generator, request):
    batch = make_batch(dtype=dtype)
    expected = view(batch, make_generator())
    request.getfixturevalue("double_by_default")
    seen = view(batch, make_generator())
    assert seen.dtype == dtype
    assert torch.equal(seen, expected)


@every_view
def test_inference_mode_does_not_change_the_result(view, batch, make_generator):
    expected = view(batch, make_generator())
    with torch.inference_mode():
        assert torch.equal(view(batch, make_generator()), expected)
        assert torch.equal(view(batch.clone(), make_generator()), expected)


@every_view
@pytest.mark.parametrize(
    "copied", [copy.deepcopy, copy.copy, lambda view: clone(view, safe=False), lambda v: pickle.loads(pickle.dumps(v))]
)
def test_copies_are_equal_and_see_the_same(view, copied, batch, make_generator):
    other = copied(view)
    assert other == view
    assert hash(other) == hash(view)
    assert torch.equal(other(batch, make_generator()), view(batch, make_generator()))


@every_view
def test_parameters_cannot_be_reassigned(view):
    name = next(iter(type(view).__dataclass_fields__))
    with pytest.raises(FrozenInstanceError):
        setattr(view, name, None)


@every_view
def test_repr_names_the_view_and_its_parameters(view):
    assert repr(view).startswith(f"{type(view).__name__}({next(iter(type(view).__dataclass_fields__))}=")


@every_view
def test_bind_keeps_a_view_that_lacks_nothing(view):
    assert view.bind(NTU_RGBD) == view


@every_view
def test_view_is_what_estimators_expect(view):
    assert isinstance(view, ViewLike)


@every_view
@pytest.mark.parametrize(
    ("batch", "error", "message"),
    [
        (torch.zeros(4, 12, 50), ValueError, r"shape \(4, 12, 50\).*\(n_samples, n_frames, n_joints, n_channels\)"),
        (torch.zeros(0, 12, 50, 3), ValueError, r"shape \(0, 12, 50, 3\).*non-empty"),
        (torch.zeros(4, 12, 50, 3, dtype=torch.long), TypeError, "dtype torch.int64.*floating"),
        ([[0.0]], TypeError, "list.*torch.Tensor"),
    ],
    ids=["3-D", "empty", "integers", "list"],
)
def test_wrong_batches_are_refused_with_got_and_wanted(view, batch, error, message, generator):
    with pytest.raises(error, match=message):
        view(batch, generator)


AMOUNT = "a non-negative finite number"
PART = r"a number in \[0, 1\]"
ANGLE = r"an angle in degrees in \[0, 180\]"


@pytest.mark.parametrize(
    ("view", "name", "values", "wanted"),
    [
        (BoneScale, "amount", (-1, float("nan"), float("inf")), AMOUNT),
        (Scale, "amount", (-1, float("nan"), float("inf")), AMOUNT),
        (Shear, "amount", (-1, float("nan"), float("inf")), AMOUNT),
        (Jitter, "sigma", (-0.1, float("nan")), AMOUNT),
        (Smooth, "max_sigma", (-2.0, float("inf")), AMOUNT),
        (Smooth, "probability", (-0.1, 1.5), PART),
        (Mirror, "probability", (-0.1, 1.5), PART),
        (Reverse, "probability", (-0.1, 1.5, float("nan")), PART),
        (JointMask, "max_ratio", (-0.1, 1.01), PART),
        (TemporalCrop, "min_ratio", (0, 1.5, -1), r"a number in \(0, 1\]"),
        *((Rotate, name, (-1, 181), ANGLE) for name in ("yaw", "pitch", "roll")),
        (Rotate, "vertical_axis", (-1, 3), "0, 1 or 2"),
        (Mirror, "lateral_axis", (-1,), "an integer from 0 on"),
    ],
)
def test_wrong_values_are_refused_with_got_and_wanted(view, name, values, wanted):
    for value in values:
        with pytest.raises(ValueError, match=f"{name}={value!r} must be {wanted}"):
            view(**{name: value})


@pytest.mark.parametrize(
    ("view", "name", "value"),
    [
        (Shear, "amount", "1"),
        (Shear, "amount", True),
        (Reverse, "probability", None),
        (Jitter, "sigma", [0.1]),
        (TemporalCrop, "min_ratio", "half"),
        (Rotate, "vertical_axis", 1.0),
        (Mirror, "lateral_axis", "x"),
    ],
)
def test_wrong_types_are_refused_with_got_and_wanted(view, name, value):
    with pytest.raises(TypeError) as caught:
        view(**{name: value})
    assert str(caught.value).startswith(f"{name}={value!r} must be ")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an accelerator")
@pytest.mark.parametrize("generator_device", ["cpu", "cuda"])
@every_view
def test_batch_on_an_accelerator_stays_there(view, generator_device, make_batch):
    batch = make_batch().cuda()
    seen = view(batch, torch.Generator(generator_device).manual_seed(0))
    assert seen.device == batch.device
    if generator_device == "cpu":
        expected = view(batch.cpu(), torch.Generator().manual_seed(0))
        torch.testing.assert_close(seen.cpu(), expected)
