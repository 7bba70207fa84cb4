"""animate_sequence: a sequence as a film."""

from __future__ import annotations

from numbers import Real

import numpy as np

from skeletonlearn.plotting._body import Bodies, legend_of, persons_in, prepare_axes
from skeletonlearn.plotting._figure import figure_and_axes
from skeletonlearn.plotting._sequence import as_seen, check_sequence, limits_of, place_missing


def animate_sequence(sequence, skeleton, *, fps=30, vertical="y", azimuth=20, elevation=5, legend=True, ax=None):
    """Show a sequence as a film.

    In a notebook, ``IPython.display.HTML(film.to_jshtml())`` shows it with buttons; close its figure first
    (``plt.close()``) if the notebook would show that too. ``film.save("film.gif", writer="pillow")`` writes it.

    Parameters
    ----------
    sequence : array-like of shape (n_frames, n_joints, n_channels)
        Positions of joints, of several persons one after another, with 2 or 3 channels; NaN where one is missing.
    skeleton : Skeleton or str
        The layout of one person's joints, or its name.
    fps : float, default=30
        Frames per second.
    vertical : {"y", "-y", "z", "-z", "x", "-x"}, default="y"
        The axis that points up: ``"y"`` with Kinects, ``"-y"`` in images and for MediaPipe, ``"z"`` in most motion
        capture.
    azimuth : float, default=20
        Angle in degrees by which bodies of three channels are seen from the side.
    elevation : float, default=5
        Angle in degrees by which they are seen from above.
    legend : bool, default=True
        Whether to say what colours and markers mean.
    ax : Axes or None, default=None
        Where to draw; None makes a new figure.

    Returns
    -------
    matplotlib.animation.FuncAnimation
        The film. It must be kept in a variable for as long as it is shown.

    Raises
    ------
    ValueError
        If a parameter is not as wanted; the text says got and wanted.
    ImportError
        If matplotlib is not installed, which the extra ``plot`` brings.

    See Also
    --------
    SkeletonDisplay : Single frames.

    Examples
    --------
    >>> from skeletonlearn.datasets import make_actions
    >>> from skeletonlearn.plotting import animate_sequence
    >>> actions = make_actions(n_samples=12, random_state=0)
    >>> film = animate_sequence(actions.sequences[0][:3], actions.skeleton, fps=15)
    >>> "</video>" in film.to_jshtml() or "<img" in film.to_jshtml()
    True
    """
    if not isinstance(fps, Real) or not 0 < float(fps) < np.inf:
        raise ValueError(f"fps={fps!r} must be a positive number.")
    positions, skeleton = check_sequence(sequence, skeleton)
    figure, ax = figure_and_axes(ax, figsize=(4.0, 4.4))
    view = (vertical, azimuth, elevation, ax.name == "3d")
    points, rings = as_seen(positions, *view), as_seen(place_missing(positions, skeleton), *view)
    prepare_axes(ax, limits_of(points), azimuth, elevation)
    persons = persons_in(points, skeleton)
    bodies = Bodies(ax, skeleton, persons, size=1.3)
    title = ax.set_title("")
    handles = legend_of(skeleton, persons, missing=not np.isnan(rings).all())
    if legend and handles:
        ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=2, frameon=False)

    def show(frame: int) -> list:
        title.set_text(f"frame {frame}")
        return [*bodies.show(points[frame], rings[frame]), title]

    from matplotlib.animation import FuncAnimation  # noqa: PLC0415 - optional

    return FuncAnimation(figure, show, frames=len(points), interval=1000 / fps, blit=False)
