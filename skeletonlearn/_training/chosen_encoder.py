"""Classifiers and regressors whose encoder is a parameter, or comes from another estimator."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, Self

from sklearn.frozen import FrozenEstimator
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted
from torch import nn

from skeletonlearn._training.estimator import NetworkEstimator
from skeletonlearn._training.parameters import SharedParameter, choices, constraints, texts
from skeletonlearn._training.predictor import NetworkPredictor
from skeletonlearn._training.task import Task
from skeletonlearn.nn import ENCODERS, POOLINGS, EncoderPlan, takes_lengths
from skeletonlearn.skeletons import Skeleton

ENCODER_PARAMETERS: dict[str, SharedParameter] = {
    "encoder": SharedParameter(
        [StrOptions(set(ENCODERS)), callable],
        f"""{choices(ENCODERS)} or callable
    The network from a sequence to its features. ``"lstm"``, ``"gru"`` and ``"transformer"`` take sequences of any
    length. A callable is a factory, called as ``encoder(n_frames, n_joints, n_channels)``, of a
    :class:`torch.nn.Module` from `(B, F, J, C)` to `(B, D)`; `n_channels` counts the channels of the streams that it
    receives: of one with late fusion, else all.""",
    ),
    "pretrained": SharedParameter(
        [HasMethods("transform"), None],
        """fitted ConMLPEmbedder or None
    Whose encoder to start from. Encoder, streams, skeleton, pooling and sizes are then the embedder's, and the
    parameters of those names are ignored. It is not changed, and clones share it.""",
    ),
    "freeze": SharedParameter(
        ["boolean"],
        """bool
    Whether the pretrained encoder stays as it is and only the last layer is trained.""",
    ),
    "hidden_dim": SharedParameter(
        [Interval(Integral, 1, None, closed="left")],
        """int
    Width of the encoder, of each stream's with late fusion.""",
    ),
    "dropout": SharedParameter(
        [Interval(Real, 0, 1, closed="left"), None],
        """float or None
    Dropout of the encoder; None is its own default.""",
    ),
    "pooling": SharedParameter(
        [StrOptions(set(POOLINGS)), None],
        f"""{choices(POOLINGS)} or None
    How ``"tcn"``, ``"lstm"``, ``"gru"`` and ``"transformer"`` come from time steps to one vector; None is the
    encoder's own way. With "attention", `attention_weights` returns the weight of each frame.""",
    ),
}

ENCODER_TEXTS = texts(ENCODER_PARAMETERS)


class ChosenEncoderMixin(NetworkPredictor):
    """For estimators with the parameters of `ENCODER_PARAMETERS`."""

    _parameter_constraints: dict = {**NetworkPredictor._parameter_constraints, **constraints(ENCODER_PARAMETERS)}

    def __sklearn_clone__(self) -> Self:
        """Return an unfitted clone that starts from the same embedder: scikit-learn's own clone would unfit that."""
        twin = super().__sklearn_clone__()
        twin.pretrained = self.pretrained
        return twin

    def _validate_params(self) -> None:
        super()._validate_params()
        if self.pretrained is None:
            if self.freeze:
                raise ValueError("freeze=True needs a fitted embedder, got pretrained=None.")
            return
        check_is_fitted(self._embedder())
        if not isinstance(self._embedder(), NetworkEstimator):
            raise ValueError(f"pretrained={self.pretrained!r} must be a fitted ConMLPEmbedder.")

    def _embedder(self) -> Any:
        return self.pretrained.estimator if isinstance(self.pretrained, FrozenEstimator) else self.pretrained

    def _takes_any_length(self) -> bool:
        if self.pretrained is not None:
            return self._embedder().encoder_.takes_lengths
        return takes_lengths(self.encoder)

    def _freezes(self) -> bool:
        return self.freeze

    def _resolve_skeleton(self, sequences: Any) -> Skeleton | None:
        return super()._resolve_skeleton(sequences) if self.pretrained is None else self._embedder().skeleton_

    def _plan_encoder(self, skeleton: Skeleton | None) -> EncoderPlan:
        if self.pretrained is None:
            return self._plan_named_encoder(
                self.encoder, skeleton, {} if self.pooling is None else {"pooling": self.pooling}
            )
        plan, shape = self._embedder()._plan.encoder, self.sequence_shape_in_
        if plan.shape[1:] != shape[1:] or (plan.shape != shape and not self._takes_any_length()):
            raise ValueError(
                f"X has sequences of shape {shape}, but the pretrained embedder was fitted with {plan.shape} "
                "(n_frames, n_joints, n_channels)."
            )
        return plan

    def _initialise(self, networks: nn.ModuleDict, task: Task) -> None:
        super()._initialise(networks, task)
        if self.pretrained is not None:
            networks["encoder"].load_state_dict(self._embedder().encoder_.state_dict())
