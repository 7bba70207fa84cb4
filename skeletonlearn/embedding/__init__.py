"""Embedders: from sequences to one vector each."""

from typing import TYPE_CHECKING

from skeletonlearn._lazy import lazy_names

if TYPE_CHECKING:
    from skeletonlearn.embedding._conmlp import ConMLPEmbedder
    from skeletonlearn.embedding._graph2vec import Graph2VecEmbedder
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "ConMLPEmbedder": "skeletonlearn.embedding._conmlp",
            "Graph2VecEmbedder": "skeletonlearn.embedding._graph2vec",
        },
    )

__all__ = ["ConMLPEmbedder", "Graph2VecEmbedder"]
