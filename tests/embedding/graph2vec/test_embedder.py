"""Graph2VecEmbedder: what it adds to the promises that tests/test_common.py checks on all estimators."""

import copy
import pickle
import subprocess
import sys

import networkx as nx
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skeletonlearn.datasets import make_actions
from skeletonlearn.embedding._graph2vec import Graph2VecEmbedder
from skeletonlearn.preprocessing import make_skeleton_pipeline

from .conftest import karateclub_words

SKELETON = "KINECT_V1"


def embedder(**parameters):
    return Graph2VecEmbedder(SKELETON, **{"n_graphs": 5, "dimensions": 8, "random_state": 0, **parameters})


@pytest.fixture(scope="session")
def fitted(walks):
    return embedder(output="sequence").fit(walks)


@pytest.fixture(scope="module")
def actions():
    """Aligned synthetic actions of six classes, and the classes."""
    bunch = make_actions(240, n_classes=6, n_frames=(24, 40), random_state=0)
    return make_skeleton_pipeline(SKELETON, n_frames=24).fit_transform(bunch.sequences), bunch.target


# what comes out


@pytest.mark.parametrize(("output", "shape"), [("flat", (24, 40)), ("mean", (24, 8)), ("sequence", (24, 5, 8))])
def test_output_is_a_row_or_a_sequence_of_vectors(walks, output, shape):
    vectors = embedder(output=output).fit_transform(walks)
    assert vectors.shape == shape
    assert vectors.dtype == np.float32


def test_flat_and_mean_are_made_of_the_sequence(walks, fitted):
    sequence = fitted.transform(walks)
    flat, mean = (copy.deepcopy(fitted).set_params(output=output).transform(walks) for output in ("flat", "mean"))
    np.testing.assert_array_equal(flat, sequence.reshape(24, -1))
    np.testing.assert_allclose(mean, sequence.mean(axis=1), atol=1e-6)


@pytest.mark.parametrize(("output", "n_columns"), [("flat", 40), ("mean", 8)])
def test_columns_of_two_dimensional_output_have_names(walks, output, n_columns):
    frame = embedder(output=output).set_output(transform="pandas").fit_transform(walks)
    assert frame.columns.tolist() == [f"graph2vecembedder{at}" for at in range(n_columns)]


def test_sequences_of_vectors_come_as_arrays_whatever_the_container(walks):
    assert type(embedder(output="sequence").set_output(transform="pandas").fit_transform(walks)) is np.ndarray


def test_sequences_of_vectors_have_no_feature_names(fitted):
    assert not hasattr(fitted, "get_feature_names_out")


def test_short_sequences_have_as_many_graphs_as_frames(walks):
    assert embedder(n_graphs=60).fit(walks).n_graphs_ == 10


def test_graphs_of_several_frames_are_as_many_as_there_is_room_for(walks):
    assert embedder(n_graphs=60, frames_per_graph=4).fit(walks).n_graphs_ == 7


# which frames count


def test_vector_of_a_graph_is_that_of_its_frame(walks):
    every_frame = embedder(n_graphs=10, output="sequence", features=("position",)).fit(walks)
    vectors = every_frame.transform(walks)
    swapped = walks[:, [0, 7, 2, 3, 4, 5, 6, 1, 8, 9]]
    np.testing.assert_allclose(every_frame.transform(swapped)[:, [1, 7]], vectors[:, [7, 1]], atol=1e-6)


def test_ragged_sequences_are_resampled_each(walks, fitted):
    ragged = [walks[0], walks[1, :9], walks[2, :7]]
    apart = np.concatenate([fitted.transform(one[None]) for one in ragged])
    np.testing.assert_allclose(fitted.transform(ragged), apart, atol=1e-6)


def test_ragged_sequences_are_fitted(walks):
    ragged = [one[: 6 + at % 5] for at, one in enumerate(walks)]
    model = embedder().fit(ragged)
    assert model.sequence_shape_in_ == (None, 20, 3)
    assert model.transform(ragged).shape == (24, 40)


def test_sequences_shorter_than_a_graph_are_refused(walks):
    with pytest.raises(ValueError, match="a sequence of 3 frames, expected at least frames_per_graph=4"):
        embedder(frames_per_graph=4).fit(walks).transform(walks[:, :3])


# determinism


def test_transform_of_a_slice_equals_slice_of_transform(walks, fitted):
    (whole,) = (fitted._inference.infer(ids) for ids in fitted._words.ids(walks))
    (part,) = (fitted._inference.infer(ids) for ids in fitted._words.ids(walks[5:9]))
    np.testing.assert_allclose(part, whole[25:45], rtol=0, atol=1e-9)


def test_blocks_do_not_matter(walks, fitted, monkeypatch):
    whole = fitted.transform(walks)
    monkeypatch.setattr("skeletonlearn.embedding._graph2vec._frame_coder._NODES_AT_ONCE", 1)
    np.testing.assert_array_equal(fitted.transform(walks), whole)


def test_transform_of_training_data_is_inferred_too(walks):
    np.testing.assert_array_equal(embedder().fit_transform(walks), embedder().fit(walks).transform(walks))


def test_another_seed_gives_other_vectors(walks):
    assert not np.allclose(embedder().fit_transform(walks), embedder(random_state=1).fit_transform(walks))


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))], ids=["copy", "pickle"])
def test_twin_gives_the_same_bits(walks, fitted, twin):
    np.testing.assert_array_equal(twin(fitted).transform(walks), fitted.transform(walks), strict=True)


def test_state_of_a_fitted_estimator_is_small(fitted):
    assert len(pickle.dumps(fitted)) < 200_000


def test_fitting_leaves_the_global_generator_as_it_is(walks):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    embedder().fit(walks)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


# words


@pytest.mark.parametrize("frames_per_graph", [1, 3])
@pytest.mark.parametrize(("wl_iterations", "erase"), [(0, False), (1, False), (2, False), (2, True)])
def test_words_are_those_of_karateclub_on_the_same_graphs(walks, frames_per_graph, wl_iterations, erase):
    model = embedder(
        wl_iterations=wl_iterations,
        erase_base_features=erase,
        frames_per_graph=frames_per_graph,
        max_words=None,
        min_count=1,
    ).fit(walks[:4])
    theirs = [
        word
        for sample in model.to_graphs(walks[:4])
        for graph in sample
        for word in karateclub_words(graph, wl_iterations, True, erase)
    ]
    words, counts = np.unique(theirs, return_counts=True)
    order = np.argsort(model.words_)
    np.testing.assert_array_equal(model.words_[order], words)
    np.testing.assert_array_equal(model.word_counts_[order], counts)


@pytest.mark.parametrize("frames_per_graph", [1, 3])
def test_graphs_of_sequences_have_the_vectors_of_the_sequences(walks, frames_per_graph):
    model = embedder(frames_per_graph=frames_per_graph, wl_iterations=2).fit(walks)
    np.testing.assert_array_equal(model.transform(model.to_graphs(walks)), model.transform(walks))


def test_graphs_of_ragged_sequences_have_their_vectors_too(walks, fitted):
    ragged = [walks[0], walks[1, :7]]
    np.testing.assert_array_equal(fitted.transform(fitted.to_graphs(ragged)), fitted.transform(ragged))


def test_only_drawn_graphs_are_trained_on(walks):
    model = embedder(max_train_graphs=50).fit(walks)
    own = [word.partition(":")[0] for word in model.words_ if ":" in word]
    root = model.word_counts_[np.char.startswith(model.words_, "0:")]
    assert "0" in own
    assert root.sum() == 50  # the root is in every graph once


@pytest.mark.parametrize("down_sampling", [1e-4, 1e-2])
def test_papers_down_sampling_still_embeds(walks, down_sampling):
    vectors = embedder(down_sampling=down_sampling).fit_transform(walks)
    assert np.isfinite(vectors).all()
    assert not np.allclose(vectors, embedder().fit_transform(walks))


# networkx graphs


@pytest.fixture
def samples():
    """Three graphs in each of ten samples, of random topology; some nodes are words."""
    rng = np.random.default_rng(0)
    graphs = [nx.gnp_random_graph(rng.integers(4, 9), 0.4, seed=int(seed)) for seed in rng.integers(999, size=30)]
    return [[nx.relabel_nodes(graph, {0: "hip"}) for graph in graphs[at : at + 3]] for at in range(0, 30, 3)]


def with_features(samples):
    for graph in (graph for sample in samples for graph in sample):
        nx.set_node_attributes(graph, {node: f"{at % 3}:{at % 2}" for at, node in enumerate(graph)}, "feature")
    return samples


@pytest.mark.parametrize("prepare", [list, with_features], ids=["plain", "attributed"])
def test_samples_of_graphs_are_embedded(samples, prepare):
    model = Graph2VecEmbedder(output="sequence", dimensions=8, random_state=0)
    vectors = model.fit_transform(prepare(samples))
    assert vectors.shape == (10, 3, 8)
    assert model.attributed_ == (prepare is with_features)
    np.testing.assert_allclose(model.transform(samples[4:6]), vectors[4:6], atol=1e-7)


def test_words_of_graphs_are_karateclubs(samples):
    model = Graph2VecEmbedder(min_count=1, max_words=None, wl_iterations=2, dimensions=8).fit(samples)
    graphs = [nx.convert_node_labels_to_integers(graph) for sample in samples for graph in sample]
    theirs = {word for graph in graphs for word in karateclub_words(graph, 2, attributed=False)}
    assert set(model.words_.tolist()) == theirs


def test_graphs_stay_as_they_are(samples):
    before = copy.deepcopy(samples)
    Graph2VecEmbedder(dimensions=8).fit(samples).transform(samples)
    for sample, copied in zip(samples, before, strict=True):
        assert all(nx.utils.graphs_equal(*pair) for pair in zip(sample, copied, strict=True))


def test_graph_whose_words_are_all_unknown_is_zero(walks, fitted):
    unknown = nx.path_graph(3)
    nx.set_node_attributes(unknown, "tail:9", "feature")
    np.testing.assert_array_equal(fitted.transform([[unknown]]), np.zeros((1, 5, 8)))


def test_missing_joints_leave_the_words_of_the_others(walks, fitted):
    (graphs,) = fitted.to_graphs(walks[:1])
    for graph in graphs:
        graph.remove_nodes_from([3, 7, 23, 27])
    vectors = fitted.transform([graphs])
    whole = fitted.transform(walks[:1])
    assert np.linalg.norm(vectors - whole) < 0.8 * np.linalg.norm(whole)


def test_samples_with_fewer_graphs_repeat_some(samples):
    model = Graph2VecEmbedder(output="sequence", dimensions=8, random_state=0).fit(samples)
    (vectors,) = model.transform([samples[0][:1]])
    np.testing.assert_array_equal(vectors, np.repeat(vectors[:1], 3, axis=0))


def test_sequences_after_graphs_are_refused_and_a_new_fit_takes_them(samples, walks):
    model = embedder().fit(samples)
    with pytest.raises(ValueError, match="was fitted with networkx graphs, expected those"):
        model.transform(walks)
    assert model.fit(walks).transform(walks).shape == (24, 40)


def test_fit_on_graphs_forgets_the_sequences_before(samples, walks):
    model = embedder().fit(walks).fit(samples)
    assert not hasattr(model, "sequence_shape_in_")
    with pytest.raises(ValueError, match="was fitted with networkx graphs"):
        model.to_graphs(walks)


# what cannot be learned


def test_raw_coordinates_as_features_are_refused(walks):
    samples = [[nx.path_graph(20) for _ in range(5)] for _ in range(6)]
    for sample, sequence in zip(samples, walks, strict=False):
        for graph, frame in zip(sample, sequence, strict=False):
            nx.set_node_attributes(graph, dict(enumerate(map(str, frame.tolist()))), "feature")
    with pytest.raises(ValueError, match=r"raw coordinates are no node features, they must be quantised"):
        Graph2VecEmbedder().fit(samples)


def test_graphs_of_one_topology_without_features_are_refused():
    samples = [[nx.path_graph(20) for _ in range(5)] for _ in range(6)]
    with pytest.raises(ValueError, match=r"graphs that all have the same words.*attributed=False"):
        Graph2VecEmbedder().fit(samples)


@pytest.mark.parametrize("attributed", [False, np.False_])
def test_sequences_without_features_are_refused(walks, attributed):
    with pytest.raises(ValueError, match="attributed=False leaves all frames alike"):
        embedder(attributed=attributed).fit(walks)


def test_frames_that_do_not_move_are_refused():
    with pytest.raises(ValueError, match="frames that do not move"):
        embedder().fit(np.ones((4, 5, 20, 3)))


def test_erasing_all_words_is_refused(walks):
    with pytest.raises(ValueError, match="expected words that graphs share"):
        embedder(wl_iterations=0, erase_base_features=True).fit(walks)


@pytest.mark.parametrize("attributed", [True, np.True_])
def test_nodes_without_a_wanted_feature_are_refused(samples, attributed):
    with pytest.raises(ValueError, match="attributed=True: got nodes without, expected all nodes"):
        Graph2VecEmbedder(attributed=attributed).fit(samples)


@pytest.mark.parametrize("fault", ["NaN", "frames all alike", "graphs all alike"])
def test_fit_that_fails_leaves_the_embedder_as_it_was(walks, samples, fault):
    model = embedder().fit(walks)
    before, wanted = dict(vars(model)), model.transform(walks)
    faulty = {
        "NaN": np.full_like(walks, np.nan),
        "frames all alike": np.zeros((4, 3, 20, 3)),
        "graphs all alike": [[nx.path_graph(3)], [nx.path_graph(3)]],
    }[fault]
    with pytest.raises(ValueError, match=r"NaN|graphs"):
        model.fit(faulty)
    assert vars(model) == before
    np.testing.assert_array_equal(model.transform(walks), wanted)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda samples: [*samples, []], "Sample 10 of X is list, expected a non-empty list of graphs"),
        (lambda samples: [*samples, [1, 2]], "Sample 10 of X holds int, expected networkx graphs only"),
        (lambda samples: samples[:1], "Got 1 sample of graphs, expected at least 2"),
    ],
)
def test_lists_that_are_not_of_graphs_are_refused(samples, spoil, message):
    with pytest.raises(ValueError, match=message):
        Graph2VecEmbedder().fit(spoil(samples))


def test_joints_of_another_layout_are_refused(walks):
    with pytest.raises(ValueError, match="X has 20 joints, but NTU_RGBD has 25"):
        Graph2VecEmbedder("NTU_RGBD").fit(walks)


def test_refused_fit_leaves_an_unfitted_estimator_unfitted():
    model = embedder()
    with pytest.raises(ValueError, match="frames that do not move"):
        model.fit(np.ones((4, 5, 20, 3)))
    assert not model.__sklearn_is_fitted__()


# what it is good for


def score(vectors, y, judge=None):
    """Of a classifier that sees one half, on the other."""
    judge = judge or make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    return judge.fit(vectors[:120], y[:120]).score(vectors[120:], y[120:])


def test_default_before_logistic_regression_recognises_actions(actions):
    X, y = actions
    pipe = make_pipeline(Graph2VecEmbedder(SKELETON, random_state=0), LogisticRegression(max_iter=500))
    assert score(X, y, pipe) > 0.8


def test_new_clips_embed_as_well_as_all_clips_together(actions):
    """A classifier does as well on clips that the embedder never saw as where it was fitted with them too."""
    X, y = actions
    model = Graph2VecEmbedder(SKELETON, n_graphs=12, dimensions=32, random_state=0)
    apart = np.concatenate([model.fit_transform(X[:120]), model.transform(X[120:])])
    together = model.transform(X)
    assert score(apart, y) > 0.6
    assert abs(score(apart, y) - score(together, y)) <= 0.02
    assert score(apart, y) > score(clone(model).fit_transform(X), y) - 0.1


def test_importing_the_embedder_does_not_import_karateclub():
    code = "import sys; import skeletonlearn.embedding._graph2vec; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"karateclub", "gensim", "networkx"} & set(modules)
