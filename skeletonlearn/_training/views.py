"""Which views a sequence is seen in when the user does not say."""

from __future__ import annotations

from typing import Any

from skeletonlearn.augmentation import (
    BoneScale,
    Compose,
    Jitter,
    Rotate,
    Shear,
    Smooth,
    TemporalCrop,
)
from skeletonlearn.skeletons import Skeleton


def default_views(n_channels: int, skeleton: Skeleton | None, *, supervised: bool) -> Compose:
    """The recipe for 3-D joints, less what the data do not allow.

    The views take away what two views of one clip share and no action needs: body proportions, direction, tempo,
    sensor jitter. Without labels that is all that keeps those from being what is learned, so bodies are then changed
    twice as much, but movement, all there is to compare, is blurred less.

    Parameters
    ----------
    n_channels : int
        Channels of a joint; bodies turn only in 3-D, and one channel cannot be sheared.
    skeleton : Skeleton or None
        The layout; bone lengths change only where it is known.
    supervised : bool
        Whether there are labels.

    Returns
    -------
    Compose
        The views in order.
    """
    body, shear, jitter, smooth = (0.4, 0.5, 0.05, 4.0) if supervised else (0.8, 1.0, 0.02, 2.0)
    recipe: list[Any] = [TemporalCrop(0.5)]
    if skeleton is not None:
        recipe.append(BoneScale(skeleton, body))
    if n_channels == 3:
        recipe.append(Rotate(yaw=90, pitch=30))
    if n_channels > 1:
        recipe.append(Shear(shear))
    return Compose((*recipe, Jitter(jitter), Smooth(max_sigma=smooth, probability=0.5)))


def view_pair(augmentation: Any, n_channels: int, skeleton: Skeleton | None, *, supervised: bool) -> tuple[Any, Any]:
    """The two views that an `augmentation` parameter stands for, bound to the skeleton.

    Parameters
    ----------
    augmentation : "auto", callable, pair of callable, or None
        One recipe is drawn twice; None leaves the sequences as they are.
    n_channels : int
        Channels of a joint.
    skeleton : Skeleton or None
        The layout.
    supervised : bool
        Whether there are labels.

    Returns
    -------
    tuple
        Two views.

    Raises
    ------
    TypeError
        If it is none of these.
    """
    if isinstance(augmentation, str) and augmentation == "auto":
        augmentation = default_views(n_channels, skeleton, supervised=supervised)
    if augmentation is None:
        augmentation = Compose(())
    pair = augmentation if isinstance(augmentation, tuple | list) else (augmentation, augmentation)
    if len(pair) != 2 or any(isinstance(view, type) or not callable(view) for view in pair):
        raise TypeError(
            f"augmentation={augmentation!r} must be 'auto', None, one view called as view(batch, generator), or a "
            "pair of such views."
        )
    first, second = (view.bind(skeleton) if hasattr(view, "bind") else view for view in pair)
    return first, second
