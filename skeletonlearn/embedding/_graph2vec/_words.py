"""Weisfeiler-Lehman labels of many graphs that share one topology, all at once.

A label is a 64-bit key. Keys are equal where karateclub's hashes of the same nodes are equal, and by
:func:`spell_words` each key has karateclub's very word. Shapes: B graphs, n nodes, L iterations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

Neighbours = Sequence[np.ndarray]

_AT_ONCE = 2**17  # nodes hashed together: their keys stay in the cache
_ODD = np.uint64(0x9E3779B97F4A7C15)


def label_keys(labels: np.ndarray, neighbours: Neighbours, n_iterations: int) -> np.ndarray:
    """Keys of the labels of all nodes after each iteration.

    Parameters
    ----------
    labels : ndarray of int, shape (B, n)
        The nodes' own labels.
    neighbours : sequence of ndarray of int
        Each node's neighbours; karateclub gives every node an edge to itself.
    n_iterations : int
        Weisfeiler-Lehman iterations.

    Returns
    -------
    ndarray of uint64, shape (B, n, n_iterations + 1)
        In karateclub's order: node by node, the own label first.
    """
    n_graphs, n_nodes = labels.shape
    keys = np.empty((n_graphs, n_nodes, n_iterations + 1), dtype=np.uint64)
    rows = max(1, _AT_ONCE // n_nodes)
    for start in range(0, n_graphs, rows):
        level = _mixed(labels[start : start + rows].T.astype(np.uint64) + np.uint64(1))  # (n, b)
        keys[start : start + rows, :, 0] = level.T
        for iteration in range(1, n_iterations + 1):
            level = _next_level(level, neighbours)
            keys[start : start + rows, :, iteration] = level.T
    return keys


def spell_words(
    keys: np.ndarray, labels: np.ndarray, neighbours: Neighbours, spell_label: Callable[[int], str]
) -> tuple[np.ndarray, np.ndarray]:
    """karateclub's words for all keys of some graphs.

    Parameters
    ----------
    keys : ndarray of uint64, shape (B, n, L + 1)
        The result of :func:`label_keys`.
    labels : ndarray of int, shape (B, n)
        As given to :func:`label_keys`.
    neighbours : sequence of ndarray of int
        As given to :func:`label_keys`.
    spell_label : callable
        From a node's own label to the string of its feature, which must hold no underscore.

    Returns
    -------
    keys : ndarray of uint64, shape (n_words,)
        The different keys, in order.
    words : ndarray of str, shape (n_words,)
        Their words: features, then MD5 hashes.

    Raises
    ------
    RuntimeError
        If two different labels have one key: a chance of one in thirty million for a million labels.
    """
    found, first, inverse = _distinct(keys[..., 0])
    # one word per node's own label, as spelled; below, `spelled[ids]` are the words of the iteration before
    spelled = np.array([spell_label(label) for label in labels.ravel()[first].tolist()])
    _refuse_collisions(labels.reshape(-1, 1), first, inverse)
    all_keys, all_words = [found], [spelled]
    for iteration in range(1, keys.shape[2]):
        ids = inverse.reshape(labels.shape)
        found, first, inverse = _distinct(keys[..., iteration])
        _refuse_collisions(_neighbourhoods(ids, neighbours), first, inverse)
        places = zip(*np.divmod(first, labels.shape[1]), strict=True)
        spelled = np.array([_hashed(spelled[ids[row]], node, neighbours[node]) for row, node in places])
        all_keys.append(found)
        all_words.append(spelled)
    together = np.concatenate(all_keys)
    order = np.argsort(together)
    if np.any(np.diff(together[order]) == 0):
        raise RuntimeError("Two Weisfeiler-Lehman labels of different iterations have one key.")
    return together[order], np.concatenate(all_words)[order]


def _mixed(keys: np.ndarray) -> np.ndarray:
    """splitmix64's finaliser, a bijection of 64 bits in which every bit depends on every bit; works in place."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        keys ^= keys >> np.uint64(shift)
        keys *= np.uint64(factor)
    keys ^= keys >> np.uint64(31)
    return keys


def _next_level(level: np.ndarray, neighbours: Neighbours) -> np.ndarray:
    """Keys of (own label, multiset of the neighbours' labels): a sum of mixed keys knows no order. (n, b)."""
    mixed = _mixed(level + _ODD)
    own = level * _ODD
    for node, around in enumerate(neighbours):
        for neighbour in around:
            own[node] += mixed[neighbour]
    return _mixed(own)


def _distinct(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    found, first, inverse = np.unique(keys.ravel(), return_index=True, return_inverse=True)
    return found, first, inverse


def _neighbourhoods(ids: np.ndarray, neighbours: Neighbours) -> np.ndarray:
    """One row per node: its own label, then its neighbours' in order, then -1: (B * n, 1 + largest degree)."""
    n_graphs, n_nodes = ids.shape
    rows = np.full((n_graphs, n_nodes, 1 + max(len(around) for around in neighbours)), -1, dtype=ids.dtype)
    rows[:, :, 0] = ids
    for node, around in enumerate(neighbours):
        rows[:, node, 1 : 1 + len(around)] = np.sort(ids[:, around], axis=1)
    return rows.reshape(n_graphs * n_nodes, -1)


def _refuse_collisions(rows: np.ndarray, first: np.ndarray, inverse: np.ndarray) -> None:
    """Refuse rows that differ from the first row with their key."""
    if not np.array_equal(rows, rows[first[inverse]]):
        raise RuntimeError("Two Weisfeiler-Lehman labels have one key.")


def _hashed(words: np.ndarray, node: int, around: np.ndarray) -> str:
    """karateclub's hash of a node: its word and, sorted, those of its neighbours."""
    text = "_".join([words[node], *sorted(words[around].tolist())])
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
