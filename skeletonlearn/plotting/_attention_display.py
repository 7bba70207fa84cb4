"""AttentionDisplay: the weight of each frame, below the bodies at those moments."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from skeletonlearn.plotting._body import Bodies, legend_of, persons_in, prepare_axes
from skeletonlearn.plotting._figure import LEGEND, PURPLE, figure_and_axes, import_pyplot, tidy
from skeletonlearn.plotting._sequence import as_seen, check_sequence, limits_of, place_missing
from skeletonlearn.skeletons import Skeleton

_BODIES = 8  # of a sequence, at the most
_WIDTH, _ROW = 9.0, 2.9  # inches
_PEAK: dict[str, Any] = {"color": "gold", "alpha": 0.3, "linewidth": 0}
_ALIKE: dict[str, Any] = {"color": "0.5", "linewidth": 0.8, "linestyle": "--"}


class AttentionDisplay:
    """Attention weights of sequences over time, with bodies above where a layout is given.

    A weight is drawn as a multiple of the weight that each frame would have if all weights were equal. Weights show how
    the network pools its features. They do not explain a decision: the features of a frame also depend on the frames
    around it, and the decision need not change if the frames of most weight change. To find what a decision depends on,
    change the input (:class:`JointImportanceDisplay`; `examples/06_attention.py` cuts clips to the frames of most and
    of least weight).

    It is recommended to use :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    weights : sequence of array-like of shape (n_frames_i,)
        Weights of each sequence.
    sequences : sequence of array-like of shape (n_frames_i, n_joints, n_channels) or None, default=None
        The sequences, to draw bodies of.
    skeleton : Skeleton, str or None, default=None
        The layout of one person's joints; None draws curves only, all in one axes.
    names : sequence of str or None, default=None
        Titles of the sequences.
    vertical : {"y", "-y", "z", "-z", "x", "-x"}, default="y"
        The axis that points up.
    azimuth : float, default=20
        Angle in degrees by which bodies of three channels are seen from the side.
    elevation : float, default=5
        Angle in degrees by which they are seen from above.

    Attributes
    ----------
    figure_ : Figure
        The figure.
    axes_ : ndarray of Axes of shape (n_sequences,), or (1,) without bodies
        The axes of the curves.
    body_axes_ : list of list of Axes
        Those of the bodies, for each sequence.

    See Also
    --------
    JointImportanceDisplay : The joints that a decision depends on.

    Examples
    --------
    >>> from skeletonlearn import GRUClassifier
    >>> from skeletonlearn.datasets import make_actions
    >>> from skeletonlearn.plotting import AttentionDisplay
    >>> from skeletonlearn.preprocessing import make_skeleton_pipeline
    >>> actions = make_actions(n_samples=12, n_classes=2, random_state=0)
    >>> X = make_skeleton_pipeline(actions.skeleton, n_frames=16).fit_transform(actions.sequences)
    >>> classifier = GRUClassifier(8, pooling="attention", max_epochs=1, random_state=0).fit(X, actions.target)
    >>> display = AttentionDisplay.from_estimator(classifier, X[:2], skeleton=actions.skeleton)
    >>> display.axes_.shape, display.weights[0].shape
    ((2,), (16,))
    """

    def __init__(self, weights, sequences=None, *, skeleton=None, names=None, vertical="y", azimuth=20, elevation=5):
        self.weights = weights
        self.sequences = sequences
        self.skeleton = skeleton
        self.names = names
        self.vertical = vertical
        self.azimuth = azimuth
        self.elevation = elevation

    def plot(self, ax=None):
        """Draw the weights.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw curves; None makes a new figure. Bodies always have a figure of their own.

        Returns
        -------
        self : AttentionDisplay
            With the picture.

        Raises
        ------
        ValueError
            If weights, sequences and names do not fit together, or `ax` is given although there is a layout.
        ImportError
            If matplotlib is not installed, which the extra ``plot`` brings.
        """
        relative = [len(weight) * np.asarray(weight, dtype=np.float64) for weight in self.weights]
        names = self._names(len(relative))
        if self.skeleton is None:
            self._plot_curves(ax, relative, names)
        elif ax is not None:
            raise ValueError("ax was given, expected None with a skeleton: bodies have a figure of their own.")
        else:
            self._plot_rows(relative, names)
        return self

    @classmethod
    def from_estimator(cls, estimator, X, *, skeleton=None, names=None, vertical="y", azimuth=20, elevation=5, ax=None):
        """Draw a classifier's attention to some sequences.

        Parameters
        ----------
        estimator : classifier or Pipeline
            Fitted with ``pooling="attention"``. Of a pipeline, what its last step gets is drawn.
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            The few sequences to draw.
        skeleton : Skeleton, str or None, default=None
            The layout of one person's joints, to draw bodies above the curves; None draws curves only.
        names : sequence of str or None, default=None
            Titles of the sequences; None shows their place in X and the predicted class.
        vertical : {"y", "-y", "z", "-z", "x", "-x"}, default="y"
            The axis that points up.
        azimuth : float, default=20
            Angle in degrees by which bodies of three channels are seen from the side.
        elevation : float, default=5
            Angle in degrees by which they are seen from above.
        ax : Axes or None, default=None
            Where to draw curves; None makes a new figure. Bodies always have a figure of their own.

        Returns
        -------
        AttentionDisplay
            With the picture.

        Raises
        ------
        TypeError
            If the estimator has no attention weights.
        ValueError
            If a parameter is not as wanted; the text says got and wanted.
        ImportError
            If matplotlib is not installed, which the extra ``plot`` brings.
        """
        if isinstance(estimator, Pipeline):
            X, estimator = (estimator[:-1].transform(X) if len(estimator) > 1 else X), estimator[-1]
        if not hasattr(estimator, "attention_weights"):
            raise TypeError(
                f"{type(estimator).__name__} has no attention_weights, expected a classifier fitted with "
                "pooling='attention', or a pipeline that ends in one."
            )
        weights = list(estimator.attention_weights(X))
        if names is None:
            names = [f"sequence {at}: {label}" for at, label in enumerate(estimator.predict(X))]
        view = {"vertical": vertical, "azimuth": azimuth, "elevation": elevation}
        sequences = X if isinstance(X, list) else list(np.asarray(X))  # iterating over a table gives its columns
        return cls(weights, sequences, skeleton=skeleton, names=names, **view).plot(ax)

    def _names(self, n_sequences):
        names = [f"sequence {at}" for at in range(n_sequences)] if self.names is None else self.names
        if len(names) != n_sequences or not n_sequences:
            raise ValueError(f"names has {len(names)} names, expected one for each row of weights: {n_sequences}.")
        return names

    def _plot_curves(self, ax, relative, names):
        self.figure_, ax = figure_and_axes(ax, figsize=(7.0, 3.5))
        self.axes_, self.body_axes_ = np.array([ax]), []
        for values, name in zip(relative, names, strict=True):
            ax.plot(values, label=name, marker="o" if len(values) == 1 else None)
        _finish_curves(ax)
        ax.set_xlabel("frame")
        ax.legend(**LEGEND, fontsize="small")

    def _plot_rows(self, relative, names):
        if self.sequences is None or len(self.sequences) != len(relative):
            got = "none" if self.sequences is None else len(self.sequences)
            raise ValueError(f"Got {got} sequences to draw bodies of, expected one for each weight: {len(relative)}.")
        checked = [check_sequence(sequence, self.skeleton) for sequence in self.sequences]
        for at, ((positions, _), values) in enumerate(zip(checked, relative, strict=True)):
            if len(positions) != len(values):
                raise ValueError(f"Sequence {at} has {len(positions)} frames, expected one per weight: {len(values)}.")
        n_rows = len(relative)
        self.figure_, axes = import_pyplot().subplots(
            2 * n_rows,
            1,
            figsize=(_WIDTH, _ROW * n_rows + 0.3),
            layout="constrained",
            squeeze=False,
            height_ratios=[2, 1] * n_rows,
        )
        self.axes_, self.body_axes_ = axes[1::2, 0], []
        rows = zip(axes[::2, 0], self.axes_, checked, relative, names, strict=True)
        for upper, lower, (positions, skeleton), values, name in rows:
            upper.set_title(name, loc="left", fontsize="medium")
            self.body_axes_.append(self._plot_row(upper, lower, positions, skeleton, values))
        self.axes_[-1].set_xlabel("frame")
        self._explain(checked)

    def _explain(self, checked):
        plt, skeleton = import_pyplot(), checked[0][1]
        persons = sorted({person for positions, _ in checked for person in persons_in(positions, skeleton)})
        missing = any(np.isnan(positions).any() for positions, _ in checked)
        handles = legend_of(skeleton, persons, missing)
        handles.append(plt.Line2D([], [], **_ALIKE, label="all frames alike"))
        handles.append(plt.Rectangle((0, 0), 1, 1, **_PEAK, label="frame of most weight"))
        self.figure_.legend(handles=handles, loc="outside lower center", ncols=5, frameon=False)

    def _plot_row(self, upper: Any, lower: Any, positions: np.ndarray, skeleton: Skeleton, values: np.ndarray) -> list:
        """A curve, and bodies above at evenly spaced frames, of which the frame of most weight is one."""
        peak, step = int(values.argmax()), max((len(values) - 1) / (_BODIES - 1), 1.0)
        exact = np.arange(peak % step, len(values) - 0.5, step)
        frames = np.minimum(exact.round().astype(int), len(values) - 1)
        lower.axvspan(peak - step / 2, peak + step / 2, **_PEAK)
        lower.fill_between(range(len(values)), values, color=PURPLE, alpha=0.35, linewidth=0)
        lower.plot(values, color=PURPLE, marker="o", markevery=list(frames), markersize=4)
        _finish_curves(lower)
        # columns of the bodies: as wide as the step between their frames, each in the middle of its own
        left, right = exact[0] - step / 2, exact[-1] + step / 2
        start, end = min(left, -0.5), max(right, len(values) - 0.5)
        lower.set(xlim=(start, end), xticks=frames)
        upper.set_axis_off()
        view: tuple[str, float, float] = (self.vertical, self.azimuth, self.elevation)
        points, rings = as_seen(positions, *view), as_seen(place_missing(positions, skeleton), *view)
        middle = np.array([_middle_of(body) for body in points])[:, None]
        points, rings = (places[frames] - middle[frames] * [1.0, 0.0] for places in (points, rings))
        limits, persons, insets = limits_of(np.concatenate([points, rings])), persons_in(points, skeleton), []
        for at, frame in zip(exact, range(len(frames)), strict=True):
            width = step / (end - start)
            inset = upper.inset_axes([(at - step / 2 - start) / (end - start), 0.0, width, 1.0])
            prepare_axes(inset, limits, *view[1:])
            Bodies(inset, skeleton, persons, size=1.2 if frames[frame] == peak else 0.8).show(
                points[frame], rings[frame]
            )
            insets.append(inset)
        return insets


def _middle_of(body: np.ndarray) -> np.ndarray:
    """The middle of a body's known joints; the origin if there are none."""
    known = body[~np.isnan(body[:, 0])]
    return (known.min(axis=0) + known.max(axis=0)) / 2 if len(known) else np.zeros(body.shape[1])


def _finish_curves(ax: Any) -> None:
    ax.axhline(1, **_ALIKE)
    ax.set_ylim(bottom=0)
    ax.set_ylabel("weight")
    tidy(ax)
