"""networkx graphs: karateclub's own words for any of them, and frame graphs in this form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import networkx as nx
import numpy as np

from skeletonlearn.embedding._graph2vec._model import WordGraph2Vec
from skeletonlearn.embedding._graph2vec._topology import FrameGraph
from skeletonlearn.embedding._graph2vec._vocabulary import Vocabulary, WordRules, choose_words

Samples = Sequence[Sequence[nx.Graph]]

_GRAPHS_AT_ONCE = 4096


@dataclass(frozen=True)
class GraphWords:
    """The words of networkx graphs of any topology, by karateclub's own hashing.

    Parameters
    ----------
    n_graphs : int
        Graphs of each sample; evenly spaced ones of those that it has.
    attributed : bool
        Whether the nodes' attribute "feature" counts, else their degree.
    rules : WordRules
        Rules that select the words.
    vocabulary : Vocabulary
        Those that were kept.
    """

    n_graphs: int
    attributed: bool
    rules: WordRules
    vocabulary: Vocabulary

    @classmethod
    def fit(
        cls,
        X: Samples,
        n_graphs: int,
        attributed: bool | str,
        rules: WordRules,
        max_train_graphs: int | None,
        rng: np.random.RandomState,
    ) -> tuple[GraphWords, np.ndarray]:
        """Choose the words; give those of the training graphs, which are drawn at random, too."""
        if len(X) < 2:
            raise ValueError(f"Got {len(X)} sample of graphs, expected at least 2.")
        n_graphs = min(n_graphs, max(map(len, X)))
        attributed = _is_attributed(X, attributed)
        graphs = _evenly(X, n_graphs)
        drawn = rng.permutation(len(graphs))[:max_train_graphs]
        documents = graph_words([graphs[at] for at in drawn], attributed, rules)
        words = np.array(list(chain(*documents)), dtype=str)
        vocabulary = Vocabulary(*choose_words(words, len(documents), rules))
        return cls(n_graphs, attributed, rules, vocabulary), vocabulary.ids_of_words(documents)

    def ids(self, X: Samples) -> Iterator[np.ndarray]:
        """Words of the graphs of all samples, some at a time."""
        rows = max(1, _GRAPHS_AT_ONCE // self.n_graphs)
        for start in range(0, len(X), rows):
            graphs = _evenly(X[start : start + rows], self.n_graphs)
            yield self.vocabulary.ids_of_words(graph_words(graphs, self.attributed, self.rules))


def check_graphs(X: Any) -> list[list[nx.Graph]]:
    """Refuse what is not a list of non-empty lists of graphs."""
    for at, sample in enumerate(X):
        if not isinstance(sample, list | tuple) or not len(sample):
            raise ValueError(f"Sample {at} of X is {type(sample).__name__}, expected a non-empty list of graphs.")
        for graph in sample:
            if not isinstance(graph, nx.Graph):
                raise ValueError(f"Sample {at} of X holds {type(graph).__name__}, expected networkx graphs only.")
    return [list(sample) for sample in X]


def graph_words(graphs: Sequence[nx.Graph], attributed: bool, rules: WordRules) -> list[list[str]]:
    """karateclub's words of some graphs, whatever their nodes are called; the graphs stay as they are."""
    model = WordGraph2Vec(
        wl_iterations=rules.wl_iterations, attributed=attributed, erase_base_features=rules.erase_base_features
    )
    return model.documents([nx.convert_node_labels_to_integers(graph) for graph in graphs])


def frame_graphs(codes: np.ndarray, frame_graph: FrameGraph) -> list[nx.Graph]:
    """Frame graphs, one of each row of codes (B, n_nodes), whose nodes have the features that were quantised."""
    bare = nx.empty_graph(frame_graph.n_nodes)
    bare.add_edges_from(frame_graph.edges)
    graphs = []
    for labels in frame_graph.labels(codes).tolist():
        graph = bare.copy()
        nx.set_node_attributes(graph, dict(enumerate(map(frame_graph.spell, labels))), "feature")
        graphs.append(graph)
    return graphs


def _evenly(samples: Samples, n_graphs: int) -> list[nx.Graph]:
    """Evenly spaced graphs of each sample, in their order; of a sample that has fewer, some twice."""
    return [sample[at] for sample in samples for at in np.linspace(0, len(sample) - 1, n_graphs).round().astype(int)]


def _is_attributed(samples: Samples, attributed: bool | str) -> bool:
    """Whether node features count: where `attributed` is "auto", whether every node of every graph has one."""
    bare = any("feature" not in data for graph in chain(*samples) for _, data in graph.nodes(data=True))
    if isinstance(attributed, str):  # "auto"
        return not bare
    if attributed and bare:
        raise ValueError("attributed=True: got nodes without, expected all nodes with the attribute 'feature'.")
    return bool(attributed)
