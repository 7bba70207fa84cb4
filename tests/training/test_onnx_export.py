"""Fitted networks in ONNX files, run by onnxruntime."""

import json
import os
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skeletonlearn import ConMLPEmbedder, GRUClassifier, LSTMClassifier, SkeletonClassifier
from skeletonlearn.nn import ENCODERS, FUSIONS, POOLINGS

SIZES = {"hidden_dim": 8, "max_epochs": 1, "random_state": 0}
ALL_STREAMS = {"skeleton": "KINECT_V1", **SIZES}
FIXED = ("mlp", "mixer")  # encoders of one number of frames


def sequences(n_samples=12, n_frames=9, n_joints=40, n_channels=3):
    """Sequences of two persons."""
    rng = np.random.default_rng(n_samples + n_frames)
    return rng.normal(size=(n_samples, n_frames, n_joints, n_channels)).astype(np.float32)


X, Y = sequences(), np.arange(12) % 3


def session(estimator, path):
    estimator.to_onnx(path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # threads would wait for each other in models this small
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def of_networks(estimator, batch):
    """What the networks themselves make of a batch, of a length that the estimator might refuse."""
    _, apply = estimator._output()
    with torch.inference_mode():
        return apply(estimator._fitted_networks(), torch.from_numpy(batch), None).numpy()


def assert_gives_the_same(estimator, path, lengths):
    """The model agrees with the estimator, and in batches of all sizes and sequences of all lengths."""
    model = session(estimator, path)
    (given,) = model.run(None, {"sequences": X})
    wanted = estimator.transform(X) if hasattr(estimator, "transform") else estimator.predict_proba(X)
    assert given.dtype == np.float32
    np.testing.assert_allclose(given, wanted, rtol=1e-5, atol=1e-5)
    for n_samples in (1, 2, 5):
        for n_frames in lengths:
            batch = sequences(n_samples, n_frames)
            (given,) = model.run(None, {"sequences": batch})
            np.testing.assert_allclose(given, of_networks(estimator, batch), rtol=1e-5, atol=1e-5)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.onnx"


@pytest.mark.parametrize("fusion", FUSIONS)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_model_of_an_embedder_gives_the_same_in_batches_of_all_sizes_and_lengths(encoder, fusion, path):
    estimator = ConMLPEmbedder(encoder, fusion=fusion, **ALL_STREAMS).fit(X)
    assert_gives_the_same(estimator, path, (9,) if encoder in FIXED else (1, 2, 9, 16, 35))


CLASSIFIERS = [
    *(SkeletonClassifier(encoder, **SIZES) for encoder in ENCODERS if encoder not in FIXED),
    *(SkeletonClassifier("transformer", pooling=pooling, **SIZES) for pooling in POOLINGS),
    *(GRUClassifier(pooling=pooling, **SIZES) for pooling in POOLINGS),
    SkeletonClassifier("tcn", pooling="attention", fusion="early", **ALL_STREAMS),
    SkeletonClassifier("tcn", loss="temporal_cross_entropy", **ALL_STREAMS),
    GRUClassifier(loss="temporal_cross_entropy", fusion="late", **SIZES),
    LSTMClassifier(n_layers=2, bidirectional=False, streams=("joint",), **SIZES),
]


@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=repr)
def test_model_of_a_classifier_gives_the_same_probabilities(classifier, path):
    assert_gives_the_same(clone(classifier).fit(X, Y), path, (1, 2, 9, 16, 35))


def test_classifier_on_a_frozen_transformer_can_be_exported(path):
    pretrained = ConMLPEmbedder("transformer", **SIZES).fit(X)
    classifier = SkeletonClassifier(pretrained=pretrained, freeze=True, max_epochs=1).fit(X, Y)
    assert_gives_the_same(classifier, path, (5,))


def test_classifier_of_sequences_of_different_lengths_can_be_exported(path):
    ragged = [sequence[: 3 + at % 4] for at, sequence in enumerate(X)]
    assert_gives_the_same(LSTMClassifier(**SIZES).fit(ragged, Y), path, (4, 20))


def test_model_gives_what_one_clip_gives(path):
    classifier = SkeletonClassifier(n_clips=3, **SIZES).fit(X, Y)
    (given,) = session(classifier, path).run(None, {"sequences": X})
    np.testing.assert_allclose(given, classifier.set_params(n_clips=1).predict_proba(X), atol=1e-5)


@pytest.mark.parametrize(("encoder", "frames"), [("tcn", "frames"), ("mlp", 9)])
def test_inputs_and_outputs_have_names_and_open_axes(encoder, frames, path):
    model = session(ConMLPEmbedder(encoder, **SIZES).fit(X), path)
    (given,), (wanted,) = model.get_inputs(), model.get_outputs()
    assert [given.name, given.shape] == ["sequences", ["batch", frames, 40, 3]]
    assert [wanted.name, wanted.shape[0]] == ["embedding", "batch"]


def test_sequences_of_another_length_are_refused_where_the_encoder_takes_one(path):
    model = session(ConMLPEmbedder("mixer", **SIZES).fit(X), path)
    with pytest.raises(Exception, match=r"Expected: 9"):
        model.run(None, {"sequences": sequences(n_frames=8)})


def test_metadata_hold_the_classes(path):
    GRUClassifier(**SIZES).fit(X, np.array(["wave", "büßen", "手"])[Y]).to_onnx(path)
    metadata = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
    assert json.loads(metadata["classes"]) == ["büßen", "wave", "手"]
    assert metadata["estimator"] == "GRUClassifier"
    assert json.loads(metadata["sequence_shape_in_"]) == [9, 40, 3]


def test_exporting_changes_neither_the_estimator_nor_the_global_random_numbers(path):
    estimator = ConMLPEmbedder("transformer", **SIZES).fit(X)
    before, random_state = estimator.transform(X), torch.get_rng_state()
    estimator.to_onnx(path)
    torch.testing.assert_close(torch.get_rng_state(), random_state)
    np.testing.assert_array_equal(estimator.transform(X), before)


def test_exporting_leaves_one_whole_file(path):
    path.write_bytes(b"something else")
    ConMLPEmbedder(**SIZES).fit(X).to_onnx(path)
    onnx.checker.check_model(onnx.load(path), full_check=True)
    assert os.listdir(path.parent) == [path.name]


class Own(torch.nn.Module):
    """A user's own encoder, from a function of the batch."""

    def __init__(self, function):
        super().__init__()
        self.layer, self.function = torch.nn.LazyLinear(4), function

    def forward(self, x):
        return self.layer(self.function(x).mean(dim=1).flatten(1))


def test_a_users_own_encoder_has_open_batches_and_its_number_of_frames(path):
    estimator = ConMLPEmbedder(lambda *shape: Own(torch.abs), **SIZES).fit(X)
    assert_gives_the_same(estimator, path, (9,))
    assert session(estimator, path).get_inputs()[0].shape == ["batch", 9, 40, 3]


def test_an_operation_that_onnx_has_not_is_named(path):
    estimator = ConMLPEmbedder(lambda *shape: Own(lambda x: torch.diff(x, dim=1)), **SIZES).fit(X)
    with pytest.raises(ValueError, match=r"this ConMLPEmbedder cannot be expressed in ONNX: .*'aten::diff'"):
        estimator.to_onnx(path)
    assert not path.exists()


def test_torch_warns_of_a_users_encoder_that_looks_at_the_numbers(path):
    estimator = ConMLPEmbedder(lambda *shape: Own(lambda x: x if x.sum() > 1e9 else -x), **SIZES).fit(X)
    with pytest.warns(torch.jit.TracerWarning, match="might cause the trace to be incorrect"):
        estimator.to_onnx(path)


def test_unfitted_estimator_cannot_be_exported(path):
    with pytest.raises(NotFittedError):
        ConMLPEmbedder().to_onnx(path)


def test_the_extra_is_named_where_onnx_is_not_installed(path, monkeypatch):
    estimator = ConMLPEmbedder(**SIZES).fit(X)
    monkeypatch.setitem(sys.modules, "onnx.checker", None)
    with pytest.raises(ImportError, match=r"pip install 'skeletonlearn\[onnx\]'"):
        estimator.to_onnx(path)
