"""From the name of an encoder, or a user's own factory, to a module."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from inspect import signature
from itertools import chain
from typing import Any

import torch
from torch import nn

from skeletonlearn.nn._cooccurrence import CooccurrenceDecoder, CooccurrenceEncoder
from skeletonlearn.nn._mixer import MixerDecoder, MixerEncoder
from skeletonlearn.nn._mlp import MLPDecoder, MLPEncoder
from skeletonlearn.nn._recurrent import RecurrentEncoder
from skeletonlearn.nn._tcn import SlowFastEncoder, TCNDecoder, TCNEncoder
from skeletonlearn.nn._transformer import TransformerEncoder

ENCODERS: dict[str, Callable[..., nn.Module]] = {
    "mlp": MLPEncoder,
    "tcn": TCNEncoder,
    "slowfast": SlowFastEncoder,
    "cooccurrence": CooccurrenceEncoder,
    "mixer": MixerEncoder,
    "lstm": partial(RecurrentEncoder, cell="lstm"),
    "gru": partial(RecurrentEncoder, cell="gru"),
    "transformer": TransformerEncoder,
}
DECODERS: dict[str, Callable[..., nn.Module]] = {
    "mlp": MLPDecoder,
    "tcn": TCNDecoder,
    "cooccurrence": CooccurrenceDecoder,
    "mixer": MixerDecoder,
}
"""Decoders that mirror an encoder; all others get the published one, that of "mlp"."""

_ENOUGH_FRAMES = 16  # to find the width of what encoders of any number of frames give


def build_encoder(
    encoder: str | Callable[..., nn.Module],
    shape: tuple[int, int, int],
    *,
    hidden_dim: int,
    dropout: float | None,
    options: Mapping[str, Any] | None = None,
) -> nn.Module:
    """Build an encoder for sequences of one shape.

    Parameters
    ----------
    encoder : str or callable
        A name in `ENCODERS`, or a factory called as `encoder(n_frames, n_joints, n_channels)`.
    shape : tuple of int
        `(n_frames, n_joints, n_channels)`.
    hidden_dim : int
        Width of a named encoder; a factory decides for itself.
    dropout : float or None
        A named encoder's dropout; None is that encoder's own default.
    options : mapping of str to object, optional
        Further keyword arguments of a named encoder.

    Returns
    -------
    torch.nn.Module
        Takes `(B, F, J, C)` to `(B, D)`.

    Raises
    ------
    ValueError
        If the name is not known, or the encoder has no such option; a factory has none.
    TypeError
        If a factory does not give a module, or is one itself.

    See Also
    --------
    build_decoder : Builds what turns embeddings back into sequences.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import build_encoder
    >>> encoder = build_encoder("gru", (16, 20, 3), hidden_dim=32, dropout=None, options={"pooling": "max"})
    >>> encoder(torch.zeros(2, 16, 20, 3)).shape
    torch.Size([2, 32])
    """
    if isinstance(encoder, str):
        if encoder not in ENCODERS:
            raise ValueError(f"encoder={encoder!r} must be one of {', '.join(ENCODERS)}, or a factory of a module.")
        factory = ENCODERS[encoder]
        known = signature(factory).parameters.keys() - getattr(factory, "keywords", {}).keys()
        _check_options(encoder, options or {}, known)
        return factory(*shape, hidden_dim=hidden_dim, **_given(dropout), **(options or {}))
    if isinstance(encoder, nn.Module):
        raise TypeError(
            f"encoder is a {type(encoder).__name__} already, expected a factory that makes one from n_frames, "
            "n_joints and n_channels, such as its class."
        )
    _check_options(encoder, options or {}, ())
    module = encoder(*shape)
    if not isinstance(module, nn.Module):
        raise TypeError(f"encoder={encoder!r} must make a torch.nn.Module, got {type(module).__name__}.")
    return module


def _check_options(encoder: str | Callable[..., nn.Module], options: Mapping[str, Any], known: Collection[str]) -> None:
    for name, value in options.items():
        if name not in known:
            raise ValueError(f"{name}={value!r} is not for encoder={encoder!r}, expected None.")


def takes_lengths(encoder: str | Callable[..., nn.Module]) -> bool:
    """Whether an encoder takes sequences of different lengths together, padded.

    Parameters
    ----------
    encoder : str or callable
        As in :func:`build_encoder`.

    Returns
    -------
    bool
        Whether its modules have an attribute `takes_lengths` that is true.

    Examples
    --------
    >>> from skeletonlearn.nn import ENCODERS, takes_lengths
    >>> [name for name in ENCODERS if takes_lengths(name)]
    ['lstm', 'gru', 'transformer']
    """
    factory = ENCODERS[encoder] if isinstance(encoder, str) else encoder
    return getattr(getattr(factory, "func", factory), "takes_lengths", False)


def build_decoder(
    encoder: str | Callable[..., nn.Module],
    embedding_dim: int,
    shape: tuple[int, int, int],
    *,
    hidden_dim: int,
    dropout: float | None,
) -> nn.Module:
    """Build the decoder that belongs to an encoder; one without gets that of the published encoder.

    Parameters
    ----------
    encoder : str or callable
        As in :func:`build_encoder`.
    embedding_dim : int
        Width of the embedding.
    shape : tuple of int
        `(n_frames, n_joints, n_channels)` of the sequence to rebuild.
    hidden_dim : int
        Width of the layers between.
    dropout : float or None
        The decoder's dropout; None is its own default.

    Returns
    -------
    torch.nn.Module
        Takes `(B, embedding_dim)` to `(B, F, J, C)`.

    See Also
    --------
    build_encoder : Builds what turns sequences into embeddings.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import build_decoder
    >>> decoder = build_decoder("tcn", 192, (16, 20, 3), hidden_dim=32, dropout=None)
    >>> decoder(torch.zeros(2, 192)).shape
    torch.Size([2, 16, 20, 3])
    """
    decoder = DECODERS.get(encoder, MLPDecoder) if isinstance(encoder, str) else MLPDecoder
    return decoder(embedding_dim, *shape, hidden_dim=hidden_dim, **_given(dropout))


def embedding_width(encoder: nn.Module, shape: tuple[int, int, int]) -> int:
    """Find the width D of the `(B, D)` that an encoder gives for sequences of one shape, by encoding zeros.

    The zeros have the device and the dtype of the encoder's weights, "meta" included.

    Parameters
    ----------
    encoder : torch.nn.Module
        The encoder.
    shape : tuple of int
        `(n_frames, n_joints, n_channels)`.

    Returns
    -------
    int
        The width.

    Raises
    ------
    ValueError
        If the encoder does not give one vector per sequence.

    Examples
    --------
    >>> from skeletonlearn.nn import TCNEncoder, embedding_width
    >>> embedding_width(TCNEncoder(16, 20, 3, hidden_dim=32), (16, 20, 3))
    192
    """
    out = _of_zeros(encoder, encoder, shape)
    if not isinstance(out, torch.Tensor) or out.ndim != 2 or len(out) != 2:
        got = f"shape {tuple(out.shape)}" if isinstance(out, torch.Tensor) else type(out).__name__
        raise ValueError(f"The encoder gave {got} for 2 sequences, expected (2, n_components).")
    return int(out.shape[1])


def step_width(encoder: Any, shape: tuple[int, int, int]) -> int:
    """Find the number of features of a time step, by encoding zeros.

    The zeros have the device and the dtype of the encoder's weights, "meta" included.

    Parameters
    ----------
    encoder : torch.nn.Module
        With a method `steps`.
    shape : tuple of int
        `(n_frames, n_joints, n_channels)`.

    Returns
    -------
    int
        Width D of the `(B, S, D)` that its `steps` give.

    Examples
    --------
    >>> from skeletonlearn.nn import TCNEncoder, step_width
    >>> step_width(TCNEncoder(16, 20, 3, hidden_dim=32), (16, 20, 3))
    32
    """
    steps, _ = _of_zeros(encoder, encoder.steps, shape)
    return int(steps.shape[2])


def _of_zeros(encoder: nn.Module, function: Callable[..., Any], shape: tuple[int, int, int]) -> Any:
    """Return what a function of an encoder gives for two sequences of zeros, on its device and in its precision."""
    n_frames, n_joints, n_channels = shape
    if getattr(encoder, "any_length", False):  # the width is the same, and found sooner
        n_frames = min(n_frames, _ENOUGH_FRAMES)
    weights = (each for each in chain(encoder.parameters(), encoder.buffers()) if each.is_floating_point())
    like = next(weights, torch.empty(0, dtype=torch.float32))
    was_training = encoder.training
    encoder.eval()
    with torch.no_grad(), torch.device(like.device):
        # not `new_zeros`, which the parameters of lazy modules do not have before the first batch
        out = function(torch.zeros(2, n_frames, n_joints, n_channels, dtype=like.dtype))
    encoder.train(was_training)
    return out


def _given(dropout: float | None) -> dict[str, Any]:
    return {} if dropout is None else {"dropout": dropout}
