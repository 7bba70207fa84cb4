"""Graphs that the vectorised words are compared with, hashed by karateclub."""

import networkx as nx
import numpy as np
import pytest
from karateclub.estimator import Estimator
from karateclub.utils.treefeatures import WeisfeilerLehmanHashing


def karateclub_words(graph, wl_iterations, attributed, erase_base_features=False):
    """What karateclub makes of one graph, which it would change."""
    graph = Estimator()._check_graph(graph.copy())
    return WeisfeilerLehmanHashing(graph, wl_iterations, attributed, erase_base_features).get_graph_features()


def graph_of(edges, features):
    """A graph whose nodes have these features."""
    graph = nx.empty_graph(len(features))
    graph.add_edges_from(edges)
    nx.set_node_attributes(graph, dict(enumerate(features)), "feature")
    return graph


@pytest.fixture(scope="session")
def walks():
    """Smooth motions of 20 joints, 24 sequences of 10 frames."""
    rng = np.random.default_rng(0)
    steps = rng.normal(size=(24, 10, 20, 3))
    return np.cumsum(steps, axis=1) / 3 + rng.normal(size=(20, 3))
