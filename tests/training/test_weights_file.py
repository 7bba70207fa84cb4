"""Weights of fitted estimators in safetensors files."""

import copy
import json
import os
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import safetensors
import torch
from safetensors.numpy import load_file, save_file
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from skeletonlearn import ConMLPEmbedder, GRUClassifier, LSTMClassifier, SkeletonClassifier, SkeletonRegressor
from skeletonlearn.nn import ENCODERS
from skeletonlearn.skeletons import infer_skeleton

SIZES = {"hidden_dim": 8, "max_epochs": 1, "random_state": 0}
X = np.random.default_rng(0).normal(size=(12, 8, 20, 3)).astype(np.float32)
RAGGED = [sequence[: 3 + at % 4] for at, sequence in enumerate(X)]
Y = np.arange(12) % 3
ALL_STREAMS = {"skeleton": "KINECT_V1", **SIZES}


def embedder(**parameters):
    return ConMLPEmbedder(**{"encoder": "tcn", **SIZES, **parameters})


def classifier(**parameters):
    return SkeletonClassifier(**{"encoder": "tcn", **SIZES, **parameters})


def output(estimator, sequences=X):
    return estimator.transform(sequences) if hasattr(estimator, "transform") else estimator.predict_proba(sequences)


def state(estimator):
    """All that an estimator is, to compare."""
    return {name: copy.deepcopy(value) for name, value in vars(estimator).items() if name != "_networks"}


def assert_equal_states(first, second):
    assert first.keys() == second.keys()
    for name, value in first.items():
        if name == "network_state_":
            assert value.keys() == second[name].keys()
            for key, array in value.items():
                np.testing.assert_array_equal(array, second[name][key], strict=True)
        else:
            assert repr(value) == repr(second[name])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weights.safetensors"


@pytest.fixture
def saved(path):
    """A fitted embedder, and the file of its weights."""
    fitted = embedder().fit(X)
    fitted.save_weights(path)
    return fitted, path


def rewritten(path, **changes):
    """The same file, with other metadata; None leaves one out."""
    with safetensors.safe_open(path, framework="numpy") as file:
        metadata = {**file.metadata(), **changes}
    save_file(load_file(path), path, {name: text for name, text in metadata.items() if text is not None})
    return path


VARIANTS = [
    *(ConMLPEmbedder(encoder, **ALL_STREAMS) for encoder in ENCODERS),
    ConMLPEmbedder(fusion="early", projection_layers=2, reconstruction_weight=1.0, **ALL_STREAMS),
    SkeletonClassifier("transformer", pooling="attention", **ALL_STREAMS),
    SkeletonClassifier("cooccurrence", fusion="early", n_clips=2, **ALL_STREAMS),
    SkeletonClassifier(lambda n_frames, n_joints, n_channels: Flat(n_frames * n_joints * n_channels), **SIZES),
    GRUClassifier(loss="temporal_cross_entropy", fusion="late", **ALL_STREAMS),
    SkeletonClassifier("tcn", **SIZES),
    GRUClassifier(streams=("motion",), **SIZES),
    ConMLPEmbedder("tcn", skeleton=None, **SIZES),
    LSTMClassifier(n_layers=2, bidirectional=False, pooling="last", **ALL_STREAMS),
]


class Flat(torch.nn.Module):
    """A user's own encoder."""

    def __init__(self, n_features):
        super().__init__()
        self.layer = torch.nn.Linear(n_features, 4)

    def forward(self, x):
        return self.layer(x.flatten(1))


@pytest.mark.parametrize("estimator", VARIANTS, ids=lambda estimator: type(estimator).__name__)
def test_an_unfitted_twin_gives_the_same_bits_and_has_the_same_attributes(estimator, path):
    fitted = clone(estimator).fit(X, Y)
    fitted.save_weights(path)
    loaded = clone(estimator)
    assert loaded.load_weights(path) is loaded
    np.testing.assert_array_equal(output(loaded), output(fitted), strict=True)
    before, after = state(fitted), state(loaded)
    assert_equal_states(after, before)


def test_everything_that_an_embedder_can_do_works_after_loading(path):
    fitted = embedder(reconstruction_weight=1.0).fit(X)
    fitted.save_weights(path)
    loaded = embedder(reconstruction_weight=1.0).load_weights(path)
    check_is_fitted(loaded)
    assert loaded.get_feature_names_out().tolist() == fitted.get_feature_names_out().tolist()
    np.testing.assert_array_equal(loaded.project(X), fitted.project(X))
    np.testing.assert_array_equal(loaded.reconstruct(X), fitted.reconstruct(X))
    with pytest.raises(ValueError, match=r"X has 5 frames, but ConMLPEmbedder was fitted with 8"):
        loaded.transform(X[:, :5])


def test_a_classifier_of_sequences_of_different_lengths_is_restored(path):
    fitted = GRUClassifier(**SIZES).fit(RAGGED, Y)
    fitted.save_weights(path)
    loaded = GRUClassifier(**SIZES).load_weights(path)
    assert loaded.sequence_shape_in_ == (None, 20, 3)
    assert loaded.n_features_in_ == fitted.n_features_in_
    np.testing.assert_array_equal(loaded.predict_proba(RAGGED), fitted.predict_proba(RAGGED))


def test_column_names_of_a_table_are_restored(path):
    table = pd.DataFrame(X[:, :, 0, 0], columns=[f"frame{at}" for at in range(8)])
    fitted = embedder().fit(table)
    fitted.save_weights(path)
    loaded = embedder().load_weights(path)
    assert loaded.feature_names_in_.tolist() == table.columns.tolist()
    np.testing.assert_array_equal(loaded.transform(table), fitted.transform(table))


@pytest.mark.parametrize(
    "labels",
    [
        np.array([3, -1, 7]),
        np.array([3, 1, 7], dtype=np.uint8),
        np.array(["wave", "büßen", "手"]),
        np.array(["wave", "clap", "kick"], dtype=object),
        np.array([0.0, 1.0, 2.0], dtype=np.float32),
        np.array([False, True, True]),
    ],
    ids=lambda labels: str(labels.dtype),
)
def test_classes_are_restored_with_their_dtype(labels, path):
    fitted = GRUClassifier(**SIZES).fit(X, labels[Y])
    fitted.save_weights(path)
    loaded = GRUClassifier(**SIZES).load_weights(path)
    np.testing.assert_array_equal(loaded.classes_, fitted.classes_, strict=True)
    np.testing.assert_array_equal(loaded.predict(X), fitted.predict(X), strict=True)


def test_classes_that_no_text_can_hold_are_refused(path):
    fitted = GRUClassifier(**SIZES).fit(X, Y)
    fitted.classes_ = np.array(["2001-01-01", "2002-01-01", "2003-01-01"], dtype="datetime64[D]")
    with pytest.raises(ValueError, match=r"classes_ has dtype datetime64\[D\] .* expected integers, floats, booleans"):
        fitted.save_weights(path)
    assert not path.exists()


def test_loading_replaces_all_that_a_fitted_estimator_had_learned(saved):
    fitted, path = saved
    other = embedder(random_state=1).fit(X[:, :, :, :2], Y).partial_fit(X[:, :, :, :2], Y)
    other.load_weights(path)
    assert not hasattr(other, "optimizer_state_")
    np.testing.assert_array_equal(other.transform(X), fitted.transform(X))


def test_loading_keeps_parameters_and_the_container_of_the_output(saved):
    fitted, path = saved
    loaded = embedder(learning_rate=0.5).set_output(transform="pandas").load_weights(path)
    assert loaded.learning_rate == 0.5
    assert loaded.transform(X).columns.tolist() == fitted.get_feature_names_out().tolist()


def test_warm_start_goes_on_from_loaded_weights(saved):
    fitted, path = saved
    loaded = embedder(warm_start=True).load_weights(path)
    fitted.set_params(warm_start=True)
    np.testing.assert_array_equal(loaded.fit(X).transform(X), fitted.fit(X).transform(X))


def test_partial_fit_goes_on_from_loaded_weights(saved):
    fitted, path = saved
    loaded = embedder().load_weights(path)
    np.testing.assert_array_equal(loaded.partial_fit(X).transform(X), fitted.partial_fit(X).transform(X))
    assert loaded.n_iter_ == 2


def test_classifier_from_a_pretrained_embedder_is_restored(saved, path):
    pretrained, _ = saved
    fitted = SkeletonClassifier(pretrained=pretrained, freeze=True, max_epochs=1).fit(X, Y)
    fitted.save_weights(path)
    loaded = SkeletonClassifier(pretrained=pretrained, freeze=True, max_epochs=1).load_weights(path)
    np.testing.assert_array_equal(loaded.predict_proba(X), fitted.predict_proba(X))


def test_loading_does_not_touch_the_global_random_numbers(saved):
    before = torch.get_rng_state()
    embedder().load_weights(saved[1])
    torch.testing.assert_close(torch.get_rng_state(), before)


def test_header_tells_what_the_file_holds(saved):
    fitted, path = saved
    with safetensors.safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
    assert metadata["estimator"] == "ConMLPEmbedder"
    assert json.loads(metadata["sequence_shape_in_"]) == [8, 20, 3]
    assert json.loads(metadata["history_"]) == fitted.history_


def test_saving_leaves_one_whole_file(saved):
    _, path = saved
    first = path.read_bytes()
    embedder(hidden_dim=4).fit(X).save_weights(path)
    assert path.read_bytes() != first
    assert os.listdir(path.parent) == [path.name]


def test_unfitted_estimator_has_no_weights_to_save(path):
    with pytest.raises(NotFittedError):
        embedder().save_weights(path)


def refused(estimator, path, match):
    """Loading raises ValueError and changes nothing."""
    before, modules = state(estimator), vars(estimator).get("_networks")
    with pytest.raises(ValueError, match=match):
        estimator.load_weights(path)
    assert_equal_states(state(estimator), before)
    assert vars(estimator).get("_networks") is modules


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"encoder": "mlp"}, r"encoder is 'tcn' there, 'mlp' here"),
        ({"hidden_dim": 16}, r"hidden_dim is 8 there, 16 here"),
        ({"streams": ("joint",)}, r"streams is \['joint', 'bone', 'motion', 'bone_motion'\] there, \['joint'\] here"),
        ({"streams": ("motion", "joint")}, r"streams is"),
        ({"fusion": "early"}, r"fusion is 'late' there, 'early' here"),
        ({"projection_dim": 5}, r"projection_dim is 128 there, 5 here"),
        ({"reconstruction_weight": 1.0}, r"reconstruction_weight is None there, 'positive' here"),
    ],
)
@pytest.mark.parametrize("is_fitted", [False, True])
def test_parameters_of_other_networks_are_told(parameters, match, is_fitted, saved):
    estimator = embedder(**parameters)
    refused(estimator.fit(X) if is_fitted else estimator, saved[1], match)


def test_networks_that_compute_something_else_with_the_same_weights_are_refused(path):
    classifier(pooling="mean").fit(X, Y).save_weights(path)
    refused(classifier(pooling="max"), path, r"pooling is 'mean' there, 'max' here")


def test_another_body_is_refused_where_bones_are_seen(path):
    classifier(skeleton="KINECT_V1").fit(X, Y).save_weights(path)
    refused(classifier(skeleton="UTD_MHAD"), path, r"skeleton is \[")


def test_bones_that_were_found_are_told_and_taken(saved):
    fitted, path = saved
    with safetensors.safe_open(path, framework="numpy") as file:
        assert json.loads(file.metadata()["skeleton_"]) == infer_skeleton(X).parents.tolist()
    assert embedder().load_weights(path).skeleton_ == fitted.skeleton_ == infer_skeleton(X)


def test_bones_that_were_found_are_refused_by_another_layout(saved):
    refused(embedder(skeleton="KINECT_V1"), saved[1], r"skeleton is \[")
    refused(embedder(skeleton=None), saved[1], r"skeleton is \[.*; streams is")


def test_weights_that_do_not_fit_a_users_own_encoder_are_told(path):
    def factory(width):
        return lambda n_frames, n_joints, n_channels: torch.nn.Sequential(
            torch.nn.Flatten(), torch.nn.Linear(n_frames * n_joints * n_channels, width)
        )

    classifier(encoder=factory(4)).fit(X, Y).save_weights(path)
    message = r"encoder.each.0.encoder.1.bias is float32 of shape \(4,\) there, float32 of shape \(5,\) here; .* more"
    refused(classifier(encoder=factory(5)), path, message + ".* encoder, hidden_dim or streams differ")


def test_weights_of_another_kind_of_estimator_are_refused(saved):
    refused(classifier(), saved[1], r"weights of a ConMLPEmbedder, expected those of a SkeletonClassifier")


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"format_version": "1"}, r"has version '1' of the format, .* expected '2'"),
        ({"format_version": None}, r"has version ''"),
        ({"format": None}, r"without skeletonlearn's metadata"),
        ({"sequence_shape_in_": "[8, 20]"}, r"sequence_shape_in_='\[8, 20\]'"),
        ({"sequence_shape_in_": "[null, 20, 3]"}, r"sequence_shape_in_"),
        ({"sequence_shape_in_": "[8, -20, 3]"}, r"sequence_shape_in_"),
        ({"sequence_shape_in_": "[8, 20, 2]"}, r"do not fit"),
        ({"history_": "{"}, r"history_"),
        ({"history_": None}, r"history_=None"),
        ({"classes_": '{"dtype": "<i8", "values": [1]}'}, r"classes_"),
        ({"n_iter_": '"1"'}, r"n_iter_"),
        ({"device_": "3"}, r"device_"),
        ({"feature_names_in_": "[1]"}, r"feature_names_in_"),
        ({"skeleton_": None}, r"skeleton_=None"),
        ({"skeleton_": "[1, 0]"}, r"skeleton_='\[1, 0\]'"),
        ({"skeleton_": "[0, 7]"}, r"skeleton_="),
        ({"skeleton_": "[0, -2]"}, r"skeleton_="),
        ({"skeleton_": '{"0": 0}'}, r"skeleton_="),
        ({"skeleton_": "[0, 0, 0]"}, r"skeleton is \[.* there, \[0, 0, 0\] here"),
        ({"architecture": "[]"}, r"architecture"),
        ({"architecture": "{}"}, r"encoder is None there"),
    ],
)
def test_metadata_that_no_saved_file_has_is_refused(changes, match, saved):
    refused(embedder(), rewritten(saved[1], **changes), match)


FORGED = {
    "frames": {"sequence_shape_in_": "[1000000, 20, 3]"},
    "endless frames": {"sequence_shape_in_": f"[{2**62}, 20, 3]"},
    "joints": {"sequence_shape_in_": "[8, 1000000, 3]"},
    "channels": {"sequence_shape_in_": "[8, 20, 1000000]"},
    "all": {"sequence_shape_in_": "[16777216, 16777216, 16777216]"},
    "long classes": {"classes_": '{"dtype": "<U100000000", "values": ["a", "b", "c"]}'},
    "classes of arrays": {"classes_": '{"dtype": "(10000, 10000)f8", "values": [1, 2, 3]}'},
    "many classes": {"classes_": json.dumps({"dtype": "<i8", "values": list(range(100_000))})},
    "many outputs": {"n_outputs_": "16777216"},
}
FORGED_OF = {
    "mlp": ConMLPEmbedder("mlp", reconstruction_weight=1.0, **ALL_STREAMS),
    "mixer": SkeletonClassifier("mixer", **ALL_STREAMS),
    "gru": GRUClassifier(**ALL_STREAMS),
    "own": SkeletonClassifier(lambda n_frames, n_joints, n_channels: Flat(n_frames * n_joints * n_channels), **SIZES),
    "regressor": SkeletonRegressor("mlp", **ALL_STREAMS),
}


@pytest.fixture(scope="module")
def memory_limit():
    """A limit of the address space, 2 GB above what the process has: a larger allocation fails."""
    resource = pytest.importorskip("resource")
    status = Path("/proc/self/statm")
    if not status.exists():
        pytest.skip("the size of the process is not known here")
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(status.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**31, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("name", FORGED_OF)
def test_sizes_that_a_file_only_claims_are_refused_in_little_memory(name, forged, path, memory_limit):
    clone(FORGED_OF[name]).fit(X, Y).save_weights(path)
    rewritten(path, **forged)
    tracemalloc.start()
    refused(clone(FORGED_OF[name]), path, r"do not fit|holds|number of outputs")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200e6


def test_a_header_that_claims_more_than_the_file_holds_is_refused(saved):
    path = saved[1]
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    name = next(name for name in header if name != "__metadata__")
    header[name]["shape"] = [2**20, 2**20]
    header[name]["data_offsets"] = [0, 2**42]
    forged = json.dumps(header).encode()
    path.write_bytes(len(forged).to_bytes(8, "little") + forged + content[8 + length :])
    refused(embedder(), path, r"is damaged, or not a safetensors file")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_not_finite_are_refused_by_file_and_name(value, saved):
    path = saved[1]
    arrays = load_file(path)
    name = sorted(arrays)[3]
    arrays[name].flat[0] = value
    with safetensors.safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
    save_file(arrays, path, metadata)
    refused(embedder(), path, rf"{path.name} holds NaN or infinity in {name}, expected finite weights")


@pytest.mark.parametrize(
    "classes",
    [
        "null",
        "[1, 2, 3]",
        '{"dtype": "<i8", "values": ["a", "b"]}',
        '{"dtype": "O", "values": [1, [2]]}',
        '{"dtype": "<f4", "values": [0.1, 0.2]}',
        '{"dtype": "no dtype", "values": [1, 2]}',
    ],
)
def test_classes_that_no_saved_file_has_are_refused(classes, path):
    classifier().fit(X, Y).save_weights(path)
    refused(classifier(), rewritten(path, classes_=classes), r"holds classes_=")


@pytest.mark.parametrize("n_bytes", [0, 4, 100, -1])
def test_a_truncated_file_is_refused(n_bytes, saved):
    path = saved[1]
    path.write_bytes(path.read_bytes()[:n_bytes])
    refused(embedder(), path, r"is damaged, or not a safetensors file")


def test_a_file_of_something_else_is_refused(path):
    path.write_bytes(b"PK\x03\x04" * 100)
    refused(embedder(), path, r"is damaged, or not a safetensors file .* written by save_weights")


def test_a_file_that_is_not_there_is_told(path):
    with pytest.raises(FileNotFoundError):
        embedder().load_weights(path)


@pytest.mark.parametrize("method", ["save_weights", "load_weights"])
def test_the_extra_is_named_where_safetensors_is_not_installed(method, saved, monkeypatch):
    fitted, path = saved
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    monkeypatch.delattr(safetensors, "numpy")
    with pytest.raises(ImportError, match=r"pip install 'skeletonlearn\[io\]'"):
        getattr(fitted, method)(path)
