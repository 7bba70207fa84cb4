"""Classifiers with an encoder, a head and a loss for each stream."""

import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone
from torch import nn

from skeletonlearn import ConMLPEmbedder, GRUClassifier, LSTMClassifier, SkeletonClassifier
from skeletonlearn._training.prediction_task import SequenceForward, StepForward
from skeletonlearn.classification._classification_task import make_class_loss
from skeletonlearn.losses import CLASSIFICATION_LOSSES as LOSSES
from skeletonlearn.losses import loss_options
from skeletonlearn.nn import FUSIONS, STREAMS, EncoderPlan, NetworkPlan, PredictionPlan
from skeletonlearn.skeletons import KINECT_V1

N_CLASSES = 3
Y = np.arange(24) % N_CLASSES
LENGTHS = torch.tensor([6, 2, 5, 3])
SMALL = {"hidden_dim": 8, "max_epochs": 2, "random_state": 0, "device": "cpu", "augmentation": None}
ALL_STREAMS = {"streams": STREAMS, "skeleton": KINECT_V1, "fusion": "late"}


@pytest.fixture(scope="module")
def X():
    return np.random.default_rng(0).standard_normal((24, 16, 20, 3), dtype=np.float32)


@pytest.fixture(scope="module")
def ragged(X):
    return [sequence[: 3 + at % 14] for at, sequence in enumerate(X)]


def parts(fitted):
    """Encoder and head of each stream."""
    return list(zip(fitted.encoder_.parts, fitted._fitted_networks()["head"].heads, strict=True))


# what is trained


def plan(loss, streams=STREAMS):
    encoder = EncoderPlan((6, 20, 3), "gru", streams, KINECT_V1, hidden_dim=8, dropout=0.0, fusion="late")
    return NetworkPlan(encoder, (PredictionPlan(N_CLASSES, every_step=loss == "temporal_cross_entropy"),))


def batch_loss(networks, loss):
    x = torch.randn(4, 6, 20, 3, generator=torch.Generator().manual_seed(0))
    every_step = loss == "temporal_cross_entropy"
    forward = (StepForward if every_step else SequenceForward)(networks["encoder"], networks["head"])
    options = loss_options(LOSSES[loss], {"gamma": 2.0, "label_smoothing": 0.1})
    of_batch = make_class_loss(LOSSES[loss], options, every_step=every_step, is_own=False)
    return of_batch(forward(x, LENGTHS), torch.tensor([0, 2, 1, 2]), torch.tensor([1.0, 3.0, 0.5, 2.0]))


def gradients(networks, loss):
    """By the name of each stream, the gradients of its encoder and head."""
    networks.zero_grad()
    batch_loss(networks, loss).backward()
    each = zip(networks["encoder"].parts, networks["head"].heads, strict=True)
    return [[weight.grad for module in part for weight in module.parameters()] for part in each]


def alone(networks, loss):
    """For each stream, networks of that stream only, with the weights that it has in late fusion."""
    for at, stream in enumerate(STREAMS):
        single = plan(loss, (stream,)).build()
        single["encoder"].load_state_dict(networks["encoder"].parts[at].state_dict())
        single["head"].heads[0].load_state_dict(networks["head"].heads[at].state_dict())
        yield single


@pytest.mark.parametrize("loss", LOSSES)
def test_loss_is_the_mean_of_the_losses_of_the_streams_alone(loss):
    networks = plan(loss).build()
    losses = torch.stack([batch_loss(single, loss) for single in alone(networks, loss)])
    assert losses.std() > 1e-3
    torch.testing.assert_close(batch_loss(networks, loss), losses.mean())


@pytest.mark.parametrize("loss", LOSSES)
def test_a_stream_is_trained_by_its_own_loss(loss):
    networks = plan(loss).build()
    for together, single in zip(gradients(networks, loss), alone(networks, loss), strict=True):
        (by_itself,) = gradients(single, loss)
        torch.testing.assert_close(together, [gradient / len(STREAMS) for gradient in by_itself])


@pytest.mark.parametrize("loss", LOSSES)
def test_what_a_stream_learns_does_not_depend_on_the_others_to_the_bit(loss):
    networks = plan(loss).build()
    before = gradients(networks, loss)
    changed = STREAMS.index("bone")
    for module in (networks["encoder"].parts[changed], networks["head"].heads[changed]):
        for weight in module.parameters():
            nn.init.normal_(weight)
    after = gradients(networks, loss)
    same = [all(map(torch.equal, *pair)) for pair in zip(before, after, strict=True)]
    assert same == [stream != "bone" for stream in STREAMS]


# what is predicted


@pytest.mark.parametrize("loss", ["cross_entropy", "focal"])
@pytest.mark.parametrize("encoder", ["tcn", "mlp", "gru"])
def test_probabilities_are_the_mean_of_those_that_the_streams_give(encoder, loss, X):
    fitted = SkeletonClassifier(encoder, loss=loss, **ALL_STREAMS, **SMALL).fit(X, Y)
    with torch.no_grad():
        logits = np.stack([head(part(torch.from_numpy(X))) for part, head in parts(fitted)]).astype(float)
    each = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    assert each.shape == (4, 24, N_CLASSES)
    assert each.std(axis=0).max() > 1e-3
    np.testing.assert_allclose(fitted.predict_proba(X), each.mean(axis=0), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("make", [GRUClassifier, LSTMClassifier, SkeletonClassifier])
def test_every_step_of_every_stream_predicts_a_sequence_of_any_length(make, ragged):
    encoder = {"encoder": "gru"} if make is SkeletonClassifier else {}
    fitted = make(**encoder, loss="temporal_cross_entropy", **ALL_STREAMS, **SMALL).fit(ragged, Y)
    expected = []
    for sequence in ragged:
        with torch.no_grad():
            of_steps = [head(part.steps(torch.from_numpy(sequence)[None])[0][0]) for part, head in parts(fitted)]
        expected.append(torch.stack(of_steps).softmax(dim=2).mean(dim=(0, 1)).numpy())
    np.testing.assert_allclose(fitted.predict_proba(ragged), expected, rtol=1e-4, atol=1e-6)


def test_attention_to_a_frame_is_the_mean_over_the_streams(X):
    fitted = GRUClassifier(pooling="attention", **ALL_STREAMS, **SMALL).fit(X, Y)
    each = []
    for part, _ in parts(fitted):
        steps, _ = part.steps(torch.from_numpy(X))
        each.append(part.encoder.pool.score(steps).softmax(dim=1).numpy(force=True))
    of_frames = np.mean(each, axis=0).repeat(2, axis=1)[:, :, 0] / 2  # a step is two frames
    np.testing.assert_allclose(fitted.attention_weights(X), of_frames, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("encoder", ["gru", "lstm", "transformer"])
def test_attention_of_all_streams_to_sequences_of_any_length_sums_to_one(encoder, ragged):
    fitted = SkeletonClassifier(encoder, pooling="attention", **ALL_STREAMS, **SMALL).fit(ragged, Y)
    weights = fitted.attention_weights(ragged)
    assert [len(row) for row in weights] == [len(sequence) for sequence in ragged]
    np.testing.assert_allclose([row.sum() for row in weights], 1, rtol=1e-5)


# what it starts from, and what becomes of it


@pytest.mark.parametrize(
    ("make", "fusion"), [(SkeletonClassifier, "late"), (GRUClassifier, "early"), (LSTMClassifier, "early")]
)
def test_streams_are_all_that_can_be_had_and_fused_as_is_best_unless_asked_otherwise(make, fusion, X):
    chosen = make(skeleton=KINECT_V1, **SMALL).fit(X, Y)
    named = make(skeleton=KINECT_V1, streams=STREAMS, fusion=fusion, **SMALL).fit(X, Y)
    assert len(parts(chosen)) == (4 if fusion == "late" else 1)
    np.testing.assert_array_equal(chosen.predict_proba(X), named.predict_proba(X))


def test_without_a_skeleton_joints_and_motion_are_seen(X):
    fitted = SkeletonClassifier(skeleton=None, **SMALL).fit(X, Y)
    assert [part.streams.streams for part, _ in parts(fitted)] == [("joint",), ("motion",)]


def test_one_stream_is_fused_early_and_late_to_the_same_bits(X):
    early, late = (SkeletonClassifier(streams=("motion",), fusion=fusion, **SMALL).fit(X, Y) for fusion in FUSIONS)
    np.testing.assert_array_equal(early.predict_proba(X), late.predict_proba(X))


def test_an_embedder_of_recurrent_streams_starts_a_classifier_of_any_length(X, ragged):
    embedder = ConMLPEmbedder("gru", **ALL_STREAMS, **SMALL).fit(X, Y)
    fitted = SkeletonClassifier(pretrained=embedder, freeze=True, **SMALL).fit(ragged, Y)
    assert len(parts(fitted)) == 4
    for (part, _), pretrained in zip(parts(fitted), embedder.encoder_.parts, strict=True):
        with torch.no_grad():
            embeddings = [it(torch.from_numpy(X[:, :9])) for it in (part, pretrained)]
        assert torch.equal(*embeddings)


def test_a_pickled_classifier_predicts_the_same_bits_whatever_its_parameters_became(X):
    fitted = SkeletonClassifier(**ALL_STREAMS, **SMALL).fit(X, Y)
    loaded = pickle.loads(pickle.dumps(clone(fitted).fit(X, Y))).set_params(fusion="early", streams=("motion",))
    np.testing.assert_array_equal(loaded.predict_proba(X), fitted.predict_proba(X))
