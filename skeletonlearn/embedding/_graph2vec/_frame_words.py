"""From sequences to the words of their frame graphs, vectorised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from skeletonlearn.embedding._graph2vec._frame_coder import FrameCoder, Sequences
from skeletonlearn.embedding._graph2vec._topology import FrameGraph
from skeletonlearn.embedding._graph2vec._vocabulary import Vocabulary, WordRules, choose_words
from skeletonlearn.embedding._graph2vec._words import label_keys, spell_words


@dataclass(frozen=True)
class FrameWords:
    """The words of frame graphs.

    Parameters
    ----------
    coder : FrameCoder
        Gives the codes of joints.
    rules : WordRules
        Rules that select the words.
    vocabulary : Vocabulary
        Those that were kept.
    """

    coder: FrameCoder
    rules: WordRules
    vocabulary: Vocabulary

    @classmethod
    def fit(
        cls,
        X: Sequences,
        frame_graph: FrameGraph,
        features: tuple[str, ...],
        n_graphs: int,
        rules: WordRules,
        max_train_graphs: int | None,
        rng: np.random.RandomState,
    ) -> tuple[FrameWords, np.ndarray]:
        """Learn codes, choose words; give those of the training graphs, which are drawn at random, too."""
        drawn = rng.permutation(len(X) * n_graphs)[:max_train_graphs]
        coder, codes = FrameCoder.fit(X, frame_graph, features, n_graphs, drawn, rng)
        labels = frame_graph.labels(codes)
        keys = label_keys(labels, frame_graph.neighbours, rules.wl_iterations)
        used = _used(keys, rules)
        found, counts = choose_words(used, len(used), rules)
        known, words = spell_words(keys, labels, frame_graph.neighbours, frame_graph.spell)
        vocabulary = Vocabulary(words[np.searchsorted(known, found)], counts, found)
        return cls(coder, rules, vocabulary), vocabulary.ids_of_keys(used)

    def ids(self, X: Sequences) -> Iterator[np.ndarray]:
        """Words of all graphs of all sequences, some at a time."""
        frame_graph = self.coder.frame_graph
        for block in self.coder.blocks(X):
            labels = frame_graph.labels(self.coder.codes(block))
            keys = label_keys(labels, frame_graph.neighbours, self.rules.wl_iterations)
            yield self.vocabulary.ids_of_keys(_used(keys, self.rules))


def _used(keys: np.ndarray, rules: WordRules) -> np.ndarray:
    """Keys that are words, one row per graph: all, or all but those of the nodes' own labels."""
    return keys[:, :, int(rules.erase_base_features) :].reshape(len(keys), -1)
