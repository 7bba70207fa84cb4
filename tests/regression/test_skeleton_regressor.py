"""SkeletonRegressor."""

import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

from skeletonlearn import ConMLPEmbedder, SkeletonRegressor
from skeletonlearn.datasets import make_actions
from skeletonlearn.losses import squared_error
from skeletonlearn.nn import ENCODERS, FUSIONS
from skeletonlearn.preprocessing import make_skeleton_pipeline

SMALL = {"hidden_dim": 16, "max_epochs": 2, "random_state": 0, "device": "cpu"}
SKELETON = "KINECT_V1"


def sequences(n_samples=40):
    """Bodies that stand still but for noise, and the height to which the right hand (joint 11) is raised."""
    rng = np.random.default_rng(0)
    raised = rng.uniform(0, 2, n_samples)
    X = rng.normal(size=(1, 1, 20, 3)) + rng.normal(0, 0.02, (n_samples, 12, 20, 3))
    X[:, :, 11, 1] += raised[:, None]
    return X.astype(np.float32), raised


X, RAISED = sequences()
RAGGED = [sequence[: 6 + at % 7] for at, sequence in enumerate(X)]


def regressor(encoder="tcn", **changes):
    return SkeletonRegressor(encoder, **(SMALL | {"augmentation": None} | changes))


def learned(y=RAISED, encoder="mlp", **changes):
    quick = {"max_epochs": 60, "dropout": 0.0, "batch_size": 20, "learning_rate": 5e-3, "streams": ("joint",)}
    return regressor(encoder, **(quick | changes)).fit(X, y)


def assert_same_weights(first, second):
    assert first.network_state_.keys() == second.network_state_.keys()
    for name, array in first.network_state_.items():
        np.testing.assert_array_equal(array, second.network_state_[name], err_msg=name, strict=True)


# what it learns


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber"])
@pytest.mark.parametrize("encoder", ["mlp", "tcn", "gru"])
def test_a_simple_target_is_learned(encoder, loss):
    assert learned(encoder=encoder, loss=loss).score(X, RAISED) > 0.9


@pytest.mark.parametrize(("factor", "offset"), [(30.0, 20.0), (1e6, 0.0), (1e6, 5e6), (1e-3, 0.0)])
def test_targets_of_any_unit_are_learned_alike(factor, offset):
    # in one batch, so that the order makes no difference: it comes from sequences and targets
    plain, scaled = (
        learned(y, max_epochs=10, batch_size=len(X)).predict(X) for y in (RAISED, RAISED * factor + offset)
    )
    np.testing.assert_allclose((scaled - offset) / factor, plain, rtol=0, atol=1e-4)


def test_several_targets_are_learned_together():
    targets = np.stack([RAISED, 100 - 30 * RAISED], axis=1)
    fitted = learned(targets, encoder="tcn")
    assert fitted.n_outputs_ == 2
    assert fitted.predict(X).shape == targets.shape
    assert fitted.score(X, targets) > 0.9


@pytest.mark.parametrize("fusion", FUSIONS)
def test_every_fusion_learns(fusion):
    assert learned(encoder="tcn", fusion=fusion, streams=("joint", "motion"), skeleton=None).score(X, RAISED) > 0.9


def test_a_column_is_the_target_that_a_vector_is():
    vector, column = regressor().fit(X, RAISED), regressor().fit(X, RAISED[:, None])
    assert_same_weights(vector, column)
    assert vector.predict(X).shape == column.predict(X).shape == (len(X),)


def test_integers_are_targets_like_floats():
    ages = np.arange(len(X))
    assert_same_weights(regressor().fit(X, ages), regressor().fit(X, ages.astype(np.float64)))


def test_a_constant_target_is_predicted():
    np.testing.assert_allclose(learned(np.full(len(X), 7.0)).predict(X), 7.0, atol=0.5)


def test_a_target_that_is_constant_beside_another_is_predicted():
    fitted = learned(np.stack([RAISED, np.full(len(X), 7.0)], axis=1))
    np.testing.assert_allclose(fitted.predict(X)[:, 1], 7.0, atol=0.5)


@pytest.mark.parametrize("encoder", ENCODERS)
def test_every_encoder_gives_finite_predictions(encoder):
    fitted = SkeletonRegressor(encoder, **SMALL).fit(X, RAISED)
    assert fitted.predict(X).dtype == np.float64
    assert np.isfinite(fitted.predict(X)).all()


# losses


def test_a_loss_of_ones_own_learns_as_the_named_one():
    def own(prediction, target):
        return 0.5 * (prediction - target).square().mean(dim=1)

    named = regressor("mlp", streams=("joint",)).fit(X, RAISED, np.linspace(1, 2, len(X)))
    mine = regressor("mlp", streams=("joint",), loss=own).fit(X, RAISED, np.linspace(1, 2, len(X)))
    np.testing.assert_allclose(mine.loss_curve_, named.loss_curve_, rtol=1e-5)


def test_a_loss_that_averages_over_the_samples_is_refused():
    with pytest.raises(ValueError, match=r"gave shape \(\), expected \(\d+,\)"):
        regressor(loss=squared_error).fit(X, RAISED)


def test_delta_changes_the_huber_loss_only():
    curves = {
        (loss, delta): regressor("mlp", loss=loss, delta=delta).fit(X, RAISED).loss_curve_
        for loss in ("squared_error", "huber")
        for delta in (0.1, 1.0)
    }
    assert curves["squared_error", 0.1] == curves["squared_error", 1.0]
    assert curves["huber", 0.1] != curves["huber", 1.0]


def test_outliers_pull_the_absolute_error_less():
    y = RAISED.copy()
    y[:3] = 100.0
    errors = {
        loss: np.median(np.abs(learned(y, loss=loss, max_epochs=20).predict(X) - RAISED))
        for loss in ("squared_error", "absolute_error")
    }
    assert errors["absolute_error"] < errors["squared_error"]


# weights of samples


def test_a_weight_is_that_many_copies_to_the_bit():
    weights = np.arange(len(X)) % 3
    weighted = regressor().fit(X, RAISED, sample_weight=weights)
    assert_same_weights(weighted, regressor().fit(np.repeat(X, weights, axis=0), np.repeat(RAISED, weights)))


def test_the_order_of_the_samples_makes_no_difference():
    order = np.random.default_rng(1).permutation(len(X))
    assert_same_weights(regressor().fit(X, RAISED), regressor().fit(X[order], RAISED[order]))


def test_equal_sequences_with_different_targets_are_two_samples():
    twice, targets = np.concatenate([X[:5], X[:5]]), np.arange(10.0)
    fitted = regressor(max_epochs=1, batch_size=10).fit(twice, targets)
    np.testing.assert_allclose(fitted._fitted_networks()["head"].mean, targets.mean())


@pytest.mark.parametrize("weights", [np.zeros(40), np.full(40, -1.0), np.full(40, np.nan), np.ones(39)])
def test_weights_that_cannot_be_are_refused(weights):
    with pytest.raises(ValueError, match=r"sample_weight|Sample weights|Input"):
        regressor().fit(X, RAISED, sample_weight=weights)


# encoders: pretrained, of sequences of any length, attentive


@pytest.fixture(scope="module")
def embedder():
    return ConMLPEmbedder("tcn", streams=("joint", "motion"), hidden_dim=16, max_epochs=1, random_state=0).fit(X)


def test_a_frozen_encoder_stays_as_it_was_and_the_last_layer_learns(embedder):
    fitted = regressor(pretrained=embedder, freeze=True, max_epochs=10).fit(X, RAISED)
    for name, weight in embedder.encoder_.state_dict().items():
        np.testing.assert_array_equal(fitted.network_state_[f"encoder.{name}"], weight.numpy())
    assert fitted.loss_curve_[-1] < fitted.loss_curve_[0]


def test_fine_tuning_starts_from_the_embedder_and_leaves_it_as_it_was(embedder):
    before = pickle.loads(pickle.dumps(embedder.network_state_))
    tuned = regressor(pretrained=FrozenEstimator(embedder)).fit(X, RAISED)
    hardly = regressor(pretrained=embedder, learning_rate=1e-9, weight_decay=0.0).fit(X, RAISED)
    for name, weight in embedder.encoder_.named_parameters():
        np.testing.assert_allclose(hardly.network_state_[f"encoder.{name}"], weight.detach(), atol=1e-6)
        assert not np.allclose(tuned.network_state_[f"encoder.{name}"], weight.detach(), atol=1e-6), name
    for name, array in before.items():
        np.testing.assert_array_equal(embedder.network_state_[name], array)


@pytest.mark.parametrize("encoder", ["gru", "lstm", "transformer"])
def test_sequences_of_different_lengths_are_learned(encoder):
    fitted = regressor(encoder, max_epochs=40, learning_rate=5e-3).fit(RAGGED, RAISED)
    assert fitted.sequence_shape_in_ == (None, 20, 3)
    assert fitted.score(RAGGED, RAISED) > 0.8


def test_a_sequence_among_longer_ones_is_predicted_as_alone():
    fitted = regressor("gru").fit(RAGGED, RAISED)
    alone = np.concatenate([fitted.predict([sequence]) for sequence in RAGGED[:6]])
    np.testing.assert_allclose(fitted.predict(RAGGED)[:6], alone, rtol=1e-4, atol=1e-5)


def test_attention_weights_of_each_sequence_sum_to_one():
    fitted = regressor("gru", pooling="attention").fit(RAGGED, RAISED)
    weights = fitted.attention_weights(RAGGED)
    assert [len(row) for row in weights] == [len(sequence) for sequence in RAGGED]
    np.testing.assert_allclose([row.sum() for row in weights], 1, rtol=1e-5)


def test_without_attention_there_are_no_attention_weights():
    assert not hasattr(regressor("gru").fit(X, RAISED), "attention_weights")


def test_predictions_of_several_clips_are_averaged():
    fitted = regressor("gru").fit(X, RAISED)
    whole = fitted.predict(X)
    several = fitted.set_params(n_clips=3).predict(X)
    assert several.shape == whole.shape
    assert not np.allclose(several, whole)
    still = np.repeat(X[:, :1], 12, axis=1)
    np.testing.assert_allclose(fitted.predict(still), fitted.set_params(n_clips=1).predict(still), rtol=1e-6)


# persistence


def test_weights_that_were_saved_give_the_same_predictions(tmp_path):
    pytest.importorskip("safetensors")
    targets = np.stack([RAISED, 50 * RAISED], axis=1)
    fitted = regressor().fit(X, targets)
    fitted.save_weights(tmp_path / "weights")
    loaded = clone(fitted).load_weights(tmp_path / "weights")
    assert loaded.n_outputs_ == 2
    np.testing.assert_array_equal(loaded.predict(X), fitted.predict(X))


def test_weights_of_a_classifier_are_refused(tmp_path, embedder):
    pytest.importorskip("safetensors")
    embedder.save_weights(tmp_path / "weights")
    with pytest.raises(ValueError, match="weights of a ConMLPEmbedder, expected those of a SkeletonRegressor"):
        regressor().load_weights(tmp_path / "weights")


@pytest.mark.parametrize("targets", [RAISED, np.stack([RAISED, 50 + 9 * RAISED], axis=1)], ids=["one", "two"])
def test_an_onnx_model_predicts_the_same(targets, tmp_path):
    runtime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    fitted = regressor().fit(X, targets)
    fitted.to_onnx(tmp_path / "model.onnx")
    session = runtime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    (prediction,) = session.run(["prediction"], {"sequences": X})
    np.testing.assert_allclose(prediction.reshape(targets.shape), fitted.predict(X), rtol=1e-4, atol=1e-4)


# further training


def test_partial_fit_learns_call_by_call():
    fitted = regressor("mlp", dropout=0.0, streams=("joint",), learning_rate=5e-3, batch_size=20)
    for _ in range(60):
        fitted.partial_fit(X, RAISED)
    assert fitted.n_iter_ == 60
    assert fitted.score(X, RAISED) > 0.9


def test_partial_fit_keeps_the_unit_of_its_first_call():
    fitted = regressor().partial_fit(X[:20], RAISED[:20])
    mean = fitted.network_state_["head.mean"].copy()
    fitted.partial_fit(X[20:], 1000 + RAISED[20:])
    np.testing.assert_array_equal(fitted.network_state_["head.mean"], mean)


@pytest.mark.parametrize("chunk", [slice(32, 35), slice(32, 33), [5, 5, 5]], ids=["short", "one", "thrice one"])
def test_partial_fit_takes_any_chunk(chunk):
    fitted = regressor(batch_size=16)
    for part in (slice(0, 16), slice(16, 32), chunk):
        fitted.partial_fit(X[part], RAISED[part])
    assert np.isfinite(fitted.predict(X)).all()
    assert np.isfinite(regressor().partial_fit(X[chunk], RAISED[chunk]).predict(X)).all()


@pytest.mark.parametrize("method", ["partial_fit", "fit"])
def test_another_number_of_targets_than_before_is_refused(method):
    fitted = regressor(warm_start=True).fit(X, RAISED)
    with pytest.raises(ValueError, match="y has 2 outputs, but SkeletonRegressor was fitted with 1"):
        getattr(fitted, method)(X, np.stack([RAISED, RAISED], axis=1))


def test_a_warm_start_goes_on_from_the_last_weights():
    once = learned(max_epochs=20)
    twice = learned(max_epochs=20, warm_start=True).fit(X, RAISED)
    errors = [np.square(fitted.predict(X) - RAISED).mean() for fitted in (once, twice)]
    assert errors[1] < errors[0]
    assert not np.array_equal(twice.predict(X), once.predict(X))


def test_early_stopping_keeps_the_weights_of_the_lowest_validation_loss():
    fitted = learned(early_stopping=True, n_iter_no_change=3, validation_fraction=0.25, max_epochs=100)
    assert fitted.n_iter_ == len(fitted.validation_curve_)
    assert fitted.validation_curve_[-1] >= min(fitted.validation_curve_)


# inside of scikit-learn's tools


def test_a_pipeline_from_raw_sequences_is_cross_validated():
    actions = make_actions(24, n_classes=3, n_frames=(10, 20), missing=0.05, random_state=0)
    pipeline = make_pipeline(make_skeleton_pipeline(SKELETON, n_frames=12), SkeletonRegressor("mlp", **SMALL))
    scores = cross_val_score(pipeline, actions.sequences, actions.target.astype(float), cv=3)
    assert scores.shape == (3,)
    assert np.isfinite(scores).all()


def test_losses_are_searched_over():
    search = GridSearchCV(regressor("mlp"), {"loss": ["squared_error", "huber"], "delta": [np.float32(0.5)]}, cv=2)
    assert search.fit(X, RAISED).predict(X).shape == (len(X),)


# refused targets


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.where(np.arange(40) == 3, np.nan, 1.0), "Input y contains NaN"),
        (np.where(np.arange(40) == 3, -np.inf, 1.0), "Input y contains infinity"),
        (np.where(np.arange(40) == 3, 1e300, 1.0), "y has values that are too large for float32"),
        (np.full(40, "old"), "could not convert string to float: .*'old'"),
        (np.full((40, 0), 1.0), r"0 feature\(s\)"),
        (None, "This SkeletonRegressor estimator requires y to be passed"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_targets_that_cannot_be_learned_are_refused(method, y, message):
    fitted = regressor()
    with pytest.raises(ValueError, match=message):
        getattr(fitted, method)(X, y)
    assert not fitted.__sklearn_is_fitted__()


def test_missing_targets_are_refused_for_sequences_of_different_lengths_too():
    with pytest.raises(ValueError, match="This SkeletonRegressor estimator requires y to be passed"):
        regressor("gru").fit(RAGGED, None)


def test_an_embedder_says_how_to_learn_beside_targets_that_are_numbers():
    with pytest.raises(ValueError, match=r"y has continuous values such as .* pass supervised=False"):
        ConMLPEmbedder("mlp", **SMALL).fit(X, RAISED)
    plain = ConMLPEmbedder("mlp", supervised=False, **SMALL)
    np.testing.assert_array_equal(clone(plain).fit(X, RAISED).transform(X), clone(plain).fit(X).transform(X))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an accelerator")
def test_a_fit_on_an_accelerator_predicts_alike_on_the_processor():
    fitted = regressor(device="cuda").fit(X, 20 + 30 * RAISED)
    on_device = fitted.predict(X)
    loaded = pickle.loads(pickle.dumps(fitted)).set_params(device="cpu")
    np.testing.assert_allclose(loaded.predict(X), on_device, rtol=1e-2, atol=1)
