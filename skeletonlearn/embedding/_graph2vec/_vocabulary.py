"""The vocabulary: the words that are frequent enough to be learned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_USUAL_MIN_COUNT, _GRAPHS_A_COUNT = 5, 200


@dataclass(frozen=True)
class WordRules:
    """Rules for the words of graphs, and for the words that are kept.

    Parameters
    ----------
    wl_iterations : int
        Weisfeiler-Lehman iterations.
    erase_base_features : bool
        Whether the nodes' own features are no words.
    min_count : int or "auto"
        Fewest occurrences of a word that is kept; "auto" is karateclub's 5, and less with fewer than 1,000 graphs.
    max_words : int or None
        Most words that are kept.
    """

    wl_iterations: int
    erase_base_features: bool
    min_count: int | str
    max_words: int | None

    def least_count(self, n_graphs: int) -> int:
        """Fewest occurrences, among so many graphs, of a word that is kept."""
        if isinstance(self.min_count, str):
            return min(_USUAL_MIN_COUNT, max(1, n_graphs // _GRAPHS_A_COUNT))
        return self.min_count


@dataclass(frozen=True)
class Vocabulary:
    """The words that were kept, most frequent first.

    Parameters
    ----------
    words : ndarray of str, shape (n_words,)
        Words as karateclub spells them.
    counts : ndarray of int, shape (n_words,)
        How often each occurs among the training graphs.
    keys : ndarray of uint64, shape (n_words,), or None
        Their keys, where graphs are frames of sequences.
    """

    words: np.ndarray
    counts: np.ndarray
    keys: np.ndarray | None = None

    def ids_of_keys(self, keys: np.ndarray) -> np.ndarray:
        """Index of each key's word, `len(words)` for words that are not known; of the shape of `keys`."""
        assert self.keys is not None
        if not len(self.keys):  # no word was frequent enough: `check_words` says so
            return np.zeros(keys.shape, dtype=np.int64)
        order = np.argsort(self.keys)
        ordered = self.keys[order]
        at = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
        return np.where(ordered[at] == keys, order[at], len(ordered))

    def documents(self, ids: np.ndarray) -> list[list[str]]:
        """The known words of each row of ids, in their order."""
        spelled = self.words.astype(object)
        return [spelled[row[row < len(spelled)]].tolist() for row in ids]

    def ids_of_words(self, documents: list[list[str]]) -> np.ndarray:
        """Index of each word, `len(words)` for unknown ones and where a document is shorter than the longest."""
        index = {word: at for at, word in enumerate(self.words.tolist())}
        unknown = len(index)
        ids = np.full((len(documents), max(map(len, documents), default=0)), unknown)
        for row, document in zip(ids, documents, strict=True):
            row[: len(document)] = [index.get(word, unknown) for word in document]
        return ids


def choose_words(values: np.ndarray, n_graphs: int, rules: WordRules) -> tuple[np.ndarray, np.ndarray]:
    """The most frequent of the words that occur often enough, and how often they do.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        Keys or words of all nodes of all training graphs.
    n_graphs : int
        Training graphs.
    rules : WordRules
        How many words are kept.

    Returns
    -------
    found, counts : ndarray of shape (n_words,)
        Most frequent first, equally frequent ones in the order of the values.
    """
    found, counts = np.unique(values, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] >= rules.least_count(n_graphs)][: rules.max_words]
    return found[order], counts[order]


def check_words(ids: np.ndarray, n_words: int, min_count: int) -> None:
    """Refuse training documents from which nothing can be learned.

    Parameters
    ----------
    ids : ndarray of int, shape (n_graphs, n_words_of_a_graph)
        Words of the training graphs; `n_words` stands for a word that was not kept.
    n_words : int
        Words that were kept.
    min_count : int
        Fewest occurrences of a word that is kept.

    Raises
    ------
    ValueError
        If no word occurs in two graphs, or all graphs have the same words.
    """
    ordered = np.sort(ids, axis=1)
    first_in_graph = np.ones(ordered.shape, dtype=bool)
    first_in_graph[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    n_graphs_of = np.bincount(ordered[first_in_graph], minlength=n_words + 1)[:n_words]
    if not np.any(n_graphs_of > 1):
        raise ValueError(
            f"Got {len(ids)} graphs in which every word occurs in one graph only or fewer than min_count={min_count} "
            "times, expected words that graphs share: raw coordinates are no node features, they must be quantised "
            "(fewer codes, or more graphs to train on, also help)."
        )
    if len(ids) > 1 and np.array_equal(ordered, np.broadcast_to(ordered[0], ordered.shape)):
        raise ValueError(
            f"Got {len(ids)} graphs that all have the same words, expected graphs that differ: without node features "
            "(attributed=False) graphs of one topology are all alike, and so are frames that do not move."
        )
