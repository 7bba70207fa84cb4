"""Embedders: from sequences to one vector each."""

from skeletonlearn.embedding._conmlp import ConMLPEmbedder

__all__ = ["ConMLPEmbedder"]
