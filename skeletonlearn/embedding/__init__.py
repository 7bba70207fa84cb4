"""Embedders: from sequences to one vector each."""

from skeletonlearn.embedding._conmlp import ConMLPEmbedder
from skeletonlearn.embedding._graph2vec import Graph2VecEmbedder

__all__ = ["ConMLPEmbedder", "Graph2VecEmbedder"]
