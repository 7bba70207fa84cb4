"""From the features of every time step to one vector per sequence."""

from __future__ import annotations

import torch
from torch import Tensor, nn

POOLINGS = ("last", "mean", "max", "mean_max", "attention")


def real_steps(lengths: Tensor | None, steps: Tensor) -> Tensor:
    """Which of the steps `(B, S, ...)` are real, `(B, S)`: the first `lengths[i]` of sequence i, or all."""
    if lengths is None:
        return torch.ones(steps.shape[:2], dtype=torch.bool, device=steps.device)
    return torch.arange(steps.shape[1], device=steps.device) < lengths.to(steps.device)[:, None]


class TemporalPooling(nn.Module):
    """Pool the features of the real time steps.

    Parameters
    ----------
    pooling : {"last", "mean", "max", "mean_max", "attention"}
        `"mean_max"` gives both, one after the other; `"last"` takes the last real step (of a bidirectional network the
        backward half comes from the first step, which is where that direction ends); `"attention"` is a weighted mean
        whose weights come from the features: `softmax(v . tanh(W h_t))` over the real steps.
    width : int
        Features of a step.
    bidirectional : bool, default=False
        Whether the second half of the features was computed backwards in time.

    References
    ----------
    Z. Yang et al., "Hierarchical Attention Networks for Document Classification", NAACL 2016, eq. 5-7.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import TemporalPooling
    >>> steps, lengths = torch.zeros(2, 16, 32), torch.tensor([16, 10])
    >>> TemporalPooling("attention", 32)(steps, lengths).shape
    torch.Size([2, 32])
    """

    def __init__(self, pooling: str, width: int, *, bidirectional: bool = False) -> None:
        super().__init__()
        if pooling not in POOLINGS:
            raise ValueError(f"pooling={pooling!r} must be one of {', '.join(map(repr, POOLINGS))}.")
        self.pooling, self.bidirectional = pooling, bidirectional
        if pooling == "attention":
            self.score = nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1, bias=False))

    def forward(self, steps: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Turn `(B, S, D)` into `(B, D)`, or `(B, 2 D)` with "mean_max"."""
        if self.pooling == "last":
            return self._last(steps, lengths)
        if self.pooling == "mean_max":
            return torch.cat([self._mean(steps, lengths), self._max(steps, lengths)], dim=1)
        return self._max(steps, lengths) if self.pooling == "max" else self._mean(steps, lengths)

    def _max(self, steps: Tensor, lengths: Tensor | None) -> Tensor:
        if lengths is None:
            return steps.amax(dim=1)
        return steps.masked_fill(~real_steps(lengths, steps)[..., None], -torch.inf).amax(dim=1)

    def _mean(self, steps: Tensor, lengths: Tensor | None) -> Tensor:
        if lengths is None and self.pooling != "attention":
            return steps.mean(dim=1)
        real = real_steps(lengths, steps)
        weights = self._weights(steps, real)
        # padding may hold anything, even NaN, which a weight of zero would let through
        return (weights[..., None] * steps.masked_fill(~real[..., None], 0)).sum(dim=1)

    def weights(self, steps: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return how much each step counts in a mean or in attention.

        Parameters
        ----------
        steps : Tensor of shape (B, S, D)
            Features of the steps.
        lengths : Tensor of shape (B,), default=None
            Steps of each sequence; by default all are real.

        Returns
        -------
        Tensor of shape (B, S)
            Weights; each row sums to one, and steps that are not real weigh 0.
        """
        return self._weights(steps, real_steps(lengths, steps))

    def _weights(self, steps: Tensor, real: Tensor) -> Tensor:
        if self.pooling == "attention":
            scores = self.score(steps.masked_fill(~real[..., None], 0)).squeeze(2)
        else:
            scores = steps.new_zeros(real.shape)
        at_least_single = torch.promote_types(scores.dtype, torch.float32)
        return scores.to(at_least_single).masked_fill(~real, -torch.inf).softmax(dim=1).to(steps.dtype)

    def _last(self, steps: Tensor, lengths: Tensor | None) -> Tensor:
        n_sequences, _, width = steps.shape
        if lengths is None:
            last = steps[:, -1]
        else:
            last = steps[torch.arange(n_sequences, device=steps.device), lengths.to(steps.device) - 1]
        if not self.bidirectional:
            return last
        return torch.cat([last[:, : width // 2], steps[:, 0, width // 2 :]], dim=1)
