"""Our subclass of karateclub's Graph2Vec."""

import random

import networkx as nx
import numpy as np
import pytest
from karateclub import Graph2Vec

from skeletonlearn.embedding._graph2vec._graphs import frame_graphs
from skeletonlearn.embedding._graph2vec._model import WordGraph2Vec
from skeletonlearn.embedding._graph2vec._topology import FrameGraph
from skeletonlearn.embedding._graph2vec._words import label_keys, spell_words
from skeletonlearn.skeletons import KINECT_V1

PARAMETERS = {
    "wl_iterations": 2,
    "attributed": True,
    "dimensions": 16,
    "workers": 1,
    "epochs": 3,
    "min_count": 2,
    "seed": 7,
}


@pytest.fixture(scope="module")
def frame_graph():
    return FrameGraph(KINECT_V1, n_joints=20, n_layers=1, n_frames=1, n_codes=3)


@pytest.fixture(scope="module")
def codes():
    return np.random.default_rng(0).integers(0, 3, size=(60, 20))


@pytest.fixture
def graphs(codes, frame_graph):
    return frame_graphs(codes, frame_graph)


@pytest.fixture
def documents(codes, frame_graph):
    """The words of the graphs, by the vectorised way."""
    labels = frame_graph.labels(codes)
    keys = label_keys(labels, frame_graph.neighbours, 2)
    known, words = spell_words(keys, labels, frame_graph.neighbours, frame_graph.spell)
    return [words[np.searchsorted(known, one.ravel())].tolist() for one in keys]


def test_vectorised_words_of_frames_are_karateclubs(documents, graphs):
    assert documents == WordGraph2Vec(**PARAMETERS).documents([graph.copy() for graph in graphs])


@pytest.mark.filterwarnings("ignore:Call to deprecated `docvecs`:DeprecationWarning")
@pytest.mark.parametrize("down_sampling", [0.0, 1e-4])
def test_training_on_vectorised_words_gives_karateclubs_embedding_to_the_bit(documents, graphs, down_sampling):
    theirs = Graph2Vec(**PARAMETERS, down_sampling=down_sampling)
    theirs.fit(graphs)
    ours = WordGraph2Vec(**PARAMETERS, down_sampling=down_sampling).fit_documents(documents)
    np.testing.assert_array_equal(ours.get_embedding(), theirs.get_embedding(), strict=True)


@pytest.mark.filterwarnings("ignore:Call to deprecated `docvecs`:DeprecationWarning")
def test_training_on_graphs_gives_karateclubs_embedding_to_the_bit(graphs):
    theirs = Graph2Vec(**PARAMETERS)
    theirs.fit([graph.copy() for graph in graphs])
    ours = WordGraph2Vec(**PARAMETERS).fit(graphs)
    np.testing.assert_array_equal(ours.get_embedding(), theirs.get_embedding(), strict=True)


def test_graphs_stay_as_they_are(graphs):
    before = [graph.copy() for graph in graphs]
    WordGraph2Vec(**PARAMETERS).fit(graphs)
    assert all(nx.utils.graphs_equal(*pair) for pair in zip(graphs, before, strict=True))


def test_global_generators_stay_as_they_are(documents):
    before = random.getstate(), np.random.get_state()[1].copy()  # noqa: NPY002
    WordGraph2Vec(**PARAMETERS).fit_documents(documents)
    assert random.getstate() == before[0]
    np.testing.assert_array_equal(np.random.get_state()[1], before[1])  # noqa: NPY002


def test_nothing_is_printed_about_small_corpora(documents, capfd):
    WordGraph2Vec(**PARAMETERS).fit_documents(documents)
    assert capfd.readouterr() == ("", "")


def test_learned_vectors_are_those_of_the_words(documents):
    model = WordGraph2Vec(**PARAMETERS).fit_documents(documents)
    vectors, kept = model.learned(["0:1", "19:2"])
    index = [model.doc2vec.wv.key_to_index[word] for word in ("0:1", "19:2")]
    np.testing.assert_array_equal(vectors, model.doc2vec.syn1neg[index])
    assert vectors.dtype == np.float64
    assert kept.shape == (2,)


def test_without_down_sampling_all_words_are_kept(documents):
    kept = WordGraph2Vec(**PARAMETERS, down_sampling=0.0).fit_documents(documents).learned(["0:1"])[1]
    np.testing.assert_array_equal(kept, 1.0)


def test_with_down_sampling_frequent_words_are_kept_in_part(documents):
    kept = WordGraph2Vec(**PARAMETERS, down_sampling=1e-4).fit_documents(documents).learned(["0:1"])[1]
    assert 0 < kept[0] < 0.5
