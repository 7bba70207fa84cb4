"""graph2vec on skeletons: quantised joints, Weisfeiler-Lehman words, document vectors."""

from skeletonlearn.embedding._graph2vec._embedder import Graph2VecEmbedder

__all__ = ["Graph2VecEmbedder"]
