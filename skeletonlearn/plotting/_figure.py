"""What all displays need of matplotlib: the import, an axes to draw in, colours."""

from __future__ import annotations

from typing import Any

# Okabe & Ito's colours, "Color universal design", 2008: distinguishable with any colour vision
BLUE, VERMILION, SKY, ORANGE = "#0072B2", "#D55E00", "#56B4E9", "#E69F00"
GREEN, PURPLE, YELLOW = "#009E73", "#CC79A7", "#F0E442"

# of a legend inside an axes: it hides what runs behind its words
LEGEND = {"framealpha": 0.8, "edgecolor": "none"}


def import_pyplot() -> Any:
    """Import matplotlib.pyplot, or say how to install it."""
    try:
        import matplotlib.pyplot as plt  # noqa: PLC0415 - optional
    except ImportError as error:
        raise ImportError("Pictures need matplotlib: pip install 'skeletonlearn[plot]'") from error
    return plt


def figure_and_axes(ax: Any, figsize: tuple[float, float]) -> tuple[Any, Any]:
    """The axes that was given and its figure, or new ones."""
    plt = import_pyplot()
    if ax is None:
        return plt.subplots(figsize=figsize, layout="constrained")
    if not hasattr(ax, "get_figure"):
        raise TypeError(f"ax={ax!r} must be a matplotlib Axes or None, got {type(ax).__name__}.")
    return ax.get_figure(), ax


def ink_and_paper() -> tuple[str, str]:
    """The colours that matplotlib's style of the moment writes in, and on."""
    settings = import_pyplot().rcParams
    return settings["text.color"], settings["axes.facecolor"]


def count_along(ax: Any) -> None:
    """Put ticks at whole numbers only, as many as there is room for."""
    ax.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)


def tidy(ax: Any) -> None:
    """Take away the two sides of the frame that carry no numbers."""
    ax.spines[["right", "top"]].set_visible(False)
