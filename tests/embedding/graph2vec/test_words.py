"""The vectorised Weisfeiler-Lehman words against karateclub's own."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skeletonlearn.embedding._graph2vec._words import label_keys, spell_words

from .conftest import graph_of, karateclub_words


@st.composite
def topologies(draw):
    """Number of nodes and edges, self-loops among them."""
    n_nodes = draw(st.integers(1, 7))
    nodes = st.integers(0, n_nodes - 1)
    return n_nodes, draw(st.lists(st.tuples(nodes, nodes), max_size=12))


def closed_neighbours(n_nodes, edges):
    graph = nx.empty_graph(n_nodes)
    graph.add_edges_from([*edges, *((node, node) for node in range(n_nodes))])
    return [np.array(sorted(graph[node])) for node in range(n_nodes)]


def words_of(labels, neighbours, wl_iterations, spell_label):
    """Words by the vectorised way, one list a graph in karateclub's order."""
    keys = label_keys(labels, neighbours, wl_iterations)
    known, words = spell_words(keys, labels, neighbours, spell_label)
    return [words[np.searchsorted(known, one.ravel())].tolist() for one in keys], keys


def same_partition(keys, documents):
    """Whether two nodes have one key exactly where they have one word."""
    words = [word for document in documents for word in document]
    pairs = set(zip(keys.ravel().tolist(), words, strict=True))
    return len(pairs) == len(set(words)) == len(np.unique(keys))


@settings(max_examples=150, deadline=None)
@given(topology=topologies(), wl_iterations=st.integers(0, 3), n_graphs=st.integers(1, 4), data=st.data())
def test_words_of_attributed_graphs_are_karateclubs(topology, wl_iterations, n_graphs, data):
    n_nodes, edges = topology
    features = st.lists(st.integers(0, 12), min_size=n_nodes, max_size=n_nodes)
    labels = np.array(data.draw(st.lists(features, min_size=n_graphs, max_size=n_graphs)))
    got, keys = words_of(labels, closed_neighbours(n_nodes, edges), wl_iterations, lambda label: f"{label}:x")
    graphs = [graph_of(edges, [f"{label}:x" for label in row]) for row in labels]
    assert got == [karateclub_words(graph, wl_iterations, attributed=True) for graph in graphs]
    assert same_partition(keys, got)


@settings(max_examples=100, deadline=None)
@given(topology=topologies(), wl_iterations=st.integers(0, 3))
def test_words_of_plain_graphs_are_karateclubs(topology, wl_iterations):
    n_nodes, edges = topology
    graph = graph_of([*edges, *((node, node) for node in range(n_nodes))], range(n_nodes))
    labels = np.array([[graph.degree(node) for node in range(n_nodes)]])
    got, keys = words_of(labels, closed_neighbours(n_nodes, edges), wl_iterations, str)
    assert got == [karateclub_words(graph_of(edges, range(n_nodes)), wl_iterations, attributed=False)]
    assert same_partition(keys, got)


def test_keys_do_not_depend_on_how_many_graphs_are_hashed_together():
    labels = np.random.default_rng(0).integers(0, 5, size=(30_000, 6))
    neighbours = closed_neighbours(6, [(0, 1), (1, 2), (3, 4)])
    together = label_keys(labels, neighbours, 2)
    np.testing.assert_array_equal(label_keys(labels[21_000:], neighbours, 2), together[21_000:])


def test_keys_are_the_same_in_every_version():
    """Fitted estimators hold keys: other keys would make them know no word."""
    keys = label_keys(np.array([[0, 1]]), [np.array([0, 1]), np.array([0, 1])], 1)
    assert keys[0, :, 0].tolist() == [6238072747940578789, 15839785061582574730]


def test_two_labels_with_one_key_are_refused():
    labels = np.array([[0, 1]])
    neighbours = [np.array([0, 1]), np.array([0, 1])]
    keys = label_keys(labels, neighbours, 1)
    keys[0, 1] = keys[0, 0]
    with pytest.raises(RuntimeError, match="Two Weisfeiler-Lehman labels have one key"):
        spell_words(keys, labels, neighbours, str)


def test_one_key_in_two_iterations_is_refused():
    labels = np.array([[0]])
    keys = np.full((1, 1, 2), 7, dtype=np.uint64)
    with pytest.raises(RuntimeError, match="different iterations have one key"):
        spell_words(keys, labels, [np.array([0])], str)
