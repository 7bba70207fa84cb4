"""LinearProbe: the same as scikit-learn's own parts, and an embedder that stays as it is."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skeletonlearn import ConMLPEmbedder, LinearProbe
from skeletonlearn.preprocessing import FrameResampler, JointImputer


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


def test_probe_of_a_table_is_standardised_logistic_regression(X, y):
    table = X.reshape(len(X), -1)
    wanted = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000)).fit(table, y)
    np.testing.assert_allclose(LinearProbe(C=0.1).fit(table, y).predict_proba(table), wanted.predict_proba(table))


def test_sequences_are_flattened(X, y):
    table = X.reshape(len(X), -1)
    np.testing.assert_array_equal(LinearProbe().fit(X, y).coef_, LinearProbe().fit(table, y).coef_)


@pytest.mark.parametrize(("n_classes", "rows"), [(2, 1), (3, 3)])
def test_coefficients_have_one_row_a_class_and_one_row_for_two(X, y, n_classes, rows):
    probe = LinearProbe().fit(X[y < n_classes], y[y < n_classes])
    assert probe.coef_.shape == (rows, 90)
    assert probe.intercept_.shape == (rows,)


def test_decision_function_is_linear_in_the_standardised_features(X, y):
    probe = LinearProbe().fit(X, y)
    linear = probe.scaler_.transform(X.reshape(len(X), -1)) @ probe.coef_.T + probe.intercept_
    np.testing.assert_allclose(probe.decision_function(X), linear)


def test_log_probabilities_are_the_logarithms_of_the_probabilities(X, y):
    probe = LinearProbe().fit(X, y)
    np.testing.assert_allclose(np.exp(probe.predict_log_proba(X)), probe.predict_proba(X))


def test_classes_may_be_words(X, y):
    words = np.array(["sit", "stand", "wave"])[y]
    assert LinearProbe().fit(X, words).score(X, words) == 1.0


def test_weight_of_zero_leaves_a_sample_out(X, y):
    weight = np.where(np.arange(len(y)) < 20, 1.0, 0.0)
    weighted, without = LinearProbe().fit(X, y, sample_weight=weight), LinearProbe().fit(X[:20], y[:20])
    np.testing.assert_allclose(weighted.coef_, without.coef_, rtol=1e-3, atol=1e-5)


def test_balanced_classes_raise_the_probability_of_the_rare_one(X, y):
    rare = np.flatnonzero((y != 2) | (np.arange(len(y)) < 6))
    plain = LinearProbe(C=0.01).fit(X[rare], y[rare])
    balanced = LinearProbe(C=0.01, class_weight="balanced").fit(X[rare], y[rare])
    assert (balanced.predict_proba(X)[:, 2] > plain.predict_proba(X)[:, 2]).all()


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
    ("name", "value"), [("C", 0), ("C", "big"), ("max_iter", 0), ("tol", 0.0), ("class_weight", "even")]
)
def test_wrong_parameter_is_refused(X, y, name, value):
    with pytest.raises(ValueError, match=f"The '{name}' parameter of LinearProbe must be .* Got {value!r}"):
        LinearProbe(**{name: value}).fit(X, y)
