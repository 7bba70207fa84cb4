"""Recurrent encoders: LSTM and GRU over the frames, any length, without padding in their state."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from skeletonlearn.nn._joint_stem import STRIDE, JointStem
from skeletonlearn.nn._pooling import TemporalPooling

_CELLS = {"lstm": nn.LSTM, "gru": nn.GRU}


class RecurrentEncoder(nn.Module):
    """LSTM or GRU over frames, pooled over time.

    Layers shared over joints turn every two frames into one step first. Neither normalisation nor state ever sees what
    pads a shorter sequence: steps are packed.

    Parameters
    ----------
    n_frames, n_joints, n_channels : int
        Size of a sequence; any number of frames can be encoded later.
    cell : {"lstm", "gru"}
        The recurrent unit.
    hidden_dim : int, default=256
        Width of the state: both directions together.
    dropout : float, default=0.4
        Share of features dropped between layers and before pooling.
    n_layers : int, default=1
        Recurrent layers.
    bidirectional : bool, default=True
        Whether half of the units run backwards in time.
    pooling : {"last", "mean", "max", "mean_max", "attention"}, default="mean"
        As in :class:`TemporalPooling`.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import RecurrentEncoder
    >>> RecurrentEncoder(16, 20, 3, cell="lstm", hidden_dim=32)(torch.zeros(2, 16, 20, 3)).shape
    torch.Size([2, 32])
    """

    takes_lengths = True
    frames_per_step = STRIDE

    def __init__(
        self,
        n_frames: int,
        n_joints: int,
        n_channels: int,
        *,
        cell: str,
        hidden_dim: int = 256,
        dropout: float = 0.4,
        n_layers: int = 1,
        bidirectional: bool = True,
        pooling: str = "mean",
    ) -> None:
        super().__init__()
        if cell not in _CELLS:
            raise ValueError(f"cell={cell!r} must be one of {', '.join(map(repr, _CELLS))}.")
        if bidirectional and hidden_dim % 2:
            raise ValueError(f"hidden_dim={hidden_dim} must be even for two directions (bidirectional=True).")
        width = max(1, hidden_dim // 2)
        self.stem = JointStem(n_joints, n_channels, width, dropout)
        self.recurrent = _CELLS[cell](
            width,
            hidden_dim // 2 if bidirectional else hidden_dim,
            num_layers=n_layers,
            batch_first=True,
            bidirectional=bidirectional,
            dropout=dropout if n_layers > 1 else 0.0,
        )
        self.drop = nn.Dropout(dropout)
        self.pool = TemporalPooling(pooling, hidden_dim, bidirectional=bidirectional)

    def steps(self, x: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Return the features of every second frame.

        Parameters
        ----------
        x : Tensor of shape (B, F, J, C)
            Sequences.
        lengths : Tensor of shape (B,), default=None
            Frames of each sequence; what follows them is not looked at. By default all frames are real.

        Returns
        -------
        steps : Tensor of shape (B, S, D)
            Features; zero after the end of a sequence.
        lengths : Tensor of shape (B,) or None
            Steps of each sequence; None if all are real.
        """
        features, n_steps = self.stem(x, lengths)
        if lengths is None:
            return self.drop(self.recurrent(features)[0]), None
        packed = pack_padded_sequence(features, n_steps.cpu(), batch_first=True, enforce_sorted=False)
        steps, _ = pad_packed_sequence(self.recurrent(packed)[0], batch_first=True, total_length=features.shape[1])
        return self.drop(steps), n_steps

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Turn `(B, F, J, C)` into `(B, hidden_dim)`, or twice as many with "mean_max"."""
        return self.pool(*self.steps(x, lengths))
