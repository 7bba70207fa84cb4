"""Joint, bone and motion streams inside the network."""

import numpy as np
import pytest
import torch

from skeletonlearn.nn import STREAMS, StreamStack, choose_streams
from skeletonlearn.skeletons import FLORENCE3D, KINECT_V1

LENGTHS = torch.tensor([5, 1, 3])
PADDING = torch.arange(5) >= LENGTHS[:, None]


def in_loops(x, stream, skeleton):
    """One stream of every sample, frame by frame and joint by joint."""
    out = np.zeros_like(x)
    of_bones = stream.startswith("bone")
    for joint in range(x.shape[2]):
        person, own = divmod(joint, skeleton.n_joints)
        parent = person * skeleton.n_joints + int(skeleton.parents[own])
        signal = x[:, :, joint] - x[:, :, parent] if of_bones else x[:, :, joint]
        if stream.endswith("motion"):
            for frame in range(x.shape[1] - 1):
                out[:, frame, joint] = signal[:, frame + 1] - signal[:, frame]
        else:
            out[:, :, joint] = signal
    return out


@pytest.mark.parametrize("n_persons", [1, 2])
@pytest.mark.parametrize("streams", [(name,) for name in STREAMS] + [("bone_motion", "joint", "bone"), STREAMS])
def test_streams_equal_loops_over_persons_joints_and_frames(streams, n_persons):
    n_joints = n_persons * FLORENCE3D.n_joints
    x = torch.randn(3, 5, n_joints, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    expected = np.concatenate([in_loops(x.numpy(), name, FLORENCE3D) for name in streams], axis=-1)
    stacked = StreamStack(streams, n_joints, FLORENCE3D)(x)
    np.testing.assert_allclose(stacked.numpy(), expected, rtol=0, atol=1e-14)


def test_roots_of_all_persons_have_no_bone():
    x = torch.randn(2, 4, 2 * KINECT_V1.n_joints, 3, generator=torch.Generator().manual_seed(0))
    bones = StreamStack(("bone",), 2 * KINECT_V1.n_joints, KINECT_V1)(x)
    lengths = bones.norm(dim=-1).amax(dim=(0, 1))
    assert torch.nonzero(lengths == 0).flatten().tolist() == [
        KINECT_V1.root,
        KINECT_V1.n_joints + KINECT_V1.root,
    ]


@pytest.mark.parametrize("stream", ["motion", "bone_motion"])
def test_a_single_frame_has_no_motion(stream):
    x = torch.ones(2, 1, KINECT_V1.n_joints, 3)
    assert torch.equal(StreamStack((stream,), KINECT_V1.n_joints, KINECT_V1)(x), torch.zeros_like(x))


def test_joints_alone_are_passed_on_without_a_copy():
    x = torch.ones(2, 3, 4, 3)
    assert StreamStack(("joint",), 4, None)(x) is x


def test_motion_needs_no_skeleton():
    x = torch.arange(3.0).view(1, 3, 1, 1)
    assert StreamStack(("motion",), 1, None)(x).flatten().tolist() == [1.0, 1.0, 0.0]


@pytest.mark.parametrize("stream", ["bone", "bone_motion"])
def test_bones_without_a_skeleton_are_refused(stream):
    with pytest.raises(ValueError, match=rf"streams=\('{stream}',\) needs the skeleton .* got 20 joints and no layout"):
        StreamStack((stream,), 20, None)


@pytest.mark.parametrize("streams", [("joints",), ("joint", "velocity"), ()])
def test_unknown_and_no_streams_are_refused_with_the_known_names(streams):
    with pytest.raises(ValueError, match=r"must be one or more of joint, bone, motion, bone_motion"):
        StreamStack(streams, 20, None)


def test_joints_that_are_not_whole_bodies_are_refused():
    with pytest.raises(ValueError, match=r"X has 25 joints, but KINECT_V1 has 20"):
        StreamStack(("bone",), 25, KINECT_V1)


def test_streams_add_nothing_to_the_weights():
    assert StreamStack(("bone",), 20, KINECT_V1).state_dict() == {}


@pytest.mark.parametrize(
    ("skeleton", "expected"), [(KINECT_V1, ("joint", "bone", "motion", "bone_motion")), (None, ("joint", "motion"))]
)
def test_automatic_streams_are_all_that_can_be_had(skeleton, expected):
    assert choose_streams("auto", skeleton) == expected


@pytest.mark.parametrize("skeleton", [KINECT_V1, None])
@pytest.mark.parametrize("streams", [("motion",), ["bone_motion", "joint"]])
def test_streams_that_are_named_are_taken_in_their_order(streams, skeleton):
    assert choose_streams(streams, skeleton) == tuple(streams)


def padded_sequences(filling):
    x = torch.randn(3, 5, FLORENCE3D.n_joints, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return x.masked_fill(PADDING[..., None, None], filling)


@pytest.mark.parametrize("stream", ["motion", "bone_motion"])
def test_motion_is_zero_at_each_sequences_last_real_frame(stream):
    motion = StreamStack((stream,), FLORENCE3D.n_joints, FLORENCE3D)(padded_sequences(9.0), LENGTHS)
    moves = motion.flatten(2).any(dim=2)
    assert moves.tolist() == [[True] * (length - 1) + [False] * (6 - length) for length in LENGTHS.tolist()]


@pytest.mark.parametrize("filling", [0.0, torch.nan])
@pytest.mark.parametrize("stream", STREAMS)
def test_real_frames_of_a_padded_batch_are_those_of_each_sequence_alone(stream, filling):
    x = padded_sequences(filling)
    stacked = StreamStack((stream,), FLORENCE3D.n_joints, FLORENCE3D)(x, LENGTHS)
    for one, sequence, length in zip(stacked, x, LENGTHS.tolist(), strict=True):
        alone = in_loops(sequence[None, :length].numpy(), stream, FLORENCE3D)[0]
        np.testing.assert_allclose(one[:length].numpy(), alone, rtol=0, atol=1e-14)


def test_padding_of_nan_gives_the_real_frames_the_gradient_of_padding_of_zero():
    stack = StreamStack(STREAMS, FLORENCE3D.n_joints, FLORENCE3D)
    gradients = []
    for filling in (0.0, torch.nan):
        x = padded_sequences(filling).requires_grad_()
        stack(x, LENGTHS)[~PADDING].square().sum().backward()
        gradients.append(x.grad)
    assert torch.equal(*gradients)
    assert not gradients[0][PADDING].any()


def test_full_lengths_are_as_good_as_none():
    stack, x = StreamStack(STREAMS, FLORENCE3D.n_joints, FLORENCE3D), padded_sequences(0.0)
    assert torch.equal(stack(x, torch.full((3,), 5)), stack(x))
