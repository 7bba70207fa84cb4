"""LossCurveDisplay: how the loss fell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from skeletonlearn.plotting._figure import (
    BLUE,
    GREEN,
    LEGEND,
    ORANGE,
    PURPLE,
    VERMILION,
    count_along,
    figure_and_axes,
    tidy,
)

_NAMES = {"loss": "training loss", "validation_loss": "validation loss"}
_PARTS = (GREEN, PURPLE, ORANGE)


class LossCurveDisplay:
    """Losses of each epoch: of training, its parts where it has any, and of validation.

    It is recommended to use :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    curves : mapping of str to array-like of shape (n_epochs,)
        Losses by name. ``"loss"`` is the training loss, ``"validation_loss"`` that of validation, whose least value is
        marked; all others are parts.
    estimator_name : str or None, default=None
        The title.

    Attributes
    ----------
    figure_ : Figure
        The figure.
    ax_ : Axes
        The axes.
    lines_ : dict of str to Line2D
        The curves by name.
    least_ : Line2D or None
        The mark at the least validation loss; None without validation losses.

    See Also
    --------
    skeletonlearn.embedding.ConMLPEmbedder : Keeps the losses of its epochs.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn import ConMLPEmbedder
    >>> from skeletonlearn.plotting import LossCurveDisplay
    >>> X = np.random.default_rng(0).normal(size=(12, 16, 20, 3))
    >>> embedder = ConMLPEmbedder(max_epochs=2, hidden_dim=32, random_state=0).fit(X, np.arange(12) % 3)
    >>> LossCurveDisplay.from_estimator(embedder).ax_.get_xlabel()
    'epoch'
    """

    def __init__(self, curves, *, estimator_name=None):
        self.curves = curves
        self.estimator_name = estimator_name

    def plot(self, ax=None, *, log_scale=False):
        """Draw the curves.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; None makes a new figure.
        log_scale : bool, default=False
            Whether the losses' axis is logarithmic.

        Returns
        -------
        self : LossCurveDisplay
            With the picture.

        Raises
        ------
        ValueError
            If there is no curve, one is not a row of numbers, or the scale is logarithmic and a loss is not positive.
        ImportError
            If matplotlib is not installed, which the extra ``plot`` brings.
        """
        curves = _check_curves(self.curves, log_scale)
        self.figure_, self.ax_ = figure_and_axes(ax, figsize=(6.0, 4.0))
        self.lines_ = {}
        parts = iter(_PARTS * len(curves))
        for name, losses in curves.items():
            style: dict[str, Any] = {"label": _NAMES.get(name, name.replace("_", " "))}
            if name in _NAMES:
                style |= {"color": BLUE if name == "loss" else VERMILION, "linewidth": 2}
            else:
                style |= {"color": next(parts), "linestyle": "--"}
            marker = "o" if len(losses) == 1 else None  # a line of one point would not be seen
            self.lines_[name] = self.ax_.plot(range(1, len(losses) + 1), losses, marker=marker, **style)[0]
        known = not np.isnan(curves.get("validation_loss", np.nan)).all()
        self.least_ = self._mark_least(curves["validation_loss"]) if known else None
        self.ax_.set(xlabel="epoch", ylabel="loss", title=self.estimator_name or "")
        if log_scale:
            self.ax_.set_yscale("log")
        count_along(self.ax_)
        self.ax_.legend(**LEGEND)
        tidy(self.ax_)
        return self

    @classmethod
    def from_estimator(cls, estimator, *, log_scale=False, name=None, ax=None):
        """Draw what a fitted estimator has measured in each epoch.

        Parameters
        ----------
        estimator : estimator or Pipeline
            Fitted, with `history_` (:class:`~skeletonlearn.ConMLPEmbedder`, :class:`~skeletonlearn.SkeletonClassifier`
            and the like) or `loss_curve_` (:class:`sklearn.neural_network.MLPClassifier`); a pipeline with such a step,
            the last of which counts; or a probe of such an embedder.
        log_scale : bool, default=False
            Whether the losses' axis is logarithmic.
        name : str or None, default=None
            The title; None takes the class of the estimator.
        ax : Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        LossCurveDisplay
            With the picture.

        Raises
        ------
        TypeError
            If the estimator has no losses of epochs, or is not fitted.
        ValueError
            If the scale is logarithmic and a loss is not positive.
        ImportError
            If matplotlib is not installed, which the extra ``plot`` brings.
        """
        trained = _trained_part(estimator)
        if trained is None:
            raise TypeError(
                f"{type(estimator).__name__} has neither history_ nor loss_curve_, expected a fitted estimator that "
                "was trained in epochs, or a pipeline with one."
            )
        title = type(trained).__name__ if name is None else name
        return cls(_curves_of(trained), estimator_name=title).plot(ax, log_scale=log_scale)

    def _mark_least(self, losses):
        epoch = int(np.nanargmin(losses))
        style = {"linestyle": "none", "marker": "o", "color": VERMILION}
        label = f"least, epoch {epoch + 1}"
        return self.ax_.plot([epoch + 1], [losses[epoch]], label=label, **style)[0]


def _trained_part(estimator: Any) -> Any:
    """The estimator itself, the last step of a pipeline or the probed embedder that has losses of epochs."""
    if hasattr(estimator, "history_") or hasattr(estimator, "loss_curve_"):
        return estimator
    if isinstance(estimator, Pipeline):
        inner = [step for _, step in reversed(estimator.steps)]
    else:
        inner = [getattr(estimator, name, None) for name in ("embedder", "estimator")]
    parts = (_trained_part(one) for one in inner if one is not None and not isinstance(one, str))
    return next((part for part in parts if part is not None), None)


def _curves_of(trained: Any) -> dict[str, list[float]]:
    history = getattr(trained, "history_", None)
    if history is None:
        return {"loss": list(trained.loss_curve_)}
    names = [name for name in history[0] if name == "loss" or name.endswith("_loss")]
    return {name: [record[name] for record in history] for name in names}


def _check_curves(curves: Any, log_scale: bool) -> dict[str, np.ndarray]:
    if not isinstance(curves, Mapping) or not curves:
        raise ValueError(f"curves={curves!r} must be a mapping of names to losses, with at least one.")
    checked = {name: np.asarray(losses, dtype=np.float64) for name, losses in curves.items()}
    for name, losses in checked.items():
        if losses.ndim != 1 or not len(losses):
            raise ValueError(f"curves[{name!r}] has shape {losses.shape}, expected (n_epochs,) with at least one.")
        if log_scale and not (losses[~np.isnan(losses)] > 0).all():
            raise ValueError(
                f"curves[{name!r}] goes down to {losses.min():.3g}, expected positive with log_scale=True."
            )
    return checked
