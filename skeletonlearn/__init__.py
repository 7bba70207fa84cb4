"""Embed and recognise human actions in skeleton sequences, with scikit-learn's estimators."""

from typing import TYPE_CHECKING

from skeletonlearn._lazy import lazy_names

if TYPE_CHECKING:
    from skeletonlearn import augmentation as augmentation
    from skeletonlearn import base as base
    from skeletonlearn import classification as classification
    from skeletonlearn import datasets as datasets
    from skeletonlearn import embedding as embedding
    from skeletonlearn import losses as losses
    from skeletonlearn import model_selection as model_selection
    from skeletonlearn import nn as nn
    from skeletonlearn import plotting as plotting
    from skeletonlearn import preprocessing as preprocessing
    from skeletonlearn import regression as regression
    from skeletonlearn import skeletons as skeletons
    from skeletonlearn import utils as utils
    from skeletonlearn.classification import GRUClassifier, LinearProbe, LSTMClassifier, SkeletonClassifier
    from skeletonlearn.embedding import ConMLPEmbedder, Graph2VecEmbedder
    from skeletonlearn.regression import SkeletonRegressor
    from skeletonlearn.skeletons import Skeleton
else:
    # `import skeletonlearn` takes neither torch nor karateclub nor scikit-learn
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "ConMLPEmbedder": "skeletonlearn.embedding",
            "GRUClassifier": "skeletonlearn.classification",
            "Graph2VecEmbedder": "skeletonlearn.embedding",
            "LSTMClassifier": "skeletonlearn.classification",
            "LinearProbe": "skeletonlearn.classification",
            "Skeleton": "skeletonlearn.skeletons",
            "SkeletonClassifier": "skeletonlearn.classification",
            "SkeletonRegressor": "skeletonlearn.regression",
        },
    )

__version__ = "0.1.0"

__all__ = [
    "ConMLPEmbedder",
    "GRUClassifier",
    "Graph2VecEmbedder",
    "LSTMClassifier",
    "LinearProbe",
    "Skeleton",
    "SkeletonClassifier",
    "SkeletonRegressor",
    "__version__",
]
