"""The projection between an embedding and the space that the contrastive loss is taken in."""

from __future__ import annotations

from torch import nn


def projection_head(embedding_dim: int, projection_dim: int, n_layers: int) -> nn.Module:
    """One linear layer (the published head), or a perceptron with one hidden layer as wide as the embedding.

    Parameters
    ----------
    embedding_dim, projection_dim : int
        Width before and after.
    n_layers : {1, 2}
        How many linear layers.

    Returns
    -------
    torch.nn.Module
        Takes `(B, embedding_dim)` to `(B, projection_dim)`.
    """
    if n_layers == 1:
        return nn.Linear(embedding_dim, projection_dim)
    return nn.Sequential(
        nn.Linear(embedding_dim, embedding_dim),
        nn.ReLU(inplace=True),
        nn.Linear(embedding_dim, projection_dim),
    )
