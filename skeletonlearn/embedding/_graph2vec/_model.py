"""karateclub's Graph2Vec, trained on words that are already there.

The only module that imports karateclub, whose licence is the GPL: it is imported when something is fitted.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import networkx as nx
import numpy as np

from skeletonlearn._lazy import say_what_to_install

try:
    from gensim.models.doc2vec import Doc2Vec, TaggedDocument
    from karateclub import Graph2Vec
    from karateclub.utils.treefeatures import WeisfeilerLehmanHashing
except ModuleNotFoundError as error:
    raise say_what_to_install("Graph2VecEmbedder", error) from None


class WordGraph2Vec(Graph2Vec):
    """Graph2Vec that also takes documents of words, and keeps the model that it trains on them as `doc2vec`.

    Unlike karateclub's, it leaves NumPy's and Python's global generators and the caller's graphs as they are.
    """

    def fit(self, graphs: Sequence[nx.Graph]) -> WordGraph2Vec:
        """Train on graphs whose nodes are 0 to n - 1."""
        return self.fit_documents(self.documents([graph.copy() for graph in graphs]))

    def fit_documents(self, documents: Sequence[list[str]]) -> WordGraph2Vec:
        """Train on the words of graphs, one list per graph."""
        with _quiet():
            self.doc2vec = Doc2Vec(
                [TaggedDocument(words=words, tags=[str(at)]) for at, words in enumerate(documents)],
                vector_size=self.dimensions,
                window=0,
                min_count=self.min_count,
                dm=0,
                sample=self.down_sampling,
                workers=self.workers,
                epochs=self.epochs,
                alpha=self.learning_rate,
                seed=self.seed,
            )
        self._embedding = [self.doc2vec.dv[str(at)] for at in range(len(documents))]
        return self

    def documents(self, graphs: Sequence[nx.Graph]) -> list[list[str]]:
        """Words of graphs by karateclub's own hashing, which adds an edge of each node to itself to them."""
        return [
            WeisfeilerLehmanHashing(
                graph, self.wl_iterations, self.attributed, self.erase_base_features
            ).get_graph_features()
            for graph in self._check_graphs(graphs)
        ]

    def learned(self, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return the output vectors of some words, and the share of their occurrences that sampling keeps."""
        model = self.doc2vec
        index = [model.wv.key_to_index[word] for word in words]
        kept = [model.wv.get_vecattr(at, "sample_int") / (2**32 - 1) for at in index]  # an integer share of all
        return model.syn1neg[index].astype(np.float64), np.array(kept)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep gensim from printing that a small corpus is small."""

    def refuse(record: logging.LogRecord) -> bool:
        return "under 10 jobs per worker" not in record.getMessage()

    logger = logging.getLogger("gensim.models.word2vec")
    logger.addFilter(refuse)
    try:
        yield
    finally:
        logger.removeFilter(refuse)
