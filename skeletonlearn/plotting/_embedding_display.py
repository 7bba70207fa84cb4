"""EmbeddingDisplay: a map of an embedding, by class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from textwrap import fill
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.pipeline import Pipeline

from skeletonlearn.plotting._figure import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    figure_and_axes,
    ink_and_paper,
    tidy,
)

_NO_CLASS = "no class"
_METHODS = ("pca", "tsne", "umap")
# eight colours (None is that of words) and seven shapes, cycled together so that 56 classes differ
_COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, None, YELLOW)
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_ROWS, _LETTERS = 14, 28  # of a column of the legend, and of a line in it


class EmbeddingDisplay:
    """Sequences as points of a plane, near each other where their embeddings are, coloured by class.

    It is recommended to use :meth:`from_estimator` or :meth:`from_embedding`. All parameters are stored as attributes.

    Parameters
    ----------
    points : array-like of shape (n_samples, 2)
        Places in the plane.
    y : array-like of shape (n_samples,) or None, default=None
        Classes; with integers, -1 is no class.
    class_names : sequence of str or None, default=None
        Names of the classes, in their sorted order; with integers from 0, a name for each number will do too.
    axis_names : (str, str), default=("", "")
        What the axes are.

    Attributes
    ----------
    figure_ : Figure
        The figure.
    ax_ : Axes
        The axes.
    scatters_ : dict of str to PathCollection
        The points of each class, by its name. Where several classes share a name, it ends in the class: ``"kick (3)"``.

    See Also
    --------
    skeletonlearn.embedding.ConMLPEmbedder : Learns an embedding.

    Notes
    -----
    t-SNE and UMAP keep neighbours together. Distances between clusters, and their sizes, mean nothing there.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.plotting import EmbeddingDisplay
    >>> Z = np.random.default_rng(0).normal(size=(30, 8))
    >>> display = EmbeddingDisplay.from_embedding(Z, np.arange(30) % 3, class_names=["kick", "sit down", "wave"])
    >>> list(display.scatters_)
    ['kick', 'sit down', 'wave']
    """

    def __init__(self, points, y=None, *, class_names=None, axis_names=("", "")):
        self.points = points
        self.y = y
        self.class_names = class_names
        self.axis_names = axis_names

    def plot(self, ax=None, *, marker_size=18, legend=True):
        """Draw the map.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; None makes a new figure.
        marker_size : float, default=18
            Area of a point in square typographic points.
        legend : bool, default=True
            Whether to name the classes.

        Returns
        -------
        self : EmbeddingDisplay
            With the picture.

        Raises
        ------
        ValueError
            If points, classes and names do not fit together; the text says got and wanted.
        ImportError
            If matplotlib is not installed, which the extra ``plot`` brings.
        """
        points = np.asarray(self.points, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != 2:
            raise ValueError(f"points have shape {points.shape}, expected (n_samples, 2).")
        named = _rows_by_name(self.y, len(points), self.class_names)
        labels = {name: fill(name, _LETTERS) for name in named}
        columns = _columns_for(labels.values()) if self.y is not None and legend else 0
        letters = max((len(line) for label in labels.values() for line in label.splitlines()), default=0)
        width = max(1.4, 0.5 + 0.07 * letters)  # inches of a column
        self.figure_, self.ax_ = figure_and_axes(ax, figsize=(4.6 + width * columns, 4.4))
        self.scatters_ = {}
        for at, (name, rows) in enumerate(named.items()):
            kind = {"s": marker_size, "linewidths": 0, "alpha": 0.8, "label": labels[name]} | _style_of(name, at)
            self.scatters_[name] = self.ax_.scatter(*points[rows].T, **kind)
        self.ax_.set(xlabel=self.axis_names[0], ylabel=self.axis_names[1], xticks=[], yticks=[])
        tidy(self.ax_)
        if columns:
            place = {"loc": "center left", "bbox_to_anchor": (1.0, 0.5), "frameon": False}
            self.ax_.legend(ncols=columns, fontsize="small", markerscale=1.4, handletextpad=0.2, **place)
        return self

    @classmethod
    def from_embedding(cls, Z, y=None, *, method="pca", class_names=None, random_state=None, ax=None):
        """Draw a map of vectors.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_components)
            Vectors, at least two of two components.
        y : array-like of shape (n_samples,) or None, default=None
            Classes; with integers, -1 is no class.
        method : {"pca", "tsne", "umap"} or None, default="pca"
            How the plane is found; UMAP needs umap-learn. None takes vectors of two components as they are.
        class_names : sequence of str or None, default=None
            Names of the classes, in their sorted order; with integers from 0, a name for each number will do too.
        random_state : int, RandomState or None, default=None
            Seed of t-SNE and UMAP.
        ax : Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        EmbeddingDisplay
            With the picture.

        Raises
        ------
        ValueError
            If a parameter is not as wanted; the text says got and wanted.
        ImportError
            If matplotlib is not installed, which the extra ``plot`` brings; or umap-learn, with ``method="umap"``.
        """
        vectors = np.asarray(Z, dtype=np.float64)
        if vectors.ndim != 2 or min(vectors.shape) < 2:
            raise ValueError(f"Z has shape {vectors.shape}, expected (n_samples, n_components), both at least 2.")
        if not np.isfinite(vectors).all():
            raise ValueError("Z contains NaN or infinity, expected finite numbers.")
        _rows_by_name(y, len(vectors), class_names)  # before the slow part
        points, axis_names = _plane(vectors, method, random_state)
        points = np.asarray(points)  # a table where scikit-learn's configuration says so
        return cls(points, y, class_names=class_names, axis_names=axis_names).plot(ax)

    @classmethod
    def from_estimator(cls, embedder, X, y=None, *, method="pca", class_names=None, random_state=None, ax=None):
        """Draw a map of what a fitted embedder makes of sequences.

        Parameters
        ----------
        embedder : transformer or Pipeline
            Fitted. Of a pipeline that ends in a classifier, all steps before it count.
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences, or whatever the embedder takes.
        y : array-like of shape (n_samples,) or None, default=None
            Classes; with integers, -1 is no class.
        method : {"pca", "tsne", "umap"} or None, default="pca"
            How the plane is found; UMAP needs umap-learn. None takes embeddings of two components as they are.
        class_names : sequence of str or None, default=None
            Names of the classes, in their sorted order; with integers from 0, a name for each number will do too.
        random_state : int, RandomState or None, default=None
            Seed of t-SNE and UMAP.
        ax : Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        EmbeddingDisplay
            With the picture.

        Raises
        ------
        TypeError
            If the embedder has no `transform`.
        ValueError
            If a parameter is not as wanted; the text says got and wanted.
        ImportError
            If matplotlib is not installed, which the extra ``plot`` brings; or umap-learn, with ``method="umap"``.
        """
        if isinstance(embedder, Pipeline) and len(embedder) > 1 and not hasattr(embedder, "transform"):
            embedder = embedder[:-1]
        if not hasattr(embedder, "transform"):
            raise TypeError(f"{type(embedder).__name__} has no transform, expected a fitted embedder.")
        options = {"method": method, "class_names": class_names, "random_state": random_state, "ax": ax}
        return cls.from_embedding(embedder.transform(X), y, **options)


def _columns_for(labels: Iterable[str]) -> int:
    """Columns of a legend, such that none is higher than the map."""
    return -(-sum(label.count("\n") + 1 for label in labels) // _ROWS)


def _style_of(name: str, at: int) -> dict[str, Any]:
    if name == _NO_CLASS:
        return {"color": "0.75", "marker": ".", "zorder": 0}
    ink, _ = ink_and_paper()
    return {"color": _COLOURS[at % len(_COLOURS)] or ink, "marker": _MARKERS[at % len(_MARKERS)]}


def _plane(vectors: np.ndarray, method: str | None, random_state: Any) -> tuple[np.ndarray, tuple[str, str]]:
    """Places in the plane, and what its axes are."""
    if method is None:
        if vectors.shape[1] != 2:
            raise ValueError(f"Z has {vectors.shape[1]} components, expected 2 with method=None.")
        return vectors, ("component 1", "component 2")
    if method not in _METHODS:
        raise ValueError(f"method={method!r} must be one of {', '.join(map(repr, _METHODS))}, or None.")
    if method == "pca":
        pca = PCA(2, random_state=random_state)
        points = pca.fit_transform(vectors)
        first, second = (f"PCA {at}, {100 * ratio:.0f} %" for at, ratio in enumerate(pca.explained_variance_ratio_, 1))
        return points, (f"{first} of the variance", f"{second} of the variance")
    if method == "tsne":
        perplexity = min(30.0, (len(vectors) - 1) / 3)  # scikit-learn's default, less where there are few
        points = TSNE(2, perplexity=perplexity, random_state=random_state).fit_transform(vectors)
        return points, ("t-SNE 1", "t-SNE 2")
    return _import_umap()(n_components=2, random_state=random_state).fit_transform(vectors), ("UMAP 1", "UMAP 2")


def _import_umap() -> Any:
    try:
        from umap import UMAP  # noqa: PLC0415 - optional
    except ImportError as error:
        raise ImportError("method='umap' needs umap-learn: pip install umap-learn") from error
    return UMAP


def _rows_by_name(y: Any, n_samples: int, class_names: Any) -> dict[str, np.ndarray]:
    """The rows of each class, by its name; those without a class last, as `_NO_CLASS`."""
    if y is None:
        return {"all": np.arange(n_samples)}
    y = _check_classes(y, n_samples)
    is_integer = np.issubdtype(y.dtype, np.integer)
    classes = [label for label in _sorted_classes(y) if not (is_integer and label == -1)]
    names = [str(label) for label in classes]
    if class_names is not None:
        by_number = is_integer and classes and classes[0] >= 0 and classes[-1] < len(class_names)
        if not by_number and len(class_names) != len(classes):
            raise ValueError(f"class_names has {len(class_names)} names, expected one for each class: {len(classes)}.")
        names = [str(class_names[label if by_number else at]) for at, label in enumerate(classes)]
    rows = {name: np.flatnonzero(y == label) for name, label in zip(_distinct(names, classes), classes, strict=True)}
    without = np.flatnonzero(y == -1) if is_integer else np.empty(0)
    return rows | ({_NO_CLASS: without} if len(without) else {})


def _check_classes(y: Any, n_samples: int) -> np.ndarray:
    classes = np.asarray(y)
    if classes.dtype.kind in "US":  # NumPy turns the numbers of a list into texts if there is a text
        as_given = np.asarray(y, dtype=object)
        classes = classes if all(isinstance(label, str) for label in as_given.flat) else as_given
    if classes.shape != (n_samples,):
        raise ValueError(f"y has shape {classes.shape}, expected ({n_samples},): a class for each vector.")
    return classes


def _sorted_classes(y: np.ndarray) -> list[Any]:
    try:
        return np.unique(y).tolist()
    except TypeError:  # numbers and texts have no common order
        return sorted(set(y.tolist()), key=lambda label: (type(label).__name__, label))


def _distinct(names: list[str], classes: list[Any]) -> list[str]:
    """Append the class to names that several classes share, or that stand for no class."""
    counts = Counter([*names, _NO_CLASS])
    if max(counts.values()) == 1:
        return names
    named = zip(names, classes, strict=True)
    return _distinct([name if counts[name] == 1 else f"{name} ({label!r})" for name, label in named], classes)
