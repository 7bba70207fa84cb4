"""An encoder together with its streams, and the plan to build it again."""

from dataclasses import FrozenInstanceError, replace

import pytest
import torch
from torch import nn

from skeletonlearn.nn import STREAMS, EncoderPlan, StreamedEncoder, StreamStack, TCNEncoder
from skeletonlearn.skeletons import FLORENCE3D

N_JOINTS = FLORENCE3D.n_joints
LENGTHS = torch.tensor([6, 1, 4])
PLAN = EncoderPlan((6, N_JOINTS, 3), "gru", STREAMS, FLORENCE3D, hidden_dim=8, dropout=0.0)


def sequences(n_frames=6, filling=None):
    x = torch.randn(3, n_frames, N_JOINTS, 3, generator=torch.Generator().manual_seed(0))
    if filling is not None:
        x[torch.arange(n_frames) >= LENGTHS[:, None]] = filling
    return x


class Recorder(nn.Module):
    """Remembers what it was called with."""

    def forward(self, *arguments):
        self.arguments = arguments
        return arguments[0].flatten(1)


def test_encoder_sees_the_streams():
    recorder = Recorder()
    streams = StreamStack(("joint", "motion"), N_JOINTS, None)
    StreamedEncoder(streams, recorder)(sequences())
    torch.testing.assert_close(recorder.arguments, (streams(sequences()),))


def test_encoder_sees_the_lengths_where_there_are_any():
    recorder = Recorder()
    streams = StreamStack(("motion",), N_JOINTS, None)
    StreamedEncoder(streams, recorder)(sequences(), LENGTHS)
    torch.testing.assert_close(recorder.arguments, (streams(sequences(), LENGTHS), LENGTHS))


@pytest.mark.parametrize(
    ("encoder", "expected"),
    [("lstm", True), ("gru", True), ("transformer", True), ("tcn", False), ("tcn_two_rates", False), ("mlp", False)],
)
def test_whether_it_takes_lengths_is_as_with_its_encoder(encoder, expected):
    assert replace(PLAN, encoder=encoder).build().takes_lengths is expected


@pytest.mark.parametrize("encoder", ["lstm", "gru", "transformer"])
def test_a_padded_batch_of_all_streams_gives_what_each_sequence_gives_alone(encoder):
    network, x = replace(PLAN, encoder=encoder).build().eval(), sequences(filling=torch.nan)
    alone = torch.cat([network(one[None, :length]) for one, length in zip(x, LENGTHS.tolist(), strict=True)])
    torch.testing.assert_close(network(x, LENGTHS), alone, rtol=0, atol=1e-5)


@pytest.mark.parametrize("encoder", ["lstm", "gru", "transformer"])
def test_padding_of_all_streams_gets_no_gradient_and_gives_none(encoder):
    network = replace(PLAN, encoder=encoder).build().train()
    found = []
    for filling in (0.0, torch.nan):
        x = sequences(filling=filling).requires_grad_()
        network.zero_grad()
        network(x, LENGTHS).square().sum().backward()
        found.append([x.grad, *(weight.grad.clone() for weight in network.parameters())])
    assert not found[1][0][torch.arange(6) >= LENGTHS[:, None]].any()
    assert all(torch.equal(clean, padded) for clean, padded in zip(*found, strict=True))


def test_steps_are_those_of_the_encoder_on_the_streams():
    network = PLAN.build().eval()
    steps, lengths = network.steps(sequences(), LENGTHS)
    expected = network.encoder.steps(network.streams(sequences(), LENGTHS), LENGTHS)
    torch.testing.assert_close((steps, lengths), expected, rtol=0, atol=0)


def test_steps_of_convolutions_need_no_lengths():
    steps, lengths = replace(PLAN, encoder="tcn").build().steps(sequences(n_frames=17))
    assert (tuple(steps.shape), lengths) == ((3, 3, 8), None)


def test_plan_builds_an_encoder_as_wide_as_its_streams():
    network = PLAN.build()
    assert network.encoder.stem.normalise.num_features == 3 * 4
    assert network(sequences()).shape == (3, 8)


def test_plan_hands_on_dropout_and_options():
    options = {"n_layers": 3, "bidirectional": False, "pooling": "attention"}
    encoder = replace(PLAN, dropout=0.35, options=options).build().encoder
    recurrent = encoder.recurrent
    assert (recurrent.num_layers, recurrent.bidirectional, recurrent.dropout) == (3, False, 0.35)
    assert encoder.pool.pooling == "attention"


def test_plan_builds_a_users_own_encoder():
    shapes = []

    def factory(*shape):
        shapes.append(shape)
        return TCNEncoder(*shape, hidden_dim=5)

    network = replace(PLAN, encoder=factory, streams=("joint", "bone")).build()
    assert network(sequences()).shape == (3, 5)
    assert shapes == [(6, N_JOINTS, 6)]


def test_what_one_build_has_learned_fits_into_the_next():
    first, second = PLAN.build().eval(), PLAN.build().eval()
    assert not torch.equal(first(sequences()), second(sequences()))
    second.load_state_dict(first.state_dict())
    assert torch.equal(first(sequences()), second(sequences()))


def test_a_plan_does_not_change():
    with pytest.raises(FrozenInstanceError):
        PLAN.hidden_dim = 9
