"""One frame as a graph: from positions to a node-link document, and back with every part checked."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from skeletonlearn.datasets._read_files import Record
from skeletonlearn.datasets._source import FileContent
from skeletonlearn.skeletons import Skeleton

if TYPE_CHECKING:
    import networkx as nx

_PARTS = ("directed", "multigraph", "graph", "nodes", "edges")


@dataclass(frozen=True)
class GraphLayout:
    """What all frame graphs of an export share.

    Parameters
    ----------
    skeleton : Skeleton
        One person's joints and bones.
    n_persons : int
        How many persons, joint after joint.
    n_channels : int
        Numbers of a joint.
    """

    skeleton: Skeleton
    n_persons: int
    n_channels: int

    @property
    def n_joints(self) -> int:
        """Joints of all persons."""
        return self.n_persons * self.skeleton.n_joints

    @cached_property
    def bones(self) -> tuple[tuple[int, int], ...]:
        """The bones of all persons as (smaller, larger) joint index, sorted: networkx lists edges in this order."""
        starts = range(0, self.n_joints, self.skeleton.n_joints)
        return tuple(sorted((start + min(bone), start + max(bone)) for start in starts for bone in self.skeleton.edges))

    def node(self, joint: int) -> dict[str, Any]:
        """The attributes of a joint's node but its feature.

        Parameters
        ----------
        joint : int
            Its index among the joints of all persons.

        Returns
        -------
        dict
            Its name and, if there are several persons, whose it is.
        """
        person, own = divmod(joint, self.skeleton.n_joints)
        return {"joint": self.skeleton.joints[own]} | ({"person": person} if self.n_persons > 1 else {})

    def attributes(self, name: str, frame: int, target: int | None) -> dict[str, Any]:
        """The attributes of a graph.

        Parameters
        ----------
        name : str
            The sample.
        frame : int
            Which of its frames, from 0.
        target : int or None
            Its label.

        Returns
        -------
        dict
            With the layout's name and sizes.
        """
        sizes = {"n_persons": self.n_persons, "n_joints": self.n_joints, "n_channels": self.n_channels}
        return {"skeleton": self.skeleton.name, "sample": name, "frame": frame, **sizes, "target": target}


def frame_document(
    layout: GraphLayout, positions: np.ndarray, name: str, frame: int, target: int | None
) -> dict[str, Any]:
    """A frame as the document of its graph.

    Parameters
    ----------
    layout : GraphLayout
        The layout.
    positions : ndarray of shape (n_joints, n_channels)
        The joints; with NaN in any channel, a joint is no node.
    name, frame, target
        As in `GraphLayout.attributes`.

    Returns
    -------
    dict
        As ``networkx.node_link_data(graph, edges="edges")`` gives it.
    """
    seen = np.flatnonzero(~np.isnan(positions).any(axis=1)).tolist()
    present = set(seen)
    return {
        "directed": False,
        "multigraph": False,
        "graph": layout.attributes(name, frame, target),
        "nodes": [{**layout.node(joint), "feature": positions[joint].tolist(), "id": joint} for joint in seen],
        "edges": [{"source": a, "target": b} for a, b in layout.bones if a in present and b in present],
    }


def read_frame(layout: GraphLayout, targets: Mapping[str, int | None], content: FileContent) -> Record:
    """Read one frame graph.

    Parameters
    ----------
    layout : GraphLayout
        The layout.
    targets : mapping of str to int or None
        The label of each sample.
    content : FileContent
        The file ``<sample>/<frame>.json``.

    Returns
    -------
    dict
        `graph`, a networkx.Graph, and `positions`, float32 (n_joints, n_channels), NaN where a joint is no node.

    Raises
    ------
    SkeletonFileError
        If it is no graph, or not of this frame, sample or layout.
    """
    document = content.json()
    if not isinstance(document, dict) or not set(_PARTS) <= document.keys():
        got = f"keys {_short(sorted(document))}" if isinstance(document, dict) else type(document).__name__
        raise content.fault(f"got {got}, expected an object with {', '.join(_PARTS)}")
    if document["directed"] is not False or document["multigraph"] is not False:
        raise content.fault("got a directed graph or a multigraph, expected a plain one")
    name = content.file.inner.parent.name
    attributes = layout.attributes(name, int(content.stem), targets[name])
    _check_attributes(content, document["graph"], attributes)
    import networkx as nx  # noqa: PLC0415 - takes longer to import than all other readers together

    graph = nx.Graph(**attributes)
    positions = np.full((layout.n_joints, layout.n_channels), np.nan, dtype=np.float32)
    for node in _list(content, document, "nodes"):
        joint = _joint(content, layout, node)
        if joint in graph:
            raise content.fault(f"got node {joint} twice, expected each joint once")
        graph.add_node(joint, **layout.node(joint), feature=node["feature"])
        with np.errstate(over="ignore"):  # to infinity, which is refused below
            positions[joint] = node["feature"]
    if np.isinf(positions).any():
        raise content.fault("got an infinite feature, expected finite float32 numbers")
    graph.add_edges_from(_edges(content, layout, graph, _list(content, document, "edges")))
    return {"graph": graph, "positions": positions}


def _short(value: Any) -> str:
    return reprlib.repr(value)


def _list(content: FileContent, document: dict[str, Any], part: str) -> list[Any]:
    if not isinstance(document[part], list):
        raise content.fault(f"got {type(document[part]).__name__} as {part}, expected a list")
    return document[part]


def _check_attributes(content: FileContent, got: Any, wanted: dict[str, Any]) -> None:
    if not isinstance(got, dict) or got.keys() != wanted.keys():
        raise content.fault(f"got graph attributes {_short(got)}, expected {', '.join(wanted)}")
    for key, value in wanted.items():
        if type(got[key]) is not type(value) or got[key] != value:  # JSON's true would equal 1
            raise content.fault(f"got {key} {_short(got[key])}, expected {value!r}")


def _joint(content: FileContent, layout: GraphLayout, node: Any) -> int:
    """The index of a node's joint, if the node is sound."""
    if not isinstance(node, dict) or type(node.get("id")) is not int or not 0 <= node["id"] < layout.n_joints:
        raise content.fault(f"got node {_short(node)}, expected an id from 0 to {layout.n_joints - 1}")
    joint = node["id"]
    wanted = layout.node(joint)
    others = {key: value for key, value in node.items() if key not in ("id", "feature")}
    if others != wanted or "feature" not in node:
        raise content.fault(f"got node {joint} with {_short(others)}, expected {wanted} and a feature")
    feature = node["feature"]
    numbers = isinstance(feature, list) and all(type(number) in (int, float) for number in feature)
    if not numbers or len(feature) != layout.n_channels or not np.isfinite(np.array(feature, dtype=float)).all():
        raise content.fault(f"got feature {_short(feature)} of node {joint}, expected {layout.n_channels} numbers")
    return joint


def _edges(content: FileContent, layout: GraphLayout, graph: nx.Graph, edges: list[Any]) -> list[tuple[int, int]]:
    """The edges, if they are the bones between the nodes of the graph."""
    pairs = []
    for edge in edges:
        if not isinstance(edge, dict) or set(edge) != {"source", "target"}:
            raise content.fault(f"got edge {_short(edge)}, expected source and target")
        pair = (edge["source"], edge["target"])
        if not all(type(end) is int and end in graph for end in pair):
            raise content.fault(f"got edge {_short(edge)}, expected two nodes of the graph")
        pairs.append(pair)
    bones = [bone for bone in layout.bones if bone[0] in graph and bone[1] in graph]
    if sorted((min(pair), max(pair)) for pair in pairs) != bones:
        raise content.fault(
            f"got {len(pairs)} edges that are not the bones, expected the {len(bones)} bones, once each"
        )
    return pairs
