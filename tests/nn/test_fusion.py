"""Encoders together with their streams, and the plan to build them again."""

from contextlib import nullcontext
from dataclasses import FrozenInstanceError, replace

import pytest
import torch
from torch import nn

from skeletonlearn.nn import (
    ENCODERS,
    FUSIONS,
    STREAMS,
    EncoderPlan,
    LateFusion,
    StreamedEncoder,
    StreamStack,
    TCNEncoder,
    embedding_width,
    step_width,
    takes_lengths,
)
from skeletonlearn.skeletons import FLORENCE3D

N_JOINTS = FLORENCE3D.n_joints
LENGTHS = torch.tensor([6, 1, 4])
PLAN = EncoderPlan((6, N_JOINTS, 3), "gru", STREAMS, FLORENCE3D, hidden_dim=8, dropout=0.0)
LATE = replace(PLAN, fusion="late")


def sequences(n_frames=6, filling=None):
    x = torch.randn(3, n_frames, N_JOINTS, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
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
    [("lstm", True), ("gru", True), ("transformer", True), ("tcn", False), ("slowfast", False), ("mlp", False)],
)
@pytest.mark.parametrize("fusion", FUSIONS)
def test_whether_it_takes_lengths_is_as_with_its_encoder(fusion, encoder, expected):
    assert replace(PLAN, encoder=encoder, fusion=fusion).build().takes_lengths is expected


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("fusion", FUSIONS)
def test_it_takes_any_length_just_where_it_says_so(fusion, encoder):
    network = replace(PLAN, encoder=encoder, fusion=fusion).build().eval()
    with nullcontext() if network.any_length else pytest.raises(RuntimeError):
        assert network(sequences(n_frames=11)).shape == network(sequences()).shape


@pytest.mark.parametrize("fusion", FUSIONS)
@pytest.mark.parametrize("encoder", ["lstm", "gru", "transformer"])
def test_a_padded_batch_of_all_streams_gives_what_each_sequence_gives_alone(encoder, fusion):
    network, x = replace(PLAN, encoder=encoder, fusion=fusion).build().eval(), sequences(filling=torch.nan)
    alone = torch.cat([network(one[None, :length]) for one, length in zip(x, LENGTHS.tolist(), strict=True)])
    torch.testing.assert_close(network(x, LENGTHS), alone, rtol=0, atol=1e-5)


@pytest.mark.parametrize("fusion", FUSIONS)
@pytest.mark.parametrize("encoder", ["lstm", "gru", "transformer"])
def test_padding_of_all_streams_gets_no_gradient_and_gives_none(encoder, fusion):
    network = replace(PLAN, encoder=encoder, fusion=fusion).build().train()
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
    assert network(sequences()).shape == (3, 2 * (2 + 2 + 5 + 5))
    assert shapes == [(6, N_JOINTS, 6)]


@pytest.mark.parametrize("fusion", FUSIONS)
def test_what_one_build_has_learned_fits_into_the_next(fusion):
    first, second = (replace(PLAN, fusion=fusion).build().eval() for _ in range(2))
    assert not torch.equal(first(sequences()), second(sequences()))
    second.load_state_dict(first.state_dict())
    assert torch.equal(first(sequences()), second(sequences()))


def test_a_plan_does_not_change():
    with pytest.raises(FrozenInstanceError):
        PLAN.hidden_dim = 9


@pytest.mark.parametrize("fusion", FUSIONS)
def test_one_stream_has_one_plain_encoder(fusion):
    network = replace(PLAN, streams=("bone",), fusion=fusion).build()
    assert type(network) is StreamedEncoder
    assert network.parts == [network]


def test_early_fusion_is_one_encoder_of_all_streams():
    network = PLAN.build()
    assert network.parts == [network]
    assert network.streams.streams == STREAMS


@pytest.mark.parametrize("streams", [STREAMS, ("motion", "joint")])
def test_late_fusion_has_an_encoder_for_each_stream_in_their_order(streams):
    network = replace(LATE, streams=streams).build()
    assert type(network) is LateFusion
    assert [part.streams.streams for part in network.parts] == [(stream,) for stream in streams]
    assert [part.encoder.stem.normalise.num_features for part in network.parts] == [3] * len(streams)


def test_late_fusion_makes_a_users_own_encoder_for_each_stream():
    shapes = []

    def factory(*shape):
        shapes.append(shape)
        return nn.Flatten()

    assert replace(LATE, encoder=factory, streams=("joint", "bone")).build()(sequences()).shape == (3, 2 * 6 * 45)
    assert shapes == [(6, N_JOINTS, 3)] * 2


def test_streams_share_no_weights():
    network = LATE.build()
    each = [dict(part.named_parameters()) for part in network.parts]
    pointers = {weight.data_ptr() for weights in each for weight in weights.values()}
    assert len(pointers) == len(list(network.parameters())) == 4 * len(each[0])
    name = "encoder.recurrent.weight_hh_l0"
    assert not any(torch.equal(each[0][name], weights[name]) for weights in each[1:])


def alone(network, stream, plan):
    """A plain encoder of one stream that has learned what late fusion has learned about it."""
    encoder = replace(plan, streams=(stream,), fusion="early").build()
    encoder.load_state_dict(network.parts[plan.streams.index(stream)].state_dict())
    return encoder.eval()


@pytest.mark.parametrize(("encoder", "lengths", "width"), [("tcn", None, 48), ("gru", None, 8), ("gru", LENGTHS, 8)])
def test_late_fusion_puts_the_embeddings_of_the_streams_side_by_side(encoder, lengths, width):
    plan = replace(LATE, encoder=encoder)
    network = plan.build().eval()
    embeddings = network(sequences(), lengths).split(width, dim=1)
    for stream, embedding in zip(STREAMS, embeddings, strict=True):
        assert torch.equal(embedding, alone(network, stream, plan)(sequences(), lengths))


@pytest.mark.parametrize(("encoder", "lengths"), [("tcn", None), ("gru", None), ("gru", LENGTHS)])
def test_late_fusion_puts_the_steps_of_the_streams_side_by_side(encoder, lengths):
    plan = replace(LATE, encoder=encoder)
    network = plan.build().eval()
    steps, n_steps = network.steps(sequences(), lengths)
    for stream, of_stream in zip(STREAMS, steps.split(8, dim=2), strict=True):
        expected = alone(network, stream, plan).steps(sequences(), lengths)
        torch.testing.assert_close((of_stream, n_steps), expected, rtol=0, atol=0)


def test_where_a_body_stands_is_seen_by_the_encoder_of_joints_alone():
    network = LATE.build().eval()
    changes = (network(sequences() + 1) - network(sequences())).abs().split(8, dim=1)
    assert [bool((change > 1e-3).any()) for change in changes] == [stream == "joint" for stream in STREAMS]


def attentive(**changes):
    return replace(PLAN, options={"pooling": "attention"}, **changes).build().eval()


@pytest.mark.parametrize("fusion", FUSIONS)
def test_attention_to_the_real_steps_sums_to_one(fusion):
    weights = attentive(fusion=fusion).attention(sequences(filling=torch.nan), LENGTHS)
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(3))
    assert (weights > 0).tolist() == [[True, True, True], [True, False, False], [True, True, False]]


def test_attention_of_one_encoder_is_what_its_embedding_weighs_the_steps_by():
    network = attentive(streams=("motion",))
    steps, _ = network.steps(sequences())
    weighted = network.attention(sequences())[:, None] @ steps
    torch.testing.assert_close(weighted[:, 0], network(sequences()))


def test_attention_of_late_fusion_is_the_mean_over_the_streams():
    network = attentive(fusion="late")
    for part, step in zip(network.parts, (0, 1, 2, 2), strict=True):
        part.encoder.pool.weights = lambda steps, n_steps, step=step: torch.eye(3)[step].expand(3, 3)
    assert network.attention(sequences(), LENGTHS).tolist() == [[0.25, 0.25, 0.5]] * 3


def test_another_fusion_is_refused():
    with pytest.raises(ValueError, match="fusion='middle' must be one of early, late"):
        replace(PLAN, fusion="middle")


@pytest.mark.parametrize("fusion", FUSIONS)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_embeddings_have_no_negative_number_where_they_are_said_to_be_rectified(encoder, fusion):
    network = replace(PLAN, encoder=encoder, fusion=fusion).build().eval()
    assert network.rectified == (encoder in ("tcn", "slowfast"))
    if network.rectified:
        with torch.inference_mode():
            assert network(sequences()).min() >= 0


# modes of torch


ALL_MODES = pytest.mark.parametrize(
    ("encoder", "lengths"),
    [(name, None) for name in ENCODERS] + [(name, LENGTHS) for name in ENCODERS if takes_lengths(name)],
    ids=lambda value: "padded" if isinstance(value, torch.Tensor) else None,
)


@pytest.fixture
def double_by_default():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def build(encoder, fusion, n_frames=6):
    torch.manual_seed(0)
    return replace(PLAN, shape=(n_frames, N_JOINTS, 3), encoder=encoder, fusion=fusion, hidden_dim=16).build()


def output_and_gradients(network, lengths):
    output = network(sequences(), lengths)
    return [output.detach(), *torch.autograd.grad(output.square().sum(), list(network.parameters()))]


@ALL_MODES
@pytest.mark.parametrize("fusion", FUSIONS)
@pytest.mark.parametrize("training", [True, False])
def test_the_default_dtype_of_torch_does_not_change_what_a_network_computes(
    encoder, lengths, fusion, training, request
):
    network = build(encoder, fusion).train(training)
    expected = output_and_gradients(network, lengths)
    request.getfixturevalue("double_by_default")
    for found, wanted in zip(output_and_gradients(network, lengths), expected, strict=True):
        assert found.dtype == torch.float32
        assert torch.equal(found, wanted)


@ALL_MODES
@pytest.mark.usefixtures("double_by_default")
def test_a_network_built_in_double_precision_computes_in_it(encoder, lengths):
    network = build(encoder, "early").eval()
    torch.set_default_dtype(torch.float32)
    x = sequences().double()
    assert network(x, lengths).dtype == torch.float64
    single = build(encoder, "early").eval()
    single.load_state_dict(network.state_dict())
    torch.testing.assert_close(network(x, lengths).float(), single(x.float(), lengths), rtol=1e-4, atol=1e-5)


@ALL_MODES
@pytest.mark.parametrize("fusion", FUSIONS)
@pytest.mark.parametrize("training", [True, False])
def test_inference_mode_does_not_change_the_embeddings(encoder, lengths, fusion, training):
    network = build(encoder, fusion).train(training)
    expected = network(sequences(), lengths).detach()
    with torch.inference_mode():
        found = network(sequences(), lengths)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)


@ALL_MODES
@pytest.mark.parametrize("fusion", FUSIONS)
@pytest.mark.parametrize("training", [True, False])
def test_autocast_changes_the_embeddings_by_rounding_only(encoder, lengths, fusion, training):
    # more frames than elsewhere: in bfloat16, torch leaves the weight gradient of a strided convolution over a single
    # frame partly uninitialised
    network, x = build(encoder, fusion, n_frames=12).train(training), sequences(n_frames=12)
    expected = network(x, lengths).detach()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = network(x, lengths)
    found.float().square().sum().backward()
    assert all(torch.isfinite(weight.grad).all() for weight in network.parameters())
    torch.testing.assert_close(found.detach().float(), expected, rtol=0, atol=0.1 * float(expected.abs().max()))


# networks without memory


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("streams", [*((stream,) for stream in STREAMS), ("motion", "joint"), STREAMS])
@pytest.mark.parametrize("fusion", FUSIONS)
def test_a_network_built_on_the_meta_device_and_given_weights_is_the_network_of_those_weights(fusion, streams, encoder):
    plan = replace(PLAN, encoder=encoder, streams=streams, fusion=fusion)
    trained = plan.build()
    trained(sequences())  # the statistics of normalisation change
    with torch.device("meta"):
        built = plan.build()
    built.load_state_dict(trained.state_dict(), assign=True)
    assert torch.equal(built.eval()(sequences()), trained.eval()(sequences()))


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("skeleton", [FLORENCE3D, None])
@pytest.mark.parametrize("inside", [True, False])
def test_widths_on_the_meta_device_are_found_without_random_numbers(encoder, skeleton, inside):
    streams = STREAMS if skeleton else ("joint", "motion")
    plan = replace(PLAN, encoder=encoder, streams=streams, skeleton=skeleton)
    expected = [width(plan.build(), plan.shape) for width in widths_of(plan.build())]
    before = torch.get_rng_state()
    with torch.device("meta"):
        built = plan.build()
        assert all(weight.is_meta for weight in built.parameters())
    with torch.device("meta") if inside else nullcontext():
        assert [width(built, plan.shape) for width in widths_of(built)] == expected
    assert torch.equal(torch.get_rng_state(), before)


def widths_of(network):
    has_steps = hasattr(network.encoder, "steps")
    return [embedding_width, step_width] if has_steps else [embedding_width]


def test_the_width_of_an_encoder_is_found_in_its_own_precision():
    assert embedding_width(PLAN.build().double(), PLAN.shape) == 8
