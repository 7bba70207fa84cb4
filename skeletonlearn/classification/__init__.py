"""Classifiers of sequences and of their embeddings."""

from typing import TYPE_CHECKING

from skeletonlearn._lazy import lazy_names

if TYPE_CHECKING:
    from skeletonlearn.classification._linear_probe import LinearProbe
    from skeletonlearn.classification._recurrent_classifiers import GRUClassifier, LSTMClassifier
    from skeletonlearn.classification._skeleton_classifier import SkeletonClassifier
else:
    # LinearProbe does without torch
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "GRUClassifier": "skeletonlearn.classification._recurrent_classifiers",
            "LSTMClassifier": "skeletonlearn.classification._recurrent_classifiers",
            "LinearProbe": "skeletonlearn.classification._linear_probe",
            "SkeletonClassifier": "skeletonlearn.classification._skeleton_classifier",
        },
    )

__all__ = ["GRUClassifier", "LSTMClassifier", "LinearProbe", "SkeletonClassifier"]
