"""LinearProbe: a linear classifier on a frozen representation."""

from __future__ import annotations

from copy import copy
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from skeletonlearn._training.samples import (
    check_class_weight,
    check_sample_weight,
    distinct_samples,
    weigh_samples,
)
from skeletonlearn.base import SequenceEstimator, check_sequences, refuse_overflow
from skeletonlearn.classification._leave_one_out_ridge import LeaveOneOutRidge

_LOGISTIC_C = 0.01
"""Embeddings tend to separate the training set. A stronger penalty than scikit-learn's (1.0) then generalises better to
unseen views."""

_BELOW_MEAN = -np.log(np.finfo(np.float64).eps)
"""How far the logit of a class without weight lies below the mean logit: its probability rounds to 0."""


class LinearProbe(ClassifierMixin, SequenceEstimator):
    """Evaluate a representation by a linear classifier on it.

    Features are standardised, then classified by ridge regression on the classes or by multinomial logistic regression.
    The representation is X itself (embeddings or flattened sequences), or the output of a fitted `embedder`.
    The embedder is frozen: the probe never fits, copies or changes it, and clones of the probe share it.

    Embeddings often have more features than there are training sequences, and few of the features matter to the
    classes. Ridge regression uses the covariance of the features in all sequences. Logistic regression mostly depends
    on the sequences near the class borders, and such embeddings leave few of them.

    Parameters
    ----------
    embedder : fitted transformer or None, default=None
        Its `transform` returns the representation of X. It may be wrapped in a
        :class:`sklearn.frozen.FrozenEstimator`. None uses X itself.
    loss : {"squared_error", "log_loss"}, default="squared_error"
        The loss function. ``"squared_error"`` is ridge regression, with a target of 1 for the sequences of a class and
        -1 for the others. The scores are then multiplied by one factor, so that they are the logits of calibrated
        probabilities. ``"log_loss"`` is multinomial logistic regression.
    C : float or "auto", default="auto"
        Inverse of the strength of the L2 penalty, as in scikit-learn: half the inverse of ridge regression's `alpha`.
        ``"auto"`` is 0.01 for ``"log_loss"``. For ``"squared_error"`` it is the smallest of 16 values whose
        leave-one-out accuracy is within one standard error of the best.
    max_iter : int, default=1000
        Maximum number of iterations of the solver of ``"log_loss"``.
    tol : float, default=1e-4
        Largest gradient at which the solver of ``"log_loss"`` stops.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes; ``"balanced"`` weighs them by the inverse of their frequency. A class without weight
        stays in `classes_` but is never predicted.

    Attributes
    ----------
    scaler_ : StandardScaler
        Standardises the representation.
    classifier_ : object
        Classifies the standardised representation: a LogisticRegression for ``"log_loss"``.
    C_ : float
        Inverse of the strength of the penalty.
    classes_ : ndarray of shape (n_classes,)
        The classes.
    coef_ : ndarray of shape (n_classes, n_components) or (1, n_components)
        Coefficients of the standardised representation; with two classes, those of the second.
    intercept_ : ndarray of shape (n_classes,) or (1,)
        Intercepts of the logits; with two classes, that of the second.
    n_iter_ : ndarray of int of shape (1,)
        Number of iterations; 1 for ridge regression.
    n_features_in_ : int
        Frames times joints times channels of X.
    feature_names_in_ : ndarray of str
        Column names of X, if it was a table with column names.
    sequence_shape_in_ : tuple
        `(n_frames, n_joints, n_channels)` of X in `fit`; n_frames is None if the sequences differed in length.

    See Also
    --------
    skeletonlearn.ConMLPEmbedder : Learns a representation to probe.

    Notes
    -----
    The time of ridge regression grows with the cube, and its memory with the square, of the number of sequences or of
    features, whichever is smaller. Identical sequences are left out together.

    References
    ----------
    G. Alain & Y. Bengio, "Understanding intermediate layers using linear classifier probes", ICLR workshop 2017.
    L. Breiman et al., "Classification and Regression Trees", 1984 (the rule of one standard error).
    C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017 (one factor for all logits).

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn import ConMLPEmbedder, LinearProbe
    >>> X = np.random.default_rng(0).normal(size=(12, 16, 20, 3))
    >>> y = np.arange(12) % 3
    >>> embedder = ConMLPEmbedder(max_epochs=1, hidden_dim=32, random_state=0).fit(X, y)
    >>> probe = LinearProbe(embedder=embedder).fit(X, y)
    >>> probe.predict(X).shape, probe.coef_.shape
    ((12,), (3, 768))
    """

    _parameter_constraints: dict = {
        "embedder": [HasMethods(["fit", "transform"]), None],
        "loss": [StrOptions({"squared_error", "log_loss"})],
        "C": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="neither")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    def __init__(self, embedder=None, *, loss="squared_error", C="auto", max_iter=1000, tol=1e-4, class_weight=None):
        self.embedder = embedder
        self.loss = loss
        self.C = C
        self.max_iter = max_iter
        self.tol = tol
        self.class_weight = class_weight

    def fit(self, X, y, sample_weight=None):
        """Fit the scaler and the classifier; the embedder stays as it is.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or (n_samples, n_features)
            Sequences or embeddings; with an embedder, its input.
        y : array-like of shape (n_samples,)
            Classes.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, in the scaler and in the classifier.

        Returns
        -------
        self : LinearProbe
            Fitted.

        Raises
        ------
        NotFittedError
            If the embedder is not fitted.
        ValueError
            If X, y, `sample_weight` or a parameter is invalid, or fewer than two classes have samples of positive
            weight.
        """
        self._validate_params()
        check_class_weight(self.class_weight)
        fitted = copy(self)
        fitted._fit(X, y, sample_weight)
        self.__dict__ = fitted.__dict__  # all attributes at once: a fit that fails changes nothing
        return self

    def predict(self, X):
        """Predict the class of each sequence.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or (n_samples, n_features)
            Sequences or embeddings, as in `fit`.

        Returns
        -------
        ndarray of shape (n_samples,)
            Classes.
        """
        embeddings = self._standardise(X)
        return self.classifier_.predict(embeddings)

    def predict_proba(self, X):
        """Predict class probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or (n_samples, n_features)
            Sequences or embeddings, as in `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`; rows sum to 1.
        """
        embeddings = self._standardise(X)
        return self.classifier_.predict_proba(embeddings)

    def predict_log_proba(self, X):
        """Predict logarithms of class probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or (n_samples, n_features)
            Sequences or embeddings, as in `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Natural logarithms, in the order of `classes_`.
        """
        return np.log(np.maximum(self.predict_proba(X), np.finfo(np.float64).tiny))

    def decision_function(self, X):
        """Return the score of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or (n_samples, n_features)
            Sequences or embeddings, as in `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), or (n_samples,) with two classes
            Scores, in the order of `classes_`; with two classes, the score of the second.
        """
        embeddings = self._standardise(X)
        return self.classifier_.decision_function(embeddings)

    @property
    def coef_(self):
        """Coefficients of the standardised features, shape (n_classes, n_components), or one row with two classes."""
        return self.classifier_.coef_

    @property
    def intercept_(self):
        """Intercepts, shape (n_classes,), or one with two classes."""
        return self.classifier_.intercept_

    def set_params(self, **params):
        """Set parameters of the probe; those of the frozen embedder cannot be set.

        Parameters
        ----------
        **params : dict
            Parameters and their values.

        Returns
        -------
        self : LinearProbe
            The probe itself.

        Raises
        ------
        ValueError
            If a parameter is the embedder's: it would have no effect, or change a fitted embedder that clones share.
        """
        frozen = [name for name in params if name.startswith("embedder__")]
        if frozen:
            raise ValueError(
                f"got {', '.join(frozen)}, but LinearProbe keeps its embedder frozen: expected a newly fitted embedder."
                " To search its parameters, make the unfitted embedder a step of a Pipeline before LinearProbe()."
            )
        return super().set_params(**params)

    def __sklearn_clone__(self):
        """An unfitted probe on the same embedder: scikit-learn's own clone would unfit that too."""
        twin = super().__sklearn_clone__()
        twin.embedder = self.embedder
        return twin

    def _fit(self, X, y, sample_weight):
        embeddings, y = self._embed(X, y, reset=True)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        weights = check_sample_weight(sample_weight, embeddings)
        # its own output is always an array, whatever scikit-learn's global configuration is
        scaler = StandardScaler().set_output(transform="default")
        with refuse_overflow(self, embeddings):
            self.scaler_ = scaler.fit(embeddings, sample_weight=None if sample_weight is None else _scaled(weights))
        weights = weigh_samples(self.class_weight, self.classes_, codes, weights)
        with_weight, codes[weights > 0] = np.unique(codes[weights > 0], return_inverse=True)
        if len(with_weight) < 2:
            raise ValueError("y has only one class among samples of positive weight, expected at least 2 classes.")
        fit = self._fit_ridge if self.loss == "squared_error" else self._fit_logistic
        self.classifier_, self.C_ = fit(embeddings, codes, weights)
        _set_classes(self.classifier_, self.classes_, with_weight)
        self.n_iter_ = self.classifier_.n_iter_

    def _fit_logistic(self, embeddings, codes, weights):
        """The classifier, and its C."""
        C = _LOGISTIC_C if self.C == "auto" else float(self.C)
        if weights.sum() < np.finfo(np.float64).tiny / C:
            raise ValueError(f"sample_weight sums to {weights.sum():.1g}, too little for C={C:.3g}: expected more.")
        logistic = LogisticRegression(C=C, max_iter=self.max_iter, tol=self.tol)
        rows = np.flatnonzero(weights)
        return logistic.fit(self._standardised(embeddings[rows]), codes[rows], sample_weight=weights[rows]), C

    def _fit_ridge(self, embeddings, codes, weights):
        """The classifier, and its C."""
        # copies are left out together, so that no sequence is scored by a fit that had its copy
        indices, weights = distinct_samples(embeddings, codes, weights)
        alpha = None if self.C == "auto" else 1 / (2 * self.C)
        ridge = LeaveOneOutRidge(alpha).fit(self._standardised(embeddings[indices]), codes[indices], weights)
        return ridge, 1 / (2 * ridge.alpha_) if self.C == "auto" else float(self.C)

    def _standardise(self, X):
        check_is_fitted(self)
        return self._standardised(self._embed(X, reset=False))

    def _standardised(self, embeddings):
        with refuse_overflow(self, embeddings):
            return self.scaler_.transform(embeddings)

    def _embed(self, X, y="no_validation", *, reset):
        """The representation of X as a table (n_samples, n_components), with y beside it if there is one."""
        if self.embedder is None:
            checked = check_sequences(self, X, y, reset=reset)
        else:
            self._check_embedder()
            checked = check_sequences(
                self, X, y, reset=reset, ragged=True, allow_nan=True, fixed=("joints", "channels")
            )
        checked, targets = checked if isinstance(checked, tuple) else (checked, None)
        # the embedder gets X as it came: it has checks, a dtype and perhaps column names of its own
        embeddings = checked if self.embedder is None else np.asarray(self.embedder.transform(X))
        embeddings = embeddings.reshape(len(embeddings), -1)
        return embeddings if targets is None else (embeddings, targets)

    def _check_embedder(self):
        embedder = self.embedder.estimator if isinstance(self.embedder, FrozenEstimator) else self.embedder
        check_is_fitted(
            embedder,
            msg="LinearProbe expected a fitted embedder, got %(name)s that is not fitted: fit it first, or make it a "
            "step of a Pipeline before LinearProbe().",
        )


def _scaled(weights: np.ndarray) -> np.ndarray:
    """Weights of at most 1: means and variances are the same, and products with coordinates stay finite."""
    return weights / weights.max()


def _set_classes(classifier: Any, classes: np.ndarray, with_weight: np.ndarray) -> None:
    """Name the classes of a classifier that was fitted on the indices `with_weight`, and append those without weight.

    The logit of a class without weight is the mean of the others less a constant, so it is never the largest.
    """
    classifier.classes_ = classes
    if len(with_weight) == len(classes):
        return
    coef, intercept = classifier.coef_, classifier.intercept_
    if len(with_weight) == 2:  # one row: the logits of the second class, where those of the first are 0
        coef, intercept = np.concatenate([0 * coef, coef]), np.concatenate([0 * intercept, intercept])
    classifier.coef_ = np.tile(coef.mean(axis=0), (len(classes), 1))
    classifier.intercept_ = np.full(len(classes), intercept.mean() - _BELOW_MEAN)
    classifier.coef_[with_weight], classifier.intercept_[with_weight] = coef, intercept
