"""SkeletonDisplay: one frame of a sequence, or a strip of frames."""

from __future__ import annotations

from typing import Any

import numpy as np

from skeletonlearn.plotting._body import Bodies, columns_that_fit, legend_of, persons_in, prepare_axes
from skeletonlearn.plotting._figure import import_pyplot
from skeletonlearn.plotting._joint_numbers import write_numbers
from skeletonlearn.plotting._sequence import as_seen, check_frames, check_sequence, limits_of, place_missing

_COLUMNS = 8
_HEIGHT = 2.6  # inches, of a body
_NARROWEST, _NARROWEST_OF_SEVERAL = 2.9, 3.9  # inches, of a figure for one person and for more: the legend's columns


class SkeletonDisplay:
    """Bodies at one frame of a sequence, or at several side by side.

    Left and right have colours of their own, the middle of the body is grey. Each person has other colours and markers.
    Bones with a missing end are left out; a missing joint is a ring where the joint was last seen, or, before it was
    first seen, where the joint is that it hangs from. All frames have the same limits.

    It is recommended to use :meth:`from_sequence`. All parameters are stored as attributes.

    Parameters
    ----------
    sequence : array-like of shape (n_frames, n_joints, n_channels) or (n_joints, n_channels)
        Positions of joints, of several persons one after another, with 2 or 3 channels; NaN where one is missing.
    skeleton : Skeleton or str
        The layout of one person's joints, or its name.
    frames : int, sequence of int or None, default=None
        The frames to show, counted from 0, or from the end if negative; None shows up to six, evenly spread.
    vertical : {"y", "-y", "z", "-z", "x", "-x"}, default="y"
        The axis that points up: ``"y"`` with Kinects, ``"-y"`` in images (COCO, OpenPose) and for MediaPipe, whose y
        points down, ``"z"`` in most motion capture.
    azimuth : float, default=20
        Angle in degrees by which bodies of three channels are seen from the side; 0 is the sensor's own view, along
        +z (along +y if z is vertical).
    elevation : float, default=5
        Angle in degrees by which they are seen from above.
    numbers : bool, default=False
        Whether to write the index of each joint beside it. Those of a whole body's hands and face have room in a
        picture of that part: see :meth:`Skeleton.part <skeletonlearn.skeletons.Skeleton.part>`.

    Attributes
    ----------
    figure_ : Figure
        The figure.
    axes_ : ndarray of Axes of shape (n_shown,)
        The axes of each frame.
    frames_ : list of int
        The frames shown.
    bodies_ : list of Bodies
        What was drawn in each: `bones` and `joints`, lines by person and side, and `missing`, the rings.

    See Also
    --------
    animate_sequence : The same as a film.

    Examples
    --------
    >>> from skeletonlearn.datasets import make_actions
    >>> from skeletonlearn.plotting import SkeletonDisplay
    >>> actions = make_actions(n_samples=12, random_state=0)
    >>> display = SkeletonDisplay.from_sequence(actions.sequences[0], actions.skeleton, frames=[0, 10, 20])
    >>> [ax.get_title() for ax in display.axes_]
    ['frame 0', 'frame 10', 'frame 20']
    """

    def __init__(self, sequence, skeleton, *, frames=None, vertical="y", azimuth=20, elevation=5, numbers=False):
        self.sequence = sequence
        self.skeleton = skeleton
        self.frames = frames
        self.vertical = vertical
        self.azimuth = azimuth
        self.elevation = elevation
        self.numbers = numbers

    def plot(self, ax=None, *, projection="flat", legend=True):
        """Draw the frames.

        Parameters
        ----------
        ax : Axes, sequence of Axes or None, default=None
            Where to draw, one for each frame shown; None makes a new figure. Axes made with ``projection="3d"`` get
            bodies in three dimensions.
        projection : {"flat", "3d"}, default="flat"
            Of a new figure: bodies as a viewer sees them, or in matplotlib's three-dimensional axes, which can be
            turned by hand.
        legend : bool, default=True
            Whether to say what colours and markers mean.

        Returns
        -------
        self : SkeletonDisplay
            With the picture.

        Raises
        ------
        ValueError
            If a parameter is not as wanted, or there are not as many axes as frames; the text says got and wanted.
        ImportError
            If matplotlib is not installed, which the extra ``plot`` brings.
        """
        if projection not in ("flat", "3d"):
            raise ValueError(f"projection={projection!r} must be 'flat' or '3d'.")
        positions, skeleton = check_sequence(self.sequence, self.skeleton)
        frames = check_frames(self.frames, len(positions))
        rings = place_missing(positions, skeleton)[frames]
        positions = positions[frames]
        given = None if ax is None else _check_axes(ax, len(frames))
        depth = projection == "3d" if given is None else given[0].name == "3d"
        if depth and self.numbers:
            raise ValueError("numbers=True cannot be drawn in three dimensions, expected projection='flat'.")
        points, rings = (
            as_seen(places, self.vertical, self.azimuth, self.elevation, depth) for places in (positions, rings)
        )
        limits = limits_of(np.concatenate([points, rings]))
        persons = persons_in(points, skeleton)
        least = _NARROWEST if len(persons) < 2 else _NARROWEST_OF_SEVERAL
        self.figure_, self.axes_ = _new_axes(len(frames), limits, depth, least) if given is None else _figure_of(given)
        self.frames_, self.bodies_ = frames, []
        for one, frame, body, ring in zip(self.axes_, frames, points, rings, strict=True):
            prepare_axes(one, limits, self.azimuth, self.elevation)
            one.set_title(f"frame {frame}", fontsize="medium")
            drawn = Bodies(one, skeleton, persons)
            drawn.show(body, ring)
            self.bodies_.append(drawn)
        if legend:
            handles = legend_of(skeleton, persons, missing=not np.isnan(rings).all())
            self._explain(handles, own_figure=given is None)
        if self.numbers:
            self._number(points, skeleton)
        return self

    @classmethod
    def from_sequence(
        cls,
        sequence,
        skeleton,
        *,
        frames=None,
        vertical="y",
        azimuth=20,
        elevation=5,
        numbers=False,
        projection="flat",
        legend=True,
        ax=None,
    ):
        """Draw one frame of a sequence, or several.

        Parameters
        ----------
        sequence : array-like of shape (n_frames, n_joints, n_channels) or (n_joints, n_channels)
            Positions of joints, of several persons one after another, with 2 or 3 channels; NaN where one is missing.
        skeleton : Skeleton or str
            The layout of one person's joints, or its name.
        frames : int, sequence of int or None, default=None
            The frames to show, counted from 0, or from the end if negative; None shows up to six, evenly spread.
        vertical : {"y", "-y", "z", "-z", "x", "-x"}, default="y"
            The axis that points up: ``"y"`` with Kinects, ``"-y"`` in images and for MediaPipe, ``"z"`` in most motion
            capture.
        azimuth : float, default=20
            Angle in degrees by which bodies of three channels are seen from the side.
        elevation : float, default=5
            Angle in degrees by which they are seen from above.
        numbers : bool, default=False
            Whether to write the index of each joint beside it.
        projection : {"flat", "3d"}, default="flat"
            Bodies as a viewer sees them, or in matplotlib's three-dimensional axes.
        legend : bool, default=True
            Whether to say what colours and markers mean.
        ax : Axes, sequence of Axes or None, default=None
            Where to draw, one for each frame shown; None makes a new figure.

        Returns
        -------
        SkeletonDisplay
            With the picture.

        Raises
        ------
        ValueError
            If a parameter is not as wanted; the text says got and wanted.
        ImportError
            If matplotlib is not installed, which the extra ``plot`` brings.
        """
        view = {"vertical": vertical, "azimuth": azimuth, "elevation": elevation, "numbers": numbers}
        return cls(sequence, skeleton, frames=frames, **view).plot(ax, projection=projection, legend=legend)

    def _number(self, points, skeleton):
        n_joints = points.shape[1]
        parents = skeleton.tiled(skeleton.parents, n_joints)
        for ax, body in zip(self.axes_, points, strict=True):
            is_known = np.isfinite(body[:, 0])
            places = {joint: tuple(body[joint]) for joint in range(n_joints) if is_known[joint]}
            write_numbers(ax, places, [(joint, parents[joint]) for joint in places if is_known[parents[joint]]])

    def _explain(self, handles, own_figure):
        if handles and own_figure:
            columns = columns_that_fit(handles, self.figure_.get_figwidth())
            self.figure_.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False)
        elif handles:
            below = {"loc": "upper center", "bbox_to_anchor": (0.5, 0.0)}
            self.axes_[0].legend(handles=handles, **below, ncols=len(handles), fontsize="small", frameon=False)


def _check_axes(ax: Any, n_frames: int) -> np.ndarray:
    axes = np.array([ax] if hasattr(ax, "get_figure") else ax, dtype=object).ravel()
    if not all(hasattr(one, "get_figure") for one in axes):
        raise ValueError(f"ax={ax!r} must be a matplotlib Axes, a sequence of them or None.")
    if len(axes) != n_frames:
        raise ValueError(f"ax holds {len(axes)} axes, expected one for each frame shown: {n_frames}.")
    return axes


def _figure_of(axes: np.ndarray) -> tuple[Any, np.ndarray]:
    return axes[0].get_figure(), axes


def _new_axes(n_frames: int, limits: np.ndarray, depth: bool, least: float) -> tuple[Any, np.ndarray]:
    """A figure with axes in rows of up to eight, as wide as the bodies need."""
    columns = min(n_frames, _COLUMNS)
    rows = -(-n_frames // columns)
    across, high = limits[0, 1] - limits[0, 0], limits[-1, 1] - limits[-1, 0]
    width = _HEIGHT if depth else float(np.clip(_HEIGHT * across / high, 1.0, 2 * _HEIGHT))
    figsize = (max(columns * width, 3.6 if columns > 2 else 0.0, least), rows * (_HEIGHT + 0.3) + 0.4)
    figure, axes = import_pyplot().subplots(
        rows,
        columns,
        figsize=figsize,
        layout="constrained",
        squeeze=False,
        subplot_kw={"projection": "3d"} if depth else None,
    )
    if depth:  # whose titles the layout leaves no room for
        figure.get_layout_engine().set(rect=(0.0, 0.0, 1.0, 1 - 0.15 / figsize[1]))
    for spare in axes.ravel()[n_frames:]:
        spare.remove()
    return figure, axes.ravel()[:n_frames]
