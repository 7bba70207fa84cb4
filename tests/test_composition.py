"""The estimators inside scikit-learn's own tools, on sequences of four axes."""

import pickle

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score, cross_validate
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline

from skeletonlearn import ConMLPEmbedder, LinearProbe
from skeletonlearn.datasets import make_actions
from skeletonlearn.model_selection import CrossSubject, LeaveOneSubjectOut
from skeletonlearn.preprocessing import (
    FrameResampler,
    RootCenterer,
    SequenceFlattener,
    ViewAligner,
    make_skeleton_pipeline,
)

SKELETON = "KINECT_V1"


@pytest.fixture(scope="module")
def bunch():
    """Ragged sequences with missing joints: three actions by three subjects."""
    return make_actions(36, n_classes=3, n_subjects=3, n_frames=(12, 20), random_state=0)


@pytest.fixture(scope="module")
def X(bunch):
    return make_skeleton_pipeline(SKELETON, n_frames=10).fit_transform(bunch.sequences)


@pytest.fixture(scope="module")
def y(bunch):
    return bunch.target


@pytest.fixture
def embedder():
    return ConMLPEmbedder("mlp", loss="tcl", max_epochs=2, hidden_dim=16, random_state=0)


@pytest.fixture
def pipe(embedder):
    return Pipeline([("center", RootCenterer(SKELETON)), ("emb", embedder), ("clf", LogisticRegression())])


@pytest.fixture
def routing():
    with config_context(enable_metadata_routing=True):
        yield


def test_x_has_four_axes(X):
    assert X.shape == (36, 10, 20, 3)


def test_pipeline_of_sequences_predicts(pipe, X, y):
    assert pipe.fit(X, y).predict(X).shape == y.shape


def test_pipeline_takes_ragged_sequences_with_missing_joints(bunch):
    pipe = make_pipeline(
        make_skeleton_pipeline(SKELETON, n_frames=10),
        ConMLPEmbedder(max_epochs=2, hidden_dim=16, skeleton=SKELETON, random_state=0),
        LinearProbe(),
    )
    assert pipe.fit(bunch.sequences, bunch.target).predict_proba(bunch.sequences).shape == (36, 3)


def test_labels_reach_the_embedder_inside_a_pipeline(pipe, X, y):
    embedder = pipe.fit(X, y)["emb"]
    alone = clone(embedder).fit(RootCenterer(SKELETON).fit_transform(X), y)
    assert embedder.loss_curve_ == alone.loss_curve_


def test_grid_search_over_the_loss_tries_every_pair(pipe, X, y):
    search = GridSearchCV(pipe, {"emb__k1": [1, 10, 100], "emb__k2": [1, 2]}, cv=2).fit(X, y)
    assert len(search.cv_results_["params"]) == 6
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_grid_search_refits_with_the_best_parameters(pipe, X, y):
    search = GridSearchCV(pipe, {"emb__k1": [1, 100]}, cv=2).fit(X, y)
    assert search.best_estimator_["emb"].k1 == search.best_params_["emb__k1"]
    assert search.predict(X).shape == y.shape


def test_grid_search_can_leave_out_a_step(pipe, X, y):
    search = GridSearchCV(pipe, {"center": ["passthrough", ViewAligner(SKELETON)]}, cv=2).fit(X, y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_cross_validation_scores_every_fold(pipe, X, y):
    assert cross_val_score(pipe, X, y, cv=3).shape == (3,)


def test_cross_validated_predictions_come_for_every_sequence(pipe, X, y):
    assert cross_val_predict(pipe, X, y, cv=3).shape == y.shape


def test_clone_of_a_fitted_pipeline_has_equal_parameters_and_no_weights(pipe, X, y):
    twin = clone(pipe.fit(X, y))
    assert repr(twin.get_params()) == repr(pipe.get_params())
    assert not hasattr(twin["emb"], "network_state_")


def test_clone_fitted_again_gives_the_same_bits(pipe, X, y):
    np.testing.assert_array_equal(clone(pipe).fit(X, y).predict_proba(X), pipe.fit(X, y).predict_proba(X))


def test_pickled_pipeline_gives_the_same_bits(pipe, X, y):
    pipe.fit(X, y)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(pipe)).predict_proba(X), pipe.predict_proba(X))


def test_pandas_output_of_a_pipeline_has_named_columns(X, y, embedder):
    pipe = make_pipeline(RootCenterer(SKELETON), FrameResampler(8), embedder).set_output(transform="pandas")
    frame = pipe.fit(X, y).transform(X)
    assert frame.columns.tolist() == [f"conmlpembedder{at}" for at in range(4 * 16)]
    assert pipe[-1].get_feature_names_out().tolist() == frame.columns.tolist()


def test_pandas_output_has_the_same_numbers(X, y, embedder):
    pipe = make_pipeline(RootCenterer(SKELETON), embedder).fit(X, y)
    plain = pipe.transform(X)
    np.testing.assert_array_equal(pipe.set_output(transform="pandas").transform(X).to_numpy(), plain)


def test_pandas_output_of_flattened_sequences_names_frame_joint_and_channel(X):
    pipe = make_pipeline(RootCenterer(SKELETON), SequenceFlattener()).set_output(transform="pandas")
    frame = pipe.fit_transform(X)
    assert frame.columns[[0, 59, 60]].tolist() == ["frame0_joint0_x", "frame0_joint19_z", "frame1_joint0_x"]


def test_probe_takes_pandas_output(X, y, embedder):
    pipe = make_pipeline(embedder, LinearProbe()).set_output(transform="pandas").fit(X, y)
    assert pipe[-1].feature_names_in_[0] == "conmlpembedder0"


def test_feature_union_of_two_embedders_joins_their_columns(X, y, embedder):
    union = FeatureUnion([("both", embedder), ("motions", clone(embedder).set_params(streams=("motion",)))])
    assert union.fit(X, y).transform(X).shape == (36, 4 * 16 + 16)


def test_sample_weight_reaches_the_probe_through_a_pipeline(routing, X, y, embedder):
    pipe = make_pipeline(embedder, LinearProbe().set_fit_request(sample_weight=True))
    weight = np.where(y == 0, 100.0, 0.01)
    plain, weighted = clone(pipe).fit(X, y), clone(pipe).fit(X, y, sample_weight=weight)
    np.testing.assert_allclose(
        weighted[-1].intercept_, LinearProbe().fit(weighted[0].transform(X), y, sample_weight=weight).intercept_
    )
    assert weighted[-1].intercept_[0] > plain[-1].intercept_[0]


def test_sample_weight_reaches_fit_and_score_of_the_probe_through_a_grid_search(routing, X, y, embedder):
    probe = LinearProbe().set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
    pipe = Pipeline([("emb", embedder), ("probe", probe)])
    # only one class counts, so predicting it always is right
    weight = np.where(y == 0, 1e3, 1e-9)
    search = GridSearchCV(pipe, {"emb__k1": [1, 10]}, cv=2).fit(X, y, sample_weight=weight)
    np.testing.assert_allclose(search.cv_results_["mean_test_score"], 1.0)


def test_subjects_reach_the_splitter_through_a_grid_search(routing, pipe, X, y, bunch):
    search = GridSearchCV(pipe, {"emb__k1": [1, 10]}, cv=CrossSubject([1, 3])).fit(X, y, groups=bunch.subject)
    assert search.n_splits_ == 1


def test_subjects_and_weights_are_routed_together(routing, X, y, bunch, embedder):
    probe = LinearProbe().set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
    pipe = Pipeline([("emb", embedder), ("probe", probe)])
    search = GridSearchCV(pipe, {"probe__C": [0.1, 1.0]}, cv=LeaveOneSubjectOut())
    search.fit(X, y, groups=bunch.subject, sample_weight=np.ones(len(y)))
    assert search.n_splits_ == 3


def test_weights_that_nobody_asked_for_are_refused(routing, X, y, embedder):
    pipe = make_pipeline(embedder, LinearProbe())
    with pytest.raises(ValueError, match=r"sample_weight.*not explicitly set as requested or not requested"):
        pipe.fit(X, y, sample_weight=np.ones(len(y)))


def test_each_subject_is_left_out_once_without_routing(pipe, X, y, bunch):
    results = cross_validate(pipe, X, y, groups=bunch.subject, cv=LeaveOneSubjectOut(), return_indices=True)
    for train, test in zip(results["indices"]["train"], results["indices"]["test"], strict=True):
        assert not set(bunch.subject[train]) & set(bunch.subject[test])
