"""The graph that every frame (or every few consecutive frames) is: one topology for all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skeletonlearn.skeletons import Skeleton


@dataclass(frozen=True)
class FrameGraph:
    """Topology and node names of frame graphs.

    A node is a joint, in one frame, by one feature: each feature has a layer of joint nodes of its own, joined by the
    bones. Nodes come frame by frame, then layer by layer, then joint by joint.

    Parameters
    ----------
    skeleton : Skeleton or None
        The bones of one person; without it no two joints are joined.
    n_joints : int
        Joints of all persons.
    n_layers : int
        Features.
    n_frames : int
        Frames in one graph; a node is joined to itself in the next frame.
    n_codes : int
        Codes of each node.
    """

    skeleton: Skeleton | None
    n_joints: int
    n_layers: int
    n_frames: int
    n_codes: int

    @property
    def n_places(self) -> int:
        """Nodes of one frame."""
        return self.n_layers * self.n_joints

    @property
    def n_nodes(self) -> int:
        """Nodes of one graph."""
        return self.n_frames * self.n_places

    @cached_property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """Pairs of nodes, without the edge of each node to itself that karateclub adds."""
        joints = np.arange(self.n_joints)
        parents = joints if self.skeleton is None else self.skeleton.tiled(self.skeleton.parents, self.n_joints)
        layers = self.n_joints * np.arange(self.n_frames * self.n_layers)
        bones = [(int(at + a), int(at + b)) for at in layers for a, b in zip(joints, parents, strict=True) if a != b]
        in_time = [(node, node + self.n_places) for node in range(self.n_nodes - self.n_places)]
        return (*bones, *in_time)

    @cached_property
    def neighbours(self) -> tuple[np.ndarray, ...]:
        """Each node's neighbours, itself among them as in karateclub."""
        around: list[set[int]] = [{node} for node in range(self.n_nodes)]
        for a, b in self.edges:
            around[a].add(b)
            around[b].add(a)
        return tuple(np.array(sorted(nodes)) for nodes in around)

    def labels(self, codes: np.ndarray) -> np.ndarray:
        """Own labels of the nodes, `(B, n_nodes)`, from codes of the same shape: different places never share one."""
        places = np.arange(self.n_nodes) % self.n_places
        return places * self.n_codes + codes

    def spell(self, label: int) -> str:
        """The node feature that a label stands for, ``"joint:code"``; layers count the joints on."""
        place, code = divmod(label, self.n_codes)
        return f"{place}:{code}"
