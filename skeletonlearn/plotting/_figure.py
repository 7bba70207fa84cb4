"""What all displays need of matplotlib: the import, an axes to draw in, colours."""

from __future__ import annotations

from typing import Any

# Okabe & Ito's colours, "Color universal design", 2008: told apart with any colour vision
BLUE, VERMILION, SKY, ORANGE = "#0072B2", "#D55E00", "#56B4E9", "#E69F00"
GREEN, PURPLE, YELLOW, BLACK = "#009E73", "#CC79A7", "#F0E442", "#000000"


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


def tidy(ax: Any) -> None:
    """Take away the two sides of the frame that carry no numbers."""
    ax.spines[["right", "top"]].set_visible(False)
