"""What all classifiers share that train an encoder end to end."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from numbers import Integral, Real

import numpy as np
import torch
from sklearn.base import ClassifierMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from skeletonlearn._training.batches import make_batches
from skeletonlearn._training.callbacks import CallbackSupportMixin, tasks_of_fit, with_callbacks
from skeletonlearn._training.checkpoint import identify, open_checkpoint, seed_of_fit
from skeletonlearn._training.clips import cut_clips
from skeletonlearn._training.devices import resolve_device
from skeletonlearn._training.estimator import NetworkKeeperMixin
from skeletonlearn._training.hold_out import hold_out
from skeletonlearn._training.layout import layout_of
from skeletonlearn._training.loop import train
from skeletonlearn._training.parameters import TRAINING_CONSTRAINTS, training_settings
from skeletonlearn._training.seeding import seeded
from skeletonlearn._training.views import bind_view, default_view
from skeletonlearn.base import SequenceEstimator, check_finite_result, check_sequences
from skeletonlearn.classification._architecture import ClassifierPlan
from skeletonlearn.classification._objective import LOSSES, ClassificationObjective, make_loss
from skeletonlearn.classification._samples import (
    check_class_weight,
    check_sample_weight,
    distinct_samples,
    weigh_classes,
)
from skeletonlearn.nn import FUSIONS, EncoderPlan, LateFusion, StreamedEncoder, choose_streams
from skeletonlearn.nn._pooling import real_steps
from skeletonlearn.skeletons import Skeleton

_AUTOMATIC = {"smallest_batch": 32, "largest_batch": 256, "n_steps": 1600}


def _attends(estimator: NetworkClassifier) -> bool:
    encoder = estimator.encoder_.parts[0].encoder if estimator.__sklearn_is_fitted__() else None
    pooling = getattr(getattr(encoder, "pool", None), "pooling", getattr(estimator, "pooling", None))
    if pooling != "attention":
        raise AttributeError(f"attention_weights needs pooling='attention' when fitting, got pooling={pooling!r}.")
    return True


class NetworkClassifier(CallbackSupportMixin, ClassifierMixin, NetworkKeeperMixin, SequenceEstimator):
    """Base of the classifiers; a subclass has the parameters and says what its encoder is."""

    _parameter_constraints: dict = {
        "skeleton": [Skeleton, str, None],
        "streams": [StrOptions({"auto"}), tuple, list],
        "fusion": [StrOptions(set(FUSIONS))],
        "hidden_dim": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left"), None],
        "loss": [StrOptions(set(LOSSES)), callable],
        "gamma": [Interval(Real, 0, None, closed="left")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
        "n_clips": [Interval(Integral, 1, None, closed="left")],
        **TRAINING_CONSTRAINTS,
    }

    @with_callbacks
    def fit(self, X, y, sample_weight=None):
        """Train encoder and classifier end to end.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences; 3-D and 2-D arrays are read as one joint. Encoders that take any length take lists of sequences
            of different lengths.
        y : array-like of shape (n_samples,)
            Classes.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, from 0. A weight of three is the same as having the sample three times.

        Returns
        -------
        self : object
            Fitted.
        """
        self._validate_params()
        check_class_weight(self.class_weight)
        X, y = check_sequences(
            self, X, y, reset=True, dtype=np.float32, ragged=self._takes_any_length(), ensure_min_samples=2
        )
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        indices, weights = self._weigh(X, codes, sample_weight)
        device = resolve_device(self.device)
        given = np.empty(0) if sample_weight is None else np.asarray(sample_weight)
        identity = partial(identify, self, device, X=X, y=[codes, self.classes_], sample_weight=given)
        checkpoint = open_checkpoint(self.checkpoint, identity)
        seed = seed_of_fit(checkpoint, self.random_state)
        held_out = self.validation_fraction if self.early_stopping else 0.0
        training, validation = (indices[part] for part in hold_out(codes[indices], held_out, seed))
        settings = training_settings(self, len(training), **_AUTOMATIC)
        with seeded(seed, device) as generator:
            skeleton = layout_of(self.skeleton, [X[at] for at in indices])  # of no other: they are what is learned from
            networks = self._new_networks(skeleton).to(device)
            objective = self._objective(networks, X, codes, indices, weights, device)
            history = train(
                networks,
                lambda rows, generator: objective(training[rows], generator),
                len(training),
                settings,
                generator,
                device,
                validation_loss=partial(objective.evaluate, validation, settings.batch_size)
                if self.early_stopping
                else None,
                checkpoint=checkpoint,
                tasks=tasks_of_fit(self, X, y),
                title=type(self).__name__,
            )
        self._finish(networks, history, device)
        return self

    def predict_proba(self, X):
        """Tell the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences with the joints and channels that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`; rows sum to 1. With `n_clips`, the mean over the clips.
        """
        X = self._check(X)
        _, of_batch = self._describe_output()
        device = resolve_device(self.device)
        probabilities = [self._apply_in_batches(clip, device, of_batch) for clip in cut_clips(X, self.n_clips)]
        mean = np.asarray(probabilities, dtype=np.float64).mean(axis=0)
        check_finite_result(self, mean, X)
        return mean / mean.sum(axis=1, keepdims=True)

    def predict_log_proba(self, X):
        """Tell the logarithm of the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences with the joints and channels that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Natural logarithms, in the order of `classes_`.
        """
        return np.log(np.maximum(self.predict_proba(X), np.finfo(np.float64).tiny))

    def predict(self, X):
        """Tell the class of each sequence.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences with the joints and channels that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples,)
            Classes.
        """
        return self.predict_top_k(X, 1)[:, 0]

    def predict_top_k(self, X, k):
        """Tell the most probable classes of each sequence.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences with the joints and channels that `fit` saw.
        k : int
            How many classes.

        Returns
        -------
        ndarray of shape (n_samples, k)
            Classes, the most probable first; of equally probable ones the first in `classes_`.

        Raises
        ------
        ValueError
            If there are fewer classes.
        """
        probabilities = self.predict_proba(X)
        if not isinstance(k, Integral) or not 1 <= int(k) <= len(self.classes_):
            raise ValueError(f"k={k!r} must be an integer between 1 and the number of classes, {len(self.classes_)}.")
        return self.classes_[np.argsort(-probabilities, axis=1, kind="stable")[:, :k]]

    @available_if(_attends)
    def attention_weights(self, X):
        """Tell how much each frame counts in the decision.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences with the joints and channels that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples, n_frames) or list of ndarray of shape (n_frames_i,)
            Weights of the attention pooling; they sum to 1 for each sequence. A step of the encoder stands for several
            frames (two of "gru", "lstm" and "transformer", eight of "tcn"), and its weight is divided among them: the
            last frame of an odd number has all of its step's.
        """
        X = self._check(X)
        lengths = [len(sequence) for sequence in X]
        weights = self._apply_in_batches(X, resolve_device(self.device), partial(_attention, max(lengths)))
        check_finite_result(self, weights, X)
        return [row[:length] for row, length in zip(weights, lengths, strict=True)] if isinstance(X, list) else weights

    @property
    def encoder_(self):
        return self._fitted_networks()["encoder"]

    @property
    def loss_curve_(self):
        return [record["loss"] for record in self.history_]

    @property
    def validation_curve_(self):
        losses = [record["validation_loss"] for record in self.history_ if "validation_loss" in record]
        return losses or None

    @abstractmethod
    def _encoder_plan(self, shape: tuple[int | None, int, int], skeleton: Skeleton | None) -> EncoderPlan:
        """What the encoder is made of."""

    def _plan_for(self, encoder, shape, skeleton, options):
        """What an encoder is made of that has the parameters of this estimator."""
        streams = choose_streams(self.streams, skeleton)
        # torch takes none of NumPy's numbers, which a grid of parameters may hold
        hidden_dim, dropout = int(self.hidden_dim), None if self.dropout is None else float(self.dropout)
        return EncoderPlan(shape, encoder, streams, skeleton, hidden_dim, dropout, options, self.fusion)

    def _takes_any_length(self):
        """Whether the encoder takes sequences of different lengths."""
        return True

    def _frozen(self):
        """Whether only the last layer is trained."""
        return False

    def _start_from(self, networks):
        """Give new networks other than random weights."""

    def _weigh(self, X, codes, sample_weight):
        weights = check_sample_weight(sample_weight, X)
        indices, weights = distinct_samples(X, codes, weights)
        if len(indices) < 2:
            raise ValueError("Got 1 distinct sequence of positive weight, expected at least 2.")
        return indices, weights

    def _new_networks(self, skeleton):
        """Untrained networks for the shape that `fit` saw; what they are made of is remembered."""
        encoder = self._encoder_plan(self.sequence_shape_in_, skeleton)
        self.skeleton_ = encoder.skeleton
        self._plan = ClassifierPlan(encoder, len(self.classes_), self.loss == "temporal_cross_entropy")
        networks = self._plan.build()
        self._start_from(networks)
        return networks

    def _build_networks(self):
        return self._plan.build()

    def _describe_networks(self):
        return self._plan.described()

    def _describe_output(self):
        return "probabilities", partial(_probabilities, self._plan.every_step)

    def _objective(self, networks, X, codes, indices, weights, device):
        skeleton = self._plan.encoder.skeleton
        augmentation = self.augmentation
        if isinstance(augmentation, str) and augmentation == "auto":
            _, n_joints, n_channels = self.sequence_shape_in_
            any_length = networks["encoder"].any_length
            augmentation = default_view(n_joints, n_channels, skeleton, any_length=any_length)
        if augmentation is None:
            augmentation = _as_it_is
        of_classes = weigh_classes(self.class_weight, self.classes_, codes[indices], weights)
        by_class = None if of_classes is None else torch.tensor(of_classes, dtype=torch.float32, device=device)
        of_all = np.zeros(len(codes))
        of_all[indices] = weights
        return ClassificationObjective(
            networks,
            make_batches(X, device),
            codes,
            of_all,
            bind_view(augmentation, skeleton),
            make_loss(self.loss, self.gamma, by_class, self.label_smoothing),
            self._frozen(),
            device,
        )

    def _check(self, X):
        check_is_fitted(self)
        any_length = self.encoder_.takes_lengths
        fixed = ("joints", "channels") if any_length else ("frames", "joints", "channels")
        return check_sequences(self, X, reset=False, dtype=np.float32, ragged=any_length, fixed=fixed)


def _as_it_is(batch, generator):
    return batch


def _probabilities(every_step, networks, x, lengths):
    """Probabilities of a batch, `(B, n_classes)`: the mean over the parts of the encoder, and over the steps."""
    if not every_step:
        return networks["head"](networks["encoder"](x, lengths)).float().softmax(dim=-1).mean(dim=1)
    steps, n_steps = networks["encoder"].steps(x, lengths)
    of_steps = networks["head"](steps).float().softmax(dim=-1).mean(dim=2)
    of_steps = of_steps.masked_fill(~real_steps(n_steps, steps)[..., None], 0)
    return of_steps.sum(dim=1) / of_steps.sum(dim=(1, 2))[:, None]


def _attention(n_frames, networks, x, lengths):
    """Weights of the frames, `(B, n_frames)`, from those of the encoder's steps."""
    encoder: StreamedEncoder | LateFusion = networks["encoder"]
    weights = encoder.attention(x, lengths).cpu()
    real = torch.full((len(x),), x.shape[1]) if lengths is None else lengths
    frames = torch.arange(n_frames)
    # a batch may be shorter than the longest sequence of all
    step = (frames // encoder.parts[0].encoder.frames_per_step).clamp_max(weights.shape[1] - 1)
    is_real = frames < real[:, None]
    frames_of = torch.zeros_like(weights).index_add_(1, step, is_real.to(weights.dtype))  # how many share a step
    return torch.where(is_real, weights[:, step] / frames_of[:, step].clamp_min(1), 0)
