"""From sequences to the codes of their frame graphs' nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from skeletonlearn.embedding._graph2vec._codes import fit_codebook, nearest_codes
from skeletonlearn.embedding._graph2vec._features import joint_features
from skeletonlearn.embedding._graph2vec._topology import FrameGraph

Sequences = np.ndarray | list[np.ndarray]

_NODES_AT_ONCE = 2**20  # nodes of the graphs worked on together: bounds the memory of `transform`


@dataclass(frozen=True)
class FrameCoder:
    """Conversion of sequences to codes.

    Parameters
    ----------
    frame_graph : FrameGraph
        The topology, skeleton included.
    features : tuple of str
        What is quantised, one layer of nodes each.
    n_graphs : int
        Graphs of each sequence.
    codebooks : dict of str to ndarray of shape (n_joints, n_codes, n_channels)
        Centres of each feature's codes.
    """

    frame_graph: FrameGraph
    features: tuple[str, ...]
    n_graphs: int
    codebooks: dict[str, np.ndarray]

    @classmethod
    def fit(
        cls,
        X: Sequences,
        frame_graph: FrameGraph,
        features: tuple[str, ...],
        n_graphs: int,
        drawn: np.ndarray,
        rng: np.random.RandomState,
    ) -> tuple[FrameCoder, np.ndarray]:
        """Learn the codes of some graphs, `drawn` from the `len(X) * n_graphs`; give their codes too."""
        coder = cls(frame_graph, features, n_graphs, {})
        points = coder._points_of(X, drawn)
        for name, of_feature in zip(features, points, strict=True):
            coder.codebooks[name] = fit_codebook(
                of_feature.reshape(-1, *of_feature.shape[2:]), frame_graph.n_codes, rng
            )
        return coder, coder._quantised(points)

    def blocks(self, X: Sequences) -> Iterator[Sequences]:
        """Some sequences at a time."""
        rows = max(1, _NODES_AT_ONCE // (self.n_graphs * self.frame_graph.n_nodes))
        for start in range(0, len(X), rows):
            yield X[start : start + rows]

    def codes(self, X: Sequences) -> np.ndarray:
        """Codes of all graphs of some sequences: `(len(X) * n_graphs, n_nodes)`."""
        if isinstance(X, list):
            return np.concatenate([self.codes(one[None]) for one in X])
        windows = _windows(X.shape[1], self.n_graphs, self.frame_graph.n_frames)
        points = joint_features(X, windows.ravel(), self.features, self.frame_graph.skeleton)
        return self._quantised(
            [of_feature.reshape(-1, windows.shape[1], *of_feature.shape[2:]) for of_feature in points]
        )

    def _points_of(self, X: Sequences, drawn: np.ndarray) -> list[np.ndarray]:
        """Features of drawn graphs only, in the order in which they were drawn: (graphs, frames, joints, channels)."""
        order = np.argsort(drawn)
        samples, starts = np.unique(drawn[order] // self.n_graphs, return_index=True)
        parts = []
        for sample, graphs in zip(samples, np.split(drawn[order] % self.n_graphs, starts[1:]), strict=True):
            windows = _windows(len(X[sample]), self.n_graphs, self.frame_graph.n_frames)[graphs]
            of_sample = joint_features(X[sample][None], windows.ravel(), self.features, self.frame_graph.skeleton)
            parts.append([of_feature.reshape(*windows.shape, *of_feature.shape[2:]) for of_feature in of_sample])
        back = np.argsort(order)
        return [np.concatenate(of_feature)[back] for of_feature in zip(*parts, strict=True)]

    def _quantised(self, points: list[np.ndarray]) -> np.ndarray:
        """Codes, frame by frame, layer by layer, joint by joint, of features (graphs, frames, joints, channels)."""
        layers = [
            nearest_codes(of_feature, self.codebooks[name])
            for name, of_feature in zip(self.features, points, strict=True)
        ]
        return np.stack(layers, axis=2).reshape(len(layers[0]), -1)


def count_windows(X: Sequences, n_frames: int) -> int:
    """Different runs of `n_frames` consecutive frames in the longest sequence."""
    longest = max(map(len, X)) if isinstance(X, list) else X.shape[1]
    return max(longest - n_frames + 1, 1)


def _windows(length: int, n_graphs: int, n_frames: int) -> np.ndarray:
    """Frames of each graph, (n_graphs, n_frames): consecutive ones, starting at evenly spaced frames."""
    room = length - n_frames
    if room < 0:
        raise ValueError(f"X has a sequence of {length} frames, expected at least frames_per_graph={n_frames}.")
    starts = np.linspace(0, room, n_graphs).round().astype(int)
    return starts[:, None] + np.arange(n_frames)
