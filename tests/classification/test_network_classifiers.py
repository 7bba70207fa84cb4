"""Classifiers that train an encoder end to end."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from torch import nn

from skeletonlearn import ConMLPEmbedder, GRUClassifier, LSTMClassifier, SkeletonClassifier
from skeletonlearn._training.batches import RaggedBatches
from skeletonlearn.augmentation import Jitter
from skeletonlearn.datasets import make_actions
from skeletonlearn.nn import ENCODERS, FUSIONS, TCNEncoder
from skeletonlearn.preprocessing import JointImputer, make_skeleton_pipeline
from skeletonlearn.skeletons import infer_skeleton

SMALL = {"hidden_dim": 16, "max_epochs": 2, "random_state": 0}


@pytest.fixture(scope="module")
def actions():
    return make_actions(40, n_classes=4, n_frames=(10, 30), random_state=0)


@pytest.fixture(scope="module")
def X(actions):
    return make_skeleton_pipeline(actions.skeleton, n_frames=16).fit_transform(actions.sequences).astype(np.float32)


@pytest.fixture(scope="module")
def ragged(actions):
    return JointImputer(skeleton=actions.skeleton).fit_transform(actions.sequences)


@pytest.fixture(scope="module")
def y(actions):
    return actions.target


def learned(X, y, **changes):
    return SkeletonClassifier("tcn", **(SMALL | {"max_epochs": 30, "augmentation": None} | changes)).fit(X, y)


def test_training_lowers_the_loss_and_learns_the_training_set(X, y):
    classifier = learned(X, y)
    assert classifier.loss_curve_[-1] < classifier.loss_curve_[0] / 2
    assert classifier.score(X, y) == 1
    assert classifier.n_iter_ == len(classifier.history_) == 30


@pytest.mark.parametrize("encoder", ENCODERS)
def test_every_encoder_gives_probabilities(encoder, X, y):
    probabilities = SkeletonClassifier(encoder, **SMALL).fit(X, y).predict_proba(X)
    assert probabilities.shape == (len(X), 4)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)


@pytest.mark.parametrize(("fusion", "channels"), [("early", [12]), ("late", [3, 3, 3, 3])])
def test_an_encoder_of_ones_own_is_trained(fusion, channels, X, y):
    def factory(n_frames, n_joints, n_channels):
        return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(n_frames * n_joints * n_channels, 5))

    fitted = SkeletonClassifier(factory, fusion=fusion, **SMALL).fit(X, y)
    assert [part.encoder[1].weight.shape for part in fitted.encoder_.parts] == [(5, 16 * 20 * n) for n in channels]


@pytest.mark.parametrize("loss", ["cross_entropy", "focal", "temporal_cross_entropy"])
@pytest.mark.parametrize("encoder", ["tcn", "gru", "transformer"])
def test_every_loss_trains_encoders_with_time_steps(loss, encoder, X, y):
    history = SkeletonClassifier(encoder, loss=loss, **SMALL).fit(X, y).loss_curve_
    assert np.isfinite(history).all()


def test_steps_of_an_encoder_of_ones_own_predict_however_wide_they_are(X, y):
    def factory(*shape):
        return TCNEncoder(*shape, hidden_dim=5)

    fitted = SkeletonClassifier(factory, loss="temporal_cross_entropy", **SMALL).fit(X, y)
    assert [head.in_features for head in fitted._fitted_networks()["head"].heads] == [5] * 4


def test_every_step_predicts_only_where_the_encoder_has_steps(X, y):
    with pytest.raises(ValueError, match=r"needs an encoder with features for every time step, got .*'mlp'"):
        SkeletonClassifier("mlp", loss="temporal_cross_entropy", **SMALL).fit(X, y)


@pytest.mark.parametrize("fusion", FUSIONS)
def test_cross_entropy_handed_over_as_a_function_learns_the_same(fusion, X, y):
    weighed = SMALL | {"fusion": fusion, "class_weight": {0: 3.0}, "label_smoothing": 0.0}
    named = SkeletonClassifier("mlp", **weighed).fit(X, y, np.linspace(1, 2, len(y)))
    own = SkeletonClassifier("mlp", loss=nn.CrossEntropyLoss(reduction="none"), **weighed)
    own.fit(X, y, np.linspace(1, 2, len(y)))
    np.testing.assert_allclose(own.loss_curve_, named.loss_curve_, rtol=1e-5)


def test_an_own_loss_that_averages_is_refused_with_the_way_out(X, y):
    with pytest.raises(ValueError, match=r"gave shape \(\), expected \(\d+,\) \(reduction='none' for torch's losses\)"):
        GRUClassifier(loss=nn.CrossEntropyLoss(), **SMALL).fit(X, y)
    with pytest.raises(TypeError, match="loss is the class CrossEntropyLoss, expected a function or an instance"):
        GRUClassifier(loss=nn.CrossEntropyLoss, **SMALL).fit(X, y)


def test_focus_changes_the_focal_loss_alone(X, y):
    curves = {
        (loss, gamma): SkeletonClassifier("mlp", loss=loss, gamma=gamma, **SMALL).fit(X, y).loss_curve_
        for loss in ("cross_entropy", "focal")
        for gamma in (0.0, 2.0)
    }
    assert curves["cross_entropy", 0.0] == curves["cross_entropy", 2.0] == curves["focal", 0.0]
    assert curves["focal", 2.0] != curves["focal", 0.0]


@pytest.mark.parametrize("classifier", [GRUClassifier, LSTMClassifier])
def test_lists_of_sequences_of_different_lengths_are_learned(classifier, ragged, y):
    fitted = classifier(augmentation=None, **(SMALL | {"max_epochs": 60, "hidden_dim": 32})).fit(ragged, y)
    assert fitted.sequence_shape_in_ == (None, 20, 3)
    assert fitted.score(ragged, y) > 0.9


@pytest.mark.parametrize("classifier", [GRUClassifier, LSTMClassifier])
def test_garbage_after_the_end_of_sequences_changes_no_bit_of_a_fit(classifier, monkeypatch):
    actions = make_actions(200, n_classes=4, n_frames=(6, 20), random_state=1)
    X = JointImputer(skeleton=actions.skeleton).fit_transform(actions.sequences)
    # views are left out: they see the sequences without what pads them
    clean = classifier(augmentation=None, **SMALL).fit(X, actions.target)
    padded_with_zeros = RaggedBatches.take_padded
    n_padded = []

    def padded_with_garbage(batches, indices):
        batch, lengths = padded_with_zeros(batches, indices)
        for sequence, length in zip(batch, lengths.tolist(), strict=True):
            sequence[length:] = 1e6
            n_padded.append(len(sequence) - length)
        return batch, lengths

    monkeypatch.setattr(RaggedBatches, "take_padded", padded_with_garbage)
    spoilt = classifier(augmentation=None, **SMALL).fit(X, actions.target)
    assert sum(n_padded) > 1000
    for name, array in clean.network_state_.items():
        np.testing.assert_array_equal(spoilt.network_state_[name], array)


@pytest.mark.parametrize(
    "make", [GRUClassifier, LSTMClassifier, lambda **how: SkeletonClassifier("transformer", **how)]
)
def test_a_sequence_among_longer_ones_is_judged_as_alone(make, ragged, y):
    fitted = make(**SMALL).fit(ragged, y)
    alone = np.concatenate([fitted.predict_proba([sequence]) for sequence in ragged])
    np.testing.assert_allclose(fitted.predict_proba(ragged), alone, rtol=1e-4, atol=1e-6)


def test_a_list_of_different_lengths_is_refused_where_the_encoder_takes_one_length(ragged, y):
    with pytest.raises(ValueError, match="put a FrameResampler"):
        SkeletonClassifier("tcn", **SMALL).fit(ragged, y)


def test_another_length_than_in_fit_is_taken_by_recurrent_encoders_only(X, y):
    assert len(GRUClassifier(**SMALL).fit(X, y).predict(X[:, :9])) == len(X)
    with pytest.raises(ValueError, match="X has 9 frames, but SkeletonClassifier was fitted with 16 frames"):
        SkeletonClassifier(**SMALL).fit(X, y).predict(X[:, :9])


def test_a_weight_is_that_many_copies_to_the_bit(X, y):
    weights = np.arange(len(X)) % 3
    weighted = SkeletonClassifier(class_weight="balanced", **SMALL).fit(X, y, sample_weight=weights)
    repeated = SkeletonClassifier(class_weight="balanced", **SMALL).fit(X.repeat(weights, axis=0), y.repeat(weights))
    np.testing.assert_array_equal(weighted.predict_proba(X), repeated.predict_proba(X))


def test_the_order_of_the_samples_makes_no_difference(X, y):
    forwards, backwards = SkeletonClassifier(**SMALL), SkeletonClassifier(**SMALL)
    np.testing.assert_array_equal(forwards.fit(X, y).predict_proba(X), backwards.fit(X[::-1], y[::-1]).predict_proba(X))


def test_only_what_is_learned_from_tells_the_bones(X, y):
    others = X[:, :, ::-1]
    both, labels, weights = np.concatenate([others, X, X]), np.tile(y, 3), np.repeat([0, 1, 2], len(X))
    fitted = GRUClassifier(**SMALL).fit(both, labels, sample_weight=weights)
    assert infer_skeleton(others) != infer_skeleton(X)
    assert fitted.skeleton_ == infer_skeleton(X) != GRUClassifier(**SMALL).fit(both, labels).skeleton_


def test_bones_are_found_in_lists_of_sequences(ragged, y):
    assert GRUClassifier(**SMALL).fit(ragged, y).skeleton_.n_joints == 20


@pytest.mark.parametrize(
    ("weights", "text"),
    [
        ([0.0] * 40, "at least one non-zero"),
        ([1.0] + [0.0] * 39, "y has 1 class among samples of positive weight"),
        ([-1.0] * 40, "[Nn]egative"),
    ],
)
def test_weights_that_leave_nothing_to_learn_are_refused(X, y, weights, text):
    with pytest.raises(ValueError, match=text):
        SkeletonClassifier(**SMALL).fit(X, y, sample_weight=weights)


def weights_of(classifier):
    return list(classifier.network_state_.values())


def classifiers():
    return [
        SkeletonClassifier("mlp", **SMALL),
        GRUClassifier(**SMALL),
        GRUClassifier(loss="temporal_cross_entropy", **SMALL),
        SkeletonClassifier("mlp", loss="focal", early_stopping=True, validation_fraction=0.3, **SMALL),
    ]


every_classifier = pytest.mark.parametrize("classifier", classifiers(), ids=str)
WEIGHTLESS = {
    "weights of samples": lambda y: ({}, np.where(y == 1, 0.0, 2.0)),
    "weight of the class": lambda y: ({"class_weight": {0: 2.0, 1: 0, 2: 2.0, 3: 2.0}}, None),
    "negligible weights": lambda y: ({}, np.where(y == 1, 1e-300, 1.0)),
    "negligible beside huge ones": lambda y: ({}, np.where(y == 1, 1e-10, 1e100)),
}


@pytest.mark.parametrize("weightless", WEIGHTLESS.values(), ids=WEIGHTLESS)
@every_classifier
def test_a_class_without_weight_is_known_but_never_learned(classifier, weightless, X, y):
    parameters, weights = weightless(y)
    fitted = clone(classifier).set_params(**parameters).fit(X, y, weights)
    assert fitted.classes_.tolist() == [0, 1, 2, 3]
    without = clone(classifier).fit(X, y, np.where(y == 1, 0, 1))
    for array, expected in zip(weights_of(fitted), weights_of(without), strict=True):
        np.testing.assert_array_equal(array, expected)


@every_classifier
def test_balanced_classes_may_have_one_without_weight(classifier, X, y):
    weights = np.where(y == 1, 0.0, 1 + y)
    fitted = clone(classifier).set_params(class_weight="balanced").fit(X, y, weights)
    of_the_others = clone(classifier).fit(X, y, np.where(y == 1, 0, 1))
    np.testing.assert_allclose(fitted.loss_curve_, of_the_others.loss_curve_, rtol=1e-5)
    probabilities = fitted.predict_proba(X)
    assert np.isfinite(probabilities).all()
    assert np.ptp(probabilities) > 0


@pytest.mark.parametrize("factor", [1e100, 1e-300, 1e-100, 1e300])
@every_classifier
def test_only_the_proportions_of_weights_count(classifier, factor, X, y):
    plain = clone(classifier).fit(X, y, 1.0 + y)
    weighted = clone(classifier).fit(X, y, factor * (1.0 + y))
    of_classes = clone(classifier).set_params(class_weight={at: factor * (1.0 + at) for at in range(4)}).fit(X, y)
    for fitted in (weighted, of_classes):
        np.testing.assert_allclose(fitted.loss_curve_, plain.loss_curve_, rtol=1e-5)


@pytest.mark.parametrize("class_weight", [{0: 0.0, 1: 0.0, 2: 0, 3: 0}, {0: 0, 1: 0, 2: 0, 3: 0.0}])
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@every_classifier
def test_class_weights_that_are_all_zero_are_refused_by_name(classifier, method, class_weight, X, y):
    options = {"classes": range(4)} if method == "partial_fit" else {}
    with pytest.raises(ValueError, match=r"class_weight=\{0: .* gives the weight 0 to every class"):
        getattr(clone(classifier).set_params(class_weight=class_weight), method)(X, y, **options)


@every_classifier
def test_partial_fit_takes_weights_as_fit_does(classifier, X, y):
    weights = np.where(y == 1, 0.0, 1e100)
    first, second = (
        clone(classifier).partial_fit(X, y, classes=range(4), sample_weight=one) for one in (weights, weights / 1e100)
    )
    np.testing.assert_allclose(first.loss_curve_, second.loss_curve_, rtol=1e-5)
    assert np.isfinite(first.predict_proba(X)).all()


def test_balanced_classes_are_refused_by_partial_fit(X, y):
    with pytest.raises(ValueError, match=r"class_weight='balanced' needs all samples, but partial_fit sees some"):
        SkeletonClassifier("mlp", class_weight="balanced", **SMALL).partial_fit(X, y, classes=range(4))


CHUNKS = {
    "a short last one": slice(32, 35),
    "one sample": slice(32, 33),
    "one class": slice(1, 40, 4),
    "three times one sample": [5, 5, 5],
}


@pytest.mark.parametrize("chunk", CHUNKS.values(), ids=CHUNKS)
@pytest.mark.parametrize("batch_size", ["auto", 16])
@pytest.mark.parametrize("classifier", classifiers()[:3], ids=str)
def test_partial_fit_takes_any_chunk(classifier, batch_size, chunk, X, y):
    fitted = clone(classifier).set_params(batch_size=batch_size)
    for part in (slice(0, 16), slice(16, 32), chunk):
        fitted.partial_fit(X[part], y[part], classes=range(4))
    assert fitted.n_iter_ == 3
    assert np.isfinite(fitted.predict_proba(X)).all()


@pytest.mark.parametrize("chunk", CHUNKS.values(), ids=CHUNKS)
def test_the_first_chunk_may_be_any_too(chunk, X, y):
    fitted = GRUClassifier(**SMALL).partial_fit(X[chunk], y[chunk], classes=range(4))
    assert fitted.classes_.tolist() == [0, 1, 2, 3]
    assert fitted.predict_proba(X).shape == (len(X), 4)


@pytest.mark.parametrize("classifier", [SkeletonClassifier("gru", **SMALL), GRUClassifier(**SMALL)], ids=str)
@pytest.mark.parametrize("sequences", ["array", "ragged"])
def test_a_missing_y_names_the_classifier_itself(classifier, sequences, X, ragged):
    with pytest.raises(ValueError, match=f"This {type(classifier).__name__} estimator requires y to be passed"):
        clone(classifier).fit(X if sequences == "array" else ragged, None)


def test_the_most_probable_classes_come_first(X, y):
    classifier = learned(X, y, max_epochs=3)
    top = classifier.predict_top_k(X, 3)
    probabilities = classifier.predict_proba(X)
    np.testing.assert_array_equal(top[:, 0], classifier.predict(X))
    for row, classes in zip(probabilities, top, strict=True):
        assert sorted(row, reverse=True)[:3] == row[classes].tolist()


@pytest.mark.parametrize("k", [0, 5, 1.5, None])
def test_more_classes_than_there_are_are_refused(X, y, k):
    with pytest.raises(ValueError, match=r"k=.* must be an integer between 1 and the number of classes, 4"):
        learned(X, y, max_epochs=1).predict_top_k(X, k)


def test_class_names_come_back(X, y):
    names = np.array(["d", "b", "c", "a"])[y]
    classifier = learned(X, names)
    assert classifier.classes_.tolist() == ["a", "b", "c", "d"]
    assert (classifier.predict(X) == names).all()


def test_clips_are_averaged(X, y):
    classifier = learned(X, y, max_epochs=3)
    whole = classifier.predict_proba(X)
    several = classifier.set_params(n_clips=4).predict_proba(X)
    assert not np.allclose(whole, several)
    np.testing.assert_allclose(several.sum(axis=1), 1)
    still = np.repeat(X[:, :1], 16, axis=1)
    np.testing.assert_allclose(
        classifier.predict_proba(still), clone_fitted(classifier, n_clips=1).predict_proba(still), rtol=1e-5
    )


def clone_fitted(classifier, **changes):
    return pickle_round_trip(classifier).set_params(**changes)


def pickle_round_trip(estimator):
    import pickle

    return pickle.loads(pickle.dumps(estimator))


@pytest.mark.parametrize("make", [GRUClassifier, lambda **how: SkeletonClassifier("transformer", **how)])
def test_attention_tells_a_weight_for_each_frame(make, X, ragged, y):
    fitted = make(pooling="attention", **SMALL).fit(ragged, y)
    weights = fitted.attention_weights(ragged)
    assert [len(row) for row in weights] == [len(sequence) for sequence in ragged]
    np.testing.assert_allclose([row.sum() for row in weights], 1, rtol=1e-5)
    assert fitted.attention_weights(X).shape == (len(X), 16)


def test_attention_is_that_of_the_pooling(X, y):
    fitted = GRUClassifier(pooling="attention", **SMALL).fit(X, y)
    with torch.no_grad():
        steps, _ = fitted.encoder_.steps(torch.from_numpy(X))
        of_steps = torch.from_numpy(fitted.attention_weights(X)).unflatten(1, (8, 2)).sum(dim=2)  # two frames a step
        weighted = (of_steps[..., None] * steps).sum(dim=1)
        torch.testing.assert_close(weighted, fitted.encoder_(torch.from_numpy(X)))


@pytest.mark.parametrize("classifier", [GRUClassifier(), SkeletonClassifier("cooccurrence"), SkeletonClassifier("gru")])
def test_without_attention_there_are_no_weights_to_tell(classifier, X, y):
    with pytest.raises(AttributeError, match="attention"):
        clone(classifier).set_params(**SMALL).fit(X, y).attention_weights(X)


def test_a_pooling_that_an_encoder_has_not_is_refused(X, y):
    with pytest.raises(ValueError, match="pooling='max' is not for encoder='mlp'"):
        SkeletonClassifier("mlp", pooling="max", **SMALL).fit(X, y)


def test_frames_of_one_step_share_its_attention(X, y):
    weights = SkeletonClassifier("tcn", pooling="attention", **SMALL).fit(X[:, :9], y).attention_weights(X[:, :9])
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(weights[:, :8], weights[:, :1].repeat(8, axis=1))  # one step is eight frames
    assert (np.abs(weights[:, 8] - weights[:, 7]) > 1e-3).all()


def test_attention_that_the_loss_would_not_train_is_refused(X, y):
    with pytest.raises(ValueError, match="not trained by loss='temporal_cross_entropy'"):
        GRUClassifier(loss="temporal_cross_entropy", pooling="attention", **SMALL).fit(X, y)


@pytest.mark.parametrize(("encoder", "compresses"), [("tcn", True), ("slowfast", True), ("gru", False)])
def test_heads_see_the_logarithm_of_pooled_activations(encoder, compresses, X, y):
    fitted = SkeletonClassifier(encoder, fusion="early", **SMALL).fit(X, y)
    with torch.inference_mode():
        pooled = fitted.encoder_(torch.from_numpy(X)).double().numpy()
    weight, bias = (each.double().numpy() for each in fitted._fitted_networks()["head"].state_dict().values())
    logits = (np.log(1 + 10 * pooled) if compresses else pooled) @ weight.T + bias
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(fitted.predict_proba(X), expected, atol=1e-5)


@pytest.mark.parametrize(("fusion", "n_heads"), [("early", 1), ("late", 4)])
def test_where_every_step_predicts_the_sequence_gets_their_mean(fusion, n_heads, X, y):
    fitted = GRUClassifier(loss="temporal_cross_entropy", fusion=fusion, **SMALL).fit(X, y)
    with torch.no_grad():
        steps, _ = fitted.encoder_.steps(torch.from_numpy(X))
        of_steps = fitted._fitted_networks()["head"](steps).softmax(dim=3)
    assert of_steps.shape == (len(X), 8, n_heads, 4)
    np.testing.assert_allclose(fitted.predict_proba(X), of_steps.mean(dim=(1, 2)), rtol=1e-4, atol=1e-6)


def test_early_stopping_keeps_the_best_weights(X, y):
    fitted = SkeletonClassifier("mlp", early_stopping=True, n_iter_no_change=2, **(SMALL | {"max_epochs": 40})).fit(
        X, y
    )
    assert fitted.n_iter_ == len(fitted.validation_curve_) <= 40
    assert fitted.validation_curve_[-1] >= min(fitted.validation_curve_)


def test_a_view_of_ones_own_is_used_and_checked(X, y):
    seen = []

    def view(batch, generator):
        seen.append(len(batch))
        return batch

    SkeletonClassifier(augmentation=view, **SMALL).fit(X, y)
    assert sum(seen) == 2 * len(X)
    with pytest.raises(ValueError, match="expected a tensor of the batch's shape"):
        SkeletonClassifier(augmentation=lambda batch, generator: batch[:, :, 1:], **SMALL).fit(X, y)
    with pytest.raises(TypeError, match="expected an object called as view"):
        SkeletonClassifier(augmentation=Jitter, **SMALL).fit(X, y)


def every_second_frame(batch, generator):
    return batch[:, ::2]


@pytest.mark.parametrize("encoder", ["tcn", "slowfast", "cooccurrence", "gru", "lstm", "transformer"])
def test_a_view_may_have_fewer_frames_where_the_encoder_takes_any_number(encoder, X, y):
    fitted = SkeletonClassifier(encoder, augmentation=every_second_frame, **SMALL).fit(X, y)
    assert fitted.predict_proba(X).shape == (len(X), 4)


@pytest.mark.parametrize("encoder", ["mlp", "mixer"])
def test_fewer_frames_are_refused_where_the_encoder_takes_one_number_only(encoder, X, y):
    with pytest.raises(ValueError, match=r"gave shape \(\d+, 8, 20, 3\), expected .* shape \(\d+, 16, 20, 3\)\.$"):
        SkeletonClassifier(encoder, augmentation=every_second_frame, **SMALL).fit(X, y)


def test_a_view_of_fewer_frames_is_seen_in_ragged_sequences_without_what_pads_them(ragged, y):
    lengths = []

    def view(batch, generator):
        lengths.append(batch.shape[1])
        return batch[:, : max(1, batch.shape[1] // 2)]

    fitted = GRUClassifier(augmentation=view, **SMALL).fit(ragged, y)
    assert set(lengths) == {len(sequence) for sequence in ragged}
    assert fitted.predict_proba(ragged).shape == (len(ragged), 4)


@pytest.fixture(scope="module", params=FUSIONS)
def embedder(request, X, y):
    streams = {"streams": ("joint", "bone"), "fusion": request.param, "skeleton": "KINECT_V1"}
    return ConMLPEmbedder("tcn", hidden_dim=16, max_epochs=2, random_state=0, **streams).fit(X, y)


def test_a_frozen_encoder_stays_as_it_was_and_the_last_layer_learns(embedder, X, y):
    before = {name: array.copy() for name, array in embedder.network_state_.items()}
    settings = {**SMALL, "max_epochs": 10}
    fitted = SkeletonClassifier(pretrained=embedder, freeze=True, augmentation=None, **settings).fit(X, y)
    for name, array in embedder.encoder_.state_dict().items():
        np.testing.assert_array_equal(fitted.network_state_[f"encoder.{name}"], array.numpy())
    assert fitted.loss_curve_[-1] < fitted.loss_curve_[0]
    for name, array in before.items():
        np.testing.assert_array_equal(embedder.network_state_[name], array)


def test_fine_tuning_starts_from_the_embedder_and_leaves_it_alone(embedder, X, y):
    tiny = SkeletonClassifier(pretrained=embedder, learning_rate=1e-9, weight_decay=0.0, **SMALL).fit(X, y)
    tuned = SkeletonClassifier(pretrained=FrozenEstimator(embedder), **SMALL).fit(X, y)
    pretrained = {f"encoder.{name}": weight.numpy(force=True) for name, weight in embedder.encoder_.named_parameters()}
    for name, weight in pretrained.items():
        np.testing.assert_allclose(tiny.network_state_[name], weight, atol=1e-6)
        assert not np.allclose(tuned.network_state_[name], weight, atol=1e-6), name
    np.testing.assert_array_equal(embedder.transform(X), pickle_round_trip(embedder).transform(X))
    assert tuned.skeleton_ == embedder.skeleton_


def test_what_is_predicted_does_not_depend_on_parameters_that_changed_since(embedder, X, y):
    with pytest.raises(NotFittedError):
        SkeletonClassifier(pretrained="no embedder").predict(X)
    classifier = SkeletonClassifier(pretrained=embedder, **SMALL).fit(X, y)
    before = classifier.predict_proba(X)
    np.testing.assert_array_equal(classifier.set_params(pretrained=None, encoder="gru").predict_proba(X), before)


def test_clones_and_grid_searches_share_the_fitted_embedder(embedder, X, y):
    classifier = SkeletonClassifier(pretrained=embedder, **SMALL)
    assert clone(classifier).pretrained is embedder
    search = GridSearchCV(classifier, {"freeze": [True, False]}, cv=2).fit(X, y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_what_is_no_fitted_embedder_is_refused(embedder, X, y):
    with pytest.raises(NotFittedError):
        SkeletonClassifier(pretrained=ConMLPEmbedder(), **SMALL).fit(X, y)
    with pytest.raises(ValueError, match="must be a fitted ConMLPEmbedder"):
        SkeletonClassifier(pretrained=JointImputer().fit(X), **SMALL).fit(X, y)
    with pytest.raises(ValueError, match=r"X has sequences of shape \(8, 20, 3\), but the pretrained"):
        SkeletonClassifier(pretrained=embedder, **SMALL).fit(X[:, :8], y)
    with pytest.raises(ValueError, match="freeze=True needs a fitted embedder, got pretrained=None"):
        SkeletonClassifier(freeze=True, **SMALL).fit(X, y)


def test_random_state_and_threads_of_the_process_are_left_alone(X, y):
    np.random.seed(3)  # noqa: NPY002
    torch.manual_seed(3)
    before = (np.random.get_state()[1].tolist(), torch.get_rng_state().tolist(), torch.get_num_threads())  # noqa: NPY002
    GRUClassifier(**SMALL).fit(X, y).predict(X)
    assert before == (np.random.get_state()[1].tolist(), torch.get_rng_state().tolist(), torch.get_num_threads())  # noqa: NPY002


_FIT = """
import hashlib, numpy as np, torch
torch.set_num_threads(1)
from skeletonlearn import GRUClassifier, SkeletonClassifier
X = np.random.default_rng(0).normal(size=(20, 12, 20, 3)).astype(np.float32)
for kind in (SkeletonClassifier, GRUClassifier):
    fitted = kind(hidden_dim=16, max_epochs=2, random_state=0, skeleton="KINECT_V1").fit(X, np.arange(20) % 3)
    print(hashlib.sha256(fitted.predict_proba(X).tobytes()).hexdigest())
"""


def test_two_processes_fit_the_same_bits():
    runs = [
        subprocess.run(
            [sys.executable, "-c", _FIT],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    ]
    assert runs[0] == runs[1]
    assert len(runs[0].split()) == 2


def test_numpy_numbers_are_parameters_like_others(X, y):
    plain = LSTMClassifier(hidden_dim=8, n_layers=2, bidirectional=True, dropout=0.25, max_epochs=1, random_state=0)
    of_a_grid = {
        "hidden_dim": np.int64(8),
        "n_layers": np.int64(2),
        "bidirectional": np.True_,
        "dropout": np.float32(0.25),
    }
    other = clone(plain).set_params(**of_a_grid)
    np.testing.assert_array_equal(other.fit(X, y).predict_proba(X), plain.fit(X, y).predict_proba(X))


@pytest.mark.parametrize("as_list", [True, False])
def test_nobody_is_of_all_classes_with_equal_probability(as_list, ragged, y):
    classifier = GRUClassifier(n_clips=2, **SMALL).fit(ragged, y)
    people = [clip[:8] for clip in ragged[:3]]
    nobody = [*people[:2], np.zeros_like(people[0]), people[2]]
    with pytest.warns(UserWarning, match="^GRUClassifier: sequence 2 of X shows nobody"):
        probabilities = classifier.predict_proba(nobody if as_list else np.stack(nobody))
    np.testing.assert_array_equal(probabilities[2], np.full(4, 0.25))
    np.testing.assert_allclose(probabilities[[0, 1, 3]], classifier.predict_proba(people), rtol=1e-5)
    with pytest.warns(UserWarning, match="shows nobody"):
        assert classifier.predict(nobody)[2] == classifier.classes_[0]
