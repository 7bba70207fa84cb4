"""Classifiers of sequences and of their embeddings."""

from skeletonlearn.classification._linear_probe import LinearProbe
from skeletonlearn.classification._recurrent_classifiers import GRUClassifier, LSTMClassifier
from skeletonlearn.classification._skeleton_classifier import SkeletonClassifier

__all__ = ["GRUClassifier", "LSTMClassifier", "LinearProbe", "SkeletonClassifier"]
