"""The flat encoder of the published ConMLP, and its mirror image as a decoder."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from skeletonlearn._memory import empty_like


class WideLinear(nn.Linear):
    """Linear layer for very many features: the same as its base, but quicker to train on a CPU.

    The weight's gradient is large (46 MB at 300 x 50 x 3), and each view of a batch brings one. The product adds it
    to `weight.grad` itself, where there is one already, instead of making two and having autograd add them up.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Turn `(B, in_features)` into `(B, out_features)`."""
        if not self.training or x.requires_grad or x.device.type != "cpu" or torch.is_autocast_enabled("cpu"):
            return super().forward(x)
        product: Tensor = _WideProduct.apply(x, self.weight, self.bias)
        return product


class _WideProduct(torch.autograd.Function):
    """`x @ weight.T + bias`, differentiable in weight and bias."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return nn.functional.linear(x, weight, bias)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[None, Tensor | None, Tensor]:
        x, weight = ctx.saved_tensors
        if weight.grad is not None:
            weight.grad.addmm_(grad_output.T, x)  # (D, B) @ (B, F*J*C)
            return None, None, grad_output.sum(0)
        return None, torch.mm(grad_output.T, x, out=empty_like(weight)), grad_output.sum(0)


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
