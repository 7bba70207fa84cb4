"""What follows an encoder: compression, heads, one for each part of an embedding, and the projection for contrast."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn


class LogCompression(nn.Module):
    """Logarithm `log(1 + strength * x)` of activations that are not negative.

    That a pattern is there then counts more than how strong it is or how often it comes.

    Parameters
    ----------
    strength : float, default=10.0
        How much more; near 0, activations stay in proportion.

    References
    ----------
    F. Perronnin et al., "Improving the Fisher Kernel for Large-Scale Image Classification", ECCV 2010, for compressing
    what was pooled.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import LogCompression
    >>> LogCompression()(torch.tensor([0.0, 0.1, 1.0]))
    tensor([0.0000, 0.6931, 2.3979])
    """

    def __init__(self, strength: float = 10.0) -> None:
        super().__init__()
        self.strength = strength

    def forward(self, activations: Tensor) -> Tensor:
        """Turn activations of any shape into as many."""
        return torch.log1p(self.strength * activations)


class Heads(nn.Module):
    """A head for each part of an embedding: one for all of it, or, after late fusion, one for each stream's.

    Parameters
    ----------
    widths : sequence of int
        Features of each part, in their order.
    make : callable
        From the width of a part to its head; all heads give equally many outputs.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import Heads
    >>> heads = Heads([64, 64], lambda width: torch.nn.Linear(width, 10))  # two streams, ten classes
    >>> heads(torch.zeros(2, 128)).shape
    torch.Size([2, 2, 10])
    """

    def __init__(self, widths: Sequence[int], make: Callable[[int], nn.Module]) -> None:
        super().__init__()
        self.widths = list(widths)
        self.heads = nn.ModuleList(make(width) for width in self.widths)

    def forward(self, features: Tensor) -> Tensor:
        """Turn `(..., D)` into `(..., n_parts, n_outputs)`."""
        parts = features.split(self.widths, dim=-1)
        return torch.stack([head(part) for head, part in zip(self.heads, parts, strict=True)], dim=-2)


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

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import projection_head
    >>> projection_head(192, 128, n_layers=2)(torch.zeros(2, 192)).shape
    torch.Size([2, 128])
    """
    if n_layers == 1:
        return nn.Linear(embedding_dim, projection_dim)
    return nn.Sequential(
        nn.Linear(embedding_dim, embedding_dim),
        nn.ReLU(inplace=True),
        nn.Linear(embedding_dim, projection_dim),
    )
