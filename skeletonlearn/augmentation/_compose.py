"""Compose: one view after another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from torch import Generator, Tensor

from skeletonlearn.augmentation._view import View, ViewLike
from skeletonlearn.skeletons import Skeleton


@dataclass(frozen=True)
class Compose(View):
    """Several views, applied in order.

    Parameters
    ----------
    views : tuple of views, default=()
        The parts, the first one applied first; any iterable becomes a tuple. None at all changes nothing.

    Raises
    ------
    TypeError
        If a part is not a view, such as a class in place of an instance.

    See Also
    --------
    View : Base of views of your own.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.augmentation import Compose, Reverse, Shear
    >>> view = Compose((Shear(1.0), Reverse(0.5)))
    >>> view
    Compose(views=(Shear(amount=1.0), Reverse(probability=0.5)))
    >>> view(torch.ones(4, 16, 25, 3), torch.Generator().manual_seed(0)).shape
    torch.Size([4, 16, 25, 3])
    """

    views: tuple[ViewLike, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.views, ViewLike):
            raise TypeError(f"views={self.views!r} must be a tuple of views: Compose((first, second)).")
        object.__setattr__(self, "views", tuple(self.views))
        for view in self.views:
            if isinstance(view, type) or not isinstance(view, ViewLike):
                raise TypeError(f"views={self.views!r} must hold only views, such as Shear(), got {view!r}.")

    def __call__(self, batch: Tensor, generator: Generator) -> Tensor:
        """Return the batch (B, F, J, C) as the last view leaves it."""
        for view in self.views:
            batch = view(batch, generator)
        return batch

    def bind(self, skeleton: Skeleton | None) -> Self:
        """Return a copy in which `skeleton` is filled in where a part lacks it.

        Parameters
        ----------
        skeleton : Skeleton or None
            The layout of the joints; None changes nothing.

        Returns
        -------
        Compose
            The bound parts, in the same order.
        """
        return replace(self, views=tuple(view.bind(skeleton) for view in self.views))
