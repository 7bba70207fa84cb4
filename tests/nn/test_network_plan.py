"""What the networks of an estimator are made of."""

from dataclasses import replace

import pytest
import torch

from skeletonlearn.nn import DecoderPlan, EncoderPlan, NetworkPlan, PredictionPlan, ProjectionPlan
from skeletonlearn.skeletons import KINECT_V1


@pytest.fixture
def plan():
    encoder = EncoderPlan((5, 20, 3), "mlp", streams=("joint",), skeleton=None, hidden_dim=16, dropout=0.2)
    return NetworkPlan(encoder, (ProjectionPlan(7, 1), DecoderPlan()))


def with_encoder(plan, **changes):
    return replace(plan, encoder=replace(plan.encoder, **changes))


def test_networks_lead_from_sequences_to_embedding_projection_and_back(plan):
    networks = plan.build()
    embedding = networks["encoder"](torch.randn(3, 5, 20, 3))
    shapes = [embedding.shape, networks["projector"](embedding).shape, networks["decoder"](embedding).shape]
    assert shapes == [(3, 16), (3, 1, 7), (3, 5, 20, 3)]


def test_after_late_fusion_each_stream_has_a_projection_and_all_have_one_decoder(plan):
    networks = with_encoder(plan, streams=("joint", "motion"), fusion="late").build()
    embedding = networks["encoder"](torch.randn(3, 5, 20, 3))
    shapes = [embedding.shape, networks["projector"](embedding).shape, networks["decoder"](embedding).shape]
    assert shapes == [(3, 32), (3, 2, 7), (3, 5, 20, 3)]


def test_without_a_decoder_there_is_none(plan):
    without = replace(plan, tops=plan.tops[:1])
    assert set(without.build()) == {"encoder", "projector"}
    assert [one.has("decoder") for one in (plan, without)] == [True, False]


def test_all_streams_reach_the_encoder(plan):
    streams = ("joint", "bone", "motion", "bone_motion")
    networks = with_encoder(plan, streams=streams, skeleton=KINECT_V1).build()
    assert networks["encoder"].encoder.layers[1].in_features == 5 * 20 * 3 * 4


def test_decoder_rebuilds_joints_whatever_the_streams(plan):
    networks = with_encoder(plan, streams=("joint", "motion")).build()
    assert networks["decoder"](torch.randn(2, 16)).shape == (2, 5, 20, 3)


def test_projection_follows_the_width_of_a_users_encoder(plan):
    networks = with_encoder(plan, encoder=lambda *shape: torch.nn.Flatten()).build()
    assert [head.in_features for head in networks["projector"].heads] == [5 * 20 * 3]


def test_the_same_torch_seed_builds_the_same_networks(plan):
    built = []
    for _ in range(2):
        torch.manual_seed(3)
        built.append(plan.build().state_dict())
    assert all(torch.equal(tensor, built[1][name]) for name, tensor in built[0].items())


def test_descriptions_differ_where_networks_do(plan):
    others = [
        with_encoder(plan, hidden_dim=17),
        with_encoder(plan, streams=("motion",)),
        replace(plan, tops=plan.tops[:1]),
        replace(plan, tops=(ProjectionPlan(8, 1), DecoderPlan())),
        replace(plan, tops=(ProjectionPlan(7, 2), DecoderPlan())),
        replace(plan, tops=(PredictionPlan(7),)),
        replace(plan, tops=(PredictionPlan(7, every_step=True),)),
    ]
    descriptions = [str(one.described()) for one in (plan, *others)]
    assert len(set(descriptions)) == len(descriptions)


def test_dropout_is_not_described_since_weights_do_not_depend_on_it(plan):
    assert with_encoder(plan, dropout=0.5).described() == plan.described()


def test_sequences_without_a_common_length_have_networks_too():
    encoder = EncoderPlan((None, 20, 3), "gru", ("joint",), None, hidden_dim=8, dropout=None)
    networks = NetworkPlan(encoder, (PredictionPlan(4),)).build()
    assert networks["head"](networks["encoder"](torch.randn(2, 5, 20, 3))).shape == (2, 1, 4)


def test_rescaled_heads_predict_in_the_unit_of_the_targets():
    encoder = EncoderPlan((5, 20, 3), "mlp", ("joint",), None, hidden_dim=8, dropout=None)
    head = NetworkPlan(encoder, (PredictionPlan(2, rescaled=True),)).build()["head"]
    head.mean.copy_(torch.tensor([30.0, -1.0]))
    head.scale.copy_(torch.tensor([10.0, 0.1]))
    features = torch.randn(3, 8)
    expected = head.heads(features) * torch.tensor([10.0, 0.1]) + torch.tensor([30.0, -1.0])
    torch.testing.assert_close(head(features), expected)
