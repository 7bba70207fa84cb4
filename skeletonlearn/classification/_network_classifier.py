"""What all classifiers share that train an encoder end to end."""

from __future__ import annotations

from functools import partial
from numbers import Integral, Real

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.multiclass import check_classification_targets

from skeletonlearn._sequences import shows_nobody
from skeletonlearn._training.fit import fit_networks, partial_fit_networks
from skeletonlearn._training.hooks.callbacks import with_callbacks
from skeletonlearn._training.input_scale import warn_about_scale
from skeletonlearn._training.parameters import SharedParameter, choices, constraints, texts
from skeletonlearn._training.predictor import PREDICTOR_TEXTS, NetworkPredictor
from skeletonlearn._training.samples import (
    check_class_weight,
    check_sample_weight,
    distinct_samples,
    weigh_samples,
    without_negligible,
)
from skeletonlearn.classification._classes import check_two_classes, class_codes, known_classes
from skeletonlearn.classification._classification_task import ClassificationTask, make_class_loss
from skeletonlearn.losses import CLASSIFICATION_LOSSES, loss_options, takes
from skeletonlearn.nn import NetworkPlan, PredictionPlan
from skeletonlearn.nn._pooling import real_steps

CLASSIFIER_PARAMETERS: dict[str, SharedParameter] = {
    "loss": SharedParameter(
        [StrOptions(set(CLASSIFICATION_LOSSES)), callable],
        f"""{choices(CLASSIFICATION_LOSSES)} or callable
    ``"temporal_cross_entropy"`` lets every time step predict the class. A callable is called as
    ``loss(scores, target)`` with class scores before the softmax, `(n, n_classes)`, and class indices `(n,)`; it gives
    a tensor with one loss per row, `(n,)`, which class and sample weights then weigh.""",
    ),
    "gamma": SharedParameter(
        [Interval(Real, 0, None, closed="left")],
        """float
    Focus of the focal loss.""",
    ),
    "class_weight": SharedParameter(
        [dict, StrOptions({"balanced"}), None],
        """dict, "balanced" or None
    Weights of the classes, as in scikit-learn: they multiply the weights of the samples.""",
    ),
    "label_smoothing": SharedParameter(
        [Interval(Real, 0, 1, closed="left")],
        """float
    Part of the target distribution spread evenly over all classes by the named losses.""",
    ),
}

CLASSIFIER_TEXTS = {
    **PREDICTOR_TEXTS,
    **texts(CLASSIFIER_PARAMETERS),
    "classifier_parameters": [*CLASSIFIER_PARAMETERS, "augmentation", "n_clips"],
    "classes_": """classes_ : ndarray of shape (n_classes,)
    The classes.""",
}


class NetworkClassifier(ClassifierMixin, NetworkPredictor):
    """Base of the classifiers; a subclass has the parameters and plans its encoder."""

    classes_: np.ndarray

    _parameter_constraints: dict = {
        **NetworkPredictor._parameter_constraints,
        **constraints(CLASSIFIER_PARAMETERS),
    }

    @with_callbacks
    def fit(self, X, y, sample_weight=None):
        """Fit encoder and classifier end to end.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences; 3-D and 2-D arrays are read as one joint. Encoders that take any length take lists of sequences
            of different lengths.
        y : array-like of shape (n_samples,)
            Classes.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, from 0. A weight of three is the same as having the sample three times. A class
            without weight is never learned.

        Returns
        -------
        self : object
            Fitted.
        """
        fit_networks(self, X, y, sample_weight)
        return self

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Train one more epoch, at the full learning rate, on these sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences, of one shape in all calls.
        y : array-like of shape (n_samples,)
            Classes.
        classes : array-like of shape (n_classes,), default=None
            All classes of all calls; needed in the first call.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, from 0.

        Returns
        -------
        self : object
            Fitted further; the optimiser's state is kept for the next call.
        """
        partial_fit_networks(self, X, y, sample_weight, classes)
        return self

    def predict_proba(self, X):
        """Predict class probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences with the joints and channels seen in `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`; rows sum to 1. With `n_clips`, the mean over the clips. All
            classes are equally probable for a sequence that shows nobody, with all joints zero in all frames.

        Warns
        -----
        UserWarning
            If a sequence shows nobody.
        """
        X = self._check(X)
        mean = self._mean_over_clips(X)
        mean[shows_nobody(X)] = 1
        return mean / mean.sum(axis=1, keepdims=True)

    def predict_log_proba(self, X):
        """Predict logarithms of class probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences with the joints and channels seen in `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Natural logarithms, in the order of `classes_`.
        """
        return np.log(np.maximum(self.predict_proba(X), np.finfo(np.float64).tiny))

    def predict(self, X):
        """Predict the class of each sequence.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences with the joints and channels seen in `fit`.

        Returns
        -------
        ndarray of shape (n_samples,)
            Classes. The first of `classes_` for a sequence that shows nobody.

        Warns
        -----
        UserWarning
            If a sequence shows nobody, with all joints zero in all frames.
        """
        return self.predict_top_k(X, 1)[:, 0]

    def predict_top_k(self, X, k):
        """Predict the most probable classes of each sequence.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences with the joints and channels seen in `fit`.
        k : int
            Number of classes.

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

    def _new_task(self, given):
        self._validate_params()
        check_class_weight(self.class_weight)
        if given.is_partial and self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' needs all samples, but partial_fit sees some of them; pass a dict, for "
                "instance from sklearn.utils.compute_class_weight."
            )
        X, y = self._check_training_data(given)
        check_classification_targets(y)
        fitted = self.classes_ if given.continues else None
        self.classes_ = known_classes(y, given, fitted, type(self).__name__)
        codes = class_codes(y, self.classes_)
        weights = check_sample_weight(given.sample_weight, X)
        weights = weigh_samples(self.class_weight, self.classes_, codes, weights)
        rows, row_weights = distinct_samples(X, codes, without_negligible(weights))
        if not given.is_partial:
            check_two_classes(codes[rows])
        warn_about_scale(self, [X[row] for row in rows], has_default_views=isinstance(self.augmentation, str))
        own_weights = np.empty(0) if given.sample_weight is None else np.asarray(given.sample_weight)
        return ClassificationTask(
            X,
            rows,
            row_weights,
            codes[rows],
            targets=codes,
            data={"y": [codes, self.classes_], "sample_weight": own_weights},
            augmentation=self.augmentation,
            freeze=self._freezes(),
            remedy=self._remedy(),
            loss=self._class_loss(),
            every_step=self._predicts_steps(),
        )

    def _predicts_steps(self):
        return not callable(self.loss) and takes(CLASSIFICATION_LOSSES[self.loss], "lengths")

    def _class_loss(self):
        is_own = callable(self.loss)
        loss = self.loss if is_own else CLASSIFICATION_LOSSES[self.loss]
        options = {} if is_own else loss_options(loss, self.get_params(deep=False))
        return make_class_loss(loss, options, every_step=self._predicts_steps(), is_own=is_own)

    def _plan_networks(self, skeleton):
        head = PredictionPlan(len(self.classes_), every_step=self._predicts_steps())
        return NetworkPlan(self._plan_encoder(skeleton), (head,))

    def _output(self):
        return "probabilities", partial(_probabilities, self._plan.tops[0].every_step)


def _probabilities(every_step, networks, x, lengths):
    """Return probabilities of a batch, `(B, n_classes)`: the mean over the parts of the encoder, and over the steps."""
    if not every_step:
        return networks["head"](networks["encoder"](x, lengths)).float().softmax(dim=-1).mean(dim=1)
    steps, n_steps = networks["encoder"].steps(x, lengths)
    of_steps = networks["head"](steps).float().softmax(dim=-1).mean(dim=2)
    of_steps = of_steps.masked_fill(~real_steps(n_steps, steps)[..., None], 0)
    return of_steps.sum(dim=1) / of_steps.sum(dim=(1, 2))[:, None]
