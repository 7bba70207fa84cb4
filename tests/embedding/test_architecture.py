"""What the networks of a ConMLP are made of."""

from dataclasses import replace

import pytest
import torch

from skeletonlearn.embedding._architecture import ConMLPArchitecture
from skeletonlearn.nn import EncoderPlan
from skeletonlearn.skeletons import KINECT_V1


@pytest.fixture
def architecture():
    return ConMLPArchitecture(
        encoder=EncoderPlan((5, 20, 3), "mlp", streams=("joint",), skeleton=None, hidden_dim=16, dropout=0.2),
        projection_dim=7,
        projection_layers=1,
        has_decoder=True,
    )


def with_encoder(architecture, **changes):
    return replace(architecture, encoder=replace(architecture.encoder, **changes))


def test_networks_lead_from_sequences_to_embedding_projection_and_back(architecture):
    networks = architecture.build()
    embedding = networks["encoder"](torch.randn(3, 5, 20, 3))
    shapes = [embedding.shape, networks["projector"](embedding).shape, networks["decoder"](embedding).shape]
    assert shapes == [(3, 16), (3, 1, 7), (3, 5, 20, 3)]


def test_after_late_fusion_each_stream_has_a_projection_and_all_have_one_decoder(architecture):
    networks = with_encoder(architecture, streams=("joint", "motion"), fusion="late").build()
    embedding = networks["encoder"](torch.randn(3, 5, 20, 3))
    shapes = [embedding.shape, networks["projector"](embedding).shape, networks["decoder"](embedding).shape]
    assert shapes == [(3, 32), (3, 2, 7), (3, 5, 20, 3)]


def test_without_a_decoder_there_is_none(architecture):
    assert set(replace(architecture, has_decoder=False).build()) == {"encoder", "projector"}


def test_all_streams_reach_the_encoder(architecture):
    streams = ("joint", "bone", "motion", "bone_motion")
    networks = with_encoder(architecture, streams=streams, skeleton=KINECT_V1).build()
    assert networks["encoder"].encoder.layers[1].in_features == 5 * 20 * 3 * 4


def test_decoder_rebuilds_joints_whatever_the_streams(architecture):
    networks = with_encoder(architecture, streams=("joint", "motion")).build()
    assert networks["decoder"](torch.randn(2, 16)).shape == (2, 5, 20, 3)


def test_projection_follows_the_width_of_a_users_encoder(architecture):
    networks = with_encoder(architecture, encoder=lambda *shape: torch.nn.Flatten()).build()
    assert [head.in_features for head in networks["projector"].heads] == [5 * 20 * 3]


def test_the_same_torch_seed_builds_the_same_networks(architecture):
    built = []
    for _ in range(2):
        torch.manual_seed(3)
        built.append(architecture.build().state_dict())
    assert all(torch.equal(tensor, built[1][name]) for name, tensor in built[0].items())
