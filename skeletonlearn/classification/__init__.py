"""Classifiers of sequences and of their embeddings."""

from skeletonlearn.classification._linear_probe import LinearProbe

__all__ = ["LinearProbe"]
