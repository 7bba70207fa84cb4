"""What classifiers and regressors share that train an encoder end to end."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from numbers import Integral
from typing import Any

import numpy as np
import torch
from sklearn.utils._param_validation import Interval
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from skeletonlearn._training.clips import cut_clips
from skeletonlearn._training.devices import resolve_device
from skeletonlearn._training.estimator import NetworkEstimator
from skeletonlearn._training.parameters import (
    NETWORK_PARAMETERS,
    NETWORK_TEXTS,
    SharedParameter,
    constraints,
    texts,
)
from skeletonlearn._training.task import FitArguments
from skeletonlearn.base import check_finite_result, check_sequences
from skeletonlearn.nn import EncoderPlan, choose_streams
from skeletonlearn.skeletons import Skeleton

PREDICTOR_PARAMETERS: dict[str, SharedParameter] = {
    "augmentation": SharedParameter(
        "no_validation",  # `bind_view` checks it, once the layout is known
        """"auto", None or view
    A random view of each sequence in each epoch, from :mod:`skeletonlearn.augmentation`. ``"auto"`` crops in time,
    rescales bones (if there is a layout), turns (in 3-D), shears and jitters bodies that are scaled to a torso of
    length 1; it leaves series of one joint as they are.""",
    ),
    "n_clips": SharedParameter(
        [Interval(Integral, 1, None, closed="left")],
        """int
    Parts of a sequence whose predictions are averaged. The first is the whole.""",
    ),
}

PREDICTOR_TEXTS = {**NETWORK_TEXTS, **texts(PREDICTOR_PARAMETERS)}


def attends(estimator: Any) -> bool:
    """Whether an estimator pools its time steps by attention; else an error says what it does."""
    if estimator.__sklearn_is_fitted__():
        pooling = getattr(getattr(estimator.encoder_.parts[0].encoder, "pool", None), "pooling", None)
    else:
        pooling = getattr(estimator, "pooling", None)
    if pooling != "attention":
        raise AttributeError(f"attention_weights needs pooling='attention' when fitting, got pooling={pooling!r}.")
    return True


class NetworkPredictor(NetworkEstimator):
    """Base of classifiers and regressors; a subclass has the parameters."""

    _parameter_constraints: dict = {
        **constraints(NETWORK_PARAMETERS),
        **constraints(PREDICTOR_PARAMETERS),
    }

    @abstractmethod
    def _plan_encoder(self, skeleton: Skeleton | None) -> EncoderPlan:
        """Plan the encoder for `sequence_shape_in_`, the parameters and a layout."""

    @abstractmethod
    def _takes_any_length(self) -> bool:
        """Return whether the encoder takes sequences of different lengths."""

    @available_if(attends)
    def attention_weights(self, X: Any) -> np.ndarray | list[np.ndarray]:
        """Return the weight of each frame in the prediction.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences with the joints and channels seen in `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_frames) or list of ndarray of shape (n_frames_i,)
            Weights of the attention pooling; they sum to 1 for each sequence. A step of the encoder covers several
            frames (two of "gru", "lstm" and "transformer", eight of "tcn"), and its weight is divided among them: the
            last frame of an odd number has all of its step's.
        """
        X = self._check(X)
        lengths = [len(sequence) for sequence in X]
        weights = self._apply_in_batches(X, resolve_device(self.device), partial(_attention, max(lengths)))
        check_finite_result(self, weights, X)
        return [row[:length] for row, length in zip(weights, lengths, strict=True)] if isinstance(X, list) else weights

    def _check_training_data(self, given: FitArguments, **check_params: Any) -> tuple[Any, np.ndarray]:
        """Check X, float32, and y, and that they fit the last ones if training continues."""
        any_length = self._takes_any_length()
        checked: tuple[Any, np.ndarray] = check_sequences(
            self,
            given.X,
            given.y,
            reset=not given.continues,
            dtype=np.float32,
            ragged=any_length,
            fixed=_fixed_axes(any_length),
            ensure_min_samples=given.fewest_samples,
            **check_params,
        )
        return checked

    def _check(self, X: Any) -> Any:
        check_is_fitted(self)
        any_length = self.encoder_.takes_lengths
        return check_sequences(self, X, reset=False, dtype=np.float32, ragged=any_length, fixed=_fixed_axes(any_length))

    def _mean_over_clips(self, X: Any) -> np.ndarray:
        """Return the output of the networks for checked sequences, float64, averaged over `n_clips` parts.

        Shape `(n_samples, n_outputs)`.
        """
        _, of_batch = self._output()
        device = resolve_device(self.device)
        total = sum(
            self._apply_in_batches(clip, device, of_batch).astype(np.float64) for clip in cut_clips(X, self.n_clips)
        )
        return check_finite_result(self, total / self.n_clips, X)

    def _plan_named_encoder(
        self, encoder: str | Callable[..., nn.Module], skeleton: Skeleton | None, options: dict[str, Any]
    ) -> EncoderPlan:
        """Plan an encoder with the parameters of this estimator."""
        return EncoderPlan(
            shape=self.sequence_shape_in_,
            encoder=encoder,
            streams=choose_streams(self.streams, skeleton),
            skeleton=skeleton,
            # torch takes none of NumPy's numbers, which a grid of parameters may hold
            hidden_dim=int(self.hidden_dim),
            dropout=None if self.dropout is None else float(self.dropout),
            options=options,
            fusion=self.fusion,
        )

    def _freezes(self) -> bool:
        """Return whether only the head is trained."""
        return False

    def _remedy(self) -> str:
        """Return what to do where a loss of the user's own is not finite."""
        return "The loss function that was passed as loss returned it. " if callable(self.loss) else ""


def _fixed_axes(any_length: bool) -> tuple[str, ...]:
    return ("joints", "channels") if any_length else ("frames", "joints", "channels")


def _attention(n_frames: int, networks: nn.ModuleDict, x: Tensor, lengths: Tensor | None) -> Tensor:
    """Return weights of the frames, `(B, n_frames)`, from those of the encoder's steps."""
    encoder: Any = networks["encoder"]
    weights = encoder.attention(x, lengths).cpu()
    real = torch.full((len(x),), x.shape[1]) if lengths is None else lengths
    frames = torch.arange(n_frames)
    # a batch may be shorter than the longest sequence of all
    step = (frames // encoder.parts[0].encoder.frames_per_step).clamp_max(weights.shape[1] - 1)
    is_real = frames < real[:, None]
    frames_of = torch.zeros_like(weights).index_add_(1, step, is_real.to(weights.dtype))  # how many share a step
    return torch.where(is_real, weights[:, step] / frames_of[:, step].clamp_min(1), 0)
