"""From the name of an encoder, or a factory, to a module; what holds for all of them."""

from functools import partial

import pytest
import torch
from torch import nn

from skeletonlearn.nn import (
    DECODERS,
    ENCODERS,
    MLPDecoder,
    RecurrentEncoder,
    TransformerEncoder,
    build_decoder,
    build_encoder,
    embedding_width,
    step_width,
    takes_lengths,
)

# with a hidden_dim of 24; temporal convolutions give the mean and maximum of four stages, two of them half as wide
WIDTHS = dict.fromkeys(ENCODERS, 24) | {"tcn": 144, "slowfast": 144}
ODD_SHAPES = [(1, 1, 1), (1, 5, 3), (6, 1, 2), (7, 3, 2), (300, 50, 3)]


def sequences(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def test_encoders_have_the_names_of_the_field():
    assert set(ENCODERS) == {"mlp", "tcn", "slowfast", "cooccurrence", "mixer", "lstm", "gru", "transformer"}


@pytest.mark.parametrize("name", ["mlp", "tcn", "cooccurrence", "mixer"])
def test_an_encoder_with_a_mirror_gets_it_as_decoder(name):
    decoder = build_decoder(name, 9, (7, 3, 2), hidden_dim=24, dropout=None)
    assert type(decoder) is DECODERS[name]


@pytest.mark.parametrize("name", sorted(set(ENCODERS) - set(DECODERS)))
def test_an_encoder_without_a_mirror_gets_the_published_decoder(name):
    decoder = build_decoder(name, 9, (7, 3, 2), hidden_dim=24, dropout=None)
    assert type(decoder) is MLPDecoder
    assert decoder(sequences(3, 9)).shape == (3, 7, 3, 2)


@pytest.mark.parametrize("shape", ODD_SHAPES)
@pytest.mark.parametrize("name", ENCODERS)
def test_encoder_gives_one_vector_of_its_width_for_each_sequence(name, shape):
    encoder = build_encoder(name, shape, hidden_dim=24, dropout=None)
    assert encoder(sequences(3, *shape)).shape == (3, WIDTHS[name])


@pytest.mark.parametrize("shape", ODD_SHAPES)
@pytest.mark.parametrize("name", DECODERS)
def test_decoder_gives_the_shape_of_the_sequences(name, shape):
    decoder = build_decoder(name, 9, shape, hidden_dim=24, dropout=None)
    assert decoder(sequences(3, 9)).shape == (3, *shape)


@pytest.mark.parametrize("name", ENCODERS)
def test_every_weight_of_encoder_and_decoder_gets_a_gradient(name):
    encoder = build_encoder(name, (16, 5, 3), hidden_dim=24, dropout=0.0)
    decoder = build_decoder(name, WIDTHS[name], (16, 5, 3), hidden_dim=24, dropout=0.0)
    decoder(encoder(sequences(4, 16, 5, 3))).square().sum().backward()
    without = [
        weight_name
        for module in (encoder, decoder)
        for weight_name, weight in module.named_parameters()
        if weight.grad is None
    ]
    assert without == []


@pytest.mark.parametrize("name", ENCODERS)
def test_encoder_leaves_its_input_as_it_was(name):
    x = sequences(3, 8, 5, 3)
    before = x.clone()
    build_encoder(name, (8, 5, 3), hidden_dim=16, dropout=None)(x)
    assert torch.equal(x, before)


@pytest.mark.parametrize("name", ["mixer", "cooccurrence"])
def test_compact_encoders_stay_under_a_million_parameters(name):
    encoder = build_encoder(name, (64, 20, 9), hidden_dim=256, dropout=None)
    assert sum(weight.numel() for weight in encoder.parameters()) < 1_000_000


@pytest.mark.parametrize("name", ENCODERS)
def test_dropout_is_handed_to_encoder_and_decoder(name):
    modules = (
        build_encoder(name, (8, 5, 3), hidden_dim=16, dropout=0.45),
        build_decoder(name, 16, (8, 5, 3), hidden_dim=16, dropout=0.45),
    )
    for module in modules:
        assert {part.p for part in module.modules() if isinstance(part, nn.Dropout)} == {0.45}


@pytest.mark.parametrize("name", ENCODERS)
def test_without_a_dropout_of_its_own_an_encoder_keeps_its_default(name):
    given = build_encoder(name, (8, 5, 3), hidden_dim=16, dropout=None)
    default = ENCODERS[name](8, 5, 3, hidden_dim=16)
    rates = [[part.p for part in module.modules() if isinstance(part, nn.Dropout)] for module in (given, default)]
    assert rates[0] == rates[1] != []


def test_factory_is_called_with_frames_joints_and_channels():
    seen = []

    def factory(n_frames, n_joints, n_channels):
        seen.append((n_frames, n_joints, n_channels))
        return nn.Flatten()

    assert isinstance(build_encoder(factory, (7, 3, 2), hidden_dim=16, dropout=None), nn.Flatten)
    assert seen == [(7, 3, 2)]


def test_decoder_of_a_factory_is_the_published_mirror():
    decoder = build_decoder(lambda *shape: nn.Flatten(), 42, (7, 3, 2), hidden_dim=16, dropout=None)
    assert isinstance(decoder, DECODERS["mlp"])


def test_unknown_encoder_is_refused_with_the_known_names():
    with pytest.raises(ValueError, match=rf"encoder='gcn' must be one of {', '.join(ENCODERS)}, or a factory"):
        build_encoder("gcn", (7, 3, 2), hidden_dim=16, dropout=None)


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_a_recurrent_encoder_has_the_cell_of_its_name(name):
    encoder = build_encoder(name, (7, 3, 2), hidden_dim=16, dropout=None)
    assert isinstance(encoder, RecurrentEncoder)
    assert encoder.recurrent.mode.lower() == name


def n_layers(encoder):
    return encoder.layers.num_layers if isinstance(encoder, TransformerEncoder) else encoder.recurrent.num_layers


@pytest.mark.parametrize("wanted", [1, 5])
@pytest.mark.parametrize("name", ["lstm", "gru", "transformer"])
def test_options_reach_the_encoder(name, wanted):
    encoder = build_encoder(name, (7, 3, 2), hidden_dim=16, dropout=None, options={"n_layers": wanted})
    assert n_layers(encoder) == wanted


@pytest.mark.parametrize("options", [None, {}])
@pytest.mark.parametrize("name", ["lstm", "gru", "transformer"])
def test_without_options_an_encoder_keeps_its_defaults(name, options):
    encoder = build_encoder(name, (7, 3, 2), hidden_dim=16, dropout=None, options=options)
    default = ENCODERS[name](7, 3, 2, hidden_dim=16)
    assert (n_layers(encoder), encoder.pool.pooling) == (n_layers(default), default.pool.pooling)


@pytest.mark.parametrize(("pooling", "times"), [("last", 1), ("mean", 1), ("max", 1), ("mean_max", 2)])
@pytest.mark.parametrize(("name", "width"), [("tcn", 48), ("lstm", 16), ("gru", 16), ("transformer", 16)])
def test_mean_and_max_together_give_twice_the_width_of_one(name, width, pooling, times):
    encoder = build_encoder(name, (7, 3, 2), hidden_dim=16, dropout=None, options={"pooling": pooling})
    assert embedding_width(encoder, (7, 3, 2)) == times * width


@pytest.mark.parametrize("pooling", ["mean_max", "attention"])
@pytest.mark.parametrize("name", ["tcn", "lstm", "gru", "transformer"])
def test_a_step_is_as_wide_as_asked_however_steps_are_pooled(name, pooling):
    encoder = build_encoder(name, (7, 3, 2), hidden_dim=16, dropout=None, options={"pooling": pooling})
    assert step_width(encoder, (7, 3, 2)) == 16


@pytest.mark.parametrize("name", ["tcn", "lstm", "gru", "transformer"])
def test_encoders_that_pool_over_time_take_the_pooling(name):
    encoder = build_encoder(name, (7, 3, 2), hidden_dim=16, dropout=None, options={"pooling": "attention"})
    assert encoder.pool.pooling == "attention"


@pytest.mark.parametrize("name", ["tcn", "lstm", "gru", "transformer"])
def test_every_weight_gets_a_gradient_through_attention_too(name):
    encoder = build_encoder(name, (16, 5, 3), hidden_dim=16, dropout=0.0, options={"pooling": "attention"})
    encoder(sequences(4, 16, 5, 3)).square().sum().backward()
    assert [weight_name for weight_name, weight in encoder.named_parameters() if weight.grad is None] == []


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [
        ("mlp", "pooling", "max"),
        ("tcn", "n_layers", 2),
        ("transformer", "bidirectional", True),
        ("gru", "patch", 2),
        ("gru", "cell", "lstm"),
    ],
)
def test_an_option_of_another_encoder_is_refused(name, option, value):
    with pytest.raises(ValueError, match=rf"{option}={value!r} is not for encoder='{name}', expected None"):
        build_encoder(name, (7, 3, 2), hidden_dim=16, dropout=None, options={option: value})


def test_only_recurrent_and_attentive_encoders_take_lengths():
    assert {name for name in ENCODERS if takes_lengths(name)} == {"lstm", "gru", "transformer"}


@pytest.mark.parametrize(
    ("factory", "expected"),
    [
        (TransformerEncoder, True),
        (partial(RecurrentEncoder, cell="gru"), True),
        (nn.Flatten, False),
        (lambda *shape: nn.Flatten(), False),
    ],
)
def test_a_factory_takes_lengths_if_its_modules_say_so(factory, expected):
    assert takes_lengths(factory) is expected


def test_factory_that_makes_no_module_is_refused():
    with pytest.raises(TypeError, match=r"must make a torch.nn.Module, got int"):
        build_encoder(lambda *shape: 7, (7, 3, 2), hidden_dim=16, dropout=None)


def test_embedding_width_is_found_by_encoding():
    assert embedding_width(nn.Flatten(), (7, 3, 2)) == 42


@pytest.mark.parametrize("first", [nn.Flatten(), nn.Sequential(nn.Flatten(), nn.Linear(42, 5).double())])
def test_embedding_width_is_found_of_layers_that_have_no_size_yet(first):
    dtype = next((weight.dtype for weight in first.parameters()), torch.float32)
    assert embedding_width(nn.Sequential(first, nn.LazyLinear(4, dtype=dtype)), (7, 3, 2)) == 4


@pytest.mark.parametrize(("module", "shape"), [(nn.Identity(), r"\(2, 7, 3, 2\)"), (nn.Flatten(0), r"\(84,\)")])
def test_encoder_that_does_not_give_one_vector_per_sequence_is_refused(module, shape):
    with pytest.raises(ValueError, match=rf"gave shape {shape} for 2 sequences, expected .*\(2, n_components\)"):
        embedding_width(module, (7, 3, 2))


@pytest.mark.parametrize("width", [embedding_width, step_width])
@pytest.mark.parametrize("training", [True, False])
def test_finding_a_width_leaves_the_mode_and_the_buffers_of_the_encoder(training, width):
    encoder = build_encoder("tcn", (7, 3, 2), hidden_dim=16, dropout=None).train(training)
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    width(encoder, (7, 3, 2))
    assert encoder.training is training
    for name, tensor in encoder.state_dict().items():
        assert torch.equal(tensor, before[name]), name


def test_module_in_place_of_a_factory_is_refused():
    with pytest.raises(TypeError, match="encoder is a Flatten already, expected a factory that makes one"):
        build_encoder(nn.Flatten(), (7, 3, 2), hidden_dim=16, dropout=None)


def test_option_for_a_factory_is_refused():
    with pytest.raises(ValueError, match=r"pooling='attention' is not for encoder=<function .*, expected None"):
        build_encoder(
            lambda *shape: nn.Flatten(), (7, 3, 2), hidden_dim=16, dropout=None, options={"pooling": "attention"}
        )
