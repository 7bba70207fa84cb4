"""Joint, bone and motion streams, computed inside the network so that views act on plain joints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from skeletonlearn.nn._pooling import real_steps
from skeletonlearn.skeletons import Skeleton

STREAMS = ("joint", "bone", "motion", "bone_motion")


def choose_streams(streams: str | Sequence[str], skeleton: Skeleton | None) -> tuple[str, ...]:
    """The streams that a `streams` parameter stands for.

    Parameters
    ----------
    streams : "auto" or sequence of str
        ``"auto"`` is all streams where the skeleton is known, else the joints and their motion.
    skeleton : Skeleton or None
        The layout.

    Returns
    -------
    tuple of str
        The streams.

    Examples
    --------
    >>> from skeletonlearn.nn import choose_streams
    >>> from skeletonlearn.skeletons import get_skeleton
    >>> choose_streams("auto", get_skeleton("KINECT_V1"))
    ('joint', 'bone', 'motion', 'bone_motion')
    >>> choose_streams("auto", None)
    ('joint', 'motion')
    """
    if isinstance(streams, str):
        return STREAMS if skeleton is not None else ("joint", "motion")
    return tuple(streams)


class StreamStack(nn.Module):
    """Stack streams of a batch of joint positions as channels.

    Parameters
    ----------
    streams : tuple of {"joint", "bone", "motion", "bone_motion"}
        `joint`: the positions; `bone`: each joint minus its parent (zero at the root); `motion` and
        `bone_motion`: the difference to the next frame (zero in the last).
    n_joints : int
        Joints of all persons together.
    skeleton : Skeleton or None
        The layout of one person; needed for bones.

    Raises
    ------
    ValueError
        If a stream is unknown, or a bone stream is asked for without a skeleton.

    Examples
    --------
    >>> import torch
    >>> from skeletonlearn.nn import StreamStack
    >>> from skeletonlearn.skeletons import get_skeleton
    >>> stack = StreamStack(("joint", "bone"), n_joints=20, skeleton=get_skeleton("KINECT_V1"))
    >>> stack(torch.zeros(2, 16, 20, 3)).shape
    torch.Size([2, 16, 20, 6])
    """

    def __init__(self, streams: tuple[str, ...], n_joints: int, skeleton: Skeleton | None) -> None:
        super().__init__()
        unknown = [stream for stream in streams if stream not in STREAMS]
        if unknown or not streams:
            raise ValueError(f"streams={streams!r} must be one or more of {', '.join(STREAMS)}.")
        if skeleton is None and any(stream.startswith("bone") for stream in streams):
            joints = "1 joint" if n_joints == 1 else f"{n_joints} joints"
            raise ValueError(f"streams={streams!r} needs the skeleton to know the bones, got {joints} and no layout.")
        self.streams = tuple(streams)
        self.parents: Tensor
        parents = np.arange(n_joints) if skeleton is None else skeleton.tiled(skeleton.parents, n_joints)
        # from NumPy: no state dict has the buffer, so it needs its values even when networks are built on "meta"
        self.register_buffer("parents", torch.from_numpy(parents), persistent=False)

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Turn `(B, F, J, C)` into `(B, F, J, n_streams * C)`; with `lengths`, what pads a sequence moves nothing."""
        if self.streams == ("joint",):
            return x
        bones = x - x[:, :, self.parents] if any(name.startswith("bone") for name in self.streams) else x
        of = {"joint": x, "bone": bones}
        parts = [
            _motion(bones if name == "bone_motion" else x, lengths) if name.endswith("motion") else of[name]
            for name in self.streams
        ]
        return torch.cat(parts, dim=-1)


def _motion(x: Tensor, lengths: Tensor | None) -> Tensor:
    """Difference to the next frame, zero in each sequence's last: `(B, F, J, C)` to the same shape."""
    motion = torch.cat([x[:, 1:] - x[:, :-1], torch.zeros_like(x[:, :1])], dim=1)
    if lengths is None:
        return motion
    has_next = real_steps(lengths - 1, x)
    return motion.masked_fill(~has_next[:, :, None, None], 0)
