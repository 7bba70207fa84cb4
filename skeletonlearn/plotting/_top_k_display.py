"""TopKDisplay: how often the true class is among the k most probable ones."""

from __future__ import annotations

from numbers import Integral

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skeletonlearn.plotting._figure import LEGEND, count_along, figure_and_axes, tidy

_CHANCE = "chance"


class TopKDisplay:
    """Top-k accuracy over k: the fraction of samples whose class is among the k most probable.

    It is recommended to use :meth:`from_estimator` or :meth:`from_predictions`; with ``ax`` of a display that is there,
    several systems come in one picture. All parameters are stored as attributes.

    Parameters
    ----------
    accuracies : array-like of shape (k_max,)
        Fractions for k = 1, 2, and so on.
    n_classes : int
        Number of classes. Guessing hits ``k / n_classes`` of the samples, the chance line.
    name : str or None, default=None
        The system, for the legend.

    Attributes
    ----------
    figure_ : Figure
        The figure.
    ax_ : Axes
        The axes.
    line_ : Line2D
        The curve.
    chance_ : Line2D or None
        The chance line; None if the axes had one already.

    See Also
    --------
    sklearn.metrics.top_k_accuracy_score : One of the values that are drawn.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.plotting import TopKDisplay
    >>> probabilities = np.array([[0.6, 0.3, 0.1], [0.5, 0.4, 0.1], [0.2, 0.3, 0.5], [0.5, 0.3, 0.2]])
    >>> TopKDisplay.from_predictions([0, 1, 2, 2], probabilities).accuracies
    array([0.5 , 0.75, 1.  ])
    """

    def __init__(self, accuracies, *, n_classes, name=None):
        self.accuracies = accuracies
        self.n_classes = n_classes
        self.name = name

    def plot(self, ax=None, *, name=None, chance=True):
        """Draw the curve.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; None makes a new figure.
        name : str or None, default=None
            The system, for the legend; None takes the display's.
        chance : bool, default=True
            Whether to draw the chance line, where the axes has none of as many classes yet.

        Returns
        -------
        self : TopKDisplay
            With the picture.

        Raises
        ------
        ImportError
            If matplotlib is not installed, which the extra ``plot`` brings.
        """
        self.figure_, self.ax_ = figure_and_axes(ax, figsize=(5.0, 4.0))
        ks = np.arange(1, len(self.accuracies) + 1)
        label = self.name if name is None else name
        self.line_ = self.ax_.plot(ks, self.accuracies, "o-", label=label, markersize=5, clip_on=False, zorder=3)[0]
        self.chance_ = None
        if chance and not self._has_chance(ks):
            style = {"color": "0.5", "linestyle": "--", "label": _CHANCE, "zorder": 1, "gid": _CHANCE}
            self.chance_ = self.ax_.plot(ks, ks / self.n_classes, **style)[0]
        self.ax_.set(xlabel="k", ylabel="top-k accuracy", ylim=(0, 1))
        count_along(self.ax_)
        self.ax_.legend(**LEGEND)
        tidy(self.ax_)
        return self

    @classmethod
    def from_predictions(cls, y_true, proba, *, labels=None, k_max=5, name=None, ax=None):
        """Draw top-k accuracy from probabilities.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            True classes.
        proba : array-like of shape (n_samples, n_classes)
            Probabilities or other scores, the greater the likelier. Of equal ones, the first class counts as likelier.
        labels : array-like of shape (n_classes,) or None, default=None
            The class of each column, such as `classes_`; None takes the sorted classes of `y_true`.
        k_max : int, default=5
            The greatest k, at most the number of classes.
        name : str or None, default=None
            The system, for the legend.
        ax : Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        TopKDisplay
            With the picture.

        Raises
        ------
        ValueError
            If shapes do not fit together, a class has no column, a score is NaN or `k_max` is not a positive integer.
        ImportError
            If matplotlib is not installed, which the extra ``plot`` brings.
        """
        if not isinstance(k_max, Integral) or k_max < 1:
            raise ValueError(f"k_max={k_max!r} must be a positive integer.")
        y_true, scores, labels = _check_predictions(y_true, proba, labels)
        ranked = labels[np.argsort(-scores, axis=1, kind="stable")]
        hits = np.cumsum(ranked == y_true[:, None], axis=1).mean(axis=0)
        return cls(hits[:k_max], n_classes=len(labels), name=name).plot(ax)

    @classmethod
    def from_estimator(cls, estimator, X, y, *, k_max=5, name=None, ax=None):
        """Draw top-k accuracy of a fitted classifier.

        Parameters
        ----------
        estimator : classifier or Pipeline
            Fitted, with `predict_proba` or `decision_function`.
        X : array-like of shape (n_samples, ...) or list of array-like
            What the classifier takes.
        y : array-like of shape (n_samples,)
            True classes.
        k_max : int, default=5
            The greatest k, at most the number of classes.
        name : str or None, default=None
            The system, for the legend; None takes the class of the estimator.
        ax : Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        TopKDisplay
            With the picture.

        Raises
        ------
        TypeError
            If the estimator has neither of the methods.
        ValueError
            If `y` has a class that the classifier does not know.
        ImportError
            If matplotlib is not installed, which the extra ``plot`` brings.
        """
        check_is_fitted(estimator)
        score = getattr(estimator, "predict_proba", None) or getattr(estimator, "decision_function", None)
        if score is None:
            raise TypeError(f"{type(estimator).__name__} has neither predict_proba nor decision_function.")
        scores = score(X)
        if scores.ndim == 1:  # two classes: the scores of the second
            scores = np.stack([-scores, scores], axis=1)
        name = type(estimator).__name__ if name is None else name
        return cls.from_predictions(y, scores, labels=estimator.classes_, k_max=k_max, name=name, ax=ax)

    def _has_chance(self, ks):
        """Whether the axes has a chance line of as many classes, at least as long."""
        lines = [line.get_ydata() for line in self.ax_.get_lines() if line.get_gid() == _CHANCE]
        return any(np.array_equal(guessed[: len(ks)], ks / self.n_classes) for guessed in lines)


def _check_predictions(y_true, proba, labels):
    y_true, scores = np.asarray(y_true), np.asarray(proba, dtype=np.float64)
    labels = np.unique(y_true) if labels is None else np.asarray(labels)
    if y_true.ndim != 1 or scores.shape != (len(y_true), len(labels)) or not len(y_true):
        raise ValueError(
            f"y_true has shape {y_true.shape} and proba {scores.shape}, expected (n_samples,) and (n_samples, "
            f"{len(labels)}): a column for each of the {len(labels)} labels."
        )
    if len(np.unique(labels)) < len(labels):
        raise ValueError(f"labels={labels.tolist()} must be different classes, one for each column of proba.")
    if np.isnan(scores).any():
        raise ValueError("proba contains NaN, expected a number for each class.")
    unknown = np.setdiff1d(y_true, labels)
    if len(unknown):
        raise ValueError(f"y_true has classes {unknown.tolist()}, expected only those of labels: {labels.tolist()}.")
    return y_true, scores, labels
