"""Which views a sequence is seen in when the user does not say."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from skeletonlearn._training.batches import unchanged
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


def default_view(n_joints: int, n_channels: int, skeleton: Skeleton | None, *, any_length: bool) -> Compose:
    """The recipe for classifiers, less what the data do not allow.

    Milder than what contrast needs: a body turned, sheared, scaled and seen in part is still the same action. Series
    of one joint are no bodies, and stay as they are.

    Parameters
    ----------
    n_joints, n_channels : int
        Size of a frame.
    skeleton : Skeleton or None
        The layout; bone lengths change only where it is known.
    any_length : bool
        Whether the encoder takes any number of frames: then parts of a sequence keep its tempo.

    Returns
    -------
    Compose
        The views in order.
    """
    if n_joints == 1:
        return Compose(())
    recipe: list[Any] = [TemporalCrop(0.5, keep_tempo=any_length)]
    if skeleton is not None:
        recipe.append(BoneScale(skeleton, 0.4))
    if n_channels == 3:
        recipe.append(Rotate(yaw=90, pitch=30))
    if n_channels > 1:
        recipe.append(Shear(0.3))
    return Compose((*recipe, Jitter(0.02)))


def bind_view(view: Any, skeleton: Skeleton | None) -> Any:
    """A view that knows the skeleton, if it asks for one.

    Parameters
    ----------
    view : callable
        Called as `view(batch, generator)`.
    skeleton : Skeleton or None
        The layout.

    Returns
    -------
    callable
        The view.

    Raises
    ------
    TypeError
        If it cannot be called, or is a class.
    """
    if isinstance(view, type) or not callable(view):
        raise TypeError(f"augmentation has {view!r} as a view, expected an object called as view(batch, generator).")
    return view.bind(skeleton) if hasattr(view, "bind") else view


def see(
    view: Any, batch: Tensor, lengths: Tensor | None, generator: torch.Generator, *, any_length: bool
) -> tuple[Tensor, Tensor | None]:
    """The batch in a view, which may be a user's own and is checked for its shape.

    Parameters
    ----------
    view : callable
        Called as `view(batch, generator)`.
    batch : Tensor of shape (B, F, J, C)
        Sequences.
    lengths : Tensor of shape (B,) or None
        Frames of each sequence; those of one length are seen together, without what pads them.
    generator : torch.Generator
        Draws the view.
    any_length : bool
        Whether the view may have another number of frames.

    Returns
    -------
    seen : Tensor of shape (B, G, J, C)
        The view, padded with zeros.
    lengths : Tensor of shape (B,) or None
        Frames of each sequence in the view; None if it was None.

    Raises
    ------
    ValueError
        If the view changes the shape.
    """
    if lengths is None:
        return _seen(view, batch, generator, any_length), None
    n_frames = torch.empty_like(lengths)
    parts = []
    for length in lengths.unique().tolist():
        of_length = lengths == length
        rows = of_length.nonzero().squeeze(1).to(batch.device)
        part = _seen(view, batch[rows, :length], generator, any_length)
        n_frames[of_length] = part.shape[1]
        parts.append((rows, part))
    seen = batch.new_zeros((len(batch), int(n_frames.max()), *batch.shape[2:]))
    for rows, part in parts:
        seen[rows, : part.shape[1]] = part
    return seen, n_frames


def _seen(view: Any, batch: Tensor, generator: torch.Generator, any_length: bool) -> Tensor:
    """Return sequences of one length in a view."""
    with unchanged(batch, f"The view {view!r}"):
        seen = view(batch, generator)
    if not isinstance(seen, Tensor) or not _may_be(seen.shape, batch.shape, any_length):
        got = f"shape {tuple(seen.shape)}" if isinstance(seen, Tensor) else type(seen).__name__
        also = ", of any number of frames" if any_length else ""
        raise ValueError(
            f"The view {view!r} gave {got}, expected a tensor of the batch's shape {tuple(batch.shape)}{also}."
        )
    return seen


def _may_be(shape: torch.Size, expected: torch.Size, any_length: bool) -> bool:
    """Whether a view may have this shape where the batch has the expected one."""
    if not any_length:
        return shape == expected
    return len(shape) == 4 and shape[1] > 0 and (shape[0], *shape[2:]) == (expected[0], *expected[2:])


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
    first, second = (bind_view(view, skeleton) for view in pair)
    return first, second
