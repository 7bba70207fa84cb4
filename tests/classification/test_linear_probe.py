"""LinearProbe: the same as scikit-learn's own parts, and an embedder that stays as it is."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skeletonlearn import ConMLPEmbedder, LinearProbe
from skeletonlearn.preprocessing import FrameResampler, JointImputer


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def y():
    return np.arange(30) % 3


@pytest.fixture
def X(y):
    """Sequences whose first joint tells the class."""
    X = np.random.default_rng(0).normal(size=(len(y), 6, 5, 3))
    X[:, :, 0] += y[:, None, None]
    return X


@pytest.fixture
def embedder(X, y):
    return ConMLPEmbedder("mlp", max_epochs=2, hidden_dim=16, random_state=0).fit(X, y)


@pytest.fixture(params=[lambda embedder: embedder, FrozenEstimator], ids=["plain", "frozen"])
def frozen(request, embedder):
    return request.param(embedder)


LOSSES = pytest.mark.parametrize("loss", ["squared_error", "log_loss"])


@pytest.mark.parametrize(("C", "wanted_C"), [(0.1, 0.1), ("auto", 0.01)])
def test_logistic_probe_of_a_table_is_standardised_logistic_regression(X, y, C, wanted_C):
    table = X.reshape(len(X), -1)
    wanted = make_pipeline(StandardScaler(), LogisticRegression(C=wanted_C, max_iter=1000)).fit(table, y)
    probe = LinearProbe(loss="log_loss", C=C).fit(table, y)
    np.testing.assert_allclose(probe.predict_proba(table), wanted.predict_proba(table))
    np.testing.assert_allclose(probe.C_, wanted_C)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_ridge_probe_of_a_table_is_a_standardised_ridge_classifier_times_one_number(X, y, n_classes):
    table, y = X.reshape(len(X), -1)[y < n_classes], y[y < n_classes]
    wanted = make_pipeline(StandardScaler(), RidgeClassifier(alpha=5.0)).fit(table, y)
    probe = LinearProbe(C=0.1).fit(table, y)
    ratios = probe.decision_function(table) / wanted.decision_function(table)
    np.testing.assert_allclose(ratios, ratios.flat[0], rtol=1e-6)
    np.testing.assert_array_equal(probe.predict(table), wanted.predict(table))
    assert ratios.flat[0] > 0
    np.testing.assert_allclose(probe.C_, 0.1)


@LOSSES
@pytest.mark.parametrize("n_classes", [2, 3])
def test_most_probable_class_is_predicted(X, y, n_classes, loss):
    X, y = X[y < n_classes], y[y < n_classes]
    probe = LinearProbe(loss=loss).fit(X[:18], y[:18])
    probabilities = probe.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_array_equal(probe.classes_[probabilities.argmax(axis=1)], probe.predict(X))


def test_probabilities_are_as_high_as_the_share_of_right_answers(rng):
    """Two classes that overlap: who is sure to nine tenths is right in nine tenths of the cases."""
    y = np.arange(4000) % 2
    table = rng.normal(size=(4000, 40))
    table[:, 0] += 1.5 * y
    probe = LinearProbe().fit(table[:500], y[:500])
    sure = probe.predict_proba(table[500:]).max(axis=1)
    right = probe.predict(table[500:]) == y[500:]
    for low, high in [(0.5, 0.7), (0.7, 0.9), (0.9, 1.0)]:
        chosen = (sure >= low) & (sure < high)
        assert right[chosen].mean() == pytest.approx(sure[chosen].mean(), abs=0.06)


def test_classes_far_apart_get_finite_probabilities(rng):
    table = rng.normal(size=(60, 2)) + 1000 * (np.arange(60) % 2)[:, None]
    probe = LinearProbe().fit(table, np.arange(60) % 2)
    assert np.isfinite(probe.predict_log_proba(table)).all()
    assert probe.predict_proba(table).max(axis=1).min() > 0.95


def test_probe_of_noise_is_unsure(rng):
    probe = LinearProbe().fit(rng.normal(size=(60, 200)), np.arange(60) % 3)
    assert probe.predict_proba(rng.normal(size=(60, 200))).max() < 0.6


def test_few_features_of_many_that_matter_are_found_better_than_by_logistic_regression(rng):
    """What ridge regression is the default for: classes hidden by what varies more and has nothing to do with them."""
    nuisance = rng.normal(size=(10, 300))
    signal = rng.normal(size=(5, 300)) / 3

    def draw(n):
        y = np.arange(n) % 5
        table = signal[y] + 4 * rng.normal(size=(n, 10)) @ nuisance + 0.3 * rng.normal(size=(n, 300))
        return table, y

    train, test = draw(60), draw(500)
    ridge, logistic = (LinearProbe(loss=loss).fit(*train).score(*test) for loss in ("squared_error", "log_loss"))
    assert ridge > logistic + 0.05


@pytest.mark.parametrize("class_weight", [None, "balanced", {0: 1.0, 1: 3.0, 2: 1.0}])
def test_copies_count_as_weights_do(X, y, class_weight):
    copies = np.r_[np.arange(30), 0, 0, 7]
    weight = np.bincount(copies).astype(float)
    probe = LinearProbe(class_weight=class_weight)
    twice = clone(probe).fit(X[copies], y[copies]).coef_
    np.testing.assert_allclose(probe.fit(X, y, sample_weight=weight).coef_, twice, rtol=1e-6, atol=1e-9)


def test_order_of_the_samples_makes_no_difference(X, y, rng):
    order = rng.permutation(len(y))
    np.testing.assert_allclose(
        LinearProbe().fit(X[order], y[order]).coef_, LinearProbe().fit(X, y).coef_, rtol=1e-6, atol=1e-9
    )


@LOSSES
@pytest.mark.parametrize("C", [1e-308, 1e-12, 1e12, 1e308])
@pytest.mark.parametrize("n_samples", [3, 30])
def test_any_penalty_gives_finite_probabilities(X, y, loss, C, n_samples):
    probe = LinearProbe(loss=loss, C=C).fit(X[:n_samples], y[:n_samples])
    assert np.isfinite(probe.predict_log_proba(X)).all()
    assert probe.C_ == C


def test_features_that_never_differ_tell_nothing(y):
    probe = LinearProbe().fit(np.ones((30, 5)), y)
    np.testing.assert_array_equal(probe.coef_, 0)
    np.testing.assert_allclose(probe.predict_proba(np.ones((30, 5))), 1 / 3)


def test_one_sample_a_class_is_enough(X, y):
    assert LinearProbe().fit(X[:3], y[:3]).score(X[:3], y[:3]) == 1.0


WITHOUT_WEIGHT = {
    "class weight 0": ({"class_weight": {0: 1.0, 1: 3.0, 2: 0.0}}, None),
    "sample weights 0": ({}, np.where(np.arange(30) % 3 == 2, 0.0, 1.0)),
    "sample weights 0, balanced": ({"class_weight": "balanced"}, np.where(np.arange(30) % 3 == 2, 0.0, 1.0)),
    "sample weights that underflow": ({}, np.where(np.arange(30) % 3 == 2, 1e-320, 1.0)),
}


@LOSSES
@pytest.mark.parametrize("given", WITHOUT_WEIGHT)
@pytest.mark.parametrize("n_classes", [3, 4])
def test_class_without_weight_is_known_but_never_predicted(X, y, loss, given, n_classes):
    parameters, weight = WITHOUT_WEIGHT[given]
    y = np.where(np.arange(30) % 5 == 3, 3, y) if n_classes == 4 else y
    weight = weight if weight is None else np.where(y == 2, weight.min(), 1.0)
    probe = LinearProbe(loss=loss, **parameters).fit(X, y, sample_weight=weight)
    assert probe.classes_.tolist() == list(range(n_classes))
    assert probe.coef_.shape == (n_classes, 90)
    assert 2 not in probe.predict(X)
    probabilities = probe.predict_proba(X)
    assert probabilities[:, 2].max() < 1e-15
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


@LOSSES
@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_class_without_weight_changes_nothing_for_the_others(X, y, loss, class_weight):
    probe = LinearProbe(loss=loss, class_weight=class_weight)
    wanted = clone(probe).fit(X[y < 2], y[y < 2]).predict_proba(X)
    found = probe.fit(X, y, sample_weight=(y < 2).astype(float)).predict_proba(X)
    np.testing.assert_allclose(found[:, :2], wanted, rtol=1e-3, atol=1e-5)


@LOSSES
@pytest.mark.parametrize("scale", [1e-300, 1e100, 1e300])
def test_weights_of_any_size_give_finite_probabilities(X, y, loss, scale):
    probe = LinearProbe(loss=loss, class_weight={0: 1.0, 1: 2.0, 2: 1.0}).fit(X, y, sample_weight=np.full(30, scale))
    assert np.isfinite(probe.predict_proba(X)).all()


@pytest.mark.parametrize("scale", [1e-300, 1e100, 1e300])
def test_a_common_factor_of_the_weights_makes_no_difference_to_ridge_regression(X, y, scale):
    weighted = LinearProbe().fit(X, y, sample_weight=np.full(30, scale))
    np.testing.assert_allclose(weighted.coef_, LinearProbe().fit(X, y).coef_, rtol=1e-6, atol=1e-9)


@LOSSES
@pytest.mark.parametrize(
    ("class_weight", "weight", "text"),
    [
        (None, 0.0, "sample_weight is zero for every sample, expected at least one non-zero weight"),
        ("balanced", 0.0, "sample_weight is zero for every sample"),
        ({0: 0.0, 1: 0.0, 2: 0.0}, 1.0, "class_weight=.* gives the weight 0 to every class that has weight in y"),
        ({0: 0.0, 1: 0.0}, 1.0, "y has only one class among samples of positive weight"),
        ({0: 1e200, 1: 1.0, 2: 1.0}, 1e200, "sample_weight times class_weight has inf, expected numbers whose sum"),
        (None, 1e308, "sample_weight has 1e.308, expected numbers whose sum is finite"),
        (None, -1.0, "sample_weight has -1.0, expected non-negative numbers"),
    ],
)
def test_weights_that_nothing_can_be_learned_with_are_named(X, y, loss, class_weight, weight, text):
    with pytest.raises(ValueError, match=text):
        LinearProbe(loss=loss, class_weight=class_weight).fit(X, y, sample_weight=np.full(30, weight))


def test_weights_too_small_for_logistic_regression_are_named(X, y):
    with pytest.raises(ValueError, match=r"sample_weight sums to 3e-307, too little for C=0.01: expected more"):
        LinearProbe(loss="log_loss").fit(X, y, sample_weight=np.full(30, 1e-308))


@LOSSES
def test_tables_as_scikit_learns_output_make_no_difference(frozen, X, y, loss):
    from sklearn import config_context

    wanted = LinearProbe(embedder=frozen, loss=loss).fit(X, y).predict_proba(X)
    with config_context(transform_output="pandas"):
        found = LinearProbe(embedder=frozen, loss=loss).fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("fault", ["NaN in X", "one class", "another shape and no weight"])
def test_fit_that_fails_leaves_the_probe_as_it_was(X, y, fault):
    probe = LinearProbe().fit(X, y)
    before, wanted = dict(vars(probe)), probe.predict_proba(X)
    X_faulty, y_faulty, weight = X[:, :3].copy(), y + 5, None
    if fault == "NaN in X":
        X_faulty[0, 0, 0, 0] = np.nan
    elif fault == "one class":
        y_faulty = np.zeros(30)
    else:
        weight = np.zeros(30)
    with pytest.raises(ValueError, match=r"NaN|class|weight"):
        probe.fit(X_faulty, y_faulty, sample_weight=weight)
    assert vars(probe) == before
    np.testing.assert_array_equal(probe.predict_proba(X), wanted)


def test_fit_that_fails_leaves_a_new_probe_unfitted(X):
    probe = LinearProbe()
    with pytest.raises(ValueError, match="only one class"):
        probe.fit(X, np.zeros(30))
    assert vars(probe) == vars(LinearProbe())


@LOSSES
def test_single_class_is_refused(X, loss):
    with pytest.raises(ValueError, match="class"):
        LinearProbe(loss=loss).fit(X, np.zeros(len(X)))


def test_numbers_that_are_no_classes_are_refused(X):
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        LinearProbe().fit(X, np.linspace(0, 1, len(X)))


def test_sequences_are_flattened(X, y):
    table = X.reshape(len(X), -1)
    np.testing.assert_array_equal(LinearProbe().fit(X, y).coef_, LinearProbe().fit(table, y).coef_)


@LOSSES
@pytest.mark.parametrize(("n_classes", "rows"), [(2, 1), (3, 3)])
def test_coefficients_have_one_row_a_class_and_one_row_for_two(X, y, n_classes, rows, loss):
    probe = LinearProbe(loss=loss).fit(X[y < n_classes], y[y < n_classes])
    assert probe.coef_.shape == (rows, 90)
    assert probe.intercept_.shape == (rows,)


@LOSSES
def test_decision_function_is_linear_in_the_standardised_features(X, y, loss):
    probe = LinearProbe(loss=loss).fit(X, y)
    linear = probe.scaler_.transform(X.reshape(len(X), -1)) @ probe.coef_.T + probe.intercept_
    np.testing.assert_allclose(probe.decision_function(X), linear)


def test_log_probabilities_are_the_logarithms_of_the_probabilities(X, y):
    probe = LinearProbe().fit(X, y)
    np.testing.assert_allclose(np.exp(probe.predict_log_proba(X)), probe.predict_proba(X))


def test_classes_may_be_words(X, y):
    words = np.array(["sit", "stand", "wave"])[y]
    assert LinearProbe().fit(X, words).score(X, words) == 1.0


@LOSSES
def test_weight_of_zero_leaves_a_sample_out(X, y, loss):
    weight = np.where(np.arange(len(y)) < 20, 1.0, 0.0)
    probe = LinearProbe(loss=loss)
    weighted, without = clone(probe).fit(X, y, sample_weight=weight), probe.fit(X[:20], y[:20])
    np.testing.assert_allclose(weighted.coef_, without.coef_, rtol=1e-3, atol=1e-5)


@LOSSES
def test_balanced_classes_raise_the_probability_of_the_rare_one(X, y, loss):
    rare = np.flatnonzero((y != 2) | (np.arange(len(y)) < 6))
    plain = LinearProbe(loss=loss, C=0.01).fit(X[rare], y[rare])
    balanced = LinearProbe(loss=loss, C=0.01, class_weight="balanced").fit(X[rare], y[rare])
    difference = balanced.predict_proba(X)[:, 2] - plain.predict_proba(X)[:, 2]
    # ridge regression calibrates: what was sure of the rare class may be less so
    doubted = y != 2 if loss == "squared_error" else y >= 0
    assert (difference[doubted] > 0).all()
    assert difference.mean() > 0.01


def test_probe_of_an_embedder_is_the_probe_of_its_embeddings(frozen, embedder, X, y):
    embeddings = embedder.transform(X)
    np.testing.assert_array_equal(
        LinearProbe(embedder=frozen).fit(X, y).predict_proba(X),
        LinearProbe().fit(embeddings, y).predict_proba(embeddings),
    )


def test_embedder_is_neither_refitted_nor_replaced(frozen, embedder, X, y):
    before = embedder.transform(X)
    probe = LinearProbe(embedder=frozen).fit(X[:20], y[:20])
    assert probe.embedder is frozen
    np.testing.assert_array_equal(embedder.transform(X), before)


def test_clone_keeps_the_fitted_embedder_and_is_itself_unfitted(frozen, X, y):
    twin = clone(LinearProbe(embedder=frozen, C=0.5).fit(X, y))
    assert twin.embedder is frozen
    assert twin.C == 0.5
    assert not hasattr(twin, "classifier_")


def test_clone_keeps_requests_for_metadata(embedder):
    from sklearn import config_context

    with config_context(enable_metadata_routing=True):
        probe = LinearProbe(embedder=embedder).set_fit_request(sample_weight=True)
        assert clone(probe).get_metadata_routing().fit.requests == {"sample_weight": True}


def test_cross_validation_of_a_fitted_embedder_works(frozen, X, y):
    assert cross_val_score(LinearProbe(embedder=frozen), X, y, cv=3).shape == (3,)


def test_grid_search_over_the_penalty_of_a_fitted_embedder_works(frozen, embedder, X, y):
    search = GridSearchCV(LinearProbe(embedder=frozen), {"C": [0.1, 1.0]}, cv=2).fit(X, y)
    assert search.best_estimator_.embedder is frozen


def test_parameter_of_the_frozen_embedder_cannot_be_searched(embedder, X, y):
    search = GridSearchCV(LinearProbe(embedder=embedder), {"embedder__k1": [1, 10]}, cv=2)
    with pytest.raises(ValueError, match="got embedder__k1, but LinearProbe keeps its embedder frozen: expected"):
        search.fit(X, y)


@pytest.mark.parametrize("wrap", [lambda embedder: embedder, FrozenEstimator], ids=["plain", "frozen"])
def test_unfitted_embedder_is_refused_by_name(wrap, X, y):
    with pytest.raises(NotFittedError, match="expected a fitted embedder, got ConMLPEmbedder that is not fitted"):
        LinearProbe(embedder=wrap(ConMLPEmbedder())).fit(X, y)


def test_what_is_no_embedder_is_refused(X, y):
    with pytest.raises(ValueError, match=r"'embedder' parameter of LinearProbe must be .* Got 'conmlp'"):
        LinearProbe(embedder="conmlp").fit(X, y)


def test_shape_of_the_sequences_is_remembered_with_an_embedder(embedder, X, y):
    probe = LinearProbe(embedder=embedder).fit(X, y)
    assert (probe.sequence_shape_in_, probe.n_features_in_) == ((6, 5, 3), 90)


def test_wrong_joints_are_refused_with_an_embedder(embedder, X, y):
    probe = LinearProbe(embedder=embedder).fit(X, y)
    with pytest.raises(ValueError, match="X has 4 joints, but LinearProbe was fitted with 5 joints"):
        probe.predict(X[:, :, :4])


def test_fitted_pipeline_as_embedder_takes_ragged_sequences_with_missing_joints(X, y):
    ragged = [sequence[: 3 + at % 4] for at, sequence in enumerate(X)]
    ragged[0][1, 2] = np.nan
    pipeline = make_pipeline(
        JointImputer(), FrameResampler(6), ConMLPEmbedder("mlp", max_epochs=1, hidden_dim=16, random_state=0)
    ).fit(ragged, y)
    assert LinearProbe(embedder=pipeline).fit(ragged, y).predict(ragged).shape == (len(y),)


def test_missing_target_of_ragged_sequences_is_refused(X):
    ragged = [X[0], X[1, :4], X[2]]
    embedder = make_pipeline(FrameResampler(6), ConMLPEmbedder("mlp", max_epochs=1, hidden_dim=16)).fit(ragged)
    with pytest.raises(ValueError, match="LinearProbe estimator requires y to be passed, but the target y is None"):
        LinearProbe(embedder=embedder).fit(ragged, None)


def test_embeddings_of_many_axes_are_flattened(X, y):
    embedder = FunctionTransformer(np.tanh).fit(X)
    np.testing.assert_array_equal(
        LinearProbe(embedder=embedder).fit(X, y).coef_, LinearProbe().fit(np.tanh(X), y).coef_
    )


def test_embedder_that_was_fitted_on_a_table_gets_a_table(X, y):
    table = pd.DataFrame(X[:, :, 0, 0], columns=[f"frame{at}" for at in range(6)])
    embedder = PCA(2).fit(table)  # would warn of missing column names, which is an error here
    assert LinearProbe(embedder=embedder).fit(table, y).coef_.shape == (3, 2)


def test_data_frame_of_embeddings_is_taken(embedder, X, y):
    wanted = LinearProbe(embedder=embedder).fit(X, y).coef_
    embedder.set_output(transform="pandas")
    np.testing.assert_array_equal(LinearProbe(embedder=embedder).fit(X, y).coef_, wanted)


def test_pickle_takes_the_embedder_along(frozen, X, y):
    probe = LinearProbe(embedder=frozen).fit(X, y)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(probe)).predict_proba(X), probe.predict_proba(X))


@pytest.mark.parametrize(
    ("name", "value"),
    [("loss", "hinge"), ("C", 0), ("C", "big"), ("max_iter", 0), ("tol", 0.0), ("class_weight", "even")],
)
def test_wrong_parameter_is_refused(X, y, name, value):
    with pytest.raises(ValueError, match=f"The '{name}' parameter of LinearProbe must be .* Got {value!r}"):
        LinearProbe(**{name: value}).fit(X, y)
