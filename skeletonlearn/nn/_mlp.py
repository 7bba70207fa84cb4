"""The flat encoder of the published ConMLP, and its mirror image as a decoder."""

from __future__ import annotations

from torch import Tensor, nn

from skeletonlearn.nn._wide_linear import WideLinear


class MLPEncoder(nn.Module):
    """The published ConMLP encoder: the whole sequence as one vector through two linear layers.

    Parameters
    ----------
    n_frames, n_joints, n_channels : int
        Size of a sequence.
    hidden_dim : int, default=256
        Width of both layers.
    dropout : float, default=0.6
        Share of units dropped between the layers.

    See Also
    --------
    MLPDecoder : Turns its embeddings back into sequences.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import MLPEncoder
    >>> MLPEncoder(16, 20, 3, hidden_dim=32)(torch.zeros(2, 16, 20, 3)).shape
    torch.Size([2, 32])
    """

    def __init__(
        self, n_frames: int, n_joints: int, n_channels: int, *, hidden_dim: int = 256, dropout: float = 0.6
    ) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),
            WideLinear(n_frames * n_joints * n_channels, hidden_dim),
            nn.GELU(),
            nn.LayerNorm(hidden_dim),
            nn.Dropout(dropout),
            nn.Linear(hidden_dim, hidden_dim),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Turn `(B, F, J, C)` into `(B, hidden_dim)`."""
        return self.layers(x)


class MLPDecoder(nn.Module):
    """The mirror image of :class:`MLPEncoder`: from an embedding back to a sequence.

    Parameters
    ----------
    embedding_dim : int
        Width of the embedding.
    n_frames, n_joints, n_channels : int
        Size of a sequence.
    hidden_dim : int, default=256
        Width of the layer between.
    dropout : float, default=0.6
        Share of units dropped between the layers.

    See Also
    --------
    MLPEncoder : Turns sequences into embeddings.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import MLPDecoder
    >>> MLPDecoder(64, 16, 20, 3, hidden_dim=32)(torch.zeros(2, 64)).shape
    torch.Size([2, 16, 20, 3])
    """

    def __init__(
        self,
        embedding_dim: int,
        n_frames: int,
        n_joints: int,
        n_channels: int,
        *,
        hidden_dim: int = 256,
        dropout: float = 0.6,
    ) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(embedding_dim, hidden_dim),
            nn.GELU(),
            nn.LayerNorm(hidden_dim),
            nn.Dropout(dropout),
            nn.Linear(hidden_dim, n_frames * n_joints * n_channels),
            nn.Unflatten(1, (n_frames, n_joints, n_channels)),
        )

    def forward(self, z: Tensor) -> Tensor:
        """Turn `(B, embedding_dim)` into `(B, F, J, C)`."""
        return self.layers(z)
