"""Embed and recognise human actions in skeleton sequences, with scikit-learn's estimators."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# public name -> the folder that defines it; imported when first asked for, so that `import skeletonlearn`
# takes neither torch nor karateclub
_WHERE = {
    "ConMLPEmbedder": "skeletonlearn.embedding",
    "GRUClassifier": "skeletonlearn.classification",
    "Graph2VecEmbedder": "skeletonlearn.embedding",
    "LSTMClassifier": "skeletonlearn.classification",
    "LinearProbe": "skeletonlearn.classification",
    "Skeleton": "skeletonlearn.skeletons",
    "SkeletonClassifier": "skeletonlearn.classification",
}

__all__ = ["__version__", *_WHERE]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'skeletonlearn' has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
